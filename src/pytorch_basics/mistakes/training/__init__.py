"""Mistakes of training loops and of what flows through them; their rules read the record of a run."""

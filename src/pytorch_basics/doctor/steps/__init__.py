"""Counting the optimizer steps of a script, to end the run after some."""

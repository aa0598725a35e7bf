"""Backward passes: where they start and what they reach."""

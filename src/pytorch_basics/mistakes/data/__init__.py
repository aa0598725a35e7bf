"""Mistakes with data: what a loader draws, in which order, and what is made of the batches. Their rules read the
loaders of a run and, where Python's own numbers are meant, the learner's source around the loop."""

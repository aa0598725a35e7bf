"""Calls of PyTorch as the learner writes them."""

"""The front door: the six basic topics in one notebook, plain PyTorch."""

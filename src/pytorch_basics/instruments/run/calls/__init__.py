"""The function mode that watches a run's calls of PyTorch."""

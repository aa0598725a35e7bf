"""What is asked of a run's data loaders."""

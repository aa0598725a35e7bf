"""What is asked of the numbers in a tensor while a run is watched."""

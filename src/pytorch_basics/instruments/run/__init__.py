"""The run instrument: what a training script did, watched from outside. Importing this loads no torch."""

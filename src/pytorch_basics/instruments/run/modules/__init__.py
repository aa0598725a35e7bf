"""The hooks that watch a run's modules."""

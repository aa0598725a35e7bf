"""The one forward pass of a summary."""

"""Its one topic."""

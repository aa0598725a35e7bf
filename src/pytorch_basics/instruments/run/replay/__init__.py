"""One training batch and how its loss came about, kept so that it can be computed again."""

"""Mistakes that the ``operations`` lesson teaches, one file each."""

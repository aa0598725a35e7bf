"""Mistakes that the ``optim`` lesson teaches, one file each."""

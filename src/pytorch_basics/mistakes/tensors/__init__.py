"""Mistakes that the ``tensors`` lesson teaches, one file each."""

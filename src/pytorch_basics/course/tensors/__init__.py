"""The ``tensors`` topic: its lesson, its exercises and their solutions."""

"""The ``data`` topic: its lesson, its exercises and their solutions."""

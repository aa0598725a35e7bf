"""The ``memory`` topic: its lesson, its exercises and their solutions."""

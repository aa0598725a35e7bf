"""The ``debugging`` topic: its lesson, its exercises and their solutions."""

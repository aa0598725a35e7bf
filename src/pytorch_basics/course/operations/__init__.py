"""The ``operations`` topic: its lesson, its exercises and their solutions."""

"""The ``descent`` topic: its lesson, its exercises and their solutions."""

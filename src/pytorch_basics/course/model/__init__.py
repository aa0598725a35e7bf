"""The ``model`` topic: its lesson, its exercises and their solutions."""

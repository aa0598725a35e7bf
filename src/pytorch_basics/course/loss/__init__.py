"""The ``loss`` topic: its lesson, its exercises and their solutions."""

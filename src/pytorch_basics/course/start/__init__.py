"""The ``start`` topic: its lesson, its exercises and their solutions."""

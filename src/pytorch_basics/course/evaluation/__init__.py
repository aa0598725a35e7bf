"""The ``evaluation`` topic: its lesson, its exercises and their solutions."""

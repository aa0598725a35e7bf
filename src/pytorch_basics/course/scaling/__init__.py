"""The ``scaling`` topic: its lesson, its exercises and their solutions."""

"""The ``optim`` topic: its lesson, its exercises and their solutions."""

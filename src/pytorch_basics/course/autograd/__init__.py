"""The ``autograd`` topic: its lesson, its exercises and their solutions."""

"""Mistakes with several processes: what each of them sees, and in which order."""

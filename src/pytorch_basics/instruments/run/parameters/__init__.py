"""Which parameters a run used, and what became of their gradients and numbers."""

"""What optimizers hold, and what their steps did."""

"""What a run did to parameters: gradients arriving, cleared and used, optimizers and their steps."""

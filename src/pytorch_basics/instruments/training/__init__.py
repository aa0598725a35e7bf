"""The training instruments: what a model has learned (``boundary``), the loss around it (``landscape``), what a loss
asks for (``losses``), what a training step does in which order (``steps``), and training as it happens (``watch``)."""

"""What a call meant: gradients cleared, states saved, parameters written."""

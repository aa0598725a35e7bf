"""Mistakes about gradients: those that the ``autograd`` and ``descent`` lessons teach, one file each."""

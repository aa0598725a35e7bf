"""The boundary instrument, ``pb.boundary``: what a classifier with two inputs says everywhere in the plane. Importing
this loads no torch; looking does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytorch_basics.instruments.training.boundary.record import BoundaryRecord

if TYPE_CHECKING:
    import torch

__all__ = ["BoundaryRecord", "boundary"]


def boundary(model: Any, x: torch.Tensor, y: torch.Tensor) -> BoundaryRecord:
    """The probability that ``model`` gives to label 1 around the points ``x`` ``(N, 2)`` with labels ``y`` (0 or 1).

    The model gives one logit for each point, ``(N,)`` or ``(N, 1)``, or two, ``(N, 2)``; one that ends in
    ``nn.Sigmoid`` gives probabilities. It is asked in evaluation mode and left as it was. Where it ends in
    one ``nn.Linear``, what each hidden unit adds to the logit is drawn too, up to 16 of them. More than 400 points are
    thinned out evenly.

    Raises TypeError for anything but a model and tensors, ValueError for points without two inputs, labels other than
    0 and 1, and an output of another shape.
    """
    from pytorch_basics.instruments.training.boundary.capture import capture

    return capture(model, x, y)

"""The landscape instrument, ``pb.landscape``: the loss over a plane of parameters, and the optimizer's path on it.
Importing this loads no torch; looking does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytorch_basics.instruments.training.landscape.record import LandscapeRecord

if TYPE_CHECKING:
    import torch

__all__ = ["LandscapeRecord", "landscape"]


def landscape(
    model: Any,
    loss_fn: Any,
    x: torch.Tensor,
    y: torch.Tensor,
    *,
    path: Sequence[Any] | None = None,
    parameters: Sequence[torch.Tensor] = (),
    directions: str | tuple[str, str] = "auto",
    side: int = 51,
    seed: int = 0,
) -> LandscapeRecord:
    """``loss_fn(model(x), y)`` at ``side × side`` places of a plane through the model's parameters.

    ``path`` is a list of stops, each the parameters at that time: ``[p.detach().clone() for p in model.parameters()]``,
    a ``state_dict()`` of clones, or one vector. ``directions`` choose the plane: the names of two numbers
    (``("0.weight[0, 1]", "2.bias[0]")``), ``"path"`` (its first two principal components), ``"random"`` (two directions
    drawn with ``seed`` and filter-normalised, Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets"), or
    ``"auto"``: the two numbers when there are only two, else the path when there is one, else random.
    A plain function is called as ``model(x, *parameters)``.

    The model is asked in evaluation mode and left as it was. Raises TypeError for a model or loss that cannot be
    called, ValueError for unknown directions, a path of other parameters, and a loss of more than one number.
    """
    from pytorch_basics.instruments.training.landscape.capture import Surface, capture, check

    check(model, loss_fn, parameters, directions, side)
    return capture(Surface(model, loss_fn, x, y, parameters), path, directions, side, seed)

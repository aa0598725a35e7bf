"""The module instrument, ``pb.summary``: the tree of a model with shapes, parameters and work, and what the model uses
but does not know of. Importing this loads no torch; looking does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytorch_basics.errors import WrongArgument, wrong
from pytorch_basics.instruments.module.record import ModuleRecord

if TYPE_CHECKING:
    from torch import nn

__all__ = ["ModuleRecord", "summary"]


def summary(model: nn.Module, *inputs: Any, **keywords: Any) -> ModuleRecord:
    """What ``model`` is made of; with ``inputs`` also what one call ``model(*inputs, **keywords)`` does in each layer.

    Parameters that are shared count once, so the total is ``sum(p.numel() for p in model.parameters())``. MACs are
    multiply-accumulates, FLOPs floating-point operations (two for each MAC of a matrix product or convolution), of
    matrix products, convolutions and attention; other ops are not counted. What the model holds in plain lists, dicts
    and attributes, where ``parameters()`` does not look, is listed with the line to write instead.

    The call runs under ``no_grad`` in the mode (train or eval) the model is in, and changes neither its parameters and
    buffers nor the random state. Hooks of your own run. An error that it raises stands in the record.

    >>> pb.summary(nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)), torch.rand(4, 2))

    Raises TypeError for anything but an ``nn.Module``.
    """
    from pytorch_basics.instruments.module.capture import capture, instead_of, is_model

    if not is_model(model):
        raise WrongArgument(wrong("pb.summary", "model", model, "an nn.Module", instead_of(model)))
    return capture(model, inputs, keywords)

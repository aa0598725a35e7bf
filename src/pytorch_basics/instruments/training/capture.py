"""Asks a model without teaching it anything: what the pictures of a boundary and of a loss surface do many times.

In goes a model; while the context lasts every module of it is in evaluation mode, afterwards each is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn


@contextmanager
def asking(model: Any) -> Iterator[None]:
    """Evaluation mode for a while: no dropout, and a BatchNorm that does not learn from what it is asked."""
    modes = {module: module.training for module in model.modules()} if isinstance(model, nn.Module) else {}
    for module in modes:
        module.training = False
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training

"""The graph instrument, ``pb.graph``: the autograd graph behind a loss, what it saved, and the gradient that arrives
at each node when its backward pass runs. Importing this loads no torch; looking does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytorch_basics.instruments.graph.live import Graph
from pytorch_basics.instruments.graph.record import GraphRecord

if TYPE_CHECKING:
    import torch

    from pytorch_basics.instruments.trace.live import Trace
    from pytorch_basics.instruments.trace.record import TraceRecord

__all__ = ["Graph", "GraphRecord", "graph"]


def graph(loss: torch.Tensor, *, gradient: torch.Tensor | None = None,
          trace: Trace | TraceRecord | None = None) -> Graph:  # fmt: skip
    """The autograd graph that made ``loss``: its nodes, your names for their tensors, and what each one saved.

    ``gradient`` is what backward starts from when ``loss`` is not one number. A ``trace`` of the code adds the source
    lines and the modules. Looking changes nothing; ``.backward()`` runs the real backward pass and records it.

    >>> x = torch.ones(4, requires_grad=True)
    >>> g = pb.graph(((x + 2) ** 2 + 3).mean())
    >>> g.backward()

    Raises TypeError for anything but a tensor, ValueError for one without a graph and for one that is not one number
    when no ``gradient`` is given.
    """
    from pytorch_basics.instruments.graph.capture import capture, check

    check(loss, gradient, trace)
    facts, live = capture(loss, sys._getframe(1))
    return Graph(facts, live, loss, gradient, trace)

"""What ``pb.graph`` returns: what is known of a graph, and the way to run its backward pass under watch.

In go facts and the live nodes they were read from; ``backward`` adds every gradient. The record is made when it is
first asked for. Printed or shown in a notebook it is its record. No torch here: ``capture`` does what needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytorch_basics.errors import WrongValue
from pytorch_basics.instruments.graph.assemble import assemble
from pytorch_basics.instruments.graph.facts import GraphFacts, PassFacts
from pytorch_basics.instruments.graph.record import GraphRecord
from pytorch_basics.instruments.graph.sources import Sources
from pytorch_basics.instruments.graph.walk import Walk

if TYPE_CHECKING:
    import torch

    from pytorch_basics.instruments.trace.live import Trace
    from pytorch_basics.instruments.trace.record import TraceRecord

__all__ = ["Graph"]


class Graph:
    """A live autograd graph. What its record has can be asked of it directly: ``g.nodes``, ``g.find("h")``."""

    def __init__(self, facts: GraphFacts, live: Walk, loss: torch.Tensor, gradient: torch.Tensor | None,
                 trace: Trace | TraceRecord | None) -> None:  # fmt: skip
        self._facts, self._trace = facts, trace
        self._passed: PassFacts | None = None
        self._record: GraphRecord | None = None
        self._live: tuple[Walk, torch.Tensor, torch.Tensor | None] | None = (live, loss, gradient)
        self._freed = any(kept.state == "freed" for node in facts.nodes for kept in node.kept)

    @property
    def record(self) -> GraphRecord:
        """What is known of the graph now: with gradients once ``backward`` ran."""
        if self._record is None:
            traced: Any = getattr(self._trace, "record", self._trace)  # a Trace has one, a TraceRecord is one
            self._record = assemble(self._facts, Sources(traced), self._passed)
        return self._record

    def backward(self, *, retain_graph: bool = False, create_graph: bool = False, full: bool = False) -> Graph:
        """Run the real backward pass and record the gradient along each edge; give this graph, now with gradients.

        ``.grad`` ends up as after ``loss.backward()``, and no hook stays. Values of small tensors are all kept; for
        the norm of a large one at most 4,096 elements are read, unless ``full``. ``retain_graph`` and
        ``create_graph`` are PyTorch's.

        Raises ValueError when a backward pass freed the graph already, and whatever the backward pass itself raises:
        the record then has what passed before.
        """
        if self._live is None or self._freed:
            name = self.record.name or "loss"
            raise WrongValue(
                "backward: a backward pass already ran through this graph and freed the tensors it had saved. "
                f"Write instead: run the forward code again, then pb.graph({name}).backward(); "
                "or keep them the first time with backward(retain_graph=True)"
            )
        from pytorch_basics.instruments.graph.capture import run

        live, loss, gradient = self._live
        if not retain_graph and not create_graph and any(node.kept for node in self._facts.nodes):
            self._live = None
        self._record, self._passed = None, PassFacts()
        run(live, loss, gradient, self._passed, full=full, retain_graph=retain_graph, create_graph=create_graph)
        return self

    def to_json(self) -> str:
        """The record as JSON; ``GraphRecord.from_json`` reads it."""
        return self.record.to_json()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return getattr(self.record, name)
        except AttributeError:
            raise AttributeError(
                f"a graph has no {name!r}; it has what its record has: nodes, edges, find, …"
            ) from None

    def __dir__(self) -> list[str]:
        return sorted(
            {
                *super().__dir__(),
                *(name for name in (*dir(GraphRecord), *GraphRecord.__dataclass_fields__) if name[0] != "_"),
            }
        )

    def __str__(self) -> str:
        return str(self.record)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.record._repr_mimebundle_(include, exclude)

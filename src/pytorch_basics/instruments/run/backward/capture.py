"""Looks at each backward pass: where it starts, which parameters it reaches, what their gradients were before it.

In go what ``backward()`` was called on and the models' outputs; out come events, one a pass. The graph is walked by its
nodes, at most ``MOST_NODES`` of them; what lies beyond is not said to be unreached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from pytorch_basics.instruments.run.log import Event, Log
from pytorch_basics.instruments.run.optimizers.capture import ORDER, Optimizers
from pytorch_basics.instruments.run.parameters.capture import Parameters
from pytorch_basics.instruments.run.where import Reached

MOST_NODES = 5000
_MOST_OUTPUTS = 4096


@dataclass(slots=True)
class Begun:
    """A backward pass that is about to run."""

    root: Any
    reached: list[int]
    event: Event | None
    keeps: bool = True  # backward() leaves gradients in .grad; autograd.grad() does not


class Backward:
    """The backward passes of a run."""

    def __init__(self, log: Log, parameters: Parameters, optimizers: Optimizers) -> None:
        self.log, self.parameters, self.optimizers = log, parameters, optimizers
        self._outputs: dict[int, Event] = {}

    def before(self, place: Reached, args: Any, kwargs: Any, only: bool) -> Begun | None:
        """Look at the graph and the gradients before a backward pass."""
        log = self.log
        given = args[0] if args else next((kwargs[k] for k in ("tensors", "outputs", "self") if k in kwargs), None)
        roots = [t for t in (given if isinstance(given, (list, tuple)) else (given,)) if isinstance(t, torch.Tensor)]
        if not roots:
            return None
        leaves, nodes, whole, below = _walk(roots)
        for number in below & self._outputs.keys() if whole else self._outputs.keys():
            self._outputs[number].facts["used"] = True if whole else None
        reached = [self.parameters.find(leaf) for leaf in leaves]
        for number, optimizer in log.alive("optimizer"):  # one that never steps may be gone at the end
            if not log.optimizers[number].parameters:
                self.optimizers.hold(number, optimizer)
        self.parameters.tick += 1
        log.backwards += 1
        states = {self.parameters.state(k) for k in reached}
        worst = max(states, key=ORDER.index) if states else ""
        value = float(roots[0].detach()) if roots[0].numel() == 1 and not roots[0].is_meta else None
        where = place.code, place.at
        facts = {"parameters": dict.fromkeys(reached), "grads": worst, "value": value, "nodes": tuple(nodes)}
        facts |= {"site": log.made_at(roots[0]), "graded": whole, "training": not only}
        event = log.event("backward", where, **facts)
        if value is not None:
            log.losses.append((log.steps, value))
        return Begun(roots[0], reached, event, not only)

    def after(self, begun: Begun) -> None:
        """Gradients have arrived."""
        for number in begun.reached if begun.keeps else ():
            self.parameters.graded(number)

    def came_out(self, event: Event, tensors: list[Any]) -> None:
        """A whole model gave these: a backward pass will say whether it began from them."""
        for t in tensors:
            if t.grad_fn is not None:
                event.facts["used"] = False
                self._outputs[_number_of(t.grad_fn)] = event
        while len(self._outputs) > _MOST_OUTPUTS:
            del self._outputs[next(iter(self._outputs))]


def _number_of(node: Any) -> int:
    """PyTorch numbers the nodes of a graph as they are made; those written in Python may not say theirs."""
    asked = getattr(node, "_sequence_nr", None)
    return int(asked()) if asked is not None else -1


def _walk(roots: list[Any]) -> tuple[list[Any], list[str], bool, set[int]]:
    """The leaves below, the names of the nodes on the way, whether all of the graph was seen, and the numbers of its
    nodes (PyTorch numbers them as they are made)."""
    leaves = {id(t): t for t in roots if t.is_leaf and t.requires_grad}
    stack = [t.grad_fn for t in roots if t.grad_fn is not None]
    seen = set(stack)
    names: dict[str, None] = {}
    numbers = set()
    while stack and len(seen) < MOST_NODES:
        node = stack.pop()
        names[node.name()] = None
        numbers.add(_number_of(node))
        for below, _ in node.next_functions:
            if below is None or below in seen:
                continue
            seen.add(below)
            variable = getattr(below, "variable", None)
            if variable is None:
                stack.append(below)
            else:
                leaves[id(variable)] = variable
    return list(leaves.values()), list(names), not stack, numbers

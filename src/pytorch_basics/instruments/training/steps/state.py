"""The parameters that a training step is about, and what each event did to them.

In go live parameters as they are met; out come ``StateRecord``s: the norm of each gradient, and how far each parameter
has moved since the last look. No torch here: ``capture`` hands in what asks a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pytorch_basics.instruments.training.steps.record import StateRecord


@dataclass(frozen=True)
class Ask:
    """What only ``capture`` can ask of a live tensor."""

    norm: Callable[[Any], float | None]
    copy: Callable[[Any], Any]
    moved: Callable[[Any, Any], float]


class Parameters:
    """The parameters known so far, in the order in which they were met."""

    def __init__(self, ask: Ask, variables: dict[int, str]) -> None:
        self.ask, self._variables = ask, variables
        self.tensors: list[Any] = []
        self.names: list[str] = []
        self.before: list[StateRecord] = []
        self._copies: list[Any] = []
        self._known: dict[int, int] = {}

    def meet(self, tensors: Iterable[tuple[str, Any]]) -> tuple[int, ...]:
        """The numbers of these parameters, each once; new ones are remembered as they are now."""
        found: dict[int, None] = {}
        for name, tensor in tensors:
            if id(tensor) not in self._known:
                self._known[id(tensor)] = len(self.tensors)
                called = self._variables.get(id(tensor)) or name
                self.names.append(called or f"parameter {len(self.tensors) + 1}")
                self.tensors.append(tensor)
                self._copies.append(self.ask.copy(tensor))
                self.before.append(StateRecord(self.ask.norm(tensor.grad), 0.0))
            found[self._known[id(tensor)]] = None
        return tuple(found)

    def states(self) -> tuple[StateRecord, ...]:
        """Every parameter as it is now; the next look is compared with this one."""
        found = []
        for k, tensor in enumerate(self.tensors):
            moved = self.ask.moved(tensor, self._copies[k])
            if moved:
                self._copies[k] = self.ask.copy(tensor)
            found.append(StateRecord(self.ask.norm(tensor.grad), moved))
        return tuple(found)

    def owner_of(self, gradient: Any) -> Any:
        """The parameter whose ``.grad`` this is, or None."""
        return next((tensor for tensor in self.tensors if tensor.grad is gradient), None)

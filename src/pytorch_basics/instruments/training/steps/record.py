"""A training step as a timeline: plain data, frozen, and loss-free as JSON.

In go the events that ``capture`` met, each with what it did to gradients and parameters; out come records that
``text``, ``html``, the doctor and the playground draw or reason about. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pytorch_basics.instruments import as_json


@dataclass(frozen=True)
class StateRecord:
    """One parameter after an event: the norm of its ``.grad`` (None: there is none), and how far the event moved the
    parameter itself (the norm of the difference)."""

    grad: float | None
    moved: float


@dataclass(frozen=True)
class EventRecord:
    """Something that a training step is made of. ``kind`` is ``"forward"``, ``"backward"``, ``"zero"``, ``"step"`` or
    ``"update"`` (a parameter written into by hand); ``what`` is the call, ``line`` the learner's source line with its
    ``number``; ``round`` counts the calls of the function from 0. ``states`` stand in the order of
    ``StepsRecord.parameters``; ``touched`` are those that the call was about (an optimizer's own)."""

    kind: str
    what: str
    round: int
    states: tuple[StateRecord, ...]
    touched: tuple[int, ...] = ()
    line: str = ""
    number: int | None = None


@dataclass(frozen=True)
class StepsRecord:
    """What ``pb.steps`` returns: the events of ``rounds`` calls in their order, and the parameters they are about.

    ``before`` are the gradients before the first event.
    """

    title: str
    parameters: tuple[str, ...]
    before: tuple[StateRecord, ...]
    events: tuple[EventRecord, ...]
    rounds: int
    error: str = ""

    @cached_property
    def changed(self) -> tuple[bool, ...]:
        """For each parameter whether anything moved it."""
        return tuple(any(e.states[k].moved > 0 for e in self.events) for k in range(len(self.parameters)))

    def grads_before(self, event: int) -> tuple[float | None, ...]:
        """The norms of the gradients as an event found them."""
        states = self.events[event - 1].states if event else self.before
        return tuple(state.grad for state in states)

    def to_json(self) -> str:
        """This record as JSON; ``StepsRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> StepsRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, StepsRecord, StateRecord, EventRecord)

    def __str__(self) -> str:
        from pytorch_basics.instruments.training.steps.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.training.steps.html import html

        return {"text/html": html(self), "text/plain": str(self)}

"""What became of the gradients between one step and the next, parameter by parameter.

In goes a ``RunRecord``; out come its steps, each with what every parameter's ``.grad`` held then. Events are only
written down while a run is watched: where steps were left out, what was before is forgotten, so nothing is said that
was not seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pytorch_basics.instruments.run.record import EventRecord, RunRecord


@dataclass
class Grad:
    """One parameter's ``.grad`` as it stands. ``holds`` None is not known. ``used``: a step has used all of it;
    ``stale``: what a step has used is still part of it. ``cleared`` is who cleared a gradient that no step had used."""

    holds: bool | None = None
    used: bool = False
    stale: bool = False
    backward: EventRecord | None = None
    cleared: EventRecord | None = None


@dataclass
class Step:
    """A watched step (or an update by hand) with the parameters that it found without a gradient, with a fresh one,
    with one that holds older steps' gradients as well (``stale``), with none but those (``old``), and with one that was
    cleared before the step could use it (``lost``)."""

    event: EventRecord
    none: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    old: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    backward: EventRecord | None = None
    cleared: EventRecord | None = None


@dataclass
class Clip:
    """A clipping of gradients: ``"fresh"``, ``"used"`` (a step has used them) or ``"none"`` were there to be "
    "clipped; empty: not known."""

    event: EventRecord
    found: str
    before: EventRecord | None = None


@dataclass
class Rounds:
    """All watched steps, updates by hand and clippings of a run."""

    steps: list[Step] = field(default_factory=list)
    updates: list[Step] = field(default_factory=list)
    clips: list[Clip] = field(default_factory=list)


def rounds(record: RunRecord) -> Rounds:
    """Follow the gradients through the events of a run."""
    found, grads, taken = Rounds(), {k: Grad() for k in range(len(record.parameters))}, 0
    last: EventRecord | None = None
    for event in record.events:
        if event.steps > taken:  # steps that nobody watched lie between
            grads = {k: Grad() for k in grads}
            last = None
        taken = event.steps + (event.kind == "step")
        if event.kind == "zero":
            _clear(event, grads)
        elif event.kind == "backward" and event.training:
            _add(event, grads)
        elif event.kind in ("step", "update"):
            (found.steps if event.kind == "step" else found.updates).append(_use(event, grads))
        elif event.kind == "clip":
            found.clips.append(Clip(event, _clipped(event, grads), last))
        if event.kind in ("backward", "step", "zero"):
            last = event
    return found


def _clear(event: EventRecord, grads: dict[int, Grad]) -> None:
    for k in event.parameters:
        grad = grads[k]
        lost = grad.holds and not grad.used
        grads[k] = Grad(holds=False, backward=grad.backward if lost else None, cleared=event if lost else None)


def _add(event: EventRecord, grads: dict[int, Grad]) -> None:
    for k in event.parameters:
        grad = grads[k]
        stale = grad.stale or (grad.holds is True and grad.used)
        grads[k] = Grad(holds=True, stale=stale, backward=event)


def _use(event: EventRecord, grads: dict[int, Grad]) -> Step:
    step = Step(event)
    for k in event.parameters:
        grad = grads[k]
        if grad.holds is True:
            (step.old if grad.used else step.stale if grad.stale else step.fresh).append(k)
            step.backward = grad.backward or step.backward
        elif event.grads in ("none", "zero") or grad.holds is False:
            step.none.append(k)
            if grad.cleared is not None:
                step.lost.append(k)
                step.backward, step.cleared = grad.backward, grad.cleared
        if grad.holds is not None:
            grad.used, grad.cleared = True, None
    return step


def _clipped(event: EventRecord, grads: dict[int, Grad]) -> str:
    """What there was to clip, over the parameters given; over all, where these are not known."""
    asked: Iterable[Grad] = [grads[k] for k in event.parameters] or list(grads.values())
    known = [grad for grad in asked if grad.holds is not None]
    if not known:
        return ""
    if any(grad.holds and not grad.used for grad in known):
        return "fresh"
    return "used" if any(grad.holds for grad in known) else "none"

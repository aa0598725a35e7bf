"""What is wrong with the order of a training step, if anything: orders that do nothing, or do too much.

In goes a ``StepsRecord``, out come sentences, each with the evidence in it. A right order gives none.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytorch_basics.instruments.training.steps.record import EventRecord, StepsRecord


def remarks(record: StepsRecord) -> list[str]:
    """Every remark, in the order of the events it is about; each once."""
    if record.error:
        return [f"it stopped: {record.error}"]
    return list(dict.fromkeys([*_absent(record), *_events(record), *_parameters(record)]))


def _absent(record: StepsRecord) -> Iterator[str]:
    kinds = {event.kind for event in record.events}
    if not kinds & {"backward"}:
        yield "no gradient was computed: backward() was never called"
    elif not kinds & {"step", "update"}:
        yield "no parameter was changed: step() was never called"


def _events(record: StepsRecord) -> Iterator[str]:
    for k, event in enumerate(record.events):
        before = [record.grads_before(k)[n] for n in event.touched]
        if event.kind == "step" and event.touched and not any(event.states[n].moved > 0 for n in event.touched):
            yield f"{event.what} moved nothing: {_why_still(record, k, before)}"
        elif event.kind == "step" and event.round and _older(record, k):
            yield f"{event.what} used gradients from the call before: backward() comes after it"
        if event.kind == "backward" and any(before) and _unused(record, k):
            n = next(n for n in event.touched if record.grads_before(k)[n])
            old, new, name = record.grads_before(k)[n], event.states[n].grad, record.parameters[n]
            yield (
                f"{event.what} added to gradients that were there already (|{name}.grad| was {old:.3g}, is now "
                f"{new:.3g}): zero_grad() is missing before it, unless you accumulate on purpose"
            )


def _why_still(record: StepsRecord, at: int, before: list[float | None]) -> str:
    earlier = [event.kind for event in record.events[:at] if event.round == record.events[at].round]
    if "backward" in earlier and "zero" in earlier[earlier.index("backward") :]:
        return "zero_grad() had just removed the gradients; it belongs before backward() or after step()"
    if all(grad is None for grad in before):
        return "none of its parameters had a gradient yet; backward() comes first"
    if not any(before):
        return "the gradients of its parameters were all zero"
    return "the learning rate is 0, or too small to change a float32"


def _older(record: StepsRecord, at: int) -> bool:
    """Whether no backward pass ran in this call before the step, and one in the call before."""
    mine = [e.kind for e in record.events[:at] if e.round == record.events[at].round]
    return "backward" not in mine and "backward" in {e.kind for e in record.events[at:]}


def _unused(record: StepsRecord, at: int) -> bool:
    """Whether the gradients that this backward pass found had been used by a step already."""
    for event in reversed(record.events[:at]):
        if event.kind in ("step", "update"):
            return True
        if event.kind in ("backward", "zero"):
            return False
    return False


def _parameters(record: StepsRecord) -> Iterator[str]:
    stepped = [event for event in record.events if event.kind in ("step", "update")]
    if not any(state.moved > 0 for event in stepped for state in event.states):
        return
    held = {n for event in stepped for n in event.touched}
    still = [n for n, moved in enumerate(record.changed) if not moved]
    outside = [record.parameters[n] for n in still if n not in held and _had_gradient(record.events, n)]
    if outside:
        yield f"never changed although they got gradients: {', '.join(outside)}; no optimizer here holds them"
    idle = [record.parameters[n] for n in still if n in held and not _had_gradient(record.events, n)]
    if idle:
        yield f"never changed because no gradient came to them: {', '.join(idle)}"


def _had_gradient(events: tuple[EventRecord, ...], parameter: int) -> bool:
    return any(event.states[parameter].grad for event in events)

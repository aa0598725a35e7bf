"""Why an optimizer found no parameters: what the rules of several mistakes ask of that failure.

In goes the record of "optimizer got an empty parameter list"; out come what the optimizer was given, and signs for the
plain lists and plain tensors that a model keeps without registering them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytorch_basics.instruments.failure.record import Argument, ClassNote, FailureRecord, Step
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Record, Sign

_ONCE = ("filter", "map", "parameters", "chain", "iter", "zip", "comprehension", "named_parameters")


def empty_list(record: Record) -> tuple[FailureRecord, Argument | None] | None:
    """The optimizer that was given no parameter, and what it was given."""
    if not isinstance(record, FailureRecord) or "got an empty parameter list" not in record.message:
        return None
    return record, record.failing.argument(0, "params") if record.failing else None


def used_up(record: FailureRecord, what: Argument | None) -> Step | None:
    """The step that made the iterator, where a name holds it."""
    made = record.made(what)
    generator = what is not None and what.value is not None and what.value.kind == "generator"
    named = made is not None and bool(made.name)
    return made if generator and named and made is not None and made.bare in _ONCE else None


def plain_containers(record: Record) -> Iterator[Sign]:
    """The lists, dicts and tuples of layers in a model of which the optimizer found nothing."""
    for failure, note in _notes(record):
        held = [(name, place, kind) for name, place, kind in _strays(note) if kind != "tensor"]
        if held:
            name, place, kind = held[0]
            head, _, tail = place.text.partition("=")
            new = f"nn.ModuleDict({tail.strip()})" if kind == "dict" else f"nn.ModuleList({tail.strip()})"
            yield Sign(
                place=place,
                seen=f"`{note.name}` keeps its layers in a plain {kind}, `self.{name}`, into which a module does not "
                "look: it has no parameters.",
                instead=f"{head.rstrip()} = {new}",
                evidence=(f"`list({note.name}(…).parameters())` is []",),
                also=_rest(failure, [p for _, p, _ in held]),
            )
            return


def plain_tensors(record: Record) -> Iterator[Sign]:
    """The plain tensors in a model of which the optimizer found nothing."""
    for failure, note in _notes(record):
        held = [(name, place) for name, place, kind in _strays(note) if kind == "tensor"]
        if held and not any(kind != "tensor" for _, _, kind in _strays(note)):
            name, place = held[0]
            head, _, tail = place.text.partition("=")
            plain = tail.strip().replace(", requires_grad=True", "").replace(".requires_grad_()", "")
            yield Sign(
                place=place,
                seen=f"`self.{name}` is a plain tensor: `{note.name}` does not count it among its parameters.",
                instead=f"{head.rstrip()} = nn.Parameter({plain})",
                evidence=(f"`list({note.name}(…).parameters())` is []",),
                also=_rest(failure, [p for _, p in held]),
            )
            return


def _notes(record: Record) -> Iterator[tuple[FailureRecord, ClassNote]]:
    found = empty_list(record)
    if found is not None and used_up(*found) is None:
        yield from ((found[0], note) for note in found[0].classes)


def _strays(note: ClassNote) -> list[tuple[str, Place, str]]:
    """What the model keeps without registering it, where ``__init__`` assigns it."""
    kinds = dict(note.value.strays) if note.value else {}
    return [(name, place, kinds[name]) for name, place, _ in note.assigned if name in kinds]


def _rest(failure: FailureRecord, places: list[Place]) -> tuple[Place, ...]:
    return (*places[1:], *((failure.place,) if failure.place else ()))

"""What is different between two looks: facts, values, memory and sharing, tensor by tensor.

In go two ``SeeRecord``s; out comes a ``DiffRecord``, which prints as text and draws as a small table. Tensors
are compared with those of the same name; those left over, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from pytorch_basics.instruments.tensor import wording
from pytorch_basics.instruments.tensor.record import SeeRecord, TensorRecord, Value

MOST_VALUES = 6


@dataclass(frozen=True)
class ChangeRecord:
    """One difference: of which tensor, in what, from what to what."""

    tensor: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.tensor}: {self.what} {self.before} → {self.after}"


@dataclass(frozen=True)
class DiffRecord:
    """The differences between two looks; empty when there are none."""

    changes: tuple[ChangeRecord, ...]
    compared: str

    def __str__(self) -> str:
        return "\n".join([self.compared, *(f"  {change}" for change in self.changes or ("nothing differs",))])

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        lines = (map(escape, (c.tensor, c.what, c.before, c.after)) for c in self.changes)
        rows = "".join(f"<tr><td>{'<td>'.join(line)}" for line in lines)
        head = "<thead><tr><th scope=col>tensor<th scope=col>what<th scope=col>before<th scope=col>after</thead>"
        table = f"<table>{head}{rows}</table>" if rows else "<p>nothing differs</p>"
        return {"text/html": f"<div><p>{escape(self.compared)}</p>{table}</div>", "text/plain": str(self)}


def diff(before: SeeRecord, after: SeeRecord) -> DiffRecord:
    """What ``after`` shows differently from ``before``."""
    pairs = _pairs(before.tensors, after.tensors)
    changes = [change for a, b in pairs for change in _changes(before, after, a, b)]
    gone = [t.name for k, t in enumerate(before.tensors) if k not in {a for a, _ in pairs}]
    new = [t.name for k, t in enumerate(after.tensors) if k not in {b for _, b in pairs}]
    changes += [ChangeRecord(name, "seen", "yes", "no") for name in gone]
    changes += [ChangeRecord(name, "seen", "no", "yes") for name in new]
    changes += _sharing(before, after, pairs)
    return DiffRecord(tuple(changes), "; ".join(_title(before.tensors[a], after.tensors[b]) for a, b in pairs))


def _title(a: TensorRecord, b: TensorRecord) -> str:
    return f"{a.name}, before and after" if a.name == b.name else f"{a.name} compared with {b.name}"


def _pairs(before: tuple[TensorRecord, ...], after: tuple[TensorRecord, ...]) -> list[tuple[int, int]]:
    free = dict(enumerate(after))
    pairs, left = [], []
    for a, tensor in enumerate(before):
        match = next((b for b, other in free.items() if other.name == tensor.name), None)
        if match is None:
            left.append(a)
        else:
            pairs.append((a, match))
            del free[match]
    return sorted(pairs + list(zip(left, free, strict=False)))


def _changes(before: SeeRecord, after: SeeRecord, a: int, b: int) -> list[ChangeRecord]:
    old, new = before.tensors[a], after.tensors[b]
    name = old.name if old.name == new.name else f"{old.name} → {new.name}"
    then, now = dict(wording.facts(old)), dict(wording.facts(new))
    found = [
        ChangeRecord(name, label, then.get(label, "none"), now.get(label, "none"))
        for label in then | now
        if then.get(label) != now.get(label)
    ]
    found += (
        [ChangeRecord(name, "values", old.hidden or "shown", new.hidden or "shown")] if old.hidden != new.hidden else []
    )
    return found + _moved(before, after, old, new, name) + _values(old, new, name)


def _moved(before: SeeRecord, after: SeeRecord, old: TensorRecord, new: TensorRecord, name: str) -> list[ChangeRecord]:
    if old.storage is None or new.storage is None:
        return []
    there = before.storages[old.storage].address + old.byte_offset
    here = after.storages[new.storage].address + new.byte_offset
    return [] if there == here else [ChangeRecord(name, "memory", "one place", "another place")]


def _values(old: TensorRecord, new: TensorRecord, name: str) -> list[ChangeRecord]:
    """The values that differ where both looks drew one: a few in full, then how many."""
    if old.hidden or new.hidden or old.shape != new.shape:
        return []
    then, now = (dict(zip(t.indices(), t.values, strict=True)) for t in (old, new))
    differ = [index for index in then if not _same(then[index], now[index])]
    found = []
    for index in differ[:MOST_VALUES]:
        before, after = wording.number(then[index]), wording.number(now[index])
        if before == after:  # too close to tell apart in four digits
            before, after = repr(then[index]), repr(now[index])
        found.append(ChangeRecord(name, f"[{', '.join(map(str, index))}]", before, after))
    shown = "" if len(then) == old.numel else " shown"
    if differ[MOST_VALUES:]:
        found.append(ChangeRecord(name, "values", f"{len(then):,}{shown}", f"{len(differ):,} of them differ"))
    if shown and old.stats != new.stats and not differ:
        found.append(ChangeRecord(name, "statistics", _spread(old), _spread(new)))
    return found


def _spread(tensor: TensorRecord) -> str:
    stats = tensor.stats
    if stats is None or stats.mean is None or stats.smallest is None or stats.largest is None:
        return "none"
    odd = f", {stats.nans + stats.infs:,} not finite" if stats.nans + stats.infs else ""
    return f"{wording.number(stats.smallest)} to {wording.number(stats.largest)}, mean {stats.mean:.6g}{odd}"


def _same(a: Value, b: Value) -> bool:
    return a == b or (a != a and b != b)  # nan is unlike itself, yet did not change


def _sharing(before: SeeRecord, after: SeeRecord, pairs: list[tuple[int, int]]) -> list[ChangeRecord]:
    then = {(s.first, s.second): s.how for s in before.sharing}
    now = {(s.first, s.second): s.how for s in after.sharing}
    found = []
    for k, (a, b) in enumerate(pairs):
        for a2, b2 in pairs[k + 1 :]:
            old = then.get((min(a, a2), max(a, a2)), "stand apart")
            new = now.get((min(b, b2), max(b, b2)), "stand apart")
            if old != new:
                names = f"{before.tensors[a].name} and {before.tensors[a2].name}"
                found.append(ChangeRecord(names, "memory in common", old, new))
    return found

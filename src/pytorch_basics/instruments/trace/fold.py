"""The ops of a trace as a tree that folds: ops, calls of modules, backward passes, and what repeats.

In goes a ``TraceRecord``, out come rows, nested as the modules ran. ``text`` prints them and ``html`` draws them; both
open them to the same ``depth``. Nothing here is HTML or prose beyond a row's ``title``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pytorch_basics.instruments.trace.record import OpRecord, TraceRecord

MOST_LINES = 60  # a page shows about as many before it folds
LONGEST_ROUND = 128  # rows of a repeated round: a training step in a loop has about that many at the top
LEAST_ROUNDS = 2  # rounds with a block in them fold from two on,
LEAST_LINES = 8  # those of single lines (ops, modules that run one op) only when they make a list long


@dataclass(frozen=True)
class Op:
    """One op: ``at`` is its position in ``trace.ops``."""

    at: int


@dataclass(frozen=True)
class Call:
    """One call of a module, ``trace.modules[module]``; in a backward pass what ran for the ops of that call."""

    module: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Backward:
    """Ops that autograd ran, one after the other."""

    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Repeat:
    """Rounds that followed one another with the same modules, ops, kinds, shapes and source lines."""

    rounds: tuple[tuple[Row, ...], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of every round, in order."""
        return tuple(row for one in self.rounds for row in one)


Row = Op | Call | Backward | Repeat
_Signed = tuple[Row, int]  # a row, and the number of its structure: equal for equal structures
_Item = tuple[int, tuple[int, ...], str, int | None]  # position, modules from the outermost, phase, op


def rows(trace: TraceRecord) -> tuple[Row, ...]:
    """Every op of the trace once, in the order they ran, nested in the modules and passes they ran in."""
    numbers: dict[object, int] = {}
    found: list[_Signed] = []
    for phase, part in groupby(_items(trace), key=lambda item: item[2]):
        signed = _nested(trace, list(part), 0, numbers)
        if phase == "backward":
            signed = [(Backward(_plain(signed)), _number(numbers, "backward", *_signs(signed)))]
        found += signed
    return _plain(_repeats(found, numbers))


def ops(*of: Row) -> Iterator[int]:
    """The positions of the ops in rows, in order."""
    for row in of:
        if isinstance(row, Op):
            yield row.at
        else:
            yield from ops(*row.rows)


def only_op(row: Row) -> int | None:
    """The op that a row comes down to: its own, or the only one of a module's call (``fc1`` and its ``linear``)."""
    if isinstance(row, Call) and len(row.rows) == 1:
        return only_op(row.rows[0]) if isinstance(row.rows[0], Op) else None
    return row.at if isinstance(row, Op) else None


def inside(row: Row) -> tuple[Row, ...]:
    """What a folded row has inside; of a repetition the first round, which stands for all. Nothing for one op."""
    if only_op(row) is not None or isinstance(row, Op):
        return ()
    return row.rounds[0] if isinstance(row, Repeat) else row.rows


def depth(of: Iterable[Row], most: int = MOST_LINES) -> int:
    """How many levels may stand open (0: none) for at most ``most`` lines."""
    level, lines, deep = list(of), 0, -1
    while level and (deep < 0 or lines + len(level) <= most):
        lines, deep = lines + len(level), deep + 1
        level = [part for row in level for part in inside(row)]
    return max(deep, 0)


def title(trace: TraceRecord, row: Row) -> str:
    """What a row is called: ``fc1 (Linear)``, ``backward``, ``12 × Block (h.0 … h.11)``, or the name of its op."""
    if isinstance(row, Op):
        return trace.ops[row.at].name
    if isinstance(row, Backward):
        return "backward"
    if isinstance(row, Call):
        call = trace.modules[row.module]
        return f"{call.path} ({call.kind})" if call.path else call.kind
    names = [_short(trace, one) for one in row.rounds[0]]
    first, last = row.rounds[0][0], row.rounds[-1][-1]
    words = ", ".join(names if len(names) <= 3 else [*names[:3], "…"])
    if isinstance(first, Call) and isinstance(last, Call) and len(names) == 1:
        words += f" ({trace.modules[first.module].path} … {trace.modules[last.module].path})"
    return f"{len(row.rounds)} × {words if len(names) == 1 else f'({words})'}"


def _short(trace: TraceRecord, row: Row) -> str:
    return trace.modules[row.module].kind if isinstance(row, Call) else title(trace, row)


def _items(trace: TraceRecord) -> list[_Item]:
    """Ops, and module calls that ran none, each with the modules around it. A backward op is where its partner is."""
    chains: list[tuple[int, ...]] = []
    busy: set[int] = set()
    for k, call in enumerate(trace.modules):
        chains.append((k,) if call.parent is None else (*chains[call.parent], k))
        if call.end > call.first:
            busy.update(chains[k])
    around = _modules(trace)
    items: list[_Item] = []
    for k, op in enumerate(trace.ops):
        module = around[k]
        items.append((k, () if module is None else chains[module], op.phase, k))
    quiet = [k for k in range(len(trace.modules)) if k not in busy]
    items += [(trace.modules[k].first, chains[k], _phase(trace, trace.modules[k].first), None) for k in quiet]
    return sorted(items, key=lambda item: (item[0], item[3] is not None, item[1] if item[3] is None else ()))


def _modules(trace: TraceRecord) -> list[int | None]:
    """The module call of each op. A node's sequence number leads back to the op that made it (a call that makes
    several nodes has the last one's number); gradients are accumulated, without a number, right after they came."""
    made = sorted(
        (op.sequence, k) for k, op in enumerate(trace.ops) if op.phase != "backward" and op.sequence is not None
    )
    found: list[int | None] = []
    last: int | None = None
    for op in trace.ops:
        if op.phase == "backward":
            at = len(made) if op.sequence is None else bisect_left(made, (op.sequence, -1))
            last = trace.ops[made[at][1]].module if at < len(made) else last
        else:
            last = None
        found.append(last if op.module is None else op.module)
    return found


def _phase(trace: TraceRecord, at: int) -> str:
    return trace.ops[min(at, len(trace.ops) - 1)].phase if trace.ops else "forward"


def _nested(trace: TraceRecord, items: list[_Item], deep: int, numbers: dict[object, int]) -> list[_Signed]:
    found: list[_Signed] = []
    for module, part in groupby(items, key=lambda item: item[1][deep] if len(item[1]) > deep else None):
        if module is None:
            found += [_signed(trace, k, numbers) for _, _, _, k in part if k is not None]
        else:
            signed = _nested(trace, list(part), deep + 1, numbers)
            sign = _number(numbers, trace.modules[module].kind, *_signs(signed))
            found.append((Call(module, _plain(signed)), sign))
    return _repeats(found, numbers)


def _signed(trace: TraceRecord, at: int, numbers: dict[object, int]) -> _Signed:
    op: OpRecord = trace.ops[at]
    shapes = tuple(trace.tensors[use.tensor].shape for use in (*op.inputs, *op.outputs))
    unmeant = op.broadcast is not None and op.broadcast.suspect
    return Op(at), _number(numbers, op.name, op.kind, op.line, len(op.inputs), shapes, unmeant)


def _repeats(signed: list[_Signed], numbers: dict[object, int]) -> list[_Signed]:
    """The same rows with rounds that follow one another put into one ``Repeat``."""
    signs, found, at = _signs(signed), [], 0
    while at < len(signed):
        long, count = _round(signed, signs, at)
        if count == 1:
            found.append(signed[at])
        else:
            rounds = [_plain(signed[k : k + long]) for k in range(at, at + long * count, long)]
            found.append((Repeat(tuple(rounds)), _number(numbers, "×", count, *signs[at : at + long])))
        at += long * count
    return found


def _round(signed: list[_Signed], signs: list[int], at: int) -> tuple[int, int]:
    """Rows in a round and number of rounds from here on, where that covers most rows; (1, 1) for no repetition."""
    best, covered = (1, 1), 1
    for long in range(1, min(LONGEST_ROUND, (len(signs) - at) // 2) + 1):
        if signs[at] != signs[at + long]:
            continue
        one, count = signs[at : at + long], 1
        while signs[at + long * count : at + long * (count + 1)] == one:
            count += 1
        single = all(not inside(row) for row, _ in signed[at : at + long])
        worth = long * count >= LEAST_LINES and count > LEAST_ROUNDS if single else count >= LEAST_ROUNDS
        if worth and long * count > covered:
            best, covered = (long, count), long * count
    return best


def _plain(signed: Iterable[_Signed]) -> tuple[Row, ...]:
    return tuple(row for row, _ in signed)


def _signs(signed: Iterable[_Signed]) -> list[int]:
    return [sign for _, sign in signed]


def _number(numbers: dict[object, int], *structure: object) -> int:
    return numbers.setdefault(structure, len(numbers))

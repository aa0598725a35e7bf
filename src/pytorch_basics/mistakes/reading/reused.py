"""Which part of a graph a second ``backward()`` met: a state carried on, something made before the loop, a shared part.

In go the record of a ``backward()`` that PyTorch refused, because the graph was used up or a number in it was changed;
out comes a ``Reuse``: the line to change and why. It reads the steps behind the loss, and the text of the loops around.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Frame, Step, Value
from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.reading.feeding import calls_in, feeding, holds_call, names
from pytorch_basics.mistakes.reading.lines import called, loops, receiver, same_function, statement
from pytorch_basics.mistakes.reading.lost_history import bears

AGAIN = "Trying to backward through the graph a second time"
CHANGED = "needed for gradient computation has been modified by an inplace operation"


@dataclass(frozen=True)
class Reuse:
    """``what`` is "carried", "before the loop", "fed again", "shared" or "same"; ``name`` what is used again,
    ``text`` the
    expression at ``place``; ``also`` other lines that have to do with it."""

    what: str
    place: Place
    name: str
    text: str
    also: tuple[Place, ...] = ()


def refused(record: FailureRecord, message: str) -> bool:
    """Whether this is a ``backward()`` (or ``autograd.grad``) that PyTorch refused with these words."""
    return message in record.message and record.place is not None and record.failing is not None


def reuse(record: FailureRecord) -> Reuse | None:
    """The likeliest reason why the graph of this loss was met a second time."""
    every = (_kept(record), _carried(record), _before_loop(record), _with_another(record))
    return next((found for found in every if found is not None), None)


def lasting(record: FailureRecord) -> Reuse | None:
    """As ``reuse``, only what is kept from an earlier round of a loop."""
    every = (_kept(record), _carried(record), _before_loop(record))
    return next((found for found in every if found is not None), None)


def behind_loss(record: FailureRecord) -> list[Step]:
    """The steps that made the loss, the nearest first, without those inside a Sequential (they stand where it was
    made)."""
    return [step for step in record.origins(record.failing) if not _in_sequential(step)]


def _in_sequential(step: Step) -> bool:
    func = next((a.text for a in step.arguments if a.name == "func"), None)
    return step.kind == "layer" and func == step.text


def historic(value: Value | None) -> bool:
    """Whether it was computed from something that requires grad."""
    if value is None:
        return False
    return bool(value.tensor and value.requires_grad and not value.leaf) or (
        value.kind in ("tuple", "list", "dict") and any(historic(item) for _, item in value.items)
    )


def learns(record: FailureRecord, step: Step) -> bool:
    """Whether a step's result has a history, as far as can be told; one that is a model has none."""
    if step.value is not None and step.value.kind != "tensor":
        return historic(step.value)
    return bears(record, step)


# --- a state that lives in an attribute


def _kept(record: FailureRecord) -> Reuse | None:
    """``self.h`` that holds a computed tensor when the graph it belongs to is gone."""
    for step in behind_loss(record):
        for one in step.operands:
            if one.text.startswith("self.") and "(" not in one.text and historic(one.value):
                place = _assigned_in_class(step.place, one.text)
                if place is not None:
                    return Reuse("carried", place, one.text, place.text, _others(place, step.place, record.place))
    return None


def _assigned_in_class(place: Place, written: str) -> Place | None:
    """Where a method other than ``__init__`` assigns this attribute a new value."""
    source = source_of(place.file)
    owner = place.function.rpartition(".")[0]
    found = []
    for node in ast.walk(source.tree) if source else ():
        targets = node.targets if isinstance(node, ast.Assign) else []
        parts = [ast.unparse(p) for t in targets for p in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
        if written in parts and source is not None and isinstance(node, ast.Assign):
            where = source.place_of_line(node.lineno, node)
            if where.function.rpartition(".")[0] == owner and not isinstance(node.value, ast.Constant):
                found.append(where)
    later = [p for p in found if not p.function.endswith("__init__")]
    same = [p for p in later if p.function == place.function]
    return next(reversed(same or later), None)


# --- a state that a loop carries


def _carried(record: FailureRecord) -> Reuse | None:
    """A name read in a round of the loop around ``backward()`` that an earlier round computed."""
    for frame, loop in _looped(record):
        for step in behind_loss(record):
            if not _inside(step.place, loop, frame):
                continue
            for one in step.operands:
                if one.name == "return" or not _comes_back(record, one, step):
                    continue
                inside = [record.steps[k] for k in one.steps if _inside(record.steps[k].place, loop, frame)]
                if any(s.place.line < step.place.line and not _comes_back(record, s, step) for s in inside):
                    continue  # it starts anew in each round
                renamed = next((s for s in inside if s.kind == "name" and s.name == one.text), None)
                at = renamed or step
                return Reuse("carried", at.place, one.text, at.text, _others(at.place, step.place, frame.place))
    return None


def _comes_back(record: FailureRecord, what: Argument | Step, step: Step) -> bool:
    key = (step.place.file, step.place.line, step.text)
    found: Iterator[Step] = record.origins(what)
    itself = isinstance(what, Step) and (what.place.file, what.place.line, what.text) == key
    return itself or any((s.place.file, s.place.line, s.text) == key for s in found)


def _looped(record: FailureRecord) -> Iterator[tuple[Frame, ast.AST]]:
    """The loops around what was running, with their frames, the innermost first."""
    for frame in reversed(record.frames):
        for loop in loops(frame.place):
            yield frame, loop


def _inside(place: Place, loop: ast.AST, frame: Frame) -> bool:
    first, last = getattr(loop, "lineno", 0), getattr(loop, "end_lineno", 0)
    return same_function(place, frame.place) and first < place.line <= last


# --- something made before the loop


def _before_loop(record: FailureRecord) -> Reuse | None:
    """A computed tensor from before the loop that its rounds go back through."""
    for frame, loop in _looped(record):
        first = getattr(loop, "lineno", 0)
        for step in behind_loss(record):
            early = same_function(step.place, frame.place) and step.place.line < first
            if early and step.kind in ("call", "layer", "operator", "subscript", "return") and learns(record, step):
                name = step.name or step.text
                loss = next((a.text for a in record.operands if a.name == "self"), "")
                what = "loss before the loop" if name == loss else "before the loop"
                loop_place = Place.at(frame.place.file, first, frame.place.function)
                return Reuse(what, step.place, name, step.text, _others(step.place, loop_place, frame.place))
    return None


# --- a part shared with another loss


def _with_another(record: FailureRecord) -> Reuse | None:
    """A part of this graph that another ``backward()``, earlier in a function that is running, went through."""
    for frame in reversed(record.frames):
        mine = [s for s in behind_loss(record) if same_function(s.place, frame.place) and s.name]
        for step in mine:
            if not (learns(record, step) or step.value is None) or step.place.line > frame.place.line:
                continue
            found = _earlier(record, frame, step)
            if found is not None:
                return found
    return None


def _earlier(record: FailureRecord, frame: Frame, step: Step) -> Reuse | None:
    between = [
        (place, node) for place, node in calls_in(frame.place) if step.place.line <= place.line < frame.place.line
    ]
    shared = _bound_with(step)
    for k, (place, node) in enumerate(between):
        steps_after = any(called(later) == "step" for _, later in between[k + 1 :])
        if called(node) == "backward":
            loss = receiver(node)
            if loss == step.name:
                return Reuse("same", record.place or place, loss, place.text, (place,))
            way = feeding(frame.place, node.func.value) if isinstance(node.func, ast.Attribute) else []
            user = _user(way, shared, step.place)
            if user is None:
                continue
            if steps_after:
                return Reuse("fed again", user[0], step.name, user[1], _others(user[0], step.place, frame.place))
            return Reuse("shared", place, step.name, loss, (frame.place,))
        takes = any(shared & names(part) for part in (*node.args, *(w.value for w in node.keywords)))
        if takes and holds_call(place.file, called(node), "backward"):
            return Reuse("fed again", place, step.name, ast.unparse(node), _others(place, step.place, frame.place))
    return None


def _bound_with(step: Step) -> set[str]:
    """The names that the step's statement binds: ``left, right = net(x)`` come from one graph."""
    node = statement(step.place)
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {step.name, *(name for target in targets for name in names(target))} - {"_"}


def _user(way: list[tuple[Place, ast.expr]], shared: set[str], made: Place) -> tuple[Place, str] | None:
    """The call on the way to a loss that is given one of these names, the innermost one: ``D(fake)``."""
    for place, node in way:
        if place.line < made.line:
            continue
        inner = [n for n in ast.walk(node) if isinstance(n, ast.Call) and any(shared & names(a) for a in n.args)]
        if inner:
            return place, ast.unparse(inner[-1])
        if shared & names(node):
            return place, ast.unparse(node)
    return None


def _others(place: Place, *others: Place | None) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(p for p in others if p is not None and p.line != place.line))

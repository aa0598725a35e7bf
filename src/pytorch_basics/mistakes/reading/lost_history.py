"""Where a loss lost its way back to the parameters: the step that was not recorded, or that has no slope to give.

In go the record of a ``backward()`` that found no ``grad_fn``; out comes the ``Cut`` nearest to the loss that has
parameters behind it; or, where nothing was ever watched, the tensors and layers that were not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.reading.feeding import calls_in
from pytorch_basics.mistakes.reading.lines import called

NO_WAY = re.compile(
    r"element \d+ of tensors does not require grad and does not have a grad_fn|^[Oo]ne of the differentiated "
    r"Tensors does not require"
)
NUMBER = re.compile(r"'(float|int|list|numpy\.\w+|ndarray|float64|float32)' object has no attribute 'backward'")
PICKS = (
    "argmax",
    "argmin",
    "argsort",
    "multinomial",
    "one_hot",
    "bincount",
    "searchsorted",
    "nonzero",
    "histc",
    "histogram",
)
COMPARES = (
    ">",
    "<",
    ">=",
    "<=",
    "==",
    "!=",
    "gt",
    "lt",
    "ge",
    "le",
    "eq",
    "ne",
    "greater",
    "less",
    "logical_and",
    "logical_or",
)
WHOLE = ("long", "int", "bool", "byte", "short", "int32", "int64", "isclose")
TO_NUMBERS = ("item", "tolist", "numpy", "__float__")
REBUILDS = (
    "tensor",
    "as_tensor",
    "from_numpy",
    "FloatTensor",
    "Tensor",
    "array",
    "asarray",
    "DoubleTensor",
    "LongTensor",
    "float",
    "int",
)
NO_GRAD = re.compile(r"\b(no_grad|inference_mode)\b|set_grad_enabled\(\s*(mode\s*=\s*)?False")
MADE: tuple[str, ...] = (
    "randn",
    "rand",
    "zeros",
    "ones",
    "tensor",
    "full",
    "empty",
    "randint",
    "arange",
    "linspace",
    "eye",
    "FloatTensor",
    "Tensor",
)
MADE += (
    "zeros_like",
    "ones_like",
    "randn_like",
    "rand_like",
    "normal",
    "uniform_",
    "normal_",
    "from_numpy",
    "as_tensor",
    "double",
    "float",
)


@dataclass(frozen=True)
class Cut:
    """``what`` is "no_grad" (``place`` is the ``with`` line, the decorator or the switch), "picked" (an index, a
    comparison, a
    whole number), "detached" (``.detach()``, ``.data``) or "rebuilt" (``.item()``, a new tensor from old numbers)."""

    what: str
    place: Place
    text: str
    step: Step
    word: str


def refused(record: FailureRecord) -> bool:
    """Whether ``backward()`` found no way back, or was asked of a plain number."""
    if record.place is None or record.failing is None:
        return False
    return bool(NO_WAY.search(record.message) or (record.kind == "AttributeError" and NUMBER.search(record.message)))


def cut(record: FailureRecord) -> Cut | None:
    """The nearest step behind the loss that loses the history of parameters."""
    off = switched_off(record)
    if off is not None:
        return off
    for step in record.origins(record.failing):
        found = _cuts(step)
        if found is not None and (found.what == "no_grad" or any(historic(record, a) for a in step.arguments)):
            return found
    return None


def historic(record: FailureRecord, what: Argument, seen: frozenset[int] = frozenset()) -> bool:
    """Whether an operand had a history: its value says so, or a layer with parameters or a watched tensor made it, and
    nothing on the way cut it off."""
    value = what.value
    if value is not None and value.tensor:
        return value.requires_grad
    if what.name == "func":
        return value is not None and any(item.requires_grad for _, item in value.items)
    return any(bears(record, record.steps[k], seen | {k}) for k in what.steps if k not in seen)


def bears(record: FailureRecord, step: Step, seen: frozenset[int] = frozenset()) -> bool:
    """Whether a step's result had a history."""
    if step.value is not None and step.value.tensor:
        return step.value.requires_grad
    if _cuts(step) is not None:
        return False
    watched = any(a.name == "requires_grad" and a.text == "True" for a in step.arguments) or step.bare in (
        "requires_grad_",
        "Parameter",
    )
    return watched or any(historic(record, a, seen) for a in step.arguments)


def _cuts(step: Step) -> Cut | None:
    if step.value is not None and step.value.tensor and step.value.requires_grad:
        return None
    around = next(((text, place) for text, place in step.within if NO_GRAD.search(text)), None)
    if around is not None and _computes(step):
        return Cut("no_grad", around[1], around[0], step, around[0])
    bare = step.bare or step.called
    what = ""
    if (
        bare in PICKS
        or (step.kind == "compare")
        or bare in COMPARES
        or bare in WHOLE
        or (bare in ("to", "type") and re.search(r"\b(long|int\d*|bool|uint8)\b", step.text))
        or (step.kind in ("subscript", "call", "attribute") and _indices(step))
    ):
        what = "picked"
    elif bare in ("detach", "detach_", "data"):
        what = "detached"
    elif (
        bare in TO_NUMBERS
        or (bare in REBUILDS and not step.called.startswith("Tensor."))
        or step.called.startswith("numpy.")
    ):
        what = "rebuilt"
    return Cut(what, step.place, step.text, step, bare) if what else None


def _indices(step: Step) -> bool:
    """``scores.max(1)[1]``, ``_, best = scores.max(1)``: the positions of the largest."""
    if step.kind == "call":
        second = step.name and re.match(rf"[\w\[\].]+\s*,\s*{re.escape(step.name)}\s*=", step.place.text)
        return step.bare in ("max", "min", "topk", "sort", "median", "mode", "kthvalue") and bool(second)
    return bool(re.search(r"\.(max|min|topk|sort|median|mode)\([^()]*\)(\[1\]|\.indices)$", step.text))


def _computes(step: Step) -> bool:
    """A layer ran, or an operation on something watched."""
    if step.kind == "layer":
        return any(
            a.name == "func" and a.value is not None and any(i.requires_grad for _, i in a.value.items)
            for a in step.arguments
        )
    return any(a.value is not None and a.value.tensor and a.value.requires_grad for a in step.operands)


def switched_off(record: FailureRecord) -> Cut | None:
    """``torch.set_grad_enabled(False)`` as a line of its own, before what was running."""
    for frame in reversed(record.frames):
        for place, node in calls_in(frame.place):
            off = called(node) in ("set_grad_enabled", "_set_grad_enabled") and [ast.unparse(a) for a in node.args] == [
                "False"
            ]
            source = source_of(place.file)
            alone = source is not None and isinstance(source.parents.get(node), ast.Expr)
            if off and alone and place.line < frame.place.line and record.failing is not None:
                return Cut("no_grad", place, ast.unparse(node), record.failing, "set_grad_enabled")
    return None


@dataclass(frozen=True)
class Unwatched:
    """Nothing behind the loss requires grad. ``place`` is the line that makes ``name`` (or freezes it), ``frozen``
    says which."""

    place: Place
    name: str
    text: str
    frozen: bool
    step: Step | None
    layer: str = ""


def unwatched(record: FailureRecord) -> Unwatched | None:
    """What was to learn and is not watched: frozen layers, else a tensor that the program means to step."""
    return _frozen(record) or _plain(record)


def _frozen(record: FailureRecord) -> Unwatched | None:
    layers = [
        a for s in record.origins(record.failing) for a in s.arguments if a.name == "func" and a.value and a.value.items
    ]
    weights = [i for a in layers if a.value for _, i in a.value.items if i.type == "Parameter"]
    if not weights or any(i.requires_grad for i in weights):
        return None
    where = next(_freezing(record), None)
    if where is None:
        made = next((record.steps[k] for a in layers for k in a.steps), None)
        return None if made is None else Unwatched(made.place, layers[0].text, made.text, True, made, layers[0].text)
    return Unwatched(where, layers[0].text, where.text, True, None, layers[0].text)


def _freezing(record: FailureRecord) -> Iterator[Place]:
    """The lines that turn ``requires_grad`` off, the last first."""
    file = record.place.file if record.place else ""
    source = source_of(file)
    found = []
    for node in ast.walk(source.tree) if source else ():
        assigned = isinstance(node, ast.Assign) and ast.unparse(node.value) == "False"
        if assigned and any(isinstance(t, ast.Attribute) and t.attr == "requires_grad" for t in node.targets):  # type: ignore[attr-defined]  # an Assign
            found.append(node)
        if (
            isinstance(node, ast.Call)
            and called(node) == "requires_grad_"
            and "False" in [ast.unparse(a) for a in node.args]
        ):
            found.append(node)
    for node in sorted(found, key=lambda n: -n.lineno):  # type: ignore[attr-defined]  # statements and calls have one
        if source is not None:
            yield source.place_of_line(node.lineno, node)  # type: ignore[attr-defined]  # as above


def _plain(record: FailureRecord) -> Unwatched | None:
    """A tensor behind the loss that is made and whose ``.grad`` the program reads, or that an optimizer gets."""
    meant = _meant(record)
    made = [s for s in record.origins(record.failing) if s.kind == "call" and s.bare in MADE and s.name]
    ranked = sorted(made, key=lambda s: s.name not in meant)
    if not ranked or (ranked[0].name not in meant):
        return None
    step = ranked[0]
    return Unwatched(step.place, step.name, step.text, False, step)


def _meant(record: FailureRecord) -> set[str]:
    """The names that stand before ``.grad`` or in the list that an optimizer gets, wherever in the file."""
    source = source_of(record.place.file) if record.place else None
    found: set[str] = set()
    for node in ast.walk(source.tree) if source else ():
        if isinstance(node, ast.Attribute) and node.attr in ("grad", "requires_grad"):
            found.add(ast.unparse(node.value))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.List | ast.Tuple):
            found |= {ast.unparse(e) for e in node.args[0].elts}
    return found

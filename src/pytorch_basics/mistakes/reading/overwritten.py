"""The lines that wrote over a tensor on the way to a loss, the likeliest first.

In go the record of a ``backward()`` that found a number changed; out come the changes in place among the steps behind
the loss and around them: ``h += x``, ``h[0] = 0``, ``h.relu_()``, ``F.relu(h, inplace=True)``,
``nn.ReLU(inplace=True)``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pytorch_basics.instruments.failure.bindings import bindings
from pytorch_basics.instruments.failure.naming import sign
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.autograd import changed_tensor
from pytorch_basics.mistakes.reading.feeding import space_of
from pytorch_basics.mistakes.reading.lines import called, same_function

_NO_NUMBERS = ("requires_grad_", "retain_grad_", "eval_", "backward_", "share_memory_", "detach_")
# What a layer or function is called in the graph, where that differs from its own name.
_GRAPH = {
    "addmm": "linear",
    "convolution": "conv",
    "sub": "-",
    "add": "+",
    "mul": "*",
    "div": "/",
    "pow": "**",
    "mm": "@",
}


@dataclass(frozen=True)
class Write:
    """A change in place: where, as written, of what; how to write it without; whether it fits what PyTorch found."""

    place: Place
    text: str
    name: str
    instead: str
    fits: bool
    made: Place | None = None


def writes(record: FailureRecord) -> list[Write]:
    """The changes in place, those that fit PyTorch's words first."""
    found = [*_steps(record), *_later(record)] or list(_anywhere(record))
    once = {(one.place.file, one.place.line): one for one in reversed(found)}
    kept = [one for one in found if once[one.place.file, one.place.line] is one]
    return sorted(kept, key=lambda one: not one.fits)


def _steps(record: FailureRecord) -> Iterator[Write]:
    for step in record.origins(record.failing):
        func = next((a for a in step.arguments if a.name == "func"), None)
        by_layer = func is not None and func.value is not None and func.value.setting("inplace") is True
        if by_layer and func is not None:
            made = next((record.steps[k] for k in func.steps), None)
            if made is not None:
                new = re.sub(r"inplace\s*=\s*True|(?<=\()True(?=\))", "", made.text).replace(", )", ")")
                given = next((a for a in step.operands if a.name != "return"), None)
                yield Write(
                    made.place,
                    made.text,
                    given.text if given and given.text else "its input",
                    new,
                    _fits(record, given),
                )
        elif _in_place(step):
            target = next((a for a in step.operands if a.name in ("self", "")), None)
            if target is not None and not _leaf(target):
                made = next((s for k in target.steps for s in [record.steps[k]] if s is not step), None)
                yield Write(
                    step.place,
                    step.text,
                    target.text,
                    _without(step.text),
                    _fits(record, target, step),
                    made.place if made else None,
                )


def _in_place(step: Step) -> bool:
    named = step.bare.endswith("_") and not step.bare.endswith("__") and step.bare not in _NO_NUMBERS
    told = any(a.name == "inplace" and a.text == "True" for a in step.arguments)
    return (step.kind == "in place" and step.called.endswith("=")) or (
        step.kind in ("call", "in place") and (named or told)
    )


def _leaf(target: Argument) -> bool:
    value = target.value
    return value is not None and value.tensor and value.leaf and not value.requires_grad


def _fits(record: FailureRecord, target: Argument | None, but: Step | None = None) -> bool:
    """Whether what is written over was made by the function that PyTorch names."""
    _, maker = changed_tensor(record)
    if target is None or not maker:
        return False
    if but is not None and _writer(but.called if but.called.endswith("=") else but.bare) == maker:
        return True
    for k in target.steps:
        made = record.steps[k]
        if made is not but and _is(made, maker):
            return True
    return False


_SIGNS = {"+=": "add", "-=": "sub", "*=": "mul", "/=": "div", "**=": "pow", "[]=": "copyslices"}


def _writer(what: str) -> str:
    """What the graph calls a change in place, once it has happened: ``add`` for ``+=``."""
    return _SIGNS.get(what, what.strip("_").replace("_", ""))


def _is(made: Step, maker: str) -> bool:
    bare = made.bare.lower().strip("_") or made.called
    return maker.replace("_", "") in (bare, bare.replace("_", "")) or _GRAPH.get(maker, "?") in (
        bare.rstrip("123d"),
        made.called,
    )


def _later(record: FailureRecord) -> Iterator[Write]:
    """Changes of a name on the way after the loss has read it: they are not on the way themselves."""
    for frame in reversed(record.frames):
        found = space_of(frame.place)
        if found is None:
            continue
        source, space = found
        known = {s.name: s for s in record.origins(record.failing) if s.name and same_function(s.place, frame.place)}
        for name, step in known.items():
            for one in bindings(space).get(name, ()):
                line = getattr(one.node, "lineno", 0)
                if one.how != "in place" or not step.place.line < line < frame.place.line:
                    continue
                place = source.place_of_line(line, one.node)
                text = " ".join(ast.unparse(one.node).split())
                if isinstance(one.node, ast.Expr) and (".append(" in text or any(w in text for w in _NO_NUMBERS)):
                    continue
                yield Write(place, text, name, _without(text), _is(step, changed_tensor(record)[1]), step.place)


# Functions that save their result for backward.
_KEEP = ("sigmoid", "tanh", "exp", "softmax", "log_softmax", "relu", "sqrt", "rsqrt", "reciprocal", "elu", "selu")


def _written(node: ast.AST) -> str:
    """What the graph calls this change in place."""
    if isinstance(node, ast.AugAssign):
        return _writer(sign(node.op) + "=")
    if isinstance(node, ast.Expr):
        return _writer(called(node.value))
    return "copyslices"


def _anywhere(record: FailureRecord) -> Iterator[Write]:
    """Changes in the file's functions of what the function that PyTorch names has made, where the steps are not
    known."""
    source, maker = source_of(record.place.file) if record.place else None, changed_tensor(record)[1]
    for space in ast.walk(source.tree) if source is not None and maker else ():
        if not isinstance(space, ast.FunctionDef):
            continue
        for name, found in bindings(space).items():
            made = [b for b in found if b.how == "assign" and called(b.value).lower().strip("_") in (maker, *_KEEP)]
            saved = any(called(b.value).lower().strip("_") == maker for b in made)
            for one in found:
                fits = saved or (made and _written(one.node) in (maker, ""))
                if fits and one.how == "in place" and source is not None:
                    text = " ".join(ast.unparse(one.node).split())
                    place = source.place_of_line(getattr(one.node, "lineno", 0), one.node)
                    yield Write(place, text, name, _without(text), True)


def _without(text: str) -> str:
    """The same, as a new tensor."""
    short = re.fullmatch(r"([\w.]+) (\*\*|//|[-+*/@])= (.+)", text)
    if short:
        return f"{short[1]} = {short[1]} {short[2]} {short[3]}"
    if "inplace=True" in text:
        return re.sub(r",?\s*inplace\s*=\s*True", "", text)
    method = re.fullmatch(r"([\w.]+)\.(\w+?)_\((.*)\)", text)
    if method:
        return f"{method[1]} = {method[1]}.{method[2]}({method[3]})"
    part = re.match(r"([\w.]+)\[", text)
    if part:
        return f"{part[1]} = {part[1]}.clone() before `{text}`; or torch.where"
    return re.sub(r"(\w)_\(", r"\1(", text)

"""What the learner calls their tensors: variables of the frame that called, what is in their lists, and the
parameters of their modules.

In go a frame and two questions (is this a tensor, is it a module); out come tensors with their names, the plainest
first. A name is what can be written in that frame: ``w``, ``params[0]``, ``model.fc1.weight``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from pytorch_basics.instruments.tensor.names import forget

__all__ = ["Named", "forget", "named", "split", "spread"]  # who asks for names forgets what the frame gave, too

MOST_INSIDE = 256  # a longer list is data, not the learner's parameters
_CONTAINERS = (list, tuple, dict)  # only the plain ones: a subclass may compute what it holds
Question = Callable[[object], bool]


@dataclass(frozen=True)
class Named:
    """A tensor and its name; ``module`` is the name of the module it is a parameter of, else empty."""

    name: str
    tensor: Any
    module: str = ""


def named(frame: FrameType | None, is_tensor: Question, is_module: Question) -> Iterator[Named]:
    """The tensors that can be named in ``frame``: plain variables, then those in lists, then parameters."""
    inside: list[tuple[str, Any]] = []
    models: list[tuple[str, Any]] = []
    for space in _spaces(frame):
        for name, value in space:
            if is_tensor(value):
                yield Named(name, value)
            elif type(value) in _CONTAINERS:
                held = _inside(name, value)
                inside += [part for part in held if is_tensor(part[1])]
                models += [part for part in held if is_module(part[1])]
            elif is_module(value):
                models.append((name, value))
    yield from (Named(*part) for part in inside)
    for called, model in models:
        yield from _parameters(called, model)


def _spaces(frame: FrameType | None) -> list[list[tuple[str, Any]]]:
    if frame is None:
        return []
    spaces = [frame.f_locals] if frame.f_locals is frame.f_globals else [frame.f_locals, frame.f_globals]
    # ``_``, ``_1``, ``In`` and ``Out`` are the notebook's, not the learner's.
    return [[item for item in space.items() if _written(item[0])] for space in spaces]


def _written(name: str) -> bool:
    return name[0] != "_" and name not in ("In", "Out") and name.isidentifier()  # ``.0`` is a comprehension's own


def _inside(name: str, value: object) -> list[tuple[str, Any]]:
    kind = type(value)
    if kind is dict and len(value) <= MOST_INSIDE:  # type: ignore[arg-type]  # a dict has a length
        return [(f"{name}[{key!r}]", part) for key, part in value.items()]  # type: ignore[attr-defined]  # a dict
    if kind in (list, tuple) and len(value) <= MOST_INSIDE:  # type: ignore[arg-type]  # so has a list
        return [(f"{name}[{k}]", part) for k, part in enumerate(value)]  # type: ignore[arg-type,var-annotated]  # same
    return []


def _parameters(name: str, model: Any) -> Iterator[Named]:
    for path, tensor in (*model.named_parameters(), *model.named_buffers()):
        *parents, last = path.split(".")
        module = name + "".join(map(_step, parents))
        yield Named(module + _step(last), tensor, module)


def _step(part: str) -> str:
    # ``0`` in a path is ``[0]`` in Python, where a Sequential or a ModuleList is meant.
    return f"[{part}]" if part.isdigit() else f".{part}"


def split(module: str) -> tuple[str, ...]:
    """``model.h[0].attn`` as ``("model", ".h", "[0]", ".attn")``: joined again they are the name."""
    return tuple(re.findall(r"^[^.\[]+|\.[^.\[]+|\[[^\]]*\]", module))


def spread(own: dict[int, str], order: list[int]) -> dict[int, str]:
    """The module of every node of ``order`` (forward order), from those that use a parameter of their ``own``.

    What runs between two of them belongs to what both are in: an activation between ``mlp.c_fc`` and ``mlp.c_proj``
    to ``mlp``.
    """
    after: dict[int, str] = {}
    coming = ""
    for node in reversed(order):
        after[node] = coming = own.get(node, coming)
    found: dict[int, str] = {}
    last = ""
    for node in order:
        found[node] = own[node] if node in own else _common(last, after[node])
        last = own.get(node, last)
    return found


def _common(one: str, two: str) -> str:
    same = []
    for a, b in zip(split(one), split(two), strict=False):
        if a != b:
            break
        same.append(a)
    return "".join(same)

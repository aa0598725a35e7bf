"""Finds what a model uses but does not know of: layers and tensors in plain lists, dicts and attributes.

In go a live module tree and three questions about a value (is it a layer, a parameter, a tensor); out come
``StrayRecord``s with the line to write instead. Only plain containers are looked into: asking more of a learner's
object could run their code. No torch: live things are only handed on.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pytorch_basics.instruments.module.record import StrayRecord
from pytorch_basics.instruments.module.tree import Tree
from pytorch_basics.instruments.tensor.wording import caption

_CONTAINERS = frozenset((list, tuple, set, frozenset, deque, dict, OrderedDict, defaultdict))
_PLAIN = frozenset((bool, int, float, str, bytes, type(None), type))  # most attributes: passed by at once
DEEPEST, MOST = 3, 1000  # containers within containers, and values in one: beyond that it is data, not layers


@dataclass(frozen=True)
class Questions:
    """What only ``capture`` can ask of a live value."""

    is_layer: Callable[[object], bool]
    is_tensor: Callable[[object], bool]
    dtype: Callable[[Any], str]
    count: Callable[[Any], int]
    """Numbers in the parameters of a layer, or in a tensor."""
    own: frozenset[str]
    """Attributes that every layer has: where registered things stand, hooks and switches."""


@dataclass(frozen=True)
class Found:
    """A value in an attribute: ``outer`` is what the attribute itself holds, ``where`` how to reach the value."""

    attribute: str
    outer: Any
    where: str
    value: Any


def strays(tree: Tree, ask: Questions) -> tuple[list[StrayRecord], list[Any]]:
    """What the attributes of a model and of its layers hold and is registered nowhere in it; and those values."""
    known = {*tree.first, *(id(tensor) for kind in ("_parameters", "_buffers") for _, _, tensor in tree.held(kind))}
    records: dict[tuple[str, str, str], StrayRecord] = {}
    values = []
    for at, module in enumerate(tree.modules):
        if tree.same_as(at) is not None:
            continue
        for one in _held(module, ask):
            if id(one.value) in known:
                continue
            known.add(id(one.value))
            values.append(one.value)
            new = _record(tree.paths[at], one, ask)
            place = new.owner, one.attribute, new.what
            old = records.get(place)
            records[place] = replace(old, count=old.count + 1, numel=old.numel + new.numel) if old else new
    return list(records.values()), values


def _held(module: Any, ask: Questions) -> Iterator[Found]:
    """The layers and tensors in the attributes of one layer, registered ones among them."""
    # A model of a hundred layers has thousands of attributes, nearly all of them plain: these two tests must be cheap.
    rest = [(name, value) for name, value in vars(module).items() if type(value) not in _PLAIN and name not in ask.own]
    for name, value in rest:
        for where, inner in _inside(f"self.{name}", value, 0):
            if ask.is_layer(inner) or ask.is_tensor(inner):
                yield Found(name, value, where, inner)


def _inside(where: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    kind = type(value)
    if kind in _CONTAINERS and depth < DEEPEST and len(value) <= MOST:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in items:
            if type(part) not in _PLAIN:
                yield from _inside(f"{where}[{key!r}]", part, depth + 1)
    else:
        yield where, value


def _record(owner: str, one: Found, ask: Questions) -> StrayRecord:
    if ask.is_layer(one.value):
        what, kind = "layer", type(one.value).__name__
    else:
        what = "parameter" if one.value.requires_grad else "tensor"
        kind = caption(ask.dtype(one.value), tuple(one.value.shape))
    numel = 0 if what == "tensor" else ask.count(one.value)
    return StrayRecord(owner, one.where, what, kind, numel, _instead(one, what))


def _instead(one: Found, what: str) -> str:
    """The line that registers it; for a container the one that registers all of it."""
    name, outer = one.attribute, one.outer
    kind = "Module" if what == "layer" else "Parameter"
    if one.where == f"self.{name}":  # the attribute is the value itself
        if what == "tensor":
            return f'self.register_buffer("{name}", self.{name})'
        return (
            f"self.{name} = nn.Parameter(self.{name})"
            if what == "parameter"
            else f"self.{name} = …, a plain assignment"
        )
    if what == "tensor":
        return f'self.register_buffer("{name}_0", …), one for each tensor in self.{name}'
    return f"self.{name} = nn.{kind}{'Dict' if isinstance(outer, dict) else 'List'}(self.{name})"

"""The registered side of a model: its layers under all their names, its parameters and buffers, the shared ones marked.

In goes a walked ``Tree`` and what only ``capture`` can ask of a tensor; out come records that no forward pass was
needed for. No torch: live things are only handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pytorch_basics.instruments.module.record import ParameterRecord
from pytorch_basics.instruments.module.tree import Tree

Reader = Callable[[str, int, Any, "int | None"], ParameterRecord]


class Facts(NamedTuple):
    """What a layer is before anything is called: the first fields of its ``LayerRecord``, in their order."""

    path: str
    kind: str
    parent: int | None
    settings: str
    training: bool
    same_as: int | None


def layers(tree: Tree) -> list[Facts]:
    """The layers in the order of ``named_modules``, a shared one under every name."""
    return [
        Facts(path, type(module).__name__, parent, _settings(module), bool(module.training), tree.same_as(at))
        for at, (path, module, parent) in enumerate(zip(tree.paths, tree.modules, tree.parents, strict=True))
    ]


def _settings(module: Any) -> str:
    try:
        said = str(module.extra_repr())
        return " ".join(said.split()) if "\n" in said or "  " in said else said
    except Exception:  # a learner's extra_repr may fail before the layer is complete; it is only a nicety
        return ""


def tensors(held: Iterable[tuple[int, str, Any]], read: Reader) -> tuple[ParameterRecord, ...]:
    """Records of the parameters or buffers that ``Tree.held`` gives, with every name of a shared tensor."""
    found: list[ParameterRecord] = []
    first: dict[int, int] = {}
    for layer, name, tensor in held:
        same = first.setdefault(id(tensor), len(found))
        found.append(read(name, layer, tensor, None if same == len(found) else same))
    return tuple(found)

"""A live model walked once: every layer under each of its names, with where it stands.

In goes an ``nn.Module``, out comes a ``Tree`` from which layers, parameters, buffers and what is not registered are
read without another walk. Its order and its names are those of ``named_modules(remove_duplicate=False)``. No torch:
live things are only handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tree:
    """The layers of a model from itself down, position by position; ``first`` leads from an id to a first position."""

    paths: list[str] = field(default_factory=list)
    modules: list[Any] = field(default_factory=list)
    parents: list[int | None] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)

    def same_as(self, at: int) -> int | None:
        """The position of the first name of the module at ``at``; None when this is the first."""
        first = self.first[id(self.modules[at])]
        return None if first == at else first

    def held(self, kind: str) -> Iterator[tuple[int, str, Any]]:
        """Each tensor under each of its names: the layer's position, the full name, the tensor.

        ``kind`` is ``_parameters`` or ``_buffers``.
        """
        for at, module in enumerate(self.modules):
            tensors = getattr(module, kind)
            if tensors:
                before = f"{self.paths[at]}." if at else ""
                for name, tensor in tensors.items():
                    if tensor is not None:
                        yield at, before + name, tensor

    def is_inside(self, module: Any, at: int | None) -> bool:
        """Whether ``module`` is the layer at ``at``, or one that this layer is in."""
        while at is not None:
            if self.modules[at] is module:
                return True
            at = self.parents[at]
        return False


def walk(model: Any) -> Tree:
    """The tree of ``model``. A layer that holds one it is in (``self.parent = parent``) is not followed round again."""
    tree = Tree()
    waiting: list[tuple[str, Any, int | None]] = [("", model, None)]
    while waiting:
        path, module, parent = waiting.pop()
        at = len(tree.modules)
        circle = id(module) in tree.first and tree.is_inside(module, parent)
        tree.paths.append(path)
        tree.modules.append(module)
        tree.parents.append(parent)
        tree.first.setdefault(id(module), at)
        if module._modules and not circle:
            before = f"{path}." if path else ""
            inside = [(before + name, child, at) for name, child in module._modules.items() if child is not None]
            waiting += reversed(inside)
    return tree

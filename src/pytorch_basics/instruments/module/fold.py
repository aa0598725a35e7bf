"""The module tree as rows that fold: neighbours of one build become ``12 × GPT2Block``.

In goes a ``ModuleRecord``, out come rows in the order of the tree. ``text`` prints them and ``html`` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pytorch_basics.instruments.module.record import ModuleRecord


@dataclass(frozen=True)
class Row:
    """A layer, or ``times`` neighbours of one build, of which ``at`` is the first and ``last`` the last."""

    at: int
    last: int
    times: int
    depth: int


class Fold:
    """The rows of one model; ``signature`` says which layers have the same build."""

    def __init__(self, record: ModuleRecord) -> None:
        self.record = record

    @cached_property
    def signature(self) -> list[int]:
        """For each layer a number that is equal for layers of equal build, shapes, work and calls."""
        record = self.record
        own: list[list[Any]] = [[] for _ in record.layers]
        for kind, tensors in (("p", record.parameters), ("b", record.buffers)):
            for t in tensors:
                own[t.layer].append((kind, t.name.rpartition(".")[2], t.shape, t.dtype, t.trainable, t.same_as is None))
        numbers: dict[Any, int] = {}
        found = [0] * len(record.layers)
        for k in range(len(found) - 1, -1, -1):
            layer = record.layers[k]
            build = (layer.kind, layer.settings, layer.training, layer.same_as is None, layer.calls, layer.call)
            below = tuple((record.layers[child].name, found[child]) for child in record.children[k])
            found[k] = numbers.setdefault((*build, layer.macs, tuple(own[k]), below), len(numbers))
        return found

    @cached_property
    def rows(self) -> list[Row]:
        """Every row from the model down, neighbours of one build in one row."""
        found: list[Row] = []
        waiting = [Row(0, 0, 1, 0)]
        while waiting:
            row = waiting.pop()
            found.append(row)
            waiting += reversed(self._inside(row))
        return found

    def _inside(self, row: Row) -> list[Row]:
        rows: list[Row] = []
        for child in self.record.children[row.at]:
            before = rows[-1] if rows else None
            # A leaf is told one by one: two Linears in a row are a learner's whole network.
            same = before and self.signature[before.at] == self.signature[child] and self.record.children[child]
            if before and same:
                rows[-1] = Row(before.at, child, before.times + 1, before.depth)
            else:
                rows.append(Row(child, child, 1, row.depth + 1))
        return rows

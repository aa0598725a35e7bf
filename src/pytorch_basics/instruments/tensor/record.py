"""What one look at some tensors found: plain data, frozen, and the same after a trip through JSON.

In go the pieces that ``capture`` read from live tensors; out come records that ``text``, ``html``, the doctor
and the playground draw or reason about. No torch, no NumPy: numbers are Python numbers, shapes are tuples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from pytorch_basics.instruments import as_json

if TYPE_CHECKING:
    from pytorch_basics.instruments.tensor.diff import DiffRecord

Value = bool | int | float | complex | str
Index = tuple[int, ...]


@dataclass(frozen=True)
class StatsRecord:
    """Numbers about a tensor's finite values; ``exact`` is False when only ``looked_at`` samples were read.

    ``nans`` and ``infs`` count the non-finite ones among those looked at. For complex numbers ``of`` is
    ``"magnitudes"``: smallest, largest and mean are of the absolute values.
    """

    looked_at: int
    exact: bool
    smallest: Value | None
    largest: Value | None
    mean: float | None
    nans: int
    infs: int
    of: str = "values"


@dataclass(frozen=True)
class PictureRecord:
    """One image ``(C, H, W)`` as a small PNG (base64), with how its values became shades, in words."""

    index: Index
    shape: Index
    width: int
    height: int
    png: str
    scaling: str
    means: tuple[float, ...]
    sampled: bool


@dataclass(frozen=True)
class TensorRecord:
    """One tensor or NumPy array as the learner named it, and the entries of it that are drawn.

    ``strides`` and ``offset`` are as the library says them (PyTorch counts elements, NumPy bytes).
    ``byte_offset`` and ``byte_strides`` place index ``[0, 0, …]`` in the storage it lives in. Drawn are the
    indices ``lead + (row, col)`` for each of ``leads``, ``rows`` and ``cols``; ``values`` follows that order.
    ``hidden`` says why there are no values, and is empty when there are.
    """

    name: str
    kind: str
    shape: Index
    dtype: str
    device: str
    strides: Index | None
    offset: int | None
    contiguous: bool | None
    requires_grad: bool | None
    leaf: bool | None
    version: int | None
    itemsize: int
    storage: int | None
    byte_offset: int = 0
    byte_strides: Index = ()
    leads: tuple[Index, ...] = ()
    rows: Index = ()
    cols: Index = ()
    values: tuple[Value, ...] = ()
    hidden: str = ""
    notes: tuple[str, ...] = ()
    stats: StatsRecord | None = None
    pictures: tuple[PictureRecord, ...] = ()

    @property
    def numel(self) -> int:
        """How many elements the shape has."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    def indices(self) -> Iterator[Index]:
        """The indices that are drawn, in the order of ``values``."""
        ends: list[Index] = list(product(self.rows, self.cols))
        if len(self.shape) < 2:
            ends = [(col,) for col in self.cols] if self.shape else [()]
        return (lead + end for lead in self.leads for end in ends)

    def byte_of(self, index: Index) -> int:
        """The byte of the storage at which the element ``index`` begins."""
        return self.byte_offset + sum(i * step for i, step in zip(index, self.byte_strides, strict=True))

    def value_at(self, index: Index) -> Value:
        """The value drawn at ``index``; KeyError when that one is not drawn."""
        return dict(zip(self.indices(), self.values, strict=True))[index]


@dataclass(frozen=True)
class StorageRecord:
    """A stretch of memory that one or more tensors live in, as numbered cells.

    Cell ``k`` is the ``itemsize`` bytes from ``phase + k * itemsize``. Drawn are ``cells``, a run from the
    front and a run from the back when ``count`` is large. ``address`` tells two storages apart; it is never
    printed.
    """

    device: str
    nbytes: int
    address: int
    dtype: str
    itemsize: int
    phase: int
    count: int
    cells: Index
    values: tuple[Value, ...] = ()
    hidden: str = ""

    def cells_under(self, byte: int, width: int) -> Index:
        """The cells that ``width`` bytes from ``byte`` lie in: two for a f64 over f32 cells, one for a u8."""
        first = (byte - self.phase) // self.itemsize
        last = (byte + width - 1 - self.phase) // self.itemsize
        return tuple(range(max(first, 0), min(last, self.count - 1) + 1))


@dataclass(frozen=True)
class SharingRecord:
    """How tensor ``second`` stands to tensor ``first`` (positions), both in one storage.

    ``how`` is ``"same object"``, ``"same bytes"``, ``"some bytes"`` or ``"no byte"``.
    """

    first: int
    second: int
    how: str


@dataclass(frozen=True)
class SeeRecord:
    """What ``pb.see`` returns: tensors, the storages they live in, and who shares with whom.

    ``print`` it for text; a notebook draws it; ``diff`` it against a later look; ``to_json`` keeps it.
    """

    tensors: tuple[TensorRecord, ...]
    storages: tuple[StorageRecord, ...]
    sharing: tuple[SharingRecord, ...] = ()

    def members(self, storage: int) -> list[TensorRecord]:
        """The tensors that live in the storage at that position."""
        return [tensor for tensor in self.tensors if tensor.storage == storage]

    def diff(self, later: SeeRecord) -> DiffRecord:
        """What is different in ``later``: a ``DiffRecord`` that prints and draws."""
        from pytorch_basics.instruments.tensor.diff import diff

        return diff(self, later)

    def to_json(self) -> str:
        """This record as JSON; ``SeeRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> SeeRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, SeeRecord, *_PARTS)

    def __str__(self) -> str:
        from pytorch_basics.instruments.tensor.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.tensor.html import html

        return {"text/html": html(self), "text/plain": str(self)}


_PARTS = (StatsRecord, PictureRecord, TensorRecord, StorageRecord, SharingRecord)

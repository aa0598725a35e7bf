"""Puts live tensors together into one ``SeeRecord``: storages found by overlap, entries chosen and read,
sharing told.

In go ``Live`` tensors and arrays; out comes the record. Nothing here knows PyTorch from NumPy.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from pytorch_basics.instruments.tensor import choose
from pytorch_basics.instruments.tensor.image import MOST_PICTURES, looks_like_image, pictures
from pytorch_basics.instruments.tensor.live import Live, plain
from pytorch_basics.instruments.tensor.memory import Array, Place, group, relation
from pytorch_basics.instruments.tensor.record import (
    Index,
    PictureRecord,
    SeeRecord,
    SharingRecord,
    StatsRecord,
    StorageRecord,
    TensorRecord,
)
from pytorch_basics.instruments.tensor.stats import stats

MOST_PAIRWISE = 8  # up to this many in one storage every pair is compared; beyond, each with the first


def assemble(lives: list[Live], full_stats: bool) -> SeeRecord:
    """The record of ``lives``, in their order."""
    stored = [k for k, live in enumerate(lives) if live.region]
    groups = [[stored[k] for k in members] for members in group([live.region for live in lives if live.region])]
    tensors = [_tensor(live, full_stats) for live in lives]
    storages = []
    for number, members in enumerate(groups):
        start = min(_start(lives[k]) for k in members)
        storages.append(_storage([lives[k] for k in members], start))
        for k in members:
            tensors[k] = replace(tensors[k], storage=number, byte_offset=tensors[k].byte_offset - start)
    sharing = [pair for members in groups for pair in _sharing(lives, members)]
    return SeeRecord(tuple(tensors), tuple(storages), tuple(sharing))


def _start(live: Live) -> int:
    assert live.region is not None
    return live.region.start


def _tensor(live: Live, full_stats: bool) -> TensorRecord:
    """Everything about one tensor but its storage; ``byte_offset`` is still an address."""
    record = TensorRecord(
        live.name,
        live.kind,
        live.shape,
        live.dtype,
        live.device,
        live.strides,
        live.offset,
        live.contiguous,
        live.requires_grad,
        live.leaf,
        live.version,
        live.itemsize,
        storage=None,
        hidden=live.hidden,
        notes=live.notes,
    )
    if live.place is None:
        return record
    rows, cols = choose.grid(live.shape)
    record = replace(
        record,
        byte_offset=live.place.start,
        byte_strides=live.place.strides,
        leads=choose.leads(live.shape),
        rows=rows,
        cols=cols,
    )
    if live.hidden:
        return record
    indices = list(record.indices())
    once = _once(live)
    values = plain(once.values(_index_arrays(indices, once.shape))) if indices else ()
    return replace(record, values=values, stats=_stats(once, record.numel, full_stats), pictures=_pictures(live))


def _once(live: Live) -> Live:
    # A dimension of stride 0 repeats one element: 10⁹ of them are read as one.
    assert live.place is not None
    place = live.place.once()
    return replace(live, place=place, shape=place.shape)


def _index_arrays(indices: list[Index], shape: Index) -> tuple[Array, ...]:
    along = np.array(indices, np.int64).reshape(len(indices), len(shape)).T
    return tuple(i if size > 1 else np.zeros_like(i) for i, size in zip(along, shape, strict=True))


def _stats(once: Live, numel: int, full: bool) -> StatsRecord | None:
    found = stats(once.values, once.shape, full)
    if found is None or not found.exact:
        return found
    times = numel // found.looked_at  # how often an expanded tensor repeats each element
    return replace(found, looked_at=numel, nans=found.nans * times, infs=found.infs * times)


def _pictures(live: Live) -> tuple[PictureRecord, ...]:
    if not looks_like_image(live.shape, live.dtype):
        return ()
    assert live.place is not None
    front = (min(live.shape[0], MOST_PICTURES),) if len(live.shape) == 4 else ()
    shape = front + live.shape[-3:]
    few = replace(live, place=replace(live.place, shape=shape))
    return pictures(few.values, shape)


def _storage(members: list[Live], start: int) -> StorageRecord:
    """The strip of a group, in cells of its first member whose values can be shown."""
    end = max(_start(live) + live.nbytes for live in members)
    live = next((live for live in members if not live.hidden), members[0])
    assert live.place is not None
    itemsize = live.itemsize or 1
    phase = (live.place.start - start) % itemsize
    count = max((end - start - phase) // itemsize, 0)
    cells = choose.strip(count)
    values = ()
    if cells and not live.hidden:
        place = Place(start + phase, (count,), (itemsize,), itemsize)
        values = plain(live.decode(live.read(place, (np.array(cells),))))
    device, address = live.device, 0 if live.region and live.region.space != live.device else start
    return StorageRecord(device, end - start, address, live.dtype, itemsize, phase, count, cells, values, live.hidden)


def _sharing(lives: list[Live], members: list[int]) -> list[SharingRecord]:
    pairs = combinations(members, 2) if len(members) <= MOST_PAIRWISE else ((members[0], k) for k in members[1:])
    return [SharingRecord(a, b, _how(lives[a], lives[b])) for a, b in pairs]


def _how(first: Live, second: Live) -> str:
    if first.thing is second.thing:
        return "same object"
    assert first.place is not None
    assert second.place is not None
    return relation(first.place, second.place)

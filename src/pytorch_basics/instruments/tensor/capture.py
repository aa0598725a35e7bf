"""Reads live tensors and arrays into a ``SeeRecord`` without changing them; the only file here that imports
torch.

In go tensors and NumPy arrays with their names; out come their facts, the storages they live in, a few of
their values, and who shares bytes with whom. Values are read from memory, not through tensor operations: no
version is bumped, no graph grows, no mode, hook or subclass notices.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np
import torch
from torch._C import _functorch
from torch.utils._python_dispatch import _disable_current_modes

from pytorch_basics.instruments.tensor.arrays import live_array
from pytorch_basics.instruments.tensor.assemble import assemble
from pytorch_basics.instruments.tensor.live import IndexArrays, Live
from pytorch_basics.instruments.tensor.memory import Array, Place, Reader, Region
from pytorch_basics.instruments.tensor.record import SeeRecord

T = TypeVar("T")

_NUMPY_HAS = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
_STORED_AS = {torch.qint8: torch.int8, torch.quint8: torch.uint8, torch.qint32: torch.int32}
_NOWHERE = 1 << 30  # stands for the address of a storage that has none; never read


def capture(values: Sequence[object], names: Sequence[str], full_stats: bool = False) -> SeeRecord:
    """The record of ``values`` (tensors, arrays) called ``names``; ``full_stats`` reads every element."""
    with torch._C.DisableTorchFunction(), _disable_current_modes():
        lives = [live for value, name in zip(values, names, strict=True) for live in _lives(value, name)]
        return assemble(lives, full_stats)


def can_see(value: object) -> bool:
    """Whether ``value`` is something ``capture`` takes: a ``torch.Tensor`` or a ``numpy.ndarray``."""
    return isinstance(value, torch.Tensor | np.ndarray)


def instead_of(value: object, name: str) -> str:
    """What to write instead of ``pb.see(name)`` for a value that cannot be seen."""
    if isinstance(value, torch.nn.Module):
        return f"pb.see(*{name}.parameters())"
    if isinstance(value, dict):
        return f"pb.see(*{name}.values())"
    if isinstance(value, list | tuple | set) and value and all(can_see(part) for part in value):
        return f"pb.see(*{name})"
    if isinstance(value, list | tuple | int | float | complex | np.generic):
        return f"pb.see(torch.tensor({name}))"
    if value is None:
        return "pb.see(x) where x is a tensor; None is what a function without return gives, or x.grad too early"
    return "pb.see(x) where x is a tensor"


def _lives(value: Any, name: str) -> Iterator[Live]:
    if isinstance(value, np.ndarray):
        yield live_array(value, name)
        return
    yield _live_tensor(value, name)
    for part in _SPARSE_PARTS.get(value.layout, ()):
        # A sparse tensor has no storage of its own: it is kept in ordinary tensors, which can be drawn.
        yield _live_tensor(getattr(value, part)(), f"{name}.{part}()")


_SPARSE_PARTS = {
    torch.sparse_coo: ("_indices", "_values"),
    torch.sparse_csr: ("crow_indices", "col_indices", "values"),
    torch.sparse_bsr: ("crow_indices", "col_indices", "values"),
    torch.sparse_csc: ("ccol_indices", "row_indices", "values"),
    torch.sparse_bsc: ("ccol_indices", "row_indices", "values"),
}


def _live_tensor(t: torch.Tensor, name: str) -> Live:
    strided = t.layout == torch.strided
    live = Live(
        thing=t,
        name=name,
        kind=type(t).__name__,
        shape=_ask(lambda: tuple(int(size) for size in t.shape), ()),
        dtype=str(t.dtype).removeprefix("torch."),
        device=str(t.device),
        itemsize=t.element_size() if strided else t.dtype.itemsize,
        strides=_ask(lambda: tuple(int(step) for step in t.stride()), None) if strided else None,
        offset=_ask(lambda: int(t.storage_offset()), None) if strided else None,
        contiguous=_ask(t.is_contiguous, None) if strided else None,
        requires_grad=t.requires_grad,
        leaf=t.is_leaf,
        version=_ask(lambda: t._version, None),  # an inference tensor has none
        notes=tuple(_notes(t)),
        hidden=_hidden(t),
    )
    if strided and live.strides is not None and not _functorch.is_functorch_wrapped_tensor(t):
        _settle(live, t)
    return live


def _settle(live: Live, t: torch.Tensor) -> None:
    """Find the memory ``t`` lives in and how to read it; what cannot be read is said in ``live.hidden``."""
    storage = _ask(t.untyped_storage, None)
    if storage is None or live.strides is None or live.offset is None:
        return
    live.nbytes = storage.nbytes()
    nowhere = storage.device.type == "meta" or live.nbytes == 0  # neither has an address: kept apart by identity
    start = _NOWHERE if nowhere else storage.data_ptr()
    if not start:
        live.hidden = live.hidden or f"a {live.kind} keeps its numbers in other tensors, not in a storage of its own"
        return
    space = f"{live.device} {storage._cdata}" if nowhere else live.device
    live.region = Region(space, start, start + (live.nbytes or 1))
    steps = tuple(step * live.itemsize for step in live.strides)
    live.place = Place(start + live.offset * live.itemsize, live.shape, steps, live.itemsize)
    if live.place.bounds()[1] > start + live.nbytes and t.numel():
        live.hidden = live.hidden or "its storage was resized and no longer holds these elements"
    if storage.device.type != "cpu":
        live.read = _device_reader(storage, start)
    live.decode = _decoder(t.dtype)
    live.adjust = _adjust(t)
    if not live.hidden and not _readable(t.dtype):
        live.hidden = f"this PyTorch cannot turn {live.dtype} into numbers"


def _ask(question: Callable[[], T], otherwise: Any) -> T | Any:
    # Exotic tensors refuse some questions (a sparse one has no strides); the answer is then "not known".
    try:
        return question()
    except (RuntimeError, NotImplementedError, TypeError, AttributeError, ValueError):
        return otherwise


def _hidden(t: torch.Tensor) -> str:
    """Why ``t`` has no value that can be shown, or an empty string."""
    fakes = sys.modules.get("torch._subclasses.fake_tensor")
    if _functorch.is_batchedtensor(t):
        return "inside torch.vmap it stands for a whole batch at once; call pb.see outside of vmap"
    if _functorch.is_functorch_wrapped_tensor(t):
        return "inside torch.func (grad, jvp, …) it is a wrapper; call pb.see outside of it"
    if fakes is not None and isinstance(t, fakes.FakeTensor):
        return "a fake tensor has a shape but no data"
    if t.device.type == "meta":
        return "a meta tensor has a shape but no data"
    if t.is_nested:
        return "a nested tensor has rows of different lengths; pb.see(*x.unbind()) shows them"
    if t.layout in _SPARSE_PARTS:
        return "a sparse tensor keeps only its non-zero values and where they are, in the tensors below"
    if t.layout != torch.strided:
        return f"its layout {str(t.layout).removeprefix('torch.')} has no strides to draw"
    return ""


def _notes(t: torch.Tensor) -> Iterator[str]:
    if _ask(t.is_inference, False):
        yield "made in inference mode: no version is tracked"
    if t.is_conj():
        yield "conjugated lazily: the storage holds the numbers before conjugation"
    if t.is_neg():
        yield "negated lazily: the storage holds the numbers before negation"
    if t.is_quantized and t.qscheme() in (torch.per_tensor_affine, torch.per_tensor_symmetric):
        yield f"quantised: value = (stored − {t.q_zero_point()}) × {t.q_scale():.4g}"
    elif t.is_quantized:
        yield f"quantised: value = (stored − zero point) × scale, one of each in dim {t.q_per_channel_axis()}"


def _adjust(t: torch.Tensor) -> Callable[[Array, IndexArrays], Array] | None:
    if t.is_conj():
        return lambda stored, _: np.conj(stored)
    if t.is_neg():
        return lambda stored, _: -stored
    if not t.is_quantized:
        return None
    if t.qscheme() in (torch.per_tensor_affine, torch.per_tensor_symmetric):
        scale, zero = t.q_scale(), t.q_zero_point()
        return lambda stored, _: (stored.astype(np.float64) - zero) * scale
    scales, zeros = t.q_per_channel_scales().cpu().numpy(), t.q_per_channel_zero_points().cpu().numpy()
    axis = t.q_per_channel_axis()
    return lambda stored, index: (stored - zeros[index[axis]]) * scales[index[axis]]


def _decoder(dtype: torch.dtype) -> Callable[[Array], Array]:
    dtype = _STORED_AS.get(dtype, dtype)
    name = str(dtype).removeprefix("torch.")
    if name in _NUMPY_HAS:
        return lambda raw: raw.view(np.dtype(name))
    wide = torch.complex64 if dtype.is_complex else torch.float32  # both hold every value of the small formats

    def decode(raw: Array) -> Array:
        flat = torch.from_numpy(raw.reshape(-1).view(np.uint8)).view(dtype).to(wide)
        return flat.numpy().reshape(raw.shape)

    return decode


@cache
def _readable(dtype: torch.dtype) -> bool:
    return _ask(lambda: _decoder(dtype)(np.zeros(1, f"V{dtype.itemsize}")), None) is not None


def _device_reader(storage: torch.UntypedStorage, start: int) -> Reader:
    """A reader for memory outside the CPU: gathers on the device, and copies only what was picked."""

    def read(place: Place, index: IndexArrays) -> Array:
        empty = torch.empty(0, dtype=torch.uint8, device=storage.device)
        size, steps = (*place.shape, place.itemsize), (*place.strides, 1)
        window = empty.set_(storage, place.start - start, size, steps)
        on_device = (torch.from_numpy(i).to(storage.device) if isinstance(i, np.ndarray) else i for i in index)
        picked = window[tuple(on_device)].contiguous().cpu().numpy()
        return picked.view(f"V{place.itemsize}")[..., 0]

    return read

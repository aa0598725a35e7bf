"""The words and numbers of a look: captions, facts, statistics and who shares with whom, as sentences.

In go records, out comes text that ``text``, ``html`` and the still picture all use, so they cannot disagree.
"""

from __future__ import annotations

from math import isfinite, prod

from pytorch_basics.instruments.tensor.record import Index, SeeRecord, StorageRecord, TensorRecord, Value

_SHORT = (("bfloat", "bf"), ("float", "f"), ("uint", "u"), ("int", "i"), ("complex", "c"))


def caption(dtype: str, shape: Index) -> str:
    """``f32[2, 3]``: a dtype and a shape as they are written everywhere."""
    short = next((new + dtype.removeprefix(old) for old, new in _SHORT if dtype.startswith(old)), dtype)
    return f"{short}[{', '.join(map(str, shape))}]"


def number(value: Value) -> str:
    """A value in few characters: four digits that count, always with a point when it is a float."""
    if isinstance(value, str):
        return value if len(value) <= 14 else f"{value[:13]}…"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**10 else f"{value:.4g}"
    if isinstance(value, complex):
        return f"{value.real:.3g}{value.imag:+.3g}j"
    return _float(value)


def _float(value: float) -> str:
    """Four digits that count, in eight characters at most: ``0.0532``, ``5.0``, ``-1.428``, ``4.07e-4``."""
    if value and (abs(value) < 1e-3 or abs(value) >= 1e5) and isfinite(value):
        digits, exponent = f"{value:.2e}".split("e")
        return f"{digits}e{int(exponent)}"
    text = f"{value:.4f}".rstrip("0") if abs(value) < 1 else f"{value:.4g}"
    return f"{text}0" if text.endswith(".") else text if "." in text or not isfinite(value) else f"{text}.0"


def is_odd(value: Value) -> bool:
    """Whether a value is not finite (nan, inf), in either part of a complex number."""
    if isinstance(value, complex):
        return not (isfinite(value.real) and isfinite(value.imag))
    return isinstance(value, float) and not isfinite(value)


def facts(tensor: TensorRecord) -> list[tuple[str, str]]:
    """Label and value of everything that is known of a tensor besides its numbers."""
    bytes_or_none = " bytes" if tensor.requires_grad is None else ""  # NumPy steps in bytes, PyTorch in elements
    found: list[tuple[str, object | None]] = [
        ("shape", tensor.shape),
        ("dtype", tensor.dtype),
        ("device", tensor.device),
        ("strides", None if tensor.strides is None else f"{tensor.strides}{bytes_or_none}"),
        ("offset", None if tensor.offset is None else f"{tensor.offset:,}{bytes_or_none}"),
        ("contiguous", _yes(tensor.contiguous)),
        ("requires_grad", _yes(tensor.requires_grad)),
        ("leaf", _yes(tensor.leaf)),
        ("version", tensor.version),
    ]
    return [(label, str(value)) for label, value in found if value is not None]


def _yes(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"


def remarks(tensor: TensorRecord) -> list[str]:
    """Sentences about one tensor: its kind, what is special about it, statistics, or why no value shows."""
    said = list(tensor.notes)
    if tensor.requires_grad is None:
        said.insert(0, "a NumPy array: no gradient and no version is tracked")
    elif tensor.kind != "Tensor":
        said.insert(0, f"a {tensor.kind}")
    said += _repetition(tensor)
    if 0 in tensor.shape:
        said.append("empty: no elements")
    if tensor.hidden:
        said.append(f"no values: {tensor.hidden}")
    return said + _statistics(tensor)


def _repetition(tensor: TensorRecord) -> list[str]:
    steps = list(zip(tensor.shape, tensor.byte_strides, strict=False))
    dims = [str(dim) for dim, (size, step) in enumerate(steps) if step == 0 and size > 1]
    if not dims or not tensor.numel:
        return []
    stored = prod(size for size, step in steps if step)
    elements = f"{stored:,} element{'' if stored == 1 else 's'}"
    return [f"stride 0 in dim {', '.join(dims)}: {tensor.numel:,} indices share {elements}"]


def _statistics(tensor: TensorRecord) -> list[str]:
    stats = tensor.stats
    if stats is None or tensor.numel < 2:
        return []
    odd = [f"{count:,} {kind}" for count, kind in ((stats.nans, "NaN"), (stats.infs, "inf")) if count]
    where = "" if stats.exact else " among the sampled"
    start = "" if stats.exact else f"sampled {stats.looked_at:,} of {tensor.numel:,} elements: "
    if stats.smallest is None or stats.largest is None or stats.mean is None:
        return [f"{start}not one finite value: {', '.join(odd)}"]
    of = "" if stats.of == "values" else " (of the magnitudes)"
    if stats.smallest == stats.largest and not odd:
        return [f"{start}all {number(stats.smallest)}{of}"]
    if tensor.dtype == "bool":
        return [f"{start}{round(stats.mean * stats.looked_at):,} of {stats.looked_at:,} are True"]
    numbers = f"{number(stats.smallest)} to {number(stats.largest)}, mean {number(stats.mean)}{of}"
    return [f"{start}{numbers}; {'not finite: ' + ', '.join(odd) if odd else 'no NaN or inf'}{where}"]


def shades(tensor: TensorRecord) -> str:
    """How the pictures of a tensor were made: how many, which pixels, which values are black and white."""
    picture = tensor.pictures[0]
    parts = [f"pictures of the first {len(tensor.pictures)} of {tensor.shape[0]}"] if picture.index else ["picture"]
    if tensor.pictures[1:] and len(tensor.pictures) == tensor.shape[0]:
        parts = [f"pictures of all {tensor.shape[0]}"]
    if picture.sampled:
        parts.append(f"one pixel in {-(-picture.shape[-1] // picture.width)} along each side")
    return f"{', '.join(parts)}; shades: {picture.scaling}"


def unit(tensor: TensorRecord, storage: StorageRecord) -> str:
    """``"element"`` when the tensor's elements are the storage's cells, else ``"byte"``."""
    steps = (tensor.byte_offset - storage.phase, *tensor.byte_strides)
    fits = tensor.itemsize == storage.itemsize and all(step % storage.itemsize == 0 for step in steps)
    return "element" if fits else "byte"


def position(tensor: TensorRecord, storage: StorageRecord, index: Index) -> int:
    """Which element of the storage ``index`` is, or which byte where cells and elements do not match."""
    byte = tensor.byte_of(index)
    return (byte - storage.phase) // storage.itemsize if unit(tensor, storage) == "element" else byte


def path(tensor: TensorRecord, storage: StorageRecord) -> str:
    """How an index becomes a place in the storage, ``[i, j] is element 3·i + j``; empty if it is empty."""
    if 0 in tensor.shape:
        return ""
    cell = storage.itemsize if unit(tensor, storage) == "element" else 1
    start = (tensor.byte_offset - (storage.phase if cell > 1 else 0)) // cell
    letters = _LETTERS if len(tensor.shape) <= len(_LETTERS) else [f"i{d}" for d in range(len(tensor.shape))]
    terms = [str(start)] if start or not any(tensor.byte_strides) else []
    text = " + ".join(terms)
    for name, step in zip(letters, tensor.byte_strides, strict=False):
        if step:
            times = name if abs(step) == cell else f"{abs(step) // cell}·{name}"
            text += (" − " if step < 0 else " + " if text else "") + times
    index = ", ".join(letters[: len(tensor.shape)])
    return f"[{index}] is {unit(tensor, storage)} {text.strip()} of the storage"


_LETTERS = "ijklmn"


def storage_title(see: SeeRecord, number_: int) -> str:
    """``storage A: 24 bytes on cpu, 6 cells of float32``."""
    storage = see.storages[number_]
    cells = f"{storage.count:,} cell{'' if storage.count == 1 else 's'} of {storage.dtype}"
    return f"storage {letter(number_)}: {storage.nbytes:,} bytes on {storage.device}, {cells}"


def letter(number_: int) -> str:
    """A, B, … Z, A1, B1, …: what a storage is called, as it has no name of its own."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number_ % 26] + (str(number_ // 26) if number_ > 25 else "")


def sharing(see: SeeRecord) -> list[str]:
    """Who shares with whom, one sentence for each tensor after the first; none when there is only one."""
    how = {(pair.first, pair.second): pair.how for pair in see.sharing}
    groups = [[k for k, t in enumerate(see.tensors) if t.storage == s] for s in range(len(see.storages))]
    said: list[str] = []
    for members in groups:
        first = members[0]
        said += [_shares(see.tensors[first], see.tensors[k], how[first, k]) for k in members[1:]]
        said += [
            f"{see.tensors[a].name} and {see.tensors[b].name} have no byte in common"
            for (a, b), relation in how.items()
            if relation == "no byte" and a in members[1:]
        ]
    apart = [see.tensors[members[0]].name for members in groups if len(members) == 1 and len(see.tensors) > 1]
    if apart:
        said.append(
            f"{', '.join(apart)} "
            + ("stand apart (each its own storage)" if apart[1:] else "stands apart (its own storage)")
        )
    return said + [f"{t.name} has no storage of its own to draw" for t in see.tensors if t.storage is None]


def _shares(first: TensorRecord, second: TensorRecord, how: str) -> str:
    if how == "same object":
        return f"{second.name} is {first.name}: one object under two names"
    if how == "no byte":
        return f"{second.name} lies in {first.name}'s storage, but they have no byte in common"
    both = (first.requires_grad is None) == (second.requires_grad is None)
    seen = "a view" if both else "one memory for NumPy and PyTorch"
    common = "same bytes" if how == "same bytes" else "some bytes in common"
    return f"{second.name} shares {first.name}'s storage ({seen}: {common})"

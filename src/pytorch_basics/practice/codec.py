"""Values as plain data, so that what a learner's code returns is never unpickled.

``encode`` turns tensors, arrays, numbers, text and containers into a JSON-able tree and a list of byte blocks;
``decode`` turns them back. Tensors and arrays keep shape, strides, offset and dtype, and those that shared
memory share it again: each block of memory travels once, and the tree says who lies where in it. A value of any
other kind travels as its type's name and its repr, and decodes to an ``Opaque``.
"""

from __future__ import annotations

import ctypes
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

MOST_BYTES = 64 * 2**20
DEEPEST = 40
LONGEST_TEXT = 100_000
MOST_TEXT = 8 * 2**20  # of the tree, written as JSON

Tree = dict[str, Any]


class TooLarge(Exception):
    """A value is larger than the codec carries."""


@dataclass(frozen=True)
class Opaque:
    """A value that has no plain form: only its type's name and its repr came across."""

    type: str
    text: str

    def __repr__(self) -> str:
        return self.text


def encode(value: Any) -> tuple[Tree, list[bytes]]:
    """``value`` as a tree and its memory blocks. Raises ``TooLarge`` above ``MOST_BYTES`` or ``MOST_TEXT``."""
    writer = _Writer()
    node = writer.node(value, 0)
    blocks = writer.blocks()
    tree = {"value": node, "storages": writer.storage_rows(), "blocks": len(blocks)}
    if len(json.dumps(tree)) > MOST_TEXT:
        raise TooLarge("it holds more numbers, text or tensors than can be compared")
    return tree, blocks


def decode(tree: Tree, blocks: list[bytes]) -> Any:
    """The value again. Raises ``ValueError`` when the data is malformed, in whatever way."""
    try:
        return _Reader(tree, blocks).value(tree["value"])
    except Exception as error:  # forged data fails wherever it fails first
        raise ValueError(f"malformed data ({type(error).__name__})") from error


class _Writer:
    """Collects memory ranges while it walks a value, then merges those that overlap into blocks."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []  # of each storage, as addresses [low, high)
        self._numpy: set[int] = set()  # storages that belong to arrays
        self._keep: list[Any] = []  # so that no address is reused while we walk
        self._merged: list[tuple[int, int]] = []

    def node(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is int and value.bit_length() > 64:  # JSON refuses numbers of thousands of digits
            return {"k": "integer", "hex": hex(value)}
        if value is None or kind in (bool, int, float, str):
            return _text_cut(value)
        if depth > DEEPEST:
            return _opaque(value)
        if isinstance(value, torch.Tensor):
            return self._tensor(value, depth)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic) and type(value.item()) in (bool, int, float, complex, str):
            return {"k": "scalar", "dtype": value.dtype.str, "item": self.node(value.item(), depth + 1)}
        if kind is torch.Size:
            return {"k": "size", "items": [int(n) for n in value]}
        if isinstance(value, (list, tuple)):
            name = "list" if isinstance(value, list) else "tuple"
            return {"k": name, "items": [self.node(item, depth + 1) for item in kind.__iter__(value)]}
        if kind is dict:
            rows = [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in value.items()]
            return {"k": "dict", "items": rows}
        if kind in (torch.dtype, torch.device):
            return {"k": kind.__name__, "name": str(value).removeprefix("torch.")}
        if kind is complex:
            return {"k": "complex", "parts": [value.real, value.imag]}
        return _opaque(value)

    def _tensor(self, tensor: torch.Tensor, depth: int) -> Any:
        strided = tensor.layout is torch.strided and not tensor.is_quantized and not tensor.is_nested
        if not strided or tensor.device.type not in ("cpu", "meta"):
            return _opaque(tensor)
        facts: Tree = {
            "k": "tensor",
            "dtype": str(tensor.dtype).removeprefix("torch."),
            "shape": list(tensor.shape),
            "stride": list(tensor.stride()),
            "offset": tensor.storage_offset(),
            "requires_grad": tensor.requires_grad,
            "parameter": isinstance(tensor, torch.nn.Parameter),
            "conj": tensor.is_conj(),
            "neg": tensor.is_neg(),
            "storage": None,
        }
        if tensor.device.type == "cpu":
            storage = tensor.untyped_storage()
            facts["storage"] = self._range(storage.data_ptr(), storage.nbytes(), storage)
        if tensor.is_leaf and tensor.grad is not None:
            facts["grad"] = self.node(tensor.grad, depth + 1)
        return facts

    def _array(self, array: np.ndarray[Any, Any]) -> Any:
        if array.dtype.kind not in "biufc":
            return _opaque(array)
        owner: Any = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        low, high = np.lib.array_utils.byte_bounds(owner)
        row = self._range(low, high - low if owner.size else 0, owner)
        self._numpy.add(row)
        address = array.__array_interface__["data"][0]
        return {
            "k": "array",
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "strides": list(array.strides),
            "start": address - low if array.size else 0,
            "writeable": bool(array.flags.writeable),
            "storage": row,
        }

    def _range(self, low: int, nbytes: int, owner: Any) -> int:
        self._keep.append(owner)
        span = (low, low + nbytes) if nbytes else (0, 0)
        if nbytes and span in self._ranges:
            return self._ranges.index(span)
        self._ranges.append(span)
        return len(self._ranges) - 1

    def blocks(self) -> list[bytes]:
        for low, high in sorted(span for span in self._ranges if span[1]):
            if self._merged and low < self._merged[-1][1]:
                self._merged[-1] = (self._merged[-1][0], max(high, self._merged[-1][1]))
            else:
                self._merged.append((low, high))
        total = sum(high - low for low, high in self._merged)
        if total > MOST_BYTES:
            raise TooLarge(f"{total:,} bytes of tensors; at most {MOST_BYTES:,} can be compared")
        return [ctypes.string_at(low, high - low) for low, high in self._merged]

    def storage_rows(self) -> list[list[int]]:
        """For each storage: the block it lies in, where it starts there, its bytes, whether NumPy owns it."""
        rows = []
        for index, (low, high) in enumerate(self._ranges):
            block = next((i for i, (a, b) in enumerate(self._merged) if a <= low and high <= b and high), -1)
            start = low - self._merged[block][0] if block >= 0 else 0
            rows.append([block, start, high - low, int(index in self._numpy)])
        return rows


class _Reader:
    """Rebuilds memory first, then the values that lie in it."""

    def __init__(self, tree: Tree, blocks: list[bytes]) -> None:
        self._rows = tree["storages"]
        self._blocks = [np.frombuffer(bytearray(block), dtype=np.uint8) for block in blocks]
        users = [row[0] for row in self._rows]
        # A block that only one torch storage uses becomes a storage of PyTorch's own, which may be resized.
        self._own = [row[0] >= 0 and users.count(row[0]) == 1 and not row[3] for row in self._rows]
        self._storages: dict[int, torch.UntypedStorage] = {}

    def value(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        return getattr(self, f"_{node['k']}")(node)

    def _storage(self, row: int) -> torch.UntypedStorage:
        if row not in self._storages:
            block, start, nbytes, _ = self._rows[row]
            if block < 0:
                self._storages[row] = torch.empty(0).untyped_storage()
            else:
                part = torch.from_numpy(self._blocks[block][start : start + nbytes])
                self._storages[row] = (part.clone() if self._own[row] else part).untyped_storage()
        return self._storages[row]

    def _tensor(self, node: Tree) -> torch.Tensor:
        dtype = getattr(torch, node["dtype"])
        if node["storage"] is None:
            tensor = torch.empty_strided(node["shape"], node["stride"], dtype=dtype, device="meta")
        else:
            tensor = self._in_memory(node, torch.empty(0, dtype=dtype))
        if node["conj"]:
            tensor = tensor.conj()
        if node["neg"]:
            tensor = torch._neg_view(tensor)
        if node["parameter"]:
            tensor = torch.nn.Parameter(tensor, requires_grad=node["requires_grad"])
        elif node["requires_grad"]:
            tensor.requires_grad_()
        if "grad" in node:
            tensor.grad = self.value(node["grad"])
        return tensor

    def _in_memory(self, node: Tree, tensor: torch.Tensor) -> torch.Tensor:
        storage = self._storage(node["storage"])
        nbytes = storage.nbytes()
        tensor.set_(storage, node["offset"], node["shape"], node["stride"])
        if storage.nbytes() != nbytes:  # set_ makes a storage larger rather than refuse
            raise ValueError("a tensor that reaches beyond its memory")
        return tensor

    def _array(self, node: Tree) -> np.ndarray[Any, Any]:
        block, start, _, _ = self._rows[node["storage"]]
        dtype = np.dtype(node["dtype"])
        if block < 0:
            return np.frombuffer(b"", dtype=dtype).reshape(node["shape"])  # refuses a shape that has elements
        array: np.ndarray[Any, Any] = np.ndarray(
            node["shape"], dtype, self._blocks[block].data, start + node["start"], node["strides"]
        )
        array.flags.writeable = node["writeable"]
        return array

    def _scalar(self, node: Tree) -> Any:
        return np.dtype(node["dtype"]).type(self.value(node["item"]))

    def _size(self, node: Tree) -> torch.Size:
        return torch.Size(node["items"])

    def _list(self, node: Tree) -> list[Any]:
        return [self.value(item) for item in node["items"]]

    def _tuple(self, node: Tree) -> tuple[Any, ...]:
        return tuple(self._list(node))

    def _dict(self, node: Tree) -> dict[Any, Any]:
        return {self.value(key): self.value(item) for key, item in node["items"]}

    def _dtype(self, node: Tree) -> torch.dtype:
        found = getattr(torch, node["name"])
        if not isinstance(found, torch.dtype):
            raise ValueError(f"not a dtype: {node['name']!r}")
        return found

    def _device(self, node: Tree) -> torch.device:
        return torch.device(node["name"])

    def _integer(self, node: Tree) -> int:
        return int(node["hex"], 16)

    def _complex(self, node: Tree) -> complex:
        return complex(*node["parts"])

    def _opaque(self, node: Tree) -> Opaque:
        return Opaque(str(node["type"]), str(node["text"]))


def _text_cut(value: Any) -> Any:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _opaque(value: Any) -> Tree:
    try:
        text = _readable(repr(value)[:LONGEST_TEXT])
    except Exception:  # a learner's own __repr__ may fail
        text = "(its repr fails)"
    return {"k": "opaque", "type": type(value).__name__, "text": text}


def _readable(text: str) -> str:
    """A repr without addresses, which say nothing and differ in each run: ``a MySGD object``, ``<function f>``."""
    text = re.sub(r"<[\w.<>]*?(\w+) object at 0x[0-9A-Fa-f]+>", r"a \1 object", text)
    return re.sub(r" at 0x[0-9A-Fa-f]+", "", text)

"""T4: the numbers of a NumPy array are taken for float32, as PyTorch's own are."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import torch

from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.tensors.dtypes_meet import is_numpy, other_dtype, sign


def broken() -> Answer:
    points = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    layer = torch.nn.Linear(2, 1)
    scores = layer(torch.from_numpy(points))
    return Answer(given=scores, expected=layer(torch.tensor(points, dtype=torch.float32)), args=(points,))


def fixed() -> Answer:
    points = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    layer = torch.nn.Linear(2, 1)
    scores = layer(torch.from_numpy(points).float())
    return Answer(given=scores, expected=layer(torch.tensor(points, dtype=torch.float32)), args=(points,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch complains of Double beside Float, or the answer kept an array's float64, not wanted."""
    if isinstance(evidence, Raised):
        words = set(re.findall(r"[a-z]+\d*", evidence.message.lower()))
        meets = words & {"double", "float64"} and words & {"float", "float32"}
        return bool(meets and words & {"dtype", "type"})
    if not isinstance(evidence, Answer):
        return False
    given, expected = list(arrays_in(evidence.given)), list(arrays_in(evidence.expected))
    kept = any(
        one.dtype == torch.float64 and other.dtype == torch.float32 for one, other in zip(given, expected, strict=False)
    )
    return kept and any(
        isinstance(array, np.ndarray) and array.dtype == np.float64 for array in arrays_in(evidence.args)
    )


def signs(record: Record) -> Iterator[Sign]:
    """A layer or a product refuses float64 that came from NumPy."""
    found = other_dtype(record)
    if found is not None and is_numpy(*found[:3]):
        yield sign(*found)


MISTAKE = Mistake(
    id="memory.numpy_is_float32",
    code="T4",
    title="A tensor made from a NumPy array is float32",
    see="A layer raises “mat1 and mat2 must have the same dtype, but got Double and Float”.",
    why="NumPy's own floating-point dtype is float64 (PyTorch's name: Double), and the tensor keeps it; "
    "the weights of a layer are float32 (Float).",
    instead="`torch.tensor(array, dtype=torch.float32)` or `torch.from_numpy(array).float()`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

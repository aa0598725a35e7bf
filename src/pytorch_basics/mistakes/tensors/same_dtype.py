"""T2: ``torch.tensor`` and ``torch.Tensor`` are thought to give the same dtype."""

import re

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

_WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


def broken() -> Answer:
    return Answer(given=torch.Tensor([1, 2]), expected=torch.tensor([1, 2]), args=([1, 2],))


def fixed() -> Answer:
    return Answer(given=torch.tensor([1, 2]), expected=torch.tensor([1, 2]), args=([1, 2],))


def shown_by(evidence: Evidence) -> bool:
    """The numbers (made from Python data) are right, but float where whole is wanted, or vice versa."""
    if isinstance(evidence, Raised):
        return _as_index(evidence)
    if not isinstance(evidence, Answer) or any(isinstance(value, torch.Tensor) for value in evidence.args):
        return False
    given, expected = evidence.given, evidence.expected
    if isinstance(given, (tuple, list)) and isinstance(expected, (tuple, list)):
        return any(_swapped(mine, theirs) for mine, theirs in zip(given, expected, strict=False))
    return _swapped(given, expected)


def _swapped(given: object, expected: object) -> bool:
    if not isinstance(given, torch.Tensor) or not isinstance(expected, torch.Tensor):
        return False
    if given.shape != expected.shape or any(t.device.type != "cpu" or t.is_sparse for t in (given, expected)):
        return False
    floating = torch.get_default_dtype()
    became_float = given.dtype == floating and expected.dtype in _WHOLE
    became_whole = given.dtype in _WHOLE and expected.dtype == floating
    return (became_float or became_whole) and torch.equal(given.double(), expected.double())


def _as_index(evidence: Raised) -> bool:
    """A float tensor made by ``torch.Tensor`` where PyTorch wants whole numbers (indices)."""
    wants_whole = re.search(
        r"used as indices must be|\bindices'? to have|dtype int32/int64 for index", evidence.message
    )
    return bool(wants_whole) and any(re.search(r"\bTensor\(", line) for line in evidence.lines)


MISTAKE = Mistake(
    id="tensors.same_dtype",
    code="T2",
    title="torch.Tensor and torch.tensor give the same dtype",
    see=("The numbers are right and the dtype is not: `float32` where `int64` was wanted, or the other way round."),
    why=(
        "`torch.tensor` takes the dtype from the data: whole numbers give `int64`, one decimal point gives "
        "`float32`. `torch.Tensor` gives `float32` whatever the list holds."
    ),
    instead="`torch.tensor(data, dtype=torch.float32)`, or `dtype=torch.int64`: say what you want",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

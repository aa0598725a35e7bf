"""T3: a tensor of whole numbers is thought to do all that a tensor of floats does."""

import re

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

_REFUSALS = re.compile(
    r"could not infer output dtype.*Got: (Long|Int|Short|Char|Byte|Bool)"
    r"|expected input to have floating point or complex dtype but got (Long|Int|Short|Char|Byte|Bool)"
    r"|Expected a floating point or complex tensor as input. Got (Long|Int|Short|Char|Byte|Bool)"
    r"|[Oo]nly Tensors of floating point.* dtypes? can require gradients"
    r"|(std and var|std_mean|var_mean) only support floating point"
    r"|not implemented for '(Long|Int|Short|Char|Byte|Bool)'"
    r"|have the same dtype, but got:?.*\b(Long|Int|Short|Char|Byte|Bool|long int|int)\b"
)


def broken() -> Answer:
    x = torch.tensor([1, 2])
    return Answer(given=x.mean(), expected=torch.tensor(1.5), args=(x,))


def fixed() -> Answer:
    x = torch.tensor([1, 2])
    return Answer(given=x.float().mean(), expected=torch.tensor(1.5), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch refused whole numbers, or an average of whole numbers has lost its fraction."""
    if isinstance(evidence, Raised):
        return bool(_REFUSALS.search(evidence.message))
    if not isinstance(evidence, Answer) or not any(_whole(value) for value in evidence.args):
        return False
    given, expected = _doubles(evidence.given), _doubles(evidence.expected)
    if given is None or expected is None or given.shape != expected.shape or torch.equal(given, expected):
        return False
    return torch.equal(given, expected.floor()) or torch.equal(given, expected.trunc())


def _whole(value: object) -> bool:
    return isinstance(value, torch.Tensor) and not value.is_floating_point() and not value.is_complex()


def _doubles(value: object) -> torch.Tensor | None:
    if isinstance(value, (int, float)):
        return torch.tensor(float(value), dtype=torch.float64)
    if not isinstance(value, torch.Tensor) or value.is_complex() or value.is_quantized:
        return None
    if value.device.type != "cpu" or value.layout is not torch.strided:
        return None
    return value.detach().double()


MISTAKE = Mistake(
    id="tensors.whole_numbers_average",
    code="T3",
    title="Whole numbers can be averaged, and can have gradients",
    see="A RuntimeError that names `Long` (that is `int64`), or an average whose fraction is gone.",
    why="An average is a fraction, and a gradient is about tiny steps; an `int64` holds neither, and here"
    " PyTorch does not convert for you.",
    instead="`x.float().mean()`, or floats from the start: `torch.tensor([1.0, 2.0])`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

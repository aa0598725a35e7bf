"""T1: ``torch.Tensor(3)`` is taken for the number 3."""

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised


def broken() -> Answer:
    return Answer(given=torch.Tensor(3), expected=torch.tensor(3), args=(3,))


def fixed() -> Answer:
    return Answer(given=torch.tensor(3), expected=torch.tensor(3), args=(3,))


def shown_by(evidence: Evidence) -> bool:
    """The wanted values became the sizes of a float tensor, or were refused as sizes."""
    if isinstance(evidence, Raised):
        return _refused(evidence)
    if not isinstance(evidence, Answer):
        return False
    given, wanted = evidence.given, _numbers(evidence.expected)
    if not isinstance(given, torch.Tensor) or given.dtype != torch.get_default_dtype() or not wanted:
        return False
    passed = [value for value in evidence.args if type(value) in (int, float)]
    if evidence.args and not all(value in passed for value in wanted):
        return False
    return list(given.shape) == wanted and _numbers(given) != wanted


def _refused(evidence: Raised) -> bool:
    if evidence.kind == "TypeError" and "new(): data must be a sequence" in evidence.message:
        return True
    negative = "Trying to create tensor with negative dimension" in evidence.message
    return negative and any("Tensor(" in line for line in evidence.lines)


def _numbers(value: object) -> list[object]:
    """The values of a small tensor of numbers, or the one number; else nothing."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [value]
    if not isinstance(value, torch.Tensor) or value.dtype == torch.bool or value.numel() > 8:
        return []
    if value.device.type != "cpu" or value.layout is not torch.strided or value.is_quantized:
        return []
    return list(value.detach().flatten().tolist())


MISTAKE = Mistake(
    id="tensors.size_is_value",
    code="T1",
    title="torch.Tensor(3) makes the number 3",
    see=(
        "Where one number was wanted there are three, of shape `(3,)`, with values that nobody set "
        "(and `torch.Tensor(2.5)` is a TypeError)."
    ),
    why="`torch.Tensor(3)` reads the 3 as a size: room for three floats, in memory that is not initialised.",
    instead="`torch.tensor(3)` for the number, `torch.zeros(3)` for three numbers",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

"""T7: ``reshape`` is taken for a copy that may be changed without harm."""

import torch

from pytorch_basics.mistakes.memory import arrays_in, changed, same_values, share
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    x = torch.arange(6).reshape(2, 3)
    before = x.clone()
    flat = x.reshape(6)
    flat.zero_()
    return Answer(given=(flat, x), expected=(torch.zeros_like(flat), before.clone()), args=(before,), args_after=(x,))


def fixed() -> Answer:
    x = torch.arange(6).reshape(2, 3)
    before = x.clone()
    flat = x.reshape(6).clone()
    flat.zero_()
    return Answer(given=(flat, x), expected=(torch.zeros_like(flat), before.clone()), args=(before,), args_after=(x,))


def shown_by(evidence: Evidence) -> bool:
    """The answer holds an argument's elements in another shape and in that argument's memory, unasked."""
    if not isinstance(evidence, Answer):
        return False
    after = list(arrays_in(evidence.args_after))
    reshaped = any(_reshaped(y, x) for y in arrays_in(evidence.given) for x in after)
    arguments = [*arrays_in(evidence.args), *after]
    wanted = any(share(one, other) for one in arrays_in(evidence.expected) for other in arguments)
    harmful = same_values(evidence.given, evidence.expected) or changed(evidence.args, evidence.args_after)
    return reshaped and harmful and not wanted


def _reshaped(y: object, x: object) -> bool:
    if not isinstance(y, torch.Tensor) or not isinstance(x, torch.Tensor):
        return False
    if y.shape == x.shape or y.numel() != x.numel() or not share(y, x):
        return False
    return same_values(y, x.reshape(y.shape))


MISTAKE = Mistake(
    id="memory.reshape_copies",
    code="T7",
    title="reshape() always gives me a copy (or: always a view)",
    see="You change the result of `reshape`, and the tensor you started from changes too; after a transpose "
    "it does not.",
    why="`reshape` gives a view wherever strides for the new shape exist, and copies only where they do not. "
    "Which of the two you get depends on the input's strides.",
    instead="`x.reshape(…).clone()` for a copy in any case; `x.view(…)` for a view or an error",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

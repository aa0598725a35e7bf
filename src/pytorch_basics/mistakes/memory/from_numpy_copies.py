"""T4: ``torch.from_numpy`` and ``.numpy()`` are taken for copies."""

import numpy as np
import torch

from pytorch_basics.mistakes.memory import arrays_in, changed, same_values, share
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    measured = np.array([1.0, 2.0, 3.0])
    before = measured.copy()
    tensor = torch.from_numpy(measured)
    measured[0] = 7.0
    return Answer(given=tensor, expected=torch.tensor(before), args=(before,), args_after=(measured,))


def fixed() -> Answer:
    measured = np.array([1.0, 2.0, 3.0])
    before = measured.copy()
    tensor = torch.tensor(measured)
    measured[0] = 7.0
    return Answer(given=tensor, expected=torch.tensor(before), args=(before,), args_after=(measured,))


def shown_by(evidence: Evidence) -> bool:
    """A tensor of the answer lies in the memory of an array among the arguments, or the other way round."""
    if not isinstance(evidence, Answer):
        return False
    after = list(arrays_in(evidence.args_after))
    crosses = any(
        isinstance(one, torch.Tensor) != isinstance(other, torch.Tensor) and share(one, other)
        for one in arrays_in(evidence.given)
        for other in after
    )
    arguments = [*arrays_in(evidence.args), *after]
    wanted = any(share(one, other) for one in arrays_in(evidence.expected) for other in arguments)
    harmful = same_values(evidence.given, evidence.expected) or changed(evidence.args, evidence.args_after)
    return crosses and harmful and not wanted


MISTAKE = Mistake(
    id="memory.from_numpy_copies",
    code="T4",
    title="torch.from_numpy() and .numpy() give me a copy",
    see="You change the array, and the tensor changes too (or the other way round).",
    why="`torch.from_numpy(array)` and `tensor.numpy()` make a new label for the same bytes; no number is "
    "copied. `torch.tensor(array)` copies.",
    instead="`torch.tensor(array)` on the way in, `tensor.numpy().copy()` on the way out",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

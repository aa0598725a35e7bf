"""The learning rate is far too low: the steps are too short to be seen."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own

SHORT = 1e-6  # of a parameter's own size, in its longest watched step
FLAT = 1e-3  # of the loss
TINY = 1e-5  # a rate
FEWEST = 20


def _train(rate: float) -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=rate)
    for _ in range(30):
        optimizer.zero_grad()
        ((w - 1) ** 2).sum().backward()
        optimizer.step()


def broken() -> None:
    _train(rate=1e-9)


def fixed() -> None:
    _train(rate=0.1)


def signs(record: Record) -> Iterator[Sign]:
    """An optimizer whose longest steps are a millionth of what they change, and a loss that stays where it is."""
    if not isinstance(record, RunRecord) or record.steps < FEWEST or len(record.losses) < 4:
        return
    values = [value for _, value in record.losses]
    begin, end = values[: len(values) // 3 or 1], values[-(len(values) // 3 or 1) :]
    before, now = sum(begin) / len(begin), sum(end) / len(end)
    fell = abs(now - before) > FLAT * max(abs(before), 1e-12) and now < before
    for one in record.optimizers:
        place, rate = one.made or one.at, dict(one.settings).get("lr")
        ratios = [
            move / size
            for k in one.parameters
            for move, size in zip(record.parameters[k].moves, record.parameters[k].sizes, strict=False)
            if size > 0
        ]
        pulled = any(norm > 0 for k in one.parameters for norm in record.parameters[k].norms)
        if not ratios or not pulled or max(ratios) >= SHORT or place is None or not own(place):
            continue
        if not isinstance(rate, float | int) or rate <= 0:
            continue
        if fell and (rate > TINY or max(ratios) * record.steps > FLAT):
            continue  # all steps together are too short for it to have fallen by them: that is the batches' noise
        yield Sign(
            place=place,
            seen=f"`lr={rate:g}` is far too low here: the steps are too short to change anything.",
            instead=f"`lr={min(rate * 1e4, 1e-2):g}`, and lower again if the loss grows",
            evidence=(
                f"The longest of {len(ratios)} watched steps changed a parameter by {max(ratios):.2g} of its own size.",
                f"The loss was {before:.6g} in the first third of the watched steps and {now:.6g} in the last.",
            ),
            sure=False,
        )


MISTAKE = Mistake(
    id="optim.rate_too_low",
    code="",
    title="A low learning rate is always safe",
    see="The loss stays where it is, although everything is connected. No error.",
    why="A step is the rate times the gradient. When it is a millionth of the parameter itself, a million steps "
    "would be "
    "needed to change it.",
    instead="a rate 100 times higher; Adam often begins at `lr=1e-3`, SGD at `lr=1e-2`",
    broken=broken,
    fixed=fixed,
    signs=signs,
    general=True,
)

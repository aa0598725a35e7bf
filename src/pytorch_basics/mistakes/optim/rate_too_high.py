"""The learning rate is far too high: steps overshoot, and the loss runs away."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import math
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, roots
from pytorch_basics.mistakes.reading.wording import parameters

RAN_AWAY = 1000.0  # times the loss of the beginning
LEAPT = 20.0  # the same, by steps that are
WILD = 4.0  # times as long as what they change


def _train(rate: float) -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=rate)
    for _ in range(12):
        optimizer.zero_grad()
        ((w - 1) ** 2).sum().backward()
        optimizer.step()


def broken() -> None:
    _train(rate=3.0)


def fixed() -> None:
    _train(rate=0.3)


def signs(record: Record) -> Iterator[Sign]:
    """One loss that grows without bound, by steps that are larger than what they change."""
    if not isinstance(record, RunRecord) or len(roots(record)) != 1 or len(record.losses) < 4:
        return
    values = [value for _, value in record.losses]
    finite = [value for value in values if math.isfinite(value)]
    first = max(map(abs, finite[:2]), default=0.0)
    highest = max(map(abs, finite), default=0.0)
    if not first:
        return
    if highest < RAN_AWAY * first or not _still_high(values, first):
        if highest > LEAPT * abs(finite[0]):
            yield from _of_optimizers(record, values, abs(finite[0]), highest, WILD)
        return
    yield from _of_optimizers(record, values, first, highest)
    yield from _by_hand(record, values, first, highest)


def _still_high(values: list[float], first: float) -> bool:
    last = values[-1]
    return not math.isfinite(last) or abs(last) > 100 * first


def _of_optimizers(
    record: RunRecord, values: list[float], first: float, highest: float, least: float = 0.5
) -> Iterator[Sign]:
    """The first one that took steps of ``least`` times the parameter; a matrix, where the loss came down again, as a
    bias begins near 0."""
    for one in record.optimizers:
        place = one.made or one.at
        rate = dict(one.settings).get("lr")
        if not one.steps or place is None or not own(place) or not isinstance(rate, float | int) or not rate:
            continue
        ratios = [(k, _ratio(record, k)) for k in one.parameters if _matters(record, k, least)]
        wild = [(k, ratio) for k, ratio in ratios if ratio > least]
        if wild:
            k, ratio = max(wild, key=lambda pair: pair[1])
            more = f"One step changed {parameters(record, [k])} by {ratio:.3g} times its own size."
            yield _sign(place, rate, values, first, highest, more)
            return


def _matters(record: RunRecord, k: int, least: float) -> bool:
    return least < WILD or len(record.parameters[k].shape) > 1


def _by_hand(record: RunRecord, values: list[float], first: float, highest: float) -> Iterator[Sign]:
    """A loop without an optimizer."""
    updates = record.of("update")
    if not record.steps and len(updates) >= 4 and own(updates[-1].place):
        yield _sign(updates[-1].place, None, values, first, highest, f"{len(updates)} updates by hand were watched.")


def _ratio(record: RunRecord, k: int) -> float:
    """The largest step of a parameter beside its own size then."""
    one = record.parameters[k]
    pairs = zip(one.moves, one.sizes, strict=False)
    return max((move / size for move, size in pairs if size > 0 and math.isfinite(move)), default=0.0)


def _sign(place: Place, rate: float | None, values: list[float], first: float, highest: float, more: str) -> Sign:
    end = values[-1] if not math.isfinite(values[-1]) else highest
    written = f"`lr={rate:g}`" if rate is not None else "The learning rate"
    return Sign(
        place=place,
        seen=f"{written} is far too high here: the loss grew from {first:.4g} to {end:.4g}.",
        instead=f"`lr={rate / 100:g}` or less, and higher again while the loss falls"
        if rate
        else "a rate 100 times smaller",
        evidence=(f"Watched losses: {', '.join(f'{value:.4g}' for value in values[:4])} … {end:.4g}.", more),
        sure=(highest > RAN_AWAY * RAN_AWAY * first and _still_high(values, first)) or not math.isfinite(values[-1]),
    )


MISTAKE = Mistake(
    id="optim.rate_too_high",
    code="",
    title="A higher learning rate learns faster",
    see="The loss grows from step to step and ends as `inf` or `nan`. No error.",
    why="A step goes straight on along the gradient. With too high a rate it lands beyond the valley, higher up than "
    "it "
    "began, and the next gradient is larger still.",
    instead="a rate 10 to 100 times smaller; Adam often begins at `lr=1e-3`, SGD at `lr=1e-2`",
    broken=broken,
    fixed=fixed,
    signs=signs,
    general=True,
)

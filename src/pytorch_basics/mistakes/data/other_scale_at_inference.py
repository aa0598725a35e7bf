"""A model is trained on scaled inputs and asked about raw ones."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import EventRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own

STEPS = 3
FAR = 5.0  # standard deviations of the training inputs between the two means
WIDER = 8.0  # times


def broken() -> Answer:
    return _asked(raw=True)


def fixed() -> Answer:
    return _asked(raw=False)


def _asked(raw: bool) -> Answer:
    """The mean error of a line that was fitted to normalised inputs."""
    x = torch.linspace(100, 120, 32).unsqueeze(1)
    scaled = (x - x.mean()) / x.std()
    with torch.random.fork_rng():
        model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    for _ in range(20):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(scaled), 2 * scaled + 1).backward()
        optimizer.step()
    with torch.no_grad():
        answers = model(x if raw else scaled)
    error = (answers - (2 * scaled + 1)).abs().mean()
    return Answer(given=(error < 0.1).float(), expected=torch.tensor(1.0), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """The inputs of a call without training lie far outside all that the model was trained on."""
    if not isinstance(record, RunRecord):
        return
    for number in range(len(record.models)):
        calls = [e for e in record.of("forward") if e.which == number and len(e.numbers) == 4 and own(e.place)]
        last = max((e.order for e in record.of("step")), default=0)
        training = [e for e in calls if e.training and e.graded and e.order < last]
        asked = [e for e in calls if not e.graded or e.training is False]
        if len(training) < STEPS or not asked or not _scaled(training):
            continue
        told = set()
        for event in asked:
            if _elsewhere(training, event) and event.place not in told:
                told.add(event.place)
                yield _sign(training, event, all(_elsewhere(training, one) for one in asked))


def _scaled(training: list[EventRecord]) -> bool:
    """The training inputs look normalised, or squeezed into a small range: somebody has scaled them."""
    mean = sum(e.numbers[0] for e in training) / len(training)
    std = sum(e.numbers[1] for e in training) / len(training)
    low, high = min(e.numbers[2] for e in training), max(e.numbers[3] for e in training)
    return (abs(mean) < 0.3 and 0.6 < std < 1.5) or (low >= -1.01 and high <= 1.01 and high - low > 0.3)


def _elsewhere(training: list[EventRecord], event: EventRecord) -> bool:
    means = [e.numbers[0] for e in training]
    std = max(e.numbers[1] for e in training) or 1.0
    mean = sum(means) / len(means)
    low, high = min(e.numbers[2] for e in training), max(e.numbers[3] for e in training)
    outside = event.numbers[3] > high + FAR * (high - low) or event.numbers[2] < low - FAR * (high - low)
    return (abs(event.numbers[0] - mean) > FAR * std or event.numbers[1] > WIDER * std) and (
        outside or event.numbers[2] > high or event.numbers[3] < low
    )


def _sign(training: list[EventRecord], event: EventRecord, sure: bool) -> Sign:
    mean = sum(e.numbers[0] for e in training) / len(training)
    std = sum(e.numbers[1] for e in training) / len(training)
    low, high = min(e.numbers[2] for e in training), max(e.numbers[3] for e in training)
    return Sign(
        place=event.place,
        seen=f"the model was trained on inputs around {mean:.3g} (from {low:.3g} to {high:.3g}), and is asked here "
        "about "
        f"inputs around {event.numbers[0]:.3g} (from {event.numbers[2]:.3g} to {event.numbers[3]:.3g}).",
        instead="the same scaling here as in training, with the mean and standard deviation of the training data",
        evidence=(
            f"training inputs: mean {mean:.3g}, standard deviation {std:.3g}; inputs at line {event.place.line}: mean "
            f"{event.numbers[0]:.3g}, standard deviation {event.numbers[1]:.3g}",
        ),
        sure=sure,
        also=(training[0].place,),
    )


MISTAKE = Mistake(
    id="data.other_scale_at_inference",
    code="",
    title="The model remembers how its inputs were scaled",
    see="No error. The training loss is small, and on new data the model guesses.",
    why="A model knows the numbers that it was trained on. If those were scaled, by `(x - mean) / std` or to 0…1, then "
    "raw numbers lie far outside of all it has seen, and activations saturate.",
    instead="one function that scales, called in training and at inference, with the mean and std of the training data",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

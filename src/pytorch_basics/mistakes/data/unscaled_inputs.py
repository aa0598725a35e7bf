"""A model is trained on inputs of hundreds or thousands, as they came."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import ModelRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own

STEPS, LARGE = 3, 50.0
SCALES = ("BatchNorm", "LayerNorm", "InstanceNorm", "GroupNorm", "RMSNorm", "Embedding", "Normalize", "Rescale")


def broken() -> Answer:
    return _fitted(1.0)


def fixed() -> Answer:
    return _fitted(1 / 255)


def _fitted(scale: float) -> Answer:
    """Whether a line is found through pixels from 0 to 255, times a scale."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x = torch.linspace(0, 255, 64).unsqueeze(1)
        y = x / 255
        model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(30):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x * scale), y)
        loss.backward()
        optimizer.step()
    return Answer(given=(loss < 0.1).float(), expected=torch.tensor(1.0), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """Inputs of a large size in every training call of a model that does not scale them itself."""
    if not isinstance(record, RunRecord):
        return
    for number, model in enumerate(record.models):
        calls = [
            e for e in record.of("forward") if e.which == number and e.graded and e.training and len(e.numbers) == 4
        ]
        if len(calls) < STEPS or not own(calls[0].place) or _scales_itself(record, model) or not _learns(record, model):
            continue
        mean = sum(e.numbers[0] for e in calls) / len(calls)
        std = sum(e.numbers[1] for e in calls) / len(calls)
        if max(abs(mean), std) < LARGE or not all(max(abs(e.numbers[0]), e.numbers[1]) > LARGE / 2 for e in calls):
            continue
        low, high = min(e.numbers[2] for e in calls), max(e.numbers[3] for e in calls)
        pixels = low >= 0 and 200 < high <= 255
        yield Sign(
            place=calls[0].place,
            seen=f"`{model.name}` is trained on inputs from {low:.4g} to {high:.4g}, mean {mean:.4g}: gradients of the "
            "first layer grow with them, and a common learning rate is too large for it.",
            instead="`x / 255`, or better `(x - mean) / std`"
            if pixels
            else "`(x - x.mean(0)) / x.std(0)`, with the mean and std of the training data",
            evidence=(f"inputs in {len(calls)} watched calls: mean {mean:.4g}, standard deviation {std:.4g}",),
            sure=False,
        )


def _scales_itself(record: RunRecord, model: ModelRecord) -> bool:
    """One of its first layers does it."""
    first = [record.layers[k].kind for k in model.layers[:4]]
    return any(kind.startswith(SCALES) or kind.endswith(SCALES) for kind in first)


def _learns(record: RunRecord, model: ModelRecord) -> bool:
    return any(record.parameters[p].moves for p in model.parameters)


MISTAKE = Mistake(
    id="data.unscaled_inputs",
    code="",
    title="A network takes numbers of any size",
    see="No error. The loss is huge at first, swings or becomes `nan`, or the model learns only with a tiny learning "
    "rate.",
    why="Layers start with weights made for inputs around 1. The gradient of a weight is proportional to its input: "
    "with "
    "inputs of 200 a step is 200 times as long as elsewhere.",
    instead="`(x - x.mean(0)) / x.std(0)` with the mean and std of the training data, the same at inference",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""A tensor that was made under ``inference_mode`` goes into a computation that is to learn."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

WORDS = (
    "Inference tensors cannot be saved for backward",
    "Inplace update to inference tensor",
    "on inference tensor outside",
)


def broken() -> object:
    body, head, x = nn.Linear(3, 2), nn.Linear(2, 1), torch.rand(4, 3)
    with torch.inference_mode():
        features = body(x)
    return head(features)


def fixed() -> object:
    body, head, x = nn.Linear(3, 2), nn.Linear(2, 1), torch.rand(4, 3)
    with torch.no_grad():
        features = body(x)
    return head(features)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words; the ``with`` or the decorator under which the tensor was made."""
    if not isinstance(record, FailureRecord) or record.place is None or not any(w in record.message for w in WORDS):
        return
    found = _made_under(record)
    if found is None:
        return
    step, text, place = found
    yield Sign(
        place=place,
        seen=f"`{step.name or step.text}` is made under `{text}`, and line {record.place.line} needs it for autograd.",
        instead=place.text.replace("inference_mode", "no_grad"),
        evidence=(record.message.partition(". ")[0],),
        also=tuple(p for p in (step.place, record.place) if p.line != place.line),
    )


def _made_under(record: FailureRecord) -> tuple[Step, str, Place] | None:
    starts: list[Step | Argument | None] = [record.failing]
    starts += [record.steps[f.step] for f in reversed(record.frames) if f.step is not None]
    for start in starts:
        for step in record.origins(start):
            for text, place in step.within:
                if "inference_mode" in text:
                    return step, text, place
    return None


MISTAKE = Mistake(
    id="autograd.inference_tensor",
    code="",
    title="inference_mode is a faster no_grad",
    see="“Inference tensors cannot be saved for backward”, from a layer that is to learn.",
    why="Tensors made under `inference_mode` keep no version counter and can never take part in autograd, not even "
    "later "
    "outside of it. Those made under `no_grad` can: they are only without a history.",
    instead="`torch.no_grad()` for what goes into a training step; `inference_mode` only where nothing is trained "
    "afterwards",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

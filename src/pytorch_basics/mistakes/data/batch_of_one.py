"""Batch norm in training mode is given a single sample."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Frame, Step, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.feeding import calls_in
from pytorch_basics.mistakes.reading.lines import called

WORDS = "Expected more than 1 value per channel when training"
_LEARNS = re.compile(r"no_grad|inference_mode")


def broken() -> object:
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    one = torch.rand(1, 3)
    return net(one)


def fixed() -> object:
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    one = torch.rand(1, 3)
    net.eval()
    return net(one)


def signs(record: Record) -> Iterator[Sign]:
    """The batch of one: the last of a loader that is trained on, or a prediction with the model left in training
    mode."""
    if not isinstance(record, FailureRecord) or WORDS not in record.message or record.place is None:
        return
    frame = _model_called(record)
    if frame is None or frame.step is None:
        return
    step = record.steps[frame.step]
    made = _loader(record, step)
    name = next((a.text for a in step.arguments if a.name == "func"), "model")
    if made is not None and _trains(record, frame, step):
        yield _last_batch(record, step, made, frame.place)
        return
    given = next((a for a in step.operands if a.name != "return"), None)
    shape = _shape(record, given.value if given else None)
    yield Sign(
        place=frame.place,
        seen=f"`{step.text}` runs with one sample, {shape}, while `{name}` is in training mode: batch norm computes "
        "mean and variance over the "
        "batch, and one number has no variance.",
        instead=f"{name}.eval() before `{step.text}`",
        evidence=(f"`{name}.training` is True",),
        also=tuple(p for p in (record.place,) if p.line != frame.place.line),
    )


def _last_batch(record: FailureRecord, step: Step, made: Step, call: Place) -> Sign:
    size = made.argument(1, "batch_size")
    one = size is None or (size.value is not None and size.value.plain == 1)
    return Sign(
        place=made.place,
        seen="The loader gives batches of one sample, and batch norm needs two or more to train."
        if one
        else f"The last batch of the loader has one sample left over (batch_size={size.text if size else 1}), and "
        "batch norm needs two or "
        "more to train.",
        instead=f"{made.text[:-1]}, drop_last=True)" if not one else "a batch_size of 2 or more, such as batch_size=16",
        evidence=(f"at `{step.text}` the batch has one sample",),
        also=tuple(p for p in (call, record.place) if p is not None and p.line != made.place.line),
    )


def _shape(record: FailureRecord, value: Value | None) -> str:
    if value is not None and value.tensor:
        return sizes(value.shape)
    match = re.search(r"torch\.Size\(\[(.*?)\]\)", record.message)
    return f"({match[1]})" if match else "a batch of one"


def _model_called(record: FailureRecord) -> Frame | None:
    """The outermost of the learner's frames that called a model."""
    for frame in record.frames:
        if frame.step is not None and record.steps[frame.step].kind == "layer":
            return frame
    return None


def _loader(record: FailureRecord, step: Step) -> Step | None:
    """The loader whose loop drew what the model was given."""
    for one in record.origins(step):
        if one.kind == "loop" or one.bare in ("next", "iter"):
            over = [j for a in one.operands for j in a.steps]
            for k in over:
                for made in (record.steps[k], *record.origins(k)):
                    if made.kind == "call" and made.bare == "DataLoader":
                        return made
    return None


def _trains(record: FailureRecord, frame: Frame, step: Step) -> bool:
    """Whether a ``backward()`` follows in the function, and the call is not under ``no_grad``."""
    if any(_LEARNS.search(text) for text, _ in step.within):
        return False
    return any(called(node) == "backward" and place.line > frame.place.line for place, node in calls_in(frame.place))


MISTAKE = Mistake(
    id="data.batch_of_one",
    code="",
    title="A model takes one sample as well as many, whenever",
    see="“Expected more than 1 value per channel when training, got input size torch.Size([1, 10])”, from a "
    "prediction, or in the "
    "last batch of an epoch.",
    why="In training mode batch norm scales by the mean and variance of this very batch, and of a single number "
    "there is no "
    "variance. In evaluation mode it uses the running ones.",
    instead="`model.eval()` before a prediction; `drop_last=True` for the loader that is trained on",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

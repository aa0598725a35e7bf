"""L3: the labels have another shape than the loss wants."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound, sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Shape, Step, Value
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.tensors.dtypes_meet import returned

REFUSALS = re.compile(
    r"Target size \(.*\) must be the same as input size"
    r"|Using a target size .* is deprecated\. Please ensure they have the same size"
    r"|0D or 1D target tensor expected, multi-target not supported"
    r"|Expected input batch_size \(\d+\) to match target batch_size \(\d+\)"
    r"|Expected target size \[.*\], got \["
)


def broken() -> Answer:
    outputs, labels = torch.tensor([[2.0], [-1.0], [3.0]]), torch.tensor([1.0, 0.0, 1.0])
    loss = nn.BCEWithLogitsLoss()(outputs, labels)
    return Answer(given=loss, expected=torch.tensor(0.1629257), args=(outputs, labels))


def fixed() -> Answer:
    outputs, labels = torch.tensor([[2.0], [-1.0], [3.0]]), torch.tensor([1.0, 0.0, 1.0])
    loss = nn.BCEWithLogitsLoss()(outputs.squeeze(1), labels)
    return Answer(given=loss, expected=torch.tensor(0.1629257), args=(outputs, labels))


def shown_by(evidence: Evidence) -> bool:
    """A loss refuses the shape of its target."""
    return isinstance(evidence, Raised) and bool(REFUSALS.search(evidence.message))


MORE_REFUSALS = re.compile(
    r"Expected floating point type for target with class probabilities, got (Long|Int|Short|Char|Byte|Bool)"
    r"|only batches of spatial targets supported|size mismatch \(got input"
    r"|The size of tensor a \(\d+\) must match the size of tensor b"
)
_NAMES = (
    *("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"),
    *("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div"),
)


def signs(record: Record) -> Iterator[Sign]:
    """A loss refuses the shape of its target; both are known, and often what makes them agree."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    call = record.call(*_NAMES)
    target, outputs = (call.argument("target"), call.argument("input")) if call else (None, None)
    refused = REFUSALS.search(record.message) or MORE_REFUSALS.search(record.message)
    if call is None or not refused or target is None or outputs is None or not (target.tensor and outputs.tensor):
        return
    step, what, given = record.failing, record.failing.argument(1, "target"), record.failing.argument(0, "input")
    y, x = what.text if what else "labels", given.text if given else "outputs"
    classes = call.bare in ("cross_entropy", "nll_loss")
    changed, why = _as_classes(outputs, target, x, y) if classes else _alike(outputs.shape, target.shape, x, y)
    made = record.made(what)
    sample = returned(record, what) if changed == f"{y}.squeeze(1)" and what else None
    if sample is not None:  # the channel belongs to no sample: the data set is where to drop it
        yield _in_the_data(record, sample, y, target.shape, why)
        return
    yield Sign(
        place=record.place,
        seen=f"`{x}` has shape {sizes(outputs.shape)} and the labels `{y}` {sizes(target.shape)}: {why}.",
        instead=bound(step, _replaced(step, changed, x, y)),
        evidence=(f"`{y}.shape` is {sizes(target.shape)}", f"`{x}.shape` is {sizes(outputs.shape)}"),
        also=tuple(s.place for s in [made] if s and s.place != record.place),
    )


def _in_the_data(record: FailureRecord, sample: Step, y: str, shape: Shape, why: str) -> Sign:
    text = sample.operands[0].text.rpartition(", ")[2]
    return Sign(
        place=sample.place,
        seen=f"The labels `{y}` have shape {sizes(shape)}: each keeps a channel dimension of size 1; {why}.",
        instead=f"{sample.text.removesuffix(text)}{text}.squeeze(0)",
        evidence=(f"`{y}.shape` is {sizes(shape)}",),
        also=(record.place,) if record.place else (),
    )


def _replaced(step: Step, changed: str, x: str, y: str) -> str:
    """The call with the changed operand, where it can be put in."""
    old = y if changed.startswith(y) else x
    if changed.startswith((x, y)) and step.text.count(old) >= 1 and " " not in changed.partition("(")[0]:
        head, _, tail = step.text.rpartition(old) if old == y else step.text.partition(old)
        return f"{head}{changed}{tail}"
    return changed


def _alike(a: Shape, b: Shape, x: str, y: str) -> tuple[str, str]:
    """BCE and regression: the same shape on both sides."""
    why = "this loss compares element by element and wants the same shape"
    if len(a) == len(b) + 1 and a[-1] == 1 and a[:-1] == b:
        return f"{y}.unsqueeze({len(b)})", why
    if len(b) == len(a) + 1 and b[-1] == 1 and b[:-1] == a:
        return f"{y}.squeeze({len(a)})", why
    if len(a) == len(b) + 1 and a[0] == 1 and a[1:] == b:
        return f"{y}.unsqueeze(0)", why
    if len(a) == len(b) == 2 and a[0] == b[0] and a[1] == 2 and b[1] == 1:
        return f"nn.CrossEntropyLoss() with {y}.squeeze(1).long(), or a model with one output", why
    return f"labels of shape {sizes(a)}", why


def _as_classes(outputs: Value, target: Value, x: str, y: str) -> tuple[str, str]:
    """Cross entropy: one class number for each sample (and pixel, and word)."""
    a, b = outputs.shape, target.shape
    wanted = (a[0], *a[2:]) if len(a) > 1 else ()
    why = f"cross entropy wants one class number for each, {sizes(wanted)}"
    if a == b and not target.floating:
        return f"{y}.argmax(1)", f"rows of 0 and 1; {why}"
    if len(b) == len(wanted) + 1 and len(b) > 1 and b[1] == 1 and (b[0], *b[2:]) == wanted:
        return f"{y}.squeeze(1)", why
    if len(b) == len(wanted) + 1 and b[-1] == 1:
        return f"{y}.squeeze(-1)", why
    if len(a) == 3 and b == a[:2]:
        return (
            f"{x}.transpose(1, 2)",
            f"the classes are in the last dimension of `{x}`, and cross entropy wants them in 1",
        )
    if len(a) == 4 and len(b) == 4 and b[1] == 3:
        return f"a mask of class numbers {sizes(wanted)} in place of an RGB picture {sizes(b)}", why
    if len(a) == 2 and len(b) == 2 and b[0] and a[0] == b[0] * b[1]:
        return f"{y}.reshape(-1)", why
    if len(a) == 2 and len(b) == 1 and b[0] and a[0] != b[0]:
        return f"as many outputs as labels: {a[0]} rows for {b[0]} labels; look where the batch got another size", why
    return f"labels of shape {sizes(wanted)}", why


MISTAKE = Mistake(
    id="loss.target_shape",
    code="L3",
    title="A column of labels is as good as a row",
    see="BCE: “Target size … must be the same as input size …”. Cross entropy: “0D or 1D target tensor expected, "
    "multi-target not supported”.",
    why="A model with one output gives `(batch, 1)`, labels are often `(batch,)`. A loss would have to guess which "
    "output belongs to which label. Your own arithmetic does not refuse: it broadcasts to `(batch, batch)`.",
    instead="for BCE the same shape on both sides, `outputs.squeeze(1)` or `labels.unsqueeze(1)`; for cross entropy "
    "one class index for each row, `(batch,)`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

"""Class labels that are no numbers from 0 to the number of classes less 1."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import behind, bound, constructor, recalled, rewritten
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.tensors.dtypes_meet import returned

_REFUSALS = re.compile(
    r"Target (-?\d+) is out of bounds|Class values must be (?:smaller than num_classes|non-negative)"
)
_LOSSES = ("cross_entropy", "nll_loss", "CrossEntropyLoss", "NLLLoss")


def broken() -> object:
    labels, logits = torch.tensor([1, 2, 3]), torch.zeros(3, 3)
    return nn.CrossEntropyLoss()(logits, labels)


def fixed() -> object:
    labels, logits = torch.tensor([1, 2, 3]), torch.zeros(3, 3)
    return nn.CrossEntropyLoss()(logits, labels - 1)


def signs(record: Record) -> Iterator[Sign]:
    """A loss names the label that it has no class for."""
    match = _REFUSALS.search(record.message) if isinstance(record, FailureRecord) else None
    if match is None or not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    call = record.call("cross_entropy", "nll_loss", "forward")
    target, logits = (call.argument("target"), call.argument("input")) if call else (None, None)
    what = target_of(record)
    target = target or (what.value if what else None)
    if target is None or target.low is None or target.high is None:
        return
    classes = _classes(logits)
    named = int(match[1]) if match[1] else None
    ignored = _ignored(record)
    if (
        ignored is not None
        and named is not None
        and named in (-100, 255, -1)
        and ignored != named
        and target.low <= named
    ):
        made = constructor(record, record.layer)
        told = made is not None and any(a.name == "ignore_index" for a in made.operands)
        if told or named in (-100, 255):
            yield _other_mark(record, made, named, ignored)
            return
    yield _shifted(record, what, target, classes, named)


def target_of(record: FailureRecord) -> Argument | None:
    """The target of the failing loss, as it is written."""
    return record.failing.argument(1, "target") if record.failing else None


def _classes(logits: Value | None) -> int | None:
    if logits is None or not logits.shape:
        return None
    return logits.shape[1] if len(logits.shape) > 1 else logits.shape[0]


def _ignored(record: FailureRecord) -> int | None:
    call = record.call("cross_entropy", "nll_loss")
    value = call.argument("ignore_index") if call else None
    return value.plain if value and isinstance(value.plain, int) else None


def _other_mark(record: FailureRecord, made: Step | None, named: int, ignored: int) -> Sign:
    step = made or record.failing
    place = step.place if step else record.place or Place("", 0)
    told = made is not None and any(a.name == "ignore_index" for a in made.operands)
    return Sign(
        place=place,
        seen=f"The labels mark what to leave out with {named}; this loss leaves out {ignored}"
        f"{'' if told else ', which is the default'}.",
        instead=bound(step, rewritten(step, 99, "ignore_index", str(named))) if step else f"ignore_index={named}",
        evidence=(f"`ignore_index` is {ignored}", f"the labels hold {named}"),
        also=(record.place,) if record.place and record.place != place else (),
    )


def _shifted(
    record: FailureRecord, what: Argument | None, target: Value, classes: int | None, named: int | None
) -> Sign:
    low, high = int(target.low or 0), int(target.high or 0)
    step, text = _source(record, what), what.text if what else "target"
    layer = _last_layer(record) if low == 0 and classes is not None and high >= classes else None
    if layer is not None:
        change = recalled(record, layer, 1, "out_features", high + 1, classes)
        return Sign(
            place=change.place,
            seen=f"The labels go from 0 to {high}: {high + 1} classes; `{layer.text}` gives {classes} outputs.",
            instead=change.instead,
            evidence=(f"`{text}.max()` is {high}",),
            also=tuple(dict.fromkeys(p for p in (*change.also, record.place, step.place if step else None) if p)),
        )
    place = step.place if step else record.place or Place("", 0)
    many = f"{classes} classes, 0 to {classes - 1}" if classes else "its classes from 0"
    counts = f"The labels go from {low} to {high}"
    seen = f"{counts}; the loss has {many}, and label {named if named is not None else high} is none of them."
    name = step.name if step and step.name else text
    if step is None or step.kind == "return":
        name = text
    return Sign(
        place=place,
        seen=seen,
        instead=_instead(target, classes, name),
        evidence=(f"`{text}.min(), {text}.max()` is {low}, {high}",),
        also=tuple(dict.fromkeys(p for p in (*_behind(record, what, place), record.place) if p and p != place)),
    )


def _source(record: FailureRecord, what: Argument | None) -> Step | None:
    """The step that gave the labels to the name under which the loss got them."""
    first = next(record.origins(what), None)
    if first is not None and first.kind == "loop":  # a batch: where the data set got its labels
        sample = returned(record, what) if what else None
        return sample or next((s for s in record.origins(what) if s.name and s.kind == "call"), None)
    return next((s for s in record.origins(what) if s.called != "[]="), None)


def _behind(record: FailureRecord, what: Argument | None, place: Place) -> list[Place]:
    steps = [step for _, step in zip(range(3), record.origins(what), strict=False)]
    return [step.place for step in steps if step.place != place and step.kind != "literal"]


def _instead(target: Value, classes: int | None, name: str) -> str:
    low, high = int(target.low or 0), int(target.high or 0)
    if (low, high, target.distinct) == (-1, 1, 2):
        return f"{name} = (({name} + 1) // 2): −1 and 1 become 0 and 1"
    if low < 0 and (target.distinct or 0) > 2:
        return f"ignore_index={low} in the loss, if {low} means “leave out”; {name} + {-low}, if it is a class"
    if classes is not None and high - low < classes and low != 0:
        return f"{name} = {name} {'-' if low > 0 else '+'} {abs(low)}"
    if low < 0:
        return f"classes numbered from 0; or ignore_index={low} in the loss, if {low} means “leave out”"
    return f"{high + 1} outputs for the labels 0 to {high}, or labels from 0 to {(classes or high) - 1}"


def _last_layer(record: FailureRecord) -> Step | None:
    """The constructor of the layer that made the logits."""
    first = record.failing.argument(0, "input") if record.failing else None
    step = behind(record, first, "Linear", within=6)
    func = next((a for a in step.arguments if a.name == "func"), None) if step else None
    return record.made(func) if func else None


MISTAKE = Mistake(
    id="loss.target_range",
    code="",
    title="A label may be any number",
    see="“Target 12 is out of bounds.”; on a GPU “device-side assert triggered”.",
    why="For cross entropy a label is a position in a row of outputs: with C outputs 0 to C − 1. Labels that count "
    "from 1, −1 for “no”, or a mark for padding are no positions.",
    instead="`labels - 1` where they count from 1, `(labels + 1) // 2` for −1 and 1, `ignore_index=` the mark of your "
    "data",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

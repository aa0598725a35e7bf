"""D2: two tensors meet that are on different devices."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import bound
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Frame, Step
from pytorch_basics.mistakes.device import Apart, apart, own_attribute, thrown_away
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

MAKES: tuple[str, ...] = (
    "zeros",
    "ones",
    "randn",
    "rand",
    "arange",
    "eye",
    "full",
    "empty",
    "tensor",
    "linspace",
    "randint",
    "randperm",
    "triu",
    "tril",
)
MAKES += ("normal", "as_tensor", "FloatTensor", "LongTensor", "Tensor", "from_numpy", "one_hot", "logspace")
LOSSES = ("Loss",)


def broken() -> object:
    net, x = nn.Linear(3, 2).to("meta"), torch.rand(4, 3)
    return net(x)


def fixed() -> object:
    net, x = nn.Linear(3, 2).to("meta"), torch.rand(4, 3)
    return net(x.to("meta"))


def signs(record: Record) -> Iterator[Sign]:
    """The tensor or the layer that is not where the others are, and where to move it."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    found = apart(record)
    if found is None or (found.odd is not None and own_attribute(record, found.odd)) or _moved_in_vain(record, found):
        return
    yield (
        _weights_behind(record, found)
        or _loss_weight(record, found)
        or _made_here(record, found)
        or _given(record, found)
    )


def _moved_in_vain(record: FailureRecord, found: Apart) -> bool:
    names = [found.odd.text] if found.odd is not None else []
    names += [a.text for f in record.frames if f.step is not None for a in record.steps[f.step].operands]
    plain = [n for n in names if re.fullmatch(r"[\w.\[\]'\"]+", n)]
    return any(thrown_away(f.place, n) is not None for f in record.frames for n in plain)


def _weights_behind(record: FailureRecord, found: Apart) -> Sign | None:
    """The weights are on the CPU, the input is not: the model (or one layer of it) was never moved."""
    layer = found.layer
    if layer is None or found.wanted != "cpu" or layer.made is None or record.place is None or "Loss" in layer.kind:
        return None
    outer = record.layers[0]
    moved = {v.device for _, v in outer.value.items if v.tensor and v.type == "Parameter"} - {"cpu"}
    which = layer if moved or outer.made is None else outer
    made = record.steps[which.made if which.made is not None else layer.made]
    forgotten = bool(moved)
    return Sign(
        place=made.place,
        seen=f"The weights of `{made.text}` are on {found.wanted}, its input is on {found.device}"
        + (
            ": the rest of the model was moved, this layer was not, since the model does not have it as its own."
            if forgotten
            else "."
        ),
        instead=bound(made, f"{made.text}.to(device)")
        if not forgotten
        else f"`{made.text}` made in `__init__` and assigned to `self` (or in nn.ModuleList)",
        evidence=(f"`{which.name or made.text}`: weights on {found.wanted}; input on {found.device}",),
        also=(record.place,) if record.place.line != made.place.line else (),
    )


def _loss_weight(record: FailureRecord, found: Apart) -> Sign | None:
    """The class weights of a loss are on another device than what it compares."""
    layer = next((one for one in reversed(record.layers) if "Loss" in one.kind), None)
    if layer is None or layer.made is None or record.place is None:
        return None
    weights = [v for _, v in layer.value.items if v.tensor]
    inputs = [v for _, v in layer.inputs if v.tensor]
    if not weights or not inputs or len({v.device for v in inputs}) != 1 or weights[0].device == inputs[0].device:
        return None
    made = record.steps[layer.made]
    here, there = weights[0].device, inputs[0].device
    return Sign(
        place=made.place,
        seen=f"The weights in `{made.text}` are on {here}, the outputs it compares on {there}.",
        instead=bound(made, f"{made.text}.to(device)"),
        evidence=(f"`{layer.name or layer.kind}.weight.device` is {here}",),
        also=(record.place,) if record.place.line != made.place.line else (),
    )


def _made_here(record: FailureRecord, found: Apart) -> Sign | None:
    """The odd tensor was made without a device inside a function that was given tensors: ``torch.zeros(…)`` in
    forward."""
    if found.odd is None or record.place is None:
        return None
    made = _maker(record, found.odd)
    inside = made is not None and not made.place.function.endswith(("__init__", "<module>", "__getitem__"))
    if made is None or not inside or not _has_tensors(record.frames[-1]):
        return None
    if made.place.function != record.place.function and not any(s.kind == "return" for s in record.origins(found.odd)):
        return None
    other = next((n for n, v in record.frames[-1].arguments if v.tensor and v.device == found.wanted), "x")
    text = (
        f"{made.text[:-1]}, device={other}.device)"
        if made.text.endswith(")") and made.bare in MAKES[:13]
        else f"{made.text}.to({other}.device)"
    )
    return Sign(
        place=made.place,
        seen=f"`{made.text}` makes a tensor on {found.device}, and it meets `{other}` on {found.wanted}.",
        instead=bound(made, text),
        evidence=(f"`{found.odd.text}.device` is {found.device}",),
        also=(record.place,) if record.place.line != made.place.line else (),
    )


def _maker(record: FailureRecord, what: Argument) -> Step | None:
    for k, step in enumerate(record.origins(what)):
        if k > 8 or step.kind == "layer":
            return None
        if step.bare in MAKES and not step.called.startswith("Tensor."):
            return step
    return None


def _has_tensors(frame: Frame) -> bool:
    return any(v.tensor for _, v in frame.arguments)


def _given(record: FailureRecord, found: Apart) -> Sign:
    """It came from outside: it is to be moved where it is handed over to the model, or to the loss."""
    frame = _handed_over(record, found)
    step = record.steps[frame.step] if frame.step is not None else found.step
    odd = _odd_in(record, step, found)
    text = step.text if step is not None else frame.text
    name = odd.text if odd is not None else "the input"
    device = _device_name(record, found)
    new = (
        re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w(])", f"{name}.to({device})", text, count=1)
        if odd is not None
        else ""
    )
    if new == text or not new:
        new = text.replace(name, f"{name}.to({device})", 1)
    place = step.place if step is not None else frame.place
    inner = record.place
    return Sign(
        place=place,
        seen=f"`{name}` is on {found.device}, what it meets in `{text}` is on {found.wanted}.",
        instead=new,
        evidence=(f"`{name}.device` is {found.device}",),
        also=(inner,) if inner is not None and inner.line != place.line else (),
    )


def _handed_over(record: FailureRecord, found: Apart) -> Frame:
    """The outermost frame in which a model was given the odd tensor; else the innermost."""
    for frame in record.frames:
        step = record.steps[frame.step] if frame.step is not None else None
        if (
            step is not None
            and step.kind == "layer"
            and any(_on(record, a, found.device) for a in step.operands if a.name != "return")
        ):
            return frame
    return record.frames[-1]


def _on(record: FailureRecord, what: Argument, device: str) -> bool:
    if what.value is not None and what.value.tensor:
        return what.value.device == device
    layer = record.layers[0] if record.layers else None
    return bool(layer and any(v.tensor and v.device == device for _, v in layer.inputs))


def _odd_in(record: FailureRecord, step: Step | None, found: Apart) -> Argument | None:
    if step is None:
        return found.odd
    here = [
        a
        for a in step.operands
        if a.name != "return" and a.value is not None and a.value.tensor and a.value.device == found.device
    ]
    if here:
        return here[0]
    return (
        found.odd
        if found.odd in step.operands
        else next((a for a in step.operands if a.name not in ("return", "self")), found.odd)
    )


def _device_name(record: FailureRecord, found: Apart) -> str:
    """``device``, if the learner has a name for it."""
    for step in record.steps:
        if step.name and step.value is not None and step.value.kind == "device":
            return step.name
        if (
            step.bare in ("to", "cuda")
            and step.operands
            and len(step.operands) > 1
            and re.fullmatch(r"[\w.]+", step.operands[1].text)
        ):
            return step.operands[1].text
    return f'"{found.wanted}"'


MISTAKE = Mistake(
    id="device.two_devices",
    code="D2",
    title="PyTorch brings tensors to one device by itself",
    see="“Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!”",
    why="An operation runs on one device, and its operands must be there. Copying between CPU and GPU is slow, so "
    "PyTorch never does "
    "it in secret.",
    instead="`model.to(device)` once, and `x, y = x.to(device), y.to(device)` for each batch; in `forward`, "
    "`device=x.device` for what is made there",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

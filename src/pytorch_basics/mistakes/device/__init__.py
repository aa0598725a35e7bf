"""Mistakes with devices: a tensor that stayed on another one, a device that this machine does not have. Their rules
read
PyTorch's words and the devices that the operands, the inputs and the weights had.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Layer, Step, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.reading.feeding import calls_in
from pytorch_basics.mistakes.reading.lines import called, statement

APART = re.compile(
    r"Expected all tensors to be on the same device"
    r"|Tensor on device \S+ is not on the expected device"
    r"|tensors are not at the same device"
    r"|Input type \(torch\.(cuda\.|mps\.)?\w*Tensor\) and (weight|bias) type \(torch\.(cuda\.|mps\.)?\w*Tensor\) "
    r"should be the same"
    r"|Unhandled FakeTensor Device Propagation"
    r"|[Ee]xpected (object of )?device type \w+ but got|but got device type|is on (cpu|cuda\S*), (different "
    r"from|but expected)"
    r"|indices should be either on cpu or on the same device"
    r"|Expected a '\w+' device type for generator but found"
    r"|Placeholder storage has not been allocated on MPS"
    r"|Input, output and indices must be on the current device|torch\.\w+\(\): (argument|expected).* device"
)


@dataclass(frozen=True)
class Apart:
    """Two tensors that met on different devices. ``odd`` is the operand that is not where the others are, None where it
    is a layer's own (``layer``). ``device`` is where it is, ``wanted`` where the others are."""

    odd: Argument | None
    device: str
    wanted: str
    step: Step | None
    layer: Layer | None
    input: Value | None = None


def apart(record: FailureRecord) -> Apart | None:
    """What met on different devices, as far as the record knows."""
    if not APART.search(record.message):
        return None
    return _at_layer(record) or _at_operands(record)


def _at_layer(record: FailureRecord) -> Apart | None:
    layer = record.layer
    if layer is None or record.failing is None:
        return None
    weights = [v for _, v in layer.value.items if v.tensor]
    inputs = [(name, v) for name, value in layer.inputs for v in _tensors(value) for name in [name]]
    devices = {v.device for _, v in inputs}
    home = {v.device for v in weights}
    given = [a for a in record.failing.operands if a.name != "return"]
    if len(devices) > 1 and (len(home) == 1 or not home):
        wanted = next(iter(home)) if home else _elsewhere(devices)
        position = next(k for k, (_, v) in enumerate(inputs) if v.device != wanted)
        odd = given[position] if position < len(given) else None
        return Apart(odd, inputs[position][1].device, wanted, record.failing, layer, inputs[position][1])
    if len(devices) == 1 and len(home) == 1 and devices != home:
        return Apart(
            given[0] if given else None, next(iter(devices)), next(iter(home)), record.failing, layer, inputs[0][1]
        )
    return None


def _tensors(value: Value) -> list[Value]:
    if value.tensor:
        return [value]
    return [v for _, item in value.items for v in _tensors(item)] if value.kind in ("tuple", "list") else []


def _elsewhere(devices: set[str]) -> str:
    return next((one for one in sorted(devices) if one != "cpu"), "cpu")


MAKES = (
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
    "normal",
)


def _at_operands(record: FailureRecord) -> Apart | None:
    """The operands of the failing expression; those of its parts on the same line, where it is nested."""
    step = record.failing
    if step is None:
        return None
    steps = [
        step,
        *(s for s in record.origins(step) if s.place.line == step.place.line and s.place.file == step.place.file),
    ]
    for one in steps:
        found = [(a, a.value) for a in one.operands if a.value is not None and a.value.tensor]
        devices = {v.device for _, v in found}
        if len(devices) > 1:
            wanted = _elsewhere(devices)
            odd = next(a for a, v in found if v.device != wanted)
            return Apart(odd, odd.value.device if odd.value else "", wanted, one, None, odd.value)
    return _across(record, steps) or _made_without(record, steps[0]) or _call(record, step)


def _across(record: FailureRecord, steps: list[Step]) -> Apart | None:
    """The tensors on one line, where the parts in between are not known: ``x + self.pe[:, :n]``."""
    found = [
        (a, a.value) for one in steps for a in one.operands if a.value is not None and a.value.tensor and a.value.shape
    ]
    devices = {v.device for _, v in found}
    if len(devices) < 2:
        return None
    wanted = _elsewhere(devices)
    odd, value = next((a, v) for a, v in found if v.device != wanted)
    return Apart(odd, value.device, wanted, steps[0], None, value)


def _made_without(record: FailureRecord, step: Step) -> Apart | None:
    """A part of the expression that makes a tensor and names no device: ``mu + torch.randn(mu.shape)``."""
    wanted = next((a.value.device for a in step.operands if a.value is not None and a.value.tensor), "")
    for a in step.operands:
        for k, made in enumerate(record.origins(a) if a.value is None and wanted not in ("", "cpu") else ()):
            plain = made.called.startswith("torch.") and not made.bare.endswith("_like")
            if k < 4 and plain and made.bare in MAKES and not any(one.name == "device" for one in made.arguments):
                return Apart(a, "cpu", wanted, step, None)
    return None


def _call(record: FailureRecord, step: Step) -> Apart | None:
    if record.call(
        "embedding", "linear", "conv2d", "cross_entropy", "binary_cross_entropy_with_logits", "nll_loss", "mse_loss"
    ):
        return _at_call(record, step)
    return None


def _at_call(record: FailureRecord, step: Step) -> Apart | None:
    for call in reversed(record.inner):
        found = [(name, v) for name, v in call.arguments if v.tensor]
        devices = {v.device for _, v in found}
        if len(devices) > 1:
            wanted = _elsewhere(devices)
            name, value = next((n, v) for n, v in found if v.device != wanted)
            position = {"input": 0, "target": 1, "other": 1}.get(name, -1)
            return Apart(
                step.argument(position, name) if position >= 0 else None, value.device, wanted, step, None, value
            )
    return None


def own_attribute(record: FailureRecord, what: Argument) -> bool:
    """Whether it is a tensor that a model keeps as a plain attribute: ``self.mask``, neither parameter nor buffer."""
    name = what.text.rpartition(".")[2]
    if "." not in what.text or "(" in what.text:
        return False
    models = [note.value for note in record.classes if note.value is not None] + [
        layer.value for layer in record.layers
    ]
    return any((name, "tensor") in model.strays for model in models)


def thrown_away(place: Place, name: str) -> Place | None:
    """A line of this function that says ``x.to(device)`` or ``x.cuda()`` and keeps nothing of it."""
    for where, node in calls_in(place):
        if (
            called(node) in ("to", "cuda", "cpu")
            and where.line < place.line
            and where.text.split("#")[0].strip().startswith(f"{name}.")
        ):
            line = statement(where)
            if line is not None and type(line).__name__ == "Expr" and getattr(line, "value", None) is node:
                return where
    return None

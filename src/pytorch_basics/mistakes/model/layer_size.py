"""A layer is declared for inputs of one size and is given another; only the doctor tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import behind, bound, constructor, resized, sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Layer, Value
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(12, 2))
    return net(torch.rand(4, 8))


def fixed() -> object:
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
    return net(torch.rand(4, 8))


@dataclass(frozen=True)
class _Size:
    """The argument of a constructor that says the size, its position, what it was and what it should be."""

    argument: str
    position: int
    declared: int
    arrives: int


def _size(record: FailureRecord, layer: Layer) -> _Size | None:
    """Which declared size this message complains of."""
    arrives = next((value for _, value in layer.inputs if value.tensor and value.shape), None)
    kind, message = layer.kind.removeprefix("nn."), record.message
    if arrives is None:
        return None
    if kind == "Linear" and "cannot be multiplied" in message:
        return _declared(layer, "in_features", 0, arrives.shape[-1])
    if "must be equal to input_size" in message:
        return _declared(layer, "input_size", 0, arrives.shape[-1])
    if "expecting embedding dimension" in message:
        return _declared(layer, "embed_dim", 0, arrives.shape[-1])
    if kind.startswith("BatchNorm") and "elements not" in message and len(arrives.shape) > 1:
        return _declared(layer, "num_features", 0, arrives.shape[1])
    if kind == "LayerNorm" and "normalized_shape=" in message:
        return _declared(layer, "normalized_shape", 0, arrives.shape[-1])
    if kind.startswith("Conv") and "to have" in message and "channels" in message:
        return _declared(layer, "in_channels", 0, _channels(layer, arrives))
    return None


def _channels(layer: Layer, arrives: Value) -> int:
    kernel = layer.value.setting("kernel_size")
    plain = len(kernel) if isinstance(kernel, tuple) else 2
    return arrives.shape[-plain - 1] if len(arrives.shape) > plain else arrives.shape[0]


def _declared(layer: Layer, name: str, position: int, arrives: int) -> _Size | None:
    declared = layer.value.setting(name)
    if isinstance(declared, tuple) and len(declared) == 1:
        declared = declared[0]
    if not isinstance(declared, int) or isinstance(declared, bool) or declared == arrives:
        return None
    return _Size(name, position, declared, arrives)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch refuses an input whose size is not the declared one."""
    if not isinstance(record, FailureRecord) or record.layer is None or record.place is None:
        return
    layer = record.layer
    size = _size(record, layer)
    if size is None:
        return
    turned = _turned(record, layer, size)
    if turned is not None:
        yield turned
        return
    change = resized(record, layer, size.position, size.argument, size.arrives)
    made = constructor(record, layer)
    shape = next(value.shape for _, value in layer.inputs if value.tensor)
    name = f"`{made.text}`" if made else f"`{layer.name or layer.kind}`"
    seen = f"{name} wants {size.declared} {_WORDS[size.argument]}, and is given an input of shape {sizes(shape)}, with "
    evidence = (f"the shape of the input at line {record.place.line} is {sizes(shape)}",)
    yield Sign(
        place=change.place if change else record.place,
        seen=f"{seen}{size.arrives}.",
        instead=change.instead if change else f"{size.argument}={size.arrives} where this {layer.kind} is made",
        evidence=(*evidence, f"`{layer.name or layer.kind}.{size.argument}` is {size.declared}"),
        also=(*(change.also if change else ()), record.place),
    )


def _turned(record: FailureRecord, layer: Layer, size: _Size) -> Sign | None:
    """A transpose just before has put the samples where the features belong."""
    shape = next(value.shape for _, value in layer.inputs if value.tensor)
    first = record.failing.argument(0, "input", "x") if record.failing else None
    step = behind(record, first, "t", "T", "mT", "transpose", within=2)
    if step is None or len(shape) != 2 or shape[0] != size.declared or record.place is None:
        return None
    before = next((a.text for a in step.operands if a.name in ("self", "")), "x")
    return Sign(
        place=step.place,
        seen=f"`{step.text}` makes {sizes(shape)} of {sizes(shape[::-1])}; `{layer.name}` wants {size.declared} "
        "features in the last dimension, where they were before.",
        instead=bound(step, before),
        evidence=(f"the input has shape {sizes(shape)}", f"`{size.argument}` is {size.declared}"),
        also=(record.place,),
    )


_WORDS = {
    "in_features": "features",
    "input_size": "features",
    "embed_dim": "features",
    "num_features": "channels",
    "normalized_shape": "features",
    "in_channels": "channels",
}

MISTAKE = Mistake(
    id="model.layer_size",
    code="",
    title="A layer takes inputs of any size",
    see="A RuntimeError in the middle of the model: “mat1 and mat2 shapes cannot be multiplied (64x3136 and 784x10)”, "
    "“expected input to have 3 channels, but got 1”, “running_mean should contain 16 elements not 32”.",
    why="A layer's weight is made when the layer is made, for inputs of exactly the size that you declare. What "
    "arrives is what the layers before it give out, and PyTorch does not make the two agree.",
    instead="print the shape just before the layer, and declare that size: the last one for `nn.Linear`, `x.shape[1]` "
    "for `nn.Conv2d` and `nn.BatchNorm2d`",
    broken=broken,
    fixed=fixed,
    signs=signs,
    general=True,
)

"""An image with its channels last goes into a convolution, which wants them first."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Shape
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign


def broken() -> object:
    conv, picture = nn.Conv2d(3, 6, 3), torch.rand(2, 16, 20, 3)
    return conv(picture)


def fixed() -> object:
    conv, picture = nn.Conv2d(3, 6, 3), torch.rand(2, 16, 20, 3)
    return conv(picture.permute(0, 3, 1, 2))


def signs(record: Record) -> Iterator[Sign]:
    """The last size is the number of channels that the convolution wants, and the second is not."""
    if not isinstance(record, FailureRecord) or record.layer is None or record.place is None:
        return
    layer, wanted = record.layer, record.layer.value.setting("in_channels")
    arrives = next((value for _, value in layer.inputs if value.tensor), None)
    if arrives is None or not isinstance(wanted, int) or not layer.kind.startswith("nn.Conv"):
        return
    kernel = layer.value.setting("kernel_size")
    plain = len(kernel) if isinstance(kernel, tuple) else 0
    dims = len(arrives.shape)
    if dims not in (plain + 1, plain + 2) or arrives.shape[-1] != wanted or arrives.shape[-plain - 1] == wanted:
        return
    step = record.failing
    first = step.argument(0, "input", "x") if step else None
    text = first.text if first else "x"
    order = (0, dims - 1, *range(1, dims - 1)) if dims == plain + 2 else (dims - 1, *range(dims - 1))
    after = tuple(arrives.shape[k] for k in order)
    yield Sign(
        place=record.place,
        seen=f"`{text}` has shape {sizes(arrives.shape)}: its {wanted} channels are the last dimension. "
        f"`{layer.name}` looks for them in dimension {order.index(dims - 1)}, and finds {arrives.shape[-plain - 1]}.",
        instead=_call(layer.name, f"{text}.permute({', '.join(map(str, order))})"),
        evidence=(f"`{text}.shape` is {sizes(arrives.shape)}, after the permute {_named(after, plain)}",),
    )


def _call(name: str, inside: str) -> str:
    return f"{name.partition('[')[0]}({inside})"


def _named(shape: Shape, plain: int) -> str:
    names = ("batch", "channels", "height", "width") if plain == 2 else ("batch", "channels", *("size",) * plain)
    return f"{sizes(shape)}, which is ({', '.join(names[-len(shape) :])})"


MISTAKE = Mistake(
    id="model.channels_last",
    code="",
    title="A convolution takes a picture as NumPy and matplotlib have it",
    see="“expected input[1, 32, 32, 3] to have 3 channels, but got 32 channels instead”.",
    why="`nn.Conv2d` wants (batch, channels, height, width). Pictures read with PIL, NumPy or OpenCV are (height, "
    "width, channels).",
    instead="`x.permute(0, 3, 1, 2)` for a batch, `x.permute(2, 0, 1)` for one picture (not `view` or `reshape`: they "
    "would mix the pixels)",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

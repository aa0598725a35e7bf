"""One sample goes into a layer without the dimension for the batch (or for the channels)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import numbers, sizes
from pytorch_basics.instruments.failure.record import FailureRecord, Layer, Shape
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.operations import squeeze_drops_batch


def broken() -> object:
    net, picture = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)), torch.rand(1, 8, 8)
    return net(picture)


def fixed() -> object:
    net, picture = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)), torch.rand(1, 8, 8)
    return net(picture.unsqueeze(0))


def signs(record: Record) -> Iterator[Sign]:
    """A layer refuses a tensor that has one dimension (or two) too few."""
    if not isinstance(record, FailureRecord) or record.layer is None or record.place is None:
        return
    if next(squeeze_drops_batch.signs(record), None) is not None:  # it was there
        return
    layer = record.layer
    arrives = next((value for _, value in layer.inputs if value.tensor), None)
    place = _missing(record, layer, arrives.shape) if arrives else None
    if place is None or arrives is None or record.failing is None:
        return
    first = record.failing.argument(0, "input", "x")
    text = first.text if first else "x"
    what = "channels" if place and 1 in place and 0 not in place else "the batch"
    call = "".join(f".unsqueeze({k})" for k in place)
    yield Sign(
        place=record.place,
        seen=f"`{layer.name}` is given {sizes(arrives.shape)}: a dimension for {what} is missing.",
        instead=f"{layer.name.partition('[')[0]}({text}{call})",
        evidence=(f"the input has {len(arrives.shape)} dimensions", f"PyTorch says: {record.message.splitlines()[0]}"),
    )


def _missing(record: FailureRecord, layer: Layer, shape: Shape) -> tuple[int, ...] | None:
    """Where to unsqueeze."""
    if layer.kind.startswith(("nn.BatchNorm", "nn.InstanceNorm")):
        wanted = numbers(r"expected (\d)D(?: or (\d)D)? input \(got", record.message)
        return (0,) if wanted and len(shape) == wanted[0] - 1 and len(shape) > 0 else None
    if "(unbatched) or" in record.message:
        wanted = numbers(r"Expected (\d)D \(unbatched\)", record.message)
        short = wanted[0] - len(shape) if wanted else 0
        channels = layer.value.setting("in_channels")
        return (0,) if short == 1 and channels == 1 else None
    if layer.kind.startswith("nn.Conv") and "channels, but got" in record.message:
        kernel = layer.value.setting("kernel_size")
        plain = len(kernel) if isinstance(kernel, tuple) else 2
        one = layer.value.setting("in_channels") == 1 and shape[0] != 1 and len(shape) == plain + 1
        return (1,) if one else None
    return None


MISTAKE = Mistake(
    id="model.no_batch",
    code="",
    title="A model takes one sample as it takes a batch",
    see="“expected 4D input (got 3D input)”, “Expected 3D (unbatched) or 4D (batched) input to conv2d”, or the number "
    "of samples is taken for the number of channels.",
    why="Models work on batches, (batch, channels, height, width). One picture is a batch of one, and grey pictures "
    "have one channel: both dimensions must be there.",
    instead="`x.unsqueeze(0)` for a batch of one, `x.unsqueeze(1)` for the channel of a batch of grey pictures",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

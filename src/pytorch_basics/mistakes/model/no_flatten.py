"""Feature maps go into ``nn.Linear`` without being flattened, or flattened together with the batch."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import behind, bound, constructor, flat, sizes, straight
from pytorch_basics.instruments.failure.record import FailureRecord, Layer, Step, Value
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_FLATTENS = ("flatten", "view", "reshape", "ravel")


def broken() -> object:
    conv, output = nn.Conv2d(1, 4, 3), nn.Linear(4 * 6 * 6, 10)
    maps = conv(torch.rand(5, 1, 8, 8)).relu()
    return output(maps)


def fixed() -> object:
    conv, output = nn.Conv2d(1, 4, 3), nn.Linear(4 * 6 * 6, 10)
    maps = conv(torch.rand(5, 1, 8, 8)).relu()
    return output(maps.flatten(1))


def linear(record: Record) -> tuple[FailureRecord, Layer, Value, int] | None:
    """The Linear that refused an input for its size, that input, and the size it was declared for."""
    if not isinstance(record, FailureRecord) or "cannot be multiplied" not in record.message:
        return None
    layer = record.layer
    arrives = next((v for _, v in layer.inputs if v.tensor and v.shape), None) if layer else None
    wanted = layer.value.setting("in_features") if layer and layer.kind == "nn.Linear" else None
    if layer is None or arrives is None or not isinstance(wanted, int) or arrives.shape[-1] == wanted:
        return None
    return record, layer, arrives, wanted


def signs(record: Record) -> Iterator[Sign]:
    """The numbers of one sample, flattened, are exactly what the layer wants."""
    found = linear(record)
    if found is None:
        return
    failure, layer, arrives, wanted = found
    if len(arrives.shape) > 2 and flat(arrives.shape) == wanted:
        yield from _not_flattened(failure, layer, arrives, wanted)
    elif len(arrives.shape) == 1 and arrives.shape[0] % wanted == 0:
        yield from _all_in_one(failure, layer, arrives, wanted)


def _not_flattened(record: FailureRecord, layer: Layer, arrives: Value, wanted: int) -> Iterator[Sign]:
    step, made = record.failing, constructor(record, layer)
    if record.place is None or step is None:
        return
    product = " × ".join(map(str, arrives.shape[1:]))
    place, instead = record.place, f"{layer.name}({_given(step)}.flatten(1))"
    if layer.before and made is not None:  # inside a Sequential: a layer before this one
        place, instead = made.place, f"nn.Flatten(), {made.text}"
    yield Sign(
        place=place,
        seen=f"`{made.text if made else layer.name}` is given {sizes(arrives.shape)} and takes the last size, "
        f"{arrives.shape[-1]}, for the features. Flattened, each of the {arrives.shape[0]} samples has "
        f"{product} = {wanted} numbers, as it wants.",
        instead=instead,
        evidence=(f"the input has shape {sizes(arrives.shape)}", f"{product} = {wanted}, which is `in_features`"),
        also=(record.place,) if place != record.place else (),
    )


def _given(step: Step) -> str:
    argument = step.argument(0, "input", "x")
    return argument.text if argument else "x"


def _all_in_one(record: FailureRecord, layer: Layer, arrives: Value, wanted: int) -> Iterator[Sign]:
    step = record.failing
    first = step.argument(0, "input", "x") if step else None
    line = straight(record, first, ("relu", "float", "contiguous", "Dropout", "ReLU"))
    flattened = line[-1] if line and line[-1].bare in _FLATTENS else behind(record, first, "flatten", "ravel", within=3)
    samples = arrives.shape[0] // wanted
    if flattened is None or record.place is None or samples < 2:
        return
    receiver = next(iter(flattened.operands), None)
    yield Sign(
        place=flattened.place,
        seen=f"`{flattened.text}` flattens the whole batch into one row of {arrives.shape[0]} numbers; "
        f"`{layer.name}` wants {wanted} for each of the {samples} samples.",
        instead=bound(flattened, f"{receiver.text if receiver else 'x'}.flatten(1)"),
        evidence=(f"{arrives.shape[0]} = {samples} × {wanted}",),
        also=(record.place,),
    )


MISTAKE = Mistake(
    id="model.no_flatten",
    code="",
    title="nn.Linear takes the images as they are",
    see="“mat1 and mat2 shapes cannot be multiplied (90x5 and 150x20)”: the first pair of sizes is nothing you know, "
    "because all sizes but the last have been multiplied.",
    why="`nn.Linear` works on the last dimension alone and treats all others as a batch. The maps of a convolution "
    "have three dimensions for each sample; they must become one, and the batch must stay.",
    instead="`x.flatten(1)` before the layer, or `nn.Flatten()` in the `nn.Sequential`: both keep the batch",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

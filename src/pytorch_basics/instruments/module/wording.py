"""The words of a summary: what a row says of a layer, totals, and what is not registered, as sentences.

In go records, out comes text that ``text``, ``html`` and the still picture all use, so they cannot disagree.
"""

from __future__ import annotations

from pytorch_basics.instruments.module.fold import Row
from pytorch_basics.instruments.module.record import LayerRecord, ModuleRecord, ParameterRecord, Shape, StrayRecord
from pytorch_basics.instruments.tensor.wording import caption
from pytorch_basics.instruments.trace.wording import big, count, size

HEADINGS = ("layer", "in", "out", "parameters", "MACs", "FLOPs", "")


def cells(record: ModuleRecord, row: Row) -> tuple[str, str, str, str, str, str, str]:
    """What a row says under each of ``HEADINGS``."""
    layer = record.layers[row.at]
    held = record.held[row.at]
    work = record.work[row.at] * row.times, record.operations[row.at] * row.times
    counted = record.ran and layer.same_as is None and not record.error
    macs, flops = (big(n) if counted and n else "" for n in work)
    times = f"{row.times} × " if row.times > 1 and held else ""
    return (
        title(record, row),
        captions(layer.call.inputs if layer.call else ()),
        captions(layer.call.outputs if layer.call else ()),
        f"{times}{held:,}" if held else "",
        macs,
        flops,
        ", ".join(remarks(record, row)),
    )


def title(record: ModuleRecord, row: Row) -> str:
    """``0: Linear(in_features=2, …)``, ``0–11: 12 × GPT2Block``; the model itself has no name."""
    layer = record.layers[row.at]
    kind = f"{layer.kind}({layer.settings})" if layer.settings else layer.kind
    if row.times > 1:
        return f"{layer.name}–{record.layers[row.last].name}: {row.times} × {kind}"
    return f"{layer.name}: {kind}" if layer.path else kind


def captions(tensors: tuple[tuple[str, Shape], ...]) -> str:
    """``f32[32, 2]``, several joined; at most three."""
    said = [caption(dtype, shape) for dtype, shape in tensors]
    return ", ".join(said if len(said) <= 3 else [*said[:2], f"… {len(said)} in all"])


def remarks(record: ModuleRecord, row: Row) -> list[str]:
    """What is particular about a layer: shared, frozen, in evaluation mode, called more than once, never."""
    layer = record.layers[row.at]
    found = []
    if layer.same_as is not None:
        return [f"the same as {record.layers[layer.same_as].path}"]
    found += [f"{own.name.rpartition('.')[2]} shared: {first}" for own, first in _shared(record, row.at)]
    found += [_frozen(record, row.at)] if _frozen(record, row.at) else []
    if not layer.training and (layer.parent is None or record.layers[layer.parent].training):
        found.append("evaluation mode")
    if layer.training and layer.parent is not None and not record.layers[layer.parent].training:
        found.append("training mode")
    if layer.calls > 1:
        found.append(f"called {layer.calls} times")
    if row.at in record.never_called:
        found.append("never called")
    elif record.ran and not record.error and not layer.calls and layer.touched:
        found.append("used, not called")
    return found


def _shared(record: ModuleRecord, at: int) -> list[tuple[ParameterRecord, str]]:
    own = [p for p in record.parameters if p.layer == at and p.same_as is not None]
    return [(p, record.parameters[p.same_as].name) for p in own if p.same_as is not None]


def _frozen(record: ModuleRecord, at: int) -> str:
    own = [p for p in record.parameters if p.layer == at]
    stuck = [p.name.rpartition(".")[2] for p in own if not p.trainable]
    if not stuck:
        return ""
    return "frozen" if len(stuck) == len(own) else f"{', '.join(stuck)} frozen"


def totals(record: ModuleRecord) -> list[str]:
    """The sums, each with its name."""
    shared = sum(p.same_as is not None for p in record.parameters)
    once = ", shared ones counted once" if shared else ""
    frozen = record.total - record.trainable
    said = [f"{record.total:,} parameters{once}: {record.trainable:,} trainable, {frozen:,} frozen"]
    said += [f"{_numbers(record.buffers):,} numbers in buffers"] if record.buffers else []
    said.append(f"{size(record.nbytes)} for parameters and buffers")
    if record.ran and not record.error:
        said.append(f"forward on {captions(record.inputs)}: {big(record.macs)} MACs, {big(record.flops)} FLOPs")
    lazy = [p.name for p in record.parameters if p.lazy]
    if lazy:
        said.append(f"no shape before the first forward pass: {', '.join(lazy)}")
    return said


def _numbers(tensors: tuple[ParameterRecord, ...]) -> int:
    return sum(t.numel for t in tensors if t.same_as is None)


def stray(one: StrayRecord) -> str:
    """What is not registered, and the line to write instead."""
    owner = f" of {one.owner}" if one.owner else ""
    more = f", the first of {one.count} in {one.where.partition('[')[0]}" if one.count > 1 else ""
    what = {
        "layer": f"{one.where}{owner} is {_a(one.kind)}{more}",
        "parameter": f"{one.where}{owner} is {one.kind} and requires grad{more}",
        "tensor": f"{one.where}{owner} is {one.kind}{more}",
        "called": f"{_a(one.kind)} ran {one.where}{owner} and no layer holds it",
    }[one.what]
    misses = "to(device) and state_dict() leave it behind"
    if one.what != "tensor":
        misses = f"parameters() misses {count(one.numel, 'number')}, so no optimizer trains them"
    return f"{what}: {misses}. Write instead: {one.instead}"


def _a(kind: str) -> str:
    return f"an {kind}" if kind[:1] in "AEIOU" else f"a {kind}"


def never(record: ModuleRecord) -> str:
    """The layers with parameters that this forward pass did not use; a dropout that did not run is no news."""
    paths = [record.layers[k].path for k in record.never_called if record.held[k]]
    return f"never called in this forward pass: {', '.join(paths)}" if paths else ""


def layer_title(layer: LayerRecord) -> str:
    """A layer's path with its class, for a sentence."""
    return f"{layer.path} ({layer.kind})" if layer.path else layer.kind

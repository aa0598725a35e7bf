"""A ReLU layer gives 0 for everything: no number passes on, and no gradient back."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import CARRIES, called, is_layers, makers, own, sites, trained

CALLS = 3
FILLS, FAR_BELOW = ("constant_", "fill_", "full_like", "full"), -1.0
PASSES = CARRIES | {"dropout", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "relu", "batch_norm"}
WEIGHS = ("linear", "conv1d", "conv2d", "conv3d", "addmm", "matmul", "mm", "__matmul__")


def broken() -> Answer:
    return _trained(bias=-100.0)


def fixed() -> Answer:
    return _trained(bias=0.0)


def _trained(bias: float) -> Answer:
    """Whether a small network fits a line, with this bias in its first layer."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x = torch.linspace(-1, 1, 16).unsqueeze(1)
        first, last = nn.Linear(1, 8), nn.Linear(8, 1)
        model = nn.Sequential(first, nn.ReLU(), last)
    with torch.no_grad():
        first.bias.fill_(bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    for _ in range(60):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), x)
        loss.backward()
        optimizer.step()
    return Answer(given=(loss < 0.1).float(), expected=torch.tensor(1.0), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """A ReLU before another layer gave nothing but 0 in all watched calls."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, site in sites(record, "relu", "relu_"):
        out = site.outs[0] if site.outs else None
        if k not in trains or out is None or site.graded < CALLS or out.high != 0 or out.low != 0:
            continue
        if not out.requires_grad or not _feeds_layer(record, k):
            continue
        layer = record.layers[site.layer] if site.layer is not None else None
        path = f" (`{layer.path}`)" if layer is not None and is_layers(record, site) and layer.path else ""
        made = layer.made if layer is not None and is_layers(record, site) else None
        bias = _pushed_down(record, site)
        yield Sign(
            place=bias or made or site.place,
            seen=f"`{called(record, site)}`{path} gave 0 for all {out.shape[-1]} units and every input: nothing "
            "passes, and "
            "nothing before it gets a gradient.",
            instead=f"a bias near 0 in place of `{bias.text}`"
            if bias is not None
            else "smaller steps or smaller weights before it (check the bias and the learning rate); "
            "`nn.LeakyReLU()` keeps a slope below 0",
            evidence=(
                f"every result was 0 in {site.count} of {site.count} watched calls; what came in went from "
                f"{site.ins[0].low:.4g} to {site.ins[0].high:.4g}",
            ),
            also=tuple(dict.fromkeys(p for p in (made, site.place) if p is not None and p != bias)),
        )


def _pushed_down(record: RunRecord, site: SiteRecord) -> Place | None:
    """The learner's line that filled the bias of the layer before with a number well below 0."""
    for k in makers(record, site.ins[0]):
        layer = record.sites[k]
        biases = [one for one in layer.ins[1:] if one.parameter is not None and len(one.shape) == 1]
        for filled in (record.sites[source] for one in biases for source in one.sources):
            value = filled.argument("val", "value", "1", "fill_value")
            if filled.bare in FILLS and own(filled.place) and isinstance(value, (int, float)) and value < FAR_BELOW:
                return filled.place
    return None


def _feeds_layer(record: RunRecord, k: int) -> bool:
    """It ends in a layer, not in a hinge of a loss, where 0 means that all is well."""
    waiting, seen = [k], set[int]()
    while waiting:
        for later in record.consumers[waiting.pop()]:
            site = record.sites[later]
            if later in seen:
                continue
            seen.add(later)
            if site.bare in WEIGHS and any(one.parameter is not None for one in site.ins):
                return True
            if site.bare in PASSES:
                waiting.append(later)
    return False


MISTAKE = Mistake(
    id="training.dead_units",
    code="",
    title="A ReLU that gives 0 comes back by itself",
    see="No error. The loss does not change, the model gives the same answer for every input.",
    why="Below 0 a ReLU gives 0 and its slope is 0. Where that is so for all inputs, no gradient comes through, and no "
    "step can change it.",
    instead="a smaller learning rate, biases that begin at 0, scaled inputs; or `nn.LeakyReLU()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""Gradients shrink from layer to layer on their way back, and the first layers get next to none."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from math import prod, sqrt
from statistics import median

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import ModelRecord, ParameterRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import is_layers, own, sites

LAYERS, STEPS = 4, 3
RATIO, TINY = 1e-5, 1e-5


def broken() -> Answer:
    return _first_layer_moves(nn.Sigmoid)


def fixed() -> Answer:
    return _first_layer_moves(nn.ReLU)


def _first_layer_moves(activation: type[nn.Module]) -> Answer:
    """Whether the first of ten layers gets a gradient worth the name."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x, y = torch.randn(32, 4), torch.randn(32, 1)
        layers = [part for _ in range(9) for part in (nn.Linear(8, 8), activation())]
        model = nn.Sequential(nn.Linear(4, 8), activation(), *layers, nn.Linear(8, 1))
        for p in model.parameters():
            nn.init.kaiming_normal_(p) if p.ndim > 1 else nn.init.zeros_(p)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(4):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    first = model[0].weight.grad
    return Answer(given=float(isinstance(first, torch.Tensor) and first.abs().mean() > 1e-6), expected=1.0, args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """The gradients of the first weights are a tiny part of those of the last, in all watched steps."""
    if not isinstance(record, RunRecord):
        return
    for model in record.models:
        weights = [p for p in _ordered(record, model) if len(p.shape) > 1 and len(p.norms) >= STEPS and p.requires_grad]
        if len(weights) < LAYERS or model.at is None or not own(model.at):
            continue
        first, last = weights[0], weights[-1]
        near, far = _typical(first), _typical(last)
        if 0 < near < RATIO * far and near < TINY and not any(p.nonfinite for p in weights):
            yield Sign(
                place=_squashing(record, model) or model.at,
                seen=f"the gradient of `{first.name}` is {near / far:.1g} times as large as that of `{last.name}`: the "
                f"first of {len(weights)} layers hardly learn.",
                instead="`nn.ReLU()` in place of `nn.Sigmoid()` or `nn.Tanh()` between the layers, a normalisation "
                "(`nn.BatchNorm1d`, `nn.LayerNorm`), or connections around layers (`x + f(x)`)",
                evidence=(
                    f"typical entries of the gradients: {near:.2g} in `{first.name}`, {far:.2g} in `{last.name}`, over "
                    f"{len(first.norms)} watched steps",
                ),
                sure=False,
            )


def _squashing(record: RunRecord, model: ModelRecord) -> Place | None:
    """The line of the model's sigmoids or tanhs, where all of them come from one."""
    layers = [record.layers[k] for k in model.layers if record.layers[k].kind in ("Sigmoid", "Tanh")]
    made = [layer.made for layer in layers]
    inside = [site for _, site in sites(record, "sigmoid", "tanh") if site.layer is None or site.layer in model.layers]
    made += [
        site.place for site in inside if site.graded and site.outs[0].requires_grad and not is_layers(record, site)
    ]
    found = {place for place in made if place is not None and own(place)}
    return found.pop() if len(found) == 1 else None


def _ordered(record: RunRecord, model: ModelRecord) -> list[ParameterRecord]:
    """Its parameters in the order in which its layers ran."""
    order = {layer: k for k, layer in enumerate(model.layers)}
    found = [record.parameters[p] for p in model.parameters]
    return sorted(found, key=lambda p: order.get(p.layer if p.layer is not None else -1, 0))


def _typical(p: ParameterRecord) -> float:
    return median(p.norms) / sqrt(max(1, prod(p.shape)))


MISTAKE = Mistake(
    id="training.vanishing_gradient",
    code="",
    title="More layers learn more",
    see="No error. The loss falls a little and stays; the first layers do not change.",
    why="Backward multiplies by each layer's slope. A sigmoid's is at most 0.25: after ten of them a millionth is "
    "left.",
    instead="`nn.ReLU()` between the layers, normalisation, or connections around layers",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

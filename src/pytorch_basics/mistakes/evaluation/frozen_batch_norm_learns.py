"""A frozen batch norm still learns: its running statistics change in training mode."""

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import LayerRecord, ModelRecord, RunRecord
from pytorch_basics.mistakes.evaluation import mode_line, norms
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own


def _use(switch: bool) -> None:
    with torch.random.fork_rng():
        body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
        body.requires_grad_(False)
        body.train(not switch)
        for _ in range(5):
            body(torch.randn(8, 4))


def broken() -> None:
    _use(switch=False)


def fixed() -> None:
    _use(switch=True)


def signs(record: Record) -> Iterator[Sign]:
    """Batch norm whose weights are frozen, and that ran in training mode."""
    if not isinstance(record, RunRecord):
        return
    for which, model in enumerate(record.models):
        frozen = [(k, record.layers[k]) for k in model.layers if norms(record.layers[k]) and _frozen(record, k)]
        active = [layer for _, layer in frozen if layer.train_graded + layer.train_ungraded >= 2]
        places = [e.place for e in record.of("forward") if e.which == which and e.training and own(e.place)]
        if active and places:
            yield _sign(model, active, len(frozen), places)


def _frozen(record: RunRecord, layer: int) -> bool:
    own_ones = [p for p in record.parameters if p.layer == layer]
    return bool(own_ones) and not any(p.requires_grad or p.backwards or p.changed for p in own_ones)


def _sign(model: ModelRecord, active: list[LayerRecord], frozen: int, places: list[Place]) -> Sign:
    place = places[-1]
    line = mode_line(place, "train", model)
    line = line if line is not None and line.line < place.line else None
    names = ", ".join(f"`{layer.path}`" for layer in active[:3])
    calls = max(layer.train_graded + layer.train_ungraded for layer in active)
    return Sign(
        place=line or place,
        seen=f"{names} ({active[0].kind}) is frozen, but runs in training mode: `running_mean` and `running_var` "
        "change with "
        "every batch.",
        instead=f"`{model.name}.eval()` (or `eval()` of the frozen part, after each `train()`)",
        evidence=(
            f"{len(active)} of {frozen} frozen batch norm layers ran in training mode, up to {calls} times; their "
            "weights "
            "have `requires_grad` False.",
        ),
        sure=False,
        also=(place,) if line is not None else (),
    )


MISTAKE = Mistake(
    id="evaluation.frozen_batch_norm_learns",
    code="",
    title="requires_grad = False freezes a batch norm",
    see="Nothing is trained, and yet the model predicts something else afterwards. No error.",
    why="`running_mean` and `running_var` are buffers, not parameters. Every forward pass in training mode updates "
    "them, "
    "with or without gradients; only evaluation mode leaves them alone.",
    instead="`model.backbone.eval()` after every `model.train()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""A layer's weight is frozen while its bias is trained: the freezing loop counted parameters, not layers."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.owners import made


def _train(kept: int) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        for parameter in list(model.parameters())[:-kept]:
            parameter.requires_grad_(False)
        optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(torch.ones(6, 4)), torch.arange(6) % 2).backward()
            optimizer.step()


def broken() -> None:
    _train(kept=1)


def fixed() -> None:
    _train(kept=2)


def signs(record: Record) -> Iterator[Sign]:
    """In one single layer a matrix does not learn and the bias beside it does (in all layers it would be a method)."""
    if not isinstance(record, RunRecord) or record.of("load"):
        return
    for number, model in enumerate(record.models):
        mine = [record.parameters[k] for k in model.parameters]
        learning = {p.layer for p in mine if p.requires_grad and p.backwards and p.optimizers}
        halves = [p for p in mine if len(p.shape) > 1 and not p.requires_grad and p.layer in learning]
        if len(halves) != 1 or len(learning) != 1 or all(p.requires_grad for p in mine if p.layer not in learning):
            continue
        weight = halves[0]
        bias = next(p for p in mine if p.layer == weight.layer and p.requires_grad)
        place = _freezes(record) or made(weight) or model.at
        if place is None or not own(place) or weight.model != number:
            continue
        yield Sign(
            place=place,
            seen=f"`{weight.name}` {tuple(weight.shape)} is frozen, and only `{bias.name}` of the whole model learns.",
            instead=f"freeze by layers, not by counting parameters: `{weight.name.rpartition('.')[0] or model.name}` "
            "has a weight and a bias, and both are to learn",
            evidence=(
                f"`{weight.name}.requires_grad` is False, `{bias.name}.requires_grad` is True",
                f"{sum(not p.requires_grad for p in mine)} of {len(mine)} parameters are frozen",
            ),
            sure=False,
        )


def _freezes(record: RunRecord) -> Place | None:
    """The only statement in the learner's files that switches ``requires_grad`` off."""
    found, set_there = [], []
    for file in dict.fromkeys(site.place.file for site in record.sites if own(site.place)):
        source = source_of(file)
        for node in ast.walk(source.tree) if source is not None else ():
            if source is not None and isinstance(node, ast.Assign | ast.Expr) and _off(node):
                found.append(source.place_of_line(node.lineno, node))
            elif source is not None and isinstance(node, ast.Assign) and _sets(node):
                set_there.append(source.place_of_line(node.lineno, node))
    some = found or set_there
    return some[0] if len(some) == 1 else None


def _sets(node: ast.Assign) -> bool:
    """``p.requires_grad = name in chosen``."""
    return isinstance(node.targets[0], ast.Attribute) and node.targets[0].attr == "requires_grad"


def _off(node: ast.Assign | ast.Expr) -> bool:
    if isinstance(node, ast.Assign):
        named = isinstance(node.targets[0], ast.Attribute) and node.targets[0].attr == "requires_grad"
        return named and isinstance(node.value, ast.Constant) and node.value.value is False
    call = node.value
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "requires_grad_"


MISTAKE = Mistake(
    id="optim.half_a_layer_frozen",
    code="",
    title="The last parameter is the last layer",
    see="Fine-tuning hardly learns: the loss falls a little at first and stays. No error.",
    why="`parameters()` goes over tensors. The last layer has two, its weight and its bias, so `[:-1]` freezes its "
    "weight as well.",
    instead="`for p in model.features.parameters(): p.requires_grad_(False)`, or all frozen and then "
    "`model.fc.requires_grad_(True)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

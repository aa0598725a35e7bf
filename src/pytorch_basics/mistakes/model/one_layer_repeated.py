"""``[layer] * n`` holds one layer n times, not n layers."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import ModelRecord, ParameterRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import assigned, statement
from pytorch_basics.mistakes.reading.owners import attribute


def broken() -> torch.Tensor:
    with torch.random.fork_rng():
        layers = nn.Sequential(*[nn.Linear(4, 4)] * 3)
        return layers(torch.ones(2, 4))  # type: ignore[no-any-return]  # a module's call gives Any


def fixed() -> torch.Tensor:
    with torch.random.fork_rng():
        layers = nn.Sequential(*[nn.Linear(4, 4) for _ in range(3)])
        return layers(torch.ones(2, 4))  # type: ignore[no-any-return]  # the same


def signs(record: Record) -> Iterator[Sign]:
    """Places of one list or sequence at which the very same module stands, weights and all."""
    if not isinstance(record, RunRecord):
        return
    for model in record.models:
        for paths in model.repeats:
            own = [record.parameters[k] for k in model.parameters]
            inside = [p for p in own if p.name.startswith(f"{paths[0]}.") or p.layer in _at(record, model, paths[0])]
            place = _place(record, model, paths[0], inside)
            if place is None:
                continue
            count = sum(_numel(p) for p in inside)
            yield Sign(
                place=place,
                seen=f"`{paths[0]}` and `{paths[-1]}` are one and the same module: {len(paths)} places share one set "
                "of "
                "weights.",
                instead="`[make() for _ in range(n)]` (one constructor call for each) instead of `[layer] * n`",
                evidence=(
                    f"{len(paths)} places hold {count} numbers in all; with modules of their own they would hold "
                    f"{len(paths) * count}.",
                ),
                sure=False,
            )


def _at(record: RunRecord, model: ModelRecord, path: str) -> set[int]:
    return {k for k in model.layers if record.layers[k].path == path}


def _numel(one: ParameterRecord) -> int:
    total = 1
    for size in one.shape:
        total *= size
    return total


def _place(record: RunRecord, model: ModelRecord, path: str, inside: list[ParameterRecord]) -> Place | None:
    """The line that repeats the module, as far as it can be told: of those that ran when it was made, the one with a
    product; else where the list is assigned; else where the module was made."""
    ran = [place for one in inside[:1] for place in one.made]
    for place in ran:
        if _multiplies(place):
            return place
    parts = path.split(".")[:-1]
    name = next((part for part in reversed(parts) if not part.isdigit()), None)
    found = attribute(record, f"self.{name}", ran[0] if ran else None) if name else None
    if found is None and model.at is not None:
        found = next((place for place, _ in assigned(model.at.file, model.name)), None)
    return found or next(iter(ran), model.at)


def _multiplies(place: Place) -> bool:
    """Whether a list times a number stands in this statement."""
    here = statement(place)
    nodes = (
        ast.walk(here) if here is not None and not isinstance(here, ast.FunctionDef | ast.ClassDef | ast.For) else ()
    )
    products = [n for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult)]
    return any(isinstance(side, ast.List | ast.Tuple) for product in products for side in (product.left, product.right))


MISTAKE = Mistake(
    id="model.one_layer_repeated",
    code="",
    title="[layer] * 3 makes three layers",
    see="The model has fewer parameters than it should, and its layers stay equal. No error.",
    why="`[layer] * 3` is a list that holds the same object three times. `nn.ModuleList` and `nn.Sequential` take it "
    "as it "
    "is: all three share one set of weights.",
    instead="`nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

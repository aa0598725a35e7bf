"""E4: the mean of the batches' means is taken for the mean of the samples, though the last batch is smaller."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import LoaderRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, scope_of

TOO_MUCH = 0.05  # of the average, beyond what the last batch should weigh
MEANS = ("item", "mean", "float", "detach")


def broken() -> Answer:
    loader = _loader()
    total = 0.0
    for (x,) in loader:
        total += x.mean().item()
    return Answer(given=round(total / len(loader), 4), expected=0.1)


def fixed() -> Answer:
    loader = _loader()
    total, seen = 0.0, 0
    for (x,) in loader:
        total += x.sum().item()
        seen += len(x)
    return Answer(given=round(total / seen, 4), expected=0.1)


def _loader() -> DataLoader[tuple[torch.Tensor, ...]]:
    """Ten samples, of which the last makes a batch of its own."""
    return DataLoader(TensorDataset(torch.arange(10.0) // 9), batch_size=3, generator=torch.Generator())


def signs(record: Record) -> Iterator[Sign]:
    """A loop adds up each batch's number, unweighted, and divides by the number of batches; the last one is small."""
    if not isinstance(record, RunRecord):
        return
    graded = {site.place for site in record.sites if site.bare == "backward"} | {e.place for e in record.of("backward")}
    for loader in record.loaders:
        last = _last(loader)
        if last is None or not loader.written or not loader.length:
            continue
        for place in loader.at:
            for line in _averages(place, loader.written, graded) if own(place) else ():
                yield Sign(
                    place=Place.at(place.file, line, place.function),
                    seen=f"each of {loader.length} batches counts alike, but the last holds {last} samples and the "
                    "others "
                    f"{loader.batch_size}.",
                    instead="add up `value * len(x)` and divide by the number of samples",
                    evidence=(
                        f"{loader.drawn} samples in batches of {loader.batch_size}: each of the last {last} counts "
                        f"{(loader.batch_size or 0) / last:.3g} times as much as any other",
                    ),
                    sure=False,
                    also=(place,),
                )


def _last(loader: LoaderRecord) -> int | None:
    """The size of the last batch, where it weighs much too much."""
    if loader.drop_last or not loader.batch_size or not loader.drawn or not loader.length or loader.length < 2:
        return None
    last = loader.drawn % loader.batch_size
    return last if last and 1 / loader.length - last / loader.drawn > TOO_MUCH else None


def _averages(loop: Place, written: str, graded: set[Place]) -> Iterator[int]:
    """Lines that divide by ``len(written)`` what the loop adds up of single numbers."""
    scope = scope_of(loop.file, loop.line)
    body = next((n for n in ast.walk(scope) if isinstance(n, ast.For) and n.iter.lineno == loop.line), None)
    if body is None or any(p.file == loop.file and body.lineno <= p.line <= (body.end_lineno or 0) for p in graded):
        return  # a running loss of the training is only a sign of life
    sums = {
        ast.unparse(n.target)
        for n in ast.walk(body)
        if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add) and _unweighted(n.value)
    }
    for node in ast.walk(scope):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and node.lineno > loop.line:
            above, below = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
            if ast.unparse(below) == f"len({written})" and ast.unparse(above) in sums:
                yield node.lineno


def _unweighted(node: ast.expr) -> bool:
    """``loss.item()``, ``(a == b).float().mean().item()``: one number of a batch, times nothing."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MEANS


MISTAKE = Mistake(
    id="data.mean_of_means",
    code="E4",
    title="The mean of the batches is the mean of the samples",
    see="No error. The number depends on the batch size, and is a little off.",
    why="Each batch counts alike in a mean of means. The samples of a smaller last batch then count more than the "
    "others.",
    instead="`total += loss.item() * len(x)`, `seen += len(x)`, and `total / seen`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

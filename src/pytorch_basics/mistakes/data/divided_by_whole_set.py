"""A sum over the samples that a sampler draws is divided by the size of the whole data set."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import LoaderRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, scope_of


def broken() -> Answer:
    loader = _loader()
    total = 0.0
    for (x,) in loader:
        total += float(x.sum())
    return Answer(given=total / len(loader.dataset), expected=1.0)  # type: ignore[arg-type]  # it has a length


def fixed() -> Answer:
    loader = _loader()
    total = 0.0
    for (x,) in loader:
        total += float(x.sum())
    return Answer(given=total / len(loader.sampler), expected=1.0)  # type: ignore[arg-type]  # it has a length


def _loader() -> DataLoader[tuple[torch.Tensor, ...]]:
    """Two of ten samples."""
    generator = torch.Generator()
    sampler = SubsetRandomSampler([3, 5], generator)
    return DataLoader(TensorDataset(torch.ones(10)), batch_size=2, sampler=sampler, generator=generator)


def signs(record: Record) -> Iterator[Sign]:
    """The loop goes over a loader whose sampler draws a part, and after it something is divided by the whole."""
    if not isinstance(record, RunRecord):
        return
    for loader in record.loaders:
        if loader.size is None or loader.drawn is None or loader.drawn >= loader.size or not loader.written:
            continue
        for place in loader.at:
            for line in _divisions(place, loader.written) if own(place) else ():
                yield _sign(loader, place, line)


def _sign(loader: LoaderRecord, loop: Place, line: int) -> Sign:
    return Sign(
        place=Place.at(loop.file, line, loop.function),
        seen=f"`len({loader.written}.dataset)` is {loader.size}, but the loop over `{loader.written}` saw "
        f"{loader.drawn} samples: its `{loader.sampler}` draws only those.",
        instead=f"`len({loader.written}.sampler)`",
        evidence=(f"the average comes out {(loader.size or 0) / max(1, loader.drawn or 0):.3g} times too small",),
        also=(loop,),
    )


def _divisions(loop: Place, written: str) -> Iterator[int]:
    """Lines in the same function, from the loop on, that divide by ``len(written.dataset)`` what it adds up."""
    scope = scope_of(loop.file, loop.line)
    body = next((n for n in ast.walk(scope) if isinstance(n, ast.For) and n.iter.lineno == loop.line), None)
    if body is None:
        return
    sums = {ast.unparse(n.target) for n in ast.walk(body) if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add)}
    sizes = {f"len({written}.dataset)"}
    for node in ast.walk(scope):  # n = len(loader.dataset)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in sizes and isinstance(node.targets[0], ast.Name):
            sizes = sizes | {node.targets[0].id}
    for node in ast.walk(scope):
        if (
            not isinstance(node, ast.BinOp | ast.AugAssign)
            or not isinstance(node.op, ast.Div)
            or node.lineno < loop.line
        ):
            continue
        above, below = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
        inside = {ast.unparse(part) for part in ast.walk(above) if isinstance(part, ast.Name | ast.Attribute)}
        if ast.unparse(below) in sizes and inside & sums:
            yield node.lineno


MISTAKE = Mistake(
    id="data.divided_by_whole_set",
    code="",
    title="len(loader.dataset) is what the loader gives",
    see="No error. The average loss or the accuracy is too small by a constant factor.",
    why="A sampler chooses among the samples; the data set behind the loader is still the whole one. "
    "`len(loader.dataset)` "
    "knows nothing of the choice.",
    instead="`len(loader.sampler)`; or count while you go: `seen += len(x)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""An iterable data set gives all its samples in every worker, so each sample comes several times."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.run.record import LoaderRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import called

DRAWS = (
    "rand",
    "randn",
    "randint",
    "random",
    "normal",
    "uniform",
    "choice",
    "randrange",
    "gauss",
    "sample",
    "integers",
)


class _Numbers(IterableDataset[torch.Tensor]):
    def __iter__(self) -> Iterator[torch.Tensor]:
        for k in range(4):
            yield torch.tensor(k)


class _Shared(IterableDataset[torch.Tensor]):
    def __iter__(self) -> Iterator[torch.Tensor]:
        worker = get_worker_info()
        for k in range(worker.id, 4, worker.num_workers) if worker is not None else range(4):
            yield torch.tensor(k)


def broken() -> Answer:
    return _count(_Numbers())


def fixed() -> Answer:
    return _count(_Shared())


def _count(data: IterableDataset[torch.Tensor]) -> Answer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's on forking, which has nothing to do with this
        samples = sum(len(batch) for batch in DataLoader(data, batch_size=2, num_workers=2))
    return Answer(given=samples, expected=4)


def signs(record: Record) -> Iterator[Sign]:
    """Several workers, and a data set whose ``__iter__`` goes over its samples and never asks which worker it is in."""
    if not isinstance(record, RunRecord):
        return
    for loader in record.loaders:
        if loader.workers < 2 or loader.size is not None or loader.seeded or not loader.at or not own(loader.at[0]):
            continue
        found = _iter(loader)
        if found is None:
            continue
        source, method = found
        goes = next((node for node in ast.walk(method) if isinstance(node, ast.For)), method)
        place = source.place_of_line(goes.lineno, goes)
        yield Sign(
            place=place,
            seen=f"Each of {loader.workers} workers has its own copy of `{loader.dataset}` and goes over all of it: "
            f"every sample comes {loader.workers} times in an epoch.",
            instead="`info = torch.utils.data.get_worker_info()` in `__iter__`, and only every "
            "`info.num_workers`-th sample, from `info.id` on",
            evidence=(
                f"`num_workers={loader.workers}`, `{loader.dataset}` is an `IterableDataset`, and it never asks "
                "for `get_worker_info()`",
            ),
            sure=False,
            also=tuple(one for one in (loader.made, loader.at[0]) if one is not None),
        )


def _iter(loader: LoaderRecord) -> tuple[Source, ast.FunctionDef] | None:
    """Its ``__iter__``, when it reads samples alike in each process: it draws nothing, and asks for no worker."""
    source = source_of(loader.at[0].file)
    for node in ast.walk(source.tree) if source is not None else ():
        if isinstance(node, ast.ClassDef) and node.name == loader.dataset.rpartition(".")[2]:
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            drawn = any(called(one) in DRAWS for method in methods[1:] or methods for one in ast.walk(method))
            mine = next((one for one in methods if one.name == "__iter__"), None)
            asks = any(_asks(one) for part in _with_helpers(source, node) for one in ast.walk(part))
            return None if drawn or asks or mine is None or source is None else (source, mine)
    return None


def _with_helpers(source: Source | None, owner: ast.ClassDef) -> list[ast.AST]:
    """The class, its bases, and the file's functions and classes that it names."""
    named = {part.id for part in ast.walk(owner) if isinstance(part, ast.Name)}
    tops = source.tree.body if source is not None else []
    return [owner, *(one for one in tops if getattr(one, "name", "") in named)]


def _asks(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("get_worker_info", "worker_init_fn", "get_rank", "split_dataset_by_node")


MISTAKE = Mistake(
    id="data.stream_in_every_worker",
    code="",
    title="The workers share an iterable data set",
    see="No error. An epoch has as many times the samples as there are workers, and each sample comes that often.",
    why="A worker process has a copy of the data set. For one with `__getitem__` the sampler deals the indices out; "
    "one with `__iter__` gives what it gives, in each worker all of it.",
    instead="in `__iter__`: `info = get_worker_info()`, then `itertools.islice(samples, info.id, None, "
    "info.num_workers)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

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
    def __init__(self, shared: bool) -> None:
        self.shared = shared

    def __iter__(self) -> Iterator[torch.Tensor]:
        worker = get_worker_info()
        first, every = (worker.id, worker.num_workers) if self.shared and worker is not None else (0, 1)
        for k in range(first, 4, every):
            yield torch.tensor(k)


def broken() -> Answer:
    return _count(_Numbers(shared=False))


def fixed() -> Answer:
    return _count(_Numbers(shared=True))


def _count(data: _Numbers) -> Answer:
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
                f"`num_workers={loader.workers}`, `{loader.dataset}` is an `IterableDataset`, and nothing in its file "
                "asks for `get_worker_info()`",
            ),
            sure=False,
            also=tuple(one for one in (loader.made, loader.at[0]) if one is not None),
        )


def _iter(loader: LoaderRecord) -> tuple[Source, ast.FunctionDef] | None:
    """Its ``__iter__``, when it reads samples alike in each process: it draws nothing, and asks for no worker."""
    source = source_of(loader.at[0].file)
    if source is None or any(_asks(node) for node in ast.walk(source.tree)):
        return None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == loader.dataset.rpartition(".")[2]:
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            drawn = any(called(one) in DRAWS for method in methods[1:] or methods for one in ast.walk(method))
            mine = next((one for one in methods if one.name == "__iter__"), None)
            return None if drawn or mine is None else (source, mine)
    return None


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

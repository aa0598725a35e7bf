"""What the exercises on data look at: data sets, loaders and loops at work.

In go a learner's function or class and a case; out come plain facts. The sandbox starts no processes, so a worker is
set up here as PyTorch sets up its own: a copy of the data set, its worker's seed, and what ``get_worker_info`` gives.
That PyTorch's real workers do the same is a test. The module of a probe travels to the sandbox by value, and the rest
of the topic must not.
"""
# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for hooks.

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector
from torch.utils.data import DataLoader, Dataset, TensorDataset
from torch.utils.data._utils import worker as torch_worker

Answer = Callable[..., Any]

# --- windows


def probe_windows(answer: Answer, series: Tensor, width: int) -> dict[str, Any]:
    """All samples that the length promises, and what comes right after them."""
    windows = answer(series, width)
    return {
        "length": len(windows),
        "samples": [_sample(windows, k) for k in range(len(windows))],
        "past the end": _sample(windows, len(windows)),
    }


def _sample(windows: Any, k: int) -> Any:
    try:
        sample = windows[k]
    except IndexError:
        return "IndexError"
    return tuple(sample) if isinstance(sample, list) else sample


# --- my_loader


def probe_my_loader(answer: Answer, columns: list[Tensor], batch_size: int, **settings: bool) -> dict[str, Any]:
    """A first batch, from an epoch that is broken off, and then two whole epochs."""
    generator = torch.Generator().manual_seed(torch.initial_seed() + 1)
    loader = answer(TensorDataset(*columns), batch_size, generator=generator, **settings)
    first = next(iter(loader), None)
    return {
        "len(loader)": len(loader),
        "a first batch": _plain(first),
        "epoch 1": [_plain(batch) for batch in loader],
        "epoch 2": [_plain(batch) for batch in loader],
    }


def _plain(batch: Any) -> Any:
    return tuple(batch) if isinstance(batch, list) else batch


# --- pad


def probe_pad(answer: Answer, samples: list[tuple[Tensor, int]]) -> Any:
    """What it makes of a batch; a list will do for a tuple."""
    return _plain(answer(samples))


# --- seed_worker


class _Noisy(Dataset[Tensor]):
    """A data set with a generator of its own."""

    def __init__(self) -> None:
        self.generator = torch.Generator().manual_seed(0)

    def __len__(self) -> int:
        return 8

    def __getitem__(self, k: int) -> Tensor:
        return torch.rand((), generator=self.generator)


@contextmanager
def _worker(dataset: Any, number: int, count: int, base_seed: int) -> Iterator[Any]:
    """As in worker ``number`` of ``count``: what is set there before the first sample. Gives the worker's copy."""
    seed = base_seed + number
    copy = deepcopy(dataset)
    torch.default_generator.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    info: Any = torch_worker.WorkerInfo(id=number, num_workers=count, seed=seed, dataset=copy)
    torch_worker._worker_info = info
    try:
        yield copy
    finally:
        torch_worker._worker_info = None


def probe_seed_worker(answer: Answer, workers: int, base_seed: int) -> dict[str, bool]:
    """Two epochs, and the first of them again: which of the workers' numbers are the same."""
    first, second, again = (_numbers(answer, workers, base) for base in (base_seed, 7 * base_seed + 1, base_seed))
    return {
        "the workers of an epoch draw different numbers": len(set(first)) == workers,
        "the next epoch draws others": first[0] != second[0],
        "the same seed repeats them": first == again,
    }


def _numbers(answer: Answer, workers: int, base_seed: int) -> list[tuple[float, ...]]:
    found = []
    for number in range(workers):
        with _worker(_Noisy(), number, workers, base_seed) as copy:
            answer(number)
            found.append(tuple(copy[k].item() for k in range(4)))
    return found


# --- stream


def probe_stream(answer: Answer, stop: int, workers: int) -> dict[str, Any]:
    """What one process gives; or what came from all workers together."""
    stream = answer(stop)
    if not workers:
        return {"numbers": [int(number) for number in stream]}
    parts = []
    for number in range(workers):
        with _worker(stream, number, workers, 1):
            parts.append([int(given) for given in stream])
    times = Counter(given for part in parts for given in part)
    return {
        "never given": sum(number not in times for number in range(stop)),
        "given more than once": sum(count > 1 for count in times.values()),
        "not asked for": sum(number not in range(stop) for number in times),
        "workers with nothing to do": sum(not part for part in parts),
    }


# --- make_loaders


def probe_make_loaders(answer: Answer, rows: int, batch_size: int, seed: int) -> dict[str, Any]:
    """Two epochs of both loaders; the same again while PyTorch's own random row stands elsewhere; and another seed."""
    data = TensorDataset(torch.arange(rows))
    train, val = _epochs(answer, data, batch_size, seed)
    torch.rand(3)
    again, val_again = _epochs(answer, data, batch_size, seed)
    other, val_other = _epochs(answer, data, batch_size, seed + 1)
    return {
        "validation samples": len(val[0]),
        "training samples": len(train[0]),
        "samples in both": bool({*train[0]} & {*val[0]}),
        "samples in none": len({*train[0]} | {*val[0]}) < rows,
        "split at random": max(val[0]) - min(val[0]) >= len(val[0]),
        "training order changes": train[0] != train[1],
        "validation order stays": val[0] == val[1],
        "the seed repeats the split": set(val[0]) == set(val_again[0]),
        "the seed repeats the orders": (train, val) == (again, val_again),
        "another seed, another split": set(val[0]) != set(val_other[0]),
        "another seed, another order": train[0] != other[0],
    }


def _epochs(answer: Answer, data: Dataset[Any], batch_size: int, seed: int) -> tuple[list[list[int]], list[list[int]]]:
    """Two epochs of each loader, one after the other as in training, with other random numbers drawn between."""
    loaders = answer(data, batch_size, seed)
    epochs: tuple[list[list[int]], list[list[int]]] = ([], [])
    for _ in range(2):
        torch.rand(2)
        for loader, found in zip(loaders, epochs, strict=True):
            found.append([number for (batch,) in loader for number in batch.tolist()])
    return epochs


# --- overfit and fit


def make(model: str) -> nn.Module:
    """``"Linear(2, 1)"`` as a model."""
    made: nn.Module = eval(model, vars(nn))
    return made


def place(model: nn.Module) -> Tensor:
    """All parameters of a model in one row."""
    return parameters_to_vector(model.parameters()).detach().clone()


def loader(columns: list[Tensor], batch_size: int, shuffle: bool) -> DataLoader[Any]:
    """With a generator of its own, so that nobody else's draws count."""
    own = torch.Generator().manual_seed(1)
    return DataLoader(TensorDataset(*columns), batch_size, shuffle=shuffle, generator=own)


def probe_overfit(answer: Answer, model: str, x: Tensor, y: Tensor, batch_size: int, steps: int) -> dict[str, Any]:
    """What it returned, how many samples the model has met, and where it stands in the end."""
    net = make(model)
    met: set[tuple[float, ...]] = set()
    net.register_forward_pre_hook(lambda module, args: met.update(map(tuple, args[0].tolist())))
    returned = answer(net, loader([x, y], batch_size, True), steps)
    return {"samples that the model met": len(met), "returned": returned, "parameters": place(net)}


def probe_fit(
    answer: Answer, model: str, train: list[Tensor], val: list[Tensor], batch_size: int, epochs: int
) -> dict[str, Any]:
    """What it returned, where the model stands, and whether graphs were kept while it was only measured."""
    net = make(model)
    kept: list[bool] = []
    net.train(epochs % 2 == 0)  # in either mode
    known = {tuple(row) for row in val[0].tolist()}

    def look(module: nn.Module, args: Any, output: Tensor) -> None:
        if tuple(args[0][0].tolist()) in known:
            kept.append(output.requires_grad)

    net.register_forward_hook(look)
    returned = answer(net, loader(train, batch_size, True), loader(val, batch_size, False), epochs)
    return {
        "batches of validation data": len(kept),
        "graphs kept in validation": any(kept),
        "parameters": place(net),
        "returned": returned,
    }

"""A data set has a random generator of its own, and every worker process gets a copy in the same state."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy
import torch
from torch.utils.data import DataLoader, Dataset

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign


class _Noise(Dataset[torch.Tensor]):
    def __init__(self, own: bool) -> None:
        self.rng = numpy.random.default_rng(7) if own else None

    def __len__(self) -> int:
        return 4

    def __getitem__(self, k: int) -> torch.Tensor:
        if self.rng is not None:
            return torch.tensor(self.rng.normal())
        return torch.randn(())


def broken() -> Answer:
    return _drawn(_Noise(own=True))


def fixed() -> Answer:
    return _drawn(_Noise(own=False))


def _drawn(data: Dataset[torch.Tensor]) -> Answer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's on forking, which has nothing to do with this
        loader = DataLoader(data, batch_size=1, num_workers=2, generator=torch.Generator())
        numbers = [round(float(one), 6) for one in loader]
    return Answer(given=len(set(numbers)), expected=4)


def signs(record: Record) -> Iterator[Sign]:
    """Workers, a generator in the data set, and nobody who seeds it anew in each of them."""
    if not isinstance(record, RunRecord):
        return
    for loader in record.loaders:
        again = loader.workers > 1 or (loader.workers == 1 and loader.iterators > 1)
        if not again or loader.seeded:
            continue
        for name, place in loader.generators:
            yield Sign(
                place=place,
                seen=f"`{name}` of `{loader.dataset}` is copied into each of {loader.workers} worker processes, in the "
                "same state: they draw the same numbers, and again in each epoch."
                if loader.workers > 1
                else f"`{name}` of `{loader.dataset}` is copied into a new worker process in each epoch, in the same "
                "state: each epoch draws the same numbers.",
                instead="draw from PyTorch (`torch.randn`, `torch.rand`: seeded in each worker and each epoch), or "
                "make "
                f"`{name}` anew in a `worker_init_fn` from `torch.initial_seed()`",
                evidence=(
                    f"`num_workers={loader.workers}`, no `worker_init_fn`, and `{name}` is drawn from at line "
                    f"{place.line}",
                ),
                also=(loader.at[:1]),
            )


MISTAKE = Mistake(
    id="data.generator_in_workers",
    code="",
    title="Each worker draws its own random numbers",
    see="No error. The same augmentation occurs in as many samples as there are workers, and in each epoch again.",
    why="A worker process is a copy of this one, generators included. PyTorch seeds its own, Python's and NumPy's "
    "global ones anew in each worker; a generator that the data set keeps is not among them.",
    instead="random numbers from `torch` in `__getitem__`, or a `worker_init_fn` that seeds the data set's generator "
    "from `torch.initial_seed()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

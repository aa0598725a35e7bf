"""References and named wrong solutions of the exercises on data and the loop, in the lesson's order.

In go the functions and classes below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of
each computes what is expected. One file although long: every entry stands alone, and the order is that of
``exercises.py``.
"""
# PyTorch declares no types for `backward`, calling a module gives Any, and `get_worker_info()` is maybe None; these
# read as a learner writes them.
# mypy: disable-error-code="no-untyped-call, no-any-return, no-untyped-def, type-arg, union-attr, arg-type"

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    default_collate,
    get_worker_info,
    random_split,
)

from pytorch_basics.practice.exercise import Solutions, Wrong

# --- windows


class Windows(Dataset):
    def __init__(self, series: Tensor, width: int) -> None:
        self.series = series
        self.width = width

    def __len__(self) -> int:
        return max(0, len(self.series) - self.width)

    def __getitem__(self, k: int) -> Any:
        return self.series[k : k + self.width], self.series[k + self.width]


class WindowsPrepared(Dataset):
    def __init__(self, series: Tensor, width: int) -> None:
        starts = range(len(series) - width)
        self.pairs = [(series[k : k + width], series[k + width]) for k in starts]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, k: int) -> Any:
        return self.pairs[k]


class WindowsAsLongAsTheSeries(Windows):
    def __len__(self) -> int:
        return len(self.series)


class WindowsOneTooMany(Windows):
    def __len__(self) -> int:
        return max(0, len(self.series) - self.width + 1)


class WindowsOneTooFew(Windows):
    def __len__(self) -> int:
        return max(0, len(self.series) - self.width - 1)


class WindowsNegative(Windows):
    def __len__(self) -> int:
        return len(self.series) - self.width


class WindowsWithoutLength(Dataset):
    def __init__(self, series: Tensor, width: int) -> None:
        self.series = series
        self.width = width

    def __getitem__(self, k: int) -> Any:
        return self.series[k : k + self.width], self.series[k + self.width]


class WindowsOfTheLast(Windows):
    def __getitem__(self, k: int) -> Any:
        if k >= len(self):
            raise IndexError(k)
        return self.series[k : k + self.width], self.series[k + self.width - 1]


class WindowsTooWide(Windows):
    def __getitem__(self, k: int) -> Any:
        return self.series[k : k + self.width + 1], self.series[k + self.width]


class WindowsApart(Windows):
    def __len__(self) -> int:
        return max(0, (len(self.series) - 1) // self.width)

    def __getitem__(self, k: int) -> Any:
        start = k * self.width
        return self.series[start : start + self.width], self.series[start + self.width]


class WindowsWithoutEnd(Windows):
    def __getitem__(self, k: int) -> Any:
        return self.series[k : k + self.width], self.series[min(k + self.width, len(self.series) - 1)]


# --- my_loader


class Loader:
    def __init__(
        self,
        dataset: Any,
        batch_size: int,
        shuffle: bool = False,
        drop_last: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator

    def __len__(self) -> int:
        if self.drop_last:
            return len(self.dataset) // self.batch_size
        return math.ceil(len(self.dataset) / self.batch_size)

    def order(self) -> list[int]:
        if self.shuffle:
            return torch.randperm(len(self.dataset), generator=self.generator).tolist()
        return list(range(len(self.dataset)))

    def __iter__(self) -> Iterator[Any]:
        order = self.order()
        for number in range(len(self)):
            rows = order[number * self.batch_size : (number + 1) * self.batch_size]
            samples = [self.dataset[k] for k in rows]
            yield tuple(torch.stack(parts) for parts in zip(*samples, strict=True))


class LoaderOfParts:
    def __init__(self, dataset, batch_size, shuffle=False, drop_last=False, generator=None) -> None:
        self.dataset, self.batch_size, self.generator = dataset, batch_size, generator
        self.shuffle, self.drop_last = shuffle, drop_last

    def __len__(self) -> int:
        whole, rest = divmod(len(self.dataset), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        n = len(self.dataset)
        order = torch.randperm(n, generator=self.generator) if self.shuffle else torch.arange(n)
        parts = order.split(self.batch_size)
        return iter([default_collate([self.dataset[k] for k in part]) for part in parts[: len(self)]])


class LoaderInOneOrder(Loader):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = super().order()

    def order(self) -> list[int]:
        return self.kept


class LoaderThatRunsOut(Loader):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batches = super().__iter__()

    def __iter__(self) -> Iterator[Any]:
        return self.batches


class LoaderWithoutLast(Loader):
    def __len__(self) -> int:
        return len(self.dataset) // self.batch_size


class LoaderOfAll(Loader):
    def __len__(self) -> int:
        return math.ceil(len(self.dataset) / self.batch_size)


class LoaderCountingSamples(Loader):
    def __len__(self) -> int:
        return len(self.dataset)

    def __iter__(self) -> Iterator[Any]:
        order, many = self.order(), Loader.__len__(self)
        for number in range(many):
            rows = order[number * self.batch_size : (number + 1) * self.batch_size]
            yield tuple(torch.stack(parts) for parts in zip(*[self.dataset[k] for k in rows], strict=True))


class LoaderNotShuffling(Loader):
    def order(self) -> list[int]:
        return list(range(len(self.dataset)))


class LoaderAlwaysShuffling(Loader):
    def order(self) -> list[int]:
        return torch.randperm(len(self.dataset), generator=self.generator).tolist()


class LoaderOfGlobal(Loader):
    def order(self) -> list[int]:
        if self.shuffle:
            return torch.randperm(len(self.dataset)).tolist()
        return list(range(len(self.dataset)))


class LoaderOfShuffledBatches(Loader):
    def __iter__(self) -> Iterator[Any]:
        batches = list(LoaderNotShuffling(self.dataset, self.batch_size, drop_last=self.drop_last))
        order = torch.randperm(len(batches), generator=self.generator).tolist() if self.shuffle else range(len(batches))
        for k in order:
            yield batches[k]


class LoaderOfSamples(Loader):
    def __iter__(self) -> Iterator[Any]:
        order = self.order()
        for number in range(len(self)):
            yield [self.dataset[k] for k in order[number * self.batch_size : (number + 1) * self.batch_size]]


class LoaderOfOrderedLabels(Loader):
    def __iter__(self) -> Iterator[Any]:
        ordered = LoaderNotShuffling(self.dataset, self.batch_size, drop_last=self.drop_last)
        for mixed, straight in zip(super().__iter__(), ordered, strict=True):
            yield (mixed[0], *straight[1:])


# --- pad


def pad(samples: list[tuple[Tensor, int]]) -> Any:
    sequences = [sequence for sequence, _ in samples]
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    labels = torch.tensor([label for _, label in samples])
    return pad_sequence(sequences, batch_first=True), lengths, labels


def pad_by_hand(samples: list[tuple[Tensor, int]]) -> Any:
    longest = max(len(sequence) for sequence, _ in samples)
    padded = torch.zeros(len(samples), longest, dtype=samples[0][0].dtype)
    for row, (sequence, _) in enumerate(samples):
        padded[row, : len(sequence)] = sequence
    lengths, labels = zip(*((len(sequence), label) for sequence, label in samples), strict=True)
    return padded, torch.tensor(lengths), torch.tensor(labels)


def pad_time_first(samples: list[tuple[Tensor, int]]) -> Any:
    _, lengths, labels = pad(samples)
    return pad_sequence([sequence for sequence, _ in samples]), lengths, labels


def pad_in_front(samples: list[tuple[Tensor, int]]) -> Any:
    padded, lengths, labels = pad(samples)
    longest = padded.shape[1]
    for row, (sequence, _) in enumerate(samples):
        padded[row] = torch.cat([sequence.new_zeros(longest - len(sequence)), sequence])
    return padded, lengths, labels


def pad_cut(samples: list[tuple[Tensor, int]]) -> Any:
    shortest = min(len(sequence) for sequence, _ in samples)
    _, lengths, labels = pad(samples)
    return torch.stack([sequence[:shortest] for sequence, _ in samples]), lengths, labels


def pad_lengths_after(samples: list[tuple[Tensor, int]]) -> Any:
    padded, _, labels = pad(samples)
    return padded, torch.tensor([len(row) for row in padded]), labels


def pad_to_floats(samples: list[tuple[Tensor, int]]) -> Any:
    padded, lengths, labels = pad(samples)
    return padded.float(), lengths, labels


def pad_float_labels(samples: list[tuple[Tensor, int]]) -> Any:
    padded, lengths, labels = pad(samples)
    return padded, lengths, labels.float()


def pad_lists(samples: list[tuple[Tensor, int]]) -> Any:
    padded, lengths, labels = pad(samples)
    return padded, lengths.tolist(), labels.tolist()


def pad_sorted(samples: list[tuple[Tensor, int]]) -> Any:
    return pad(sorted(samples, key=lambda sample: -len(sample[0])))


def pad_without_lengths(samples: list[tuple[Tensor, int]]) -> Any:
    padded, _, labels = pad(samples)
    return padded, labels


def pad_stacked(samples: list[tuple[Tensor, int]]) -> Any:
    return torch.stack([sequence for sequence, _ in samples]), *pad(samples)[1:]


# --- seed_worker


def seed_worker(worker_id: int) -> None:
    info = get_worker_info()
    info.dataset.generator.manual_seed(info.seed)


def seed_worker_from_torch(worker_id: int) -> None:
    dataset: Any = torch.utils.data.get_worker_info().dataset
    dataset.generator = torch.Generator().manual_seed(torch.initial_seed())


def seed_worker_by_id(worker_id: int) -> None:
    get_worker_info().dataset.generator.manual_seed(worker_id)


def seed_worker_globally(worker_id: int) -> None:
    torch.manual_seed(torch.initial_seed() + worker_id)


def seed_worker_from_clock(worker_id: int) -> None:
    get_worker_info().dataset.generator.seed()


def seed_worker_of_epoch(worker_id: int) -> None:
    info = get_worker_info()
    info.dataset.generator.manual_seed(info.seed - info.id)


# --- stream


class Stream(IterableDataset):
    def __init__(self, stop: int) -> None:
        self.stop = stop

    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        if info is None:
            return iter(range(self.stop))
        return iter(range(info.id, self.stop, info.num_workers))


class StreamInBlocks(IterableDataset):
    def __init__(self, stop: int) -> None:
        self.stop = stop

    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        worker, workers = (0, 1) if info is None else (info.id, info.num_workers)
        first, last = worker * self.stop // workers, (worker + 1) * self.stop // workers
        yield from range(first, last)


class StreamToAll(Stream):
    def __iter__(self) -> Iterator[int]:
        return iter(range(self.stop))


class StreamOfOne(Stream):
    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        if info is None or info.id == 0:
            yield from range(self.stop)


class StreamWithoutRest(Stream):
    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        if info is None:
            return iter(range(self.stop))
        each = self.stop // info.num_workers
        return iter(range(info.id * each, (info.id + 1) * each))


class StreamOfWorkersOnly(Stream):
    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        return iter(range(info.id, self.stop, info.num_workers))


class StreamFromOne(Stream):
    def __iter__(self) -> Iterator[int]:
        return (number + 1 for number in Stream.__iter__(self))


# --- make_loaders


def make_loaders(dataset: Any, batch_size: int, seed: int) -> Any:
    generator = torch.Generator().manual_seed(seed)
    count = len(dataset) // 5
    train, val = random_split(dataset, [len(dataset) - count, count], generator=generator)
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(val, batch_size)


def make_loaders_by_hand(dataset: Any, batch_size: int, seed: int) -> Any:
    order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(seed)).tolist()
    count = len(dataset) // 5
    train_loader = DataLoader(
        Subset(dataset, order[count:]),
        batch_size=batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
    )
    return train_loader, DataLoader(Subset(dataset, order[:count]), batch_size=batch_size)


def _split(dataset: Any, seed: int) -> Any:
    count = len(dataset) // 5
    return random_split(dataset, [len(dataset) - count, count], generator=torch.Generator().manual_seed(seed))


def loaders_overlapping(dataset: Any, batch_size: int, seed: int) -> Any:
    generator = torch.Generator().manual_seed(seed)
    _, val = random_split(dataset, [0.8, 0.2], generator=generator)
    return DataLoader(dataset, batch_size, shuffle=True, generator=generator), DataLoader(val, batch_size)


def loaders_split_twice(dataset: Any, batch_size: int, seed: int) -> Any:
    generator = torch.Generator().manual_seed(seed)
    train, _ = random_split(dataset, [0.8, 0.2], generator=generator)
    _, val = random_split(dataset, [0.8, 0.2], generator=generator)
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(val, batch_size)


def loaders_in_order(dataset: Any, batch_size: int, seed: int) -> Any:
    count = len(dataset) - len(dataset) // 5
    train, val = Subset(dataset, range(count)), Subset(dataset, range(count, len(dataset)))
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(val, batch_size)


def loaders_not_shuffling(dataset: Any, batch_size: int, seed: int) -> Any:
    train, val = _split(dataset, seed)
    return DataLoader(train, batch_size), DataLoader(val, batch_size)


def loaders_shuffling_both(dataset: Any, batch_size: int, seed: int) -> Any:
    train, val = _split(dataset, seed)
    own, other = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
    return (
        DataLoader(train, batch_size, shuffle=True, generator=own),
        DataLoader(val, batch_size, shuffle=True, generator=other),
    )


def loaders_of_global_split(dataset: Any, batch_size: int, seed: int) -> Any:
    train, val = random_split(dataset, [len(dataset) - len(dataset) // 5, len(dataset) // 5])
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(val, batch_size)


def loaders_of_global_order(dataset: Any, batch_size: int, seed: int) -> Any:
    train, val = _split(dataset, seed)
    return DataLoader(train, batch_size, shuffle=True), DataLoader(val, batch_size)


def loaders_of_one_seed(dataset: Any, batch_size: int, seed: int) -> Any:
    return make_loaders(dataset, batch_size, 0)


def loaders_dropping(dataset: Any, batch_size: int, seed: int) -> Any:
    train, val = _split(dataset, seed)
    generator = torch.Generator().manual_seed(seed)
    return (
        DataLoader(train, batch_size, shuffle=True, drop_last=True, generator=generator),
        DataLoader(val, batch_size),
    )


def loaders_swapped(dataset: Any, batch_size: int, seed: int) -> Any:
    train_loader, val_loader = make_loaders(dataset, batch_size, seed)
    return val_loader, train_loader


# --- overfit


def overfit(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    x, y = next(iter(loader))
    loss_module = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in range(steps):
        loss = loss_module(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def overfit_with_break(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    for batch in loader:
        points, labels = batch
        break
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)

    def step() -> float:
        loss = functional.binary_cross_entropy_with_logits(model(points), labels.unsqueeze(1))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return [step() for _ in range(steps)]


def _on(batches: Any, model: nn.Module, clear: bool = True) -> list[Tensor]:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    losses = []
    for x, y in batches:
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        if clear:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


def overfit_always_new(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    return [loss.item() for loss in _on((next(iter(loader)) for _ in range(steps)), model)]


def overfit_first_batches(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    return [loss.item() for loss in _on(islice(loader, steps), model)]


def overfit_epochs(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    return [loss.item() for loss in _on((batch for _ in range(steps) for batch in loader), model)]


def overfit_not_clearing(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    return [loss.item() for loss in _on([next(iter(loader))] * steps, model, clear=False)]


def overfit_keeping_graphs(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    return [loss.detach() for loss in _on([next(iter(loader))] * steps, model)]


def overfit_last_loss(model: nn.Module, loader: DataLoader, steps: int) -> Any:
    return overfit(model, loader, steps)[-1]


# --- fit


def fit(model: nn.Module, train_loader: DataLoader, val_loader: DataLoader, epochs: int) -> Any:
    loss_module = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    val_losses = []
    for _ in range(epochs):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = loss_module(model(x).squeeze(1), y)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            total = sum(loss_module(model(x).squeeze(1), y).item() * len(x) for x, y in val_loader)
        val_losses.append(total / len(val_loader.dataset))
    return val_losses


def fit_in_another_order(model: nn.Module, train_loader: DataLoader, val_loader: DataLoader, epochs: int) -> Any:
    val_losses = []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loss_module = nn.BCEWithLogitsLoss()
    for _ in range(epochs):
        for x, y in train_loader:
            model.train()
            loss = loss_module(model(x).squeeze(1), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        with torch.no_grad():
            model.eval()
            total = sum(loss_module(model(x).squeeze(1), y).item() * len(x) for x, y in val_loader)
            val_losses.append(total / len(val_loader.dataset))
    return val_losses


def _fit(model: nn.Module, train_loader: Any, val_loader: Any, epochs: int, **other: Any) -> list[float]:
    """``fit``, with some of its lines in another place or left out."""

    def measure() -> float:
        if other.get("eval", True):
            model.eval()
        with torch.set_grad_enabled(other.get("graph", False)):
            total = sum(loss_module(model(x).squeeze(1), y).item() * len(x) for x, y in val_loader)
        return total / len(val_loader.dataset)

    loss_module = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    val_losses: list[float] = []
    if other.get("train") == "once":
        model.train()
    for _ in range(epochs):
        if other.get("optimizer") == "anew":
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        if other.get("list") == "anew":
            val_losses = []
        if other.get("measure") == "first":
            val_losses.append(measure())
        if other.get("train", "each") == "each":
            model.train()
        if other.get("clear") == "epoch":
            optimizer.zero_grad()
        for x, y in train_loader:
            if other.get("clear", "batch") == "batch":
                optimizer.zero_grad()
            loss = loss_module(model(x).squeeze(1), y)
            loss.backward()
            if other.get("clear") == "between":
                optimizer.zero_grad()
            if other.get("step", "batch") == "batch":
                optimizer.step()
            if other.get("measure") == "batch":
                val_losses.append(measure())
        if other.get("step") == "epoch":
            optimizer.step()
        if other.get("learn"):
            for x, y in val_loader:
                optimizer.zero_grad()
                loss_module(model(x).squeeze(1), y).backward()
                optimizer.step()
        if other.get("measure", "epoch") == "epoch":
            val_losses.append(measure())
        if other.get("return") == "epoch":
            break
    return val_losses


def fit_not_clearing(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, clear="never")


def fit_clearing_each_epoch(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, clear="epoch")


def fit_clearing_between(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, clear="between")


def fit_stepping_each_epoch(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, step="epoch")


def fit_optimizer_anew(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, optimizer="anew")


def fit_train_once(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, train="once")


def fit_never_train(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, train="never")


def fit_never_eval(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, eval=False)


def fit_with_graphs(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, graph=True)


def fit_measuring_first(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, measure="first")


def fit_measuring_each_batch(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, measure="batch")


def fit_list_anew(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, list="anew")


def fit_returning_early(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, **{"return": "epoch"})


def fit_learning_validation(model: Any, train_loader: Any, val_loader: Any, epochs: int) -> Any:
    return _fit(model, train_loader, val_loader, epochs, learn=True)


LENGTH = "data.length_is_wrong"
ORDER = "data.others_draw_too"

SOLUTIONS: dict[str, Solutions] = {
    "data.windows": Solutions(
        references=(Windows, WindowsPrepared),
        wrong=(
            Wrong(
                "as_long_as_the_series",
                WindowsAsLongAsTheSeries,
                "Your length is that of the series. But the last moments begin no pair: there are no `width` values "
                "and one more after them. A loader trusts `__len__`, and would ask for those.",
                mistake=LENGTH,
            ),
            Wrong(
                "one_too_many",
                WindowsOneTooMany,
                "Your length is one too large: the last window has no value after it.",
                mistake=LENGTH,
            ),
            Wrong(
                "one_too_few",
                WindowsOneTooFew,
                "Your length is one too small: the last pair is never given. Count the pairs of a series of five by "
                "hand.",
            ),
            Wrong(
                "below_zero",
                WindowsNegative,
                "Where the series is shorter than a window, your length is negative, and `len` refuses it. There are "
                "0 pairs then.",
            ),
            Wrong(
                "no_length",
                WindowsWithoutLength,
                "Your data set has no `__len__`. `Dataset` brings none; the name needs two underscores on each side.",
                mistake="data.dataset_methods",
            ),
            Wrong(
                "last_of_the_window",
                WindowsOfTheLast,
                "Your second part is the last value *in* the window. Asked for is the one after it, which the model "
                "cannot see.",
            ),
            Wrong(
                "one_too_wide",
                WindowsTooWide,
                "Your windows are one value too wide: they hold the value that is to be predicted.",
            ),
            Wrong(
                "side_by_side",
                WindowsApart,
                "Your windows stand side by side. Sample k begins at moment k, so they overlap.",
            ),
            Wrong(
                "never_ends",
                WindowsWithoutEnd,
                "`windows[len(windows)]` gives something. It has to raise `IndexError`: a plain `for` over the data "
                "set stops at that.",
            ),
        ),
    ),
    "data.predict_batches": Solutions(
        references=(
            {"kept": [4, 4, 2], "dropped": [4, 4], "large": []},
            {"kept": (4, 4, 2), "dropped": (4, 4), "large": ()},
        ),
        wrong=(
            Wrong(
                "nothing_is_dropped",
                {"kept": [4, 4, 2], "dropped": [4, 4, 2]},
                "Your second list keeps the two that are left over. `drop_last=True` leaves an incomplete batch out.",
            ),
            Wrong(
                "dropped_by_itself",
                {"kept": [4, 4]},
                "Your first list loses two samples. Without `drop_last` a loader gives all, in a smaller last batch.",
            ),
            Wrong(
                "filled_up",
                {"kept": [4, 4, 4]},
                "Your first list fills the last batch up. A loader has only ten samples; the last batch is smaller.",
            ),
            Wrong(
                "at_least_one",
                {"kept": [4, 4, 2], "dropped": [4, 4], "large": [10]},
                "Your third loader gives one batch. Ten are fewer than 16, so the only batch is incomplete, and is "
                "dropped. A loop over it runs no round at all, without an error.",
                mistake="data.all_dropped",
            ),
        ),
    ),
    "data.predict_orders": Solutions(
        references=(
            {"next_epoch": False, "same_seed": True, "one_draw_more": False},
            {"one_draw_more": False, "same_seed": True, "next_epoch": False},
        ),
        wrong=(
            Wrong(
                "shuffled_once",
                {"next_epoch": True},
                "Your guess shuffles once, when the loader is made. The order is drawn anew at the start of each "
                "epoch.",
            ),
            Wrong(
                "seed_has_no_say",
                {"next_epoch": False, "same_seed": False},
                "You are right that each epoch draws anew. But it draws from PyTorch's global random numbers, and "
                "`manual_seed` sets where those begin.",
            ),
            Wrong(
                "only_the_seed",
                {"next_epoch": False, "same_seed": True, "one_draw_more": True},
                "Your guess gives the loader random numbers of its own. It takes them from the row that `torch.rand` "
                "takes them from, too. Whoever draws first shifts all others.",
                mistake=ORDER,
            ),
        ),
    ),
    "data.my_loader": Solutions(
        references=(Loader, LoaderOfParts),
        wrong=(
            Wrong(
                "one_order",
                LoaderInOneOrder,
                "All your epochs have the same order. Is it drawn in `__init__`, or a seed set in `__iter__`? Draw it "
                "in `__iter__`, which runs at the start of each epoch.",
                mistake="data.seeded_in_loop",
            ),
            Wrong(
                "runs_out",
                LoaderThatRunsOut,
                "Your loader gives its batches once and is empty then. `__iter__` must begin anew each time; an "
                "iterator that is made in `__init__` runs out.",
                mistake="data.iterator_runs_out",
            ),
            Wrong(
                "last_is_lost",
                LoaderWithoutLast,
                "Your loader loses the samples of an incomplete last batch. Only with `drop_last` they are left out.",
            ),
            Wrong(
                "nothing_is_dropped",
                LoaderOfAll,
                "Your loader ignores `drop_last`: an incomplete last batch is to be left out then, and not counted.",
            ),
            Wrong(
                "counts_samples",
                LoaderCountingSamples,
                "Your batches are right. But `len(loader)` is the number of batches, not of samples.",
            ),
            Wrong(
                "never_shuffles",
                LoaderNotShuffling,
                "Your loader never shuffles.",
                mistake="data.not_shuffled",
            ),
            Wrong(
                "always_shuffles",
                LoaderAlwaysShuffling,
                "Your loader shuffles without being asked to. Without `shuffle` the samples come in order.",
            ),
            Wrong(
                "global_order",
                LoaderOfGlobal,
                "Your order is drawn from PyTorch's global random numbers. Hand `generator` on to `torch.randperm`.",
                mistake=ORDER,
            ),
            Wrong(
                "batches_shuffled",
                LoaderOfShuffledBatches,
                "You shuffle the batches: the same samples always stay together. Shuffle the samples, then cut.",
            ),
            Wrong(
                "labels_in_order",
                LoaderOfOrderedLabels,
                "Only the first part of your samples is shuffled; the labels stay where they were. A sample is taken "
                "whole: `dataset[k]`.",
                mistake="data.labels_left_in_order",
            ),
            Wrong(
                "not_stacked",
                LoaderOfSamples,
                "Your batches are lists of samples. Stack all first parts into one tensor, all second parts into "
                "another.",
            ),
        ),
    ),
    "data.pad": Solutions(
        references=(pad, pad_by_hand),
        wrong=(
            Wrong(
                "not_padded",
                pad_stacked,
                "Your answer stacks the sequences as they are. A tensor has rows of one length, so shorter ones must "
                "be filled up.",
                mistake="data.unequal_sizes",
            ),
            Wrong(
                "moments_first",
                pad_time_first,
                "Your tensor is `(longest, batch)`. That is what `pad_sequence` makes unless told otherwise. Look at "
                "its arguments.",
            ),
            Wrong("in_front", pad_in_front, "Your zeros stand in front of the sequences. They belong behind."),
            Wrong(
                "cut_off",
                pad_cut,
                "Your answer cuts all to the shortest, and throws data away. Fill up to the longest.",
            ),
            Wrong(
                "length_of_rows",
                pad_lengths_after,
                "Your lengths are those of the filled rows, all alike. Take them before padding: they say where the "
                "padding begins.",
            ),
            Wrong(
                "always_floats",
                pad_to_floats,
                "Your tensor is always float32: `torch.zeros` makes that if nobody says otherwise. Keep the dtype of "
                "the sequences.",
            ),
            Wrong("float_labels", pad_float_labels, "Your labels are floats. They are whole numbers: int64."),
            Wrong(
                "lists",
                pad_lists,
                "Your lengths and labels are lists. What a loader gives should be tensors.",
            ),
            Wrong(
                "sorted",
                pad_sorted,
                "You sort by length. The samples are to stay in the order given.",
            ),
            Wrong(
                "no_lengths",
                pad_without_lengths,
                "Your answer leaves the lengths out. Without them nobody can tell a zero from padding.",
            ),
        ),
    ),
    "data.seed_worker": Solutions(
        references=(seed_worker, seed_worker_from_torch),
        wrong=(
            Wrong(
                "nothing_changes",
                seed_worker_globally,
                "All workers still draw the same numbers: the generator of the worker's data set is as it was copied. "
                "PyTorch's global one is seeded already. `get_worker_info().dataset` is this worker's copy.",
                mistake="data.generator_in_workers",
            ),
            Wrong(
                "by_number",
                seed_worker_by_id,
                "Your workers differ, but each epoch draws the numbers of the last: worker 0 is worker 0 again. Use a "
                "number that is another one in each epoch.",
                mistake="data.generator_in_workers",
            ),
            Wrong(
                "same_in_all",
                seed_worker_of_epoch,
                "Your epochs differ, but all workers of an epoch draw the same numbers. The seed of this worker is its "
                "own already.",
                mistake="data.generator_in_workers",
            ),
            Wrong(
                "by_chance",
                seed_worker_from_clock,
                "Your numbers differ, but nothing repeats them: `seed()` asks the machine for a new number each time. "
                "Take the one that PyTorch gave this worker.",
            ),
        ),
    ),
    "data.stream": Solutions(
        references=(Stream, StreamInBlocks),
        wrong=(
            Wrong(
                "all_from_each",
                StreamToAll,
                "Each worker gives all numbers, so every number comes as often as there are workers. PyTorch does not "
                "share a stream out; `__iter__` must.",
                mistake="data.every_worker_gives_all",
            ),
            Wrong(
                "one_does_all",
                StreamOfOne,
                "Each number comes once, but one worker does all the work. Give each of them a part.",
            ),
            Wrong(
                "rest_is_lost",
                StreamWithoutRest,
                "Some numbers are never given: those that are left over when `stop` is divided by the workers.",
            ),
            Wrong(
                "workers_only",
                StreamOfWorkersOnly,
                "Without workers `get_worker_info()` is None, and None has no `id`. Give all numbers then.",
            ),
            Wrong(
                "one_too_far",
                StreamFromOne,
                "Your numbers are one too large: 0 is missing, and `stop` is given.",
            ),
        ),
    ),
    "data.make_loaders": Solutions(
        references=(make_loaders, make_loaders_by_hand),
        wrong=(
            Wrong(
                "trains_on_all",
                loaders_overlapping,
                "Your training loader gives the whole data set, the validation samples among them. Give it the other "
                "part of the split.",
                mistake="data.test_in_train",
            ),
            Wrong(
                "split_twice",
                loaders_split_twice,
                "Some samples are in both of your parts, and some in none: the data set is split twice. Split once, "
                "and use both parts.",
                mistake="data.test_in_train",
            ),
            Wrong(
                "swapped",
                loaders_swapped,
                "Your loaders are swapped: the training one comes first, and gets the larger part.",
            ),
            Wrong(
                "cut_not_drawn",
                loaders_in_order,
                "Your split takes the first part and the rest, whatever the seed. If the data are sorted, the "
                "validation set is another kind of data. Draw it.",
            ),
            Wrong(
                "never_shuffles",
                loaders_not_shuffling,
                "Your training loader gives the same order in each epoch.",
                mistake="data.not_shuffled",
            ),
            Wrong(
                "shuffles_both",
                loaders_shuffling_both,
                "Your validation loader shuffles. There it helps nothing, and what you collect from it stands in "
                "another order each time.",
                mistake="data.order_differs",
            ),
            Wrong(
                "global_split",
                loaders_of_global_split,
                "The same seed gives another split: it is drawn from PyTorch's global random numbers. `random_split` "
                "takes a `generator`.",
                mistake=ORDER,
            ),
            Wrong(
                "global_order",
                loaders_of_global_order,
                "Your split repeats, your training order does not: it is drawn later, from PyTorch's global random "
                "numbers, where others draw as well. Give the loader a `generator`.",
                mistake=ORDER,
            ),
            Wrong(
                "one_seed",
                loaders_of_one_seed,
                "Whatever the `seed`, your answer gives the same split. Use the one that you are given.",
            ),
            Wrong(
                "last_is_dropped",
                loaders_dropping,
                "Your training loader leaves samples out: an incomplete last batch. Asked for are all samples.",
            ),
        ),
    ),
    "data.overfit": Solutions(
        references=(overfit, overfit_with_break),
        wrong=(
            Wrong(
                "always_a_new_one",
                overfit_always_new,
                "Your steps see many batches: `iter(loader)` in the loop begins a new epoch each time, in another "
                "order. Take the batch once, before the loop.",
                mistake="data.new_iterator_every_step",
            ),
            Wrong(
                "one_step_a_batch",
                overfit_first_batches,
                "Your steps go on through the loader: a batch each. Stay with the first one.",
            ),
            Wrong(
                "whole_epochs",
                overfit_epochs,
                "Your answer trains on the whole loader, `steps` times. Take one batch and stay with it.",
            ),
            Wrong(
                "not_cleared",
                overfit_not_clearing,
                "The first step is right. Later the gradients of earlier steps come along: `zero_grad()` is missing.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "loss_as_tensor",
                overfit_keeping_graphs,
                "Your numbers are right, but they are tensors. A loss that you keep should be a plain number: "
                "`.item()`.",
                mistake="memory.loss_kept_with_graph",
            ),
            Wrong(
                "only_the_last",
                overfit_last_loss,
                "You return one number. Asked for is the loss of every step, in a list.",
            ),
        ),
    ),
    "data.fit": Solutions(
        references=(fit, fit_in_another_order),
        wrong=(
            Wrong(
                "nothing_moves",
                fit_clearing_between,
                "Your model does not move: when `step()` comes, there is no gradient. Does `zero_grad()` stand between "
                "`backward()` and `step()`, or `step()` before `backward()`?",
                mistake="optim.cleared_before_step",
            ),
            Wrong(
                "never_cleared",
                fit_not_clearing,
                "Your steps also use old gradients: `zero_grad()` is never called in the loops.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "cleared_each_epoch",
                fit_clearing_each_epoch,
                "`zero_grad()` runs once in each epoch, so the batches of an epoch add up. Once for each batch.",
                mistake="optim.no_zero_grad",
            ),
            Wrong(
                "step_each_epoch",
                fit_stepping_each_epoch,
                "There is one step in each epoch, with the gradients of the last batch. Is `step()` indented as deep "
                "as `backward()`?",
            ),
            Wrong(
                "optimizer_anew",
                fit_optimizer_anew,
                "The optimizer is made anew in each epoch, and forgets its velocities. Make it once.",
                mistake="optim.made_in_loop",
            ),
            Wrong(
                "train_once",
                fit_train_once,
                "The first epoch is right. After the first `eval()`, nobody switches back: the later epochs are "
                "trained in evaluation mode. `train()` belongs in the loop over the epochs.",
                mistake="evaluation.left_in_eval_mode",
            ),
            Wrong(
                "train_never",
                fit_never_train,
                "`train()` never runs, or only after the training. The model is then trained in the mode in which it "
                "came, and later in evaluation mode.",
                mistake="evaluation.left_in_eval_mode",
            ),
            Wrong(
                "eval_never",
                fit_never_eval,
                "You measure in training mode: dropout drops, and batch norm goes by the batch at hand and even "
                "learns from it. `eval()` comes before the measuring.",
                mistake="evaluation.not_in_eval_mode",
            ),
            Wrong(
                "graphs_kept",
                fit_with_graphs,
                "Your numbers are right. But a graph is recorded while you only measure. `no_grad` has to stand around "
                "the measuring.",
            ),
            Wrong(
                "measured_first",
                fit_measuring_first,
                "You measure at the start of each epoch. At its end, the model knows more.",
            ),
            Wrong(
                "measured_each_batch",
                fit_measuring_each_batch,
                "You measure after every batch, and the rest of the epoch is trained in evaluation mode. The measuring "
                "is indented one level too deep.",
            ),
            Wrong(
                "list_anew",
                fit_list_anew,
                "Your list holds the last epoch only: it is made anew in each. Make it once, before the loop.",
            ),
            Wrong(
                "returns_early",
                fit_returning_early,
                "`return` ends the function in the first epoch. It belongs behind the loop.",
            ),
            Wrong(
                "learns_validation",
                fit_learning_validation,
                "Your model also takes steps on the validation data. Then they say nothing about new data any more.",
                mistake="data.trained_on_validation",
            ),
        ),
    ),
}

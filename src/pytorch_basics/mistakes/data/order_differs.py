"""Predictions from a loader that shuffles are compared with labels in the order in which they are stored."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import InRecord, LoaderRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, makers, sites

COMPARED = ("eq", "ne", "__eq__", "__ne__", "sub", "__sub__", "mse_loss", "l1_loss", "cross_entropy", "nll_loss")
JOINED = ("cat", "concat", "vstack", "hstack", "stack")


def broken() -> Answer:
    return _accuracy(shuffle=True)


def fixed() -> Answer:
    return _accuracy(shuffle=False)


def _accuracy(shuffle: bool) -> Answer:
    """How many of 64 right answers are counted as right."""
    x = torch.arange(64.0)
    labels = x > 31
    generator = torch.Generator().manual_seed(0)
    loader = DataLoader(TensorDataset(x), batch_size=16, shuffle=shuffle, generator=generator)
    said = torch.cat([batch > 31 for (batch,) in loader])
    return Answer(given=(said == labels).float().mean(), expected=torch.tensor(1.0), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """One side was joined from the batches of a shuffling loader, the other never went through any loader."""
    if not isinstance(record, RunRecord):
        return
    for _, site in sites(record, *COMPARED):
        if len(site.ins) < 2:
            continue
        for mine, theirs in ((site.ins[0], site.ins[1]), (site.ins[1], site.ins[0])):
            loader, whole = _shuffled(record, mine), True
            if loader is None:
                loader, whole = _listed(record, mine), False
            if loader is None or _through_loader(record, theirs) or not theirs.sources:
                continue
            if loader.size is None or mine.shape[:1] != (loader.size,) or theirs.shape[:1] != (loader.size,):
                continue
            line = loader.made or (loader.at[0] if loader.at else site.place)
            name = theirs.name or "the stored labels"
            yield Sign(
                place=line,
                seen=f"this loader shuffles, and what was joined from its batches is compared at line "
                f"{site.place.line} with `{name}`, in the order of the data set.",
                instead="`shuffle=False` in this loader; or collect the labels from the batches as well",
                evidence=(
                    f"line {site.place.line}: {loader.size} results in shuffled order met {loader.size} labels in "
                    "stored order",
                ),
                sure=whole,
                also=(site.place, *loader.at),
            )


def _shuffled(record: RunRecord, one: InRecord) -> LoaderRecord | None:
    """The shuffling loader whose batches were joined into this."""
    behind = before(record, one.sources)
    if not any(record.sites[k].bare in JOINED and record.sites[k].through != "collate" for k in behind):
        return None
    places = {record.sites[k].place for k in behind if record.sites[k].through == "collate"}
    return next((loader for loader in record.loaders if loader.shuffled and places & set(_lines(loader))), None)


def _listed(record: RunRecord, one: InRecord) -> LoaderRecord | None:
    """The same by way of a Python list: a new tensor as long as the data set, where batches became numbers before."""
    made = [record.sites[k] for k in makers(record, one) if record.sites[k].bare in ("tensor", "as_tensor", "array")]
    made = [site for site in made if not site.ins and site.outs]
    if not made:
        return None
    for k, site in sites(record, "tolist", "item"):
        if site.place.function == made[0].place.function and site.first < made[0].first:
            behind = {record.sites[j].place for j in before(record, (k,)) if record.sites[j].through == "collate"}
            for loader in record.loaders:
                if loader.shuffled and loader.size == made[0].outs[0].shape[0] and behind & set(_lines(loader)):
                    return loader
    return None


def _lines(loader: LoaderRecord) -> tuple[Place, ...]:
    return loader.at


def _through_loader(record: RunRecord, one: InRecord) -> bool:
    return any(record.sites[k].through == "collate" for k in before(record, one.sources))


MISTAKE = Mistake(
    id="data.order_differs",
    code="",
    title="Predictions come in the order of the data",
    see="No error. The accuracy over all predictions is that of guessing, although each batch by itself is right.",
    why="A loader with `shuffle=True` draws the samples in a new order each time. Labels that are stored beside it "
    "stay "
    "in theirs, and the two no longer belong together.",
    instead="`shuffle=False` wherever the order matters; or `predictions.append(…)` and `labels.append(y)` in the same "
    "loop",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

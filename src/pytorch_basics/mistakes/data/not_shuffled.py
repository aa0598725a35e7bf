"""Batches are drawn in the order of the labels: each holds only a few classes."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, sites, trained

LOSSES = ("cross_entropy", "nll_loss", "binary_cross_entropy_with_logits", "binary_cross_entropy", "multi_margin_loss")
BATCHES, DIFFERENT, ROWS = 6, 2, 8


def broken() -> Answer:
    return _last_class(shuffle=False)


def fixed() -> Answer:
    return _last_class(shuffle=True)


def _last_class(shuffle: bool) -> Answer:
    """Whether the model says the last class of everything after one epoch."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x, y = torch.randn(160, 4), torch.arange(160) // 40
        loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=shuffle)
        model = nn.Linear(4, 4)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        for inputs, classes in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), classes).backward()
            optimizer.step()
        share = (model(x).argmax(dim=1) == 3).float().mean()
    return Answer(given=(share > 0.6).float(), expected=torch.tensor(0.0), args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """The targets stood in ascending order in every batch, and the batches differ."""
    if not isinstance(record, RunRecord):
        return
    trains = trained(record)
    for k, loss in sites(record, *LOSSES):
        target = loss.ins[1] if len(loss.ins) > 1 and k in trains else None
        if target is None or target.low is None or target.low == target.high or not target.shape:
            continue
        if (
            target.shape[0] < ROWS
            or target.asked < BATCHES
            or target.ordered < target.asked
            or target.spans < DIFFERENT
        ):
            continue
        line = _loader(record, loss)
        yield Sign(
            place=line or loss.place,
            seen=f"the labels stand in ascending order in each of {target.asked} watched batches: the data are "
            "sorted by "
            "class and drawn in that order, so a batch holds few classes, and the last ones count most.",
            instead="`shuffle=True` in the training loader"
            if line
            else "`order = torch.randperm(len(x))` for each epoch",
            evidence=(
                f"line {loss.place.line}: targets from {target.low:g} to {target.high:g}, in ascending order within "
                f"{target.ordered} of {target.asked} batches",
            ),
            sure=False,
            also=(loss.place,),
        )


def _loader(record: RunRecord, loss: SiteRecord) -> Place | None:
    """Where the loader was made that the targets came from."""
    places = {
        record.sites[k].place for k in before(record, loss.ins[1].sources) if record.sites[k].through == "collate"
    }
    found = (one for one in record.loaders if not one.shuffled and places & set(one.at))
    return next((one.made or one.at[0] for one in found), None)


MISTAKE = Mistake(
    id="data.not_shuffled",
    code="",
    title="A DataLoader shuffles by itself",
    see="No error. The loss swings within each epoch, and the model prefers the classes that come last.",
    why="`DataLoader` draws in the order of the data set unless it is told to shuffle. Where that is sorted by class, "
    "each step learns one class and unlearns the others.",
    instead="`DataLoader(train_set, batch_size=32, shuffle=True)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

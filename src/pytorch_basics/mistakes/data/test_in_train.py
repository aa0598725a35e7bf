"""Some of the samples that a model is tested on were among those it was trained on."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, trained
from pytorch_basics.mistakes.reading.lines import calls, same_function

FEWEST = 0.02  # of the test samples


def broken() -> Answer:
    return _split(range(48), range(32, 64))


def fixed() -> Answer:
    return _split(range(48), range(48, 64))


def _split(train: range, test: range) -> Answer:
    """How many samples are in both parts."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        data = TensorDataset(torch.randn(64, 3), torch.randn(64, 1))
        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in DataLoader(Subset(data, list(train)), batch_size=16, shuffle=True):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        with torch.no_grad():
            for x, _ in DataLoader(Subset(data, list(test)), batch_size=16):
                model(x)
    return Answer(given=len({*train} & {*test}), expected=0)


def signs(record: Record) -> Iterator[Sign]:
    """Two loaders of one data set, of which one trains and the other does not, draw some samples in common, not all."""
    if not isinstance(record, RunRecord):
        return
    if sum(any(record.parameters[p].moves for p in model.parameters) for model in record.models) != 1:
        return  # with a new model for each split, one's test samples may be another's training samples
    if len(record.of("load")) > 1:
        return
    lines = {record.sites[k].place for k in trained(record) if record.sites[k].through == "collate"}
    training = {k for k, loader in enumerate(record.loaders) if lines & set(loader.at)}
    for k, loader in enumerate(record.loaders):
        if k in training or not loader.at or not own(loader.at[0]) or not loader.drawn:
            continue
        for other, common in loader.shared:
            drawn = record.loaders[other].drawn or 0
            part = FEWEST * loader.drawn <= common < min(loader.drawn, drawn)
            if other in training and (part or (common == loader.drawn < drawn and _only_one(record, training))):
                theirs = record.loaders[other]
                yield Sign(
                    place=_subset(loader.made or loader.at[0]),
                    seen=f"{common} of the {loader.drawn} samples that are tested here are among the {theirs.drawn} "
                    "that "
                    "the model is trained on.",
                    instead="one `random_split(data, [0.8, 0.2])` for both parts, or index lists without common "
                    "entries",
                    evidence=(f"{common} indices of the same data set are drawn by both loaders",),
                    sure=part,
                    also=tuple(place for place in (theirs.made, *loader.at, *theirs.at) if place is not None),
                )


def _subset(place: Place) -> Place:
    """Where the indices are chosen, when the loader's own line does not say: the last of two parts made there."""
    made = [at for at, _ in calls(place.file, "Subset")]
    here = [at for at in made if made and same_function(at, made[-1])]
    return max(here, key=lambda at: at.line) if len(made) == len(here) == 2 and "Subset" not in place.text else place


def _only_one(record: RunRecord, training: set[int]) -> bool:
    """One loader alone tests: were there another, this one could be for the training accuracy."""
    return len({k for k, loader in enumerate(record.loaders) if loader.made not in _made(record, training)}) == 1


def _made(record: RunRecord, training: set[int]) -> set[Place | None]:
    return {record.loaders[k].made for k in training}


MISTAKE = Mistake(
    id="data.test_in_train",
    code="",
    title="Any other part of the data is a test set",
    see="No error. The test accuracy is better than on really new data.",
    why="A model can remember samples. Only those that it has never been trained on say how it does on new ones.",
    instead="`train_set, test_set = torch.utils.data.random_split(data, [0.8, 0.2])`, once, and both parts of that "
    "split",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

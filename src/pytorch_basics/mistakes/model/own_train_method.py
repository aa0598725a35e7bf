"""A model class has a method ``train`` (or ``eval``, ``to`` …) of its own, which hides ``nn.Module``'s."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_WORDS = re.compile(r"(?:([\w.<>]+)\.)?(\w+)\(\) (?:takes .* given|missing .* argument|got an unexpected keyword)")
_BETTER = {"train": "fit", "eval": "evaluate", "to": "move", "parameters": "count_parameters", "apply": "use"}
_OURS = (*_BETTER, "modules", "children", "state_dict", "zero_grad", "named_parameters", "float", "type")


class _OwnTrain(nn.Module):
    def train(self) -> None:  # type: ignore[override]  # the mistake
        print("training")


class _Fit(nn.Module):
    def fit(self) -> None:
        print("training")


def broken() -> object:
    return _OwnTrain().eval()


def fixed() -> object:
    return _Fit().eval()


def signs(record: Record) -> Iterator[Sign]:
    """Python's words about a method that the learner's class took from ``nn.Module``."""
    match = _WORDS.search(record.message) if isinstance(record, FailureRecord) else None
    if match is None or not isinstance(record, FailureRecord) or record.kind != "TypeError" or record.place is None:
        return
    for note in record.classes:
        place = next((p for name, p in note.methods if name == match[2]), None)
        if place is None or match[2] not in _OURS or (match[1] or note.name).rpartition(".")[2] != note.name:
            continue
        better = _BETTER.get(match[2], f"my_{match[2]}")
        text = record.failing.text if record.failing else record.place.text
        yield Sign(
            place=place,
            seen=f"`{note.name}` defines a method `{match[2]}` of its own, and `{text}` ends in it: PyTorch calls its "
            "own "
            f"`{match[2]}` by that name.",
            instead=place.text.replace(match[2], better, 1),
            evidence=(f"`nn.Module.{match[2]}` exists", f"PyTorch says: {record.message}"),
            also=(record.place,),
        )
        return


MISTAKE = Mistake(
    id="model.own_train_method",
    code="",
    title="The methods of my model may have any names",
    see="“Net.train() takes 1 positional argument but 2 were given” at `model.eval()`.",
    why="`model.eval()` is `model.train(False)`: it sets the mode. A method `train` in your class takes its place, "
    "and runs your training loop instead.",
    instead="`def fit(self):`, any name that `nn.Module` does not have",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

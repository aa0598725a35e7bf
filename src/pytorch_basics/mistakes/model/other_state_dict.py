"""S1: ``load_state_dict`` is given the tensors of another model, or under other names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torch import nn

from pytorch_basics.instruments.failure.record import Argument, FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

_SIZES = re.compile(
    r"size mismatch for ([\w.]+): copying a param with shape torch\.Size\(\[([\d, ]*)\]\) from checkpoint, "
    r"the shape in current model is torch\.Size\(\[([\d, ]*)\]\)"
)
_KEYS = re.compile(r'"([\w.]+)"')


def broken() -> object:
    saved = nn.Linear(4, 10).state_dict()
    return nn.Linear(4, 3).load_state_dict(saved)


def fixed() -> object:
    saved = nn.Linear(4, 10).state_dict()
    return nn.Linear(4, 10).load_state_dict(saved)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's list of what does not fit: sizes, or names that are missing and unexpected."""
    if (
        not isinstance(record, FailureRecord)
        or record.place is None
        or "Error(s) in loading state_dict" not in record.message
    ):
        return
    what = record.failing.argument(0, "state_dict") if record.failing else None
    text = what.text if what else "state"
    missing, unexpected = _keys(record.message, "Missing"), _keys(record.message, "Unexpected")
    sizes = _SIZES.search(record.message)
    if sizes:
        yield _sizes(record, record.place, sizes)
    elif missing or unexpected:
        yield _names(record, record.place, what, text, missing, unexpected)


def _keys(message: str, which: str) -> list[str]:
    line = next((line for line in message.splitlines() if f"{which} key(s)" in line), "")
    return _KEYS.findall(line)


def _sizes(record: FailureRecord, failing: Place, match: re.Match[str]) -> Sign:
    name, saved, mine = match.groups()
    made = _layer(record, name)
    return Sign(
        place=made[0] if made else failing,
        seen=f"`{name}` was saved with shape ({saved}), and in this model it has ({mine}).",
        instead=f"{made[1]}, with the sizes that were saved: ({saved})"
        if made
        else f"a model with the sizes that were saved; or leave `{name}` out of the state and load with strict=False",
        evidence=(f"saved ({saved}), here ({mine})",),
        also=(failing,) if made else (),
    )


def _layer(record: FailureRecord, name: str) -> tuple[Place, str] | None:
    """Where the learner's class makes the layer of this parameter."""
    first = name.partition(".")[0]
    for note in record.classes:
        for attribute, place, _ in note.assigned:
            if attribute == first:
                return place, place.text
    return None


def _names(
    record: FailureRecord, failing: Place, what: Argument | None, text: str, missing: list[str], unexpected: list[str]
) -> Sign:
    prefix = _prefix(missing, unexpected)
    if prefix:
        change = f"{{name.removeprefix({prefix!r}): tensor for name, tensor in {text}.items()}}"
        seen = (
            f"The saved names begin with `{prefix}` (a model in DataParallel or in another was saved), and those of "
            f"this model do not: `{unexpected[0]}` for `{missing[0]}`."
        )
        instead = f"load_state_dict({change})"
    elif missing and (inner := _inside(unexpected)):
        seen = (
            f"`{text}` is a whole checkpoint ({', '.join(unexpected[:3])}); the state of the model is one part of it."
        )
        instead = f"load_state_dict({text}[{inner!r}])"
    else:
        seen = f"The names differ: missing are {_some(missing)}; not known are {_some(unexpected)}."
        instead = "the same model class as was saved; strict=False only where the rest is meant to be new"
    made = record.made(what)
    return Sign(
        place=failing,
        seen=seen,
        instead=instead,
        evidence=(f"missing: {len(missing)}, unexpected: {len(unexpected)}",),
        also=(made.place,) if made and made.place != failing else (),
    )


def _prefix(missing: list[str], unexpected: list[str]) -> str:
    """What all saved names have before the names of this model."""
    if not missing or len(missing) != len(unexpected):
        return ""
    saved, mine = sorted(unexpected, key=lambda n: n[::-1]), sorted(missing, key=lambda n: n[::-1])
    prefixes = {one.removesuffix(two) if one.endswith(two) else "" for one, two in zip(saved, mine, strict=True)}
    return prefixes.pop() if len(prefixes) == 1 else ""


def _inside(unexpected: list[str]) -> str:
    known = ("state_dict", "model_state_dict", "model", "net", "weights", "model_state")
    return next((name for name in known if name in unexpected), "")


def _some(names: list[str]) -> str:
    return (
        ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        or "none"
    )


MISTAKE = Mistake(
    id="model.other_state_dict",
    code="S1",
    title="Saved weights fit into every model",
    see="“Error(s) in loading state_dict for Net: size mismatch for fc.weight”, or missing and unexpected keys.",
    why="A state_dict is a table of names and tensors. Loading looks up each name of the model and copies; the names "
    "and the shapes must be those of the model that was saved.",
    instead='the same class with the same settings; strip `module.` from the names; `checkpoint["model"]` where '
    "more was saved",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

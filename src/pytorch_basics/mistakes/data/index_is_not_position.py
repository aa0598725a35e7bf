"""A data set looks samples up by position in something that is keyed by other labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torch.utils.data import DataLoader, Dataset

from pytorch_basics.instruments.failure.record import Argument, FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import assigned


class _Rows(Dataset[int]):
    def __init__(self, rows: dict[int, int]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, k: int) -> int:
        return self.rows[k]


def broken() -> object:
    return list(DataLoader(_Rows({8: 1, 9: 0, 10: 1}), batch_size=2))


def fixed() -> object:
    rows = {8: 1, 9: 0, 10: 1}
    return list(DataLoader(_Rows(dict(enumerate(rows.values()))), batch_size=2))


def signs(record: Record) -> Iterator[Sign]:
    """A KeyError with a whole number inside ``__getitem__``: the key is the position that the loader asked for."""
    if not isinstance(record, FailureRecord) or "KeyError" not in (record.kind, record.worker) or record.place is None:
        return
    frame = next((f for f in reversed(record.frames) if f.place.function.endswith("__getitem__")), None)
    key = re.search(r"^(?:KeyError: )?(?:np\.int64\()?(-?\d+)\)?$", record.message.strip().splitlines()[-1])
    step = record.steps[frame.step] if frame and frame.step is not None else None
    if frame is None or key is None or step is None:
        return
    held: Argument | None = next((a for a in step.operands if a.name in ("", "self")), None)
    if held is None:
        return
    table = held.value is None or held.value.kind == "object"
    whole = held.text.removesuffix(".loc")
    kept = _kept(frame.place, whole) if not table else None
    at = kept or frame.place
    positions = f"{whole} = dict(enumerate({whole.rpartition('.')[2]}.values()))"
    yield Sign(
        place=at,
        seen=f"`{step.text}` is asked for position {key[1]}, and `{whole}` has no key {key[1]}: its keys are those "
        "of the rows "
        "before the split.",
        instead=(
            f"{whole}.iloc[…] in place of `{step.text}`; or reset_index(drop=True) after the split"
            if table
            else positions
        ),
        evidence=(f"KeyError: {key[1]}", "a loader asks for the positions 0 to len − 1"),
        also=tuple(p for p in (frame.place, record.frames[0].place) if p.line != at.line),
    )


def _kept(place: Place, written: str) -> Place | None:
    """Where ``__init__`` of the same class assigns the attribute."""
    owner = place.function.rpartition(".")[0]
    found = [p for p, _ in assigned(place.file, written) if p.function.rpartition(".")[0] == owner]
    return found[0] if found else None


MISTAKE = Mistake(
    id="data.index_is_not_position",
    code="",
    title="The index in __getitem__ is the label of a row",
    see="“KeyError: 0”, often “Caught KeyError in DataLoader worker process 0”, after a train/validation split.",
    why="The loader asks for positions, 0 to len − 1. A dict or a pandas table that is a part of another keeps the "
    "labels of its "
    "rows, and position 0 is no label of it.",
    instead="rows numbered anew after the split: `.reset_index(drop=True)`, or `.iloc[k]`, or a list",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""Whose parameters are whose in a run: which no optimizer holds, which no model knows of, where they were made.

In go a ``RunRecord`` and positions in it; out come positions and places.
"""

from __future__ import annotations

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import ParameterRecord, RunRecord
from pytorch_basics.mistakes.reading.lines import assigned


def stepping(record: RunRecord) -> set[int]:
    """The parameters of the optimizers that took a step."""
    return {k for one in record.optimizers if one.steps for k in one.parameters}


def idle(record: RunRecord) -> list[int]:
    """Parameters that backward passes reached, that nothing moved and no stepping optimizer holds."""
    held = stepping(record)
    return [
        k
        for k, one in enumerate(record.parameters)
        if k not in held and one.backwards and not one.changed and one.zero + one.none < one.backwards
    ]


def strangers(record: RunRecord) -> dict[int, set[int]]:
    """The layers that no model holds and that ran inside one, each with the parameters it used."""
    found: dict[int, set[int]] = {}
    for site in record.sites:
        if site.layer is not None and record.layers[site.layer].model is None:
            mine = {one.parameter for one in site.ins if one.parameter is not None}
            if mine:
                found.setdefault(site.layer, set()).update(mine)
    return found


def made(new: ParameterRecord, old: ParameterRecord | None = None) -> Place | None:
    """The line that made a parameter: the innermost that did not make ``old`` as well; of a model's class, the line
    that made the model."""
    others = set(old.made) if old is not None else set()
    fresh = [place for place in new.made if place not in others]
    outside = [place for place in fresh if not place.function.endswith("__init__")]
    return next(iter(outside if old is None else fresh), None) or next(iter(fresh), None)


def attribute(record: RunRecord, written: str, near: Place | None = None) -> Place | None:
    """Where this attribute (``self.layers``) is assigned in the learner's files."""
    files = dict.fromkeys([*([near.file] if near else []), *(s.place.file for s in record.sites if s.place.file)])
    for file in list(files)[:8]:
        for place, _ in assigned(file, written):
            return place
    return None

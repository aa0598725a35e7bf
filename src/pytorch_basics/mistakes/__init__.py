"""What beginners believe, one file per mistake, one folder per topic (``reading/`` is what their rules share).

``all_mistakes()`` walks the folders, so a new file is all that a new mistake needs; ``find`` looks one up by id.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from pytorch_basics.mistakes.mistake import Mistake


@cache
def all_mistakes() -> tuple[Mistake, ...]:
    """Every mistake, in the order of their codes (T1, T2, … T10), then those that have none by id."""
    found = []
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        folder, _, name = module.name.removeprefix(f"{__name__}.").partition(".")
        if name and folder != "reading":
            found.append(import_module(module.name).MISTAKE)
    return tuple(sorted(found, key=_order))


def _order(mistake: Mistake) -> tuple[bool, str, int, str]:
    return not mistake.code, mistake.code[:1], int(mistake.code[1:] or 0), mistake.id


def find(id: str) -> Mistake:
    """The mistake of this id; ``KeyError`` when there is none."""
    return {mistake.id: mistake for mistake in all_mistakes()}[id]

"""A notebook's cells as one program: which ran, in which order, and under which file name each is known.

In go the names under which IPython compiled cells; out come their numbers and the cells that ran before. Read from
``In``, which IPython keeps in the notebook's own namespace, and from ``linecache``; elsewhere there are no cells.
"""

from __future__ import annotations

import linecache
import re
import sys

_CELL = re.compile(r"ipykernel_\d+[/\\]|<ipython-input")


def is_cell(file: str) -> bool:
    """Whether a file's name is one that IPython gives to a cell."""
    return _CELL.search(file) is not None


def number(file: str) -> int | None:
    """The number of a cell, as ``In [3]`` says it (of several runs the last); None where it is not known."""
    text = _text(file)
    return max((k for k, one in enumerate(_ran()) if one == text), default=None) if text else None


def others(file: str) -> list[str]:
    """The names of all other cells that ran, the latest first; none for a file that is no cell."""
    if not is_cell(file):
        return []
    known = {_text(name): name for name in list(linecache.cache) if is_cell(name)}
    names = [known[text] for text in reversed(_ran()) if text in known]
    return [name for name in dict.fromkeys(names) if name != file]


def _ran() -> list[str]:
    cells = vars(sys.modules["__main__"]).get("In")
    return [str(one).rstrip() for one in cells] if isinstance(cells, list) else []


def _text(file: str) -> str:
    return "".join(linecache.getlines(file)).rstrip() if is_cell(file) else ""

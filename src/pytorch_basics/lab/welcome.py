"""The start page of the lab: a notebook with the table of contents, what is passed, and the next step.

In go the rows of the learner's progress; out come the bytes of ``Welcome.ipynb``, in the learner's language.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pytorch_basics.course import COURSE
from pytorch_basics.course.overview import notebook_name, overview, title
from pytorch_basics.lab.shipped import FRONT_DOOR, encoded, language_of, places
from pytorch_basics.language import ENGLISH, PROGRAM, chosen, framed, later, say, told
from pytorch_basics.practice.progress import Row

NAME = "Welcome.ipynb"

_TOP = later("""# Welcome to PyTorch Basics

Start with the basics in one sitting, in plain PyTorch: **[{door}]({door})**.

Then take the lessons in order. In each you guess, run, see what PyTorch did, break it on purpose, repair it, and are
checked. Open a lesson with a click; run a cell with **Shift + Enter**.

These notebooks are your own copies: change whatever you like. `pytorch-basics reset tensors` in a terminal puts a
lesson back and keeps yours as a backup.
""")
_BOTTOM = later("""## How far you are

Run this cell for the table above as it stands now.
""")
_CODE = "import pytorch_basics as pb\n\npb.progress()"


def notebook(rows: dict[str, Row]) -> bytes:
    """The start page for this progress."""
    cells = [
        _cell("markdown", "welcome", told(PROGRAM, _TOP).replace("{door}", FRONT_DOOR)),
        _cell("markdown", "contents", "\n\n".join([f"## {say('The lessons')}", overview(rows), *_in_english()])),
        _cell("markdown", "how-far", told(PROGRAM, _BOTTOM)),
        _cell("code", "progress", _CODE),
    ]
    return encoded({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


def _in_english() -> list[str]:
    """A line on what can be read in the learner's language so far, unless that is everything or English."""
    there = places()
    here = [topic for topic in COURSE if language_of(there.get(notebook_name(topic), Path())) != ENGLISH]
    if chosen() == ENGLISH or len(here) == len(COURSE):
        return []
    lessons = ", ".join(f"*{title(topic)}*" for topic in here) or "–"
    return [say("So far you can read in your language: {lessons}. The rest is still in English.", lessons=lessons)]


METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources(path: Path) -> str:
    """A digest of what the cells say, outputs aside: running the page is not editing it."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        said = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return "not a notebook"
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _cell(kind: str, id: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": id,
        "metadata": {},
        "source": (framed(source) if kind == "markdown" else source).splitlines(keepends=True),
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})

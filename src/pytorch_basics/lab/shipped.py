"""The course's executed notebooks and its programs as they are shipped, and what a learner gets of them.

In goes nothing; out come their names and bytes, the notebooks without outputs: a prediction is worth nothing beside
its answer. They lie in the installed package, or at the top of a checkout; notebooks in the learner's language in a
folder of its name beside the English ones, which stand in where there is none.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pytorch_basics.errors import Problem
from pytorch_basics.language import ENGLISH, chosen, languages

FRONT_DOOR = "Pytorch_Basics.ipynb"


def places() -> dict[str, Path]:
    """``{name in the workspace: path}`` of every shipped notebook, the front door first."""
    package = Path(__file__).parents[1] / "notebooks"
    checkout = Path(__file__).parents[3]
    folder, door = (
        (package, package / FRONT_DOOR) if package.is_dir() else (checkout / "notebooks", checkout / FRONT_DOOR)
    )
    translated = sorted((folder / chosen()).glob("*.ipynb"))
    found = {path.name: path for path in [door, *sorted(folder.glob("*.ipynb")), *translated] if path.is_file()}
    if not found:
        raise Problem("the course's notebooks are missing from this installation; install pytorch-basics again")
    return found


def language_of(path: Path) -> str:
    """The language of a shipped notebook: its folder's name, or English."""
    return path.parent.name if path.parent.name in languages() else ENGLISH


def programs() -> dict[str, Path]:
    """``{name in the workspace: path}`` of the programs that lessons start."""
    package = Path(__file__).parents[1] / "examples"
    folder = package if package.is_dir() else Path(__file__).parents[3] / "examples"
    return {path.name: path for path in sorted(folder.glob("*.py"))}


def bring(name: str) -> Path:
    """The program in the current folder; copied there, unless it is there already."""
    target = Path(name).resolve()
    if not target.exists():
        found = programs()
        if name not in found:
            raise Problem(f"there is no program {name} in this installation; there are: {', '.join(found) or 'none'}")
        target.write_bytes(found[name].read_bytes())
    return target


def fresh(path: Path) -> bytes:
    """What the learner gets of a shipped file: notebooks without outputs, programs as they are."""
    return cleared(path) if path.suffix == ".ipynb" else path.read_bytes()


def cleared(path: Path) -> bytes:
    """The notebook without outputs, execution counts and run times."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        else:  # the workspace is flat; in a checkout the lessons have a folder
            cell["source"] = [re.sub(r"\]\((notebooks/|(\.\./)+)", "](", line) for line in _lines(cell)]
        cell["metadata"].pop("execution", None)
    return encoded(notebook)


def _lines(cell: dict[str, Any]) -> list[str]:
    return "".join(cell["source"]).splitlines(keepends=True)


def encoded(notebook: object) -> bytes:
    """A notebook as the bytes of its file."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()

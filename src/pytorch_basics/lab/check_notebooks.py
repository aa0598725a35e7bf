"""Checking the exercises of saved notebooks from the command line, for a teacher or for CI.

In go the paths of notebooks; out comes a verdict for each exercise in them. A whole notebook runs inside the
sandbox, cell by cell; where one exercise hangs or crashes, the notebook is run again without it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytorch_basics.course import catalogue
from pytorch_basics.errors import Problem
from pytorch_basics.practice.sandbox import Sandbox
from pytorch_basics.practice.verdict import Verdict, from_reply

SILENCE = 60.0  # seconds a notebook may go on without finishing a cell


@dataclass(frozen=True)
class Checked:
    """One notebook: its verdicts, and the cells that raised."""

    path: Path
    verdicts: list[Verdict]
    errors: list[str]

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)


def check(path: Path, sandbox: Sandbox) -> Checked:
    """Run the notebook and judge every exercise in it. Raises ``Problem`` when it is no notebook."""
    cells = list(code_cells(path))
    ids = [id for id in exercise_ids(cells) if catalogue.find(id)]
    verdicts: dict[str, Verdict] = {}
    errors: list[str] = []
    while left := [id for id in ids if id not in verdicts]:
        request = {
            "course": "pytorch_basics.course",
            "exercises": left,
            "program": {"cells": cells, "skip": list(verdicts)},
            "seconds": SILENCE,
        }
        reply = sandbox.ask(request, [], SILENCE * (len(cells) + 1), lambda: None)
        errors = errors or reply["errors"]
        found = {id: from_reply(id, fields) for id, fields in reply["verdicts"].items()}
        stuck = reply["stuck"]
        if reply["trouble"] and stuck in left:
            # What came before it is judged; it is itself the trouble; what comes after is run again without it.
            reached = [id for id in left if found[id].status != "refused"]
            verdicts |= {id: found[id] for id in [*reached, stuck]}
        else:
            verdicts |= found
    return Checked(path, [verdicts[id] for id in ids], errors)


def code_cells(path: Path) -> Iterator[tuple[int, str]]:
    """The code cells, numbered from 1, without the lines that only a notebook understands."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except FileNotFoundError as error:
        raise Problem(f"{path} does not exist; name a notebook, or a topic such as tensors") from error
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise Problem(f"{path} is not a readable notebook ({error}); nothing in it was changed") from error
    for number, source in enumerate(sources, start=1):
        lines = "".join(source).splitlines()
        if not (lines and lines[0].startswith("%%")):
            yield number, "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def exercise_ids(cells: list[tuple[int, str]]) -> list[str]:
    """The ids in ``@pb.exercise("…")`` and ``pb.predict("…")``, in the order of the cells, each once."""
    found: dict[str, None] = {}
    for _, source in cells:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # the run will say so
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                named = node.func.attr in ("exercise", "predict") and isinstance(node.args[0], ast.Constant)
                if named and isinstance(value := node.args[0].value, str):  # type: ignore[attr-defined]  # a Constant, by the test before
                    found[value] = None
    return list(found)

"""Checking the exercises of saved notebooks from the command line, for a teacher or for CI.

In go the paths of notebooks; out comes a verdict for each exercise in them. A whole notebook runs inside the
sandbox, cell by cell; where one exercise hangs or crashes, the notebook is run again without it.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from pytorch_basics.course import COURSE, catalogue
from pytorch_basics.course.overview import notebook_name
from pytorch_basics.errors import Problem, nearest
from pytorch_basics.practice.exercise import Exercise
from pytorch_basics.practice.sandbox import Sandbox
from pytorch_basics.practice.verdict import Verdict, from_reply

SILENCE = 60.0  # seconds a notebook may go on without finishing a cell, unless one of its exercises has a longer limit


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
    """Run the notebook and judge every exercise in it. Raises ``Problem`` when it is no notebook.

    A lesson's notebook, known by its name, is judged on all exercises of its topic, also those that were deleted.
    """
    cells = list(code_cells(path))
    lesson = [topic for topic in COURSE if path.name == notebook_name(topic)]
    taught = [task.id for topic in lesson for task in catalogue.of_topic(topic)]
    ids = list(dict.fromkeys([*exercise_ids(cells), *taught]))
    verdicts = {id: _unknown(id) for id in ids if catalogue.find(id) is None}
    limits = [task.seconds for id in ids if isinstance(task := catalogue.find(id), Exercise)]
    patience = max([SILENCE, *(limit for limit in limits if limit > Exercise.seconds)])  # beyond the usual
    errors = [] if ids else ["it holds no exercises"]
    while left := [id for id in ids if id not in verdicts]:
        request = {
            "course": "pytorch_basics.course",
            "exercises": left,
            "program": {"cells": cells, "skip": list(verdicts)},
            "seconds": patience,
        }
        reply = sandbox.ask(request, [], patience * (len(cells) + 1), nullcontext)
        errors += [error for error in reply["errors"] if error not in errors]
        found = {id: from_reply(id, fields) for id, fields in reply["verdicts"].items()}
        stuck = reply["stuck"]
        if reply["trouble"] and stuck in left:
            # What came before it is judged; it is itself the trouble; what comes after is run again without it.
            reached = [id for id in left if found[id].status not in ("refused", "todo")]
            verdicts |= {id: found[id] for id in [*reached, stuck]}
        else:
            verdicts |= found
        if reply["trouble"] and (stuck not in left or found[stuck].status != "refused"):
            errors.append(f"cell {reply['cell']}: {reply['trouble']}")  # no exercise of ours, the cell itself
    return Checked(path, [verdicts[id] for id in ids], errors)


def _unknown(id: str) -> Verdict:
    message = f'There is no exercise "{id}". Did you mean {nearest(id, catalogue.ids())}?'
    return Verdict(id, "refused", message)


def code_cells(path: Path) -> Iterator[tuple[int, str]]:
    """The code cells, numbered from 1, without the lines that only a notebook understands."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except FileNotFoundError as error:
        raise Problem(f"{path} does not exist; name a notebook, or a topic such as tensors") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
        raise Problem(f"{path} is not a readable notebook ({reason}); nothing in it was changed") from error
    for number, source in enumerate(sources, start=1):
        if not source.startswith("%%"):
            python = source if _tree(source) else "\n".join(map(_without_magic, source.splitlines()))
            yield number, python


def _tree(source: str) -> ast.Module | None:
    """The cell as Python; None where it is none."""
    with warnings.catch_warnings(action="ignore"):  # about the learner's backslashes, say
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):
            return None


def _without_magic(line: str) -> str:
    start = line.lstrip()
    return line[: len(line) - len(start)] + "pass" if start.startswith(("%", "!")) else line


def exercise_ids(cells: list[tuple[int, str]]) -> list[str]:
    """The ids in ``@pb.exercise("…")`` and ``pb.predict("…")``, in the order of the cells, each once."""
    found: dict[str, None] = {}
    for _, source in cells:
        tree = _tree(source)
        if tree is None:  # the run will say so; the exercise counts all the same
            found |= dict.fromkeys(re.findall(r"""\.(?:exercise|predict)\(\s*["']([^"']+)["']""", source))
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                named = node.func.attr in ("exercise", "predict") and isinstance(node.args[0], ast.Constant)
                if named and isinstance(value := node.args[0].value, str):  # type: ignore[attr-defined]  # a Constant, by the test before
                    found[value] = None
    return list(found)

"""Whether the learner has edited an exercise's cell yet.

In go the exercise, the decorated object and the file (in a notebook: the cell) that decorated it; out comes True when
its source, comments and spaces aside, is still the stub's. Where Python does not know the source the answer counts as
edited.
"""

from __future__ import annotations

import ast
import linecache
from typing import Any

from pytorch_basics.practice.exercise import Exercise
from pytorch_basics.practice.ship import files


def unedited(task: Exercise, answer: Any, cell: str = "") -> bool:
    """True when the answer's code equals the stub's. ``cell`` is for a class without methods: no code of it says where
    it was written."""
    name = getattr(answer, "__name__", "")
    stub = _definition(task.stub, name)
    return stub is not None and any(
        _definition("".join(linecache.getlines(file)), name) == stub for file in files(answer) or [cell]
    )


def _definition(source: str, name: str) -> str | None:
    """The last definition of ``name`` in the source, decorators and docstrings (a translated stub has others) aside,
    in a form that can be compared."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic
        return None
    found: ast.FunctionDef | ast.ClassDef | None = None
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            node.decorator_list = []
            found = node
    for node in ast.walk(found) if found else ():
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(found) if found else None

"""The smallest failing case as panels of cells: the input, what was expected, and the learner's, beside it.

In go a case and two outcomes; out come ``Panel``s of plain strings in which the cells that differ are marked, for
the text and the HTML of a verdict. A mark is a sign in the cell (``≠``), never colour alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from pytorch_basics.language import say
from pytorch_basics.practice.compare import Failed, Outcome, Returned, as_tensor, difference, differs, notation, short
from pytorch_basics.practice.exercise import Same
from pytorch_basics.practice.verdict import Panel

MOST_ROWS, MOST_COLUMNS, MOST_SLICES = 8, 8, 3


def inputs(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Panel, ...]:
    """A panel for each argument."""
    named = [(say("argument {name}", name=i) if args[1:] else say("argument"), value) for i, value in enumerate(args)]
    named += [(f"{name}=", value) for name, value in kwargs.items()]
    return tuple(panel(name, value) for name, value in named)


def both(given: Outcome, expected: Outcome, same: Same) -> tuple[Panel, Panel]:
    """The panels "expected" and "yours", with the differing cells of both marked."""
    if isinstance(given, Failed) or isinstance(expected, Failed):
        return _outcome(say("expected"), expected), _outcome(say("yours"), given)
    at, result, right = _apart(given.result, expected.result, same)
    mine, theirs = _dense(result), _dense(right)
    mask = None
    if mine is not None and theirs is not None and mine.shape == theirs.shape and mine.numel() <= 10**6:
        mask = differs(mine, theirs, same)
    for digits in (4, 6, 9, 17):  # as few as tell the marked cells apart
        pair = panel(say("expected") + at, right, mask, digits), panel(say("yours") + at, result, mask, digits)
        if all(pair[0].rows[r][c] != pair[1].rows[r][c] for r, c in pair[0].marked):
            break
    return pair


def _apart(given: Any, expected: Any, same: Same) -> tuple[str, Any, Any]:
    """Of two dicts only what differs: the rest would push it out of sight. With one such entry, that and its name."""
    if not (isinstance(given, dict) and isinstance(expected, dict) and given.keys() == expected.keys()):
        return "", given, expected
    odd = [key for key in expected if difference(Returned(given[key], (), {}), Returned(expected[key], (), {}), same)]
    if len(odd) == 1:
        return f" {odd[0]!r}", given[odd[0]], expected[odd[0]]
    return "", {key: given[key] for key in odd or expected}, {key: expected[key] for key in odd or expected}


def panel(title: str, value: Any, mask: torch.Tensor | None = None, digits: int = 4) -> Panel:
    """The value as a grid: a tensor by its rows (higher dimensions slice by slice), anything else as its repr."""
    dense = _dense(value)
    if dense is None:
        return Panel(title, ((short(value),),))
    heading = f"{title}  {_what(value)}"
    if dense.numel() == 0:
        return Panel(heading, ((say("(no elements)"),),))
    rows: list[tuple[str, ...]] = []
    marked: set[tuple[int, int]] = set()
    grid = dense.reshape(-1, *((1, 1, *dense.shape)[-2:] if dense.dim() else (1, 1)))
    flags = None if mask is None else mask.reshape(grid.shape)
    for index, page in enumerate(grid[:MOST_SLICES]):
        for row, line in enumerate(page[:MOST_ROWS]):
            if flags is not None:
                marked |= {(len(rows), c) for c in range(min(line.numel(), MOST_COLUMNS)) if flags[index, row, c]}
            cells = [_cell(item, digits) for item in line[:MOST_COLUMNS].tolist()]
            rows.append((*cells, "…") if line.numel() > MOST_COLUMNS else tuple(cells))
        if len(page) > MOST_ROWS:
            rows.append(("…",))
        if index + 1 < len(grid):
            rows.append(("",) if index + 1 < MOST_SLICES else ("…",))
    return Panel(heading, tuple(rows), frozenset(marked))


def _outcome(title: str, outcome: Outcome) -> Panel:
    if isinstance(outcome, Failed):
        return Panel(title, ((say("raises {kind}", kind=outcome.kinds[0]),),))
    return panel(title, outcome.result)


def _what(value: Any) -> str:
    """A tensor or an array in a heading: ``tensor f32[2, 3]``."""
    if isinstance(value, torch.nn.Parameter):
        return say("Parameter {shape}", shape=notation(value))
    if isinstance(value, torch.Tensor):
        return say("tensor {shape}", shape=notation(value))
    return say("NumPy array {shape}", shape=notation(value))


def _dense(value: Any) -> torch.Tensor | None:
    """The value as a tensor that can be drawn, or None."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc" and value.dtype != np.uint64:
        return as_tensor(value)
    if isinstance(value, torch.Tensor) and value.device.type == "cpu":
        return value.detach()
    return None


def _cell(item: Any, digits: int) -> str:
    return f"{item:.{digits}g}" if isinstance(item, float) else str(item)


def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The call of ``name`` as it would be written, with tensors by kind: ``strides_of((2, 3))``."""
    written = [_argument(value) for value in args] + [f"{key}={_argument(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(written)})"


def _argument(value: Any) -> str:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return f"‹{_what(value)}›"
    return short(value, 60)

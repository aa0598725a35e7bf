"""Where in the learner's code something was called: the innermost line that is neither PyTorch's nor ours.

In goes a frame, out comes a ``Place``.
"""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from types import FrameType

from pytorch_basics.instruments.trace.frames import is_inner


@dataclass(frozen=True)
class Place:
    """A line of source, stripped, and its number; empty where the source is not known."""

    line: str = ""
    number: int | None = None


def place(frame: FrameType | None) -> Place:
    """The learner's line that leads to ``frame``."""
    while frame is not None and is_inner(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return Place()
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)
    return Place(line.strip(), frame.f_lineno)

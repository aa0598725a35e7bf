"""A line of the learner's own code, as records point to it.

In go a file, a line number and the function around; out comes the text that stands there, read when it is first
needed (a notebook's cell is known to ``linecache``). Plain data, no torch.
"""

from __future__ import annotations

import linecache
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """One line. ``function`` is the qualified name of the function around it, ``<module>`` at the top of a file."""

    file: str
    line: int
    function: str = ""
    text: str = ""

    @staticmethod
    def at(file: str, line: int, function: str = "") -> Place:
        """The place with the text that stands there now."""
        return Place(file, line, function, linecache.getline(file, line).strip())

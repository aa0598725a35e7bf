"""The frames an exception came through, sorted into the learner's and those of packages.

In goes a traceback; out come its frames with the span of what ran in each. A recursion error has a thousand: the
outermost and the innermost are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import FrameType, TracebackType

from pytorch_basics.instruments.failure.source import Span, span_of
from pytorch_basics.instruments.failure.whose import learners

OUTERMOST, INNERMOST = 12, 48
_FILE = re.compile(r'^ *File "(?P<file>.+)", line (?P<line>\d+), in (?P<name>.+)$')
_CAUGHT = re.compile(r"^Caught (\w+) in ")


@dataclass(eq=False)
class Level:
    """One frame of the learner's, and the packages' frames right under it."""

    frame: FrameType
    line: int
    span: Span | None
    under: list[FrameType] = field(default_factory=list)


def levels(traceback: TracebackType | None) -> list[Level]:
    """The learner's frames, the innermost last. Where none is the learner's, every frame counts."""
    frames = []
    while traceback is not None:
        frames.append((traceback.tb_frame, traceback.tb_lineno, traceback.tb_lasti))
        traceback = traceback.tb_next
    if len(frames) > OUTERMOST + INNERMOST:
        frames = frames[:OUTERMOST] + frames[-INNERMOST:]
    found: list[Level] = []
    for frame, line, last in frames:
        if learners(frame.f_code.co_filename):
            found.append(Level(frame, line, span_of(frame, last)))
        elif found:
            found[-1].under.append(frame)
    return found


@dataclass(frozen=True)
class Told:
    """One frame of a traceback that is only known as text (of a DataLoader's worker)."""

    file: str
    line: int
    name: str
    text: str = ""
    columns: tuple[int, int] | None = None


def told(message: str) -> tuple[str, list[Told]]:
    """The kind of the error in a worker, and the learner's frames of the traceback inside ``message``."""
    caught = _CAUGHT.match(message)
    if caught is None:
        return "", []
    lines = message.splitlines()
    found = []
    for k, line in enumerate(lines):
        match = _FILE.match(line)
        if match and learners(match["file"]):
            text = lines[k + 1] if k + 1 < len(lines) else ""
            marks = lines[k + 2] if k + 2 < len(lines) else ""
            found.append(Told(match["file"], int(match["line"]), match["name"], text.strip(), _marked(text, marks)))
    return caught[1], found


def _marked(text: str, marks: str) -> tuple[int, int] | None:
    """The columns under ``^^^^``, counted from the first letter of the line."""
    if not marks.strip() or set(marks.strip()) - set("^~"):
        return None
    indent = len(text) - len(text.lstrip())
    first = len(marks) - len(marks.lstrip())
    return first - indent, len(marks.rstrip()) - indent

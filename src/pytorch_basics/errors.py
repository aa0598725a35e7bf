"""One way to word an error, so that every message answers the same four questions.

In go the pieces (what was called, which argument, its value, what was wanted, what to write instead);
out comes the sentence. ``Problem`` is the error a learner may meet on the command line: its text is printed
as one clear line, never as a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Problem(Exception):
    """Something the learner can put right; its message is the whole of what they need to read."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines in place of a traceback through our code."""
        return [f"{type(self).__name__}: {self}"]


class WrongArgument(Problem, TypeError):
    """A ``TypeError`` whose message, made by ``wrong``, is all that a notebook shows."""


class WrongValue(Problem, ValueError):
    """The same as a ``ValueError``."""


def wrong(what: str, argument: str, value: object, wanted: str, instead: str) -> str:
    """The standard sentence for a wrong argument.

    >>> wrong("pb.hint", "id", 3, "an exercise id", 'pb.hint("tensors.checkerboard")')
    'pb.hint: id is 3 (int); wanted an exercise id. Write instead: pb.hint("tensors.checkerboard")'
    """
    return f"{what}: {argument} is {_short(value)} ({type(value).__name__}); wanted {wanted}. Write instead: {instead}"


def nearest(word: str, known: Iterable[str], most: int = 3) -> str:
    """What the writer of ``word`` may have meant, as ``a, b or c``; the first known words when none is near."""
    known = sorted(known)
    near = get_close_matches(word, known, n=most, cutoff=0.4) or known[:most]
    return near[0] if len(near) == 1 else f"{', '.join(near[:-1])} or {near[-1]}"


def _short(value: object, width: int = 60) -> str:
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a learner's own __repr__ may fail; the message must not
        text = f"<{type(value).__name__} that cannot be shown>"
    return text if len(text) <= width else text[: width - 1] + "…"

"""``pb.explain``: what the last exception came from, and the line to write instead.

In goes an exception, by default the last one; out comes a ``Report``. Importing this loads no torch.
"""

from __future__ import annotations

import sys

from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.observe import Observation
from pytorch_basics.errors import Problem, WrongArgument, wrong

NOTHING = "Nothing has been raised yet. Run the code that fails first, then pb.explain(), or pass the exception to it."


def explain(error: BaseException | None = None) -> Report:
    """Explain ``error``, by default the exception being handled, else the last one that ended a cell or a line.

    The report names the expression that failed, what its parts held, and the line to change, which often is not the
    line that raised. It shows itself in a notebook and prints in a REPL.

    >>> pb.explain()

    Raises TypeError for anything but an exception.
    """
    if error is not None and not isinstance(error, BaseException):
        raise WrongArgument(wrong("pb.explain", "error", error, "an exception", "pb.explain(), for the last one"))
    error = error or last()
    if error is None:
        return Report(notes=(NOTHING,))
    if isinstance(error, Problem):
        return Report(notes=(f"The last exception is this package's own and says what to do: {error}",))
    return Observation().report(error)


def last() -> BaseException | None:
    """The exception being handled, else the last one that nobody caught in this session."""
    handled = sys.exc_info()[1]
    # Python 3.12 has last_exc; IPython and older Pythons set last_value.
    return handled or getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)

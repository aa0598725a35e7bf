"""``pb.checkup``: watches any code train, and says what keeps it from learning.

In goes a block, or a function with its arguments; nothing else is passed in. Out comes a ``Report``. Models,
optimizers, losses and data are found as they work. Importing this loads no torch; watching does.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, overload

from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.observe import Observation
from pytorch_basics.doctor.show import show
from pytorch_basics.errors import WrongArgument, wrong


class Checkup:
    """What ``with pb.checkup() as c`` gives: ``c.report`` is what was seen so far; after the block it is shown."""

    def __init__(self) -> None:
        self._observation = Observation()
        self._report: Report | None = None

    @property
    def report(self) -> Report:
        """What was seen: so far inside the block, all of it after."""
        return self._report or self._observation.report()

    def __enter__(self) -> Checkup:
        self._observation.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._observation.end()
        self._report = self._observation.report(*_ending(error))
        show(self._report, error)

    def __repr__(self) -> str:
        return repr(self.report)

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


@overload
def checkup() -> Checkup: ...
@overload
def checkup(fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Report: ...
def checkup(fn: Callable[..., Any] | None = None, /, *args: Any, **kwargs: Any) -> Checkup | Report:
    """Watch a block or ``fn(*args, **kwargs)`` train, and report what silently keeps it from learning.

    The code runs as without it, with equal results. An exception in the block passes through and is explained in the
    report too; one in ``fn`` is printed as usual and explained in the report.

    >>> with pb.checkup():
    ...     for x, y in loader:
    ...         …

    Raises TypeError for what cannot be called.
    """
    if fn is None:
        return Checkup()
    if not callable(fn):
        instead = "pb.checkup(train, model), or: with pb.checkup(): and the loop in its block"
        raise WrongArgument(wrong("pb.checkup", "fn", fn, "a function that trains", instead))
    return _checked(fn, args, kwargs)


def _checked(fn: Callable[..., Any], args: Any, kwargs: Any) -> Report:
    observation, error = Observation(), None
    observation.begin()
    try:
        fn(*args, **kwargs)
    except Exception as raised:
        error = raised.with_traceback(raised.__traceback__ and raised.__traceback__.tb_next)
        traceback.print_exception(error)
    except BaseException as stopped:  # an interrupt goes on, but what was seen is not lost
        observation.end()
        show(observation.report(*_ending(stopped)))
        raise
    finally:
        observation.end()
    return observation.report(error)


def _ending(error: BaseException | None) -> tuple[BaseException | None, int | None, str]:
    """The exception to explain, the exit code, and how it ended in words."""
    if error is None or isinstance(error, Exception):
        return error, None, ""
    return None, None, {KeyboardInterrupt: "interrupted", SystemExit: "sys.exit"}.get(type(error), type(error).__name__)

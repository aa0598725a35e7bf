"""Showing a report where the learner looks: displayed in a notebook, printed elsewhere.

In goes a report; an exception whose report was shown is marked, so that none is explained twice.
"""

from __future__ import annotations

import sys

from pytorch_basics.doctor.finding import Report

_MARK = "_explained_by_pytorch_basics"


def show(report: Report, error: BaseException | None = None) -> None:
    """Display or print it; ``error`` is the exception that it explains."""
    if error is not None:
        error.__dict__[_MARK] = True
    if "ipykernel" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from IPython.display import display

        display(report)  # type: ignore[no-untyped-call]  # IPython declares no types for it
    else:
        print(report)


def was_shown(error: BaseException) -> bool:
    """Whether a report on this exception was shown already."""
    return _MARK in error.__dict__

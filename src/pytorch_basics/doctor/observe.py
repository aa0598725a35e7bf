"""One stretch of running code under the doctor's eyes: begin, end, report.

In goes how the code ended; out comes a ``Report``. Whatever fails in the instruments is
noted as the doctor's own error and never reaches the code that is watched. Importing this loads no torch.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from pytorch_basics.doctor.experiments import Experiment, experiments
from pytorch_basics.doctor.finding import Report
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.run.record import RunRecord


class Observation:
    """Watches from ``begin`` to ``end``, for at most ``steps`` optimizer steps; ``report`` may be asked at any time."""

    def __init__(self, steps: int | None = None) -> None:
        self._steps = steps
        self.notes: list[str] = []
        self._watching: Any = None
        self._on = False

    def begin(self) -> None:
        """Start to watch what is done with PyTorch."""
        with self._own("could not watch this run"):
            from pytorch_basics.instruments.run import watching

            self._watching = watching(self._steps)
            self._watching.on()
            self._on = True

    def end(self) -> None:
        """Stop watching; a second time does nothing."""
        if self._on:
            self._on = False
            with self._own("could not stop watching cleanly"):
                self._watching.off()

    def report(self, error: BaseException | None = None, exit: int | None = None, ended: str = "") -> Report:
        """What was seen so far, and what ``error`` came from."""
        failure = self._failure(error) if error is not None else None
        run = self._run()
        if failure is None and run is None:
            return Report(exit=exit, ended=ended, notes=tuple(self.notes))
        from pytorch_basics.doctor.diagnose import diagnose  # loads torch, as what was watched has

        findings, notes = diagnose(failure, run)
        tried = self._tried(run) if run is not None and failure is None and not findings else ()
        return Report(findings, failure, run, exit, ended, (*self.notes, *notes), tried)

    def _tried(self, run: RunRecord) -> tuple[Experiment, ...]:
        with self._own("could not make its experiments"):
            return experiments(self._watching, run)
        return ()

    def _run(self) -> RunRecord | None:
        with self._own("could not make a record of this run"):
            record: RunRecord | None = self._watching.record if self._watching is not None else None
            return record
        return None

    def _failure(self, error: BaseException) -> FailureRecord | None:
        return failure_of(error, self.notes)

    @contextlib.contextmanager
    def _own(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.notes.append(own_error(what, error))


def failure_of(error: BaseException, notes: list[str]) -> FailureRecord:
    """The record of an exception; where the doctor itself fails, one that holds what Python says of it."""
    if "torch" in sys.modules:  # without it there is nothing that the record could know more of
        try:
            from pytorch_basics.instruments.failure.capture import capture

            return capture(error)
        except Exception as own:
            notes.append(own_error("could not look into this exception", own))
    return FailureRecord(kind=type(error).__name__, message=_words(error))


def own_error(what: str, error: Exception) -> str:
    """The note on an error that is the doctor's, not the learner's."""
    return f"The doctor {what}: {type(error).__name__}: {error}. That is its own error, not yours."


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception class of the learner's may fail here
        return ""

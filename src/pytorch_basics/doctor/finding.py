"""What the doctor found: findings, and the report they stand in.

In go the signs of mistakes and what was watched; out comes plain data that ``text`` and ``html`` draw alike, and JSON.
A report shows itself in a notebook and prints in a REPL. No torch.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pytorch_basics.doctor.experiments.experiment import Experiment
from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord


@dataclass(frozen=True)
class Finding:
    """One mistake, seen at one place. ``place`` is the line to change; ``sure`` is False for what could be meant."""

    mistake: str
    title: str
    place: Place
    seen: str
    why: str
    instead: str
    evidence: tuple[str, ...] = ()
    sure: bool = True
    also: tuple[Place, ...] = ()

    @property
    def confidence(self) -> str:
        """``"sure"`` or ``"maybe"``."""
        return "sure" if self.sure else "maybe"

    @property
    def lines(self) -> list[int]:
        """The line to change first, then the others of the same file that have to do with it."""
        others = [place.line for place in self.also if place.file == self.place.file and place.line != self.place.line]
        return [self.place.line, *dict.fromkeys(others)]

    def to_json(self) -> dict[str, Any]:
        """This finding as the dictionary that ``--json`` prints."""
        return {
            "mistake": self.mistake,
            "title": self.title,
            "file": self.place.file,
            "line": self.place.line,
            "lines": self.lines,
            "seen": self.seen,
            "why": self.why,
            "write_instead": self.instead,
            "evidence": list(self.evidence),
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class Report:
    """What was found, best first. ``failure`` is the exception and ``run`` what was watched, None where there was none.

    ``exit`` is the exit code that the code itself would have given (None for code in a notebook), ``ended`` says in
    words how it ended where it did not end by itself, ``notes`` what the doctor has to say of its own work.
    ``experiments`` are what was tried on copies where the loss did not fall and no rule says why.
    """

    findings: tuple[Finding, ...] = ()
    failure: FailureRecord | None = None
    run: RunRecord | None = None
    exit: int | None = None
    ended: str = ""
    notes: tuple[str, ...] = ()
    experiments: tuple[Experiment, ...] = ()

    @property
    def raised(self) -> str | None:
        """The exception as Python's last line has it, ``None`` when there was none."""
        if self.failure is None:
            return None
        return f"{self.failure.kind}: {self.failure.message}" if self.failure.message else self.failure.kind

    @property
    def healthy(self) -> bool:
        """Nothing was found and nothing was raised."""
        return not self.findings and self.failure is None

    def to_json(self) -> dict[str, Any]:
        """The report as the dictionary that ``--json`` prints."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "script": {"exit": self.exit, "raised": self.raised, "ended": self.ended},
            "notes": list(self.notes),
            "experiments": [asdict(one) for one in self.experiments],
        }

    def __repr__(self) -> str:
        from pytorch_basics.doctor.text import text

        return text(self)

    def _repr_html_(self) -> str:
        from pytorch_basics.doctor.html import html

        return html(self)

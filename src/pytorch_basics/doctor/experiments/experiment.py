"""One experiment: what was asked, what was done, what came of it. Plain data, no torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """``asked`` is a question, ``did`` what was done on a copy, ``showed`` the figures, ``means`` where they point."""

    asked: str
    did: str
    showed: str
    means: str

    def sentence(self) -> str:
        """All of it in words."""
        return f"{self.did}: {self.showed}. {self.means}"

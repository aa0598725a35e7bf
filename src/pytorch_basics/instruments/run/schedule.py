"""Decides which parts of a run are watched in full: the first steps, then ever fewer, and the first evaluations.

In go steps and calls of whole models; out comes yes or no. A part reaches from one optimizer step to the next. No
torch.
"""

from __future__ import annotations

FIRST = 8  # parts at the beginning, for each optimizer
GROWTH = 2.0  # from there, the number of steps to the next watched one grows by this
LONGEST = 500  # but it is never more than so many steps
CALLS = 3  # of a model in an evaluation between two steps
EVALUATIONS = 12  # that are watched after the beginning, then every eighth
MOST_WITHOUT_STEPS = 100  # backward passes where no optimizer ever steps


class Schedule:
    """``full`` says whether the part that runs now is watched in full. ``most`` ends it after so many steps."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.full = True
        self._steps = 0
        self._next = 0.0
        self._gap = 1.0
        self._calls = 0
        self._evaluations = 0

    def stepped(self, optimizers: int) -> bool:
        """An optimizer has stepped; whether the part that begins now is watched."""
        self._steps += 1
        self._calls = 0
        if self.most is not None and self._steps >= self.most:
            self.full = False
        elif self._steps < FIRST * max(1, optimizers):
            self.full = True
            self._next = float(self._steps + 1)
        else:
            # Two parts in a row, so that with two optimizers each is seen.
            self.full = self._steps >= self._next
            if self.full and self._steps >= self._next + max(1, optimizers) - 1:
                self._gap = min(self._gap * GROWTH, LONGEST)
                self._next = self._steps + 1 + self._gap
        return self.full

    @property
    def open(self) -> bool:
        """Whether there is more to watch at all."""
        return self.most is None or self._steps < self.most

    def called(self, training: bool, graded: bool) -> bool:
        """A whole model was called while nothing was watched; whether to watch from here."""
        if (training and graded) or (self.most is not None and self._steps >= self.most):
            return False
        self._calls += 1
        if self._calls > CALLS:
            return False
        if self._calls == 1:
            self._evaluations += 1
        return self._evaluations <= EVALUATIONS or self._evaluations % 8 == 0


def enough(backwards: int, steps: int) -> bool:
    """Whether a run without any optimizer was watched long enough: its weights are moved by hand, or not at all."""
    return steps == 0 and backwards >= MOST_WITHOUT_STEPS

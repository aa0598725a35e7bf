"""Finds what repeats in a row of ops: a loop of the learner's shows in the graph as the same ops again and again.

In go the signs of the ops, out come stretches that cover them: where each begins and ends, and the length of one round.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 64  # ops in a round
LEAST = 3  # rounds that make a repetition


def stretches(signs: Sequence[str]) -> list[tuple[int, int, int]]:
    """``(first, end, period)`` one after the other; where nothing repeats, the period is 1 and the stretch goes on
    until something does."""
    found: list[tuple[int, int, int]] = []
    loose = at = 0
    while at < len(signs):
        period, rounds = _rounds(signs, at)
        if rounds < LEAST:
            at += 1
            continue
        if loose < at:
            found.append((loose, at, 1))
        found.append((at, at + period * rounds, period))
        loose = at = at + period * rounds
    if loose < len(signs):
        found.append((loose, len(signs), 1))
    return found


def _rounds(signs: Sequence[str], at: int) -> tuple[int, int]:
    """The round that, repeated from here on, covers most; the shortest one where several do."""
    best, covered = (1, 1), 0
    for period in range(1, min(LONGEST, (len(signs) - at) // LEAST) + 1):
        if signs[at] != signs[at + period]:
            continue
        same = at
        while same + period < len(signs) and signs[same] == signs[same + period]:
            same += 1
        rounds = (same - at) // period + 1
        if rounds >= LEAST and rounds * period > covered:
            best, covered = (period, rounds), rounds * period
            if covered > (len(signs) - at) // 2:
                break  # nothing can cover much more, and looking on costs time
    return best

"""The plane that a landscape is drawn on: two directions in parameter space, a centre, and how far to go.

In go the parameters as one vector, the path as rows and what the learner asked for; out comes a ``Plane``. Plain NumPy:
live things stay in ``capture``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray[Any, np.dtype[Any]]
ROOM = 0.25  # of the path's extent, on each side


@dataclass(frozen=True)
class Plane:
    """``origin + a · first + b · second``; ``a`` runs over ``a_range``, ``b`` over ``b_range``."""

    origin: Vector
    first: Vector
    second: Vector
    a_range: tuple[float, float]
    b_range: tuple[float, float]
    a_name: str
    b_name: str
    kind: str

    def coordinates(self, points: Vector) -> tuple[Vector, Vector]:
        """Where parameter vectors ``(n, P)`` fall on the plane, ``(n, 2)``, and their distances from it, ``(n,)``."""
        basis = np.stack([self.first, self.second], axis=1)
        away = points - self.origin
        found, *_ = np.linalg.lstsq(basis, away.T, rcond=None)
        return found.T, np.linalg.norm(away - found.T @ basis.T, axis=1)


def of_two(now: Vector, chosen: tuple[int, int], names: tuple[str, str], path: Vector) -> Plane:
    """The plane of two single parameters: coordinates are their own values."""
    one, two = chosen
    origin, first, second = now.copy(), np.zeros_like(now), np.zeros_like(now)
    origin[[one, two]] = 0.0
    first[one] = second[two] = 1.0
    seen = np.vstack([path, now])
    ranges = [_around(seen[:, k], least=max(2.0, abs(now[k]))) for k in chosen]
    return Plane(origin, first, second, ranges[0], ranges[1], *names, "two parameters")


def of_path(now: Vector, path: Vector) -> Plane:
    """The plane in which the path is longest: the first two principal components of its points, seen from its end."""
    away = path - path[-1]
    _, _, directions = np.linalg.svd(away - away.mean(axis=0), full_matrices=False)
    first, second = directions[0], directions[1]
    origin = path[-1].astype(np.float64)
    plane = Plane(origin, first, second, (0, 1), (0, 1), *("1st", "2nd"), "path")
    found, _ = plane.coordinates(np.vstack([path, now]))
    ranges = [_around(found[:, k], least=0.1) for k in (0, 1)]
    names = [f"{k} principal direction of the path" for k in ("first", "second")]
    return Plane(origin, first, second, ranges[0], ranges[1], names[0], names[1], "path")


def of_random(now: Vector, first: Vector, second: Vector, path: Vector) -> Plane:
    """The plane of two random directions that ``capture`` drew and scaled to the filters."""
    plane = Plane(now, first, second, (-1, 1), (-1, 1), *("1st", "2nd"), "random")
    found, _ = plane.coordinates(np.vstack([path, now]))
    ranges = [_around(found[:, k], least=1.0) for k in (0, 1)]
    names = [f"{k} random direction, filter-normalised" for k in ("first", "second")]
    return Plane(now, first, second, ranges[0], ranges[1], names[0], names[1], "random")


def _around(values: Vector, least: float) -> tuple[float, float]:
    """A range with room around all values, at least ``least`` to each side of their middle."""
    low, high = float(values.min()), float(values.max())
    middle, half = (low + high) / 2, (high - low) / 2 * (1 + 2 * ROOM)
    half = max(half, least)
    return middle - half, middle + half

"""Random inputs for generated cases, all from one seed, so that a failing check can be repeated.

In goes a seed; out come tensors, integers, shapes and choices. ``cases(draw)`` of an exercise uses nothing else
that is random.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

import torch

T = TypeVar("T")


class Draw:
    """A source of random inputs. Shapes are tuples; tensors are contiguous, on the CPU."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._random = random.Random(seed)
        self._torch = torch.Generator().manual_seed(seed)

    def integer(self, low: int, high: int) -> int:
        """A whole number, ``low`` and ``high`` included."""
        return self._random.randint(low, high)

    def choice(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def sample(self, options: Sequence[T], k: int) -> list[T]:
        """``k`` different ones of ``options``, in random order."""
        return self._random.sample(options, k)

    def shape(self, dims: int, low: int = 1, high: int = 5) -> tuple[int, ...]:
        return tuple(self.integer(low, high) for _ in range(dims))

    def shape_not_square(self, low: int = 2, high: int = 6) -> tuple[int, int]:
        """Two different sizes: square matrices hide mistakes."""
        rows, columns = self.sample(range(low, high + 1), 2)
        return rows, columns

    def rand(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Uniform on [0, 1)."""
        return torch.rand(shape, generator=self._torch, dtype=dtype)

    def randn(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Standard normal."""
        return torch.randn(shape, generator=self._torch, dtype=dtype)

    def randint(self, low: int, high: int, *shape: int, dtype: torch.dtype = torch.int64) -> torch.Tensor:
        """Whole numbers, ``low`` included and ``high`` not, as in ``torch.randint``."""
        return torch.randint(low, high, shape, generator=self._torch, dtype=dtype)

    def seed_for_case(self) -> int:
        """A seed to hand to ``case(..., seed=…)`` when the answer itself draws random numbers."""
        return self._random.randrange(2**31)

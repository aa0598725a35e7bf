"""Calls something once a run has taken so many optimizer steps; the only file here that imports torch.

In go a number and a function; torch's global hook after a step counts, and is gone after the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch.optim.optimizer import register_optimizer_step_post_hook


def after_steps(number: int, call: Callable[[], None]) -> None:
    """Call ``call()`` after the step of this number, and after each later one as long as it raises."""
    taken = 0

    def count(*_: Any) -> None:
        nonlocal taken
        taken += 1
        if taken >= number:
            call()
            handle.remove()

    handle = register_optimizer_step_post_hook(count)

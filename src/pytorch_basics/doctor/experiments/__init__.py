"""When the loss does not fall and no rule says why: cheap experiments on copies, and what each showed.

In goes what a run left behind (its record, and one batch that can be computed again); out come ``Experiment``s. They
are not findings: each says what was done, what came of it, and where that points. Importing this loads no torch.
"""

from __future__ import annotations

from typing import Any

from pytorch_basics.doctor.experiments.experiment import Experiment
from pytorch_basics.instruments.run.record import RunRecord

__all__ = ["Experiment", "experiments", "stuck"]

LEAST_STEPS, LEAST_LOSSES = 20, 6
STUCK = 0.9  # of what the loss was at first


def stuck(run: RunRecord) -> bool:
    """Whether a run trained long enough for its loss to fall, and it did not."""
    values = [value for _, value in run.losses if value == value]
    if run.steps < LEAST_STEPS or len(values) < LEAST_LOSSES or len(run.optimizers) != 1:
        return False
    part = max(2, len(values) // 4)
    first, last = sum(values[:part]) / part, sum(values[-part:]) / part
    return first > 0 and last > STUCK * first


def experiments(watching: Any, run: RunRecord) -> tuple[Experiment, ...]:
    """The experiments, where the run is stuck and left a batch that can be computed again."""
    replay = getattr(watching, "replay", None)
    if replay is None or not stuck(run):
        return ()
    from pytorch_basics.doctor.experiments.capture import performed

    return performed(replay, run)

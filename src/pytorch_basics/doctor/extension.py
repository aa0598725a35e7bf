"""``%load_ext pytorch_basics``: every exception of PyTorch is explained under its usual traceback.

In goes the IPython shell; its event after each cell tells how the cell ended. The traceback is IPython's (or rich's)
own and has been shown by then. Importing this loads no torch.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.observe import Observation
from pytorch_basics.doctor.show import show, was_shown
from pytorch_basics.errors import Problem


def load(shell: Any) -> None:
    """Explain from now on; a second time changes nothing."""
    if after_cell not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", after_cell)


def unload(shell: Any) -> None:
    """Explain no longer."""
    if after_cell in shell.events.callbacks["post_run_cell"]:
        shell.events.unregister("post_run_cell", after_cell)


def after_cell(result: Any) -> None:
    """Show the report on a cell's exception; an error of our own becomes one line."""
    error = getattr(result, "error_in_exec", None)
    if not isinstance(error, Exception) or isinstance(error, Problem) or was_shown(error):
        return
    try:
        report = Observation().report(error) if "torch" in sys.modules else Report()
        if report.findings or concerns_torch(error, report):
            show(report, error)
    except Exception as own:
        print(f"(pytorch_basics could not explain this: {type(own).__name__}: {own})")


def concerns_torch(error: BaseException, report: Report) -> bool:
    """Whether PyTorch's code raised it, or one of the failing expression's operands is PyTorch's."""
    operands = report.failure.operands if report.failure else ()
    kinds = {one.value.kind for one in operands if one.value}
    return bool(kinds & {"tensor", "module", "optimizer"}) or _through_torch(error.__traceback__)


def _through_torch(trace: TracebackType | None) -> bool:
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] == "torch":
            return True
        trace = trace.tb_next
    return False

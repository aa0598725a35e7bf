"""PyTorch Basics: see what PyTorch did, practise it, learn what you misunderstood.

    import pytorch_basics as pb

The public verbs are looked up on first use (PEP 562), so importing the package costs milliseconds and
loads neither torch nor the course. ``_VERBS`` is the whole list.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytorch_basics.course.capstone.digits import digits as digits
    from pytorch_basics.course.verbs import exercise as exercise
    from pytorch_basics.course.verbs import hint as hint
    from pytorch_basics.course.verbs import predict as predict
    from pytorch_basics.course.verbs import progress as progress
    from pytorch_basics.course.verbs import solution as solution
    from pytorch_basics.doctor.checkup import checkup as checkup
    from pytorch_basics.doctor.explain import explain as explain
    from pytorch_basics.instruments.graph import graph as graph
    from pytorch_basics.instruments.module import summary as summary
    from pytorch_basics.instruments.tensor import see as see
    from pytorch_basics.instruments.trace import trace as trace
    from pytorch_basics.instruments.trace import tracing as tracing
    from pytorch_basics.instruments.training.boundary import boundary as boundary
    from pytorch_basics.instruments.training.landscape import landscape as landscape
    from pytorch_basics.instruments.training.losses import losses as losses
    from pytorch_basics.instruments.training.steps import steps as steps
    from pytorch_basics.instruments.training.watch import watch as watch

__version__ = "0.1.0"

_VERBS = {
    "see": "pytorch_basics.instruments.tensor",
    "trace": "pytorch_basics.instruments.trace",
    "tracing": "pytorch_basics.instruments.trace",
    "graph": "pytorch_basics.instruments.graph",
    "summary": "pytorch_basics.instruments.module",
    "boundary": "pytorch_basics.instruments.training.boundary",
    "landscape": "pytorch_basics.instruments.training.landscape",
    "losses": "pytorch_basics.instruments.training.losses",
    "steps": "pytorch_basics.instruments.training.steps",
    "watch": "pytorch_basics.instruments.training.watch",
    "checkup": "pytorch_basics.doctor.checkup",
    "explain": "pytorch_basics.doctor.explain",
    "digits": "pytorch_basics.course.capstone.digits",
    "exercise": "pytorch_basics.course.verbs",
    "predict": "pytorch_basics.course.verbs",
    "hint": "pytorch_basics.course.verbs",
    "solution": "pytorch_basics.course.verbs",
    "progress": "pytorch_basics.course.verbs",
}

__all__ = [
    "__version__",
    "boundary",
    "checkup",
    "digits",
    "exercise",
    "explain",
    "graph",
    "hint",
    "landscape",
    "losses",
    "predict",
    "progress",
    "see",
    "solution",
    "steps",
    "summary",
    "trace",
    "tracing",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return getattr(import_module(_VERBS[name]), name)
    raise AttributeError(f"module 'pytorch_basics' has no attribute {name!r}; its verbs are {', '.join(_VERBS)}")


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext pytorch_basics``: explain every exception of PyTorch under its usual traceback."""
    import_module("pytorch_basics.doctor.extension").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext pytorch_basics``: explain them no longer."""
    import_module("pytorch_basics.doctor.extension").unload(shell)


def _warm_up() -> None:
    """In a notebook of the lab, start the checker in the background, so that it is ready for the first answer."""
    if "ipykernel" in sys.modules and os.environ.get("PYTORCH_BASICS_WORKSPACE"):
        import_module("pytorch_basics.practice.sandbox").shared().start()


_warm_up()


def __dir__() -> list[str]:
    return sorted(__all__)

"""Which of the learner's lines is running, and what of PyTorch it called to get here.

In goes a frame of ours; out come the code object and the instruction in it, which ``assemble`` reads later, and the
name of the function of PyTorch on the way that says what the learner meant: ``zero_grad`` for a write of ``.grad``.
No torch is imported: the functions asked for are looked up where torch already is.
"""

from __future__ import annotations

import sys
from functools import cache
from types import CodeType, FrameType
from typing import Any, NamedTuple

from pytorch_basics.instruments.trace.frames import is_inner

# Module, class (or none), function, and what a call through it is called.
_MEANT = (
    ("torch.optim.optimizer", "Optimizer", "zero_grad", "zero_grad"),
    ("torch.optim.optimizer", "Optimizer", "add_param_group", "add_param_group"),
    ("torch.nn.modules.module", "Module", "zero_grad", "zero_grad"),
    ("torch.nn.modules.module", "Module", "_save_to_state_dict", "state_dict"),
    ("torch.nn.modules.module", "Module", "_load_from_state_dict", "load_state_dict"),
    ("torch.nn.modules.module", "Module", "_apply", "to"),
    ("torch.nn.parameter", "Parameter", "__deepcopy__", "deepcopy"),
    ("torch.nn.utils.clip_grad", "", "clip_grad_norm_", "clip_grad_norm_"),
    ("torch.nn.utils.clip_grad", "", "clip_grad_value_", "clip_grad_value_"),
    ("torch.utils.data.dataloader", "_BaseDataLoaderIter", "__init__", "iter"),
    ("torch.utils.data.dataloader", "_SingleProcessDataLoaderIter", "_next_data", "collate"),
)


class Reached(NamedTuple):
    """Where the learner is; ``through`` names the function of ``_MEANT`` on the way, ``frame`` is that function's."""

    code: CodeType | None
    at: int
    through: str
    frame: FrameType | None


@cache
def _meant() -> dict[int, str]:
    found: dict[int, str] = {}
    for module, owner, name, meant in _MEANT:
        home: Any = sys.modules.get(module)
        func = getattr(getattr(home, owner) if owner else home, name)
        found[id(getattr(func, "__wrapped__", func).__code__)] = meant
    return found


def chain(frame: FrameType | None, most: int = 6) -> tuple[tuple[CodeType, int], ...]:
    """The learner's frames that are running, the innermost first."""
    found: list[tuple[CodeType, int]] = []
    while frame is not None and len(found) < most:
        if not is_inner(frame.f_code.co_filename):
            found.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(found)


_inner: dict[str, bool] = {}


def reached(frame: FrameType | None) -> Reached:
    """The innermost frame that is the learner's (or a library's that is not PyTorch)."""
    meant = _meant()
    through, meaning = "", None
    while frame is not None:
        code = frame.f_code
        name = code.co_filename
        inner = _inner.get(name)
        if inner is None:
            inner = _inner[name] = is_inner(name)
        if not inner:
            return Reached(code, frame.f_lasti, through, meaning)
        if id(code) in meant:
            through, meaning = meant[id(code)], frame
        frame = frame.f_back
    return Reached(None, 0, through, meaning)

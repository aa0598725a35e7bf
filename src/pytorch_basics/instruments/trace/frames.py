"""Which line of the learner's own code is running: the innermost frame that is neither PyTorch's nor ours.

In goes a frame of ours; out comes the code object and the place in it, which ``sites`` reads later.
"""

from __future__ import annotations

import os
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FrameType

Site = tuple[CodeType | None, int, bool]  # the code, the instruction in it, and whether it called PyTorch directly

_SPEC = find_spec("torch")
# With the separator at its end: a folder called "torchvision" or "torch_lessons" is not PyTorch.
_TORCH = str(Path(_SPEC.origin).parent) + os.sep if _SPEC and _SPEC.origin else "\0"
_OURS = str(Path(__file__).parents[1]) + os.sep
_PYTHON = sysconfig.get_path("stdlib") + os.sep  # copy, functools, contextlib: they only pass a call on
_inner: dict[str, bool] = {}


def learner(frame: FrameType | None, call: CodeType | None = None, site: Site | None = None) -> Site:
    """Where the learner is. ``site`` is where the running module was called from, ``call`` PyTorch's code that calls
    modules: a frame of that ends the search."""
    direct = True
    while frame is not None:
        code = frame.f_code
        if code is call and site is not None:
            return site
        name = code.co_filename
        inner = _inner.get(name)
        if inner is None:
            inner = _inner[name] = is_inner(name)
        if not inner:
            return code, frame.f_lasti, direct
        direct = direct and name.startswith(_OURS)
        frame = frame.f_back
    return None, 0, False


def is_inner(name: str) -> bool:
    """Whether a file is PyTorch's, ours, or one of those that only pass a call on."""
    if name.startswith((_TORCH, _OURS, "<frozen", "<__array_function__")):
        return True
    return name.startswith(_PYTHON) and "-packages" not in name

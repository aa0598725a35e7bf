"""Has ``torch.compile`` step aside while anything is traced: compiled code is not made of ops, and PyTorch refuses to
compile under a mode (and remembers the refusal).

In goes nothing but the beginning and the end of each trace; from the first beginning to the last end, of all threads,
PyTorch's own switch ``torch.compiler.set_stance("force_eager")`` is on. Where nothing can be compiled, nothing is done.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Lock
from typing import Any

_lock = Lock()
_traces = 0
_stance: Any = None


def begin() -> None:
    """A trace begins."""
    global _traces, _stance
    with _lock:
        dynamo = sys.modules.get("torch._dynamo")
        if _stance is None and hasattr(dynamo, "set_stance"):  # while it is imported it has none yet
            with suppress(RuntimeError):  # raised where we are inside of compiled code ourselves
                _stance = dynamo.set_stance("force_eager")  # type: ignore[union-attr]  # it has one
        _traces += 1


def again() -> None:
    """Where a trace is on: the compiler may have been imported since it began."""
    if _stance is None and "torch._dynamo" in sys.modules:
        begin()
        end()


def end() -> None:
    """A trace has ended."""
    global _traces, _stance
    with _lock:
        _traces -= 1
        if _traces == 0 and _stance is not None:
            _stance.__exit__(None, None, None)
            _stance = None

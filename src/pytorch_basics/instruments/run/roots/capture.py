"""One hook on each whole model, which says that it is called while nothing else is watched.

In go models and the function to call; what becomes of a model with such a hook is as without it: a copy or a file of it
holds none (``hook.py``), and ``torch.jit.script``, which would compile hooks, finds none. For the latter
``torch.jit.script`` is replaced from ``on()`` to ``off()``; nothing else of PyTorch ever is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import Module

from pytorch_basics.instruments.run.hook import Hook


class Roots:
    """The models that have a hook."""

    def __init__(self, called: Callable[[Module, Any], None]) -> None:
        self._called = called
        self._handles: list[Any] = []
        self._script: Any = None
        self._mine: Any = None

    def on(self) -> None:
        """Begin."""
        script: Any = torch.jit.script
        self._script = script

        @functools.wraps(script)
        def unhooked(*args: Any, _frames_up: int = 0, **kwargs: Any) -> Any:
            self.clear()
            return script(*args, _frames_up=_frames_up + 1, **kwargs)

        self._mine = unhooked
        torch.jit.script = self._mine

    def off(self) -> None:
        """End."""
        self.clear()
        if torch.jit.script is self._mine:
            torch.jit.script = self._script

    def add(self, module: Module) -> None:
        """This is a whole model."""
        self._handles.append(module.register_forward_pre_hook(Hook(self._called)))

    def clear(self) -> None:
        """Take all hooks off."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

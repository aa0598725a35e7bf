"""A hook that stays behind when the module it hangs on is copied or saved.

A hook is part of its module: ``copy.deepcopy(model)`` and ``torch.save(model)`` take it along, and all that it refers
to. In goes the function to call; out comes a hook that a copy forgets at its first call, and that a file keeps as
``{}.get``, which gives a layer its arguments back unchanged and needs nothing of ours to be loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Hook:
    """Calls ``call`` with the module and its arguments; the copy of one takes itself off."""

    def __init__(self, call: Callable[[Any, Any], None] | None) -> None:
        self._call = call

    def __call__(self, module: Any, args: Any) -> None:
        if self._call is not None:
            self._call(module, args)
            return
        for key in [key for key, hook in module._forward_pre_hooks.items() if hook is self]:
            del module._forward_pre_hooks[key]

    def __deepcopy__(self, memo: Any) -> Hook:
        return Hook(None)

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, ({}, "get")

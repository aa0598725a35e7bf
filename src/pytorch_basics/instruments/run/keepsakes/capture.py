"""Sees what the learner kept of parameters beyond a step: their memory under another name, or as an array.

In go what ``numpy()``, ``state_dict()``, ``detach()`` and ``.data`` gave, weakly held; out come events that count the
steps these outlived.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch

from pytorch_basics.instruments.run.log import Event, Log, Where


class Keepsakes:
    """What may show a parameter's numbers after they changed."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._arrays: list[tuple[Any, Event]] = []
        self._aliases: list[tuple[Any, int, Where]] = []

    def shown(self, tensor: Any, array: Any, where: Where) -> None:
        """``.numpy()`` was called; when it shows a parameter's memory, see whether it outlives a step."""
        if not isinstance(tensor, torch.Tensor) or tensor.is_meta or not tensor.numel():
            return
        place = tensor.data_ptr()
        for number, p in self.log.alive("parameter"):
            if p.data_ptr() == place:
                event = self.log.event("numpy", where, parameters={number: None}, numbers=[0])
                if event is not None:
                    self._arrays.append((weakref.ref(array), event))

    def kept(self, tensor: Any, event: Event) -> None:
        """``state_dict()`` gave this: see whether it is still there after a step."""
        event.facts["numbers"] = [0]
        self._arrays.append((weakref.ref(tensor), event))

    def aliased(self, parameter: Any, tensor: Any, where: Where) -> None:
        """``detach()`` or ``.data`` gave the memory of a parameter: see whether it is still there after a step."""
        number = self.log.number("parameter", parameter)
        if number is not None:
            self._aliases.append((weakref.ref(tensor), number, where))

    def survived(self) -> None:
        """Parameters have changed: count what is still there."""
        for ref, number, where in self._aliases:
            if ref() is not None:
                event = self.log.event("alias", where, parameters={number: None}, numbers=[0])
                if event is not None:
                    self._arrays.append((ref, event))
        self._aliases = []
        self._arrays = [(ref, event) for ref, event in self._arrays if ref() is not None]
        for _, event in self._arrays:
            event.facts["numbers"][0] += 1

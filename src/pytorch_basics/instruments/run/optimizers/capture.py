"""Follows optimizers: where each was made, which parameters it holds, and what each of its steps used and changed.

In go optimizers as they are made and as they step; out come events and, for watched steps, norms of gradients, of
parameters and of their changes, each from at most ``MOST`` numbers a parameter.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch

from pytorch_basics.instruments.run.keepsakes.capture import Keepsakes
from pytorch_basics.instruments.run.log import Log, Optimizer, Where
from pytorch_basics.instruments.run.parameters.capture import MOST, Parameters, sample

ORDER = ("none", "zero", "fresh", "used")  # of what gradients can be, the worst last
_MOST_NORMS = 512


class Optimizers:
    """All optimizers that a run was seen to use."""

    def __init__(self, log: Log, parameters: Parameters, keepsakes: Keepsakes) -> None:
        self.log, self.parameters, self.keepsakes = log, parameters, keepsakes
        self._old: list[Any] = []

    def made(self, optimizer: Any, where: Where, parameter: Any) -> None:
        """An optimizer is being made here, or goes on being made: this is one of its parameters."""
        if optimizer is not None and self.log.number("optimizer", optimizer) is None:
            number = self.number(optimizer, where)
            self.log.event("made", where, which=number)
        known = self.log.number("optimizer", optimizer) if optimizer is not None else None
        if known is not None and not self.log.optimizers[known].steps:
            held = self.parameters.find(parameter)
            self.log.optimizers[known].parameters.append(held)
            self.log.parameters[held].optimizers[known] = None

    def number(self, optimizer: Any, where: Where = (None, 0)) -> int:
        """Its number, from the first meeting on."""
        number = self.log.number("optimizer", optimizer)
        if number is None:
            entry = Optimizer(weakref.ref(optimizer), type(optimizer).__name__, where)
            number = self.log.add("optimizer", optimizer, self.log.optimizers, entry)
        return number

    def hold(self, number: int, optimizer: Any) -> list[Any]:
        """Note which parameters an optimizer holds; they are given back."""
        entry = self.log.optimizers[number]
        entry.settings = _settings(optimizer)
        params = [p for group in optimizer.param_groups for p in group["params"]]
        entry.parameters = [self.parameters.find(p) for p in params]
        for k in entry.parameters:
            self.log.parameters[k].optimizers[number] = None
        return params

    def step_begins(self, optimizer: Any, where: Where) -> None:
        """An optimizer is about to step."""
        number = self.number(optimizer)
        entry = self.log.optimizers[number]
        if not entry.at[0]:
            entry.at = where
        params = self.hold(number, optimizer)
        numbers = entry.parameters
        states = self._gradients(numbers, params)
        used = "fresh" if "fresh" in states else max(states, key=ORDER.index) if states else "none"
        self.log.event("step", where, which=number, parameters=dict.fromkeys(numbers), grads=used)
        self._old = [sample(p).clone() for p in params]

    def _gradients(self, numbers: list[int], params: list[Any]) -> list[str]:
        """Norms of gradients and of parameters; and what the gradients are (as in ``EventRecord.grads``)."""
        states, some = [], []
        for k, p in zip(numbers, params, strict=True):
            if p.grad is None:
                self.log.parameters[k].none += 1
                states.append("none")
            elif not p.grad.is_sparse:
                some.append((k, p))
            else:
                states.append(self.parameters.state(k))
        grads = _norms([p.grad.detach() for _, p in some])
        sizes = _norms([p.detach() for _, p in some])
        for (k, _), norm, size in zip(some, grads, sizes, strict=True):
            entry = self.log.parameters[k]
            states.append("zero" if norm == 0 else "used" if self.parameters.used_at(entry) >= entry.fresh else "fresh")
            entry.zero += norm == 0
            entry.nonfinite += norm != norm or norm == float("inf")
            if len(entry.norms) < _MOST_NORMS:
                entry.norms.append(norm)
                entry.sizes.append(size)
        return states

    def counted(self, optimizer: Any) -> bool:
        """Count a step between those that are watched in full; False for an optimizer that is to be looked at."""
        number = self.log.number("optimizer", optimizer)
        entry = self.log.optimizers[number] if number is not None else None
        if entry is None or not entry.parameters:
            return False
        entry.steps += 1
        self.parameters.tick += 1
        entry.used = self.parameters.tick
        return True

    def step_ended(self, optimizer: Any, full: bool) -> None:
        """An optimizer has stepped."""
        entry = self.log.optimizers[self.number(optimizer)]
        entry.steps += 1
        self.parameters.tick += 1
        entry.used = self.parameters.tick
        if not full:
            if not entry.parameters:  # it never stepped while a step was watched
                self.hold(self.number(optimizer), optimizer)
            return
        params = [p for group in optimizer.param_groups for p in group["params"]]
        if len(params) == len(self._old):
            moved = [sample(p) - old for p, old in zip(params, self._old, strict=True)]
            for p, norm in zip(params, _norms(moved), strict=True):
                known = self.log.parameters[self.parameters.find(p)]
                scale = max(1.0, p.numel() / MOST) ** 0.5
                known.changed = known.changed or norm > 0
                if len(known.moves) < _MOST_NORMS:
                    known.moves.append(norm * scale)
        self._old = []
        self.keepsakes.survived()


def _settings(optimizer: Any) -> tuple[Any, ...]:
    """The plain settings of its first group of parameters."""
    group = optimizer.param_groups[0] if optimizer.param_groups else {}
    plain = (bool, int, float, str)
    return tuple((k, v) for k, v in group.items() if k != "params" and isinstance(v, plain))


def _norms(tensors: list[Any]) -> list[float]:
    if not tensors:
        return []
    try:
        return [float(one) for one in torch.stack([n.float() for n in torch._foreach_norm(tensors)]).tolist()]
    except (RuntimeError, TypeError):  # several devices, or a layout that has no foreach kernel
        return [float(t.norm()) if not t.is_meta else 0.0 for t in tensors]

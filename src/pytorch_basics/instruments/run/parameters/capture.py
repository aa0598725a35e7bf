"""Follows parameters through a run: which were met, what gradients they had, who cleared them and who changed them.

In go parameters as they are met (weakly held) and writes into them; out come entries of the log and events. Numbers
are compared by at most ``MOST`` of them a parameter.
"""

from __future__ import annotations

import sys
import weakref
from typing import Any

import torch

from pytorch_basics.instruments.run.keepsakes.capture import Keepsakes
from pytorch_basics.instruments.run.log import Log, Parameter, Site, Where
from pytorch_basics.instruments.run.where import chain

MOST = 4096


class Parameters:
    """All parameters that a run was seen to use. ``tick`` counts backward passes and updates."""

    def __init__(self, log: Log, keepsakes: Keepsakes) -> None:
        self.log, self.keepsakes = log, keepsakes
        self.tick = 0
        self._copies: dict[int, tuple[tuple[Where, ...], int]] = {}

    def find(self, t: Any) -> int:
        """The number of a leaf that requires grad."""
        number = self.log.number("parameter", t)
        if number is None:
            strange = tuple(name for name in vars(t) if not name.startswith("_"))
            entry = Parameter(weakref.ref(t), tuple(t.shape), sample(t).clone(), strange=strange)
            if self._copies and not t.is_meta and not t.is_sparse:
                entry.made, entry.born = self._copies.pop(t.data_ptr(), ((), 0))
            number = self.log.add("parameter", t, self.log.parameters, entry)
        return number

    def born(self, t: Any) -> None:
        """A parameter got its first numbers here."""
        entry = self.log.parameters[self.find(t)]
        if not entry.made and not entry.backwards:
            entry.made, entry.born = chain(sys._getframe(1)), self.log.order

    def copied(self, numbers: Any) -> None:
        """The numbers of a parameter were copied, for a new one."""
        if numbers.numel() and not numbers.is_meta:
            self._copies[numbers.data_ptr()] = chain(sys._getframe(1)), self.log.order

    def graded(self, number: int) -> None:
        """A gradient has arrived."""
        entry = self.log.parameters[number]
        entry.fresh = self.tick
        entry.backwards += 1
        if entry.backwards == 1:
            self._look(entry)
        if not entry.optimizers:
            self._idle(entry)

    @staticmethod
    def _look(entry: Parameter) -> None:
        """What is asked of a parameter at the end as well: by then it may be gone."""
        p = entry.ref()
        if p is not None:
            entry.requires_grad = p.requires_grad
            entry.strange = tuple(name for name in vars(p) if not name.startswith("_"))

    @staticmethod
    def _idle(entry: Parameter) -> None:
        """Of a parameter that no optimizer was seen to hold, what a backward pass left."""
        p = entry.ref()
        if p is None or p.grad is None:
            entry.none += 1
        else:
            entry.zero += not bool(p.grad.detach().any())

    def state(self, number: int) -> str:
        """What its gradient is, as in ``EventRecord.grads``."""
        entry = self.log.parameters[number]
        p = entry.ref()
        if p is None or p.grad is None or p.is_meta:
            return "none"
        if not bool(p.grad.detach().any()):
            return "zero"
        return "used" if self.used_at(entry) >= entry.fresh else "fresh"

    def used_at(self, entry: Parameter) -> int:
        """When its gradient was used last, by an update or by a step of an optimizer that holds it."""
        return max([entry.used, *(self.log.optimizers[k].used for k in entry.optimizers)])

    def cleared(self, tensors: list[Any]) -> list[int]:
        """The numbers of those parameters that were given, or whose gradients were."""
        numbers = [self.log.number("parameter", t) for t in tensors]
        if tensors and None in numbers:  # not the parameters themselves
            wanted = {id(t) for t in tensors}
            alive = self.log.alive("parameter")
            places = {t.data_ptr() for t in tensors if _has_place(t)}  # ``w.grad.data`` is another tensor there
            grads = [(number, p.grad) for number, p in alive if p.grad is not None]
            numbers = [k for k, g in grads if id(g) in wanted or (_has_place(g) and g.data_ptr() in places)]
        return [number for number in numbers if number is not None]

    def updated(self, target: Any, site: Site, where: Where) -> bool:
        """Something was written into ``target``; whether that is a parameter that a backward pass reached."""
        number = self.log.number("parameter", target)
        if number is None:
            if target.requires_grad or not target.numel() or target.is_meta or target.is_sparse:
                return False
            place = target.data_ptr()
            alive = self.log.alive("parameter")
            number = next((k for k, p in alive if p.data_ptr() == place and not p.is_sparse), None)
        if number is None:
            return False
        entry = self.log.parameters[number]
        if entry.backwards:
            entry.changed = True
            state = self.state(number)
            last = self.log.events[-1] if self.log.events else None
            if last is not None and last.kind == "update" and last.where == where:
                last.facts["parameters"][number] = None
            else:
                self.log.event("update", where, parameters={number: None}, grads=state, site=site.number)
            self.tick += 1
            entry.used = self.tick
            self.keepsakes.survived()
        return True

    def close(self) -> None:
        """Look at all parameters a last time."""
        for number, p in self.log.alive("parameter"):
            entry = self.log.parameters[number]
            entry.requires_grad = p.requires_grad
            now = sample(p)
            entry.changed = now.shape != entry.seen.shape or not torch.equal(
                torch.nan_to_num(now), torch.nan_to_num(entry.seen)
            )
            entry.seen = None
            entry.strange = tuple(name for name in vars(p) if not name.startswith("_"))


def _has_place(t: Any) -> bool:
    return isinstance(t, torch.Tensor) and t.layout is torch.strided and not t.is_meta and t.numel() > 0


def sample(p: Any) -> Any:
    """At most ``MOST`` of its numbers, evenly spread; a single 0 where it has none to compare."""
    flat = p.detach()
    if flat.is_meta or flat.is_sparse or flat.numel() == 0 or not flat.is_floating_point():
        return torch.zeros(1)
    flat = flat.reshape(-1)
    return flat if flat.numel() <= MOST else flat[:: -(-flat.numel() // MOST)]

"""What a call meant that the learner made through a function of PyTorch, or that wrote in place.

In go calls with their site; out come events: gradients cleared or clipped, states saved and loaded, a loader begun, an
optimizer made, a parameter changed by hand.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from pytorch_basics.instruments.run.data.capture import Loaders
from pytorch_basics.instruments.run.keepsakes.capture import Keepsakes
from pytorch_basics.instruments.run.log import Log, Site
from pytorch_basics.instruments.run.parameters.capture import Parameters
from pytorch_basics.instruments.run.where import Reached

_HELD = {"clip_grad_norm_", "clip_grad_value_", "state_dict", "load_state_dict"}


class Meaning:
    """Told of calls by the function mode."""

    def __init__(self, log: Log, parameters: Parameters, keepsakes: Keepsakes, loaders: Loaders) -> None:
        self.log, self.parameters, self.keepsakes, self.loaders = log, parameters, keepsakes, loaders

    def through(self, func: Any, place: Reached, site: Site, args: Any, outs: list[Any]) -> None:
        """What a call meant that the learner made through a function of PyTorch."""
        log, where, through = self.log, (place.code, place.at), place.through
        if through == "zero_grad":
            self.cleared([t for part in args for t in (part if isinstance(part, (list, tuple)) else (part,))], place)
        elif through == "iter" and func is torch.empty and place.frame is not None:
            self.loaders.iterated(place.frame.f_locals.get("loader"), place.frame.f_locals.get("self"), where)
        elif through == "collate" and func is torch.stack and place.frame is not None:
            self.loaders.drew(place.frame.f_locals.get("self"), where)
        elif through == "deepcopy" and func is Tensor.clone and outs:
            self.parameters.copied(outs[0])
        elif through == "load_state_dict" and func is Tensor.copy_:
            self._copied(args, where)
        elif through in _HELD and func is not Tensor.copy_:
            kind = "clip" if through.startswith("clip") else "state"
            if not (log.events and log.events[-1].kind == kind and log.events[-1].where == where):
                clipped = self._clipped(place) if kind == "clip" else ()
                event = log.event(kind, where, site=site.number, parameters=clipped)
                if kind == "state" and event is not None and outs:
                    self.keepsakes.kept(outs[0], event)

    def _clipped(self, place: Reached) -> dict[int, None]:
        """The parameters that ``clip_grad_*`` was given, as its frame holds them."""
        given = place.frame.f_locals.get("parameters") if place.frame is not None else None
        given = given if isinstance(given, (list, tuple)) else ()
        numbers = [self.log.number("parameter", p) for p in given]
        return {number: None for number in numbers if number is not None}

    def _copied(self, args: Any, where: Any) -> None:
        """``load_state_dict`` copies one tensor; the event counts them, and those copied onto themselves."""
        log = self.log
        last = log.events[-1] if log.events else None
        if last is None or last.kind != "load" or last.where != where:
            last = log.event("load", where, numbers=[0, 0])
        if last is not None:
            last.facts["numbers"][0] += 1
            last.facts["numbers"][1] += args[0].numel() > 0 and args[0].data_ptr() == args[1].data_ptr()

    def cleared(self, tensors: list[Any], place: Reached) -> None:
        """Gradients of these parameters, or these gradients, are None or 0 now."""
        numbers = self.parameters.cleared(tensors)
        if numbers:
            log, where = self.log, (place.code, place.at)
            last = log.events[-1] if log.events else None
            if last is not None and last.kind == "zero" and last.where == where and last.steps == log.steps:
                last.facts["parameters"].update(dict.fromkeys(numbers))
            else:
                log.event("zero", where, parameters=dict.fromkeys(numbers))

    def wrote(self, func: Any, place: Reached, site: Site, args: Any) -> None:
        """Something was written in place: into a gradient (cleared, if zero now) or into a parameter (an update)."""
        target = args[0] if args else None
        if isinstance(target, (list, tuple)):
            if func is torch._foreach_zero_:
                self.cleared(list(target), place)
        elif not isinstance(target, Tensor) or self.parameters.updated(target, site, (place.code, place.at)):
            return
        elif _empty(target):
            self.cleared([target], place)


def _empty(t: Any) -> bool:
    """Whether it holds only zeros now."""
    return not t.is_meta and not t.is_sparse and not bool(t.detach().any())

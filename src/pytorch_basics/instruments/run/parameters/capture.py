"""Follows parameters through a run: what gradients were before a backward pass, who cleared them, what a step used.

In go parameters as they are met (weakly held), backward passes, writes and optimizers' steps; out come events and, for
watched steps, norms of gradients, of parameters and of their changes, each from at most ``MOST`` numbers a parameter.
"""

from __future__ import annotations

import sys
import weakref
from dataclasses import dataclass, field
from typing import Any

import torch

from pytorch_basics.instruments.run.log import Event, Log, Optimizer, Parameter, Site, Where
from pytorch_basics.instruments.run.where import Reached, chain

MOST = 4096
MOST_NODES = 5000  # of a graph that is walked; what lies beyond is not said to be unreached
_ORDER = ("none", "zero", "fresh", "used")
_MOST_NORMS = 512
_MOST_OUTPUTS = 4096


@dataclass(slots=True)
class Begun:
    """A backward pass that is about to run."""

    root: Any
    reached: list[int]
    event: Event | None
    keeps: bool = True  # backward() leaves gradients in .grad; autograd.grad() does not
    whole: bool = True
    nodes: list[str] = field(default_factory=list)


class Parameters:
    """All parameters that a run was seen to use, and its optimizers."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.tick = 0
        self._arrays: list[tuple[Any, int, Event, int]] = []
        self._old: list[Any] = []
        self._copies: dict[int, tuple[tuple[Where, ...], int]] = {}
        self._aliases: list[tuple[Any, int, Where]] = []
        self._outputs: dict[int, Event] = {}

    def find(self, t: Any) -> int:
        """The number of a leaf that requires grad."""
        number = self.log.number("parameter", t)
        if number is None:
            strange = tuple(name for name in vars(t) if not name.startswith("_"))
            entry = Parameter(weakref.ref(t), tuple(t.shape), _sample(t).clone(), strange=strange)
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

    def made(self, optimizer: Any, where: Where, parameter: Any) -> None:
        """An optimizer is being made here, or goes on being made: this is one of its parameters."""
        if optimizer is not None and self.log.number("optimizer", optimizer) is None:
            number = self._optimizer(optimizer, where)
            self.log.event("made", where, which=number)
        known = self.log.number("optimizer", optimizer) if optimizer is not None else None
        if known is not None and not self.log.optimizers[known].steps:
            held = self.find(parameter)
            self.log.optimizers[known].parameters.append(held)
            self.log.parameters[held].optimizers[known] = None

    def _optimizer(self, optimizer: Any, where: Where = (None, 0)) -> int:
        number = self.log.number("optimizer", optimizer)
        if number is None:
            entry = Optimizer(weakref.ref(optimizer), type(optimizer).__name__, where)
            number = self.log.add("optimizer", optimizer, self.log.optimizers, entry)
        return number

    def before(self, log: Log, place: Reached, args: Any, kwargs: Any, only: bool) -> Begun | None:
        """Look at the graph and the gradients before a backward pass."""
        given = args[0] if args else next((kwargs[k] for k in ("tensors", "outputs", "self") if k in kwargs), None)
        roots = [t for t in (given if isinstance(given, (list, tuple)) else (given,)) if isinstance(t, torch.Tensor)]
        if not roots:
            return None
        leaves, nodes, whole, below = _walk(roots)
        for number in below & self._outputs.keys() if whole else self._outputs.keys():
            self._outputs[number].facts["used"] = True if whole else None
        reached = [self.find(leaf) for leaf in leaves]
        for number, optimizer in log.alive("optimizer"):  # one that never steps may be gone at the end
            if not log.optimizers[number].parameters:
                self.hold(number, optimizer)
        self.tick += 1
        log.backwards += 1
        states = {self._state(k) for k in reached}
        worst = max(states, key=_ORDER.index) if states else ""
        value = float(roots[0].detach()) if roots[0].numel() == 1 and not roots[0].is_meta else None
        where = place.code, place.at
        facts = {"parameters": dict.fromkeys(reached), "grads": worst, "value": value, "nodes": tuple(nodes)}
        facts |= {"site": log.made_at(roots[0]), "graded": whole, "training": not only}
        event = log.event("backward", where, **facts)
        if value is not None:
            log.losses.append((log.steps, value))
        return Begun(roots[0], reached, event, not only, whole, nodes)

    def after(self, begun: Begun) -> None:
        """Gradients have arrived."""
        for number in begun.reached if begun.keeps else ():
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

    def _state(self, number: int) -> str:
        entry = self.log.parameters[number]
        p = entry.ref()
        if p is None or p.grad is None or p.is_meta:
            return "none"
        if not bool(p.grad.detach().any()):
            return "zero"
        return "used" if self._used(entry) >= entry.fresh else "fresh"

    def _used(self, entry: Parameter) -> int:
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
            state = self._state(number)
            last = self.log.events[-1] if self.log.events else None
            if last is not None and last.kind == "update" and last.where == where:
                last.facts["parameters"][number] = None
            else:
                self.log.event("update", where, parameters={number: None}, grads=state, site=site.number)
            self.tick += 1
            entry.used = self.tick
            self._survived()
        return True

    def shown(self, tensor: Any, array: Any, where: Where) -> None:
        """``.numpy()`` was called; when it shows a parameter's memory, see whether it outlives a step."""
        if not isinstance(tensor, torch.Tensor) or tensor.is_meta or not tensor.numel():
            return
        place = tensor.data_ptr()
        for number, p in self.log.alive("parameter"):
            if p.data_ptr() == place:
                event = self.log.event("numpy", where, parameters={number: None}, numbers=[0])
                if event is not None:
                    self._arrays.append((weakref.ref(array), number, event, self.log.steps))

    def kept(self, tensor: Any, event: Event) -> None:
        """``state_dict()`` gave this: see whether it is still there after a step."""
        event.facts["numbers"] = [0]
        self._arrays.append((weakref.ref(tensor), -1, event, self.log.steps))

    def aliased(self, parameter: Any, tensor: Any, where: Where) -> None:
        """``detach()`` or ``.data`` gave the memory of a parameter: see whether it is still there after a step."""
        number = self.log.number("parameter", parameter)
        if number is not None:
            self._aliases.append((weakref.ref(tensor), number, where))

    def came_out(self, event: Event, tensors: list[Any]) -> None:
        """A whole model gave these: a backward pass will say whether it began from them."""
        for t in tensors:
            if t.grad_fn is not None:
                event.facts["used"] = False
                self._outputs[number_of(t.grad_fn)] = event
        while len(self._outputs) > _MOST_OUTPUTS:
            del self._outputs[next(iter(self._outputs))]

    def _survived(self) -> None:
        for ref, number, where in self._aliases:
            if ref() is not None:
                event = self.log.event("alias", where, parameters={number: None}, numbers=[0])
                if event is not None:
                    self._arrays.append((ref, number, event, self.log.steps))
        self._aliases = []
        kept = []
        for ref, number, event, since in self._arrays:
            if ref() is not None:
                event.facts["numbers"][0] += 1
                kept.append((ref, number, event, since))
        self._arrays = kept

    def hold(self, number: int, optimizer: Any) -> list[Any]:
        """Note which parameters an optimizer holds; they are given back."""
        entry = self.log.optimizers[number]
        entry.settings = settings(optimizer)
        params = [p for group in optimizer.param_groups for p in group["params"]]
        entry.parameters = [self.find(p) for p in params]
        for k in entry.parameters:
            self.log.parameters[k].optimizers[number] = None
        return params

    def step_begins(self, optimizer: Any, where: Where) -> None:
        """An optimizer is about to step."""
        number = self._optimizer(optimizer)
        entry = self.log.optimizers[number]
        if not entry.at[0]:
            entry.at = where
        params = self.hold(number, optimizer)
        numbers = entry.parameters
        states = self._gradients(numbers, params)
        used = "fresh" if "fresh" in states else max(states, key=_ORDER.index) if states else "none"
        self.log.event("step", where, which=number, parameters=dict.fromkeys(numbers), grads=used)
        self._old = [_sample(p).clone() for p in params]

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
                states.append(self._state(k))
        grads = _norms([p.grad.detach() for _, p in some])
        sizes = _norms([p.detach() for _, p in some])
        for (k, _), norm, size in zip(some, grads, sizes, strict=True):
            entry = self.log.parameters[k]
            states.append("zero" if norm == 0 else "used" if self._used(entry) >= entry.fresh else "fresh")
            entry.zero += norm == 0
            entry.nonfinite += norm != norm or norm == float("inf")
            if len(entry.norms) < _MOST_NORMS:
                entry.norms.append(norm)
                entry.sizes.append(size)
        return states

    def step_ended(self, optimizer: Any, full: bool) -> None:
        """An optimizer has stepped."""
        entry = self.log.optimizers[self._optimizer(optimizer)]
        entry.steps += 1
        self.tick += 1
        entry.used = self.tick
        if not full:
            if not entry.parameters:  # it never stepped while a step was watched
                self.hold(self._optimizer(optimizer), optimizer)
            return
        params = [p for group in optimizer.param_groups for p in group["params"]]
        if len(params) == len(self._old):
            moved = [_sample(p) - old for p, old in zip(params, self._old, strict=True)]
            for p, norm in zip(params, _norms(moved), strict=True):
                known = self.log.parameters[self.find(p)]
                scale = max(1.0, p.numel() / MOST) ** 0.5
                known.changed = known.changed or norm > 0
                if len(known.moves) < _MOST_NORMS:
                    known.moves.append(norm * scale)
        self._old = []
        self._survived()

    def close(self) -> None:
        """Look at all parameters a last time."""
        for number, p in self.log.alive("parameter"):
            entry = self.log.parameters[number]
            entry.requires_grad = p.requires_grad
            now = _sample(p)
            entry.changed = now.shape != entry.seen.shape or not torch.equal(
                torch.nan_to_num(now), torch.nan_to_num(entry.seen)
            )
            entry.seen = None
            entry.strange = tuple(name for name in vars(p) if not name.startswith("_"))


def settings(optimizer: Any) -> tuple[Any, ...]:
    """The plain settings of its first group of parameters."""
    group = optimizer.param_groups[0] if optimizer.param_groups else {}
    plain = (bool, int, float, str)
    return tuple((k, v) for k, v in group.items() if k != "params" and isinstance(v, plain))


def _has_place(t: Any) -> bool:
    return isinstance(t, torch.Tensor) and t.layout is torch.strided and not t.is_meta and t.numel() > 0


def _sample(p: Any) -> Any:
    flat = p.detach()
    if flat.is_meta or flat.is_sparse or flat.numel() == 0 or not flat.is_floating_point():
        return torch.zeros(1)
    flat = flat.reshape(-1)
    return flat if flat.numel() <= MOST else flat[:: -(-flat.numel() // MOST)]


def _norms(tensors: list[Any]) -> list[float]:
    if not tensors:
        return []
    try:
        return [float(one) for one in torch.stack([n.float() for n in torch._foreach_norm(tensors)]).tolist()]
    except (RuntimeError, TypeError):  # several devices, or a layout that has no foreach kernel
        return [float(t.norm()) if not t.is_meta else 0.0 for t in tensors]


def number_of(node: Any) -> int:
    """PyTorch numbers the nodes of a graph as they are made; those written in Python may not say theirs."""
    asked = getattr(node, "_sequence_nr", None)
    return int(asked()) if asked is not None else -1


def _walk(roots: list[Any]) -> tuple[list[Any], list[str], bool, set[int]]:
    """The leaves below, the names of the nodes on the way, whether all of the graph was seen, and the numbers of its
    nodes (PyTorch numbers them as they are made)."""
    leaves = {id(t): t for t in roots if t.is_leaf and t.requires_grad}
    stack = [t.grad_fn for t in roots if t.grad_fn is not None]
    seen = set(stack)
    names: dict[str, None] = {}
    numbers = set()
    while stack and len(seen) < MOST_NODES:
        node = stack.pop()
        names[node.name()] = None
        numbers.add(number_of(node))
        for below, _ in node.next_functions:
            if below is None or below in seen:
                continue
            seen.add(below)
            variable = getattr(below, "variable", None)
            if variable is None:
                stack.append(below)
            else:
                leaves[id(variable)] = variable
    return list(leaves.values()), list(names), not stack, numbers

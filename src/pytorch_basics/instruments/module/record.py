"""What one look at a model found: plain data, frozen, and the same after a trip through JSON.

In go the pieces that ``capture`` read from a live ``nn.Module`` (and from one forward pass, when inputs were given);
out come records that ``text``, ``html``, the doctor and the playground draw or reason about. No torch: shapes are
tuples, and what is pointed at is pointed at by its position in a tuple.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

from pytorch_basics.instruments import as_json

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ParameterRecord:
    """One tensor that ``named_parameters()`` or ``named_buffers()`` gives; a shared one under each of its names.

    ``layer`` is the position of the layer that holds it. ``same_as`` is the position (among parameters, or among
    buffers) of the first name of the same tensor, None for a first one: only those are counted. ``trainable`` is its
    ``requires_grad``. ``lazy`` has no shape until the first forward pass; ``saved`` is False for a buffer that
    ``state_dict()`` leaves out.
    """

    name: str
    layer: int
    shape: Shape
    dtype: str
    device: str
    nbytes: int
    trainable: bool = False
    same_as: int | None = None
    lazy: bool = False
    saved: bool = True

    @property
    def numel(self) -> int:
        """How many numbers it holds; 0 for a lazy one."""
        return 0 if self.lazy else prod(self.shape)


@dataclass(frozen=True)
class CallRecord:
    """One call of a layer: tensors in and out as ``(dtype, shape)``, anything else left out."""

    inputs: tuple[tuple[str, Shape], ...]
    outputs: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True)
class LayerRecord:
    """One registered ``nn.Module``, under one of its names; ``path`` is as ``named_modules`` says it.

    ``settings`` is its ``extra_repr``. ``same_as`` is the position of the first name of the same module.
    ``macs`` and ``flops`` are what its own code ran in the forward pass, without its children's; None where no inputs
    were given. ``calls`` is how often it was called, ``call`` the first of these; ``touched`` says that its own
    parameters or buffers took part, called or not (``nn.MultiheadAttention`` uses its ``out_proj`` so).
    """

    path: str
    kind: str
    parent: int | None
    settings: str = ""
    training: bool = True
    same_as: int | None = None
    calls: int = 0
    call: CallRecord | None = None
    touched: bool = False
    macs: int | None = None
    flops: int | None = None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rsplit(".", 1)[-1]

    @property
    def depth(self) -> int:
        """How deep in the tree it stands; the model itself at 0."""
        return self.path.count(".") + 1 if self.path else 0


@dataclass(frozen=True)
class StrayRecord:
    """Something a model uses that it does not know of: ``parameters()``, ``.to()`` and ``state_dict()`` miss it.

    ``where`` is how the model reaches it (``self.layers[0]``), ``owner`` the path of the module that holds it.
    ``what`` is ``"layer"``, ``"parameter"``, ``"tensor"`` (does not require grad, so at most a buffer) or ``"called"``
    (a layer that ran in this forward pass although no layer holds it). ``kind`` is its class, or dtype and shape;
    ``count`` says how many of a kind one container holds, of which ``where`` is the first; ``numel`` counts the
    numbers in the parameters that are missed; ``instead`` is the line to write.
    """

    owner: str
    where: str
    what: str
    kind: str
    numel: int
    instead: str
    count: int = 1


@dataclass(frozen=True)
class ModuleRecord:
    """What ``pb.summary`` returns: the module tree, its parameters and buffers, and what is not registered.

    ``layers[0]`` is the model itself. ``ran`` says whether a forward pass was run, ``error`` what it raised.
    ``print`` it for text; a notebook draws it; ``to_json`` keeps it.
    """

    layers: tuple[LayerRecord, ...]
    parameters: tuple[ParameterRecord, ...] = ()
    buffers: tuple[ParameterRecord, ...] = ()
    strays: tuple[StrayRecord, ...] = ()
    inputs: tuple[tuple[str, Shape], ...] = ()
    ran: bool = False
    error: str = ""
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Numbers in the parameters, each shared one once: ``sum(p.numel() for p in model.parameters())``."""
        return sum(p.numel for p in self.parameters if p.same_as is None)

    @property
    def trainable(self) -> int:
        """How many of them an optimizer would change: those that require grad."""
        return sum(p.numel for p in self.parameters if p.same_as is None and p.trainable)

    @property
    def nbytes(self) -> int:
        """Bytes of parameters and buffers, each shared one once."""
        return sum(p.nbytes for p in (*self.parameters, *self.buffers) if p.same_as is None)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For each layer the positions of the layers directly in it."""
        found: list[list[int]] = [[] for _ in self.layers]
        for k, layer in enumerate(self.layers):
            if layer.parent is not None:
                found[layer.parent].append(k)
        return tuple(map(tuple, found))

    @cached_property
    def held(self) -> tuple[int, ...]:
        """For each layer the numbers in parameters of it and of all below, each tensor once."""
        own: list[set[int]] = [set() for _ in self.layers]
        for k, p in enumerate(self.parameters):
            own[p.layer].add(k if p.same_as is None else p.same_as)
        for k in range(len(self.layers) - 1, 0, -1):  # parents stand before their children
            parent = self.layers[k].parent
            if parent is not None:
                own[parent] |= own[k]
        return tuple(sum(self.parameters[k].numel for k in mine) for mine in own)

    @cached_property
    def work(self) -> tuple[int, ...]:
        """For each layer the multiply-accumulates of it and of all below."""
        return self._summed([layer.macs or 0 for layer in self.layers])

    @cached_property
    def operations(self) -> tuple[int, ...]:
        """For each layer the floating-point operations of it and of all below."""
        return self._summed([layer.flops or 0 for layer in self.layers])

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the whole forward pass."""
        return self.work[0]

    @property
    def flops(self) -> int:
        """Floating-point operations of the whole forward pass."""
        return self.operations[0]

    def _summed(self, own: list[int]) -> tuple[int, ...]:
        for k in range(len(own) - 1, 0, -1):
            parent = self.layers[k].parent
            if parent is not None:
                own[parent] += own[k]
        return tuple(own)

    @property
    def never_called(self) -> tuple[int, ...]:
        """Layers that this forward pass did not use, without those inside one that it did not use either."""
        if not self.ran or self.error:
            return ()
        idle = {k for k in range(len(self.layers)) if not self._used(k)}
        return tuple(k for k in sorted(idle) if self.layers[k].parent not in idle)

    def _used(self, k: int) -> bool:
        # A container is used when something in it is; a second name when the module was called under its first.
        layer = self.layers[k]
        first = k if layer.same_as is None else layer.same_as
        used = self.layers[first].calls or self.layers[first].touched
        return bool(used) or any(self._used(child) for child in self.children[k])

    def to_json(self) -> str:
        """This record as JSON; ``ModuleRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> ModuleRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, ModuleRecord, *_PARTS)

    def __str__(self) -> str:
        from pytorch_basics.instruments.module.text import text

        return text(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pytorch_basics.instruments.module.html import html

        return {"text/html": html(self), "text/plain": str(self)}


_PARTS = (ParameterRecord, CallRecord, LayerRecord, StrayRecord)

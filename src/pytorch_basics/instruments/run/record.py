"""What one watched run did: plain data, frozen, and the same after a trip through JSON.

In go the pieces that ``capture`` wrote down while a script or a loop ran; out come records that the doctor's rules read.
A place in the learner's code that calls one function of PyTorch is a *site*; sites are folded over the calls made there,
so a run of any length stays small. Things point at each other by their position in the tuples of ``RunRecord``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pytorch_basics.instruments import as_json
from pytorch_basics.instruments.module.record import StrayRecord
from pytorch_basics.instruments.place import Place

Shape = tuple[int, ...]
Plain = None | bool | int | float | str | tuple["Plain", ...]


@dataclass(frozen=True)
class InRecord:
    """One tensor that a site was given, as it was in the first watched call.

    ``source`` is what made it: the position of a site (where several calls of it made one after the other, all are
    that site), None for a tensor that came from nowhere watched (a script's data). ``parameter`` is its position in
    ``RunRecord.parameters`` when it is (a view of) one. ``low`` and ``high`` are its smallest and largest number over
    the watched calls, None where that was not asked (see ``SiteRecord.LOOKED_AT``).
    """

    shape: Shape
    dtype: str
    device: str = "cpu"
    requires_grad: bool = False
    leaf: bool = True
    source: int | None = None
    parameter: int | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None
    name: str = ""


@dataclass(frozen=True)
class OutRecord:
    """One tensor that a site gave back, as it was in the first watched call. ``alive`` counts the results of watched
    calls that still existed when watching ended; ``view`` says that it shares memory with an input."""

    shape: Shape
    dtype: str
    requires_grad: bool = False
    alive: int = 0
    low: float | None = None
    high: float | None = None
    view: bool = False


@dataclass(frozen=True)
class SiteRecord:
    """One place that called one function of PyTorch, and all its watched calls.

    ``name`` is the documented name (``nn.functional.mse_loss``, ``Tensor.view``, ``Tensor.add_``); a function called
    inside ``nn.Linear`` stands at the line that called the layer. ``layer`` is the position of the innermost running
    layer, None outside of all. ``plain`` are the arguments that are no tensors, by name or position, short. ``first``
    and ``last`` are places in the order of all events and calls. ``graded`` counts the calls with grad mode on,
    ``count`` all. ``shapes`` counts the different input shapes seen. ``nonfinite`` counts watched calls that gave NaN
    or infinity from finite inputs (asked only where a NaN showed up later). ``repeats`` counts calls whose result was
    exactly that of the call before, for functions that draw random numbers.
    """

    place: Place
    name: str
    layer: int | None
    ins: tuple[InRecord, ...]
    outs: tuple[OutRecord, ...]
    plain: tuple[tuple[str, Plain], ...] = ()
    count: int = 1
    graded: int = 0
    first: int = 0
    last: int = 0
    shapes: int = 1
    nonfinite: int = 0
    repeats: int = 0

    @property
    def bare(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    def argument(self, *names: str, default: Plain = None) -> Plain:
        """A plain argument under any of these names or positions (``"dim"``, ``"1"``)."""
        return next((value for name, value in self.plain if name in names), default)


@dataclass(frozen=True)
class ParameterRecord:
    """One parameter (or leaf that requires grad) that took part.

    ``name`` is its path in a model (``fc1.weight``) or the learner's variable. ``optimizers`` are those that hold it.
    Over the watched steps of those (or backward passes, where there is none): ``none``, ``zero``, ``nonfinite`` count
    gradients that were None, all zero, not finite; ``norms`` are gradient norms and ``sizes`` the parameter's own norms,
    ``moves`` the norms of its change by a step, one for each watched step. ``changed`` says whether it differs from
    how it was first seen. ``strange`` are attributes that somebody set on it (``require_grad``).
    """

    name: str
    shape: Shape
    model: int | None = None
    layer: int | None = None
    requires_grad: bool = True
    optimizers: tuple[int, ...] = ()
    backwards: int = 0
    none: int = 0
    zero: int = 0
    nonfinite: int = 0
    norms: tuple[float, ...] = ()
    sizes: tuple[float, ...] = ()
    moves: tuple[float, ...] = ()
    changed: bool = False
    strange: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerRecord:
    """One module of a watched model. ``settings`` are its plain attributes (``p``, ``dim``, ``momentum``); the counts
    are its watched calls in training and in evaluation mode, with grad mode on and off. ``at`` is where it was called
    first. ``made`` is where it was made when that was inside a forward pass, else None."""

    path: str
    kind: str
    model: int | None
    settings: tuple[tuple[str, Plain], ...] = ()
    training: bool = True
    train_graded: int = 0
    train_ungraded: int = 0
    eval_graded: int = 0
    eval_ungraded: int = 0
    at: Place | None = None
    made: Place | None = None


@dataclass(frozen=True)
class ModelRecord:
    """A module that was called and stands in no other one that was. ``strays`` is what it holds without registering."""

    name: str
    kind: str
    layers: tuple[int, ...]
    parameters: tuple[int, ...]
    strays: tuple[StrayRecord, ...] = ()
    made: Place | None = None


@dataclass(frozen=True)
class OptimizerRecord:
    """An optimizer that took a step, or that holds parameters which got gradients and never did (``steps`` 0)."""

    name: str
    kind: str
    made: Place | None
    parameters: tuple[int, ...]
    settings: tuple[tuple[str, Plain], ...]
    steps: int = 0
    at: Place | None = None


@dataclass(frozen=True)
class LoaderRecord:
    """A ``DataLoader`` that was iterated. ``iterators`` counts how often ``iter`` was called on it, ``at`` where;
    ``batches`` counts the batches asked of it while watched. ``size`` is ``len(dataset)``, ``drawn`` ``len(sampler)``."""

    kind: str
    dataset: str
    at: tuple[Place, ...]
    size: int | None
    drawn: int | None
    batch_size: int | None
    sampler: str
    shuffled: bool
    drop_last: bool
    workers: int
    iterators: int
    batches: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRecord:
    """Something that happened, in order. ``kind`` is one of:

    ``forward`` (a model was called: ``which`` model, ``training``, ``graded``), ``backward`` (``site`` of the root,
    ``parameters`` that it reached), ``step`` (``which`` optimizer), ``zero`` (gradients cleared: ``parameters``),
    ``clip`` (``parameters`` clipped or measured by ``clip_grad_*``), ``made`` (``which`` optimizer), ``mode``
    (train()/eval() of a model: ``training``), ``state`` (``state_dict()`` of ``which`` model), ``load``
    (``load_state_dict``; ``numbers`` holds how many tensors were copied, and onto themselves how many), ``iter``
    (``which`` loader), ``epoch`` (``which`` loader ran out), ``update`` (parameters changed without an optimizer),
    ``scheduler`` (a learning rate changed; ``numbers`` old and new), ``warning`` (``text``).

    ``steps`` is how many optimizer steps were taken before it; ``order`` its place among all events and calls.
    ``grads`` says of the parameters of a backward pass, just before it: ``"none"``, ``"zero"``, ``"fresh"`` (left by a
    backward pass since the last step) or ``"used"`` (already used by a step and not cleared). Of a step, what it used:
    ``"none"``, ``"zero"``, ``"fresh"`` or ``"used"``.
    """

    kind: str
    place: Place
    order: int
    steps: int
    which: int | None = None
    site: int | None = None
    parameters: tuple[int, ...] = ()
    training: bool | None = None
    graded: bool | None = None
    grads: str = ""
    numbers: tuple[float, ...] = ()
    value: float | None = None
    text: str = ""


@dataclass(frozen=True)
class RunRecord:
    """A watched run. ``steps`` counts all optimizer steps, ``watched`` those that were watched in full; ``ended`` is how
    the run ended (empty: by itself). ``losses`` are (step, value) of the root of each watched backward pass."""

    sites: tuple[SiteRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    models: tuple[ModelRecord, ...] = ()
    layers: tuple[LayerRecord, ...] = ()
    parameters: tuple[ParameterRecord, ...] = ()
    optimizers: tuple[OptimizerRecord, ...] = ()
    loaders: tuple[LoaderRecord, ...] = ()
    losses: tuple[tuple[int, float], ...] = ()
    steps: int = 0
    watched: int = 0
    ended: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For each site the sites that used what it made."""
        found: list[list[int]] = [[] for _ in self.sites]
        for k, site in enumerate(self.sites):
            for one in site.ins:
                if one.source is not None and k not in found[one.source]:
                    found[one.source].append(k)
        return tuple(map(tuple, found))

    def of(self, *kinds: str) -> tuple[EventRecord, ...]:
        """The events of these kinds, in order."""
        return tuple(event for event in self.events if event.kind in kinds)

    def to_json(self) -> str:
        """This record as JSON; ``RunRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

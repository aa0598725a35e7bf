"""What one watched run did: plain data, frozen, and the same after a trip through JSON.

In go the pieces that ``capture`` wrote down while a script or a loop ran; out come records that the doctor's rules
read. A place in the learner's code that calls one function of PyTorch is a *site*; sites are folded over the calls made
there, so a run of any length stays small. Things point at each other by their position in the tuples of ``RunRecord``.
Over 300 lines, because whoever writes a rule needs this vocabulary in one place.
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

    ``sources`` are the sites that made it (several, where one call got it from here and another from there), empty for
    a tensor that came from nowhere watched (a script's data). ``parameter`` is its position in ``RunRecord.parameters``
    when it is one. ``low``, ``high``, ``mean``, ``std`` and ``near`` (its number nearest to 0, without sign) are over
    watched calls, None where that was not asked: it is asked of losses, comparisons, differences of which one side
    is learned, and functions that have an edge (``sqrt``, ``log``, division). ``sums`` are, for ``nll_loss`` and
    ``kl_div``, the smallest and largest sum over the classes: of the exponentials of
    the input, of the target as it is. A loss's target (and the indices of an ``embedding``) say more: ``often``, a
    whole number and the share of the target that it made up at least in each call; of ``asked`` calls with whole
    numbers the targets stood in ``ordered`` in ascending order (all equal counts), with ``spans`` different smallest
    and largest.
    """

    shape: Shape
    dtype: str
    device: str = "cpu"
    requires_grad: bool = False
    leaf: bool = True
    sources: tuple[int, ...] = ()
    parameter: int | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None
    near: float | None = None
    name: str = ""
    sums: tuple[float, float] | None = None
    often: tuple[float, float] | None = None
    asked: int = 0
    ordered: int = 0
    spans: int = 0


@dataclass(frozen=True)
class OutRecord:
    """One tensor that a site gave back, as it was in the first watched call. ``alive`` counts the scalar results with a
    graph that existed at once, when watching ended or before (asked of at most 64 calls). ``low``, ``high`` as of an
    input, asked of activations too; ``dead`` is the share of an activation's units that were 0 for every row of the
    last one looked at. ``name`` is the learner's."""

    shape: Shape
    dtype: str
    requires_grad: bool = False
    alive: int = 0
    low: float | None = None
    high: float | None = None
    dead: float | None = None
    name: str = ""


@dataclass(frozen=True)
class SiteRecord:
    """One place that called one function of PyTorch, and all its watched calls.

    ``name`` is the documented name (``nn.functional.mse_loss``, ``Tensor.view``, ``Tensor.add_``); a function called
    inside ``nn.Linear`` stands at the line that called the layer. ``layer`` is the position of the innermost running
    layer, None outside of all. ``plain`` are the arguments that are no tensors, by name or position, short. ``first``
    and ``last`` are places in the order of all events and calls. ``graded`` counts the calls with grad mode on,
    ``count`` all. ``shapes`` counts the different input shapes seen. ``nonfinite`` counts calls that gave NaN or
    infinity from finite inputs (asked of functions with an edge, and of all when a loss was found not finite).
    ``repeats`` counts calls whose result was exactly that of the call before (or of the one before that), for functions
    that draw random numbers.
    ``through`` is the function of PyTorch that the learner called when it was not this one: ``clip_grad_norm_``,
    ``zero_grad``, ``state_dict``, ``load_state_dict``, ``collate`` (a batch of a ``DataLoader``).
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
    through: str = ""

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
    gradients that were None, all zero, not finite; ``norms`` are gradient norms, ``sizes`` the parameter's own norms,
    ``moves`` the norms of its change by a step, one for each watched step. ``changed`` says whether it differs from
    how it was first seen. ``strange`` are attributes that somebody set on it (``require_grad``). ``made`` are the lines
    that were running when it got its first numbers, the innermost first, ``born`` when that was in the order of all
    events and calls. Of one that no optimizer holds, ``none`` and ``zero`` count over its backward passes.
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
    made: tuple[Place, ...] = ()
    born: int = 0


@dataclass(frozen=True)
class LayerRecord:
    """One module of a watched model. ``settings`` are its plain attributes (``p``, ``dim``, ``momentum``); the counts
    are its watched calls in training and in evaluation mode, with grad mode on and off. ``at`` is where it was called
    first. ``model`` is None for one that no watched model holds: made anew in each forward pass, or kept in a list.
    ``made`` is where it was constructed, None where that cannot be told."""

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
    """A module that was called and stands in no other one that was. ``strays`` is what it holds without registering,
    ``repeats`` the paths in one list or sequence at which the very same module stands."""

    name: str
    kind: str
    layers: tuple[int, ...]
    parameters: tuple[int, ...]
    strays: tuple[StrayRecord, ...] = ()
    at: Place | None = None
    repeats: tuple[tuple[str, ...], ...] = ()


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
    ``length`` is ``len(loader)``, ``most`` the most batches that one iterator gave while watched (None with workers).
    ``size`` is ``len(dataset)``, ``drawn`` ``len(sampler)``. ``made`` is where it was constructed, None where that
    cannot
    be told; ``written`` is how it was iterated (``self.loader``), empty where it has no name. ``generators`` are the
    data set's own random generators (``self.rng``) with the line that draws from each, ``seeded`` says that workers
    are given a ``worker_init_fn``. ``shared`` are other loaders, with how many of the samples drawn here they draw as
    well (only asked of loaders of one data set)."""

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
    length: int | None = None
    most: int | None = None
    notes: tuple[str, ...] = ()
    made: Place | None = None
    written: str = ""
    generators: tuple[tuple[str, Place], ...] = ()
    seeded: bool = False
    shared: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class EventRecord:
    """Something that happened, in order. ``kind`` is one of

    - ``forward``: ``which`` model was called, ``training`` and ``graded`` (grad mode) then, ``numbers`` the mean, std,
      low and high of its first floating-point input;
    - ``backward``: from ``site``, the root, with its ``value``; ``parameters`` that it reached, ``nodes`` of the graph;
    - ``step``: ``which`` optimizer, ``parameters`` it holds; ``zero``: gradients of ``parameters`` were cleared;
    - ``update``: ``parameters`` were changed in place, without an optimizer, at ``site``;
    - ``clip``: ``clip_grad_norm_`` or ``clip_grad_value_`` ran at ``site``, on ``parameters`` (as far as they are
      known);
    - ``made``: ``which`` optimizer was made; ``iter``: ``which`` loader was iterated;
    - ``state``: ``state_dict()`` was called (``numbers``: how many steps its tensors lived through);
    - ``load``: ``load_state_dict``, ``numbers`` are how many tensors were copied and how many of these onto themselves
      (the state loaded is the live one);
    - ``numpy``: ``.numpy()`` showed the memory of ``parameters``, and steps changed it while the array lived
      (``numbers``: how many steps); ``alias``: the same of a tensor that ``detach()`` or ``.data`` gave;
    - ``nonleaf``: ``.grad`` was read of a tensor that ``site`` made, which is no leaf and has none.

    ``steps`` is how many optimizer steps were taken before it; ``order`` its place among all events and calls.
    ``grads`` says of a backward pass what the gradients of its parameters were just before: ``"none"``, ``"zero"``,
    ``"fresh"`` (of a backward pass since the last step: accumulated) or ``"used"`` (a step used them, nobody cleared
    them). Of a step or an update it says what was used: ``"none"``, ``"zero"``, ``"fresh"`` or ``"used"``. Mixed
    parameters count as the last of these that occurs.
    ``used`` says of a ``forward`` with grad mode on whether a backward pass went through what it gave (None: not
    known).
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
    nodes: tuple[str, ...] = ()
    used: bool | None = None


@dataclass(frozen=True)
class RunRecord:
    """A watched run. ``steps`` counts all optimizer steps, ``watched`` those watched in full; ``ended`` is how
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
                for source in one.sources:
                    if k not in found[source]:
                        found[source].append(k)
        return tuple(map(tuple, found))

    def of(self, *kinds: str) -> tuple[EventRecord, ...]:
        """The events of these kinds, in order."""
        return tuple(event for event in self.events if event.kind in kinds)

    def to_json(self) -> str:
        """This record as JSON; ``RunRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> RunRecord:
        """The record that ``to_json`` wrote; ValueError when it is something else."""
        return as_json.from_json(text, RunRecord, *_PARTS)


_PARTS = (
    *(SiteRecord, InRecord, OutRecord, EventRecord, ModelRecord, LayerRecord, ParameterRecord, OptimizerRecord),
    *(LoaderRecord, StrayRecord, Place),
)

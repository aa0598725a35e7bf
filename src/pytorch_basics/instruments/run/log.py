"""What is written down while a run is watched: small mutable entries, one for each site, layer, parameter, optimizer
and loader, and the events in order.

In go facts from the modes and hooks; ``assemble`` makes the frozen record of it afterwards. Live things are only held
weakly: watching keeps nothing alive. No torch.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

Where = tuple[CodeType | None, int]  # the learner's code and the instruction in it
MOST_EVENTS, MOST_SITES, MOST_MADE = 20_000, 5_000, 50_000


@dataclass(slots=True)
class Fact:
    """A tensor as it was first seen at a site, and what was seen of its numbers since."""

    shape: tuple[int, ...]
    dtype: str
    device: str
    requires_grad: bool
    leaf: bool
    parameter: int | None = None
    sources: dict[int, None] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None
    near: float | None = None
    dead: float | None = None
    alive: list[Any] = field(default_factory=list)
    sums: tuple[float, float] | None = None
    often: tuple[float, float] | None = None
    asked: int = 0
    ordered: int = 0
    spans: set[tuple[float, float]] = field(default_factory=set)
    most: int = 0  # of those alive at once

    def kept(self, ref: Any) -> None:
        """A result with a graph; at every eighth those that still exist are counted."""
        self.alive.append(ref)
        if len(self.alive) % 8 == 0:
            self.most = max(self.most, sum(one() is not None for one in self.alive))


@dataclass(slots=True)
class Site:
    """A place in the learner's code that calls one function."""

    number: int
    func: Any
    where: Where
    through: str
    layer: int | None
    look: int
    first: int
    last: int = 0
    count: int = 0
    graded: int = 0
    looks: int = 0
    shapes: set[Any] = field(default_factory=set)
    ins: list[Fact] = field(default_factory=list)
    outs: list[Fact] = field(default_factory=list)
    plain: tuple[Any, ...] = ()
    nonfinite: int = 0
    repeats: int = 0
    drawn: tuple[Any, ...] = ()
    writes: bool = False


@dataclass(slots=True)
class Layer:
    """A module that was called. ``model`` is the position of the model that holds it, under ``path``."""

    path: str
    kind: str
    model: int | None
    settings: tuple[Any, ...]
    at: Where
    ref: Any
    training: bool = True
    calls: list[int] = field(default_factory=lambda: [0, 0, 0, 0])  # train graded, train not, eval graded, eval not


@dataclass(slots=True)
class Model:
    """A module with parameters that was called by the learner. ``paths`` are of all modules in it, by identity."""

    ref: Any
    kind: str
    at: Where
    paths: dict[int, str]
    repeats: tuple[tuple[str, ...], ...] = ()
    layers: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Parameter:
    """A leaf that requires grad. ``seen`` are sampled values of it, as it was first seen."""

    ref: Any
    shape: tuple[int, ...]
    seen: Any
    name: str = ""
    backwards: int = 0
    none: int = 0
    zero: int = 0
    nonfinite: int = 0
    norms: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    fresh: int = -1  # the tick of the last watched backward pass that reached it
    used: int = -1  # the tick of the last update that used its gradient
    layer: int | None = None
    optimizers: dict[int, None] = field(default_factory=dict)
    requires_grad: bool = True
    changed: bool = False
    strange: tuple[str, ...] = ()
    made: tuple[Where, ...] = ()
    born: int = 0


@dataclass(slots=True)
class Optimizer:
    """An optimizer, by the parameters that it held when it was last seen."""

    ref: Any
    kind: str
    made: Where
    settings: tuple[Any, ...] = ()
    parameters: list[int] = field(default_factory=list)
    steps: int = 0
    at: Where = (None, 0)
    used: int = -1  # the tick of its last step


@dataclass(slots=True)
class Loader:
    """A data loader, as it was when it was first iterated."""

    ref: Any
    facts: dict[str, Any]
    at: dict[Where, None] = field(default_factory=dict)
    generators: tuple[tuple[str, CodeType], ...] = ()
    samples: tuple[int, Any] = (0, frozenset())
    iterators: int = 0
    given: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Event:
    """Something that happened; see ``EventRecord``."""

    kind: str
    where: Where
    order: int
    steps: int
    facts: dict[str, Any]


class Log:
    """All of it. ``order`` counts calls and events; ``aside`` says that what runs now is not the learner's,
    ``asleep`` that a run without optimizers was watched long enough."""

    def __init__(self) -> None:
        self.sites: list[Site] = []
        self.at: dict[Any, Site] = {}
        self.layers: list[Layer] = []
        self.models: list[Model] = []
        self.parameters: list[Parameter] = []
        self.optimizers: list[Optimizer] = []
        self.loaders: list[Loader] = []
        self.events: list[Event] = []
        self.losses: list[tuple[int, float]] = []
        self.made: dict[int, tuple[Any, int]] = {}
        self.numbers: dict[str, dict[int, tuple[Any, int]]] = {}
        self.notes: dict[str, None] = {}
        self.codes: dict[int, CodeType] = {}  # kept, so that their identities stay their own
        self.order = self.steps = self.watched = self.backwards = 0
        self.aside = False
        self.asleep = False
        self.replays: Any = None
        self.called: set[tuple[int, int]] = set()  # places that called whole models
        self.layer: int | None = None
        self.alarm = False

    def event(self, kind: str, where: Where, **facts: Any) -> Event | None:
        """Write down what happened, up to a limit that no rule needs."""
        self.order += 1
        if len(self.events) >= MOST_EVENTS:
            self.notes["There were more events than are kept."] = None
            return None
        made = Event(kind, where, self.order, self.steps, facts)
        self.events.append(made)
        return made

    def made_at(self, tensor: Any) -> int | None:
        """The number of the site that made a tensor, or wrote into it last."""
        known = self.made.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else None

    def keep(self, tensor: Any, site: int) -> None:
        """Remember which site made it."""
        if len(self.made) > MOST_MADE:
            self.made = {key: kept for key, kept in self.made.items() if kept[0]() is not None}
        self.made[id(tensor)] = weakref.ref(tensor), site

    def number(self, kind: str, thing: Any) -> int | None:
        """The position of a live thing among those of its kind, None for a new one."""
        known = self.numbers.setdefault(kind, {}).get(id(thing))
        return known[1] if known is not None and known[0]() is thing else None

    def add(self, kind: str, thing: Any, entries: list[Any], entry: Any) -> int:
        """Give a live thing the next position."""
        self.numbers.setdefault(kind, {})[id(thing)] = weakref.ref(thing), len(entries)
        entries.append(entry)
        return len(entries) - 1

    def alive(self, kind: str) -> Iterator[tuple[int, Any]]:
        """The live things of a kind with their positions."""
        for ref, number in list(self.numbers.get(kind, {}).values()):
            thing = ref()
            if thing is not None:
                yield number, thing

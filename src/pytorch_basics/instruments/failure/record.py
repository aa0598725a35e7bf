"""What one exception came from: plain data, frozen, and the same after a trip through JSON.

In go the pieces that ``capture`` read from a live exception; out come records that the doctor's rules read. An
exception is the learner's ``frames``, PyTorch's ``calls`` under them, the ``layers`` that ran, and ``steps``: the
expression that failed, and those that made what stands in it, followed back through assignments, calls, loops and
constructors. Steps point at each other by their position in ``FailureRecord.steps``. No torch: a record keeps no tensor
alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytorch_basics.instruments import as_json
from pytorch_basics.instruments.place import Place

Shape = tuple[int, ...]
Plain = None | bool | int | float | str | tuple["Plain", ...]


@dataclass(frozen=True)
class Value:
    """What an expression held when the exception was raised (not when its line ran: an in-place change shows).

    ``kind`` is "tensor", "array" (NumPy), "module", "optimizer", "number", "text", "none", "dtype", "list", "tuple",
    "dict", "function", "class", "generator" or "object"; ``type`` is its class as one writes it (``nn.Linear``,
    ``Parameter``, ``Net``). ``low`` and ``high`` are its smallest and largest number, ``distinct`` how many different
    ones (whole-number tensors), ``whole`` says that all numbers are whole. ``plain`` is a number, a text or a short
    tuple of them. ``length`` and ``items`` (the first few, by position or key) are those of a list, tuple or dict; of a
    module ``items`` are its parameters and buffers, and ``settings`` its plain attributes (``in_features``).
    ``strays`` are a module's attributes that hold what it did not register, each with what holds it: "tensor", "list",
    "dict" or "tuple". ``grad`` says of a leaf that requires grad whether a gradient has arrived.
    """

    kind: str
    type: str
    shape: Shape = ()
    dtype: str = ""
    device: str = ""
    requires_grad: bool = False
    leaf: bool = True
    grad_fn: str = ""
    contiguous: bool = True
    grad: bool = False
    inference: bool = False
    low: float | None = None
    high: float | None = None
    distinct: int | None = None
    whole: bool = False
    plain: Plain = None
    length: int | None = None
    training: bool | None = None
    items: tuple[tuple[str, Value], ...] = ()
    settings: tuple[tuple[str, Plain], ...] = ()
    strays: tuple[tuple[str, str], ...] = ()

    @property
    def tensor(self) -> bool:
        """Whether it is a tensor."""
        return self.kind == "tensor"

    @property
    def floating(self) -> bool:
        """Whether its dtype is a floating one."""
        return "float" in self.dtype

    def setting(self, name: str) -> Plain:
        """A module's plain attribute; None where it has none of this name."""
        return dict(self.settings).get(name)

    def item(self, name: str) -> Value | None:
        """One of ``items`` by its name: ``weight`` of a layer."""
        return dict(self.items).get(name)


@dataclass(frozen=True)
class Argument:
    """One operand of a step, as written. ``name`` is its keyword, "self" for what a method was called on, "func" for
    what was called (a layer), "return" for what the called function gave back, "over" for what a loop goes over, "" for
    the rest. ``steps`` are the steps that may have made it, the likeliest first."""

    name: str
    text: str
    value: Value | None = None
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Step:
    """One expression that ran, as written.

    ``kind`` is "call", "layer" (a module was called), "operator", "compare", "in place" (``x += …``), "subscript",
    "attribute", "loop" (a value drawn from something iterated), "literal", "list", "name" (``a = b``), "return" or
    "other". ``called`` is what ran, by its documented name: ``torch.cat``, ``nn.functional.relu``, ``Tensor.view``,
    ``nn.Linear``, ``numpy.array``, an operator's sign, or the qualified name of the learner's own function or class.
    ``name`` is what the result was bound to; ``value`` that result, where it is still known. ``within`` are the
    ``with`` and ``if`` statements and decorators around it in its function (``torch.no_grad()``), the nearest first.
    """

    place: Place
    text: str
    kind: str
    called: str = ""
    arguments: tuple[Argument, ...] = ()
    value: Value | None = None
    name: str = ""
    within: tuple[tuple[str, Place], ...] = ()

    @property
    def bare(self) -> str:
        """The last part of what was called: ``cat``, ``view``, ``Linear``."""
        return self.called.rpartition(".")[2]

    @property
    def operands(self) -> tuple[Argument, ...]:
        """Its arguments without what was called."""
        return tuple(argument for argument in self.arguments if argument.name != "func")

    def argument(self, position: int, *names: str) -> Argument | None:
        """An operand by position (``self`` counts as none) or by keyword."""
        named = [argument for argument in self.operands if argument.name in names]
        placed = [argument for argument in self.operands if argument.name in ("", "*")]
        return next(iter(named), None) or (placed[position] if position < len(placed) else None)


@dataclass(frozen=True)
class Frame:
    """One frame of the learner's own code. ``text`` is the very sub-expression that ran (empty where no source is
    known), from ``column`` to ``end`` (in characters, on the lines ``place.line`` to ``last``); ``step`` is its step.
    ``arguments`` are the values of the function's own parameters."""

    place: Place
    text: str = ""
    column: int = 0
    end: int = 0
    last: int = 0
    step: int | None = None
    arguments: tuple[tuple[str, Value], ...] = ()
    owner: str = ""


@dataclass(frozen=True)
class Call:
    """One of PyTorch's (or another package's) own frames: ``function`` by its name (``nn.functional.cross_entropy``,
    ``nn.Linear.forward``), its arguments, and ``frame``, the position of the learner's frame that it ran under."""

    function: str
    arguments: tuple[tuple[str, Value], ...]
    frame: int

    @property
    def bare(self) -> str:
        """The last part of its name."""
        return self.function.rpartition(".")[2]

    def argument(self, *names: str) -> Value | None:
        """An argument by any of these names."""
        return next((value for name, value in self.arguments if name in names), None)


@dataclass(frozen=True)
class Layer:
    """A module whose forward was running. ``path`` is where it stands in the outermost one (``stem.0``), ``name`` how
    the learner wrote it (``self.fc``, ``net[2]``). ``own`` says that its class is the learner's. ``inputs`` are what
    its forward was given. ``made`` is the step of its constructor. ``before`` are the layers that ran before it in the
    same ``nn.Sequential``, the nearest last, each with the step of its constructor."""

    value: Value
    path: str
    name: str
    own: bool
    inputs: tuple[tuple[str, Value], ...]
    frame: int
    made: int | None = None
    before: tuple[tuple[Value, int | None], ...] = ()

    @property
    def kind(self) -> str:
        """Its class, as one writes it."""
        return self.value.type


@dataclass(frozen=True)
class ClassNote:
    """What the source of a learner's ``nn.Module`` class says, for the one that the failing code used last.

    ``methods`` are its functions with their places, ``nested`` functions defined inside them (``forward`` one level too
    deep), ``assigned`` what ``__init__`` bound to ``self`` and ``local`` what it bound to plain names, each with its
    step; ``super_called`` whether ``__init__`` calls ``super().__init__()`` and where it first assigns to ``self``.
    """

    name: str
    place: Place
    methods: tuple[tuple[str, Place], ...] = ()
    nested: tuple[tuple[str, Place], ...] = ()
    assigned: tuple[tuple[str, Place, int | None], ...] = ()
    local: tuple[tuple[str, Place, int | None], ...] = ()
    init: Place | None = None
    super_called: bool = True
    value: Value | None = None


@dataclass(frozen=True)
class FailureRecord:
    """An exception with all that is known about it.

    ``chain`` are the exceptions it came from, as (kind, message). ``frames`` are the learner's, the innermost last;
    where the exception was raised in a DataLoader's worker, the worker's frames follow. ``classes`` are the learner's
    modules that took part. ``worker`` is the kind of the error raised there, empty elsewhere.
    """

    kind: str
    message: str
    chain: tuple[tuple[str, str], ...] = ()
    frames: tuple[Frame, ...] = ()
    calls: tuple[Call, ...] = ()
    layers: tuple[Layer, ...] = ()
    steps: tuple[Step, ...] = ()
    classes: tuple[ClassNote, ...] = ()
    worker: str = ""
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> Frame | None:
        """The learner's innermost frame."""
        return self.frames[-1] if self.frames else None

    @property
    def place(self) -> Place | None:
        """Where the learner's code was."""
        return self.frames[-1].place if self.frames else None

    @property
    def failing(self) -> Step | None:
        """The expression that ran in the innermost frame."""
        frame = self.frame
        return self.steps[frame.step] if frame and frame.step is not None else None

    @property
    def operands(self) -> tuple[Argument, ...]:
        """What stands in the failing expression."""
        return self.failing.operands if self.failing else ()

    @property
    def inner(self) -> tuple[Call, ...]:
        """PyTorch's calls under the learner's innermost frame, the innermost last."""
        return tuple(call for call in self.calls if call.frame == len(self.frames) - 1)

    @property
    def layer(self) -> Layer | None:
        """The innermost running layer of PyTorch's own, None where the learner's code ran further in."""
        last = self.layers[-1] if self.layers else None
        return last if last and not last.own and last.frame == len(self.frames) - 1 else None

    def call(self, *bare: str) -> Call | None:
        """The innermost of PyTorch's calls with one of these names."""
        return next((call for call in reversed(self.inner) if call.bare in bare), None)

    def made(self, what: Argument | None) -> Step | None:
        """The likeliest step that made an argument, renaming and ``return`` left out."""
        return next((step for step in self.origins(what) if step.kind not in ("name", "return")), None)

    def origins(self, what: Argument | Step | int | None) -> Iterator[Step]:
        """The steps that made something, from the nearest back, each once. A step's first operand is followed before
        its others, so the first steps are those that a tensor went through."""
        waiting = _steps_of(what)
        seen: set[int] = set()
        while waiting:
            k = waiting.pop(0)
            if k not in seen:
                seen.add(k)
                yield self.steps[k]
                waiting = [*_flow(self.steps[k]), *waiting]

    def to_json(self) -> str:
        """This record as JSON; ``FailureRecord.from_json`` gives an equal record back."""
        return as_json.to_json(self)

    @staticmethod
    def from_json(text: str) -> FailureRecord:
        """The record that ``to_json`` wrote."""
        parts = (Value, Argument, Step, Frame, Call, Layer, ClassNote, Place)
        return as_json.from_json(text, FailureRecord, *parts)


def _steps_of(what: Argument | Step | int | None) -> list[int]:
    if what is None:
        return []
    if isinstance(what, int):
        return [what]
    return list(what.steps) if isinstance(what, Argument) else _flow(what)


def _flow(step: Step) -> list[int]:
    # What a loop goes over made the element only where nothing nearer is known.
    nearer = any(argument.name == "return" for argument in step.operands)
    return [k for a in step.operands if not (a.name == "over" and nearer) for k in a.steps]

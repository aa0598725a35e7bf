"""What a trace writes down while the code runs: cheap tuples, and the identities of tensors and storages.

In go live tensors and the calls they meet, from ``capture``; out come lists that ``assemble`` turns into records
afterwards, when nobody waits. Tensors and storages are held weakly: being watched keeps no activation alive. A
storage's identity is its address, taken back when it is freed, so that a reused address is a new storage. What is
kept is kept small (one number instead of a tuple of one, rare facts apart): new memory is what an op costs most.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pytorch_basics.instruments.tensor.memory import Place, relation
from pytorch_basics.instruments.trace.frames import Site

_BASE = 1 << 30  # stands for the address of a storage: only distances matter here


class RawOp(NamedTuple):
    """One call as it was logged (as a plain tuple, which is quicker). Tensors by number; ``outs`` and ``versions``
    are bare where one tensor came back. ``after`` is None for an op below autograd, where no version counter has moved
    yet. ``first`` counts the aten ops that ran before."""

    func: Any
    site: Site
    module: int | None
    ins: tuple[int, ...]
    before: tuple[int | None, ...]
    after: tuple[int | None, ...] | None
    outs: int | tuple[int, ...]
    versions: int | tuple[int | None, ...] | None
    first: int
    live: int
    sequence: int


class Rare(NamedTuple):
    """What few ops have: a node that ran it, tensors written and who sees that, an exception, values."""

    node: str | None = None
    written: tuple[int, ...] = ()
    seen: tuple[int, ...] = ()
    failed: bool = False
    samples: tuple[Any, ...] = ()


class RawModule(NamedTuple):
    """One module call as it was logged (as a list: it ends later). ``path`` and ``kind`` are filled in when the
    outermost module returns, ``site`` is where it was called and whether directly, ``out`` the tensor it returned."""

    ref: weakref.ref[Any] | None
    parent: int | None
    first: int
    site: Site
    end: int | None = None
    out: int | None = None
    path: str = ""
    kind: str = ""


END, OUT = RawModule._fields.index("end"), RawModule._fields.index("out")


class _Gone(weakref.ref[Any]):
    """A weak reference to a storage that knows its number. Its callback is a list's ``append``, for speed."""

    __slots__ = ("number",)
    number: int


class Log:
    """Everything one trace wrote down. ``storage_id`` gives the address of a tensor's storage, or raises."""

    def __init__(self, storage_id: Callable[[Any], int]) -> None:
        self._storage_id = storage_id
        self.ops: list[tuple[Any, ...]] = []
        self.rare: dict[int, Rare] = {}
        self.aten: list[tuple[Any, ...]] = []  # func, inputs, outputs, new bytes
        self.extra: dict[int, tuple[Any, ...]] = {}  # arguments that a formula needs, by aten op
        self.modules: list[list[Any]] = []
        self.module: int | None = None
        self.open = False  # whether a call as the learner wrote it is running
        self.hits: list[int] = []  # the tensors that aten ops below the running call were to write into
        self.busy = False  # whether what is asked of tensors is our own question
        self.foreign = False  # whether others, modes or subclasses, would notice what is asked of a tensor
        self.backward: Site | None = None  # of the backward pass that runs
        self.live = self.peak = 0
        self.peak_op: int | None = None
        self.storages: list[tuple[Any, ...]] = []  # address, bytes, device, the op that made it
        self.freed: dict[int, int] = {}  # storages, and the op before which they were freed
        self.grown: dict[int, int] = {}  # by how many bytes known storages grew, by storage
        self.grew: dict[int, int] = {}  # and by the op that made them grow
        self.tensors: list[tuple[Any, ...]] = []  # shape, dtype, storage, type; without storage the device
        self.grads = bytearray()  # of each tensor whether it requires a gradient
        self.names: dict[int, str] = {}  # of the tensors given and of parameters
        self.arguments: list[int | None] = []  # the tensors among the positional arguments
        self.variables: dict[int, str] = {}  # of those that a variable held at the end
        self.around: Callable[[], None] = lambda: None  # numbers tensors that may share memory with what is met
        self.raised: tuple[int, int] | None = None  # the op that raised last, and the identity of the exception
        self.notes: list[str] = []
        self.thread = threading.get_ident()
        self.seen: dict[int, int] = {}  # tensors by ``id``; ``refs`` tells whether it is still that one
        self.refs: list[weakref.ref[Any]] = []
        self.numbers: dict[int, int] = {}  # storages by address, while they live
        self.dead: list[Any] = []  # of what was freed and not written down yet
        self._gone: dict[int, _Gone] = {}
        self._on: dict[int, list[int]] = {}
        self._listed = 0

    def storage(self, tensor: Any, made: bool) -> int:
        """The number of a tensor's storage, -1 when it has none; ``made`` says it was allocated just now."""
        try:
            key = self._storage_id(tensor)
        except (NotImplementedError, RuntimeError):
            return -1
        if self.dead:
            self.bury()
        number = self.numbers.get(key)
        if number is not None:
            return number
        storage = tensor.untyped_storage()
        storages = self.storages
        number = self.numbers[key] = len(storages)
        nbytes: int = storage.nbytes()
        storages.append((key, nbytes, storage.device, len(self.ops) if made else None))
        gone = self._gone[number] = _Gone(storage, self.dead.append)
        gone.number = number
        if made:
            self.live = live = self.live + nbytes
            if live > self.peak:
                self.peak, self.peak_op = live, len(self.ops)
        return number

    def grow(self, nbytes: int) -> None:
        """Count bytes that are live from now on."""
        self.live = live = self.live + nbytes
        if live > self.peak:
            self.peak, self.peak_op = live, len(self.ops)

    def resized(self, number: int, tensor: Any) -> int:
        """By how many bytes a known storage grew (``out=`` of an empty tensor, ``resize_``)."""
        _, nbytes, _, made_by = self.storages[number]
        more: int = tensor.untyped_storage().nbytes() - nbytes - self.grown.get(number, 0)
        if more:
            at = len(self.ops)
            self.grown[number] = self.grown.get(number, 0) + more
            self.grew[at] = self.grew.get(at, 0) + more
            if made_by is not None:
                self.grow(more)
        return more

    def bury(self) -> None:
        """Write down which storages were freed since the last time, and take their addresses back."""
        at = len(self.ops) + self.open
        while self.dead:
            number = self.dead.pop().number
            key, nbytes, _, made_by = self.storages[number]
            self.freed[number] = at
            del self._gone[number]
            if self.numbers.get(key) == number:
                del self.numbers[key]
            if made_by is not None:
                self.live -= nbytes + self.grown.get(number, 0)

    def tensor(self, tensor: Any, made: bool = False) -> int:
        """The number of a tensor object, a new one when it was not met before; ``made`` by the op that runs."""
        number = self.seen.get(id(tensor))
        refs = self.refs
        if number is not None and refs[number]() is tensor:
            return number
        storage = self.storage(tensor, made)
        number = self.seen[id(tensor)] = len(refs)
        refs.append(weakref.ref(tensor))
        self.grads.append(tensor.requires_grad)
        try:
            shape = tensor.shape
        except RuntimeError:  # a nested tensor's rows have different lengths
            shape = (tensor.size(0),)
        if storage >= 0:
            self.tensors.append((shape, tensor.dtype, storage, type(tensor)))
        else:
            self.tensors.append((shape, tensor.dtype, storage, type(tensor), tensor.device))
        return number

    def tensors_of(self, tensors: list[Any], made: bool = False) -> tuple[int, ...]:
        """The numbers of tensor objects."""
        seen, refs, found = self.seen, self.refs, []
        for tensor in tensors:
            number = seen.get(id(tensor))
            found.append(number if number is not None and refs[number]() is tensor else self.tensor(tensor, made))
        return tuple(found)

    def known(self, tensor: Any) -> int | None:
        """The number of a tensor object, None when it was not met."""
        number = self.seen.get(id(tensor))
        return number if number is not None and self.refs[number]() is tensor else None

    def forget(self, tensor: Any) -> None:
        """Number a tensor anew at its next sight: an op gave the same object another shape or storage."""
        number = self.known(tensor)
        if number is None:
            return
        shape, _, storage, *_ = self.tensors[number]
        if tensor.is_nested:
            return
        if shape != tensor.shape or storage != self.storage(tensor, True):
            del self.seen[id(tensor)]
            if number in self.names:
                self.names[len(self.tensors)] = self.names[number]

    def onlookers(self, written: list[Any], numbers: tuple[int, ...]) -> Iterator[int]:
        """The numbers of tensors, alive now and not among ``written``, that see a write into those."""
        self._list()
        own = {id(tensor) for tensor in written}
        found = set()
        for tensor, known in zip(written, numbers, strict=True):
            storage = self.storage(tensor, False)
            if storage != self.tensors[known][2]:
                continue  # ``set_`` moved it, and wrote nothing
            for number, other in self._alive(storage):
                if id(other) not in own and number not in found and overlap(tensor, other):
                    found.add(number)
                    yield number

    def _list(self) -> None:
        """Which tensors lie in which storage, brought up to date: only traces that write in place need it."""
        if not self._listed:
            self.around()
        for number in range(self._listed, len(self.tensors)):
            self._on.setdefault(self.tensors[number][2], []).append(number)
        self._listed = len(self.tensors)

    def _alive(self, storage: int) -> list[tuple[int, Any]]:
        if storage < 0:
            return []
        others = [(number, self.refs[number]()) for number in self._on.get(storage, ())]
        alive = [(number, other) for number, other in others if other is not None and self.known(other) == number]
        self._on[storage] = [number for number, _ in alive]
        return alive

    def close(self) -> None:
        """The last entry is made; what is freed from now on is nobody's business here."""
        self.bury()
        self.open = True


def overlap(one: Any, other: Any) -> bool:
    """Whether two tensors of one storage have a byte in common."""
    return relation(_place(one), _place(other)) != "no byte"


def _place(tensor: Any) -> Place:
    size = tensor.element_size()
    strides = tuple(step * size for step in tensor.stride())
    return Place(_BASE + tensor.storage_offset() * size, tuple(tensor.shape), strides, size)

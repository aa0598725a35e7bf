"""What ``pb.trace`` returns and ``pb.tracing`` fills: a watch over running code, then the record of what it ran.

In goes a callable, or the code of a ``with`` block; out comes a ``Trace``, which prints, shows in a notebook and goes
to JSON as its record. The record is assembled when it is first asked for, so that the traced code does not wait for
it. No torch here: ``capture`` does what needs it.
"""

from __future__ import annotations

import inspect
from types import FrameType, TracebackType
from typing import Any

from pytorch_basics.errors import WrongValue
from pytorch_basics.instruments.trace.frames import is_inner
from pytorch_basics.instruments.trace.log import Log, Rare
from pytorch_basics.instruments.trace.record import TraceRecord
from pytorch_basics.instruments.trace.title import Title

NOTHING = "No PyTorch op ran, and nothing came back: is this the function that you meant?"


class Trace:
    """A running or finished trace; it has what ``TraceRecord`` has: ``t.ops``, ``t.flops``, ``t.find("add_")``."""

    def __init__(
        self,
        frame: FrameType,
        given: dict[str, object],
        args: tuple[object, ...] = (),
        named: str = "",
        values: str | None = None,
    ) -> None:
        from pytorch_basics.instruments.trace.capture import Watch

        self._title = Title(frame.f_code, frame.f_lasti, named)
        self._watch: Watch | None = Watch(given, args, frame, values)
        self._kept: tuple[Any, ...] | None = None  # the log and what was raised, until the record is made
        self._record: TraceRecord | None = None
        self._result: Any = None
        self._copies: dict[tuple[int, int], Any] = {}
        self._copied = values == "copy"

    def __enter__(self) -> Trace:
        if self._watch is None:
            raise WrongValue(
                "pb.tracing: this trace has already run. "
                "Write instead: with pb.tracing() as t: once more, around the next stretch of code"
            )
        self._watch.on()
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        assert self._watch is not None
        watch, self._watch = self._watch, None
        watch.off()
        self._kept = watch.log, error and _raised(watch.log.raised, error)

    def run(self, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Trace:
        """Call ``fn`` under watch; what it raises becomes part of the record, unless it ends the program."""
        try:
            with self:
                self._result = fn(*args, **kwargs)
        except Exception:
            pass  # it is in the record, and ``result`` says so
        return self

    @property
    def record(self) -> TraceRecord:
        """What ran, as plain data. Raises ValueError while the code still runs."""
        return self._made()

    def _made(self) -> TraceRecord:
        if self._record is None:
            if self._kept is None:
                raise WrongValue(
                    "pb.tracing: the traced code is still running, and its record is made when it ends. "
                    "Write instead: print(t) after the with block"
                )
            from pytorch_basics.instruments.trace.assemble import assemble
            from pytorch_basics.instruments.trace.capture import array

            log, raised = self._kept
            log.notes += self._notes(log, raised)
            self._record = assemble(log, self._title, raised, array)
            if self._copied:
                self._copies = {(k, j): one for k, rare in log.rare.items() for j, one in _copies(rare)}
            self._kept = None
        return self._record

    def _notes(self, log: Log, raised: object) -> list[str]:
        if inspect.isgenerator(self._result) or inspect.iscoroutine(self._result):
            instead = f"pb.trace(lambda: list({self._title.written()}))"
            return [f"It returned a generator, whose body runs later than this trace. Write instead: {instead}"]
        return [NOTHING] if not log.ops and self._result is None and raised is None else []

    @property
    def result(self) -> Any:
        """What the traced function returned. Raises ValueError when it raised something instead."""
        error = self.record.error
        if error is not None:
            raise WrongValue(
                f"pb.trace: {self.record.title} raised {error.kind}: {error.message}, so it has no result. "
                "Write instead: print(t), which shows the op that failed with its inputs"
            )
        return self._result

    def copy(self, op: int, output: int = 0) -> Any:
        """The values that output ``output`` of op ``op`` had when it was made, as a tensor of its own.

        Raises ValueError when the trace was not asked to keep them.
        """
        _ = self.record
        if (op, output) not in self._copies:
            raise WrongValue(
                f"copy: no values were kept for output {output} of op {op}. "
                'Write instead: with pb.tracing(values="copy") as t:, then t.copy(op) for an op that returned a tensor'
            )
        return self._copies[op, output]

    def to_json(self) -> str:
        """The record as JSON."""
        return self.record.to_json()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self._made(), name)

    def __str__(self) -> str:
        return str(self.record)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.record._repr_mimebundle_(include, exclude)


def _copies(rare: Rare) -> list[tuple[int, Any]]:
    return [(j, sample[0]) for j, sample in enumerate(rare.samples) if sample is not None]


def _raised(last: tuple[int, int] | None, error: BaseException) -> Any:
    """What was raised, by which op and on which line; the exception itself would keep its frames' tensors alive."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    op = last[0] if last is not None and last[1] in map(id, chain) else None
    where = None
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not is_inner(code.co_filename):
            where = code.co_filename, traceback.tb_lineno, code.co_qualname
        traceback = traceback.tb_next
    return type(error).__name__, str(error), op, where

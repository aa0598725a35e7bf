"""The trace instrument, ``pb.trace`` and ``pb.tracing``: every op that PyTorch ran, what it made of its inputs' memory,
the line and the module it was called from. Importing this loads no torch; tracing does."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, Literal

from pytorch_basics.errors import WrongArgument, WrongValue, wrong
from pytorch_basics.instruments.tensor import names as _names
from pytorch_basics.instruments.trace import ahead
from pytorch_basics.instruments.trace.frames import is_inner
from pytorch_basics.instruments.trace.live import Trace
from pytorch_basics.instruments.trace.record import TraceRecord

__all__ = ["Trace", "TraceRecord", "trace", "tracing"]

ahead.load()


def trace(fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Trace:
    """Run ``fn(*args, **kwargs)`` and record every op that it runs, a backward pass in it included.

    Results, gradients and random numbers are as without it. All arguments go to ``fn``; ``.result`` is what it
    returned. What ``torch.compile`` compiled runs uncompiled here. When ``fn`` raises, the record ends with the op that failed and its inputs, and nothing is raised here.

    >>> t = pb.trace(model, x)
    >>> print(t)

    Raises TypeError for something that cannot be called, ValueError for a generator or coroutine function, whose body
    would not run.
    """
    frame = sys._getframe(1)
    written = _names.names((fn, *args), frame)
    _check(fn, written)
    inside = ", ".join([*written[1:], *(f"{key}=…" for key in kwargs)])
    return Trace(f"{written[0]}({inside})", _given(fn, args, kwargs, written), frame, None).run(fn, args, kwargs)


def tracing(*, values: Literal["stats", "copy"] | None = None) -> Trace:
    """Record every op that a ``with`` block runs, for instance a whole training step.

    ``values="stats"`` keeps smallest, largest and mean of what each op returned (of at most 4,096 elements),
    ``values="copy"`` all of it: ``t.copy(op)``. Otherwise no value is kept. What the block raises is recorded and
    goes on.

    >>> with pb.tracing() as t:
    ...     loss = loss_fn(model(x), y)
    ...     loss.backward()
    >>> t.peak_bytes, t.flops

    Raises ValueError for any other ``values``.
    """
    if values not in (None, "stats", "copy"):
        raise WrongValue(wrong("pb.tracing", "values", values, '"stats", "copy" or None', 'values="stats"'))
    frame = sys._getframe(1)
    return Trace(f"with pb.tracing(), line {frame.f_lineno}", {}, frame, values)


def _check(fn: object, written: list[str]) -> None:
    name = written[0]
    if not callable(fn):
        raise WrongArgument(wrong("pb.trace", "fn", fn, "a function or a module, not yet called", _instead(fn, name)))
    body = fn if inspect.isroutine(fn) else getattr(fn, "forward", getattr(type(fn), "__call__", fn))
    call = f"{name}({', '.join(written[1:])})"
    if inspect.isgeneratorfunction(body):
        raise WrongValue(
            f"pb.trace: {name} is a generator function: calling it runs nothing yet. "
            f"Write instead: pb.trace(lambda: list({call}))"
        )
    if inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body):
        raise WrongValue(
            f"pb.trace: {name} is a coroutine function: calling it runs nothing yet. "
            f"Write instead: pb.trace(lambda: asyncio.run({call}))"
        )


def _instead(fn: object, name: str) -> str:
    """What to write for something that is the result of a call: the function and its arguments, apart."""
    called = name.endswith(")") and name[0].isidentifier() if name else False
    if inspect.isgenerator(fn):
        return f"pb.trace(lambda: list({name}))" if called else "pb.trace(lambda: list(g(x))), where g makes the generator"
    if called:
        before, _, inside = name[:-1].partition("(")
        return f"pb.trace({before}{f', {inside}' if inside else ''})"
    return "pb.trace(model, x): what is called first, then its arguments"


def _given(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any], written: list[str]) -> dict[str, object]:
    """The arguments by name: as the function itself calls them where its source is the learner's, else as the caller
    wrote them. A module is there for the paths of its parameters."""
    given: dict[str, object] = {}
    body = fn if inspect.isfunction(fn) else getattr(type(fn), "forward", None)
    code = getattr(body, "__code__", None)
    if code is not None and not is_inner(code.co_filename):
        try:
            bound = inspect.signature(body if body is fn else fn.forward).bind(*args, **kwargs)
            given.update(bound.arguments)
        except (TypeError, ValueError):
            pass  # the call itself will say what is wrong with its arguments
    else:
        given.update({name: value for name, value in zip(written[1:], args, strict=True) if _is_name(name)})
        given.update(kwargs)
    return given | {"": fn}


def _is_name(text: str) -> bool:
    return text.replace(".", "_").replace("[", "_").replace("]", "_").isidentifier()


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
    returned. When ``fn`` raises, the record ends with the op that failed and its inputs, and nothing is raised here.
    What ``torch.compile`` compiled runs uncompiled while it is traced.

    >>> t = pb.trace(model, x)
    >>> print(t)

    Raises TypeError for something that cannot be called, ValueError for a generator or coroutine function, whose body
    would not run.
    """
    frame = sys._getframe(1)
    if not callable(fn) or _makes_later(fn):
        raise _refused(fn, _names.names((fn, *args), frame))
    return Trace(frame, _given(fn, args, kwargs), args, named=_called(fn)).run(fn, args, kwargs)


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
    return Trace(sys._getframe(1), {}, values=values)


def _called(fn: object) -> str:
    return str(getattr(fn, "__name__", type(fn).__name__))


def _makes_later(fn: Any) -> str:
    """What calling ``fn`` makes, where its body runs only later; empty for an ordinary function."""
    body = fn if inspect.isroutine(fn) else getattr(fn, "forward", None) or type(fn).__call__
    flags = getattr(getattr(body, "__code__", None), "co_flags", 0)
    if flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return "coroutine"
    return "generator" if flags & inspect.CO_GENERATOR else ""


def _refused(fn: object, written: list[str]) -> Exception:
    """The error for what cannot be traced, with what to write; ``written`` are ``fn`` and its arguments."""
    name = written[0]
    if not callable(fn):
        return WrongArgument(wrong("pb.trace", "fn", fn, "a function or a module, not yet called", _instead(fn, name)))
    call, makes = f"{name}({', '.join(written[1:])})", _makes_later(fn)
    run = f"list({call})" if makes == "generator" else f"asyncio.run({call})"
    return WrongValue(
        f"pb.trace: {name} is a {makes} function: calling it runs nothing yet. Write instead: pb.trace(lambda: {run})"
    )


def _instead(fn: object, name: str) -> str:
    """What to write for something that is the result of a call: the function and its arguments, apart."""
    called = name.endswith(")") and name[0].isidentifier()
    if inspect.isgenerator(fn):
        made = name if called else "g(x)"
        return f"pb.trace(lambda: list({made})){'' if called else ', where g makes the generator'}"
    if called:
        before, _, inside = name[:-1].partition("(")
        return f"pb.trace({before}{f', {inside}' if inside else ''})"
    return "pb.trace(model, x): what is called first, then its arguments"


def _given(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, object]:
    """The arguments by the names that the function itself gives them, where its source is the learner's."""
    body = fn if inspect.isfunction(fn) else getattr(type(fn), "forward", None)
    code = getattr(body, "__code__", None)
    if code is None or is_inner(code.co_filename):
        return kwargs
    first = 0 if body is fn else 1  # a method's ``self``
    return dict(zip(code.co_varnames[first : code.co_argcount], args, strict=False)) | kwargs

"""One call of an answer on one case, and what came of it, as plain data.

In go an answer, the exercise's probe and an encoded case; out comes an encoded outcome. The sandbox performs the
learner's answer with it and the judge performs the references, so both are run and read in the same way.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from pytorch_basics.practice.codec import TooLarge, Tree, decode, encode
from pytorch_basics.practice.compare import Failed, Outcome, Returned
from pytorch_basics.practice.exercise import Case

Frame = tuple[Tree, list[bytes]]


def pack(case: Case) -> Frame:
    """A case as plain data."""
    tree, blocks = encode((list(case.args), case.kwargs))
    return {**tree, "seed": case.seed}, blocks


def unpack(frame: Frame) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a packed case, made anew: arguments that shared memory share it."""
    args, kwargs = decode(*frame)
    return tuple(args), kwargs


def perform(answer: Callable[..., Any], probe: Callable[..., Any], case: Frame, own: set[str]) -> Frame:
    """Call the answer on the case. ``own`` are the learner's files: only their frames stand in the trace."""
    args, kwargs = unpack(case)
    seed = case[0]["seed"]
    torch.default_generator.manual_seed(seed)  # torch.manual_seed also prepares devices: ten times slower
    np.random.seed(seed)
    random.seed(seed)
    try:
        result = probe(answer, *args, **kwargs)
        tree, blocks = encode([result, list(args), kwargs])
    except TooLarge as error:
        return _failure(("TooLarge",), f"your answer is too large to compare: {error}"), []
    except BaseException as error:  # SystemExit and KeyboardInterrupt are answers too
        return _raised(error, own), []
    return {"k": "returned", "value": tree}, blocks


def read(frame: Frame) -> Outcome:
    """The outcome again. Raises ``ValueError``, ``KeyError`` or ``TypeError`` where the data is malformed."""
    tree, blocks = frame
    if tree["k"] == "returned":
        result, args, kwargs = decode(tree["value"], blocks)
        return Returned(result, tuple(args), kwargs)
    return Failed(tuple(map(str, tree["kinds"])), str(tree["message"]), str(tree["trace"]), tuple(tree["lines"]))


def _raised(error: BaseException, own: set[str]) -> Tree:
    kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException))
    try:
        message = str(error)[:4000]
    except BaseException:  # the learner's own __str__ may fail
        message = "(its message cannot be shown)"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own][-12:]
    shown = "".join(f"  line {frame.lineno}, in {frame.name}\n    {frame.line}\n" for frame in frames)
    return _failure(kinds, message, shown, tuple(frame.line or "" for frame in frames))


def _failure(kinds: tuple[str, ...], message: str, trace: str = "", lines: tuple[str, ...] = ()) -> Tree:
    return {"k": "failed", "kinds": list(kinds), "message": message, "trace": trace, "lines": list(lines)}

"""Judging a prediction: run its code, read the facts it asks for, compare the learner's guess.

In go a ``Prediction``, its named wrong guesses and the learner's guess as plain data; out comes a verdict as plain
data. ``plain`` makes guesses comparable: ``torch.Size`` and lists become tuples, dtypes their names, exceptions
their class names.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from pytorch_basics.language import say
from pytorch_basics.practice.exercise import Prediction, Solutions


def plain(value: Any) -> Any:
    """The value as numbers, text, None and lists, as JSON gives them back."""
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return np.dtype(value).name
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return value.removeprefix("torch.")
    if value is Ellipsis:
        return "..."
    return value if isinstance(value, (bool, int, float, type(None))) else repr(value)


def facts(prediction: Prediction) -> dict[str, Any]:
    """Run the code and evaluate what the prediction asks for, as plain data."""
    space: dict[str, Any] = {"torch": torch, "np": np}
    raised = None
    try:
        exec(compile(prediction.code, prediction.id, "exec"), space)
    except Exception as error:
        raised = type(error).__name__
    if raised is not None and set(prediction.asks) != {"raises"}:
        return dict.fromkeys(prediction.asks, raised) | {"raises": raised}
    return {
        name: raised if name == "raises" else plain(eval(expression, space))
        for name, expression in prediction.asks.items()
    }


def judge_guess(prediction: Prediction, solutions: Solutions, guess: dict[str, Any]) -> dict[str, Any]:
    """The verdict on a guess (already plain), as the fields of a ``Verdict``."""
    right = facts(prediction)
    missing = [name for name in right if guess.get(name, "...") == "..."]
    if missing:
        write = ", ".join(f"{name}=…" for name in right)
        code = f'pb.predict("{prediction.id}", {write})'
        return {"status": "todo", "message": say("Fill in your guess: `{code}`.", code=code)}
    differing = [name for name in right if not _equal(guess[name], right[name])]
    if not differing:
        return {"status": "passed", "message": say("You predicted it. Now run the code and see.")}
    for wrong in solutions.wrong:
        if all(_equal(guess[name], plain(value)) for name, value in wrong.answer.items()):
            name = wrong.mistake or f"{prediction.id}:{wrong.name}"
            return {"status": "misconception", "name": name, "message": wrong.message}
    listed = ", ".join(f"`{name}`" for name in differing)
    return {
        "status": "wrong",
        "message": say("Not what happens: look again at {listed}. Run the code and compare.", listed=listed),
    }


def _equal(guess: Any, right: Any) -> bool:
    if isinstance(guess, bool) != isinstance(right, bool):
        return False
    if isinstance(guess, (int, float)) and isinstance(right, (int, float)):
        return bool(np.isclose(guess, right, rtol=1e-3, equal_nan=True))
    if isinstance(guess, list) and isinstance(right, list):
        return len(guess) == len(right) and all(map(_equal, guess, right))
    return bool(guess == right)

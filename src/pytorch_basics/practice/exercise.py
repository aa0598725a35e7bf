"""What an exercise is: a small declarative object, with nothing of how it is checked.

In go a statement, a stub, a generator of cases and three hints (``exercises.py`` of a topic); beside it, in
``solutions.py``, at least two references and three named wrong solutions (``Solutions``). Out comes what the
checker, the lesson builder and the tests read. Expected values are never written down: a reference computes
them on every case, so what a reference does (return, raise, share memory, change an argument) is the
specification.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytorch_basics.practice.draw import Draw


@dataclass(frozen=True)
class Case:
    """One call of the answer: ``answer(*args, **kwargs)``, with torch, NumPy and random seeded by ``seed``."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    seed: int = 0


def case(*args: Any, seed: int = 0, **kwargs: Any) -> Case:
    """``case(x, dim=1)`` stands for the call ``answer(x, dim=1)``."""
    return Case(args, kwargs, seed)


@dataclass(frozen=True)
class Same:
    """When two outcomes count as the same.

    ``memory``: which results and arguments share bytes must agree with the reference ("must be a view of its
    input"). ``arguments``: they must be left as the reference leaves them (unchanged, if it changes nothing).
    ``values=False`` compares all but the numbers: for uninitialised memory. ``strides`` and ``grad``
    (``requires_grad``, and what ``.grad`` holds) are compared where asked.
    """

    rtol: float = 1e-5
    atol: float = 1e-6
    dtype: bool = True
    values: bool = True
    memory: bool = False
    arguments: bool = True
    strides: bool = False
    grad: bool = False


def call(answer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The usual probe: call the answer."""
    return answer(*args, **kwargs)


@dataclass(frozen=True)
class Exercise:
    """A function or class the learner writes.

    ``id`` reads ``topic.name``; ``stub`` is the source of the cell they edit, without the decorator line.
    ``examples`` are cases shown with the statement; ``cases(draw)`` yields more, drawn anew at each check.
    ``probe(answer, *args, **kwargs)`` turns the answer and a case into what is compared (a class is built and
    called there). ``without`` names functions the answer may not use (``softmax``). Limits: ``seconds``, ``megabytes``.
    ``tells`` names an entry of the dict that the probe returns which is not compared but shown with a failing case:
    ``{"text": …, "mistakes": [ids]}``, such as the doctor's words on a loop that does not learn.
    """

    id: str
    title: str
    statement: str
    stub: str
    examples: tuple[Case, ...]
    cases: Callable[[Draw], Iterable[Case]]
    hints: tuple[str, str, str]
    minutes: int = 5
    same: Same = Same()
    probe: Callable[..., Any] = call
    without: tuple[str, ...] = ()
    tells: str = ""
    seconds: float = 10.0
    megabytes: int = 2048

    @property
    def topic(self) -> str:
        return self.id.split(".")[0]

    @property
    def defines(self) -> str:
        """The name of what the learner writes: ``MySGD`` in the exercise ``optim.my_sgd``."""
        body = ast.parse(self.stub).body
        return next(node.name for node in reversed(body) if isinstance(node, (ast.FunctionDef, ast.ClassDef)))


@dataclass(frozen=True)
class Prediction:
    """A guess the learner commits to before running ``code``.

    ``asks`` maps each fact to the expression that gives it after ``code`` ran (``{"shape": "x.shape"}``); the
    special fact ``raises`` is the name of the exception that ``code`` raises, or None.
    """

    id: str
    title: str
    statement: str
    code: str
    asks: dict[str, str]
    hints: tuple[str, str, str]
    minutes: int = 1

    @property
    def topic(self) -> str:
        return self.id.split(".")[0]


@dataclass(frozen=True)
class Wrong:
    """A named wrong solution: an answer that behaves like ``answer`` is told ``message``.

    ``name`` is unique in its exercise. ``mistake`` is the id of the ``Mistake`` behind it, where there is one.
    ``same`` replaces the exercise's comparison for this match (``Same(values=False)`` for uninitialised memory).
    For a ``Prediction``, ``answer`` is a dict of the facts that were guessed; facts left out match any guess.
    """

    name: str
    answer: Any
    message: str
    mistake: str | None = None
    same: Same | None = None


@dataclass(frozen=True)
class Solutions:
    """The references (the first computes what is expected) and the named wrong solutions of one exercise."""

    references: tuple[Any, ...]
    wrong: tuple[Wrong, ...]

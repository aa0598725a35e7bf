"""The desk at which a learner hands in answers: the verbs ``exercise``, ``predict``, ``hint``, ``solution``.

In goes a catalogue (a course package and how to find its exercises); out come the verbs. An answer is shipped to
the sandbox, judged there, shown, and kept in the learner's progress. Nothing here runs a learner's code or knows a
solution; the one exception is ``solution``, which shows the references after a pass or when asked to reveal them.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, TypeVar

from pytorch_basics.errors import Problem, nearest, wrong
from pytorch_basics.language import say, told
from pytorch_basics.practice import stub
from pytorch_basics.practice.exercise import Exercise, Prediction
from pytorch_basics.practice.page import Page, for_the_moment, show
from pytorch_basics.practice.progress import Progress
from pytorch_basics.practice.sandbox import Sandbox, shared
from pytorch_basics.practice.ship import names_used, ship
from pytorch_basics.practice.verdict import Verdict, from_reply

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """The verbs of one course. ``find`` gives an exercise by id or None; ``ids`` lists all ids."""

    course: str
    find: Callable[[str], Exercise | Prediction | None]
    ids: Callable[[], Iterable[str]]
    sandbox: Callable[[], Sandbox] = shared

    def exercise(self, id: str) -> Callable[[T], T]:
        """Check the decorated function or class as soon as its cell runs, and show the verdict.

        Raises ``Problem`` for an unknown id and for a thing that is neither a function nor a class.
        """
        task = self._task("pb.exercise", id)
        if isinstance(task, Prediction):
            raise Problem(f'"{id}" asks for a prediction. Write: pb.predict("{id}", {_asked(task)})')

        def check(answer: T) -> T:
            show(self.check(task, answer, sys._getframe(1).f_code.co_filename))
            return answer

        return check

    def check(self, task: Exercise, answer: Any, cell: str = "") -> Verdict:
        """The verdict on an answer from the file or cell ``cell``, kept in the learner's progress."""
        if not (inspect.isroutine(answer) or isinstance(answer, type) or callable(answer)):
            sample = task.stub.splitlines()[0]
            raise Problem(
                wrong("pb.exercise", "the thing below the decorator", answer, "a function or a class",
                      f'@pb.exercise("{task.id}") on the line above `{sample}`')
            )  # fmt: skip
        used = sorted(names_used(answer) & set(task.without))
        if used:
            listed = ", ".join(f"`{name}`" for name in used)
            message = say("It uses {listed}, which this exercise asks you to do without.", listed=listed)
            return self._keep(Verdict(task.id, "forbidden", message), 0.0)
        begun = time.perf_counter()
        verdict = self._judged(task, answer)
        if not verdict.passed and stub.unedited(task, answer, cell):
            return Verdict(task.id, "todo", say("Write your answer in this cell and run it again."))
        return self._keep(verdict, time.perf_counter() - begun)

    def _judged(self, task: Exercise, answer: Any) -> Verdict:
        try:
            pickle, sources = ship(answer)
        except Problem as problem:
            return Verdict(task.id, "refused", say("Your answer was not sent: {problem}.", problem=problem))
        request = {
            "course": self.course,
            "exercises": [task.id],
            "program": {"id": task.id, "sources": sources},
            "seconds": task.seconds,
        }
        reply = self.sandbox().ask(request, [pickle], task.seconds, _waiting)
        verdict = from_reply(task.id, reply["verdicts"][task.id])
        return replace(verdict, advice=(self._advice(verdict),))

    @staticmethod
    def _advice(verdict: Verdict) -> str:
        verb = "solution" if verdict.passed else "hint"
        reason = say("Compare with the reference solutions") if verdict.passed else say("A hint")
        return f'{reason}: `pb.{verb}("{verdict.exercise}")`'

    def _keep(self, verdict: Verdict, seconds: float, guess: str | None = None) -> Verdict:
        try:
            Progress().attempt(verdict.exercise, verdict.status, verdict.name, seconds, guess)
        except Problem as problem:  # the verdict is worth showing even where it cannot be kept
            return replace(
                verdict, advice=(*verdict.advice, say("This attempt was not kept: {problem}", problem=problem))
            )
        return verdict

    def predict(self, id: str, **guess: Any) -> Verdict:
        """Commit to a guess before running the code; it is compared with what happens, and remembered.

        Raises ``Problem`` for an unknown id or a fact that was not asked for.
        """
        task = self._task("pb.predict", id)
        if isinstance(task, Exercise):
            raise Problem(f'"{id}" asks for code. Write @pb.exercise("{id}") above your function or class')
        unknown = set(guess) - set(task.asks)
        if unknown:
            listed = ", ".join(sorted(unknown))
            raise Problem(f'pb.predict: "{id}" does not ask for {listed}. Write: pb.predict("{id}", {_asked(task)})')
        from pytorch_basics.practice.guess import plain  # imports torch

        said = {name: plain(value) for name, value in guess.items()}
        request = {"course": self.course, "exercises": [id], "guesses": {id: said}}
        begun = time.perf_counter()
        reply = self.sandbox().ask(request, [], 10.0, _waiting)
        verdict = from_reply(id, reply["verdicts"][id])
        if verdict.status == "todo":
            return verdict
        verdict = replace(verdict, advice=() if verdict.passed else (self._advice(verdict),))
        return self._keep(verdict, time.perf_counter() - begun, repr(said))

    def hint(self, id: str) -> Page:
        """The next of three hints; after the third, the third again."""
        task = self._task("pb.hint", id)
        progress = Progress()
        row = progress.rows().get(id)
        number = min(row.hints if row else 0, len(task.hints) - 1)
        progress.helped(id, "hint")
        counted = say("Hint {number} of {count}.", number=number + 1, count=len(task.hints))
        return Page(f"**{counted}** {told(f'{self.course}.{task.topic}', task.hints[number])}")

    def solution(self, id: str, reveal: bool = False) -> Page:
        """The reference solutions, after a pass or with ``reveal=True`` (which is remembered)."""
        task = self._task("pb.solution", id)
        progress = Progress()
        row = progress.rows().get(id)
        if not (reveal or (row and (row.passed or row.revealed))):
            code = f'pb.solution("{id}", reveal=True)'
            return Page(
                say("The solutions of `{id}` show after you pass. To see them now, and have that remembered: `{code}`",
                    id=id, code=code)
            )  # fmt: skip
        if not (row and row.passed):
            progress.helped(id, "reveal")
        references = import_module(f"{self.course}.{task.topic}.solutions").SOLUTIONS[id].references
        blocks = [_code(task, reference) for reference in references]
        return Page("\n\n".join(f"**{say('Reference {n}', n=i)}**\n\n{block}" for i, block in enumerate(blocks, 1)))

    def _task(self, verb: str, id: str) -> Exercise | Prediction:
        if not isinstance(id, str):
            raise Problem(wrong(verb, "the exercise id", id, "text", f'{verb}("{next(iter(self.ids()))}")'))
        task = self.find(id)
        if task is None:
            raise Problem(f'{verb}: there is no exercise "{id}". Did you mean {nearest(id, self.ids())}?')
        return task


def _asked(task: Prediction) -> str:
    return ", ".join(f"{name}=..." for name in task.asks)


def _code(task: Exercise | Prediction, reference: Any) -> str:
    if isinstance(task, Prediction):
        facts = ", ".join(f"{name}={value!r}" for name, value in reference.items())
        return f'```python\npb.predict("{task.id}", {facts})\n```'
    try:
        parts = [inspect.getsource(one) for one in (*_classes(reference), reference)]
        source = "\n\n".join(inspect.cleandoc(part) for part in parts)
    except TypeError:  # a function of the library itself
        source = f"{reference.__module__}.{reference.__name__}"
    return f"```python\n{source}\n```"


def _classes(reference: Any) -> list[type]:
    """The classes of the same file that a function uses: a training is nothing without its Module."""
    space = getattr(reference, "__globals__", {})
    used = [space.get(name) for name in getattr(getattr(reference, "__code__", None), "co_names", ())]
    return [one for one in used if isinstance(one, type) and one.__module__ == reference.__module__]


def _waiting() -> AbstractContextManager[None]:
    return for_the_moment(say("The checker is starting (once in each notebook); this answer waits for it …"))

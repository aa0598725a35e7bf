"""Judging an answer: draw the cases, have the answer run in the sandbox, compare with the references.

In goes a request (which exercises, of which course) and the learner's pickled answer; out come verdicts as plain
data. The sandbox was started *before* any solutions are imported, so a process forked from here has none in its
memory. An answer that agrees with the reference on every case passes; one that behaves as a named wrong solution
gets that one's message; any other gets its smallest failing case.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import asdict, replace
from importlib import import_module
from typing import Any

import numpy as np
import torch

from pytorch_basics import language, mistakes
from pytorch_basics.language import ENGLISH, say, speaking
from pytorch_basics.mistakes.mistake import Answer, Mistake, Raised
from pytorch_basics.practice import drawing
from pytorch_basics.practice.compare import Failed, Outcome, Returned, alike, difference
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Exercise, Prediction, Solutions, Wrong
from pytorch_basics.practice.guess import judge_guess
from pytorch_basics.practice.listen import Heard, Jobs, listen
from pytorch_basics.practice.perform import Frame, pack, perform, read, unpack
from pytorch_basics.practice.start_runner import Runner
from pytorch_basics.practice.wire import Header

_MOST_TOLD = 20_000  # characters


def judge(request: Header, blocks: list[bytes], runner: Runner) -> Header:
    """``{"verdicts": {id: fields of a Verdict}, "errors": [of cells], "stuck": the exercise that hung, …}``.

    ``request`` holds ``course`` (a package), ``exercises`` (ids), and one of ``answer`` (its id; the pickle is
    ``blocks[0]``), ``cells`` (a notebook's) or ``guesses``; ``language`` is the one to answer in.
    """
    with speaking(request.get("language", ENGLISH)):
        return _judged(request, blocks, runner)


def _judged(request: Header, blocks: list[bytes], runner: Runner) -> Header:
    known = {id: _exercise(request["course"], id) for id in request["exercises"]}
    seed = request.get("seed", secrets.randbits(32))
    jobs: Jobs = {id: (e, packed(e, seed)) for id, e in known.items() if isinstance(e, Exercise)}
    heard = _run(request, blocks, jobs, runner) if "program" in request else Heard()
    guesses = heard.guesses | request.get("guesses", {})
    verdicts = {}
    for id, exercise in known.items():
        solutions = _solutions(request["course"], id)
        if isinstance(exercise, Prediction):
            verdicts[id] = judge_guess(exercise, solutions, guesses.get(id, {}))
        else:
            verdicts[id] = _verdict(exercise, jobs[id][1], solutions, heard)
    stuck = heard.at if heard.trouble else None
    return {"verdicts": verdicts, "errors": heard.errors, "stuck": stuck, "trouble": heard.trouble, "cell": heard.cell}


def _exercise(course: str, id: str) -> Exercise | Prediction:
    listed: tuple[Exercise | Prediction, ...] = import_module(f"{course}.{id.split('.')[0]}.exercises").EXERCISES
    return next(exercise for exercise in listed if exercise.id == id)


def _solutions(course: str, id: str) -> Solutions:
    """With what a wrong answer is told in the learner's language."""
    topic = f"{course}.{id.split('.')[0]}"
    found: Solutions = import_module(f"{topic}.solutions").SOLUTIONS[id]
    return replace(
        found, wrong=tuple(replace(wrong, message=language.told(topic, wrong.message)) for wrong in found.wrong)
    )


def packed(exercise: Exercise, seed: int) -> list[Frame]:
    """The examples and the cases drawn from this seed, as plain data."""
    return [pack(case) for case in (*exercise.examples, *exercise.cases(Draw(seed)))]


def _run(request: Header, blocks: list[bytes], jobs: Jobs, runner: Runner) -> Heard:
    exercises = [exercise for exercise, _ in jobs.values()]
    seconds = request.get("seconds") or max(exercise.seconds for exercise in exercises)
    megabytes = max((exercise.megabytes for exercise in exercises), default=2048)
    program = {**request["program"], "seconds": seconds, "megabytes": megabytes}
    return listen(runner, program, blocks, jobs, seconds)


def outcomes(answer: Any, exercise: Exercise, cases: list[Frame]) -> list[Outcome]:
    """What one of our own solutions does on the cases."""
    return [outcome(answer, exercise, case) for case in cases]


def outcome(answer: Any, exercise: Exercise, case: Frame) -> Outcome:
    """What one of our own solutions does on a case, read as the learner's outcomes are read."""
    return compared(read(perform(answer, exercise.probe, case, set())), exercise)


def compared(found: Outcome, exercise: Exercise) -> Outcome:
    """The outcome without what the probe only tells."""
    if not (exercise.tells and isinstance(found, Returned) and isinstance(found.result, dict)):
        return found
    return replace(found, result={name: value for name, value in found.result.items() if name != exercise.tells})


def told(found: Outcome, exercise: Exercise) -> tuple[str, list[str]]:
    """The text that the probe tells of this outcome, and the mistakes it names; it comes from the sandbox, unproved."""
    result = found.result if isinstance(found, Returned) else None
    entry = result.get(exercise.tells) if exercise.tells and isinstance(result, dict) else None
    if not isinstance(entry, dict):
        return "", []
    named = entry.get("mistakes")
    ids = {mistake.id for mistake in mistakes.all_mistakes()}
    return str(entry.get("text", ""))[:_MOST_TOLD], [id for id in named if id in ids] if isinstance(named, list) else []


def _verdict(exercise: Exercise, cases: list[Frame], solutions: Solutions, heard: Heard) -> Header:
    raw = heard.outcomes.get(exercise.id, [])
    given = [compared(found, exercise) for found in raw]
    about = {"unprotected": heard.unprotected, "printed": heard.printed, "cases": len(cases)}
    if len(given) < len(cases):
        return {"status": "refused", "message": f"{heard.trouble or say('It was never reached')}.", **about}
    expected = outcomes(solutions.references[0], exercise, cases)
    found = [difference(mine, theirs, exercise.same) for mine, theirs in zip(given, expected, strict=True)]
    failing = [index for index, reason in enumerate(found) if reason]
    if not failing:
        return {"status": "passed", "message": say("Right on all {cases} cases.", cases=len(cases)), **about}
    failing.sort(key=lambda index: _size(cases[index]) or math.inf)  # in no elements there is nothing to see
    wrong = named(exercise, cases, given, solutions)
    if wrong:
        at, name = failing[0], {"name": wrong.mistake or f"{exercise.id}:{wrong.name}", "message": wrong.message}
    else:
        at, name = _recognised(failing, cases, given, expected, solutions)
    said, seen = told(raw[at], exercise)
    if seen and not name:
        name = {"name": seen[0], "message": f"{found[at]} {_believed(seen[0])}"}
    shown = _shown(exercise, cases[at], given[at], expected[at], str(found[at])) | ({"said": said} if said else {})
    return {**shown, **about, **({"status": "misconception", **name} if name else {})}


def _believed(id: str) -> str:
    """What a mistake that was only told of believes, in one sentence."""
    mistake = mistakes.find(id)
    return say("It behaves as if you believed: “{title}”.", title=mistake.told(mistake.title))


def named(exercise: Exercise, cases: list[Frame], given: list[Outcome], solutions: Solutions) -> Wrong | None:
    """The first named wrong solution that the answer behaves like on every case; most part ways on the first."""
    return next((wrong for wrong in solutions.wrong if _alike(wrong, exercise, cases, given)), None)


def _alike(wrong: Wrong, exercise: Exercise, cases: list[Frame], given: list[Outcome]) -> bool:
    same = wrong.same or exercise.same
    return all(
        alike(mine, outcome(wrong.answer, exercise, case), same) for mine, case in zip(given, cases, strict=True)
    )


def _recognised(
    failing: list[int], cases: list[Frame], given: list[Outcome], expected: list[Outcome], solutions: Solutions
) -> tuple[int, Header]:
    """The smallest case in which a mistake shows, although no named wrong solution matched on all of them."""
    for at in failing:
        mistake = _mistake(cases[at], given[at], expected[at], solutions)
        if mistake:
            return at, {"name": mistake.id, "message": mistake.message()}
    return failing[0], {}


def _mistake(case: Frame, given: Outcome, expected: Outcome, solutions: Solutions) -> Mistake | None:
    if isinstance(given, Failed):
        evidence = Raised(given.kinds[0], given.message, given.lines)
        return next((m for m in mistakes.all_mistakes() if m.shown_by(evidence)), None)
    if isinstance(expected, Failed):
        return None
    answer = Answer(given.result, expected.result, unpack(case)[0], given.args)
    linked = [mistakes.find(wrong.mistake) for wrong in solutions.wrong if wrong.mistake]
    return next((mistake for mistake in linked if mistake.shown_by(answer)), None)


def _shown(exercise: Exercise, case: Frame, given: Outcome, expected: Outcome, reason: str) -> Header:
    args, kwargs = unpack(case)
    inputs = (
        () if exercise.tells else drawing.inputs(args, kwargs)
    )  # such a case is a description, and stands in the call
    panels = [*inputs, *drawing.both(given, expected, exercise.same)]
    return {
        "status": "raised" if isinstance(given, Failed) else "wrong",
        "message": reason,
        "call": drawing.call(exercise.defines, args, kwargs),
        "trace": given.trace if isinstance(given, Failed) else "",
        "panels": [{**asdict(panel), "marked": sorted(panel.marked)} for panel in panels],
    }


def _size(case: Frame) -> int:
    """How much there is to read in a case: elements of tensors and arrays, items of the rest."""
    args, kwargs = unpack(case)
    return sum(_elements(value) for value in (*args, *kwargs.values()))


def _elements(value: Any) -> int:
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return int(value.numel() if isinstance(value, torch.Tensor) else value.size)
    if isinstance(value, (list, tuple)):
        return sum(_elements(item) for item in value)
    return 1

"""The process in which a learner's code runs: it is locked, is sent a program and cases, and sends outcomes.

In come frames on one pipe: the program (one pickled answer, or the cells of a notebook) and the cases of each
exercise; out go frames on another, one for each outcome. It holds nothing worth stealing: no expected value, no
solution, no verdict. What it sends is data to be judged elsewhere.
"""

from __future__ import annotations

import linecache
import os
import pickle
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from pytorch_basics.practice.guess import plain
from pytorch_basics.practice.perform import Frame, perform
from pytorch_basics.practice.wire import receive, send

Jobs = dict[str, tuple[Callable[..., Any], list[Frame]]]


def run(inbox: BinaryIO, outbox: BinaryIO, unprotected: list[str], limit: Callable[[float, int], None] | None) -> None:
    """Wait for one program and serve it. What could not be protected is the first thing said."""
    header, blocks = receive(inbox)
    jobs = _jobs(header, inbox)
    if limit:
        limit(header["seconds"] * max(1, len(header.get("cells", ()))), header["megabytes"])
    send(outbox, {"say": "started", "unprotected": unprotected})
    if "cells" in header:
        _notebook(header, jobs, outbox)
    else:
        _remember_sources(header["sources"])
        try:
            answer = pickle.loads(blocks[0])
        except BaseException as error:  # unpickling runs the learner's module-level objects
            send(outbox, {"say": "cannot load", "error": f"{type(error).__name__}: {error}"[:500]})
            return
        _perform_all(header["id"], answer, jobs, set(header["sources"]), outbox)
    sys.stdout.flush()
    sys.stderr.flush()
    send(outbox, {"say": "finished"})  # the judge ends this process as soon as it reads this


def _jobs(header: dict[str, Any], inbox: BinaryIO) -> Jobs:
    jobs: Jobs = {}
    for exercise, count in header["exercises"].items():
        _, (probe,) = receive(inbox)
        jobs[exercise] = pickle.loads(probe), [receive(inbox) for _ in range(count)]
    return jobs


def _perform_all(id: str, answer: Any, jobs: Jobs, own: set[str], outbox: BinaryIO) -> None:
    probe, cases = jobs[id]
    for case in cases:
        tree, blocks = perform(answer, probe, case, own)
        send(outbox, {"say": "outcome", "id": id, "tree": tree}, blocks)


def _remember_sources(sources: dict[str, str]) -> None:
    """Give ``linecache`` the learner's cells, so that a trace can quote their lines."""
    for name, text in sources.items():
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


def _notebook(header: dict[str, Any], jobs: Jobs, outbox: BinaryIO) -> None:
    """Run the cells in order, as a notebook does; an exercise's cases run as soon as its cell defines it."""
    import pytorch_basics as pb

    sources = {f"cell {number}": text for number, text in header["cells"]}
    _remember_sources(sources)

    def exercise(id: str, **_: Any) -> Callable[[Any], Any]:
        def collect(answer: Any) -> Any:
            space[getattr(answer, "__name__", "_")] = answer  # a recursive answer finds itself
            if id in jobs and id not in header["skip"]:
                send(outbox, {"say": "reached", "id": id})
                _perform_all(id, answer, jobs, set(sources), outbox)
            return answer

        return collect

    def predict(id: str, **guess: Any) -> None:
        send(outbox, {"say": "guess", "id": id, "guess": {name: plain(value) for name, value in guess.items()}})

    def nothing(*_: Any, **__: Any) -> None:
        """In place of verbs that show something to a person."""

    verbs = {"exercise": exercise, "predict": predict}
    for name, verb in {**verbs, "hint": nothing, "solution": nothing, "progress": nothing}.items():
        setattr(pb, name, verb)
    space: dict[str, Any] = sys.modules["__main__"].__dict__
    for number, text in header["cells"]:
        send(outbox, {"say": "cell", "number": number})
        try:
            exec(compile(text, f"cell {number}", "exec"), space)
        except BaseException as error:  # a notebook's later cells run all the same
            send(
                outbox,
                {"say": "cell failed", "number": number, "error": f"{type(error).__name__}: {error}"[:500]},
            )


def main() -> None:
    """A runner in a process of its own (where there is no fork): pipes are stdin and stdout."""
    import torch

    torch.set_num_threads(1)
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    send(outbox, {"ready": True})
    run(
        inbox,
        outbox,
        ["on this system a learner's code is stopped by the clock; nothing else is closed to it"],
        None,
    )

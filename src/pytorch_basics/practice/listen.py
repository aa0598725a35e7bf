"""Talking with the sandbox: send it the program and the cases, and hear what comes back, whatever comes back.

In go a ``Runner`` and what it shall run; out comes a ``Heard``. Nothing it sends is trusted: frames are read as
plain data, counted, and bounded in time by a clock that ends the sandbox.
"""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

import cloudpickle

from pytorch_basics.language import say
from pytorch_basics.practice.compare import Outcome, Returned
from pytorch_basics.practice.exercise import Exercise, call
from pytorch_basics.practice.perform import Frame, read, unpack
from pytorch_basics.practice.start_runner import Runner
from pytorch_basics.practice.wire import Garbled, Header, receive, send

_MOST_FRAMES = 20_000
_PATIENCE = 0.5  # seconds for a process whose pipe has ended to end itself

Jobs = dict[str, tuple[Exercise, list[Frame]]]


@dataclass
class Heard:
    """What came out of the sandbox, and what went wrong with it as a whole (``trouble``, else None)."""

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    guesses: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    unprotected: list[str] = field(default_factory=list)
    at: str | None = None  # the exercise it was busy with
    cell: int | None = None  # and the cell of a notebook
    trouble: str | None = None
    printed: str = ""
    finished: bool = False


class _Clock:
    """Ends the runner when its time is up; what waits for the runner then finds its pipe ended."""

    def __init__(self, runner: Runner, seconds: float) -> None:
        self.rang = False
        self._runner, self._seconds = runner, seconds
        self.restart()

    def restart(self) -> None:
        self.cancel()
        self._timer = threading.Timer(self._seconds, self._ring)
        self._timer.start()

    def cancel(self) -> None:
        if hasattr(self, "_timer"):
            self._timer.cancel()

    def _ring(self) -> None:
        self.rang = True
        self._runner.stop()


def listen(runner: Runner, program: Header, blocks: list[bytes], jobs: Jobs, seconds: float) -> Heard:
    """Run the program in the sandbox for at most ``seconds`` (of a notebook: each cell) and give what it said."""
    heard = Heard(at=program.get("id"))
    clock = _Clock(runner, seconds)
    try:
        _send(runner, program, blocks, jobs)
        for _ in range(_MOST_FRAMES):
            header, blobs = receive(runner.outbox)
            _hear(heard, header, blobs, jobs)
            if heard.finished:
                break
            if header["say"] == "cell":  # of a notebook each cell has the time anew
                clock.restart()
    except (Garbled, ValueError, KeyError, TypeError, IndexError, RuntimeError, AttributeError):
        heard.trouble = say("It wrote to the channel that carries its results. Return your result instead")
    except (EOFError, OSError):
        pass  # it ended early; its exit status says how
    finally:
        clock.cancel()
    if not heard.finished and heard.trouble is None:
        status = runner.stop(0.0 if clock.rang else _PATIENCE)
        heard.trouble = _why(clock.rang, status, seconds)
    heard.printed = runner.printed()
    return heard


def _send(runner: Runner, program: Header, blocks: list[bytes], jobs: Jobs) -> None:
    counts = {id: len(cases) for id, (_, cases) in jobs.items()}
    send(runner.inbox, {**program, "exercises": counts}, blocks)
    for exercise, cases in jobs.values():
        send(runner.inbox, {}, [_by_value(exercise)])
        for frame in cases:
            send(runner.inbox, *frame)


def _by_value(exercise: Exercise) -> bytes:
    """The probe, with its code: the sandbox cannot import the topic that it stands in."""
    if exercise.probe is call:
        return bytes(cloudpickle.dumps(call))
    module = sys.modules[exercise.probe.__module__]
    cloudpickle.register_pickle_by_value(module)
    try:
        return bytes(cloudpickle.dumps(exercise.probe))
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def _hear(heard: Heard, header: Header, blocks: list[bytes], jobs: Jobs) -> None:
    kind = header["say"]
    if kind == "outcome":
        found = heard.outcomes.setdefault(header["id"], [])
        if len(found) >= len(jobs[header["id"]][1]):
            raise Garbled("more outcomes than cases")
        outcome = read((header["tree"], blocks))
        args, kwargs = unpack(jobs[header["id"]][1][len(found)])
        if isinstance(outcome, Returned) and (len(outcome.args), set(outcome.kwargs)) != (len(args), set(kwargs)):
            raise Garbled("other arguments than the case has")
        found.append(outcome)
    elif kind == "guess":
        heard.guesses[str(header["id"])] = dict(header["guess"])
    elif kind == "reached":
        heard.at = str(header["id"])
        heard.outcomes[heard.at] = []  # a cell that defines the exercise again counts anew
    elif kind == "cell failed":
        heard.errors.append(f"cell {int(header['number'])}: {header['error']}")
    elif kind == "started":
        heard.unprotected = [str(note) for note in header["unprotected"]]
    elif kind == "cannot load":
        heard.trouble = say("It could not be loaded in the sandbox: {error}", error=header["error"])
        heard.finished = True
    elif kind == "finished":
        heard.finished = True
    elif kind == "cell":
        heard.cell = int(header["number"])
    else:
        raise Garbled(str(kind))


def _why(late: bool, status: int, seconds: float) -> str:
    if late or status == 128 + getattr(signal, "SIGXCPU", 24):
        limit = f"{seconds:g}"
        return say("It did not finish within {seconds} seconds. Look for a loop that never ends", seconds=limit)
    if status == 128 + signal.SIGSEGV:
        return say("It crashed Python itself (segmentation fault)")
    if status > 128:
        return say("It was ended from outside or ended itself ({signal})", signal=_signal_name(status - 128))
    return say("It ended Python (with `os._exit` or the like) before it returned. Return your result instead")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

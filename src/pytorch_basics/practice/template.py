"""The warm process behind every check: it has loaded PyTorch once, and forks a judge for each request.

In come requests on stdin, out go verdicts on stdout, one frame each. The template never runs a learner's code,
never imports solutions, and never runs tensor work on more than one thread (a fork after that would hang). Each
judge forks its sandbox *before* it reads the request, so that both wait warm, and the sandbox holds no secret.
Where there is no fork, one long-lived judge keeps a spare runner, a process of its own.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from typing import BinaryIO

from pytorch_basics.practice.wire import receive, send

_NO_MORE = 3  # exit status of a judge that found stdin ended


def main(fork: bool = hasattr(os, "fork")) -> None:
    """Serve until stdin ends."""
    inbox, outbox = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    _warm()
    send(outbox, {"ready": True})
    serve_forked(inbox, outbox) if fork else serve_spawned(inbox, outbox)


def _warm() -> None:
    """Do once what every fork would otherwise do anew: imports, first calls, and a look at the file system."""
    import torch

    torch.set_num_threads(1)
    from pytorch_basics import mistakes
    from pytorch_basics.language import PROGRAM, is_translated
    from pytorch_basics.practice import judge, runner  # noqa: F401 - loaded for the forks to come
    from pytorch_basics.practice.compare import difference
    from pytorch_basics.practice.exercise import Same, call, case
    from pytorch_basics.practice.perform import pack, perform, read

    one = pack(case(torch.ones(2)))
    outcome = read(perform(torch.Tensor.clone, call, one, set()))
    difference(outcome, outcome, Same())
    mistakes.all_mistakes()
    is_translated(PROGRAM)  # reads what the program says; the course's words are for the judge alone
    if sys.platform.startswith("linux"):
        from pytorch_basics.practice import confine, landlock  # noqa: F401 - the same

        landlock.readable()
    gc.collect()
    gc.freeze()  # so that a collection in a fork does not copy every page


def _load_for_later() -> None:
    """Import what the first optimizer in a process imports: two seconds that a learner's ``SGD`` would wait for."""
    import torch._dynamo  # noqa: F401 - loaded for the forks to come

    gc.collect()
    gc.freeze()


def serve_forked(inbox: BinaryIO, outbox: BinaryIO) -> None:
    """One judge after another, each for one request; more is loaded while the first of them waits."""
    loaded = False
    while True:
        child = os.fork()
        if child == 0:
            try:
                os._exit(_judge_one(inbox, outbox))
            finally:
                os._exit(1)
        if not loaded:
            _load_for_later()
            loaded = True
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == _NO_MORE:
            return
        if status:
            send(outbox, {"broken": f"the judge ended with status {status}"})


def _judge_one(inbox: BinaryIO, outbox: BinaryIO) -> int:
    from pytorch_basics.practice.confine import die_with_parent
    from pytorch_basics.practice.start_runner import fork_runner

    die_with_parent()
    runner = fork_runner()
    try:
        return _serve(inbox, outbox, runner)
    finally:
        runner.stop()  # after the reply: nobody waits for it


def _serve(inbox: BinaryIO, outbox: BinaryIO, runner: object) -> int:
    from pytorch_basics.practice.judge import judge
    from pytorch_basics.practice.start_runner import Runner

    assert isinstance(runner, Runner)
    try:
        request, blocks = receive(inbox)
    except EOFError:
        return _NO_MORE
    try:
        reply = judge(request, blocks, runner)
    except Exception:
        reply = {"broken": traceback.format_exc()}
    send(outbox, reply)
    return 0


def serve_spawned(inbox: BinaryIO, outbox: BinaryIO) -> None:
    """Without fork: this process judges, and each answer runs in the spare process that waits."""
    from pytorch_basics.practice.start_runner import spawn_runner

    ended = 0
    while ended != _NO_MORE:
        runner = spawn_runner()
        try:
            receive(runner.outbox)  # it has loaded PyTorch: that is not the learner's time
            ended = _serve(inbox, outbox, runner)
        finally:
            runner.stop()

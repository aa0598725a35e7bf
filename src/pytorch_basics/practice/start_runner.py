"""Starting the process a learner's code runs in: forked where there is fork, else a process of its own.

Out comes a ``Runner``, locked and waiting for its program: two pipes, a scratch folder, what it printed, and
``stop``. Runners are made before they are needed, so no learner waits for one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

_SHOWN_OUTPUT = 20_000


@dataclass
class Runner:
    """A waiting or running sandbox. ``stop()`` ends it and everything it started."""

    inbox: IO[bytes]
    outbox: IO[bytes]
    output: IO[bytes]
    scratch: str
    end: Callable[[float], int]
    status: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, patience: float = 0.0) -> int:
        """Kill what still runs, after ``patience`` seconds to end by itself, and remove the scratch folder.

        The status is the exit code of the learner's process, or 128 + the signal that ended it.
        """
        with self.lock:  # the clock and the listener may both want the end
            if self.status is None:
                self.status = self.end(patience)
                with contextlib.suppress(OSError):
                    self.inbox.close()
                shutil.rmtree(self.scratch, ignore_errors=True)
            return self.status

    def printed(self) -> str:
        """The beginning of what the learner's code printed."""
        self.output.seek(0)
        return self.output.read(_SHOWN_OUTPUT).decode(errors="replace")


def fork_runner() -> Runner:
    """A runner forked from this process, which must hold nothing secret yet."""
    to_runner, from_judge = os.pipe()
    to_judge, from_runner = os.pipe()
    output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the runner
    scratch = tempfile.mkdtemp(prefix="pytorch-basics-")
    keeper = os.fork()
    if keeper == 0:
        try:
            _keep(scratch, to_runner, from_runner, output.fileno())
        finally:
            os._exit(1)
    os.close(to_runner)
    os.close(from_runner)

    def end(patience: float) -> int:
        ended, raw = os.waitpid(keeper, os.WNOHANG)
        for _ in range(int(patience / 0.002)):
            if ended:
                break
            time.sleep(0.002)
            ended, raw = os.waitpid(keeper, os.WNOHANG)
        for kill in (os.killpg, os.kill):  # the keeper's group; the keeper alone, if it has not made one yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(keeper, signal.SIGKILL)
        return _status(raw if ended else os.waitpid(keeper, 0)[1])

    return Runner(os.fdopen(from_judge, "wb"), os.fdopen(to_judge, "rb"), output, scratch, end)


def _keep(scratch: str, inbox: int, outbox: int, output: int) -> None:
    """The process between judge and runner: its only work is to be outside when the runner ends."""
    from pytorch_basics.practice.confine import die_with_parent, leave_the_world  # POSIX only

    os.setsid()
    die_with_parent()
    unprotected = leave_the_world()
    child = os.fork()
    if child:
        os.close(outbox)
        os._exit(_status(os.waitpid(child, 0)[1]))
    try:
        _become_runner(scratch, inbox, outbox, output, unprotected)
    finally:
        os._exit(1)


def _become_runner(scratch: str, inbox: int, outbox: int, output: int, unprotected: list[str]) -> None:
    from pytorch_basics.practice import runner
    from pytorch_basics.practice.confine import lock  # POSIX only

    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, output), (2, output)):
        os.dup2(source, target)
    low, high = sorted((inbox, outbox))
    os.closerange(3, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, 4096)
    open_still, limit = lock(scratch)
    runner.run(os.fdopen(inbox, "rb"), os.fdopen(outbox, "wb"), unprotected + open_still, limit)
    os._exit(0)


def _status(raw: int) -> int:
    code = os.waitstatus_to_exitcode(raw)
    return 128 - code if code < 0 else code


def spawn_runner() -> Runner:
    """A runner in a fresh Python, for systems without fork: it imports PyTorch while nobody waits for it."""
    program = "from pytorch_basics.practice.runner import main; main()"
    scratch = tempfile.mkdtemp(prefix="pytorch-basics-")
    output: Any = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the runner
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=output,
        cwd=scratch,
        env=os.environ | {"TMPDIR": scratch, "TEMP": scratch},
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def end(patience: float) -> int:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        process.kill()
        code = process.wait()
        return 128 - code if code < 0 else code

    return Runner(process.stdin, process.stdout, output, scratch, end)

"""The notebook's side of the sandbox: one template process, started in the background, asked when an answer comes.

In go a request and the pickled answer; out comes the judge's reply. An interrupt or a reply that never comes ends
the template (and with it all that it started), and the next request gets a fresh one.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from pytorch_basics.errors import Problem
from pytorch_basics.language import chosen
from pytorch_basics.practice.wire import Garbled, Header, receive, send

_MARGIN = 30.0  # seconds beyond an exercise's own limit before the whole template counts as stuck


class Sandbox:
    """A template process and the pipe to it. ``fork=False`` judges without fork, as on Windows."""

    def __init__(self, fork: bool | None = None) -> None:
        self.fork = hasattr(os, "fork") if fork is None else fork
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._failure = ""

    def start(self) -> None:
        """Start the template in the background, if it does not run; returns at once."""
        if self._process is not None and self._process.poll() is None:
            return
        self._ready.clear()
        program = f"from pytorch_basics.practice.template import main; main({self.fork})"
        # -P keeps files of the learner's folder (a torch.py, say) from being imported in place of libraries.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # an interrupt of the notebook is ours to pass on, not the terminal's
        )
        threading.Thread(target=self._wait_ready, args=(self._process,), daemon=True).start()

    def _wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        try:
            receive(process.stdout)
        except (EOFError, OSError, ValueError, Garbled):
            assert process.stderr is not None
            with contextlib.suppress(OSError, ValueError):
                self._failure = process.stderr.read().decode(errors="replace")[-500:]
        self._ready.set()

    def ask(
        self, request: Header, blocks: list[bytes], seconds: float, waiting: Callable[[], AbstractContextManager[None]]
    ) -> Header:
        """The judge's reply. ``waiting()`` is entered while the template is not ready yet.

        Raises ``Problem`` when no judge can be had. An interrupt ends the check and passes on.
        """
        request = {"language": chosen(), **request}
        with self._lock:
            self.start()
            try:
                if not self._ready.is_set():
                    with waiting():
                        self._ready.wait(120)
                return self._exchange(request, blocks, seconds + _MARGIN)
            except BaseException:
                self.stop()
                self.start()
                raise

    def _exchange(self, request: Header, blocks: list[bytes], seconds: float) -> Header:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        clock = threading.Timer(seconds, process.kill)
        clock.start()
        try:
            send(process.stdin, request, blocks)
            reply, _ = receive(process.stdout)
        except (EOFError, OSError, Garbled) as error:
            raise Problem(f"the checker could not answer: {self._failure or error}") from error
        finally:
            clock.cancel()
        if "broken" in reply:
            raise Problem(f"the checker itself failed; please report this:\n{reply['broken']}")
        return reply

    def stop(self) -> None:
        """End the template and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


_shared: Sandbox | None = None


def shared() -> Sandbox:
    """The one sandbox of this process."""
    global _shared
    if _shared is None:
        _shared = Sandbox()
        atexit.register(_shared.stop)
    return _shared

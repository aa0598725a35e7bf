"""Ends that leave no time for a report: ``os._exit`` and the signals that kill. They get one first.

In go what to do before the end and the process that it is for; while the context lasts, in this process alone (no fork
of it), ``os._exit``, SIGTERM and SIGHUP do that first and then what they always do. SIGKILL and crashes of the
interpreter leave no report: nothing in a process can see them coming.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

# What is to be done before an end: given in words how it ended and the exit code, it gives the exit code to end with.
Before = Callable[[str, int], int]
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _Endings:
    def __init__(self, before: Before) -> None:
        self._before: Before | None = before
        self._process = os.getpid()
        self._exit = os._exit
        self._handled = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]

    def install(self) -> None:
        os._exit = self._leave  # put back by restore
        for number in self._handled:
            signal.signal(number, self._killed)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.restore)

    def restore(self) -> None:
        """Everything as it was, but what the script itself has put in the place of ours."""
        self._before = None
        if os._exit == self._leave:
            os._exit = self._exit
        for number in self._handled:
            if signal.getsignal(number) == self._killed:
                signal.signal(number, signal.SIG_DFL)

    def _leave(self, status: int) -> NoReturn:
        self._exit(self._report("os._exit", status))

    def _killed(self, number: int, _: Any) -> None:
        self._report(signal.Signals(number).name, 128 + number)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _report(self, how: str, status: int) -> int:
        before, self._before = self._before, None
        if before is None or os.getpid() != self._process:
            return status
        try:
            return before(how, status)
        except Exception:  # the end comes, with a report or without
            return status


@contextlib.contextmanager
def reported(before: Before) -> Iterator[None]:
    """Do ``before`` ahead of any end inside the block that would leave no time for it. In the main thread only."""
    endings = _Endings(before)
    endings.install()
    try:
        yield
    finally:
        endings.restore()

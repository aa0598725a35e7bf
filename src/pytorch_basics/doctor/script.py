"""Run a script as ``python script.py`` would, under the doctor's eyes.

In go its path and arguments; out comes a ``Report`` with the script's own exit code. The script is ``__main__`` and
finds its ``sys.argv``, ``sys.path`` and streams as without us. Importing this loads no torch: watching begins when the
script imports it.
"""

from __future__ import annotations

import builtins
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

from pytorch_basics.doctor.endings import reported
from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.observe import Observation
from pytorch_basics.doctor.on_import import once_imported
from pytorch_basics.errors import Problem

_OURS = str(Path(__file__).parents[1]) + os.sep
NO_TORCH = "The script did not import torch, so there was nothing to watch."


class _Enough(BaseException):
    """Ends the script where ``stop_after`` says; nobody but us is meant to catch it."""


class Script:
    """One script, read and compiled; ``run`` performs it once. Raises ``Problem`` for what is no Python script.

    ``steps`` is the number of optimizer steps after which watching ends, ``stop_after`` that after which the run ends.
    ``finish`` is called with the report when the script has ended, however it did, and gives the exit status; it is not
    called in a process that the script has forked.
    """

    def __init__(
        self,
        path: str,
        arguments: list[str],
        finish: Callable[[Report], int],
        steps: int | None = None,
        stop_after: int | None = None,
    ) -> None:
        self._path, self._arguments, self._finish = path, arguments, finish
        self._stop_after = stop_after
        self._observation = Observation(steps)
        self._code = _compiled(path)
        self._process = os.getpid()

    def run(self) -> int:
        """The whole script, and the exit status. An exception is shown as Python shows it, then explained."""
        error: BaseException | None = None
        main = _become_main(self._path, self._arguments)
        with ExitStack() as stack:
            stack.enter_context(self._reported())
            stack.callback(self._observation.end)
            stack.callback(once_imported("torch", self._begin))
            try:
                exec(self._code, main.__dict__)
                _wait_for_threads()
            except BaseException as raised:
                error = raised.with_traceback(_own_code_aside(raised.__traceback__))
        return self._ended(error)

    def _reported(self) -> AbstractContextManager[None]:
        in_main_thread = threading.current_thread() is threading.main_thread()
        return reported(self._before_the_end) if in_main_thread else nullcontext()

    def _begin(self) -> None:
        """PyTorch has been imported: watch from here."""
        self._observation.begin()
        if self._stop_after:
            from pytorch_basics.doctor.steps.capture import after_steps

            after_steps(self._stop_after, _enough)

    def _before_the_end(self, how: str, status: int) -> int:
        self._observation.end()
        return self._finish(self._observation.report(exit=status, ended=f"it was ended by {how}"))

    def _ended(self, error: BaseException | None) -> int:
        report = self._report(error)
        if os.getpid() != self._process:  # a fork that ran to the end of the script
            return report.exit or 0
        return self._finish(report)

    def _report(self, error: BaseException | None) -> Report:
        see = self._observation.report
        if "torch" not in sys.modules:
            self._observation.notes.append(NO_TORCH)
        if isinstance(error, SystemExit):
            return see(exit=_exit_code(error))
        if isinstance(error, _Enough):
            return see(ended=f"stopped after {self._stop_after} optimizer steps, as was asked")
        if error is not None:
            sys.excepthook(type(error), error, error.__traceback__)
        if isinstance(error, KeyboardInterrupt):
            return see(exit=130, ended="interrupted")
        return see(error, exit=0 if error is None else 1)


def _enough() -> None:
    raise _Enough


def _compiled(path: str) -> CodeType:
    if os.path.isdir(path):
        raise Problem(f"{path} is a folder; name a script in it")
    if path.endswith(".ipynb"):
        raise Problem(f"{path} is a notebook; write %load_ext pytorch_basics in its first cell instead")
    try:
        source = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise Problem(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        # As `python script.py` does: the file's own encoding, an absolute path in tracebacks, none of our imports.
        return compile(source, os.path.abspath(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise Problem(f"{path} is not Python: {error}") from None


def _become_main(path: str, arguments: list[str]) -> ModuleType:
    """Be what Python is when it starts a script: ``__main__``, ``sys.argv``, the first entry of ``sys.path``."""
    full = os.path.abspath(path)
    main = ModuleType("__main__")
    loader = SourceFileLoader("__main__", full)
    main.__dict__.update(__file__=full, __cached__=None, __loader__=loader, __builtins__=builtins, __annotations__={})
    sys.modules["__main__"] = main  # real, so that pickling and worker processes find its classes
    sys.argv = [path, *arguments]
    sys.path[0] = str(Path(path).resolve().parent)
    return main


def _wait_for_threads() -> None:
    """Python ends after the last thread that is no daemon; so does what we watch."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()


def _own_code_aside(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames that are ours: those before the script's first, and those that watch it."""
    frames = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    kept = None
    for one in reversed(frames):
        if not one.tb_frame.f_code.co_filename.startswith(_OURS):
            kept = TracebackType(kept, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return kept


def _exit_code(exit: SystemExit) -> int:
    if exit.code is None:
        return 0
    if isinstance(exit.code, int):
        return exit.code
    print(exit.code, file=sys.stderr)  # as Python does with sys.exit("…")
    return 1

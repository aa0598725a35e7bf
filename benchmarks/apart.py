"""A measurement in a process of its own: a forked child measures, so that nothing one tool leaves behind (wrapped
functions, filled caches, fragments of memory) is in another's numbers.

In goes a task; out comes what it returned, as JSON carries it, or the error as text in ``Failed``. Fork before the
parent ran a backward pass: autograd refuses to run in a child forked after one. Where the system cannot fork, the task
runs here. ``peak`` is the memory a task holds at its highest point; it needs Linux and glibc.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_MMAP_THRESHOLD, _SMALLEST = -3, 1 << 16  # a block of 64 KiB and more goes back to the system when it is freed
Task = Callable[[], Any]


class Failed(RuntimeError):
    """The child's exception, as text."""


def apart(task: Task) -> Any:
    """What ``task`` returns in a forked child."""
    if not hasattr(os, "fork"):
        return task()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            pipe.write(_said(task))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if not said:
        raise Failed("the child ended without a word")
    ended, value = json.loads(said)
    if not ended:
        raise Failed(value)
    return value


def _said(task: Task) -> str:
    gc.freeze()  # what the parent made is nobody's garbage
    try:
        return json.dumps([True, task()])
    except BaseException as why:
        return json.dumps([False, f"{type(why).__name__}: {why}"])


def peak(task: Task, warm: Sequence[Task] = ()) -> int | None:
    """Bytes that ``task`` needs at its highest point beyond what was there before, its result included.

    ``warm`` runs first: it loads code and fills caches. Call it inside ``apart``; None where the system cannot say.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL("libc.so.6")
    libc.mallopt(_MMAP_THRESHOLD, _SMALLEST)
    for one in warm:
        one()
    gc.collect()
    libc.malloc_trim(0)
    _RESET.write_text("5")  # the high-water mark starts anew
    before = _status("VmRSS")
    kept = task()
    highest = _status("VmHWM")
    del kept
    return max(highest - before, 1)


def _status(name: str) -> int:
    [kilobytes] = re.findall(rf"{name}:\s+(\d+) kB", _STATUS.read_text())
    return 1024 * int(kilobytes)

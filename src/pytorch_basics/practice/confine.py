"""What a learner's process may not do: reach the network, other files, more memory or time than it was given.

``leave_the_world`` is called before the last fork and ``lock`` after it; the ``limit`` that ``lock`` gives is set
when the program arrives. Out comes a list of what could *not* be protected on this system, in words that the
verdict repeats. Linux has namespaces and Landlock; elsewhere only the limits of POSIX hold, and on Windows none.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial

from pytorch_basics.practice import landlock

_NEW_USER, _NEW_NET, _NEW_PID, _NEW_IPC = 0x10000000, 0x40000000, 0x20000000, 0x08000000
_DIE_WITH_PARENT = 1  # prctl(PR_SET_PDEATHSIG)
_MOST_OUTPUT = 16 * 2**20
_MOST_PROCESSES = 64


def leave_the_world() -> list[str]:
    """Step out of the network and of the other processes' sight; the next fork is the first process inside."""
    if not sys.platform.startswith("linux"):
        return ["the network is not closed on this system", "a child process may outlive the check"]
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    inner = _NEW_NET | _NEW_PID | _NEW_IPC
    if libc.unshare(_NEW_USER | inner) == 0:
        _keep_identity(user, group)
        return []
    if libc.unshare(inner) == 0:  # root without user namespaces
        return []
    return ["the kernel allows no namespaces here, so the network is not closed and a child may outlive the check"]


def _keep_identity(user: int, group: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def lock(scratch: str) -> tuple[list[str], Callable[[float, int], None]]:
    """Close the file system but for libraries and the scratch folder, and drop the environment.

    Gives what could not be protected, and ``limit(seconds, megabytes)`` for when the program is known.
    """
    die_with_parent()
    held = _address_space()  # read now: /proc is about to be closed to us
    os.chdir(scratch)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=scratch, TMPDIR=scratch, OMP_NUM_THREADS="1")
    tempfile.tempdir = None  # it remembers the folder of the process we were forked from
    return landlock.lock(scratch), partial(_limit_all, held)


def _limit_all(held: int, seconds: float, megabytes: int) -> None:
    """Set the limits: ``seconds`` of CPU, ``megabytes`` beyond the bytes ``held``, output, processes."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _MOST_OUTPUT)
    _limit(resource.RLIMIT_CPU, int(seconds) + 2)
    _limit(resource.RLIMIT_NPROC, _MOST_PROCESSES)
    if sys.platform.startswith("linux"):  # macOS does not honour it
        _limit(resource.RLIMIT_AS, held + megabytes * 2**20)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _address_space() -> int:
    if not sys.platform.startswith("linux"):
        return 0
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()

"""Landlock, the Linux kernel's way for a process to give up access to files, in one function.

In goes the one folder that may be written; out comes a list of what could not be protected. What may be read is
the Python installation and the libraries, without the course: its solutions are not the learner's code's to read.
Formula and numbers: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytorch_basics

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_EXECUTE, _READ_FILE, _READ_DIR = 1, 4, 8
_FILE_RIGHTS = 0b111 | 1 << 14 | 1 << 15  # execute, write, read, truncate, ioctl: all that fits a file
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NO_NEW_PRIVILEGES = 38

_PACKAGE = Path(pytorch_basics.__file__).parent
_SECRET = _PACKAGE / "course"
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/localtime", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def lock(scratch: str) -> list[str]:
    """Give up every file but those; the change holds for this process and all it starts, for good."""
    if not sys.platform.startswith("linux"):
        return ["files of yours are not protected on this system"]
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(_CREATE, None, 0, 1)
    if abi < 1:
        return ["this kernel has no Landlock, so files of yours are not protected"]
    everything = (1 << _RIGHTS_BY_ABI.get(abi, 16)) - 1
    network = 0b11 if abi >= 4 else 0
    scope = 0b11 if abi >= 6 else 0
    attributes = struct.pack("QQQ", everything, network, scope)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    ruleset = libc.syscall(_CREATE, attributes, len(attributes), 0)
    for path in readable():
        _allow(libc, ruleset, path, _READ_FILE | _READ_DIR | _EXECUTE)
    for path in _listable():
        _allow(libc, ruleset, path, _READ_DIR)
    for name in _DEVICES:
        _allow(libc, ruleset, Path(name), _READ_FILE | 2)
    _allow(libc, ruleset, Path(scratch), everything)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if ruleset < 0 or libc.syscall(_RESTRICT, ruleset, 0) != 0:
        return ["Landlock could not be switched on, so files of yours are not protected"]
    os.close(ruleset)
    return []


def _listable() -> list[Path]:
    return [Path(place) for place in (sys.prefix, sys.base_prefix, *sys.path) if place and Path(place).is_dir()]


@cache
def readable() -> tuple[Path, ...]:
    """What a locked process may read. Asked for once before forking, so that no check pays for the walk."""
    places = [Path(name) for name in _SYSTEM]
    for place in _listable():
        places += _all_but(place.resolve(), _SECRET.resolve())
    return tuple(dict.fromkeys(places))


def _all_but(place: Path, secret: Path) -> Iterator[Path]:
    """``place``, or, where the secret lies inside it, all of its parts that do not hold the secret."""
    if place == secret or place.is_relative_to(secret):
        return
    if not secret.is_relative_to(place):
        yield place
        return
    for part in place.iterdir():
        if part != secret:
            yield from _all_but(part, secret)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    if not path.is_dir():
        rights &= _FILE_RIGHTS
    libc.syscall(_ADD, ruleset, 1, struct.pack("=Qi", rights, handle), 0)
    os.close(handle)

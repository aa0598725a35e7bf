"""Frames over a pipe: a JSON header and blocks of bytes, nothing that runs code when it is read.

``send`` writes one frame, ``receive`` reads one. A frame longer than its limit, or bytes that are no frame,
raise ``Garbled``; a pipe that ends raises ``EOFError``.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LONGEST_HEADER = 16 * 2**20
LONGEST_FRAME = 256 * 2**20

Header = dict[str, Any]


class Garbled(Exception):
    """What arrived is not a frame."""


def send(pipe: IO[bytes], header: Header, blocks: list[bytes] | None = None) -> None:
    """Write one frame and flush."""
    blocks = blocks or []
    text = json.dumps({"header": header, "blocks": [len(block) for block in blocks]}).encode()
    pipe.write(struct.pack(">I", len(text)) + text)
    for block in blocks:
        pipe.write(block)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[Header, list[bytes]]:
    """Read one frame; waits until it is there."""
    (length,) = struct.unpack(">I", _exactly(pipe, 4))
    if length > LONGEST_HEADER:
        raise Garbled(f"a header of {length:,} bytes")
    try:
        frame = json.loads(_exactly(pipe, length))
        header, sizes = frame["header"], frame["blocks"]
        lengths = [int(size) for size in sizes]
    except (ValueError, KeyError, TypeError) as error:
        raise Garbled(str(error)) from error
    if not isinstance(header, dict) or any(size < 0 for size in lengths) or sum(lengths) > LONGEST_FRAME:
        raise Garbled("not a frame")
    return header, [_exactly(pipe, size) for size in lengths]


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    """So many bytes. A pipe without a buffer gives what lies in it (64 KB, say), so it is asked until all are there."""
    parts, left = [], length
    while left:
        part = pipe.read(left)
        if not part:
            raise EOFError("the pipe ended")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)

"""Bytes of an image as a PNG file, written with nothing but zlib.

In goes an array ``(channels, height, width)`` of bytes, out comes the file.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

Bytes = np.ndarray[Any, np.dtype[Any]]
_COLOUR_TYPE = {1: 0, 3: 2, 4: 6}  # PNG's numbers for grey, RGB and RGBA


def png(image: Bytes) -> bytes:
    """``(C, H, W)`` bytes as a PNG file."""
    channels, height, width = image.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row opens with its filter's number, 0: none
    rows[:, 1:] = image.transpose(1, 2, 0).reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPE[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, data) for name, data in parts)


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

"""Small pictures of tensors that look like images, as PNG.

In go a shape and a way to read values by slices; out come ``PictureRecord``s, at most eight, at most 64
pixels along a side (every k-th pixel is read, never the whole image), each saying in words how values became
shades.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import numpy as np

from pytorch_basics.instruments.chart.png import png
from pytorch_basics.instruments.tensor.memory import Array
from pytorch_basics.instruments.tensor.record import PictureRecord

MOST_PICTURES = 8
SIDE = 64  # of a picture by itself; in a batch they are smaller
SIDE_IN_BATCH = 48
_CHANNELS = (1, 3, 4)  # grey, RGB and RGBA


def looks_like_image(shape: tuple[int, ...], dtype: str) -> bool:
    """Whether ``(C, H, W)`` or ``(N, C, H, W)`` with 1, 3 or 4 channels of at least 8 × 8 real numbers."""
    real = dtype == "uint8" or dtype.startswith(("float", "bfloat"))
    return real and len(shape) in (3, 4) and 0 not in shape and shape[-3] in _CHANNELS and min(shape[-2:]) >= 8


def pictures(read: Callable[[tuple[Any, ...]], Array], shape: tuple[int, ...]) -> tuple[PictureRecord, ...]:
    """Thumbnails of an image ``(C, H, W)`` or of the first eight of a batch ``(N, C, H, W)``."""
    step = -(-max(shape[-2:]) // (SIDE if len(shape) == 3 else SIDE_IN_BATCH))
    cut = (slice(None), slice(None, None, step), slice(None, None, step))
    images = read(cut)[None] if len(shape) == 3 else read((slice(0, MOST_PICTURES), *cut))
    shades, scaling = _shades(images)
    return tuple(
        PictureRecord(
            index=() if len(shape) == 3 else (k,),
            shape=shape[-3:],
            width=image.shape[-1],
            height=image.shape[-2],
            png=b64encode(png(shade)).decode(),
            scaling=scaling,
            means=tuple(float(channel.mean(dtype=np.float64)) for channel in image),
            sampled=step > 1,
        )
        for k, (image, shade) in enumerate(zip(images, shades, strict=True))
    )


def _shades(images: Array) -> tuple[Array, str]:
    if images.dtype == np.uint8:
        return images, "0 to 255 as they are"
    finite = np.isfinite(images)
    marked = "" if finite.all() else "; non-finite drawn black"
    kept = images if finite.all() else images[finite]
    low, high = (float(kept.min()), float(kept.max())) if kept.size else (0.0, 0.0)
    words = "0 to 1 as they are"
    if low < 0 or high > 1:
        images = (images.astype(np.float32) - low) / ((high - low) or 1.0)
        words = f"{low:.3g} (black) to {high:.3g} (white), scaled"
    scaled = np.where(finite, images, 0) * 255
    return scaled.round().astype(np.uint8), words + marked

"""Colours that people with any kind of colour vision tell apart, and that stay in order when printed in grey.

In go numbers, out come colours. ``CIVIDIS`` (Nuñez, Anderton and Renslow, 2018) runs from dark blue to yellow, darker
to lighter all the way; ``SPLIT`` runs from blue over near-white to orange, for values on two sides of a middle.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# Every eighth of the way along cividis, and of our own split scale; between them colours are mixed.
CIVIDIS = ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838")
SPLIT = ("#0b3c78", "#2f6cb3", "#7fabdb", "#c6dbef", "#f4f4f2", "#fbdcb4", "#f0a95b", "#cf7415", "#8a4300")
BLUE, ORANGE = "#0b57a4", "#b35900"  # lines and marks on white paper, AA against it


def mixed(values: Array, scale: tuple[str, ...]) -> Array:
    """Values from 0 to 1 (others are clipped) as ``(3, …)`` bytes along a scale."""
    stops = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in scale], np.float64)
    place = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0) * (len(scale) - 1)
    colours = [np.interp(place, np.arange(len(scale)), stops[:, channel]) for channel in range(3)]
    return np.stack(colours).round().astype(np.uint8)

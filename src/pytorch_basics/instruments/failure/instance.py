"""An object of which only the class is known, because it was made inside the expression that failed.

In goes a class; out comes something that stands for one of its objects while a chain is followed.
"""

from __future__ import annotations

from typing import Any


class Instance:
    """An object of a class of which no live one is at hand (a data set made inside the ``for`` statement)."""

    def __init__(self, kind: type) -> None:
        self.kind = kind


def kind_of(thing: Any) -> type:
    """The class of an object, live or not."""
    return thing.kind if isinstance(thing, Instance) else type(thing)

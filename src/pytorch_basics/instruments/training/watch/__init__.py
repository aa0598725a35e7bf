"""The watch instrument, ``pb.watch``: training as it happens, around any loop. Importing this loads no torch; watching
does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytorch_basics.instruments.training.watch.record import WatchRecord

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["WatchRecord", "Watched", "watch"]


class Watched:
    """What ``with pb.watch(model) as w`` gives: ``w.record`` is what was seen so far; it prints and shows as that."""

    def __init__(self, record: Any) -> None:
        self._record = record

    @property
    def record(self) -> WatchRecord:
        """What was seen so far; empty where there was no display to watch for."""
        found: WatchRecord = self._record()
        return found

    def __str__(self) -> str:
        return str(self.record)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.record._repr_mimebundle_()


@contextmanager
def watch(
    model: nn.Module,
    x: torch.Tensor | None = None,
    y: torch.Tensor | None = None,
    *,
    steps: int | None = None,
    every: float = 0.5,
) -> Iterator[Watched]:
    """Around any training loop: loss, gradient norm and, with ``x`` and ``y`` of two inputs, the boundary meanwhile.

    A notebook shows a picture that is replaced, a terminal one line on stderr, every ``every`` seconds or so, less
    often where drawing takes long. ``steps``, how many optimizer steps there will be, adds the time left. Where nobody
    looks (no notebook, no terminal) nothing is watched and nothing costs. An interrupt or an error passes through; the
    last picture and the model stay.

    >>> with pb.watch(model, x, y, steps=1000):
    ...     for step in range(1000):
    ...         …

    Raises TypeError for anything but an ``nn.Module``, ValueError for ``x`` without ``y`` and other odd arguments.
    """
    from pytorch_basics.instruments.training.watch.capture import Watching, check
    from pytorch_basics.instruments.training.watch.display import here

    check(model, x, y, steps, every)
    shown = here()
    if shown is None:
        yield Watched(lambda: WatchRecord(type(model).__name__, planned=steps))
        return
    watching = Watching(model, x, y, steps, every, shown)
    watching.begin()
    raised: BaseException | None = None
    try:
        yield Watched(lambda: watching.record)
    except BaseException as error:
        raised = error
        raise
    finally:
        watching.end(raised)

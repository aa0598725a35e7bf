"""Where live training is shown: in a notebook one picture that is replaced, in a terminal one line that is rewritten.

In goes a ``WatchRecord`` again and again, out goes what the place can show. Where nobody looks (output goes to a file,
a test, a job), there is no display, and nothing is drawn.
"""

from __future__ import annotations

import shutil
import sys
from typing import Any, Protocol

from pytorch_basics.instruments.training.watch.html import live
from pytorch_basics.instruments.training.watch.record import WatchRecord
from pytorch_basics.instruments.training.watch.text import fitted, line


class Display(Protocol):
    """A place to show training in."""

    def show(self, record: WatchRecord) -> None:
        """Replace what is shown."""

    def end(self, record: WatchRecord) -> None:
        """Leave the last picture."""


class Notebook:
    """A picture in the cell's output, replaced in place; at the end the block that stays readable when saved."""

    def __init__(self, show: Any) -> None:
        self._show = show
        self._handle: Any = None

    def show(self, record: WatchRecord) -> None:
        self._put({"image/svg+xml": live(record), "text/plain": line(record)})

    def end(self, record: WatchRecord) -> None:
        self._put(record._repr_mimebundle_())

    def _put(self, bundle: dict[str, str]) -> None:
        if self._handle is None:
            self._handle = self._show(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


class Terminal:
    """One line on stderr that is rewritten, so that the script's own output stays apart."""

    def __init__(self) -> None:
        self._wide = 0

    def show(self, record: WatchRecord) -> None:
        said = fitted(record, shutil.get_terminal_size().columns - 1)
        sys.stderr.write(f"\r{said:<{self._wide}}")
        sys.stderr.flush()
        self._wide = len(said)

    def end(self, record: WatchRecord) -> None:
        self.show(record)
        sys.stderr.write("\n")


def here() -> Display | None:
    """The display of this process, if anybody looks."""
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python else None
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import display

        return Notebook(display)
    return Terminal() if sys.stderr.isatty() else None

"""Showing something to the learner, in a notebook or in a terminal.

``Page`` is a piece of Markdown; ``show`` displays anything with a notebook view, or prints it where there is none;
``for_the_moment`` shows a line only as long as something lasts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pytorch_basics.language import ENGLISH, attributes, chosen


@dataclass(frozen=True)
class Page:
    """Markdown that a notebook renders and a terminal reads as it is."""

    markdown: str

    def __repr__(self) -> str:
        return self.markdown

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        told = bool(self.markdown) and chosen() != ENGLISH
        markdown = f"<div {attributes()}>\n\n{self.markdown}\n\n</div>" if told else self.markdown
        return {"text/markdown": markdown, "text/plain": self.markdown}


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this process."""
    return "ipykernel" in sys.modules and sys.modules["IPython"].get_ipython() is not None


def show(thing: Any) -> None:
    """Display in a notebook, print elsewhere."""
    if in_notebook():
        from IPython.display import display

        display(thing)  # type: ignore[no-untyped-call]  # IPython declares no types for it
    else:
        print(thing)


@contextmanager
def for_the_moment(message: str) -> Iterator[None]:
    """Show the message while the block runs; a notebook takes it back afterwards."""
    if not in_notebook():
        print(message, flush=True)
        yield
        return
    from IPython.display import display

    handle = display(Page(message), display_id=True)  # type: ignore[no-untyped-call]  # as above
    try:
        yield
    finally:
        handle.update(Page(""))

"""The field guide of mistakes as one notebook, from the same objects that speak in exercise feedback.

Out comes a notebook with a section for each mistake: what you see, why, what to write instead, and the program
that shows it beside the one that repairs it.
"""

from __future__ import annotations

import warnings
from typing import Any

import nbformat

from learners_code import learners_code
from pytorch_basics.lab.welcome import METADATA
from pytorch_basics.mistakes import all_mistakes
from pytorch_basics.mistakes.mistake import Mistake, Raised, observe

NAME = "Mistakes.ipynb"

_TOP = """# The field guide of mistakes

What beginners believe about PyTorch, what it looks like, and what to write instead. Each program below was run: a
test runs it again on every change.
"""


def notebook() -> Any:
    """The guide, in the order of the bank's codes."""
    texts = [_TOP, *(_section(mistake) for mistake in all_mistakes())]
    cells = [nbformat.v4.new_markdown_cell(text, id=f"mistake-{n:03d}") for n, text in enumerate(texts)]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _section(mistake: Mistake) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mistake may be one that PyTorch warns of
        evidence = observe(mistake.broken)
    shown = (
        f"**PyTorch says:** `{evidence.kind}`\n\n```text\n{evidence.message}\n```"
        if isinstance(evidence, Raised)
        else ""
    )
    parts = [
        f"## {mistake.title}",
        f"*{mistake.code} · `{mistake.id}`*",
        f"**What you see.** {mistake.see}",
        f"**Why.** {mistake.why}",
        f"**Write instead.** {mistake.instead}",
        f"Shows the mistake:\n\n```python\n{learners_code(mistake.broken)}\n```",
        shown,
        f"Repaired:\n\n```python\n{learners_code(mistake.fixed)}\n```",
    ]
    return "\n\n".join(part for part in parts if part)

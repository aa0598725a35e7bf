"""Wraps what an instrument drew into one block that a notebook, a saved page and a plain file all show
offline.

In go the body, style, script and record of a picture, a still SVG and the text twin; out comes an ``<iframe
srcdoc>`` with everything inline. Inside the iframe element stands an ``<img>`` of the still: a notebook that
is not trusted strips the iframe and shows that instead. After it comes the text twin in ``<details>``.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path

# Nothing may be fetched: the page is whole as it is.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

# The height Python gives is an estimate; where the frame may be reached, it becomes the real one.
_FIT = """
const fit = () => {
  try { frameElement.style.height = document.documentElement.offsetHeight + "px"; } catch { }
};
new ResizeObserver(fit).observe(document.body);
fit();
"""


def block(*, title: str, body: str, css: str, script: str, record: str, still: str, text: str, height: int) -> str:
    """The HTML of one picture, ``height`` pixels high at first; ``script`` finds the JSON ``record`` in
    ``#record``, ``css`` comes after what all pictures share (``page.css``).

    ``title`` is what a screen reader says of the frame and of the still picture; ``body`` must be safe HTML
    already.
    """
    data = f"<script type=application/json id=record>{_inert(record)}</script>"
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{beside(__file__, 'page.css')}{css}</style><body>{body}"
        f"{data}<script>{_isolated(script)}{_FIT}</script>"
    )
    image = b64encode(still.encode()).decode()
    label = escape(title)
    return (
        f'<div><iframe title="{label}" style="width:100%;height:{height}px;border:0" '
        f"srcdoc='{_quoted(page)}'>"
        f'<img alt="{label}" src="data:image/svg+xml;base64,{image}" style="max-width:100%"></iframe>'
        f"<details><summary>As text</summary><pre>{escape(text)}</pre></details></div>"
    )


@cache
def beside(module: str, name: str) -> str:
    """The text of the file ``name`` beside ``module`` (its ``__file__``): a style, a script."""
    return Path(module).with_name(name).read_text(encoding="utf-8")


def _inert(record: str) -> str:
    # "</script>" inside a name must not end the element; JSON reads the escape as the same character.
    return record.replace("<", "\\u003c")


def _quoted(page: str) -> str:
    # In a single-quoted attribute only these two matter; escaping double quotes too would add half the size.
    return page.replace("&", "&amp;").replace("'", "&#39;")


def _isolated(script: str) -> str:
    return f"{{\n{script}\n}}"

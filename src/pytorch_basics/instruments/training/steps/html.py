"""A training step's timeline as one self-contained HTML block: a table for each call, with bars for the gradients.

In goes a ``StepsRecord``, out comes the block of ``page.block``; no script needed. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.text_picture import picture
from pytorch_basics.instruments.training.steps import wording
from pytorch_basics.instruments.training.steps.record import EventRecord, StateRecord, StepsRecord
from pytorch_basics.instruments.training.steps.text import shorten, text

MOST_LINE = 90  # characters of a line of source
SIGNS = {"forward": "→", "backward": "←", "zero": "∅", "step": "▲", "update": "▲"}
CSS = (
    ".verdict{list-style:none;padding:6px 10px;border:2px solid var(--line);border-radius:4px;margin:0 0 10px}"
    ".wrong{border-color:var(--odd)}.scroll{overflow-x:auto}table{border-collapse:collapse;margin:0 0 12px;width:100%}"
    "caption{text-align:left;color:var(--soft);padding:4px 0}th,td{text-align:left;padding:3px 10px 3px 4px;"
    "border-bottom:1px solid var(--line);font-weight:400;vertical-align:top}td{width:1px;white-space:nowrap}"
    # Where even so there is no room, the events stay in sight while the parameters scroll.
    "thead th:first-child,tbody th{position:sticky;left:0;min-width:160px;background:var(--paper)}"
    "thead th{color:var(--soft)}b{font-weight:600}.line,.none{color:var(--soft)}.line{overflow-wrap:anywhere}"
    ".call{display:inline-block}.line,.move,.bar{display:block}.move{font-weight:700}"
    ".bar{height:4px;background:var(--on);margin-top:2px}"
)


def html(record: StepsRecord) -> str:
    """The block a notebook shows, with a still picture and the text twin for where scripts do not run."""
    said = wording.verdict(record)
    wrong = " wrong" if said[0].startswith("!") else ""
    items = "".join(f"<li>{escape(sentence)}" for sentence in said)
    tables = "".join(_table(record, number) for number in range(record.rounds))
    words = text(record)
    return page.block(
        title=f"pb.steps: {said[0]}",
        body=f'<ul class="verdict{wrong}">{items}</ul><div class=scroll>{tables}</div>',
        css=CSS,
        script="",
        record="{}",
        still=picture(words),
        text=words,
        height=80 + 22 * len(said) + 48 * len(record.events) + 60 * record.rounds,
    )


def _table(record: StepsRecord, number: int) -> str:
    head = "".join(f"<th scope=col>{_breakable(name)}" for name in ["event", *wording.columns(record)])
    most = max((s.grad or 0.0 for e in record.events for s in e.states), default=0.0)
    rows = "".join(_row(record, event, most) for event in record.events if event.round == number)
    return f"<table><caption>{escape(wording.heading(record, number))}<thead><tr>{head}<tbody>{rows}</table>"


def _breakable(name: str) -> str:
    return escape(name).replace(".", "<wbr>.")


def _row(record: StepsRecord, event: EventRecord, most: float) -> str:
    kind = f"{SIGNS[event.kind]} <b>{wording.KINDS[event.kind]}</b>"
    said = wording.cells(record, event)
    each = len(record.parameters) <= wording.MOST_COLUMNS
    states = event.states if each else (None, None)
    drawn = "".join(_cell(words, state, most) for words, state in zip(said, states, strict=True))
    line = escape(shorten(wording.source(event), MOST_LINE))
    return f"<tr><th scope=row>{kind} <span class=call>{escape(event.what)}</span><span class=line>{line}</span>{drawn}"


def _cell(words: tuple[str, str], state: StateRecord | None, most: float) -> str:
    gradient, moved = (escape(part) for part in words)
    wide = 60 * (state.grad or 0.0) / most if state and most else 0.0
    bar = f'<span class=bar style="width:{wide:.0f}px"></span>' if wide >= 1 else ""
    kind = " class=none" if gradient == "no grad" else ""
    return f"<td{kind}>{gradient}{bar}" + (f"<span class=move>{moved}</span>" if moved else "")

"""A training step's timeline as one self-contained HTML block: a table for each call, with bars for the gradients.

In goes a ``StepsRecord``, out comes the block of ``page.block``; no script needed. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.text_picture import picture
from pytorch_basics.instruments.training.steps import wording
from pytorch_basics.instruments.training.steps.record import EventRecord, StateRecord, StepsRecord
from pytorch_basics.instruments.training.steps.text import text

SIGNS = {"forward": "→", "backward": "←", "zero": "∅", "step": "▲", "update": "▲"}
CSS = (
    ".verdict{list-style:none;padding:6px 10px;border:2px solid var(--line);border-radius:4px;margin:0 0 10px}"
    ".wrong{border-color:var(--odd)}.scroll{overflow-x:auto}table{border-collapse:collapse;margin:0 0 12px}"
    "caption{text-align:left;color:var(--soft);padding:4px 0}th,td{text-align:left;padding:3px 10px 3px 4px;"
    "white-space:nowrap;border-bottom:1px solid var(--line);font-weight:400;vertical-align:top}"
    "tbody th{font-weight:600}thead th{color:var(--soft)}.moved{font-weight:700}.none{color:var(--soft)}"
    ".bar{display:block;height:4px;background:var(--on);margin-top:2px}"
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
        height=80 + 22 * len(said) + 32 * len(record.events) + 60 * record.rounds,
    )


def _table(record: StepsRecord, number: int) -> str:
    head = "".join(f"<th scope=col>{escape(name)}" for name in wording.headings(record))
    most = max((s.grad or 0.0 for e in record.events for s in e.states), default=0.0)
    rows = "".join(_row(record, event, most) for event in record.events if event.round == number)
    return f"<table><caption>{escape(wording.heading(record, number))}<thead><tr>{head}<tbody>{rows}</table>"


def _row(record: StepsRecord, event: EventRecord, most: float) -> str:
    first, *rest = wording.row(record, event)
    each = len(record.parameters) <= wording.MOST_COLUMNS
    cells = [f"<td>{escape(cell)}" for cell in (rest[:2] if each else rest)]
    cells += [_cell(words, state, most) for words, state in zip(rest[2:], event.states, strict=True)] if each else []
    return f"<tr><th scope=row>{SIGNS[event.kind]} {escape(first)}{''.join(cells)}"


def _cell(words: str, state: StateRecord, most: float) -> str:
    kind = "moved" if state.moved else "none" if state.grad is None else ""
    wide = 60 * (state.grad or 0.0) / most if most else 0.0
    bar = f'<span class=bar style="width:{wide:.0f}px"></span>' if wide >= 1 else ""
    return f"<td class={kind or 'held'}>{escape(words)}{bar}"

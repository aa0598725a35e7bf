"""A graph as one self-contained HTML block: the graph from the loss down to its leaves, a stepper through the backward
pass, a panel with what is known of the chosen node, and the text twin.

In goes a ``GraphRecord``, out comes the block of ``page.block``. ``fold`` cuts it into pictures, ``boxes`` words and
places them, ``pack`` sends them to ``view.js``, which draws one at a time. It never imports torch.
"""

from __future__ import annotations

from html import escape

from pytorch_basics.instruments import page
from pytorch_basics.instruments.graph import wording
from pytorch_basics.instruments.graph.boxes import Drawing, drawing
from pytorch_basics.instruments.graph.fold import pictures
from pytorch_basics.instruments.graph.pack import packed
from pytorch_basics.instruments.graph.record import GraphRecord
from pytorch_basics.instruments.graph.still import still
from pytorch_basics.instruments.graph.text import text

HIGHEST = 560  # pixels of the graph that are seen at once; the rest is scrolled to
HINT = "Click a box, or press Tab and then the arrow keys: the panel says what is known of it."
OPENS = " A box with + opens with Enter or a click; Escape goes back."
RUN = " After g.backward() it shows the gradients, step by step."


def html(graph: GraphRecord) -> str:
    """The block a notebook shows, with a still picture and the text twin for where scripts do not run."""
    drawings = [drawing(graph, picture) for picture in pictures(graph)]
    drawn = still(drawings[0])
    return page.block(
        title=f"pb.graph: {wording.title(graph)}",
        body=_body(graph, drawings, drawn),
        css=page.beside(__file__, "style.css"),
        script="".join(page.beside(__file__, name) for name in ("draw.js", "steps.js", "view.js")),
        record=packed(graph, drawings),
        still=drawn,
        text=text(graph),
        height=_height(graph, drawings[0]),
    )


def _height(graph: GraphRecord, drawn: Drawing) -> int:
    """About how high the page is, in pixels at 640 wide; the script corrects it where it may."""
    return 170 + 22 * len(wording.remarks(graph)) + min(drawn.height, HIGHEST) + 240


def _body(graph: GraphRecord, drawings: list[Drawing], drawn: str) -> str:
    said = "".join(f"<li>{escape(sentence)}" for sentence in wording.remarks(graph))
    words = f"<ul>{said}</ul>" if said else ""
    hint = HINT + (OPENS if len(drawings) > 1 else "") + (RUN if not (graph.ran or graph.freed) else "")
    return (
        f"<header><h3>{escape(wording.title(graph))}</h3>{words}</header>{_stepper(graph)}"
        f"<output id=say aria-live=polite>{hint}</output><nav id=crumbs aria-label='opened boxes'></nav>"
        f"<div class=sides><div id=view class=scroll tabindex=-1 style='max-height:{HIGHEST}px'>{drawn}</div>"
        f"<aside id=panel aria-label='the chosen node'></aside></div>{_legend(graph)}"
    )


def _stepper(graph: GraphRecord) -> str:
    buttons = "".join(
        f"<button type=button id={name.lower()}>{name}</button>" for name in ("First", "Back", "Next", "Last", "Play")
    )
    words = "the backward pass" if graph.ran else "the forward pass"
    order = "<label><input type=checkbox id=forward> forward order, from the leaves up</label>" if graph.ran else ""
    return (
        f"<div id=stepper role=group aria-label='steps of {words}'>{buttons}"
        f"<input type=range id=step min=1 max=1 value=1 aria-label='step of {words}'>"
        f"<span id=where></span>{order}</div>"
    )


def _legend(graph: GraphRecord) -> str:
    told = [
        ("op", "an op"),
        ("leaf", "a leaf: its gradient is added to .grad"),
        ("stop", "⊘ the gradient stops here"),
    ]
    if any(saved.state in ("stale", "freed") for node in graph.nodes for saved in node.saved):
        told.append(("odd", "! a saved tensor is stale or freed"))
    return "<p class=legend>" + "".join(f"<span><i class={kind}></i>{words}</span>" for kind, words in told) + "</p>"

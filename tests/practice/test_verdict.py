"""What the learner reads: the text line for line, and what holds for the HTML beside it.

``UPDATE_GOLDENS=1`` rewrites ``tests/golden/verdict_*.txt``.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import torch

from pytorch_basics.practice import drawing
from pytorch_basics.practice.compare import Failed, Outcome, Returned, difference
from pytorch_basics.practice.exercise import Same
from pytorch_basics.practice.verdict import HEADLINES, Panel, Verdict, from_reply, html, text

GOLDEN = Path(__file__).parents[1] / "golden"
HINT = ('A hint: `pb.hint("memory.twice")`',)


def judged(x: torch.Tensor, given: Outcome, expected: torch.Tensor, **fields: Any) -> Verdict:
    """A verdict with the panels and the sentence that the judge makes of these."""
    right = Returned(expected, (x,), {})
    panels = (*drawing.inputs((x,), {}), *drawing.both(given, right, Same()))
    found = {"status": "wrong", "message": difference(given, right, Same()), "advice": HINT} | fields
    return Verdict("memory.twice", panels=panels, call=drawing.call("twice", (x,), {}), **found)


def passed() -> Verdict:
    advice = ('Compare with the reference solutions: `pb.solution("memory.twice")`',)
    return Verdict("memory.twice", "passed", "Right on all 9 cases.", cases=9, advice=advice)


def misconception() -> Verdict:
    x = torch.tensor([[1, 2], [3, 4]])
    message = "Your answer behaves as if `x ** 2` doubled: 2 becomes 4 either way, 3 does not."
    return judged(
        x, Returned(x**2, (x,), {}), x * 2, status="misconception", name="memory.twice:square", message=message
    )


def wrong() -> Verdict:
    x = torch.tensor([[1.0, -2.5], [1e10, float("nan")]])
    return judged(x, Returned(x + 2, (x,), {}), x * 2, printed="looking at x\n  and at its shape\n")


def another_shape() -> Verdict:
    x = torch.arange(24).view(2, 3, 4)
    return judged(x, Returned(x.sum(0), (x,), {}), x * 2)


def large() -> Verdict:
    x = torch.arange(400.0).view(20, 20)
    return judged(x, Returned(torch.where(x == 3, 0, x * 2), (x,), {}), x * 2)


def empty() -> Verdict:
    x = torch.empty(0, 3)
    return judged(x, Returned(torch.empty(3, 0), (x,), {}), x)


def raised() -> Verdict:
    x = torch.tensor([1.0, 2.0])
    message = "mat1 and mat2 shapes cannot be multiplied (1x2 and 3x3)"
    trace = "  line 3, in twice\n    return x @ torch.ones(3, 3)\n"
    return judged(x, Failed(("RuntimeError", "Exception"), message), x * 2, status="raised", trace=trace)


def forbidden() -> Verdict:
    return Verdict("memory.twice", "forbidden", "It uses `clamp`, which this exercise asks you to do without.")


def refused() -> Verdict:
    message = "It did not finish within 10 seconds. Look for a loop that never ends."
    note = "this kernel has no Landlock, so files of yours are not protected"
    return Verdict("memory.twice", "refused", message, unprotected=(note,), advice=HINT)


def todo() -> Verdict:
    return Verdict("memory.twice", "todo", "Write your answer in this cell and run it again.")


MAKERS = (passed, misconception, wrong, another_shape, large, empty, raised, forbidden, refused, todo)
every = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


class Page(HTMLParser):
    """The tags of a block, what they hold, and the cells of its tables."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.cells: list[tuple[str, str]] = []  # text and style
        self.codes: list[str] = []
        self.words = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        if tag == "td":
            self.cells.append(("", dict(attrs).get("style") or ""))
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if "td" in self.open:
            self.cells[-1] = (self.cells[-1][0] + data, self.cells[-1][1])
        if "code" in self.open:
            self.codes[-1] += data


@every
def test_the_text_is_the_golden_one(make: Any) -> None:
    """Every line of a verdict is as it was agreed."""
    path = GOLDEN / f"verdict_{make.__name__}.txt"
    found = text(make()) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_every_status_has_a_golden() -> None:
    """And every headline says in words and by a sign how it stands."""
    assert {make().status for make in MAKERS} == set(HEADLINES)
    assert all(line[0] in "✓✗…" for line in HEADLINES.values())


def test_no_golden_is_without_its_verdict() -> None:
    """A file that no verdict makes any more is removed."""
    assert {path.name for path in GOLDEN.glob("verdict_*.txt")} == {f"verdict_{m.__name__}.txt" for m in MAKERS}


@every
def test_no_line_of_the_text_ends_in_a_space(make: Any) -> None:
    """Also where a slice of a tensor is set off by an empty row."""
    assert [line for line in text(make()).splitlines() if line != line.rstrip()] == []


@every
def test_a_verdict_prints_as_its_text(make: Any) -> None:
    """In a terminal, and as the plain form in a notebook."""
    verdict = make()
    assert str(verdict) == repr(verdict) == text(verdict) == verdict._repr_mimebundle_()["text/plain"]


@every
def test_the_html_runs_nothing_and_fetches_nothing(make: Any) -> None:
    """No script, no handler, no address: it shows the same in a saved notebook, offline."""
    page = Page(html(make()))
    assert page.open == []
    assert set(page.tags) <= {"div", "strong", "code", "p", "table", "caption", "tr", "td", "pre", "small"}
    assert not re.search(r"\son\w+=|https?:|//|url\(|src=|href=", html(make()))


@every
def test_the_html_says_what_the_text_says(make: Any) -> None:
    """The same cells in the same order, and every sentence."""
    verdict = make()
    page = Page(html(verdict))
    expected = [
        ("≠" if (r, c) in panel.marked else "") + cell
        for panel in verdict.panels
        for r, row in enumerate(panel.rows)
        for c, cell in enumerate(row)
    ]
    assert [cell for cell, _ in page.cells] == expected
    parts = (HEADLINES[verdict.status], verdict.exercise, verdict.message, verdict.call, verdict.trace.rstrip(),
             verdict.printed.rstrip(), *verdict.advice, *verdict.unprotected,
             *(panel.title for panel in verdict.panels))  # fmt: skip
    assert all(part.replace("`", "") in page.words for part in parts)


@pytest.mark.parametrize("make", [misconception, wrong, large], ids=lambda make: make.__name__)
def test_a_cell_that_differs_is_marked_by_a_sign(make: Any) -> None:
    """``≠`` in both views, an outline in HTML, and no colour that would have to be seen."""
    marked = [(cell, style) for cell, style in Page(html(make())).cells if cell.startswith("≠")]
    assert marked
    assert text(make()).count("≠") == len(marked)
    for _, style in marked:
        assert "outline" in style
        assert not re.search(r"#[0-9a-f]{3}|(^|;)\s*(color|background)", style)


def test_the_marks_are_where_the_values_differ() -> None:
    """Both panels mark the same cells, and none beyond."""
    _, expected, yours = misconception().panels
    assert expected.marked == yours.marked == {(0, 0), (1, 0), (1, 1)}
    _, expected, yours = another_shape().panels
    assert expected.marked == yours.marked == frozenset()


def test_whatever_the_learner_wrote_is_escaped() -> None:
    """Markup in a message, a cell, a title, a trace or what was printed shows as it was written."""
    evil = "<script>alert('x')</script>&amp;\"<img src=x onerror=y>"
    panel = Panel(evil, ((evil,),), frozenset({(0, 0)}))
    verdict = Verdict(evil, "wrong", evil, call=evil, panels=(panel,), trace=evil, printed=evil, advice=(evil,))
    page = Page(html(replace(verdict, unprotected=(evil,))))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.words.count(evil) == 9
    assert page.cells[0][0] == "≠" + evil


def test_backticks_become_code() -> None:
    """Pairs only: a backtick by itself stays one."""
    page = Page(html(Verdict("a.b", "wrong", "Use `view`, not `t()`.")))
    assert page.codes == ["a.b", "view", "t()"]
    page = Page(html(Verdict("a.b", "wrong", "A lone ` and `x < y`")))
    assert page.codes == ["a.b", " and "]
    assert "x < y`" in page.words


def test_the_html_is_announced_to_a_screen_reader() -> None:
    """It has the role of a status, and its tables have captions."""
    block = html(wrong())
    assert "role='status'" in block
    assert block.count("<caption") == block.count("<table")


def test_statuses_look_different_without_colour() -> None:
    """The line beside them is solid, dashed, dotted or double."""
    lines = {make().status: re.search(r"border-inline-start:6px (\w+)", html(make())) for make in MAKERS}
    looks = {status: found and found[1] for status, found in lines.items()}
    assert len({looks[status] for status in ("passed", "wrong", "todo", "refused")}) == 4


@every
def test_a_reply_of_the_judge_becomes_the_same_verdict(make: Any) -> None:
    """After crossing as JSON."""
    verdict = make()
    fields = {k: v for k, v in asdict(verdict).items() if k not in ("exercise", "advice")}
    fields["panels"] = [{**panel, "marked": sorted(panel["marked"])} for panel in fields["panels"]]
    assert from_reply(verdict.exercise, json.loads(json.dumps(fields)), verdict.advice) == verdict


def test_only_a_pass_is_passed() -> None:
    """Every other status is not."""
    assert [make.__name__ for make in MAKERS if make().passed] == ["passed"]


def test_of_two_dicts_only_what_differs_is_drawn() -> None:
    """A long entry that is equal does not push the difference out of sight; a single one is drawn as itself."""
    right = {"parameters": {f"layer {k}": (k, k) for k in range(20)}, "output": torch.ones(1, 2), "steps": 3}
    one = drawing.both(
        Returned(right | {"output": torch.zeros(1, 2)}, (), {}), Returned(right, (), {}), Same(memory=False)
    )
    assert [panel.title for panel in one] == ["expected 'output'  tensor f32[1, 2]", "yours 'output'  tensor f32[1, 2]"]
    assert one[1].marked == {(0, 0), (0, 1)}
    two = drawing.both(
        Returned(right | {"output": None, "steps": 4}, (), {}), Returned(right, (), {}), Same(memory=False)
    )
    assert two[1].rows == (("{'output': None, 'steps': 4}",),)
    assert "parameters" not in two[0].rows[0][0]

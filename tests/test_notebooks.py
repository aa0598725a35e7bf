"""The saved notebooks say what their sources and PyTorch say today, and can be read without seeing."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from build_notebooks import FRONT_DOOR, executed, target, translated  # noqa: E402 - the tools are not a package
from lesson_to_notebook import reading_minutes  # noqa: E402 - the same
from pytorch_basics.course import COURSE  # noqa: E402 - sorted with its kind
from pytorch_basics.language import ENGLISH  # noqa: E402 - the same
from stale import alike, differences  # noqa: E402 - the same

TOPICS = [FRONT_DOOR, *COURSE, "mistakes"]
EVERYTHING = [*((topic, ENGLISH) for topic in TOPICS), *translated()]
_ADDRESS = re.compile(r"https?://[^\s)\"'>]+")
# SVG's and MathML's names look like addresses, and messages of PyTorch name its documentation: nothing is fetched.
_NAMES = ("http://www.w3.org/", "https://pytorch.org/docs/")


def saved(topic: str, language: str = ENGLISH) -> Any:
    return nbformat.read(target(topic, language), as_version=4)


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "language"), EVERYTHING, ids=map("-".join, EVERYTHING))
def test_no_notebook_is_stale(topic: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built and executed again, each notebook has the same cells and says the same; else run ``make notebooks``."""
    monkeypatch.delenv("PYTORCH_BASICS_WORKSPACE")
    assert differences(saved(topic, language), executed(topic, language)) == []


def test_stale_notices_what_it_should() -> None:
    """A changed word, a changed number and a changed source are stale; a rounding and an address are not."""
    assert alike("loss 0.12345", "loss 0.12346")
    assert not alike("loss 0.12", "loss 0.13")
    assert not alike("shape (2, 3)", "shape (3, 2)")
    cell = nbformat.v4.new_code_cell("x", id="a", outputs=[nbformat.v4.new_output("stream", text="at 0x12ab")])
    other = nbformat.v4.new_code_cell("x", id="a", outputs=[nbformat.v4.new_output("stream", text="at 0x34cd")])
    one, two = nbformat.v4.new_notebook(cells=[cell]), nbformat.v4.new_notebook(cells=[other])
    assert differences(one, two) == []
    two.cells[0].source = "y"
    assert differences(one, two) == ["a: the source differs"]
    two.cells[0].id = "b"
    assert "other ids" in differences(one, two)[0]
    volatile = {"tags": ["volatile"]}
    other.metadata, cell.metadata = volatile, volatile
    other.outputs[0].text = "something else"
    other.id, other.source = "a", "x"
    assert differences(one, nbformat.v4.new_notebook(cells=[other])) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_each_picture_has_a_text_twin(topic: str) -> None:
    """A drawn picture comes with printed words in its cell; a live view carries its text with it."""
    for cell in saved(topic).cells:
        outputs = cell.get("outputs", [])
        words = [output for output in outputs if output.output_type == "stream" and output.text.strip()]
        for output in outputs:
            data = output.get("data", {})
            if "image/png" in data:
                assert words, f"{cell.id} shows a picture and prints nothing"
            if "<iframe" in data.get("text/html", ""):
                assert "<details" in data["text/html"]
                assert len(data["text/plain"]) > 40


@pytest.mark.parametrize("topic", TOPICS)
def test_no_cell_ends_in_an_error_and_ids_are_fixed(topic: str) -> None:
    """A notebook runs to its end; errors on purpose are caught and printed."""
    cells = saved(topic).cells
    assert not [cell.id for cell in cells for out in cell.get("outputs", []) if out.output_type == "error"]
    assert all(re.fullmatch(r"[a-z0-9-]+", cell.id) for cell in cells)
    assert len({cell.id for cell in cells}) == len(cells)


@pytest.mark.parametrize("topic", TOPICS)
def test_notebooks_need_no_network_and_stay_small(topic: str) -> None:
    """No address is fetched from, and each file is below 1.5 MB."""
    text = target(topic).read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    assert not [found for found in _ADDRESS.findall(text) if not found.startswith(_NAMES)]


@pytest.mark.parametrize("topic", COURSE)
def test_a_lesson_is_read_in_twelve_minutes(topic: str) -> None:
    """At 200 words a minute, statements of the exercises included."""
    assert reading_minutes(topic) <= 12


@pytest.mark.parametrize("topic", COURSE)
def test_facts_are_executed(topic: str) -> None:
    """A fact in the prose is marked by an ``assert`` in the code beside it: each lesson has at least ten."""
    code = [cell.source for cell in saved(topic).cells if cell.cell_type == "code"]
    asserted = sum(line.strip().startswith("assert ") for source in code for line in source.splitlines())
    assert asserted >= (2 if topic == "start" else 10)


@pytest.mark.parametrize("topic", COURSE)
def test_a_lesson_opens_with_what_you_will_be_able_to_do(topic: str) -> None:
    """First what you can do after it and how long it takes, then what to install; last a summary and the mistakes."""
    cells = saved(topic).cells
    assert "After this lesson you can" in cells[0].source
    assert re.search(r"\d+ minutes", cells[0].source)
    first_code = next(cell for cell in cells if cell.cell_type == "code")
    assert "%pip install" in first_code.source
    closing = "\n".join(cell.source for cell in cells[-4:])
    assert "|---" in closing.replace(" ", "")
    assert "Mistakes.ipynb" in closing
    assert "{{" not in "".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_link_between_notebooks_leads_somewhere(topic: str) -> None:
    """Relative links point to files that exist, and a fragment to a heading in them."""
    for cell in saved(topic).cells:
        if cell.cell_type == "markdown":
            for link in re.findall(r"\]\(([^)#\s]+\.ipynb)(?:#[^)\s]*)?\)", cell.source):
                assert (target(topic).parent / link).exists(), f"{cell.id}: {link}"

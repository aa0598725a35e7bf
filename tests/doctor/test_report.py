"""A report as text, line for line (``UPDATE_GOLDENS=1`` rewrites the goldens), and as HTML, by its facts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pytorch_basics.doctor.finding import Finding, Report
from pytorch_basics.doctor.text import text
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Frame, Layer, Step, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import ModelRecord, OptimizerRecord, RunRecord

GOLDEN = Path(__file__).with_name("golden")
MADE = Place("train.py", 31, "Net.__init__", "self.head = nn.Linear(128, 10)")
USED = Place("train.py", 40, "Net.forward", "return self.head(x.flatten(1))")
SIZE = Finding(
    "model.layer_size",
    "The layer takes another number of features than it is given",
    MADE,
    "`self.head` takes 128 features in the last dimension, and `x.flatten(1)` has 3136.",
    "`nn.Linear(in_features, out_features)` multiplies the last dimension of its input with its weight.",
    "`self.head = nn.Linear(3136, 10)`",
    ("`x` is (32, 16, 14, 14) at line 40, and 16 × 14 × 14 = 3136",),
    True,
    (USED, Place("data.py", 7, "load", "images = images.reshape(-1, 1, 16, 16)")),
)
DOUBT = Finding(
    "loss.broadcast",
    "The loss compares every prediction with every target",
    Place("train.py", 52, "", "loss = mse(model(x), y)"),
    "`(32, 1)` and `(32,)` are broadcast to `(32, 32)`.",
    "Broadcasting lines up shapes from the right & fills in: <every> pair is compared.",
    "`loss = mse(model(x), y.unsqueeze(1))`",
    ("PyTorch warned of it at line 52", "the loss cannot fall below 1.0"),
    False,
)
RUN = RunRecord(
    models=(ModelRecord("model", "Net", (), (0, 1)),),
    optimizers=(OptimizerRecord("optimizer", "Adam", None, (0, 1), (), 200),),
    losses=((0, 0.6931), (199, 0.0312)),
    steps=200,
    watched=24,
)
PIXELS = Value("tensor", "Tensor", (3, 5), "float32", requires_grad=True, leaf=False, grad_fn="ReluBackward0")
UNKNOWN = FailureRecord(
    "RuntimeError",
    "something new",
    chain=(("KeyError", "'pixels'"),),
    frames=(Frame(USED, "self.head(pixels, 3)", step=0),),
    steps=(
        Step(
            USED, "self.head(pixels, 3)", "layer", arguments=(Argument("", "pixels", PIXELS, (1,)), Argument("", "3"))
        ),
        Step(Place("train.py", 38), "torch.relu(self.body(batch))", "call"),
    ),
    layers=(
        Layer(
            Value("module", "nn.Linear", settings=(("in_features", 4), ("out_features", 2))),
            "head",
            "self.head",
            False,
            (("input", PIXELS),),
            0,
        ),
    ),
)


def error() -> Report:
    failure = FailureRecord("RuntimeError", "mat1 and mat2 shapes cannot be multiplied (32x3136 and 128x10)")
    return Report((SIZE,), failure, RUN, exit=1)


def several() -> Report:
    return Report((SIZE, DOUBT), None, RUN, exit=0, notes=("The doctor's own rule a.b failed: KeyError: 'x'",))


def maybe() -> Report:
    return Report((DOUBT,), None, RUN, ended="interrupted")


def healthy() -> Report:
    return Report((), None, RUN, exit=0)


def undiagnosed() -> Report:
    return Report((), UNKNOWN, exit=1)


def nothing() -> Report:
    return Report(notes=("The script did not import torch, so there was nothing to watch.",))


each = pytest.mark.parametrize(
    "make", [error, several, maybe, healthy, undiagnosed, nothing], ids=lambda make: make.__name__
)


@each
def test_the_text_is_the_golden_one(make) -> None:
    """Every line of a report is as it was agreed."""
    path = GOLDEN / f"{make.__name__}.txt"
    said = text(make(), 88) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@each
@pytest.mark.parametrize("wide", [40, 60, 110])
def test_no_line_is_wider_than_the_terminal(make, wide: int) -> None:
    """And none ends in a space; a narrower terminal than 40 columns gets 40."""
    for line in text(make(), wide).splitlines():
        assert len(line) <= wide
        assert line == line.rstrip()
    assert text(make(), 10) == text(make(), 40)


def test_every_word_of_a_finding_is_there_at_any_width() -> None:
    """Prose is wrapped, never cut."""
    for wide in (40, 77):
        words = re.sub(r"\s+", " ", text(several(), wide))
        for sentence in (SIZE.seen, DOUBT.why, DOUBT.evidence[1]):
            assert set(sentence.split()) <= set(words.split())


@each
def test_the_page_holds_the_text_and_fetches_nothing(make) -> None:
    """The text twin is in it; there is no address and no script but the one that fits the frame."""
    page = make()._repr_html_()
    assert "As text" in page
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", page)
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


def test_the_page_marks_the_line_to_change() -> None:
    """By a sign and by words for those who do not see it; the other lines are not marked."""
    page = error()._repr_html_()
    assert page.count("<mark") == 1
    assert 'aria-label="the line to change"' in page
    assert "▶ 31" in page
    assert "data.py:7" in page


def test_what_learners_write_is_text_in_the_page() -> None:
    """Their ``<`` and ``&`` start no element; backticks are code."""
    page = several()._repr_html_()
    assert "<every>" not in page
    assert "<code>y.unsqueeze" not in page
    assert "<code>loss = mse(model(x), y.unsqueeze(1))</code>" in page


def test_a_very_long_message_is_cut() -> None:
    """A state_dict's hundred missing keys do not push the finding off the screen."""
    long = Report((SIZE,), FailureRecord("RuntimeError", "missing key, " * 200))
    assert len(text(long)) < 2500


def test_as_json_the_script_and_its_exception_are_named() -> None:
    """The shape of ``--json``."""
    made = error().to_json()
    assert made["script"] == {"exit": 1, "raised": error().raised, "ended": ""}
    assert made["findings"][0]["write_instead"] == "`self.head = nn.Linear(3136, 10)`"

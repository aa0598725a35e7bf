"""The capstone's check: any right training passes, and one that does not learn is told why, in the doctor's words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import capstones
import numpy as np
import pytest
import torch
from test_course import check

import pytorch_basics as pb
from pytorch_basics.course.capstone import digits, probes
from pytorch_basics.course.capstone.exercises import DIGITS
from pytorch_basics.course.capstone.solutions import SOLUTIONS
from pytorch_basics.practice.sandbox import Sandbox

SMALL = {"images": 96, "order": "mixed", "moved": 0, "draw": 0}
LARGE = {"images": probes.MANY, "order": "sorted", "moved": 3, "draw": 5}
WRONG = {wrong.name: wrong for wrong in SOLUTIONS["capstone.digits"].wrong}


def looked_at(answer: Any, case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts that are compared, and what is told beside them."""
    found = probes.probe_digits(answer, **case)
    told = found.pop("told", {"text": "", "mistakes": []})
    return found, told


def first_failure(answer: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The first of the two cases in which it fails, with facts and what is told."""
    for case in (SMALL, LARGE):
        found, told = looked_at(answer, case)
        if found != probes.right(case["images"], case["order"]):
            return case, found, told
    raise AssertionError("it passes")


@cache
def facts_of_the_wrong(name: str, large: bool) -> dict[str, Any]:
    return looked_at(WRONG[name].answer, LARGE if large else SMALL)[0]


@pytest.mark.parametrize("name", capstones.RIGHT)
def test_right_trainings_pass_however_they_are_written(name: str, cell: Any) -> None:
    """Another model, optimizer, loop, way to batch or to scale: what comes of it counts."""
    train = cell(capstones.RIGHT[name])["train"]
    assert looked_at(train, LARGE)[0] == probes.right(LARGE["images"], LARGE["order"])


@pytest.mark.parametrize("name", capstones.BROKEN)
def test_what_does_not_learn_is_told_why(name: str, cell: Any) -> None:
    """The doctor names the mistake; where its rules know none, the answer behaves like a wrong solution that has a
    message of its own."""
    source, wanted = capstones.BROKEN[name]
    case, found, told = first_failure(cell(source.replace("range(20)", "range(6)"))["train"])
    if wanted.startswith(":"):
        assert found == facts_of_the_wrong(wanted[1:], case is LARGE)
    else:
        assert wanted in told["mistakes"]
        assert "write instead" in told["text"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_zero_grad", ["optim.no_zero_grad", "Right on 0.", "sure", "loss.backward()", "optimizer.zero_grad()"]),
        ("wrong_layer_size", ["model.layer_size", "mat1 and mat2", "nn.Linear(8, 64)", "nn.Linear(64, 64)"]),
    ],
)
def test_the_verdict_shows_the_doctors_words(name: str, said: list[str], sandbox: Sandbox, cell: Any) -> None:
    """Through the sandbox, as a learner meets it: the mistake is named, its line is quoted, the repair is written."""
    verdict = check(DIGITS, cell(capstones.BROKEN[name][0].replace("range(20)", "range(6)"))["train"], sandbox)
    assert (verdict.status, verdict.name) == ("misconception", said[0])
    assert [words for words in said[1:] if words not in verdict.said] == []
    assert verdict.said in str(verdict)
    assert "The doctor: 1 finding" in verdict._repr_mimebundle_()["text/html"]
    assert "probes.py" not in verdict.said


def test_a_class_in_another_cell_is_quoted_too(sandbox: Sandbox, cell: Any) -> None:
    """The Module may stand in a cell of its own, above that of the loop."""
    cell(capstones.MLP.replace("nn.Linear(64, 64)", "nn.Linear(8, 64)"))
    verdict = check(DIGITS, cell(capstones.LOOP)["train"], sandbox)
    assert "self.hidden = nn.Linear(8, 64)" in verdict.said


def test_the_digits_are_what_their_source_says() -> None:
    """1,297 for learners and 500 for the check, none in both; small enough to travel in the package."""
    (images, labels), (kept, answers) = probes.LEARNERS, probes.KEPT_BACK
    assert (images.shape, images.dtype, labels.dtype) == ((1297, 8, 8), torch.uint8, torch.int64)
    assert (kept.shape, len(answers)) == ((500, 8, 8), 500)
    assert (int(images.min()), int(images.max())) == (0, 16)
    both = torch.cat([images, kept]).flatten(1)
    assert len(both.unique(dim=0)) == 1797
    # scikit-learn's copy of the same file has these counts of the ten digits
    assert torch.cat([labels, answers]).bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert sum(path.stat().st_size for path in (digits.digits(), digits.HELD_OUT)) < 80_000
    about = (Path(digits.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert all(words in about for words in ("CC BY 4.0", "Alpaydin", "Kaynak", "What was changed"))


def test_digits_are_loaded_without_pytorch_basics_doing_it() -> None:
    """``pb.digits()`` is a path; NumPy reads the file."""
    with np.load(pb.digits()) as file:
        assert (file["images"].shape, file["labels"].shape) == ((1297, 8, 8), (1297,))


def test_the_solutions_show_their_modules(workspace: Path) -> None:
    """Shown only after a pass (or when asked to reveal them), and whole: the class and the loop."""
    assert "after you pass" in str(pb.solution("capstone.digits"))
    shown = str(pb.solution("capstone.digits", reveal=True))
    assert [words for words in ("class Digits(nn.Module)", "class Picture", "def train(") if words not in shown] == []

"""The field guide prints programs that a learner could have written, and that do what it says."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from learners_code import learners_code
from pytorch_basics.mistakes import all_mistakes, find
from pytorch_basics.mistakes.mistake import Mistake, Raised, observe

every_mistake = pytest.mark.parametrize("mistake", all_mistakes(), ids=lambda mistake: mistake.id)


def run(code: str) -> None:
    cell = ModuleType("a_cell")  # known by its name, as __main__ is: what is made in it can be pickled
    space: dict[str, Any] = vars(cell)
    space |= {"torch": torch, "nn": nn}
    sys.modules[cell.__name__] = cell
    try:
        exec(compile(code, "a cell", "exec", dont_inherit=True), space)
    finally:
        del sys.modules[cell.__name__]


@every_mistake
def test_a_repaired_program_runs_as_it_is_printed(mistake: Mistake) -> None:
    """Pasted into a cell below the usual imports, it raises nothing."""
    torch.manual_seed(0)
    run(learners_code(mistake.fixed))


@every_mistake
def test_a_printed_mistake_raises_what_the_guide_says(mistake: Mistake) -> None:
    """The same exception as in the guide, or none."""
    evidence = observe(mistake.broken)
    code = learners_code(mistake.broken)
    if isinstance(evidence, Raised):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - its kind is what is compared
            run(code)
        assert type(caught.value).__name__ == evidence.kind
    else:
        run(code)


@every_mistake
def test_nothing_of_the_test_is_printed(mistake: Mistake) -> None:
    """No evidence, no private name, no ``return`` outside a function; the two programs differ."""
    broken, fixed = learners_code(mistake.broken), learners_code(mistake.fixed)
    assert broken != fixed
    for code in (broken, fixed):
        assert "Answer" not in code
        assert not any(line.startswith("return") for line in code.splitlines())


def test_what_only_the_evidence_needed_is_left_out() -> None:
    """The learner's lines stay, comments too; the expected value's own line goes."""
    found = find("autograd.grad_is_replaced")
    assert learners_code(found.fixed).splitlines() == [
        "w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)",
        "w.pow(2).sum().backward()",
        "squares = w.grad",
        "w.grad = None  # the next backward makes a tensor of its own",
        "w.pow(3).sum().backward()",
        "cubes = w.grad",
    ]

"""The text twin, line for line (``UPDATE_GOLDENS=1`` rewrites the goldens), and what holds for every text."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

import pytorch_basics as pb

GOLDEN = Path(__file__).with_name("golden")


def view_and_copy():
    x = torch.arange(6.0).view(2, 3)
    return pb.see(x, x.t(), x.clone(), names=["x", "x.t()", "copy"])


def numpy_shares():
    a = np.arange(12.0).reshape(3, 4)
    t = torch.from_numpy(a)
    return pb.see(a, t[1:, ::2], a[::-1, ::-1], names=["a", "t[1:, ::2]", "flipped"])


def strange():
    odd = torch.tensor([1.0, float("nan"), -float("inf")], requires_grad=True)
    meta = torch.empty(2, 3, device="meta")
    values = (odd, torch.tensor(3), torch.empty(0, 3), torch.eye(2).to_sparse(), meta)
    return pb.see(*values, names=["odd", "three", "empty", "sparse", "meta"])


def cut():
    x = (torch.arange(64 * 3 * 100 * 100) % 1000).float().view(64, 3, 100, 100)
    return pb.see(x, x[0, 0], names=["x", "x[0, 0]"])


def dtypes():
    x = torch.tensor([1.0, -2.0])
    return pb.see(x, x.view(torch.int16), torch.tensor([True, False]), torch.tensor([1 + 2j]), names=list("abcd"))


@pytest.mark.parametrize("make", [view_and_copy, numpy_shares, strange, cut, dtypes], ids=lambda make: make.__name__)
def test_the_text_is_the_golden_one(make):
    """Every line of the text twin is as it was agreed."""
    path = GOLDEN / f"{make.__name__}.txt"
    text = str(make()) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [view_and_copy, numpy_shares, strange, cut, dtypes], ids=lambda make: make.__name__)
def test_no_line_is_wider_than_a_terminal_and_none_ends_in_a_space(make):
    """Text fits 110 columns."""
    for line in str(make()).splitlines():
        assert len(line) <= 110
        assert line == line.rstrip()


def test_the_place_of_an_index_is_a_formula_that_holds():
    """The words of the path, evaluated, are the places in the grid."""
    x = torch.arange(60.0).view(3, 4, 5)[1:, ::2, 1:].transpose(0, 2)
    see = pb.see(x, names="x")
    line = next(line for line in str(see).splitlines() if line.strip().startswith("[i, j, k] is element"))
    formula = line.split("element ")[1].split(" of")[0].replace("·", "*")
    for index, value in zip(see.tensors[0].indices(), see.tensors[0].values, strict=True):
        assert eval(formula, dict(zip("ijk", index, strict=True))) == value

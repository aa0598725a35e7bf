"""The text twin, line for line (``UPDATE_GOLDENS=1`` rewrites the goldens), what holds for every text, and JSON."""

import json
import os
import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.graph import GraphRecord

GOLDEN = Path(__file__).with_name("golden")


def looked_at():
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    loss = (y * y * 3).mean()
    return pb.graph(loss)


def backward():
    return looked_at().backward()


def meeting():
    a = torch.tensor([2.0, 3.0], requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    (a * 7).sum().backward()
    h = a * b
    h.register_hook(lambda gradient: gradient / 2)
    loss = (h * a + a).sum()
    return pb.graph(loss).backward()


def stale():
    x, w = torch.ones(2, 3), torch.full((3,), 0.5, requires_grad=True)
    h = x @ w
    d = h.detach()
    loss = F.mse_loss(h.exp() * d, torch.zeros(2))
    with torch.no_grad():
        d.add_(1)
    g = pb.graph(loss)
    with pytest.raises(RuntimeError):
        g.backward()
    return g


def xor():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = torch.tensor([[0.0], [1], [1], [0]])
    loss = F.binary_cross_entropy_with_logits(model(x), y)
    return pb.graph(loss).backward()


def folded():
    torch.manual_seed(0)
    model = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(12)])
    loss = model(torch.ones(2, 4)).sum()
    return pb.graph(loss).backward()


def several():
    x = torch.arange(6.0).view(3, 2).requires_grad_()
    a, b, c = (x * 1j).unbind()
    loss = (a * b).abs().sum() + c.imag.sum() * 0
    return pb.graph(loss)


def freed():
    x = torch.ones(2, requires_grad=True)
    loss = x.exp().sum()
    loss.backward()
    return pb.graph(loss)


MAKE = [looked_at, backward, meeting, stale, xor, folded, several, freed]


@pytest.mark.parametrize("make", MAKE, ids=lambda make: make.__name__)
def test_the_text_is_the_golden_one(make):
    """Every line of the text twin is as it was agreed."""
    path = GOLDEN / f"{make.__name__}.txt"
    text = str(make()) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", MAKE, ids=lambda make: make.__name__)
def test_no_line_is_wider_than_a_terminal_and_none_ends_in_a_space(make):
    """Text fits 110 columns."""
    for line in make().text(whole=True).splitlines():
        assert len(line) <= 110
        assert line == line.rstrip()


@pytest.mark.parametrize("make", MAKE, ids=lambda make: make.__name__)
def test_the_whole_text_tells_every_node_and_every_way(make):
    """As many headings as nodes, and a line for each edge and stop."""
    g = make()
    lines = g.text(whole=True).splitlines()
    assert [line.split("]")[0] + "]" for line in lines if re.match(r"\[\d+\]", line)] == [
        f"[{k}]" for k in range(len(g.nodes))
    ]
    told = " ".join(" ".join(lines).split())
    assert told.count(" gets ") == len(g.edges)
    assert told.count("no gradient to") == len(g.stops)


def test_a_long_graph_folds_by_modules_and_says_how_to_see_the_rest():
    """Every node is in one of the folds, and ``only`` opens one of them."""
    g = folded()
    text = str(g)
    counts = [int(count) for count in re.findall(r"^model\S*  (\d+) nodes?:", text, re.MULTILINE)]
    single = len(re.findall(r"^\[\d+\]", text, re.MULTILINE))
    assert sum(counts) + single == len(g.nodes)
    assert f"{sum(counts)} of {len(g.nodes)} nodes are not shown one by one" in text
    assert "print(g.text(whole=True)) all" in text
    only = g.text(only="model[3]")
    assert "model[3][0].weight" in only
    assert "model[2][0].weight  f32" not in only


def test_the_values_that_are_told_are_those_of_the_tensors():
    """Where three ways meet, the numbers of the text add up."""
    told = next(line for line in str(meeting()).splitlines() if " = " in line and " from [" in line)
    whole, parts = told.split("gradient")[1].split(" = ")
    ways = [[float(n) for n in part.split(" from")[0].split()] for part in parts.split(" + ")]
    assert [float(n) for n in whole.split()] == [sum(column) for column in zip(*ways, strict=True)]


@pytest.mark.parametrize("make", MAKE, ids=lambda make: make.__name__)
def test_json_and_back_loses_nothing(make):
    """The record after a trip through JSON is equal, and so is its text."""
    record = make().record
    again = GraphRecord.from_json(record.to_json())
    assert again == record
    assert str(again) == str(record)
    json.loads(record.to_json())


def test_json_keeps_nan_infinity_and_complex_numbers():
    """Gradients that are no ordinary numbers survive as well."""
    x = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
    z = torch.ones(2, dtype=torch.complex64, requires_grad=True)
    loss = (x.sqrt() / 0).sum() + (z * 2j).abs().sum()
    record = pb.graph(loss).backward().record
    again = GraphRecord.from_json(record.to_json())
    assert repr(again.nodes) == repr(record.nodes)


def test_json_of_something_else_is_refused():
    """A ValueError, not a strange record."""
    with pytest.raises(ValueError, match="GraphRecord"):
        GraphRecord.from_json('{"is": "NumbersRecord", "shape": [], "dtype": "float32"}')


def test_a_graph_is_shown_as_its_record():
    """Printed it is the text; asked for what its record has, it gives that."""
    g = looked_at()
    assert repr(g) == str(g.record)
    assert g.to_json() == g.record.to_json()
    assert (g.nodes, g.find("y")) == (g.record.nodes, g.record.find("y"))
    assert {"nodes", "backward", "find", "saved_bytes"} <= set(dir(g))

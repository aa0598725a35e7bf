"""The text twins of the training instruments, line for line (``UPDATE_GOLDENS=1`` rewrites them), and what each must
agree with besides."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord
from pytorch_basics.instruments.training.landscape.record import LandscapeRecord
from pytorch_basics.instruments.training.watch.record import SampleRecord, WatchRecord

GOLDEN = Path(__file__).with_name("golden")
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [1.0]])  # the last one is not XOR's


def classifier() -> nn.Sequential:
    """XOR by weights that are written down, so that no machine rounds them otherwise."""
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    values = ([[4.0, 4.0], [4.0, 4.0]], [-2.0, -6.0], [[3.0, -3.0]], [-3.0])
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(torch.tensor(value))
    return model


def boundary() -> BoundaryRecord:
    return pb.boundary(classifier(), X, Y)


def boundary_no_line() -> BoundaryRecord:
    model = nn.Linear(2, 1)
    nn.init.zeros_(model.weight)
    nn.init.constant_(model.bias, -1.0)
    return pb.boundary(model, X, Y)


def landscape() -> LandscapeRecord:
    w, b = torch.tensor(-0.5, requires_grad=True), torch.tensor(0.75, requires_grad=True)
    x = torch.tensor([0.0, 1.0, 2.0])
    path = [[torch.tensor(a), torch.tensor(c)] for a, c in ((2.0, 2.0), (1.0, 1.5), (0.0, 1.0), (-0.5, 0.75))]
    return pb.landscape(lambda x, w, b: w * x + b, nn.MSELoss(), x, 1 - x, parameters=(w, b), path=path)


def losses() -> Any:
    return pb.losses()


def trained(record_of: str) -> Any:
    """One of the training steps below, on the same model."""
    model, loss_fn = classifier(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)

    def step() -> None:
        optimizer.zero_grad()
        loss = loss_fn(model(X), Y)
        loss.backward()
        optimizer.step()

    def forgetful() -> None:
        loss_fn(model(X), Y).backward()
        optimizer.step()

    return pb.steps({"step": step, "forgetful": forgetful}[record_of])


def steps() -> Any:
    return trained("step")


def steps_forgetful() -> Any:
    return trained("forgetful")


def steps_many() -> Any:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1))
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.25)

    def step() -> None:
        nn.functional.mse_loss(model(X), Y).backward()
        optimizer.step()
        optimizer.zero_grad()

    return pb.steps(step, times=1)


def watch() -> WatchRecord:
    samples = tuple(SampleRecord(k, k / 100, 0.5 / k, 1 / k) for k in (*range(1, 20), 25, 50, 75, 100))
    return WatchRecord("Sequential", samples, 100, 1.0, 400, boundary())


def watch_interrupted() -> WatchRecord:
    samples = (SampleRecord(1, 0.1, 0.75, None), SampleRecord(2, 0.2, float("nan"), 3.0), SampleRecord(3, 0.3, None, 2))
    return WatchRecord("Net", samples, 1234, 61.7, 5000, None, "KeyboardInterrupt", True)


MAKERS = [
    *(boundary, boundary_no_line, landscape, losses, steps, steps_forgetful, steps_many),
    *(watch, watch_interrupted),
]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_text_is_the_golden_one(make: Any) -> None:
    """Every line of the text twin is as it was agreed."""
    path = GOLDEN / f"{make.__name__}.txt"
    # The numbers of source lines are those of this file.
    text = re.sub(r"\b\d\d+: ", lambda found: "0" * (len(found[0]) - 2) + ": ", str(make())) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_no_line_is_wider_than_a_terminal_and_none_ends_in_a_space(make: Any) -> None:
    """Tables and maps fit 120 columns; sentences wrap by themselves."""
    for line in str(make()).splitlines():
        assert line == line.rstrip()
        if re.search(r"  \S", line):
            assert len(line) <= 120


def test_the_map_of_a_boundary_is_what_the_model_says() -> None:
    """The four corners of the data, asked again, stand in the map as the model answers; the wrong one is marked."""
    record = boundary()
    rows = [line.split()[-1] for line in str(record).splitlines()[:17]]
    model = classifier()
    for (x, y), label in zip(X.tolist(), Y.flatten().tolist(), strict=True):
        row, column = round((1.15 - y) / 1.3 * 16), round((x + 0.15) / 1.3 * 40)
        says = model(torch.tensor([x, y])).item() > 0
        assert rows[row][column] == (("1" if says else "·") if says == bool(label) else "#")
    assert sum(row.count("#") for row in rows) == 1


def test_units_and_bias_add_up_to_the_logit() -> None:
    """At every place of the plane that the units are drawn at."""
    record = boundary()
    every = slice(None, None, (len(record.xs) - 1) // (len(record.units[0].grid) - 1))
    parts = sum(torch.tensor(unit.grid) for unit in record.units) + record.bias
    assert torch.allclose(torch.sigmoid(parts), torch.tensor(record.grid)[every, every], atol=1e-5)


def test_the_map_of_a_landscape_has_its_lowest_place_where_the_loss_is() -> None:
    """The line y = 1 − x has w = −1, b = 1: there stands a 0, and no digit is lower than the losses around it say."""
    record = landscape()
    a, b, loss = record.lowest
    assert (a, b) == (pytest.approx(-1, abs=0.1), pytest.approx(1, abs=0.1))
    assert loss == pytest.approx(((a * torch.arange(3) + b - (1 - torch.arange(3))) ** 2).mean().item(), abs=1e-6)
    rows = [line[-41:] for line in str(record).splitlines()[:17]][::-1]
    row = round((b - record.b[0]) / (record.b[-1] - record.b[0]) * 16)
    column = round((a - record.a[0]) / (record.a[-1] - record.a[0]) * 40)
    assert "0" in rows[row][column - 1 : column + 2]


def test_gradients_of_losses_are_slopes_of_their_values() -> None:
    """The lower table is the derivative of the upper one, by differences."""
    record = losses()
    z = torch.tensor(record.logits, dtype=torch.float64)
    for curve in record.curves:
        values, slopes = torch.tensor(curve.losses), torch.tensor(curve.gradients)
        between = (values[2:] - values[:-2]) / (z[2:] - z[:-2])
        assert torch.allclose(between.float(), slopes[1:-1], atol=2e-3), curve.name


@pytest.mark.parametrize("make", [steps, steps_forgetful], ids=lambda make: make.__name__)
def test_what_moves_is_the_rate_times_the_gradient(make: Any) -> None:
    """SGD: in the row of each step, for every parameter, as far as the table tells digits."""
    rows = str(make()).splitlines()
    pairs = [(rows[k], rows[k + 1]) for k, row in enumerate(rows) if row.startswith("SGD.step()")]
    assert len(pairs) == 2
    for above, below in pairs:
        grads = [float(found) for found in re.findall(r"\|grad\| (\S+)", above)]
        moves = [float(found) for found in re.findall(r"moved (\S+)", below)]
        assert moves == pytest.approx([0.5 * grad for grad in grads], rel=0.05)


def test_a_watched_line_agrees_with_its_table() -> None:
    """The last loss of the table is that of the line, and the time left is that of the steps left."""
    said = str(watch()).splitlines()
    loss = next(line for line in said[::-1] if line.startswith("     100 ")).split()[1]
    assert f"loss {loss}" in said[0]
    assert "0:03 left" in said[0]
    assert not re.search(r"\d left", str(watch_interrupted()))

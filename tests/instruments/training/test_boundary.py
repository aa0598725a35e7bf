"""``pb.boundary`` shows what a classifier of two inputs says everywhere, and changes nothing in it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from pytorch_basics.instruments.training.boundary import boundary

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([0.0, 0.0, 1.0, 1.0])


def upright() -> nn.Sequential:
    """The logit is 8·(first input − 0.5): the line stands upright at 0.5."""
    model = nn.Sequential(nn.Linear(2, 1))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[8.0, 0.0]]))
        model[0].bias.fill_(-4.0)
    return model


def test_the_line_stands_where_the_logit_is_zero() -> None:
    """Left of 0.5 the probability is below a half, right of it above; it is the sigmoid of the logit."""
    record = boundary(upright(), X, Y)
    for row in record.grid:
        for x, p in zip(record.xs, row, strict=True):
            assert p == pytest.approx(torch.sigmoid(torch.tensor(8 * x - 4)).item(), abs=1e-5)
    assert record.accuracy == 1.0
    assert "4 of 4 points on their side of the line" in str(record)


def test_all_points_lie_inside_the_picture() -> None:
    """The plane reaches beyond the data on each side."""
    record = boundary(upright(), X * 7 - 2, Y)
    assert record.xs[0] < -2
    assert record.xs[-1] > 5


def test_hidden_units_add_up_to_the_logit() -> None:
    """At every place the units' parts and the bias give the logit whose sigmoid the surface shows."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))
    record = boundary(model, X, Y)
    assert len(record.units) == 5
    side = len(record.units[0].grid)
    every = [round(k * (len(record.xs) - 1) / (side - 1)) for k in range(side)]
    for row, y in enumerate(every):
        for column, x in enumerate(every):
            logit = record.bias + sum(unit.grid[row][column] for unit in record.units)
            assert torch.sigmoid(torch.tensor(logit)).item() == pytest.approx(record.grid[y][x], abs=1e-4)


def test_outputs_of_each_kind_are_read_rightly() -> None:
    """One logit, a flat one, two logits, and a Sigmoid at the end give the same surface."""
    one = upright()
    two = nn.Linear(2, 2)
    with torch.no_grad():
        two.weight.copy_(torch.tensor([[-4.0, 0.0], [4.0, 0.0]]))
        two.bias.copy_(torch.tensor([2.0, -2.0]))
    flat = nn.Sequential(upright(), nn.Flatten(0))
    sure = nn.Sequential(upright(), nn.Sigmoid())
    expected = boundary(one, X, Y).grid
    for model, output in ((flat, "logit"), (two, "two logits"), (sure, "probability")):
        record = boundary(model, X, Y.unsqueeze(1))
        assert record.output == output
        for a, b in zip(record.grid, expected, strict=True):
            assert a == pytest.approx(b, abs=1e-5)


def test_the_model_is_left_as_it_was() -> None:
    """Modes, running statistics, gradients and the random state; dropout is off while it is asked."""
    model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.Linear(4, 1))
    model[1].eval()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    random = torch.random.get_rng_state()
    first, second = boundary(model, X, Y), boundary(model, X, Y)
    assert first == second
    assert [module.training for module in model] == [True, False, True, True]
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(random, torch.random.get_rng_state())
    assert not model[0]._forward_hooks


def test_a_model_that_always_says_the_same_has_no_line() -> None:
    """It is said, rather than drawn as an empty picture."""
    model = nn.Linear(2, 1)
    nn.init.zeros_(model.weight)
    nn.init.constant_(model.bias, -3.0)
    assert "there is no line: the model says the same label everywhere" in str(boundary(model, X, Y))


def test_wrong_points_are_crossed() -> None:
    """In the picture and in the text."""
    record = boundary(upright(), X, 1 - Y)
    assert record.accuracy == 0.0
    html = record._repr_mimebundle_()["text/html"]
    assert html.count("class=&quot;cross&quot;") + html.count('class="cross"') >= 4
    assert "#" in str(record).split("1 or ·")[0]


def test_many_points_are_thinned_and_it_is_said() -> None:
    """At most 400 are drawn."""
    record = boundary(upright(), torch.rand(1000, 2), torch.zeros(1000))
    assert len(record.points) <= 400
    assert f"{1000 - len(record.points)} more points are neither drawn nor counted" in str(record)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (torch.rand(4, 3), Y, "points with two inputs"),
        (torch.rand(4), Y, "points with two inputs"),
        (X, torch.zeros(3), "one label for each of the 4 points"),
        (X, torch.tensor([0.0, 1.0, 2.0, 1.0]), "labels 0 and 1"),
        (torch.zeros(0, 2), torch.zeros(0), "one label for each"),
        (X.clone().fill_diagonal_(float("nan")), Y, r"x\[0\] is .*finite numbers"),
    ],
)
def test_other_data_is_refused(x: torch.Tensor, y: torch.Tensor, said: str) -> None:
    """The error names the argument, and what was wanted."""
    with pytest.raises(ValueError, match=said):
        boundary(upright(), x, y)


@pytest.mark.parametrize(("model", "x"), [(None, X), (nn.Linear, X), (upright(), [[0.0, 1.0]])])
def test_other_types_are_refused(model: Any, x: Any) -> None:
    """A model that cannot be called, a class instead of a model, points that are no tensor."""
    with pytest.raises(TypeError, match=r"pb\.boundary"):
        boundary(model, x, Y)


def test_an_output_of_another_shape_is_refused() -> None:
    """Three classes have no single line."""
    with pytest.raises(ValueError, match=r"nn\.Linear\(hidden, 1\)"):
        boundary(nn.Linear(2, 3), X, Y)


def test_the_page_is_whole() -> None:
    """No address is fetched, the text twin is there, and the record survives JSON."""
    record = boundary(upright(), X, Y)
    html = record._repr_mimebundle_()["text/html"]
    assert "://" not in html.replace("http://www.w3.org/", "")
    assert "<details>" in html
    assert len(html) < 120_000
    assert type(record).from_json(record.to_json()) == record

"""``pb.landscape`` computes the loss that PyTorch computes, on a plane that holds the path."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from pytorch_basics.instruments.training.landscape import landscape

X = torch.linspace(-1, 1, 20).unsqueeze(1)
Y = 2 * X + 0.5


def line() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(1, 1)


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))


def test_two_parameters_are_their_own_axes() -> None:
    """Each place holds the loss of the model with these two values, by the formula of the mean squared error."""
    record = landscape(line(), nn.MSELoss(), X, Y, side=11)
    assert (record.plane, record.a_name, record.b_name) == ("two parameters", "weight[0, 0]", "bias[0]")
    for b, row in zip(record.b, record.grid, strict=True):
        for a, loss in zip(record.a, row, strict=True):
            assert loss == pytest.approx(((a * X + b - Y) ** 2).mean().item(), rel=1e-4, abs=1e-6)


def test_a_plain_function_has_a_landscape_too() -> None:
    """Descent by hand has no module: the function gets its parameters after ``x``."""
    w, b = torch.tensor(0.0, requires_grad=True), torch.tensor(1.0)
    record = landscape(lambda x, w, b: w * x + b, nn.MSELoss(), X, Y, parameters=(w, b), path=[(w, b)], side=5)
    assert record.here.loss == pytest.approx(((1 - Y) ** 2).mean().item(), rel=1e-5)
    assert (record.path[0].a, record.path[0].b) == (0.0, 1.0)
    assert (record.a_name, record.b_name) == ("w", "b")


def test_named_directions_move_these_two_numbers_only() -> None:
    """The other parameters stay as they are."""
    model = net()
    record = landscape(model, nn.MSELoss(), X, Y, directions=("0.weight[2, 0]", "2.bias[0]"), side=3)
    with torch.no_grad():
        model[0].weight[2, 0] = record.a[0]
        model[2].bias[0] = record.b[-1]
        assert record.grid[-1][0] == pytest.approx(nn.MSELoss()(model(X), Y).item(), rel=1e-4)


def trained() -> tuple[nn.Sequential, list[list[torch.Tensor]]]:
    model, path = net(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(12):
        path.append([p.detach().clone() for p in model.parameters()])
        optimizer.zero_grad()
        nn.MSELoss()(model(X), Y).backward()
        optimizer.step()
    path.append([p.detach().clone() for p in model.parameters()])
    return model, path


def test_the_path_lies_on_its_plane() -> None:
    """Its stops have the losses that they had; the end is the centre; most of its extent is in the plane."""
    model, path = trained()
    record = landscape(model, nn.MSELoss(), X, Y, path=path, side=21)
    assert record.plane == "path"
    assert (record.path[-1].a, record.path[-1].b) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert record.path[-1].loss == pytest.approx(record.here.loss, rel=1e-5)
    assert record.explained is not None
    assert record.explained > 0.9
    for stop in record.path:
        assert record.a[0] <= stop.a <= record.a[-1]
        assert record.b[0] <= stop.b <= record.b[-1]


def test_a_path_is_taken_in_every_form() -> None:
    """Lists of tensors, state_dicts and plain vectors say the same."""
    model, path = trained()
    names = [name for name, _ in model.named_parameters()]
    dicts = [dict(zip(names, stop, strict=True)) for stop in path]
    vectors = [torch.cat([part.reshape(-1) for part in stop]) for stop in path]
    records = [landscape(model, nn.MSELoss(), X, Y, path=one, side=3) for one in (path, dicts, vectors)]
    assert records[0] == records[1] == records[2]


def test_random_directions_are_filter_normalised_and_repeatable() -> None:
    """One step along a direction changes each row of a weight by that row's own length; a seed gives the same plane."""
    from pytorch_basics.instruments.training.landscape.capture import Surface, _filters

    model = net()
    surface = Surface(model, nn.MSELoss(), X, Y, ())
    first = next(_filters(surface, torch.Generator().manual_seed(0))).view(4, 1)
    assert torch.allclose(first.norm(dim=1), model[0].weight.double().norm(dim=1), rtol=1e-5)
    one, same, other = (landscape(model, nn.MSELoss(), X, Y, side=3, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.grid != other.grid


def test_code_that_cannot_be_batched_is_evaluated_one_by_one() -> None:
    """A branch on a value stops vmap; the numbers are right all the same, and it is said."""

    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(1, 1)

        def forward(self, x: torch.Tensor) -> Any:
            out = self.inner(x)
            return out if out.sum() > 0 else -out

    record = landscape(Branches(), nn.MSELoss(), X, Y, side=3)
    assert record.method.startswith("one network after the other")
    a, b = record.a[0], record.b[0]
    out = a * X + b
    out = out if out.sum() > 0 else -out
    assert record.grid[0][0] == pytest.approx(((out - Y) ** 2).mean().item(), rel=1e-4)


def test_the_model_is_left_as_it_was() -> None:
    """Parameters, buffers, mode and gradients; BatchNorm learns nothing from the grid."""
    model = nn.Sequential(nn.Linear(1, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    landscape(model, nn.MSELoss(), X, Y, side=3)
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    assert all(module.training for module in model.modules())
    assert all(p.grad is None for p in model.parameters())


def test_losses_that_are_not_finite_are_counted() -> None:
    """They are drawn apart, and said."""
    record = landscape(line(), lambda out, y: (out - y).mean().log(), X, Y, side=5)
    assert "places have no finite loss" in str(record)
    assert "x" in str(record).split("across:")[0]
    assert type(record).from_json(record.to_json()).a == record.a


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"directions": ("0.weight", "nothing[0]")}, r"one number of one of"),
        ({"directions": "up"}, r'"auto", "path", "random"'),
        ({"path": [[torch.zeros(2)]]}, r"model\.parameters\(\)"),
        ({"side": 2}, "a whole number from 3 to 301"),
        ({"loss_fn": nn.MSELoss(reduction="none")}, "one number from loss_fn"),
    ],
)
def test_other_arguments_are_refused(change: dict[str, Any], said: str) -> None:
    """The error names the argument and what to write."""
    arguments: dict[str, Any] = {"loss_fn": nn.MSELoss(), "x": X, "y": Y} | change
    with pytest.raises(ValueError, match=said):
        landscape(net(), arguments.pop("loss_fn"), arguments.pop("x"), arguments.pop("y"), **arguments)


def test_a_function_without_parameters_is_refused() -> None:
    """It is told how to hand them over."""
    with pytest.raises(ValueError, match=r"parameters=\(w, b\)"):
        landscape(lambda x: x, nn.MSELoss(), X, Y)


def test_the_page_is_whole() -> None:
    """No address is fetched, and the text twin is there."""
    model, path = trained()
    html = landscape(model, nn.MSELoss(), X, Y, path=path)._repr_mimebundle_()["text/html"]
    assert "://" not in html.replace("http://www.w3.org/", "")
    assert "<details>" in html


def test_a_loss_that_is_a_class_and_a_path_of_numbers_are_told_what_to_write() -> None:
    """The class of a loss computes nothing yet, and a path holds tensors, not numbers."""
    with pytest.raises(TypeError, match=r"loss_fn"):
        landscape(line(), nn.MSELoss, X, Y)
    with pytest.raises(TypeError, match=r"path.append\(\[p.detach\(\).clone\(\)"):
        landscape(line(), nn.MSELoss(), X, Y, path=[1.0, 2.0])

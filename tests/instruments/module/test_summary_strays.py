"""What a model uses but does not know of is found, with the line that registers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.module.record import StrayRecord


def holding(**attributes: Any) -> nn.Module:
    """A module with a registered layer, and these attributes put into it by plain assignment."""
    model = nn.Module()
    model.known = nn.Linear(2, 2)
    for name, value in attributes.items():
        setattr(model, name, value)
    return model


def only(model: nn.Module) -> StrayRecord:
    (stray,) = pb.summary(model).strays
    return stray


CASES: list[tuple[Callable[[], Any], str, str, int, str]] = [
    (lambda: [nn.Linear(2, 3), nn.Linear(3, 2)], "layer", "self.x[0]", 17, "self.x = nn.ModuleList(self.x)"),
    (lambda: (nn.Linear(2, 3),), "layer", "self.x[0]", 9, "self.x = nn.ModuleList(self.x)"),
    (lambda: {"a": nn.Linear(2, 3)}, "layer", "self.x['a']", 9, "self.x = nn.ModuleDict(self.x)"),
    (lambda: [[nn.Linear(2, 3)]], "layer", "self.x[0][0]", 9, "self.x = nn.ModuleList(self.x)"),
    (lambda: torch.zeros(3, requires_grad=True), "parameter", "self.x", 3, "self.x = nn.Parameter(self.x)"),
    (lambda: [nn.Parameter(torch.zeros(4))], "parameter", "self.x[0]", 4, "self.x = nn.ParameterList(self.x)"),
    (lambda: {"b": nn.Parameter(torch.zeros(4))}, "parameter", "self.x['b']", 4, "self.x = nn.ParameterDict(self.x)"),
    (lambda: torch.zeros(5), "tensor", "self.x", 0, 'self.register_buffer("x", self.x)'),
]


@pytest.mark.parametrize(("make", "what", "where", "numel", "instead"), CASES)
def test_each_hiding_place_is_found(make: Callable[[], Any], what: str, where: str, numel: int, instead: str) -> None:
    """In lists, tuples, dicts, lists of lists and plain attributes."""
    stray = only(holding(x=make()))
    assert (stray.what, stray.where, stray.numel, stray.instead) == (what, where, numel, instead)
    assert instead in str(pb.summary(holding(x=make())))


@pytest.mark.parametrize(("make", "what", "where", "numel", "instead"), CASES[:1] + CASES[4:8])
def test_the_line_to_write_does_register_it(
    make: Callable[[], Any], what: str, where: str, numel: int, instead: str
) -> None:
    """Running the line as it is told makes the model know it: nothing is astray, and the parameters are counted."""
    model = holding(x=make())
    kept = model.x
    if "register_buffer" in instead or "Parameter(" in instead:
        del model.x
        exec(
            instead.replace("self.x = ", "self.x = ").replace("(self.x)", "(x)").replace(", self.x", ", x"),
            {"self": model, "x": kept, "nn": nn},
        )
    else:
        exec(instead, {"self": model, "nn": nn})
    s = pb.summary(model)
    assert s.strays == ()
    assert s.total == 6 + numel


def test_the_inside_of_a_layer_is_searched_too() -> None:
    """The path of the layer that holds it is told."""
    model = nn.Sequential(holding(x=[nn.Linear(2, 3)]))
    assert only(model).owner == "0"


def test_what_is_registered_is_no_stray() -> None:
    """A second reference to a registered layer, a ModuleList, a plain number or a list of shapes is nothing to tell."""
    model = holding(sizes=[2, 3], name="net", blocks=nn.ModuleList([nn.Linear(1, 1)]), f=torch.relu)
    model.alias = [model.known]
    assert pb.summary(model).strays == ()


def test_a_layer_made_in_forward_is_found() -> None:
    """A layer that is new in each call has weights no optimizer ever sees."""

    class Fresh(nn.Module):
        def forward(self, x: torch.Tensor) -> Any:
            return nn.Linear(2, 2)(torch.relu(nn.Linear(2, 2)(x)))

    stray = pb.summary(Fresh(), torch.rand(1, 2)).strays[0]
    assert (stray.what, stray.kind, stray.where) == ("called", "Linear", "in Fresh.forward")
    assert "a Linear ran in Fresh.forward and no layer holds it" in str(pb.summary(Fresh(), torch.rand(1, 2)))


def test_a_layer_in_a_list_is_not_told_twice() -> None:
    """It is in a plain list, and that it runs is no second finding."""

    class Listed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(3)]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for layer in self.layers:
                x = layer(x)
            return x

    s = pb.summary(Listed(), torch.rand(1, 2))
    assert [stray.what for stray in s.strays] == ["layer"]
    assert s.strays[0].count == 3
    assert "self.layers[0] is a Sequential, the first of 3 in self.layers: parameters() misses 18 numbers" in str(s)


def test_looking_runs_no_code_of_the_learner() -> None:
    """Attributes are read where they lie; a property or a list of one's own kind is not asked."""

    class Trap(list):  # type: ignore[type-arg]  # any list
        def __iter__(self) -> Any:
            raise AssertionError("it was iterated")

    assert pb.summary(holding(x=Trap([nn.Linear(1, 1)]))).strays == ()

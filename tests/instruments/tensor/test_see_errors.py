"""What ``pb.see`` says of what it cannot see: which argument, its type, what to write instead."""

import numpy as np
import pytest
import torch

import pytorch_basics as pb

WANTED = "wanted a torch.Tensor or numpy.ndarray. Write instead: "


def message(*things):
    with pytest.raises(TypeError) as caught:
        pb.see(*things, names=None)
    return str(caught.value)


def test_a_list_of_tensors_is_to_be_unpacked():
    """``pb.see(xs)`` says ``pb.see(*xs)``."""
    xs = [torch.ones(1)]
    with pytest.raises(TypeError) as caught:
        pb.see(xs)
    assert str(caught.value) == f"pb.see: tensors[0] is [tensor([1.])] (list); {WANTED}pb.see(*xs)"


def test_a_list_of_numbers_is_to_become_a_tensor():
    """``pb.see([1, 2])`` says ``torch.tensor``."""
    with pytest.raises(TypeError) as caught:
        pb.see(torch.ones(1), [1, 2])
    assert str(caught.value) == f"pb.see: tensors[1] is [1, 2] (list); {WANTED}pb.see(torch.tensor([1, 2]))"


def test_a_module_is_to_give_its_parameters():
    """A model is not a tensor, its parameters are."""
    model = torch.nn.Linear(2, 1)
    with pytest.raises(TypeError, match=r"\(Linear\); wanted .*pb\.see\(\*model\.parameters\(\)\)"):
        pb.see(model)


def test_a_dict_is_to_give_its_values():
    """A state_dict is seen by its values."""
    state = {"weight": torch.ones(1)}
    with pytest.raises(TypeError, match=r"pb\.see\(\*state\.values\(\)\)"):
        pb.see(state)


def test_none_is_explained():
    """None is named as such, with where it tends to come from."""
    assert "tensors[0] is None (NoneType)" in message(None)
    assert "a function without return" in message(None)


@pytest.mark.parametrize("thing", [3, 2.5, np.float32(1), "text"])
def test_anything_else_is_refused_by_type(thing):
    """Numbers and text are refused with their type."""
    assert f"({type(thing).__name__}); {WANTED}" in message(thing)


def test_nothing_is_refused():
    """``pb.see()`` asks for a tensor."""
    assert "at least one torch.Tensor" in message()


def test_an_unknown_kind_of_stats_is_refused():
    """Only "sampled" and "full" exist."""
    with pytest.raises(ValueError, match=r"stats is 'all' \(str\); wanted \"sampled\" or \"full\""):
        pb.see(torch.ones(1), stats="all")

"""What ``pb.graph`` says of what has no graph: which argument, what it is, what to write instead."""

import pytest
import torch
from torch import nn

import pytorch_basics as pb


def message(kind, *args, **kwargs):
    with pytest.raises(kind) as caught:
        pb.graph(*args, **kwargs)
    return str(caught.value)


def test_a_leaf_has_no_graph_yet():
    """A parameter itself was not computed from anything."""
    x = torch.ones(3, requires_grad=True)
    assert message(ValueError, x) == (
        "pb.graph: loss is a leaf: nothing was computed from it yet, so there is no graph. "
        "Write instead: pb.graph(f(x)) with a result of x"
    )


def test_a_tensor_without_history_says_what_may_have_cut_it():
    """Plain data, a detached tensor: no ``grad_fn``."""
    x = torch.ones(3, requires_grad=True)
    for loss in (torch.ones(()), (x * 2).sum().detach()):
        assert message(ValueError, loss) == (
            "pb.graph: loss has no grad_fn: it was detached, made under torch.no_grad(), or no tensor it came from has "
            "requires_grad=True. Write instead: x = torch.tensor(…, requires_grad=True), then compute loss from x"
        )


def test_inside_no_grad_that_is_said():
    """The most common cause is named where it can be seen."""
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        assert "gradients are switched off here (torch.no_grad())" in message(ValueError, (x * 2).sum())


def test_a_tensor_of_several_numbers_needs_a_gradient_to_start_from():
    """Both ways out are shown."""
    x = torch.ones(2, 3, requires_grad=True)
    assert message(ValueError, x * 2) == (
        "pb.graph: loss is f32[2, 3], not one real number, so PyTorch cannot know which gradient to start from. "
        "Write instead: pb.graph(loss.sum()), or pb.graph(loss, gradient=torch.ones_like(loss))"
    )


def test_a_complex_number_needs_one_too():
    """There is no gradient of a complex number to begin with."""
    x = torch.ones((), dtype=torch.complex64, requires_grad=True)
    assert "loss is c64[], not one real number" in message(ValueError, x * 2)


def test_a_gradient_of_another_shape_is_refused():
    """It must have the shape of the loss."""
    x = torch.ones(2, 3, requires_grad=True)
    assert message(ValueError, x * 2, gradient=torch.ones(3)) == (
        "pb.graph: gradient is f32[3]; wanted the shape of loss, f32[2, 3]. "
        "Write instead: gradient=torch.ones_like(loss)"
    )


def test_a_gradient_that_is_no_tensor_is_refused():
    """A number is not a gradient."""
    x = torch.ones(2, requires_grad=True)
    assert message(TypeError, x * 2, gradient=1.0) == (
        "pb.graph: gradient is 1.0 (float); wanted a tensor f32[2], like loss. "
        "Write instead: gradient=torch.ones_like(loss)"
    )


def test_a_list_of_losses_is_to_become_one():
    """One of them, or their sum."""
    losses = [torch.ones((), requires_grad=True) * 2]
    assert message(TypeError, losses).endswith(
        "(list); wanted a tensor that was computed. "
        "Write instead: pb.graph(losses[0]), or pb.graph(sum(losses)) for all of them"
    )


def test_a_module_is_to_compute_a_loss():
    """A model has no graph before it ran."""
    assert message(TypeError, nn.Linear(2, 1)).endswith(
        "Write instead: pb.graph(loss), where loss was computed with the model"
    )


@pytest.mark.parametrize("number", [2.5, 3])
def test_a_number_came_from_item(number):
    """``loss.item()`` gives a number without a graph."""
    assert message(TypeError, number) == (
        f"pb.graph: loss is {number} ({type(number).__name__}); wanted a tensor that was computed. "
        "Write instead: pb.graph(loss) before .item(), which gives a plain number without a graph"
    )


@pytest.mark.parametrize("thing", [None, "loss", {}])
def test_anything_else_is_refused_by_type(thing):
    """With its type and what was wanted."""
    assert f"({type(thing).__name__}); wanted a tensor that was computed" in message(TypeError, thing)


def test_a_trace_that_is_none_is_refused():
    """``trace=`` takes what ``pb.trace`` gave."""
    x = torch.ones(2, requires_grad=True)
    assert message(TypeError, x.sum(), trace=3) == (
        "pb.graph: trace is 3 (int); wanted what pb.trace gave. "
        "Write instead: with pb.tracing() as t: loss = …, then pb.graph(loss, trace=t)"
    )


def test_inside_torch_func_is_refused():
    """There the graph is torch.func's own."""

    def inside(x):
        pb.graph(x.sum())
        return x.sum()

    with pytest.raises(ValueError, match=r"inside torch\.func .* Write instead: pb\.graph\(loss\) outside of it"):
        torch.func.grad(inside)(torch.ones(3))


def test_an_unknown_attribute_is_named():
    """What a graph has is what its record has."""
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(AttributeError, match="a graph has no 'edgse'; it has what its record has"):
        _ = pb.graph(x.sum()).edgse

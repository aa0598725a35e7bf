"""The names ``pb.see`` gives: those the learner wrote."""

import weakref

import pytest
import torch

import pytorch_basics as pb


def named(see):
    return [tensor.name for tensor in see.tensors]


def test_an_argument_is_called_as_it_was_written():
    """The source text of each argument is its name, expressions included."""
    x = torch.ones(2, 3)
    see = pb.see(x, x.t(), x[0])
    assert named(see) == ["x", "x.t()", "x[0]"]


def test_a_call_over_several_lines_keeps_its_names():
    """Line breaks inside an argument become spaces."""
    x = torch.ones(2, 3)
    see = pb.see(
        x,
        x.reshape(
            3, 2
        ),
    )  # fmt: skip
    assert named(see) == ["x", "x.reshape( 3, 2 )"]


def test_long_source_is_cut_in_the_middle():
    """A name never pushes the numbers off the line."""
    see = pb.see(torch.ones(2, 3).add(1).mul(2).sub(3).div(4).neg().abs())
    assert len(named(see)[0]) <= 40
    assert "…" in named(see)[0]


def test_unpacked_lists_are_named_by_position():
    """``*xs`` gives ``xs[0]``, ``xs[1]``; arguments around it keep their own names."""
    xs, y, z = [torch.ones(1), torch.ones(2)], torch.ones(3), torch.ones(4)
    see = pb.see(y, *xs, z)
    assert named(see) == ["y", "xs[0]", "xs[1]", "z"]


def test_two_unpacked_lists_fall_back_to_variables_and_numbers():
    """Where the source cannot tell, a variable's name is used, else the position."""
    x, xs = torch.ones(1), [torch.ones(2)]
    see = pb.see(*[x], *xs)
    assert named(see) == ["x", "tensor 2"]


def test_missing_source_falls_back_to_the_variables_of_the_frame():
    """Code without a file still gets names from its variables."""
    space = {"pb": pb, "torch": torch}
    exec("x = torch.ones(2)\nsee = pb.see(x, torch.ones(3))", space)
    assert named(space["see"]) == ["x", "tensor 2"]


def test_names_overrides_what_was_written():
    """``names=`` wins, for one tensor as a plain string too."""
    x = torch.ones(2)
    assert named(pb.see(x, x, names=["a", "b"])) == ["a", "b"]
    assert named(pb.see(x, names="weights")) == ["weights"]


def test_a_wrong_number_of_names_says_how_many_are_wanted():
    """The message has the argument, its value, what was wanted and what to write."""
    x = torch.ones(2)
    with pytest.raises(ValueError, match=r"names is \['a'\].*wanted 2 names.*names=\[\"a\", \"b\"\]"):
        pb.see(x, x, names=["a"])


def test_looking_for_names_keeps_nothing_alive():
    """A tensor whose name was found among the variables is gone when the learner deletes it."""
    x = torch.ones(2)
    assert named(pb.see(*[x])) == ["x"]
    gone = weakref.ref(x)
    del x
    assert gone() is None


def test_the_learners_own_copy_of_the_variables_is_left_alone():
    """A dict that ``locals()`` gave before the look still holds what it held."""
    x = torch.ones(2)
    mine = locals()
    pb.see(*[x])
    assert mine["x"] is x

"""``pb.see(a).diff(pb.see(b))``: what differs, and nothing else."""

import torch

import pytorch_basics as pb


def test_nothing_differs_from_itself():
    """Two looks at an untouched tensor, a NaN in it too, differ in nothing."""
    x = torch.tensor([1.0, float("nan")])
    assert "nothing differs" in str(pb.see(x).diff(pb.see(x)))


def test_a_write_in_place_changes_the_value_and_the_version():
    """The changed index is named with both values; memory stays."""
    x = torch.zeros(2, 2)
    before = pb.see(x)
    x[1, 0] = 5
    assert str(before.diff(pb.see(x))).splitlines() == [
        "x, before and after",
        "  x: version 0 → 1",
        "  x: [1, 0] 0.0 → 5.0",
    ]


def test_a_new_tensor_under_the_old_name_lives_elsewhere():
    """``x = x + 0`` is told from ``x += 0`` by its memory."""
    x = torch.zeros(2)
    before = pb.see(x)
    x = x + 0
    assert "x: memory one place → another place" in str(before.diff(pb.see(x)))


def test_two_tensors_of_different_names_are_compared_by_position():
    """Facts that differ are listed with both sides."""
    a = torch.arange(6.0).view(2, 3)
    b = a.t()
    said = str(pb.see(a).diff(pb.see(b)))
    assert "a compared with b" in said
    assert "a → b: shape (2, 3) → (3, 2)" in said
    assert "a → b: contiguous yes → no" in said


def test_sharing_that_ended_is_told():
    """A view replaced by a copy no longer has bytes in common."""
    x = torch.zeros(3)
    y = x[1:]
    before = pb.see(x, y)
    y = y.clone()
    assert "x and y: memory in common some bytes → stand apart" in str(before.diff(pb.see(x, y)))


def test_tensors_seen_only_once_are_told():
    """What came and what went is listed."""
    x, y = torch.zeros(1), torch.zeros(1)
    assert "y: seen no → yes" in str(pb.see(x).diff(pb.see(x, y)))
    assert "y: seen yes → no" in str(pb.see(x, y).diff(pb.see(x)))


def test_many_changed_values_are_counted():
    """Six are shown, the rest is a number."""
    x = torch.zeros(10)
    before = pb.see(x, names="x")
    x += 1
    said = str(before.diff(pb.see(x, names="x")))
    assert "x: values 7 shown → 7 of them differ" in said


def test_a_difference_is_drawn_too():
    """The HTML holds the same changes as a table."""
    x = torch.zeros(1)
    before = pb.see(x)
    x += 1
    html = before.diff(pb.see(x))._repr_mimebundle_()["text/html"]
    assert "<td>version<td>0<td>1" in html

"""Writes are followed to everybody who sees them, through views, ``.data``, optimizers and ``out=``."""

import torch
from torch import nn

import pytorch_basics as pb


def seers(t, at):
    return sorted(t.tensors[n].name for n in t.ops[at].seen_by)


def test_a_write_through_a_view_is_seen_by_its_base():
    """``h`` after ``v = h[:, 0]; v.mul_(2)``, though nobody named ``h`` in that line."""

    def f(h):
        v = h[:, 0]
        v.mul_(2)
        return h.sum()

    t = pb.trace(f, torch.ones(2, 3))
    assert [op.kind for op in t.ops] == ["view", "in-place", "new"]
    assert seers(t, 1) == ["h"]
    base, view = t.ops[0].inputs[0].tensor, t.ops[0].outputs[0].tensor
    assert t.tensors[base].storage == t.tensors[view].storage
    assert t.last_write(t.tensors[base].storage) == 1
    assert t.last_write(t.tensors[base].storage, before=1) is None
    assert (t.ops[2].inputs[0].before, t.ops[2].inputs[0].after) == (1, 1)  # base and view count as one


def test_only_those_with_a_byte_in_common_see_a_write():
    """Another column of the same storage is untouched; a longer stretch, the whole and a transpose are not."""

    def f(h):
        first, second, whole, turned = h[:, 0], h[:, 1], h.view(6), h.t()
        first.zero_()
        return second, whole, turned

    t = pb.trace(f, torch.ones(2, 3))
    assert seers(t, 4) == ["h", "turned", "whole"]


def test_a_dead_view_sees_nothing():
    """Who is gone when the write happens is not told of."""

    def f(h):
        gone = h.view(6)
        del gone
        h.zero_()

    t = pb.trace(f, torch.ones(2, 3))
    assert seers(t, 1) == []


def test_a_view_made_before_the_trace_sees_the_write():
    """The variables of the learner's frame are looked at, although no op touched them."""
    h = torch.ones(2, 3)
    column = h[:, 0]
    other = torch.ones(2)
    with pb.tracing() as t:
        h.mul_(2)
    assert seers(t, 0) == ["column"]
    assert other.sum() == 2
    assert column[0] == 2


def test_an_assignment_to_a_slice_writes_the_whole():
    """``h[0] = v`` writes ``h`` and is seen by its views."""

    def f(h, v):
        row = h[1]
        h[0] = v
        h[1:] = v
        return row

    t = pb.trace(f, torch.ones(2, 3), torch.zeros(3))
    assert [op.name for op in t.ops if op.kind == "in-place"] == ["Tensor.__setitem__"] * 2
    assert seers(t, 1) == ["row"]  # they are views of one storage: the counter is common


def test_an_optimizer_s_step_writes_the_parameters():
    """Each parameter's version moves once a step, and a tied alias sees it."""
    model = nn.Linear(2, 1)
    alias = model.weight.detach()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.ones(4, 2)).sum().backward()
    with pb.tracing() as t:
        optimizer.step()
    written = [t.tensors[n].shape for op in t.ops for n in op.written]
    assert sorted(written) == [(1,), (1, 2)]
    assert "alias" in {t.tensors[n].name for op in t.ops for n in op.seen_by}
    assert alias is not None


def test_fused_and_foreach_optimizers_write_the_same_tensors():
    """Whichever way an optimizer is built, the parameters are what it wrote."""
    for options in ({"foreach": True}, {"fused": True}, {"foreach": False}):
        model = nn.Linear(2, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1, **options)
        model(torch.ones(4, 2)).sum().backward()
        with pb.tracing() as t:
            optimizer.step()
        written = {n for op in t.ops for n in op.written}
        parameters = {k for k, one in enumerate(t.tensors) if one.parameter}
        assert len(parameters) == 2
        assert parameters <= written, options


def test_accumulating_gradients_writes_grad():
    """A second backward adds into ``.grad``: in place where PyTorch does it in place."""
    w = torch.ones(3, requires_grad=True)
    with pb.tracing() as t:
        (w * 2).sum().backward()
        (w * 3).sum().backward()
    adds = [op for op in t.ops if op.name in ("aten.add_", "aten.add") and op.phase == "backward"]
    assert len(adds) == 1
    assert "w.grad" in {t.tensors[use.tensor].name for use in adds[0].inputs}
    assert w.grad.tolist() == [5, 5, 5]

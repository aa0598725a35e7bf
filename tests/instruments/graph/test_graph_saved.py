"""What each node saved for the backward pass: bytes, sharing, staleness, and hooks that looking must not run."""

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

import pytorch_basics as pb


def saved(g, op):
    return next(node.saved for node in g.nodes if node.op == op)


def test_each_saved_tensor_has_its_bytes_and_its_maker():
    """``a @ b`` keeps both of its factors: the record says whose results they are."""
    a, b = torch.ones(2, 3, requires_grad=True), torch.ones(3, 4, requires_grad=True)
    h = a * 2
    g = pb.graph((h @ b).sum())
    one, other = sorted(saved(g, "Mm"), key=lambda one: one.slot, reverse=True)
    assert (other.slot, other.name, other.nbytes, other.made_by) == ("mat2", "b", 48, g.find("b"))
    assert (one.slot, one.name, one.shape, one.made_by) == ("self", "h", (2, 3), g.find("h"))


def test_a_kept_result_is_the_nodes_own():
    """``exp`` keeps what it gave."""
    x = torch.ones(3, requires_grad=True)
    g = pb.graph(x.exp().sum())
    (kept,) = saved(g, "Exp")
    assert g.nodes[kept.made_by].op == "Exp"


def test_bytes_that_are_saved_twice_are_counted_once():
    """``x * x`` saves one storage twice: its bytes count once."""
    x = torch.ones(100, requires_grad=True)
    g = pb.graph((x * x).sum())
    one, other = saved(g, "Mul")
    assert one.storage == other.storage
    assert g.saved_bytes == 400


def test_a_view_keeps_its_whole_storage_alive():
    """Ten numbers that were saved out of a million keep the million."""
    x = torch.ones(10, requires_grad=True)
    big = torch.ones(1000)
    g = pb.graph((x * big[:10]).sum())
    kept = next(one for one in saved(g, "Mul") if one.slot == "other")
    assert kept.nbytes == 40
    assert g.storages[kept.storage] == 4000


def test_a_saved_tensor_that_was_written_into_is_stale():
    """Both versions are in the record, and the edge still leads to what the tensor was."""
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    loss = (h * h.detach().clone()).sum() + h.pow(2).sum()
    h.add_(1)
    h.add_(1)
    g = pb.graph(loss)
    (kept,) = saved(g, "Pow")
    assert (kept.state, kept.saved_version, kept.version) == ("stale", 0, 2)
    assert g.nodes[kept.made_by].op == "Mul"
    assert "backward will fail" in str(g)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        g.backward()


def test_a_parameter_that_was_stepped_between_is_stale():
    """The classic: ``optimizer.step()`` before a second ``backward``."""
    w = torch.ones(2, 2, requires_grad=True)
    loss = (torch.ones(2, 2, requires_grad=True) @ w).sum()
    with torch.no_grad():
        w.sub_(0.1)
    (kept,) = [one for one in saved(pb.graph(loss), "Mm") if one.slot == "mat2"]
    assert (kept.state, kept.name, kept.saved_version, kept.version) == ("stale", "w", 0, 1)


def test_a_kept_result_that_was_written_into_is_stale():
    """``exp`` wants its own result back."""
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    loss = y.sum()
    y.mul_(2)
    (kept,) = saved(pb.graph(loss), "Exp")
    assert (kept.state, kept.saved_version, kept.version) == ("stale", 0, 1)


def test_a_freed_graph_says_so():
    """After a backward pass the record says that what was saved is gone, and what to do."""
    x = torch.ones(3, requires_grad=True)
    loss = x.exp().sum()
    loss.backward()
    g = pb.graph(loss)
    assert (g.freed, saved(g, "Exp")[0].state) == (1, "freed")
    assert "run the forward code again" in str(g)
    with pytest.raises(ValueError, match=r"already ran through this graph.*Write instead: .*pb\.graph\(loss\)"):
        g.backward()


def test_a_graph_that_keeps_nothing_runs_twice():
    """As in PyTorch: a second pass fails only where something was freed."""
    x = torch.ones(3, requires_grad=True)
    g = pb.graph((x + 1).sum())
    g.backward()
    g.backward()
    assert x.grad.tolist() == [2.0] * 3


def test_saved_tensor_hooks_do_not_run_by_looking():
    """What the learner's hooks packed is shown as packed, never unpacked."""
    packed, unpacked = [], []

    def pack(tensor):
        packed.append(tensor)
        return tensor

    def unpack(tensor):
        unpacked.append(tensor)
        return tensor

    x = torch.ones(3, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        loss = (x * x).exp().sum()
    count = len(packed)
    g = pb.graph(loss)
    str(g)
    g.to_json()
    assert (len(packed), len(unpacked)) == (count, 0)
    assert {one.state for node in g.nodes for one in node.saved} == {"packed"}
    g.backward()
    assert len(unpacked) == count


def test_looking_inside_the_learners_hooks_runs_none():
    """``pb.graph`` inside the ``with`` block packs nothing either."""
    calls = []
    x = torch.ones(3, requires_grad=True)

    def note(tensor):
        calls.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, note):
        loss = (x * x).sum()
        count = len(calls)
        str(pb.graph(loss))
    assert len(calls) == count


def test_offloaded_tensors_stay_where_they_are():
    """``save_on_cpu`` packs; its tensors are not fetched."""
    x = torch.ones(3, requires_grad=True)
    with torch.autograd.graph.save_on_cpu():
        loss = x.exp().sum()
    assert saved(pb.graph(loss), "Exp")[0].state == "packed"


def test_a_checkpointed_forward_is_not_run_again_by_looking():
    """Unpacking a checkpointed tensor would run the learner's forward."""
    runs = []

    def forward(x):
        runs.append(1)
        return x.exp().tanh()

    x = torch.ones(3, requires_grad=True)
    loss = checkpoint(forward, x, use_reentrant=False).sum()
    g = pb.graph(loss)
    str(g)
    assert len(runs) == 1
    g.backward()
    assert len(runs) == 2


def test_custom_functions_show_what_they_saved():
    """``ctx.save_for_backward`` is read like any other."""

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x**3 * y

        @staticmethod
        def backward(ctx, gradient):
            x, y = ctx.saved_tensors
            return gradient * 3 * x**2 * y, gradient * x**3

    x, y = torch.ones(3, requires_grad=True), torch.ones(3)
    loss = Cube.apply(x, y).sum()
    assert [(one.slot, one.name) for one in saved(pb.graph(loss), "Cube")] == [("tensors[0]", "x"), ("tensors[1]", "y")]
    with torch.no_grad():
        x.add_(1)
    g = pb.graph(loss)
    assert "what the backward of Cube makes of the gradient" in str(g)
    first, second = saved(g, "Cube")
    assert (first.state, second.state) == ("stale", "")


def test_what_a_custom_function_packed_is_left_alone_beside_what_it_did_not():
    """A Function inside the learner's hooks."""

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2

    x = torch.ones(3, requires_grad=True)
    with torch.autograd.graph.save_on_cpu():
        loss = Double.apply(x).sum()
    assert [one.state for one in saved(pb.graph(loss), "Double")] == ["packed"]


def test_settings_are_what_the_derivative_needs():
    """The exponent of a power, the dim of a sum."""
    x = torch.ones(2, 3, requires_grad=True)
    g = pb.graph(x.pow(3).sum(-1).sum())
    told = {node.op: dict(node.settings) for node in g.nodes}
    assert told["Pow"]["exponent"] == "3"
    assert any(dict(node.settings).get("dim") == "(-1)" for node in g.nodes)


def test_an_argument_that_was_not_given_is_not_a_saved_tensor():
    """A convolution without a bias saves its input and its weight."""
    conv = nn.Conv2d(1, 1, 2, bias=False)
    g = pb.graph(conv(torch.ones(1, 1, 3, 3)).sum())
    assert [one.slot for one in saved(g, "Convolution")] == ["input", "weight"]

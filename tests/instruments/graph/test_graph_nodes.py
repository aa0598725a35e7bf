"""What ``pb.graph`` finds by looking: nodes, edges, names, values, and where gradients stop."""

import time

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import pytorch_basics as pb


def ops(g):
    return [node.op for node in g.nodes]


def named(g, name):
    return g.nodes[g.find(name)]


def test_the_nodes_stand_below_those_that_send_them_a_gradient():
    """The node of the loss is the first, and every edge goes downwards."""
    x = torch.ones(4, requires_grad=True)
    loss = ((x + 2) ** 2 + 3).mean()
    g = pb.graph(loss)
    assert ops(g) == ["Mean", "Add", "Pow", "Add", "AccumulateGrad"]
    assert [(e.source, e.argument, e.target, e.output) for e in g.edges] == [(k, 0, k + 1, 0) for k in range(4)]
    assert all(edge.source < edge.target for edge in g.edges)


def test_variables_lists_and_parameters_give_their_names():
    """Leaves and results are called what the learner calls them in the frame that asked."""
    params = [torch.ones(2, 3, requires_grad=True)]
    model = nn.Sequential(nn.Linear(3, 1))
    hidden = torch.ones(1, 2) @ params[0]
    out = model(hidden)
    loss = out.sum()
    g = pb.graph(loss)
    assert g.name == "loss"
    assert {node.name for node in g.nodes} >= {"params[0]", "hidden", "out", "model[0].weight", "model[0].bias"}


def test_a_loss_that_no_variable_holds_has_no_name():
    """Nothing is made up for an expression."""
    x = torch.ones(2, requires_grad=True)
    assert pb.graph((x * 2).sum()).name == ""


def test_one_output_of_several_is_the_loss():
    """A part of ``unbind`` is output 1 of one node, not a node of its own."""
    x = torch.arange(4.0, requires_grad=True)
    first, second = (x * 2).unbind()[1:3]
    assert first.grad_fn is second.grad_fn
    g = pb.graph(second)
    assert (g.output, len(g.nodes[0].outputs)) == (2, 4)
    assert [output.name for output in g.nodes[0].outputs] == ["", "first", "second", ""]


def test_values_are_known_where_something_still_holds_them():
    """A variable or a saved tensor tells an intermediate's numbers; nothing is computed again."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    loss = (h.exp() + 1).sum()
    g = pb.graph(loss)
    assert named(g, "h").outputs[0].value.values == (3.0, 6.0)
    assert next(n for n in g.nodes if n.op == "Exp").outputs[0].value.values == tuple(h.exp().tolist())
    assert next(n for n in g.nodes if n.op == "Add").outputs[0].value is None


def test_tensors_without_requires_grad_are_where_gradients_stop():
    """Data and targets are shown as what they are."""
    x, y = torch.ones(2, 3), torch.zeros(2)
    w = torch.ones(3, requires_grad=True)
    g = pb.graph(F.mse_loss(x @ w, y))
    assert [(stop.why, stop.name) for stop in g.stops] == [("no grad", "y"), ("no grad", "x")]


def test_a_detached_tensor_is_told_from_data():
    """It shares its bytes with a tensor that has a history: the record says with which."""
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    d = h.detach()
    g = pb.graph((h * d).sum())
    (stop,) = [stop for stop in g.stops if stop.name == "d"]
    assert (stop.why, stop.shares) == ("detached", "h")


def test_a_detached_leaf_is_told_too():
    """``w.detach()`` and ``w.data`` cut the way to a leaf as well."""
    w = torch.ones(3, requires_grad=True)
    g = pb.graph((w * w.data).sum())
    (stop,) = g.stops
    assert (stop.why, stop.shares) == ("detached", "w")


def test_a_number_is_a_number():
    """``x * 2.5`` stops at 2.5."""
    x = torch.ones(3, requires_grad=True)
    (stop,) = pb.graph((x * 2.5).sum()).stops
    assert (stop.why, stop.name) == ("number", "2.5")


def test_what_a_node_did_not_keep_is_unknown():
    """``add`` saves nothing, so without a trace nobody can tell a number from a tensor."""
    x = torch.ones(3, requires_grad=True)
    (stop,) = pb.graph((x + torch.ones(3)).sum()).stops
    assert stop.why == "unknown"


def test_tensors_with_one_id_are_not_one_node():
    """Temporaries that got the same ``id`` after one another stay apart."""
    x = torch.ones(2, requires_grad=True)
    h = x
    for _ in range(50):
        h = (h * 1.5).tanh()
    g = pb.graph(h.sum())
    assert ops(g).count("Tanh") == ops(g).count("Mul") == 50
    assert len(g.nodes) == 102


def test_a_write_through_a_view_is_no_dead_end():
    """``v = h[:, 0]; v.mul_(2)`` goes into ``h``: the gradient of ``h`` passes through the write."""
    x = torch.ones(3, 4, requires_grad=True)
    h = x * 1
    v = h[:, 0]
    v.mul_(2)
    g = pb.graph(h.sum()).backward()
    assert ops(g) == ["Sum", "CopySlices", "Mul", "AccumulateGrad"]
    assert named(g, "h").op == "CopySlices"
    assert named(g, "x").outputs[0].gradient.values == (2.0, 1.0, 1.0, 1.0) * 3


def test_the_modules_follow_the_parameters():
    """Without a trace, what a parameter is used for belongs to its module, what lies between to what holds both."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    loss = model(torch.ones(4, 2)).mean()
    g = pb.graph(loss)
    modules = {(node.op, node.module) for node in g.nodes}
    assert {("Addmm", "model[0]"), ("Addmm", "model[2]"), ("Tanh", "model"), ("Mean", "")} <= modules
    assert named(g, "model[2].bias").module == "model[2]"


def test_tied_weights_are_one_leaf():
    """One tensor under two names gathers one gradient, from both uses."""
    embed, head = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)
    head.weight = embed.weight
    at = torch.arange(4)
    g = pb.graph(F.cross_entropy(head(embed(at)), at)).backward()
    (leaf,) = g.leaves
    assert len(g.arriving[leaf, 0]) == 2


def test_looking_changes_nothing():
    """No clone and no hook enters the graph; looking twice finds the same."""
    x = torch.ones(3, requires_grad=True)
    loss = (x.exp() * x).sum()
    before = loss.grad_fn, loss._version, x._version
    first, second = pb.graph(loss).record, pb.graph(loss).record
    assert first == second
    assert (loss.grad_fn, loss._version, x._version) == before
    assert not any(node.op == "Clone" for node in first.nodes)


@pytest.mark.parametrize(("wide", "count"), [(1, 100_000), (2, 40_000)], ids=["one chain", "two chains"])
def test_a_hundred_thousand_nodes(wide, count):
    """A graph 100,000 nodes deep, and two chains side by side, are looked at, run, printed and freed, without recursion
    and in seconds."""
    x = torch.ones(2, requires_grad=True)
    chains = [x * 1.0 for _ in range(wide)]
    for _ in range(count // wide):
        chains = [last + 1 for last in chains]
    loss = sum(chains).sum()
    began = time.process_time()
    g = pb.graph(loss).backward()
    assert len(g.nodes) > count
    assert "nodes in no module" in str(g)
    assert time.process_time() - began < 90  # 12 on a quiet machine; the point is that it is not quadratic
    assert x.grad.tolist() == [wide, wide]
    # PyTorch alone frees such a graph by recursion once its nodes were looked at, and crashes.
    del g, chains
    del loss


@pytest.mark.parametrize("deep", [3, 3000])
def test_nothing_lives_longer_because_we_looked(deep):
    """What was looked at goes when the learner deletes it, also the part of a deep graph that only the loss led to."""
    freed = []

    class Canary:
        def __del__(self):
            freed.append(True)

    class Marked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.canary = Canary()
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            return gradient

    x = torch.ones(1, requires_grad=True)
    kept, other = x * 2, Marked.apply(x)
    for _ in range(deep):
        kept, other = kept + 1, other + 1
    loss = (kept + other).sum()
    pb.graph(loss)
    del loss, other
    assert freed == [True]
    kept.sum().backward()
    assert x.grad.item() == 2


def test_the_learners_own_locals_stay_as_they_are():
    """Where the learner holds ``locals()``, looking takes nothing out of it."""
    x = torch.ones(1, requires_grad=True)
    mine = locals()
    pb.graph(x * 2)
    assert mine["x"] is x

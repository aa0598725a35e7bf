"""What ``g.backward()`` records: the gradient at each node, each contribution, ``.grad`` before and after."""

import torch

import pytorch_basics as pb


def arriving(g, name):
    return g.nodes[g.find(name)].outputs[0].gradient


def test_the_gradient_arriving_at_each_node_is_recorded():
    """The numbers of the tutorial: out = mean(3 (x + 2)²)."""
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    z = y * y * 3
    loss = z.mean()
    g = pb.graph(loss).backward()
    assert arriving(g, "loss").values == (1.0,)
    assert arriving(g, "z").values == (0.25,) * 4
    assert arriving(g, "x").values == (4.5,) * 4
    assert g.nodes[g.find("x")].held_after.values == (4.5,) * 4
    assert g.nodes[g.find("x")].held is None


def test_each_node_has_its_turn():
    """Steps count from 0 and a node's turn comes after all that send it a gradient."""
    x = torch.ones(3, requires_grad=True)
    g = pb.graph((x.exp() * x.tanh()).sum()).backward()
    turns = [node.step for node in g.nodes]
    assert sorted(turns) == list(range(len(g.nodes)))
    assert all(turns[edge.source] < turns[edge.target] for edge in g.edges)


def test_where_gradients_meet_each_contribution_and_the_sum():
    """``a * b`` with ``a`` used three times: every way is told, and they add up."""
    a = torch.tensor([2.0, 3.0], requires_grad=True)
    loss = (a * a + 5 * a).sum()
    g = pb.graph(loss).backward()
    at = g.find("a")
    ways = sorted(edge.contribution.values for edge in g.arriving[at, 0])
    assert ways == [(2.0, 3.0), (2.0, 3.0), (5.0, 5.0)]
    assert arriving(g, "a").values == (9.0, 11.0)


def test_a_contribution_has_the_shape_that_arrives():
    """A bias that is broadcast over a batch gets sums over it, along each of its ways."""
    b = torch.zeros(3, requires_grad=True)
    x = torch.ones(4, 3)
    g = pb.graph(((x + b) * (x * 2 - b)).sum()).backward()
    ways = [edge.contribution for edge in g.arriving[g.find("b"), 0]]
    assert {way.shape for way in ways} == {(3,)}
    assert sorted(way.values for way in ways) == [(-4.0,) * 3, (8.0,) * 3]
    assert arriving(g, "b").values == (4.0,) * 3


def test_a_gradient_that_a_hook_changed_shows_both():
    """What came along the edge is what the node sent; what arrived is what the learner's hook made of it."""
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    h.register_hook(lambda gradient: gradient * 10)
    g = pb.graph(h.sum()).backward()
    (edge,) = g.arriving[g.find("h"), 0]
    assert (edge.contribution.values, arriving(g, "h").values) == ((1.0,) * 3, (10.0,) * 3)
    assert "by a hook of yours" in str(g)


def test_a_leaf_adds_to_what_it_held():
    """``.grad`` before and after, when it was not zeroed."""
    w = torch.ones(2, requires_grad=True)
    (w * 3).sum().backward()
    g = pb.graph((w * 5).sum())
    assert g.nodes[g.find("w")].held.values == (3.0, 3.0)
    g.backward()
    leaf = g.nodes[g.find("w")]
    assert (leaf.held.values, leaf.outputs[0].gradient.values, leaf.held_after.values) == ((3, 3), (5, 5), (8, 8))
    assert "added to what it held" in str(g)


def test_a_tensor_that_is_no_number_starts_from_the_gradient_given():
    """``gradient=`` is what arrives at the loss."""
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    g = pb.graph(y, gradient=torch.tensor([1.0, 0.0, -1.0])).backward()
    assert arriving(g, "y").values == (1.0, 0.0, -1.0)
    assert x.grad.tolist() == [2.0, 0.0, -2.0]


def test_a_node_that_no_gradient_reaches_has_no_turn():
    """The other half of an ``unbind`` gets none."""
    x = torch.ones(2, 2, requires_grad=True)
    a, _ = (x * 2).unbind()
    g = pb.graph(a.sum()).backward()
    unbind = next(node for node in g.nodes if node.op == "Unbind")
    assert [output.gradient is None for output in unbind.outputs] == [False, True]

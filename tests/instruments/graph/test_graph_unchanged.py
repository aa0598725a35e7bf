"""``g.backward()`` is the learner's own backward pass: same gradients and hooks, nothing left, nothing kept."""

import gc
import threading
import weakref

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

import pytorch_basics as pb


def arriving(g, name):
    return g.nodes[g.find(name)].outputs[0].gradient


def xor():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    return model, lambda: F.binary_cross_entropy_with_logits(model(x), torch.tensor([[0.0], [1], [1], [0]]))


def convolutions():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 5))
    x = torch.randn(4, 3, 8, 8)
    return model, lambda: F.cross_entropy(model(x), torch.arange(4))


def attention():
    torch.manual_seed(0)
    model = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    x = torch.randn(3, 7, 16)
    return model, lambda: (torch.manual_seed(1), model(x).square().mean())[1]


def shared():
    torch.manual_seed(0)
    model = nn.Linear(6, 6)
    x = torch.randn(5, 6)
    return model, lambda: model(model(model(x)).relu()).square().sum()


MODELS = [xor, convolutions, attention, shared]


def gradients(model):
    return [None if p.grad is None else (p.grad.clone(), p.grad.stride()) for p in model.parameters()]


def equal(some, others):
    return all(torch.equal(a[0], b[0]) and a[1] == b[1] for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("passes", [1, 3], ids=["fresh", "accumulated"])
def test_grad_is_bit_for_bit_that_of_a_plain_backward(make, passes):
    """Values, memory layout, accumulation: nothing is different for being watched."""
    model, loss = make()
    for _ in range(passes):
        loss().backward()
    plain = gradients(model)
    model.zero_grad()
    for _ in range(passes):
        pb.graph(loss()).backward()
    assert equal(plain, gradients(model))


@pytest.mark.parametrize("full", [False, True])
def test_a_kept_graph_runs_again(full):
    """``retain_graph=True``, then once more: twice the gradient, as PyTorch has it."""
    model, loss = xor()
    one = loss()
    one.backward()
    plain = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    g = pb.graph(loss())
    g.backward(retain_graph=True, full=full)
    g.backward(full=full)
    assert all(torch.equal(p.grad, 2 * was) for p, was in zip(model.parameters(), plain, strict=True))
    with pytest.raises(ValueError, match="already ran through this graph"):
        g.backward()


@pytest.mark.filterwarnings("ignore:Using backward.. with create_graph=True")
def test_gradients_can_have_a_graph_of_their_own():
    """``create_graph=True``: ``x.grad`` has a history, and looking at it adds nothing to that."""
    x = torch.tensor([2.0], requires_grad=True)
    pb.graph((x**3).sum()).backward(create_graph=True)
    second = pb.graph(x.grad.sum())
    assert not any(node.op in ("Clone", "Detach") for node in second.nodes)
    (again,) = torch.autograd.grad(x.grad.sum(), x)
    assert again.item() == 12.0
    x.grad = None  # PyTorch's warning: this is a reference cycle


def hooks_of(node):
    """How many hooks a node has besides the one that asks."""
    counts = []
    for hang in (node.register_prehook, node.register_hook):
        handle = hang(lambda *_: None)
        counts.append(len(handle.hooks_dict_ref()) - 1)
        handle.remove()
    return counts


def all_nodes(loss):
    found = [loss.grad_fn]
    for node in found:
        found += [below for below, _ in node.next_functions if below is not None and below not in found]
    return found


def test_no_hook_is_left_behind():
    """Not on any node, leaves included."""
    x = torch.ones(3, requires_grad=True)
    loss = (x.exp() * x).sum()
    nodes = all_nodes(loss)
    pb.graph(loss).backward(retain_graph=True)
    assert [hooks_of(node) for node in nodes] == [[0, 0]] * len(nodes)
    assert x._backward_hooks is None


def test_no_hook_is_left_behind_when_the_pass_fails():
    """An error on the way takes ours off as well, and the record has what passed before it."""

    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise ZeroDivisionError("in the learner's backward")

    x = torch.ones(3, requires_grad=True)
    h = Fails.apply(x * 2)
    loss = h.sum()
    nodes = all_nodes(loss)
    g = pb.graph(loss)
    with pytest.raises(ZeroDivisionError, match="learner's"):
        g.backward()
    assert [hooks_of(node) for node in nodes] == [[0, 0]] * len(nodes)
    assert g.error == "ZeroDivisionError: in the learner's backward"
    assert g.nodes[g.failed].op == "Fails"
    assert arriving(g, "h").values == (1.0,) * 3
    assert arriving(g, "x") is None
    assert "the backward pass ended in [1] Fails" in str(g)


def test_hooks_do_not_pile_up_while_an_older_graph_lives():
    """A leaf's node is shared by all graphs that live at once; each look cleans up after itself."""
    w = torch.ones(2, requires_grad=True)
    older = (w * 2).sum()
    (leaf,) = [node for node in all_nodes(older) if "AccumulateGrad" in node.name()]
    for _ in range(5):
        pb.graph((w * 3).sum()).backward()
    assert hooks_of(leaf) == [0, 0]
    g = pb.graph((w * 3).sum()).backward()
    assert sum(node.leaf for node in g.nodes) == 1
    assert older.grad_fn is not None


def test_the_learners_hooks_run_once_each():
    """Tensor hooks, post-accumulate hooks, node hooks and module hooks do what they always do."""
    ran = []
    model = nn.Linear(2, 2)
    model.register_full_backward_hook(lambda *_: ran.append("module"))
    x = torch.ones(1, 2, requires_grad=True)
    h = model(x)
    h.register_hook(lambda _: ran.append("tensor"))
    h.retain_grad()
    h.grad_fn.register_hook(lambda *_: ran.append("node"))
    h.grad_fn.register_prehook(lambda *_: ran.append("prehook"))
    model.weight.register_post_accumulate_grad_hook(lambda _: ran.append("accumulated"))
    loss = h.sum()
    pb.graph(loss).backward()
    assert sorted(ran) == ["accumulated", "module", "node", "prehook", "tensor"]
    assert h.grad.tolist() == [[1.0, 1.0]]


def test_an_optimizer_inside_the_backward_pass_is_not_disturbed():
    """A post-accumulate hook that steps and drops ``.grad`` leaves nothing to be found after."""
    w = torch.ones(2, requires_grad=True)

    def step(parameter):
        with torch.no_grad():
            parameter -= 0.5 * parameter.grad
        parameter.grad = None

    w.register_post_accumulate_grad_hook(step)
    g = pb.graph((w * 2).sum()).backward()
    assert w.tolist() == [0.0, 0.0]
    leaf = g.nodes[g.find("w")]
    assert (leaf.outputs[0].gradient.values, leaf.held_after) == ((2.0, 2.0), None)


def test_gradients_are_not_kept_alive():
    """Of what passes only numbers stay: an intermediate gradient is freed when PyTorch is done with it."""
    alive = []
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    h.register_hook(lambda gradient: alive.append(weakref.ref(gradient)))
    g = pb.graph(h.exp().sum()).backward()
    gc.collect()
    assert alive[0]() is None
    assert arriving(g, "h") is not None


def test_a_gradient_becomes_grad_itself_as_it_would_alone():
    """PyTorch takes the last gradient over as ``.grad`` instead of copying it; being watched does not prevent that."""

    def address():
        seen = []
        w = torch.ones(1000, requires_grad=True)
        h = w * torch.full((1000,), 2.0)
        h.grad_fn.register_hook(lambda inputs, _: seen.append(inputs[0].data_ptr()))
        return w, h.sum(), seen

    w, loss, seen = address()
    loss.backward()
    alone = w.grad.data_ptr() == seen[0]
    w, loss, seen = address()
    pb.graph(loss).backward()
    assert (w.grad.data_ptr() == seen[0]) == alone


def test_modes_of_the_learner_do_not_see_us():
    """A dispatch mode sees the ops of the backward pass and none of ours."""

    class Count(TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.seen = []

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.seen.append(str(func))
            return func(*args, **(kwargs or {}))

    def loss():
        x = torch.ones(200, requires_grad=True)
        b = torch.ones(1, requires_grad=True)
        return ((x + b) * (x - b)).sum()

    with Count() as plain:
        loss().backward()
    with Count() as watched:
        pb.graph(loss()).backward()
    assert watched.seen == plain.seen


def test_threads_look_at_their_own_graphs():
    """Two threads, two graphs, no mixture."""
    found = {}

    def look(factor):
        x = torch.ones(50, requires_grad=True)
        for _ in range(20):
            g = pb.graph((x * factor).sum()).backward()
            found.setdefault(factor, set()).add(g.nodes[g.find("x")].outputs[0].gradient.values[0])

    threads = [threading.Thread(target=look, args=(factor,)) for factor in (2.0, 3.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {2.0: {2.0}, 3.0: {3.0}}

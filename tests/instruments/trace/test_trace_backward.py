"""Backward passes in a trace: what autograd ran, for which node, and the learner's code inside it."""

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

import pytorch_basics as pb


def test_a_backward_pass_is_a_call_and_then_what_it_runs():
    """The call stands in the forward code; the ops after it are autograd's, on the same line, each with its node."""
    w = torch.ones(3, requires_grad=True)

    def f():
        loss = (w * 2).exp().sum()
        loss.backward()

    t = pb.trace(f)
    call = t.find("Tensor.backward")[0]
    assert t.ops[call].phase == "forward"
    after = t.ops[call + 1 :]
    assert {op.phase for op in after} == {"backward"}
    nodes = list(dict.fromkeys(op.node.rpartition(":")[2] for op in after if op.node))
    assert nodes == ["SumBackward0", "ExpBackward0", "MulBackward0", "AccumulateGrad"]
    assert {t.lines[op.line].text.strip() for op in after} == {"loss.backward()"}
    assert t.tensors[after[-1].outputs[0].tensor].name == "w.grad"


def test_sequence_numbers_match_forward_and_backward():
    """The node that an op made and the ops that it ran backward have one number."""
    w = torch.ones(3, requires_grad=True)
    t = pb.trace(lambda: w.exp().sum().backward())
    made = {op.sequence: op.name for op in t.ops if op.phase == "forward" and op.sequence is not None}
    ran = {made.get(op.sequence): op.node for op in t.ops if op.phase == "backward" and op.sequence is not None}
    assert ran == {"Tensor.sum": "SumBackward0", "Tensor.exp": "ExpBackward0"}


def test_no_grad_ops_have_no_sequence():
    """What makes no node has no number."""

    def f(w):
        with torch.no_grad():
            w * 2
        return w.detach() * 2

    assert all(op.sequence is None for op in pb.trace(f, torch.ones(3, requires_grad=True)).ops)


def test_every_way_to_go_back_is_seen():
    """``Tensor.backward``, ``torch.autograd.backward``, ``torch.autograd.grad``, second derivatives."""
    w = torch.ones(3, requires_grad=True)
    for fn, name in (
        (lambda: (w**3).sum().backward(), "Tensor.backward"),
        (lambda: torch.autograd.backward((w**3).sum()), "torch.autograd.backward"),
        (lambda: torch.autograd.grad((w**3).sum(), w), "torch.autograd.grad"),
    ):
        t = pb.trace(fn)
        assert t.find(name)
        assert any(op.phase == "backward" and op.node == "PowBackward0" for op in t.ops)

    def twice():
        (g,) = torch.autograd.grad((w**3).sum(), w, create_graph=True)
        return torch.autograd.grad(g.sum(), w)

    assert pb.trace(twice).result[0].tolist() == [6, 6, 6]


def test_a_whole_training_step():
    """Forward, loss, backward, step: each in its place, each parameter written once."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.AdamW(model.parameters())
    x, y = torch.rand(5, 3), torch.rand(5, 1)

    def step():
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    t = pb.trace(step)
    phases = [op.phase for op in t.ops]
    first, last = phases.index("backward"), len(phases) - phases[::-1].index("backward")
    assert set(phases[first:last]) == {"backward"}
    assert t.result is None
    assert t.error is None
    assert t.notes == ()
    assert {t.lines[op.line].text.strip() for op in t.ops[last:]} == {"optimizer.step()"}
    assert t.flops == 2 * (5 * 3 * 4 + 5 * 4 * 1) * 2 + 2 * 5 * 4 * 1


def test_checkpointed_forward_runs_again_in_backward():
    """The ops of the recomputation are in the backward phase, on the learner's own lines, in the module's name."""
    layer = nn.Linear(3, 3)

    def inner(x):
        return torch.tanh(layer(x))

    def f(x):
        checkpoint(inner, x, use_reentrant=False).sum().backward()

    t = pb.trace(f, torch.ones(2, 3, requires_grad=True))
    tanh = [op for op in t.ops if op.name in ("torch.tanh", "aten.tanh")]
    assert [op.phase for op in tanh] == ["forward", "backward"]
    assert [t.lines[op.line].text.strip() for op in tanh] == ["return torch.tanh(layer(x))"] * 2


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointing_gives_the_same_gradients(reentrant):
    """Either way to checkpoint, with and without a trace."""

    def gradient(traced):
        torch.manual_seed(0)
        layer, x = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)), torch.ones(2, 3, requires_grad=True)
        fn = lambda: checkpoint(layer, x, use_reentrant=reentrant).sum().backward()  # noqa: E731  # run twice
        pb.trace(fn) if traced else fn()
        return x.grad

    assert torch.equal(gradient(True), gradient(False))


class Cube(torch.autograd.Function):
    """A learner's own function."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


def test_a_custom_function_is_seen_inside_forward_and_back():
    """Its own lines, in both directions."""
    x = torch.tensor([2.0], requires_grad=True)
    t = pb.trace(lambda: Cube.apply(x).sum().backward())
    lines = [(op.phase, t.lines[op.line].text.strip()) for op in t.ops]
    assert ("forward", "return x**3") in lines
    assert ("backward", "return g * 3 * x**2") in lines
    assert "CubeBackward" in {op.node for op in t.ops}
    assert x.grad.item() == 12


def test_hooks_of_the_learner_s_own_run_once_and_are_seen():
    """Tensor hooks, module hooks, hooks after accumulation: called as often as without a trace."""
    calls = []
    model = nn.Linear(2, 1)
    model.register_forward_pre_hook(lambda m, a: calls.append("pre"))
    model.register_forward_hook(lambda m, a, out: out * 2)
    model.register_full_backward_hook(lambda m, i, o: calls.append("full"))
    model.weight.register_hook(lambda g: g * 10)
    model.bias.register_post_accumulate_grad_hook(lambda p: calls.append("post"))
    pb.trace(lambda: model(torch.ones(1, 2, requires_grad=True)).sum().backward())
    assert sorted(calls) == ["full", "post", "pre"]
    assert model.weight.grad.tolist() == [[20, 20]]


def test_an_optimizer_in_the_backward_pass_writes_there():
    """``register_post_accumulate_grad_hook`` with a step in it."""
    w = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=1.0)

    def step(parameter):
        optimizer.step()
        optimizer.zero_grad()

    w.register_post_accumulate_grad_hook(step)
    t = pb.trace(lambda: (w * 2).sum().backward())
    assert w.tolist() == [-1, -1, -1]
    written = [t.tensors[n].name for op in t.ops for n in op.written if op.phase == "backward"]
    assert "w" in written


def test_saved_tensor_hooks_are_not_called_by_us():
    """What the learner packs is packed and unpacked once."""
    counts = {"pack": 0, "unpack": 0}

    def pack(x):
        counts["pack"] += 1
        return x

    def unpack(x):
        counts["unpack"] += 1
        return x

    def f(w):
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            y = w.exp()
        y.sum().backward()

    pb.trace(f, torch.ones(3, requires_grad=True))
    assert counts == {"pack": 1, "unpack": 1}

"""Programs of every kind: looked at and run under watch, each gives the gradients that it gives alone.

And in each of them what came along the edges adds up to what arrived, and the record survives JSON.
"""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

import pytorch_basics as pb
from pytorch_basics.instruments.graph import GraphRecord


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 3 * x * x * gradient


def normal(*shape, dtype=torch.float32):
    return torch.randn(*shape, dtype=dtype, requires_grad=True)


def net():
    return nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))


def custom_function():
    x = normal(3)
    return [x], lambda: (Cube.apply(x) + x).sum()


def multihead_attention():
    model, x = nn.MultiheadAttention(8, 2), normal(5, 3, 8)
    return [x, *model.parameters()], lambda: model(x, x, x)[0].square().mean()


def lstm():
    model, x = nn.LSTM(4, 5, 2), normal(6, 3, 4)
    return [x, *model.parameters()], lambda: model(x)[0].square().mean()


def lstm_cell():
    model, x = nn.LSTMCell(4, 4), normal(3, 4)

    def loss():
        h = c = torch.zeros(3, 4)
        for _ in range(5):
            h, c = model(x, (h, c))
        return h.sum() + c.sum()

    return [x, *model.parameters()], loss


def transformer_layer():
    model, x = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), normal(2, 5, 8)
    return [x, *model.parameters()], lambda: model(x).square().mean()


def convolutions():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    x = torch.randn(2, 3, 8, 8)
    return list(model.parameters()), lambda: F.cross_entropy(model(x), torch.tensor([1, 2]))


def tied_weights():
    embed, head = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)
    head.weight = embed.weight
    at = torch.arange(5)
    return [embed.weight], lambda: F.cross_entropy(head(embed(at)), at)


def writes_through_views():
    x = normal(3, 4)

    def loss():
        h = x * 2
        v = h[:, 0]
        v.mul_(3)
        h[1] = x[0]
        return (h * h).sum()

    return [x], loss


def autocast():
    model, x = nn.Linear(4, 4), normal(3, 4)

    def loss():
        with torch.autocast("cpu", torch.bfloat16):
            return model(x).float().square().mean()

    return [x, *model.parameters()], loss


def checkpointed():
    model, x = net(), normal(3, 4)
    return [x, *model.parameters()], lambda: checkpoint(model, x, use_reentrant=False).square().mean()


def checkpointed_reentrant():
    model, x = net(), normal(3, 4)
    return [x, *model.parameters()], lambda: checkpoint(model, x, use_reentrant=True).square().mean()


def offloaded():
    model, x = net(), normal(3, 4)

    def loss():
        with torch.autograd.graph.save_on_cpu():
            return model(x).square().mean()

    return [x, *model.parameters()], loss


def double_backward():
    x = normal(3)

    def loss():
        (gradient,) = torch.autograd.grad(x.pow(3).sum(), x, create_graph=True)
        return gradient.square().sum()

    return [x], loss


def complex_numbers():
    z, r = normal(3, dtype=torch.complex64), normal(3)
    return [z, r], lambda: ((z * r) * (z * r).conj()).real.sum() + z.abs().sum()


def sparse_gradients():
    embed, at = nn.Embedding(10, 4, sparse=True), torch.tensor([1, 1, 3])
    return [embed.weight], lambda: embed(at).square().sum()


def several_outputs():
    x = normal(4, 6)

    def loss():
        a, b, c, _ = x.unbind()
        p, q = x.split(2)
        return (a * b).sum() + c.sum() + p.sum() + (q * 2).sum() + x.max(1).values.sum() + x.topk(2).values.sum()

    return [x], loss


def vmapped():
    w, x = normal(3), torch.randn(5, 3)
    return [w], lambda: torch.func.vmap(lambda row: (row * w).tanh().sum())(x).sum()


def functional_gradient():
    w = normal(3)
    return [w], lambda: torch.func.grad(lambda v: (v**3).sum())(w).sum()


def forward_mode():
    x = normal(3)
    return [x], lambda: torch.func.jvp(torch.sin, (x,), (torch.ones(3),))[1].sum()


def half_precision():
    x, y = normal(100, dtype=torch.bfloat16), normal(5000, dtype=torch.float16)
    return [x, y], lambda: x.float().square().sum() + y.float().square().sum()


def nested_rows():
    x, y = normal(2, 3), normal(4, 3)
    return [x, y], lambda: torch.nested.as_nested_tensor([x, y], layout=torch.jagged).cos().values().sum()


def nothing_at_all():
    x = torch.zeros(0, 3, requires_grad=True)
    return [x], lambda: x.sum()


def infinities():
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    return [x], lambda: (x.log() * x).sum()


def compiled():
    x, w = normal(3, 4), normal(4, 2)
    function = torch.compile(lambda x, w: (x @ w).tanh().sum(), backend="aot_eager")
    return [x, w], lambda: function(x, w)


PROGRAMS = [
    *(custom_function, multihead_attention, lstm, lstm_cell, transformer_layer, convolutions, tied_weights),
    *(writes_through_views, autocast, checkpointed, checkpointed_reentrant, offloaded, double_backward),
    *(complex_numbers, sparse_gradients, several_outputs, vmapped, functional_gradient, forward_mode),
    *(half_precision, nested_rows, nothing_at_all, infinities, compiled),
]


def same(one, other):
    if one is None or other is None:
        return one is other
    if one.is_sparse:
        return torch.equal(one._indices(), other._indices()) and torch.equal(one._values(), other._values())
    return torch.equal(one.nan_to_num(), other.nan_to_num()) and one.stride() == other.stride()


def adds_up(record, at, output):
    """Whether the contributions to an output are all there and their sum is what arrived; None for large ones."""
    whole = record.nodes[at].outputs[output].gradient
    if whole is None or not whole.values:
        return None
    ways = [edge.contribution for edge in record.arriving[at, output]]
    total = [sum(column) for column in zip(*(way.values for way in ways if way), strict=True)]
    return torch.allclose(torch.tensor(total), torch.tensor(whole.values), rtol=1e-3, atol=1e-5, equal_nan=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*prototype stage", "ignore:.*os.fork")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_gets_the_gradients_that_it_gets_alone(program):
    """``.grad`` bit for bit, contributions that add up, a text, and a record that JSON keeps."""
    torch.manual_seed(0)
    leaves, compute = program()
    torch.manual_seed(1)
    compute().backward()
    alone = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    torch.manual_seed(1)
    loss = compute()
    g = pb.graph(loss)
    before = g.record
    assert not before.ran
    record = g.backward().record
    assert all(same(leaf.grad, was) for leaf, was in zip(leaves, alone, strict=True))
    assert record.ran
    assert not record.error
    assert all(adds_up(record, *place) is not False for place in record.arriving)
    for one in (before, record):
        assert repr(GraphRecord.from_json(one.to_json())) == repr(one)
        assert one.text(whole=True)


def test_every_leaf_of_a_program_is_there_under_its_name():
    """Bias, weight and input of each gate of an LSTM cell, used five times: five contributions."""
    torch.manual_seed(0)
    leaves, compute = lstm_cell()
    g = pb.graph(compute()).backward()
    assert sum(node.leaf for node in g.nodes) == len(leaves)
    recurrent = next(k for k, node in enumerate(g.nodes) if node.name == "leaves[2]")
    transposed = [edge.source for edge in g.arriving[recurrent, 0]]
    assert len(transposed) == 5


def test_a_compiled_function_is_one_node():
    """The compiler's graph is not autograd's: it is shown as the one node that it is."""
    leaves, compute = compiled()
    g = pb.graph(compute())
    assert [node.op for node in g.nodes if not node.leaf] == ["CompiledFunction"]
    assert {node.name for node in g.nodes if node.leaf} == {"leaves[0]", "leaves[1]"}
    assert leaves[0].grad is None


def test_a_reentrant_checkpoint_is_one_node():
    """Its inner graph exists only while its backward runs: the parameters inside are not ours to see."""
    leaves, compute = checkpointed_reentrant()
    g = pb.graph(compute()).backward()
    assert "Checkpoint" in {node.op.removesuffix("Function") for node in g.nodes}
    assert sum(node.leaf for node in g.nodes) == 1
    assert all(leaf.grad is not None for leaf in leaves)

"""Whatever PyTorch can run is traced: transforms, autocast, compiled code, data loaders, operators of one's own."""

import copy

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import pytorch_basics as pb


def ops(t):
    assert t.error is None, t.error
    return [(op.name, op.kind) for op in t.ops]


def test_vmap_shows_what_the_function_sees():
    """One row in the learner's eyes; the whole batch in the aten ops below."""
    x = torch.ones(4, 3)
    t = pb.trace(torch.vmap(lambda row: (row * 2).view(3, 1).sum()), x)
    assert ops(t) == [("Tensor.mul", "new"), ("Tensor.view", "view"), ("Tensor.sum", "new")]
    assert t.tensors[t.ops[0].inputs[0].tensor].shape == (3,)
    assert t.ops[0].aten[0].inputs[0].shape == (4, 3)
    assert t.ops[0].new_bytes == 48
    assert t.result.tolist() == [6] * 4


def test_functional_gradients():
    """``torch.func.grad`` and ``jacrev``: their backward passes are there, results as ever."""
    x = torch.ones(3)
    t = pb.trace(torch.func.grad(lambda v: (v**2).sum()), x)
    assert t.result.tolist() == [2, 2, 2]
    assert {op.phase for op in t.ops} == {"forward", "backward"}
    assert torch.equal(pb.trace(torch.func.jacrev(torch.exp), x).result, torch.func.jacrev(torch.exp)(x))


def test_autocast_shows_its_copies():
    """The casts are aten ops below the product."""

    def f(x):
        with torch.autocast("cpu", torch.bfloat16):
            return x @ x

    t = pb.trace(f, torch.ones(2, 2))
    assert [aten.name for aten in t.ops[0].aten][-1] == "aten.mm"
    assert "aten._to_copy" in [aten.name for aten in t.ops[0].aten]
    assert t.tensors[t.ops[0].outputs[0].tensor].dtype == "bfloat16"
    assert t.macs == 8


def test_compiled_code_runs_op_by_op_and_is_not_compiled_anew():
    """A compiled function gives the same result, and the cache of compiled graphs is as it was."""
    compiled = []

    def backend(module, inputs):
        compiled.append(module)
        return module

    layer = nn.Linear(3, 2)
    fast = torch.compile(lambda v: torch.relu(layer(v)) + 1, backend=backend)
    x = torch.rand(4, 3)
    plain = fast(x)
    t = pb.trace(fast, x)
    assert ops(t) == [("nn.functional.linear", "new"), ("torch.relu", "new"), ("Tensor.add", "new")]
    assert torch.equal(t.result, plain)
    fast(x)
    assert len(compiled) == 1


@pytest.mark.filterwarnings("ignore:Using `torch.compile")  # PyTorch says so wherever global hooks are on
def test_a_compiled_model_runs_op_by_op():
    """Modules keep their names."""
    model = torch.compile(nn.Sequential(nn.Linear(3, 2)), backend="eager")
    t = pb.trace(model, torch.rand(4, 3))
    assert ops(t) == [("nn.functional.linear", "new")]
    assert [m.path for m in t.modules][-1].endswith("0")


def test_the_compiler_is_as_it_was_after_a_trace():
    """What was first called under a trace can be compiled afterwards, whole graphs included."""
    compiled = []

    def backend(module, inputs):
        compiled.append(module)
        return module

    fast = torch.compile(lambda v: torch.relu(v) * 2, backend=backend, fullgraph=True)
    x = torch.ones(3)
    assert ops(pb.trace(fast, x)) == [("torch.relu", "new"), ("Tensor.mul", "new")]
    assert compiled == []
    with pytest.raises(RuntimeError), pb.tracing():
        x @ torch.ones(7)
    fast(x)
    assert len(compiled) == 1


@pytest.mark.filterwarnings("ignore:.*flex_attention called without torch.compile")
def test_flexible_attention_is_one_operator():
    """It compiles itself; under a trace it runs as it is."""
    from torch.nn.attention.flex_attention import flex_attention

    q = torch.rand(1, 1, 16, 16)
    t = pb.trace(lambda: flex_attention(q, q, q))
    assert "flex_attention" in " ".join(name for name, _ in ops(t))
    assert torch.allclose(t.result, nn.functional.scaled_dot_product_attention(q, q, q), atol=1e-6)


def test_operators_of_higher_order():
    """``torch.cond`` is one op."""
    x = torch.ones(3)
    t = pb.trace(lambda: torch.cond(x.sum() > 0, lambda a: a * 2, lambda a: a * 3, (x,)))
    assert ops(t)[-1][1] == "new"
    assert "cond" in ops(t)[-1][0]
    assert t.result.tolist() == [2, 2, 2]


def test_operators_of_one_s_own():
    """A registered operator is one op, whatever its body does; its backward formula runs as always."""

    @torch.library.custom_op("trace_test::twice", mutates_args=())
    def twice(x: torch.Tensor) -> torch.Tensor:
        return x.clone() * 2

    twice.register_autograd(lambda ctx, g: g * 2)
    x = torch.ones(3, requires_grad=True)
    t = pb.trace(lambda: twice(x).sum().backward())
    assert t.error is None
    assert ("trace_test.twice", "new") in ops(t)
    assert x.grad.tolist() == [2, 2, 2]


@pytest.mark.parametrize("workers", [0, 1])
def test_data_loaders(workers):
    """In this process every op is seen; a worker's ops are its own, and it is not disturbed."""
    data = TensorDataset(torch.arange(6.0).view(6, 1), torch.arange(6))

    def f():
        total = 0
        for x, y in DataLoader(data, batch_size=2, num_workers=workers):
            total += (x.sum() + y.sum()).item()
        return total

    t = pb.trace(f)
    assert t.error is None
    assert t.result == 30
    assert bool(t.find("torch.stack")) == (workers == 0)
    assert {t.lines[op.line].file for op in t.ops} == {__file__}


def test_a_random_generator_draws_the_same():
    """A generator of one's own, and a shuffled loader."""

    def f():
        generator = torch.Generator().manual_seed(3)
        data = DataLoader(TensorDataset(torch.arange(8)), batch_size=3, shuffle=True, generator=generator)
        return [batch.tolist() for (batch,) in data], torch.rand(2, generator=generator).tolist()

    assert pb.trace(f).result == f()


def test_recurrent_layers_and_attention_are_one_op_with_many_below():
    """The learner wrote one call; what it took is underneath."""
    lstm = nn.LSTM(5, 4)
    t = pb.trace(lambda x: lstm(x)[0], torch.rand(3, 2, 5))
    assert ops(t)[-1][0] in ("torch.lstm", "nn.functional.lstm")
    heads = nn.MultiheadAttention(8, 2, batch_first=True)
    x = torch.rand(2, 5, 8)
    t = pb.trace(lambda: heads(x, x, x)[0])
    assert "nn.functional.multi_head_attention_forward" in [name for name, _ in ops(t)]
    assert max(len(op.aten) for op in t.ops) > 10


def test_copies_of_a_model_are_seen_on_the_learner_s_line():
    """``copy.deepcopy`` only passes the call on."""
    model = nn.Linear(2, 2)
    t = pb.trace(copy.deepcopy, model)
    assert ("Tensor.clone", "copy") in ops(t)
    assert all("deepcopy" in t.lines[op.line].text for op in t.ops)


def test_sparse_nested_complex_and_double():
    """Nothing about a tensor's layout breaks a trace."""
    assert ops(pb.trace(lambda: torch.eye(3).to_sparse() @ torch.ones(3, 2)))[-1] == ("Tensor.matmul", "new")
    assert ops(pb.trace(lambda: torch.view_as_real(torch.ones(3, dtype=torch.complex64))))[-1][1] == "view"
    sparse = torch.eye(3).to_sparse()
    assert pb.trace(lambda: sparse.coalesce().values() * 2).error is None


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors():
    """Rows of different lengths have no one shape."""
    t = pb.trace(lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]) * 2)
    assert ops(t)[-1] == ("Tensor.mul", "new")
    str(t)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_subclass_that_answers_by_ops_is_no_trouble():
    """The shape of a jagged tensor is itself asked for by ops: ours are not in the trace."""
    rows = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(4, 3)], layout=torch.jagged)
    layer = nn.Linear(3, 2)
    t = pb.trace(lambda: layer(rows * 2).sum().backward())
    assert [name for name, _ in ops(t)][:3] == ["Tensor.mul", "nn.functional.linear", "Tensor.sum"]
    assert layer.weight.grad.tolist() == [[12, 12, 12]] * 2
    str(t)


def test_modules_and_parameters_in_lists_and_dictionaries():
    """Whatever holds them, paths are those of ``named_modules``."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = nn.ParameterList([nn.Parameter(torch.ones(2))])
            self.parts = nn.ModuleDict({"first": nn.ModuleList([nn.Linear(2, 2)])})

        def forward(self, x):
            return self.parts["first"][0](x * self.scales[0])

    t = pb.trace(Net(), torch.ones(1, 2))
    assert [m.path for m in t.modules] == ["", "parts.first.0"]
    assert [one.name for one in t.tensors if one.parameter] == [
        "self.scales[0]",
        "parts.first.0.weight",
        "parts.first.0.bias",
    ]


def test_a_fake_tensor_has_no_memory():
    """Shapes without data: kinds and FLOPs all the same."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        t = pb.trace(lambda a: (a @ a).view(9), torch.ones(3, 3))
    assert [kind for _, kind in ops(t)] == ["new", "view"]
    assert t.macs == 27

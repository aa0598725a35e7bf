"""Being traced changes nothing: results, gradients, random numbers, modes, hooks, memory, references."""

import gc
import subprocess
import sys
import threading
import weakref
from contextlib import suppress

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import pytorch_basics as pb


def modes():
    return torch._C._len_torch_dispatch_stack(), torch._C._len_torch_function_stack()


def hooks():
    from torch.nn.modules import module

    return len(module._global_forward_pre_hooks), len(module._global_forward_hooks), len(module._global_backward_hooks)


def convolutional():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3), nn.AdaptiveAvgPool2d(1),
                         nn.Flatten(), nn.Linear(4, 2)), (torch.rand(2, 3, 8, 8),)  # fmt: skip


def transformer():
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), (torch.rand(2, 5, 16),)


def recurrent():
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.gru = nn.LSTM(5, 4, 2, dropout=0.2), nn.GRU(4, 3, bidirectional=True)

        def forward(self, x):
            return self.gru(self.lstm(x)[0])[0]

    return Last(), (torch.rand(6, 2, 5),)


def attention():
    class Self(nn.Module):
        def __init__(self):
            super().__init__()
            self.attend = nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)

        def forward(self, x):
            return self.attend(x, x, x, need_weights=False)[0]

    return Self(), (torch.rand(2, 5, 8),)


def language():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(11, 6, padding_idx=0)
            self.norm, self.out = nn.LayerNorm(6), nn.Linear(6, 11, bias=False)
            self.out.weight = self.embed.weight  # tied

        def forward(self, ids):
            h = self.norm(self.embed(ids)).cumsum(1)
            h = F.scaled_dot_product_attention(h, h, h, is_causal=True)
            return F.log_softmax(self.out(F.gelu(h)), -1)

    return Net(), (torch.randint(11, (2, 5)),)


@pytest.mark.parametrize("make", [convolutional, transformer, recurrent, attention, language], ids=lambda f: f.__name__)
@pytest.mark.parametrize("training", [True, False])
def test_a_step_gives_the_same_bits(make, training):
    """Output, every gradient, every buffer and parameter after the step, and the next random number."""

    def step(traced):
        torch.manual_seed(0)
        model, inputs = make()
        model.train(training)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

        def run():
            out = model(*inputs)
            out.square().mean().backward()
            optimizer.step()
            return out

        out = pb.trace(run).result if traced else run()
        grads = [p.grad for p in model.parameters()]
        return [out, *grads, *model.state_dict().values(), torch.rand(3)]

    for one, other in zip(step(False), step(True), strict=True):
        assert torch.equal(one, other)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_fused_evaluation_path_stays_on(padded, mode):
    """``nn.TransformerEncoder`` in eval mode: padded rows come out as zeros there, and nowhere else."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    model = nn.TransformerEncoder(layer, 2).eval()
    x = torch.rand(2, 5, 16)
    mask = torch.zeros(2, 5, dtype=torch.bool)
    mask[1, 3:] = padded

    with mode():
        plain = model(x, src_key_padding_mask=mask)
        t = pb.trace(model, x, src_key_padding_mask=mask)
    assert torch.equal(plain, t.result)
    assert bool((t.result[1, 3:] == 0).all()) == padded
    assert any("_transformer_encoder_layer_fwd" in aten.name for op in t.ops for aten in op.aten)
    after = pb.trace(lambda: x * 2)
    assert [op.name for op in after.ops] == ["Tensor.mul"]
    assert [m.kind for m in t.modules][:2] == ["TransformerEncoder", "TransformerEncoderLayer"]


def test_code_after_a_fused_module_is_seen_as_it_was_written():
    """The function mode is back when the module has returned, also when it raised."""
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).eval()

    def f(x):
        with suppress(RuntimeError, AssertionError):
            layer(x[..., :3])
        return torch.relu(layer(x))

    with torch.no_grad():
        t = pb.trace(f, torch.rand(2, 5, 16))
    assert t.error is None
    assert t.ops[-1].name == "torch.relu"


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_gradient_modes_are_as_they_were(mode):
    """Inside and after; what was made in inference mode is an inference tensor."""
    with mode():
        t = pb.trace(lambda x: (x * 2, torch.is_grad_enabled(), torch.is_inference_mode_enabled()), torch.ones(2))
        assert t.result[1:] == (torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        assert t.result[0].is_inference() == torch.is_inference_mode_enabled()


def test_nothing_is_left_behind():
    """No mode, no hook, no graph node of ours; also after an error."""
    before = modes(), hooks()
    model = nn.Linear(2, 2)
    t = pb.trace(model, torch.ones(1, 2))
    pb.trace(lambda: 1 / 0)
    assert (modes(), hooks()) == before
    assert t.result.grad_fn.name() == "AddmmBackward0"
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


def test_the_graph_is_the_same():
    """Not one node more."""

    def nodes(out):
        found, todo = [], [out.grad_fn]
        while todo:
            node = todo.pop()
            found.append(node.name())
            todo += [after for after, _ in node.next_functions if after is not None]
        return found

    w = torch.ones(3, requires_grad=True)
    fn = lambda: (w.view(3, 1) * 2).t().contiguous().exp().sum()  # noqa: E731  # run twice
    assert nodes(fn()) == nodes(pb.trace(fn).result)


def test_no_tensor_is_kept_alive():
    """What the learner lets go of is freed at once: during the trace, and after it."""
    seen = []

    def f():
        x = torch.ones(1000)
        seen.append(weakref.ref(x.untyped_storage()))
        seen.append(weakref.ref(x))
        y = x * 2
        del x
        assert seen[0]() is None
        assert seen[1]() is None
        seen.append(weakref.ref(y))
        model = nn.Linear(1000, 1)
        model(y)
        seen.append(weakref.ref(model))

    t = pb.trace(f)
    assert t.error is None
    gc.collect()
    assert [ref() for ref in seen] == [None] * 4
    str(t)

    y = torch.ones(5)
    ref = weakref.ref(y)
    with pb.tracing() as t:
        z = y * 2
    z_ref = weakref.ref(z)
    del y, z
    assert ref() is None
    assert z_ref() is None


def test_an_error_keeps_no_tensor_alive():
    """The record has the message, not the exception with its frames."""
    seen = []

    def f():
        x = torch.ones(10)
        seen.append(weakref.ref(x))
        raise ValueError("no")

    t = pb.trace(f)
    gc.collect()
    assert seen[0]() is None
    assert t.error.kind == "ValueError"


def test_freed_memory_is_not_live():
    """The peak is what was held at once, not the sum."""

    def f():
        for _ in range(5):
            torch.ones(1000)
        a = torch.ones(1000)
        b = torch.ones(1000)
        return (a + b).sum()

    t = pb.trace(f)
    assert t.new_bytes == 8 * 4000 + 4
    assert t.peak_bytes == 3 * 4000 + 4
    assert t.peak_op == len(t.ops) - 1
    assert [one.freed_before for one in t.storages][:5] == [1, 2, 3, 4, 5]
    assert t.ops[4].live_bytes == 4000


def test_a_mode_that_the_learner_opens_and_leaves_open_stays():
    """``with torch.device(...)`` entered inside the block and left outside of it."""
    device = torch.device("meta")
    with pb.tracing() as t:
        a = torch.ones(2)
        device.__enter__()
        b = torch.ones(2)
    try:
        assert torch.ones(2).device.type == "meta"
        assert modes()[0] == 0
    finally:
        device.__exit__(None, None, None)
    assert (a.device.type, b.device.type) == ("cpu", "meta")
    assert torch.ones(2).device.type == "cpu"
    assert modes() == (0, 0)
    assert len(t.ops) == 2


def test_a_mode_around_the_trace_works_inside():
    """A default device, and a mode of the learner's own, which notices nothing of ours."""
    from torch.overrides import TorchFunctionMode

    class Counting(TorchFunctionMode):
        seen = ()

        def __torch_function__(self, func, types, args=(), kwargs=None):
            self.seen = (*self.seen, getattr(func, "__name__", "?"))
            return func(*args, **(kwargs or {}))

    def f(x):
        return torch.relu(x.view(2, 1)).mul_(2)

    with torch.device("meta"):
        assert pb.trace(lambda: torch.ones(2) * 2).result.device.type == "meta"
    with Counting() as plain:
        f(torch.ones(2))
    x = torch.ones(2)
    with Counting() as around:
        t = pb.trace(f, x)
    assert around.seen == plain.seen[1:]  # but for torch.ones
    assert [op.name for op in t.ops] == ["Tensor.view", "torch.relu", "Tensor.mul_"]


def test_a_tensor_subclass_notices_nothing_of_ours():
    """``__torch_function__`` of a learner's class is called as often as without a trace."""
    calls = []

    class Mine(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            calls.append(getattr(func, "__name__", "?"))
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.ones(3).as_subclass(Mine)
    (x * 2).sum()
    plain, calls[:] = list(calls), []
    t = pb.trace(lambda x: (x * 2).sum(), x)
    assert calls == plain
    assert type(t.result) is Mine
    assert [op.name for op in t.ops] == ["Tensor.mul", "Tensor.sum"]


def test_a_trace_in_a_trace():
    """Both see what runs inside the inner one, each from its own start."""

    def inner(x):
        return x.exp()

    def outer(x):
        t = pb.trace(inner, x * 2)
        return t, t.result.sum()

    t = pb.trace(outer, torch.ones(3))
    assert [op.name for op in t.ops] == ["Tensor.mul", "Tensor.exp", "Tensor.sum"]
    assert [op.name for op in t.result[0].ops] == ["Tensor.exp"]
    assert t.lines[t.ops[1].line].text.strip() == "return x.exp()"


def test_another_thread_is_neither_traced_nor_disturbed():
    """A trace belongs to the thread that it began in; a module that ran elsewhere is noted."""
    model = nn.Linear(2, 2)
    done = []

    def work():
        done.append(model(torch.ones(1, 2)))
        done.append(pb.trace(torch.relu, torch.ones(3)))

    def f():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return torch.ones(2) * 2

    t = pb.trace(f)
    assert [op.name for op in t.ops] == ["torch.ones", "Tensor.mul"]
    assert [op.name for op in done[1].ops] == ["torch.relu"]
    assert t.modules == ()
    assert len(t.notes) == 1
    assert "another thread" in t.notes[0]


def test_two_threads_trace_at_once():
    """Each sees its own ops and modules."""
    found = {}
    meet = threading.Barrier(2)

    def work(name, steps):
        def f():
            model = nn.Linear(2, 2)
            x = torch.ones(1, 2)
            meet.wait()
            for _ in range(steps):
                x = model(x)
            meet.wait()

        found[name] = pb.trace(f)

    threads = [threading.Thread(target=work, args=one) for one in (("a", 3), ("b", 5))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len([op for op in found[k].ops if op.name == "nn.functional.linear"]) for k in "ab"] == [3, 5]
    assert [len(found[k].modules) for k in "ab"] == [3, 5]


def test_a_name_taken_from_torch_before_our_import_is_traced():
    """``from torch import triu`` first: nothing is wrapped, so nothing is missed."""
    program = (
        "from torch import triu, ones\n"
        "import pytorch_basics as pb\n"
        "t = pb.trace(lambda: triu(ones(3, 3)))\n"
        "assert [op.name for op in t.ops] == ['torch.ones', 'torch.triu'], t.ops\n"
        "import torch; assert torch.triu is triu\n"
    )
    assert subprocess.run([sys.executable, "-W", "error", "-c", program], check=False).returncode == 0


def test_importing_the_instrument_loads_no_torch():
    """The verbs are there before PyTorch is."""
    program = "import pytorch_basics as pb, sys; pb.trace, pb.tracing; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

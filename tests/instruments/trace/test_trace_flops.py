"""FLOPs and MACs: two numbers, each by its name, right by hand and by PyTorch's own counter."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

import pytorch_basics as pb


def counted(fn):
    """What PyTorch's own counter says."""
    with FlopCounterMode(display=False) as counter:
        fn()
    return counter.get_total_flops()


def test_macs_are_half_of_flops_and_add_up():
    """A multiply and an add are one MAC, two FLOPs; the total is that of the ops."""
    t = pb.trace(nn.Linear(3, 4), torch.ones(5, 3))
    assert (t.flops, t.macs) == (2 * 5 * 3 * 4, 5 * 3 * 4)
    assert (sum(op.flops for op in t.ops), sum(op.macs for op in t.ops)) == (120, 60)


BY_HAND = [
    (lambda: torch.ones(2, 3) @ torch.ones(3, 4), 2 * 3 * 4),
    (lambda: torch.ones(3) @ torch.ones(3), 3),
    (lambda: torch.ones(2, 3) @ torch.ones(3), 2 * 3),
    (lambda: torch.ones(7, 2, 3) @ torch.ones(7, 3, 4), 7 * 2 * 3 * 4),
    (lambda: torch.einsum("bij,bjk->bik", torch.ones(7, 2, 3), torch.ones(7, 3, 4)), 7 * 2 * 3 * 4),
    (lambda: torch.addmm(torch.ones(4), torch.ones(2, 3), torch.ones(3, 4)), 2 * 3 * 4),
    (lambda: torch.baddbmm(torch.ones(7, 2, 4), torch.ones(7, 2, 3), torch.ones(7, 3, 4)), 7 * 2 * 3 * 4),
    (lambda: torch.tensordot(torch.ones(2, 3), torch.ones(3, 4), 1), 2 * 3 * 4),
    (lambda: F.linear(torch.ones(5, 2, 3), torch.ones(4, 3)), 5 * 2 * 3 * 4),
    (lambda: F.bilinear(torch.ones(5, 2), torch.ones(5, 3), torch.ones(4, 2, 3)), None),
    # out 1×4×6×6, each element 3×3×3 multiplications
    (lambda: F.conv2d(torch.ones(1, 3, 8, 8), torch.ones(4, 3, 3, 3)), 4 * 6 * 6 * 27),
    (lambda: F.conv2d(torch.ones(1, 4, 8, 8), torch.ones(4, 1, 3, 3), groups=4), 4 * 6 * 6 * 9),
    (lambda: F.conv2d(torch.ones(3, 8, 8), torch.ones(4, 3, 3, 3), stride=2), 4 * 3 * 3 * 27),
    (lambda: F.conv1d(torch.ones(2, 3, 10), torch.ones(4, 3, 3), padding=1), 2 * 4 * 10 * 9),
    (lambda: F.conv3d(torch.ones(1, 2, 4, 4, 4), torch.ones(3, 2, 2, 2, 2)), 3 * 27 * 16),
    # transposed: every element of the input (1×3×4×4) meets 2×3×3 weights
    (lambda: F.conv_transpose2d(torch.ones(1, 3, 4, 4), torch.ones(3, 2, 3, 3)), 3 * 16 * 18),
    # scores and values: 2·3·4 heads and rows, 5 keys, 6 features
    (lambda: F.scaled_dot_product_attention(*[torch.ones(2, 3, n, 6) for n in (4, 5, 5)]), 2 * (2 * 3 * 4 * 5 * 6)),
    (lambda: nn.LSTM(5, 4)(torch.ones(3, 2, 5)), 3 * 2 * 16 * (5 + 4)),
    (lambda: nn.GRU(5, 4)(torch.ones(3, 2, 5)), 3 * 2 * 12 * (5 + 4)),
    (lambda: torch.ones(3) * 2 + 1, 0),
    (lambda: F.relu(torch.ones(3)), 0),
]


@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize(("fn", "macs"), BY_HAND)
def test_macs_by_hand(fn, macs, mode):
    """Whatever the gradient mode: inference mode hides nothing."""

    def run():
        with mode():
            fn()

    t = pb.trace(run)
    assert macs is None or t.macs == macs
    assert t.flops == 2 * t.macs


def transformer_block():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, dropout=0.0)
    return lambda: layer(torch.ones(2, 5, 16))


def step(model, x):
    def run():
        model.zero_grad()
        model(x).square().mean().backward()

    return run


WHOLE = {
    "mlp step": step(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), torch.ones(5, 3)),
    "convolution step": step(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 3, stride=2)),
                             torch.ones(2, 3, 8, 8)),
    "transposed step": step(nn.ConvTranspose2d(3, 4, 3), torch.ones(2, 3, 5, 5, requires_grad=True)),
    "attention module": lambda: nn.MultiheadAttention(8, 2, batch_first=True)(*[torch.ones(2, 5, 8)] * 3),
    "bmm step": lambda: torch.bmm(torch.ones(2, 3, 4, requires_grad=True), torch.ones(2, 4, 5)).sum().backward(),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_the_same_as_pytorch_s_counter(name):
    """Forward and backward of what PyTorch's counter counts too."""
    assert pb.trace(WHOLE[name]).flops == counted(WHOLE[name])


def test_a_grouped_convolution_s_backward_is_counted_by_hand():
    """As many as forward for the weights, and again for the input; PyTorch's counter counts the weights' per group."""
    x = torch.ones(2, 4, 8, 8, requires_grad=True)
    one = 2 * (2 * 8 * 6 * 6) * (2 * 3 * 3)
    assert pb.trace(step(nn.Conv2d(4, 8, 3, groups=2), x.detach())).flops == 2 * one
    assert pb.trace(step(nn.Conv2d(4, 8, 3, groups=2), x)).flops == 3 * one


def test_attention_is_counted_on_the_cpu_as_well():
    """PyTorch's counter knows the kernels of the GPU; the same formula holds for the CPU's, forward and backward."""
    q, k, v = (torch.ones(2, 3, n, 6, requires_grad=True) for n in (4, 5, 5))
    t = pb.trace(lambda: F.scaled_dot_product_attention(q, k, v).sum().backward())
    one = 2 * (2 * 3 * 4 * 5 * 6)
    assert t.flops == 2 * one + 5 * one


def test_the_fused_encoder_layer_counts_as_its_parts_do():
    """The fused evaluation path is one kernel; its projections, attention and feed-forward are in it."""
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).eval()
    x = torch.ones(2, 5, 16)
    with torch.no_grad(), pb.tracing() as fused:
        layer(x)
    with pb.tracing() as parts:
        layer(x)
    assert "aten._transformer_encoder_layer_fwd" in {aten.name for op in fused.ops for aten in op.aten}
    assert fused.macs == 2 * 5 * (4 * 16 * 16 + 2 * 16 * 32) + 2 * (2 * 5 * 5 * 16)
    assert parts.macs == fused.macs


def test_tied_weights_count_each_use_and_are_one_tensor():
    """Memory is counted once, work twice."""
    model = nn.Sequential(nn.Linear(8, 8, bias=False), nn.Linear(8, 8, bias=False))
    model[1].weight = model[0].weight
    t = pb.trace(model, torch.ones(2, 8))
    assert t.macs == 2 * (2 * 8 * 8)
    weights = [one for one in t.tensors if one.parameter]
    assert [one.name for one in weights] == ["0.weight"]
    assert sum(t.storages[s].nbytes for s in {one.storage for one in weights}) == 8 * 8 * 4


def test_bytes_and_work_by_line():
    """Lines add up to the whole."""

    def f(x):
        a = x @ x
        return a + a

    t = pb.trace(f, torch.ones(4, 4))
    assert [t.lines[k].text.strip() for k in t.bytes_per_line] == ["a = x @ x", "return a + a"]
    assert sum(t.bytes_per_line.values()) == t.new_bytes == 128

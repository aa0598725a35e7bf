"""The norm of a large gradient: sampled or in full, of every dtype and layout, of any size of number."""

import pytest
import torch

import pytorch_basics as pb


def arriving(g, name):
    return g.nodes[g.find(name)].outputs[0].gradient


def test_norms_of_large_gradients_are_sampled_unless_asked_in_full():
    """At most 4,096 elements are read; ``full=True`` reads all."""
    x = torch.linspace(0, 1, 100_000).requires_grad_()
    g = pb.graph(x.pow(2).sum())
    g.backward(retain_graph=True)
    sampled = arriving(g, "x")
    assert (sampled.exact, sampled.values) == (False, ())
    assert 0 < sampled.looked_at <= 4096
    g.backward(full=True)
    full = arriving(g, "x")
    true = float((2 * x.detach().double()).norm())
    assert full.exact
    assert full.norm == pytest.approx(true, rel=1e-6)
    assert sampled.norm == pytest.approx(true, rel=0.02)


@pytest.mark.parametrize("scale", [1e-30, 1e30, float("inf"), float("nan")], ids=str)
def test_norms_neither_overflow_nor_vanish(scale):
    """The square of a gradient may be out of range; its norm is not. NaN and infinity are told as such."""
    x = torch.ones(1000, requires_grad=True)
    g = pb.graph((x * scale).sum()).backward()
    assert arriving(g, "x").norm == pytest.approx(scale * 1000**0.5, rel=1e-5, nan_ok=True)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.complex64], ids=str)
@pytest.mark.parametrize("transposed", [False, True])
def test_norms_of_every_dtype_and_layout(dtype, transposed):
    """Half precision, complex numbers, a gradient that lies in memory the other way round."""
    torch.manual_seed(0)
    x = torch.ones(300, 200, dtype=dtype, requires_grad=True)
    weights = torch.randn(200, 300, dtype=dtype).t() if transposed else torch.randn(300, 200, dtype=dtype)
    loss = (x * weights).sum()
    g = pb.graph(loss, gradient=torch.ones((), dtype=dtype))
    g.backward(retain_graph=True, full=True)
    true = float(torch.linalg.vector_norm(weights.to(torch.complex128)))
    assert arriving(g, "x").norm == pytest.approx(true, rel=1e-3)
    sampled = arriving(g.backward(), "x")
    assert sampled.norm == pytest.approx(true, rel=0.1)
    assert sampled.looked_at <= 4096


def test_a_norm_of_almost_only_zeros_is_called_a_rough_guess():
    """A sample may miss, or overrate, the few places where there is a gradient; the text does not hide that."""
    x = torch.ones(200, 1000, requires_grad=True)
    g = pb.graph(x[:, 0].sum()).backward()
    sampled = arriving(g, "x")
    assert 0.9 * sampled.looked_at < sampled.zeros <= sampled.looked_at
    assert "% of them 0: a rough guess" in str(g)

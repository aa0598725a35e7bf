"""``start.double`` for otter-grader: the cases of our own exercise, as its exception-based tests."""

# mypy: ignore-errors
import torch
from otter.test_files import test_case

OK_FORMAT = False
name = "double"
points = 2


def _check(double, x):
    before = x.clone()
    y = double(x)
    assert y.dtype == x.dtype
    assert y.shape == x.shape
    assert torch.allclose(y, before + before)
    assert torch.equal(x, before), "x must not change"


@test_case(points=1, hidden=False)
def test_examples(double):
    _check(double, torch.tensor([1.0, 2.5, -3.0]))
    _check(double, torch.tensor([[2, 0], [5, 7], [1, 1]]))


@test_case(points=1, hidden=False)
def test_drawn(double):
    n = int(torch.randint(4, 7, ()))
    _check(double, torch.randn(n))
    _check(double, torch.randn(n, n + 1))
    _check(double, torch.randint(5, 99, (n,)))
    _check(double, torch.randn(n, dtype=torch.float64))
    _check(double, torch.randn(1, n))
    _check(double, torch.randn(2, 1, n))
    _check(double, torch.randn(0))

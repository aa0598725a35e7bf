"""Broadcasting is told where it took place, and flagged where it looks unmeant: ``(N, 1)`` with ``(N,)``."""

import pytest
import torch
from torch import nn

import pytorch_basics as pb

column, row, matrix = torch.rand(5, 1), torch.rand(5), torch.rand(5, 5)


def found(fn, *args):
    """The broadcasts of a trace: shapes, common shape, whether it looks unmeant."""
    told = [op.broadcast for op in pb.trace(fn, *args).ops if op.broadcast]
    return [(one.shapes, one.to, one.suspect) for one in told]


def test_a_column_with_a_row_is_flagged():
    """The classic: predictions ``(N, 1)``, targets ``(N,)``, a loss of ``N²`` differences."""
    assert found(lambda p, y: ((p - y) ** 2).mean(), column, row) == [(((5, 1), (5,)), (5, 5), True)]
    assert found(lambda p, y: (p - y).abs(), column, row) == [(((5, 1), (5,)), (5, 5), True)]
    assert found(lambda p, y: (y == p).float().mean(), column, row) == [(((5,), (5, 1)), (5, 5), True)]


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_a_loss_that_broadcasts_inside_is_flagged():
    """``mse_loss`` and ``MSELoss`` expand their operands one by one."""
    assert found(nn.functional.mse_loss, column, row) == [(((5, 1), (5,)), (5, 5), True)]
    assert found(lambda p, y: nn.MSELoss()(p, y), column, row) == [(((5, 1), (5,)), (5, 5), True)]
    assert found(nn.functional.l1_loss, column, row) == [(((5, 1), (5,)), (5, 5), True)]


def test_a_reshape_on_the_line_is_meant():
    """``y[:, None] - y`` asks for the table of differences."""
    assert found(lambda y: (y[:, None] - y).mean(), row) == [(((5, 1), (5,)), (5, 5), False)]
    assert found(lambda p, y: (p - y.unsqueeze(0).squeeze(0)).mean(), column, row) == [(((5, 1), (5,)), (5, 5), False)]


def test_a_tensor_with_itself_is_meant():
    """A column and a row of one memory make a table."""

    def table(y):
        upright = y[:, None]
        return (upright - y).mean()

    assert found(table, row) == [(((5, 1), (5,)), (5, 5), False)]


def test_a_result_that_does_not_reach_the_loss_is_not_flagged():
    """With a loss at hand, what does not lead to it is no mistake in it."""

    def f(p, y):
        table = p - y
        return table, (p[:, 0] - y).mean()

    assert found(f, column, row) == [(((5, 1), (5,)), (5, 5), False)]


def test_ordinary_broadcasting_is_told_and_not_flagged():
    """A row of means, a bias, a mask, a batch of matrices."""
    assert found(lambda a, b: a - b, matrix, row) == [(((5, 5), (5,)), (5, 5), False)]
    assert found(lambda a: a - a.mean(0, keepdim=True), matrix) == [(((5, 5), (1, 5)), (5, 5), False)]
    assert found(lambda a, b: a - b, column, column.T) == [(((5, 1), (1, 5)), (5, 5), False)]
    assert found(torch.where, matrix > 0, row, matrix) == [(((5, 5), (5,), (5, 5)), (5, 5), False)]
    assert found(torch.matmul, torch.rand(2, 1, 3, 4), torch.rand(5, 4, 6)) == [
        (((2, 1, 3, 4), (5, 4, 6)), (2, 5, 3, 6), False)
    ]
    assert found(lambda a, b: a.add_(b), matrix.clone(), row) == [(((5, 5), (5,)), (5, 5), False)]


def test_what_is_no_broadcasting_is_not_told():
    """Equal shapes, numbers, matrix products, layers, indexing, an expand that was asked for, a backward pass."""
    weight = torch.rand(5, 5, requires_grad=True)
    for fn in (
        lambda a: a + a,
        lambda a: a * 2 + torch.tensor(3.0),
        lambda a: a @ a + (a @ a[0])[0],
        lambda a: nn.functional.linear(a, a, a[0]),
        lambda a: nn.functional.layer_norm(a, (5,), a[0], a[0]),
        lambda a: a[torch.tensor([0, 1])],
        lambda a: a[:1].expand(5, 5),
        lambda a: a[:1].expand_as(a),
        lambda a: nn.functional.embedding(torch.tensor([1, 2, 3, 4, 0]), a),
        lambda a: a.sum().backward(),
    ):
        assert found(fn, weight) == []


def test_one_element_is_no_table():
    """``(1, 1)`` with ``(1,)`` changes no count."""
    assert found(lambda p, y: (p - y).mean(), torch.rand(1, 1), torch.rand(1)) == [(((1, 1), (1,)), (1, 1), False)]

"""``pb.losses`` shows the values and gradients that PyTorch gives, and names the floors."""

from __future__ import annotations

from math import exp, log

import pytest
from torch import nn

from pytorch_basics.instruments.training.losses import LossesRecord, losses


def curve(record: LossesRecord, name: str) -> int:
    return next(k for k, one in enumerate(record.curves) if one.name == name)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_the_gradient_of_bce_with_logits_is_sigmoid_minus_target(target: float) -> None:
    """At every logit, by the formula."""
    record = losses(target=target)
    found = record.curves[curve(record, "BCEWithLogitsLoss()(z, y)")]
    for z, slope in zip(record.logits, found.gradients, strict=True):
        assert slope == pytest.approx(1 / (1 + exp(-z)) - target, abs=1e-5)


def test_a_second_sigmoid_has_a_floor() -> None:
    """It cannot come below log(1 + 1/e) for a 1, nor below log 2 for a 0; the right loss comes to 0."""
    name = "BCEWithLogitsLoss()(sigmoid(z), y)"
    for target, floor in ((1.0, log(1 + exp(-1))), (0.0, log(2))):
        record = losses(target=target)
        assert record.curves[curve(record, name)].floor == pytest.approx(floor, abs=1e-4)
        assert record.curves[0].floor == pytest.approx(0.0, abs=1e-6)
        assert f"is never below {floor:.4f}" in str(record)


def test_a_second_softmax_has_a_floor() -> None:
    """Two classes: log(1 + 1/e)."""
    record = losses()
    found = record.curves[curve(record, "CrossEntropyLoss()(softmax([0, z]), y)")]
    assert found.floor == pytest.approx(log(1 + exp(-1)), abs=1e-4)


def test_ones_own_losses_are_named_as_written() -> None:
    """Any function of logit and target."""
    record = losses(nn.MSELoss(), lambda z, y: (z - y).abs().mean(), target=0.0)
    assert [one.name for one in record.curves] == ["nn.MSELoss()", "lambda z, y: (z - y).abs().mean()"]
    assert record.curves[1].losses[0] == pytest.approx(8.0)


def test_what_is_no_loss_is_refused() -> None:
    """A class in place of an object, a number, a loss of several numbers, a target outside 0 … 1."""
    with pytest.raises(TypeError, match=r"pb\.losses\(MSELoss\(\)\), with parentheses"):
        losses(nn.MSELoss)
    with pytest.raises(TypeError, match="a function of"):
        losses(3)
    with pytest.raises(ValueError, match="one number"):
        losses(lambda z, y: (z - y).repeat(2))
    with pytest.raises(ValueError, match="a number from 0 to 1"):
        losses(target=2)
    with pytest.raises(ValueError, match="below high"):
        losses(low=1, high=1)


def test_the_page_is_whole_and_no_line_needs_its_colour() -> None:
    """Each line has a dash or mark of its own; nothing is fetched; the record survives JSON."""
    record = losses()
    html = record._repr_mimebundle_()["text/html"]
    assert "://" not in html.replace("http://www.w3.org/", "")
    assert html.count("stroke-dasharray") >= 5
    assert LossesRecord.from_json(record.to_json()) == record

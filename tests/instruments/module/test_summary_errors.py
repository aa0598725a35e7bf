"""What is not a model is refused, and the error says what to write."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import pytorch_basics as pb


@pytest.mark.parametrize(
    ("value", "instead"),
    [
        (nn.Linear, "pb.summary(Linear(…)), an object of the class"),
        (torch.rand(2, 2), "pb.summary(model, x): the model first"),
        ([nn.Linear(1, 1)], "pb.summary(nn.Sequential(*layers))"),
        (torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1), "where the model's parameters are what it changes"),
        (3, "an object of a class that inherits from nn.Module"),
    ],
)
def test_what_is_not_a_model_is_refused(value: Any, instead: str) -> None:
    """The argument is named, and what to write in its place."""
    with pytest.raises(TypeError, match=r"pb\.summary.*model") as caught:
        pb.summary(value)
    assert instead in str(caught.value)

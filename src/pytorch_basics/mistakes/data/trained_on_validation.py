"""The loop over the validation data takes steps, as the one over the training data does."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import torch
from torch import nn

from pytorch_basics.mistakes.mistake import Answer, Mistake


def broken() -> Answer:
    return _moved(learning=True)


def fixed() -> Answer:
    return _moved(learning=False)


def _moved(learning: bool) -> Answer:
    """Whether measuring the validation loss has changed the model."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        before = model.weight.detach().clone()
        x, y = torch.randn(8, 2), torch.randn(8, 1)
        for _ in range(5):  # epochs; x and y are the validation data
            loss = nn.functional.mse_loss(model(x), y)
            if learning:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return Answer(given=not torch.equal(model.weight, before), expected=False)


MISTAKE = Mistake(
    id="data.trained_on_validation",
    code="",
    title="The validation loop is the training loop with other data",
    see="No error. The validation loss is as good as the training loss, and really new data do worse.",
    why="A step on the validation data makes training data of them. They can no longer say how the model does on "
    "what it has not learned from.",
    instead="`model.eval()`, `with torch.no_grad():`, the loss, and neither `backward()` nor `step()`",
    broken=broken,
    fixed=fixed,
)

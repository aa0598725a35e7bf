"""E1: ``model.eval()`` is taken for the switch that turns gradients off."""

import torch
from torch import nn

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake


def broken() -> Answer:
    model = nn.Linear(3, 1)
    model.eval()
    output = model(torch.ones(4, 3))
    return Answer(given={"requires_grad": output.requires_grad}, expected={"requires_grad": False})


def fixed() -> Answer:
    model = nn.Linear(3, 1)
    model.eval()
    with torch.no_grad():
        output = model(torch.ones(4, 3))
    return Answer(given={"requires_grad": output.requires_grad}, expected={"requires_grad": False})


def shown_by(evidence: Evidence) -> bool:
    """Facts of an answer say that it has a graph where none was expected, and that the mode is as it should be."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    if not (isinstance(given, dict) and isinstance(expected, dict)):
        return False
    graph = given.get("requires_grad") is True and expected.get("requires_grad") is False
    return graph and given.get("mode afterwards") == expected.get("mode afterwards")


MISTAKE = Mistake(
    id="evaluation.eval_stops_gradients",
    code="E1",
    title="eval() turns gradients off",
    see="What the model gives after `model.eval()` still has `requires_grad=True`; memory fills up while you only "
    "measure.",
    why="`eval()` tells the layers that care (Dropout, BatchNorm) to behave as in evaluation. Autograd does not look "
    "at the mode and records every operation.",
    instead="`model.eval()`, and `with torch.no_grad():` around the forward pass as well",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

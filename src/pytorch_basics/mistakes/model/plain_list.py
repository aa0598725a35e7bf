"""M1: layers in a plain list, a dict or a tuple are taken for layers of the model."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.model import lost_names, lost_shapes, trained
from pytorch_basics.mistakes.reading import empty_optimizer, unregistered

NAMES = ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "output.weight", "output.bias"]


class _InPlainList(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(2, 4), nn.Linear(4, 4)]
        self.output = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.layers[1](self.layers[0](x)))  # type: ignore[no-any-return]  # a module's call gives Any


class _InModuleList(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 4), nn.Linear(4, 4)])
        self.output = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.layers[1](self.layers[0](x)))  # type: ignore[no-any-return]  # the same


def broken() -> Answer:
    with torch.random.fork_rng():
        return Answer(given=trained(_InPlainList(), torch.ones(3, 2)), expected=NAMES)


def fixed() -> Answer:
    with torch.random.fork_rng():
        return Answer(given=trained(_InModuleList(), torch.ones(3, 2)), expected=NAMES)


def shown_by(evidence: Evidence) -> bool:
    """Whole layers are missing among the parameters, or an optimizer was given none at all."""
    if isinstance(evidence, Raised):
        return evidence.message.startswith("optimizer got an empty parameter list")
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    named = any(_whole_layers(*lost) for lost in lost_names(given, expected))
    return named or any(any(len(shape) > 1 for shape in lost) for lost in lost_shapes(given, expected))


def _whole_layers(lost: set[str], there: set[str]) -> bool:
    """Each missing name belongs to a layer (``layers.0`` of ``layers.0.weight``) of which nothing is there."""
    layers = {name.rpartition(".")[0] for name in lost}
    return "" not in layers and not layers & {name.rpartition(".")[0] for name in there}


def signs(record: Record) -> Iterator[Sign]:
    """Layers, in use in a run, that the model does not list."""
    if isinstance(record, RunRecord):
        yield from unregistered.layers(record)
    else:
        yield from empty_optimizer.plain_containers(record)


MISTAKE = Mistake(
    id="model.plain_list",
    code="M1",
    title="A layer in a Python list belongs to the model",
    see='The error "optimizer got an empty parameter list". Or, worse, no error: `named_parameters()` shows only '
    "some of the layers, and the others are not trained, not saved and not moved.",
    why="A module registers what is assigned to it: `self.layer = nn.Linear(…)`. It does not look into a list, a "
    "dict or a tuple.",
    instead="`self.layers = nn.ModuleList([…])`, `nn.ModuleDict({…})`, or `nn.Sequential(…)` where the layers "
    "only follow one another",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

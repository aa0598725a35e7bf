"""A layer with weights is made anew in each forward pass: its weights are random every time."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.owners import strangers


class _New(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 8)

    def forward(self, x: Tensor) -> Tensor:
        return nn.Linear(8, 2)(self.inner(x).relu())  # type: ignore[no-any-return]  # a module's call gives Any


class _Kept(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 8)
        self.outer = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.outer(self.inner(x).relu())  # type: ignore[no-any-return]  # the same


def _train(kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    model = kind()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        model(torch.ones(3, 4)).square().mean().backward()
        optimizer.step()


def broken() -> None:
    with torch.random.fork_rng():
        _train(_New)


def fixed() -> None:
    with torch.random.fork_rng():
        _train(_Kept)


def signs(record: Record) -> Iterator[Sign]:
    """A layer with parameters, constructed in a ``forward``, that ran several times."""
    if not isinstance(record, RunRecord):
        return
    for k, used in strangers(record).items():
        layer, born = record.layers[k], _born(record, used)
        calls = layer.train_graded + layer.train_ungraded + layer.eval_graded + layer.eval_ungraded
        if born is None or calls < 2:
            continue
        sizes = [str(value) for name, value in layer.settings if name.startswith(("in_", "out_", "num_", "embedding"))]
        text = f"nn.{layer.kind}({', '.join(sizes[:2])}{', …' if layer.kind != 'Linear' else ''})"
        yield Sign(
            place=born,
            seen=f"A new `{layer.kind}` is made here in every forward pass: its weights are random each time and never "
            "trained.",
            instead=f"`self.layer = {text}` in `__init__`, and `self.layer(x)` here",
            evidence=(f"It ran {calls} times, and `parameters()` of the model lists none of its weights.",),
        )


def _born(record: RunRecord, used: set[int]) -> Place | None:
    """Where its parameters were made, when they were made in a ``forward``, and others like them there as well."""
    one = record.parameters[min(used)]
    place = next((place for place in one.made if place.function.endswith("forward")), None)
    alike = [other for other in record.parameters if other.made[:1] == one.made[:1] and other.shape == one.shape]
    return place if len(alike) > 1 else None


MISTAKE = Mistake(
    id="model.made_in_forward",
    code="",
    title="A layer can be made where it is used",
    see="The loss is noisy and does not fall as far as it should; two calls with the same input give different "
    "results.",
    why="`nn.Linear(…)` makes new random weights. Made in `forward`, they are new in every pass; `parameters()` does "
    "not "
    "list them, so no optimizer trains them and `state_dict()` does not save them.",
    instead="`self.layer = nn.Linear(…)` in `__init__`; in `forward` only `self.layer(x)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""The model is made anew in the training loop: what it has learned is thrown away."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import ModelRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import loops


def _train(once: bool) -> None:
    with torch.random.fork_rng():
        model = nn.Linear(2, 1)
        for _ in range(5):
            if not once:
                model = nn.Linear(2, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            optimizer.zero_grad()
            model(torch.ones(3, 2)).square().mean().backward()
            optimizer.step()


def broken() -> None:
    _train(once=False)


def fixed() -> None:
    _train(once=True)


def signs(record: Record) -> Iterator[Sign]:
    """Several models of one kind, made on one line in a loop, each trained for a step or two or once over the data."""
    if not isinstance(record, RunRecord):
        return
    groups: dict[Place, list[tuple[ModelRecord, int]]] = {}
    for model in record.models:
        mine = set(model.parameters)
        steps = sum(one.steps for one in record.optimizers if mine & set(one.parameters))
        place = _made(record, model)
        if steps and place is not None and own(place):
            groups.setdefault(place, []).append((model, steps))
    for place, many in groups.items():
        shapes = {tuple(record.parameters[k].shape for k in model.parameters) for model, _ in many}
        most = max(steps for _, steps in many)
        if (
            len(many) < 3
            or len(shapes) > 1
            or not loops(place)
            or (most > 2 and not _one_pass(record, place, len(many)))
        ):
            continue
        yield Sign(
            place=place,
            seen=f"A new `{many[0][0].kind}` is made here in every round of the loop: it starts from random weights, "
            "and "
            "what the one before has learned is lost.",
            instead=f"`{place.text}` once, before the loop",
            evidence=(f"{len(many)} models were made on this line; none was trained for more than {most} steps.",),
            sure=False,
        )


def _made(record: RunRecord, model: ModelRecord) -> Place | None:
    """The innermost line in a loop that ran when its parameters were made."""
    ran = [place for k in model.parameters[:1] for place in record.parameters[k].made]
    return next((place for place in ran if not place.function.endswith("__init__") and loops(place)), None)


def _one_pass(record: RunRecord, place: Place, count: int) -> bool:
    """A data loader was iterated about once for each model, in the same loop."""
    around = loops(place)[0]
    inside = [e for e in record.of("iter") if around.lineno <= e.place.line <= (around.end_lineno or 0)]
    return bool(inside) and len({e.place for e in inside}) == 1 and len(inside) <= count


MISTAKE = Mistake(
    id="model.made_in_loop",
    code="",
    title="Each epoch can begin with the constructor",
    see="The loss falls within an epoch and is back at its first value at the beginning of the next. No error.",
    why="Every call of the constructor makes a model with new random weights. In the loop it throws away what the last "
    "round has learned.",
    instead="`model = Net()` and its optimizer once, before the loop",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""E3: training goes on in evaluation mode: dropout and batch norm are switched off."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import EventRecord, RunRecord
from pytorch_basics.mistakes.evaluation import drops, mode_line, moody, named
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.owners import stepping
from pytorch_basics.mistakes.reading.wording import times


def _train(switch: bool) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x, y = torch.randn(20, 4), torch.randn(20, 1)
        model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        for _ in range(4):
            if switch:
                model.train()
            for _ in range(2):
                optimizer.zero_grad()
                nn.functional.mse_loss(model(x), y).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                nn.functional.mse_loss(model(x), y)


def broken() -> None:
    _train(switch=False)


def fixed() -> None:
    _train(switch=True)


def signs(record: Record) -> Iterator[Sign]:
    """Forward passes that training uses and that ran in evaluation mode, in a model where the mode matters."""
    if not isinstance(record, RunRecord) or record.steps < 3:
        return
    moved = stepping(record)
    for which, model in enumerate(record.models):
        layers = moody(record, model)
        used = [e for e in record.of("forward") if e.which == which and e.used and own(e.place)]
        silent = [e for e in used if not e.training]
        if not layers or len(silent) < 3 or not moved & set(model.parameters):
            continue
        switched = used[0].training is True and _for_good(used)
        if switched or (len(silent) == len(used) and any(map(drops, layers))):
            yield _sign(record, which, used, silent, switched)


def _for_good(used: list[EventRecord]) -> bool:
    """From some call on all are in evaluation mode."""
    first = next(k for k, e in enumerate(used) if not e.training)
    return not any(e.training for e in used[first:])


def _sign(record: RunRecord, which: int, used: list[EventRecord], silent: list[EventRecord], switched: bool) -> Sign:
    model, place = record.models[which], silent[0].place
    line = mode_line(place, "eval", model)
    layer = moody(record, model)[0]
    return Sign(
        place=line or place,
        seen=f"`{model.name}` is trained in evaluation mode (line {place.line})"
        + (", because nothing calls `train()` after `eval()`" if switched else "")
        + f": {named(layer)} does nothing there.",
        instead=f"`{model.name}.train()` at the beginning of each epoch",
        evidence=(
            f"In {times(len(silent), len(used), 'watched training calls')} `{model.name}.training` was False"
            + (f", from step {silent[0].steps} on." if switched else "."),
        ),
        sure=switched,
        also=(place,) if line is not None else (),
    )


MISTAKE = Mistake(
    id="evaluation.left_in_eval_mode",
    code="E3",
    title="After an evaluation the model trains on as before",
    see="The training loss gets better after the first evaluation and the validation loss worse. No error.",
    why="`model.eval()` stays until `model.train()` is called. Without it dropout drops nothing and batch norm neither "
    "uses nor learns the statistics of the batch.",
    instead="`model.train()` at the beginning of each epoch, `model.eval()` before each evaluation",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

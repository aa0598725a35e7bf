"""Part of what is trained together was never given to an optimizer."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.owners import idle, stepping, strangers
from pytorch_basics.mistakes.reading.wording import optimizer, parameters

FEWEST = 10  # steps: a part of a game of two that is only shown has fewer


def _train(give_both: bool) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder, decoder = nn.Linear(4, 2), nn.Linear(2, 4)
        both = [*encoder.parameters(), *decoder.parameters()]
        sgd = torch.optim.SGD(both if give_both else encoder.parameters(), lr=0.1)
        for _ in range(FEWEST):
            x = torch.randn(8, 4)
            loss = nn.functional.mse_loss(decoder(torch.tanh(encoder(x))), x)
            sgd.zero_grad()
            loss.backward()
            sgd.step()


def broken() -> None:
    _train(give_both=False)


def fixed() -> None:
    _train(give_both=True)


def signs(record: Record) -> Iterator[Sign]:
    """Layers in training mode that get gradients in every backward pass, beside those that an optimizer moves."""
    if not isinstance(record, RunRecord) or record.steps < FEWEST:
        return
    trained = [k for k in stepping(record) if record.parameters[k].backwards and record.parameters[k].layer is not None]
    unknown = {k for mine in strangers(record).values() for k in mine}
    free = [k for k in idle(record) if k not in unknown and _could_learn(record, k)]
    if not trained or not free or _on_purpose(record, trained, free):
        return
    twice = next((k for k, one in enumerate(record.optimizers) if _again(record, k)), None)
    which = record.parameters[trained[0]].optimizers[0] if twice is None else twice
    one = record.optimizers[which]
    place = one.made or one.at
    if place is None:
        return
    yield Sign(
        place=place,
        seen=f"{parameters(record, free)} get gradients in every backward pass, and no optimizer holds them.",
        instead=_instead(record, which, trained, free, twice is not None),
        evidence=(
            f"{parameters(record, free)}: gradients in {record.parameters[free[0]].backwards} backward passes, and no "
            f"change in {record.steps} steps; `{optimizer(record, which)}` holds {len(one.parameters)} other "
            "parameters.",
        ),
        sure=False,
        also=tuple(p for p in (one.at,) if p is not None and p != place),
    )


def _could_learn(record: RunRecord, k: int) -> bool:
    """It was made in this run, is in training mode, and nothing was loaded into it."""
    one = record.parameters[k]
    if one.layer is None or one.backwards < 3 or not one.requires_grad or one.optimizers:
        return False
    layer = record.layers[one.layer]
    if not one.made and layer.made is None:
        return False
    return layer.train_graded > 0 and not layer.eval_graded and not record.of("load")


def _on_purpose(record: RunRecord, trained: list[int], free: list[int]) -> bool:
    """The optimizer was given one whole part of the model: ``model.head.parameters()``."""
    model = record.parameters[free[0]].model
    if any(record.parameters[k].model != model for k in trained):
        return False
    given = {record.parameters[k].name.split(".")[0] for k in trained}
    kept = {record.parameters[k].name.split(".")[0] for k in free}
    return len(given) == 1 and not given & kept


def _again(record: RunRecord, which: int) -> bool:
    """Whether an earlier optimizer holds the very same parameters."""
    mine = record.optimizers[which].parameters
    return bool(mine) and any(set(one.parameters) == set(mine) for one in record.optimizers[:which])


def _instead(record: RunRecord, which: int, trained: list[int], free: list[int], twice: bool) -> str:
    kind, owner, other = record.optimizers[which].kind, _owner(record, trained[0]), _owner(record, free[0])
    if twice:
        return "the other model's parameters: the optimizer that was made before holds these already"
    parts = f"[*{owner}.parameters(), *{other}.parameters()]" if owner != other else "[…]"
    return f"the parameters of all parts: `{kind}({parts}, …)`; or `requires_grad_(False)` on what is not to learn"


def _owner(record: RunRecord, k: int) -> str:
    model = record.parameters[k].model
    return record.models[model].name if model is not None else "model"


MISTAKE = Mistake(
    id="optim.left_out",
    code="",
    title="The optimizer trains everything that takes part",
    see="Training works in part: the loss falls less than it could, and some layers keep their first, random "
    "numbers. No "
    "error.",
    why="An optimizer moves only the parameters that it was given. A second module, or a layer that is not in the "
    "list, "
    "gets gradients and stays as it is.",
    instead="`torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], …)`, or one module that holds both",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

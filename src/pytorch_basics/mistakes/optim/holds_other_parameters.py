"""O4: the optimizer was given other parameters than those that the model has now."""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator"

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import ModelRecord, OptimizerRecord, ParameterRecord, RunRecord
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import alike, plain
from pytorch_basics.mistakes.reading.lines import assigned
from pytorch_basics.mistakes.reading.owners import idle, made, strangers
from pytorch_basics.mistakes.reading.wording import optimizer, parameters


def broken() -> Answer:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    model[1] = nn.Linear(3, 1)
    return _one_step(model, optimizer)


def fixed() -> Answer:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    model[1] = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    return _one_step(model, optimizer)


def _one_step(model: nn.Module, optimizer: torch.optim.Optimizer) -> Answer:
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    model(torch.ones(4, 2)).mean().backward()
    optimizer.step()
    expected = {name: start[name] - 0.5 * p.grad for name, p in model.named_parameters()}
    return Answer(given=dict(model.named_parameters()), expected=expected, args=(start,))


def shown_by(evidence: Evidence) -> bool:
    """Of several parameters some took their step; others are where they began, although a gradient has reached them."""
    if not isinstance(evidence, Answer):
        return False
    given, expected = _listed(evidence.given), _listed(evidence.expected)
    return any(_in_part(given, expected, _listed(start)) for start in evidence.args)


def _in_part(given: list[Any], expected: list[Any], start: list[Any]) -> bool:
    if len(given) < 2 or not len(given) == len(expected) == len(start):
        return False
    rows = list(zip(given, expected, start, strict=True))
    if not all(all(map(plain, row)) and row[0].shape == row[1].shape == row[2].shape for row in rows):
        return False
    moving = [row for row in rows if not alike(row[1], row[2])]
    took_it = [mine for mine, theirs, _ in moving if alike(mine, theirs)]
    stayed = [mine for mine, _, began in moving if alike(mine, began) and _reached(mine)]
    return bool(took_it) and bool(stayed) and len(took_it) + len(stayed) == len(moving)


def _reached(parameter: torch.Tensor) -> bool:
    return parameter.is_leaf and parameter.grad is not None and bool(parameter.grad.any())


def _listed(value: Any) -> list[Any]:
    """What a dict, list or tuple holds, in its order."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else []


def signs(record: Record) -> Iterator[Sign]:
    """Parameters that get gradients and are in no optimizer, where one steps with parameters that get none, or was made
    before they were."""
    if not isinstance(record, RunRecord):
        return
    unknown = {k for mine in strangers(record).values() for k in mine}
    yield from _lazy(record, unknown)
    free = [k for k in idle(record) if k not in unknown and record.parameters[k].model is not None]
    for which, one in enumerate(record.optimizers):
        if not one.steps or not free or any(p.model != record.parameters[free[0]].model for p in _of(record, free)):
            continue
        held = [record.parameters[k] for k in one.parameters]
        born = next((e.order for e in record.of("made") if e.which == which), None)
        later = [k for k in free if born is not None and record.parameters[k].born > born]
        unused = [p for p in held if not p.backwards and p.none and not p.changed]
        if len(unused) == len(held) and one.steps >= 3:
            yield _sign(record, which, later or free, bool(later))
        elif later and any(p.model == record.parameters[later[0]].model for p in held):
            yield _sign(record, which, later, True)


def _lazy(record: RunRecord, unknown: set[int]) -> Iterator[Sign]:
    """A layer that the first ``forward`` made, once, after the optimizer was made; it learns nothing."""
    stayed = set(idle(record))
    for which, one in enumerate(record.optimizers):
        born = next((e.order for e in record.of("made") if e.which == which), None)
        for k in sorted(unknown & stayed) if one.steps >= 3 and born is not None else ():
            p = record.parameters[k]
            place = next((place for place in p.made if place.function.endswith("forward")), None)
            alike = [q for q in record.parameters if q.made[:1] == p.made[:1] and q.shape == p.shape]
            if place is None or p.born < (born or 0) or len(alike) > 1 or p.backwards < 3:
                continue
            yield Sign(
                place=place,
                seen=f"This layer is made in the first `forward`, after `{optimizer(record, which)}` was made: the "
                "optimizer does not hold its parameters, and they are not trained.",
                instead="the layer in `__init__` (or `nn.LazyLinear(…)` and one `forward` before the optimizer is "
                "made)",
                evidence=(
                    f"its parameters got gradients in {p.backwards} backward passes and never changed in "
                    f"{record.steps} steps",
                ),
                also=tuple(place for place in (one.made, one.at) if place is not None),
            )
            return


def _of(record: RunRecord, numbers: list[int]) -> list[ParameterRecord]:
    return [record.parameters[k] for k in numbers]


def _sign(record: RunRecord, which: int, free: list[int], later: bool) -> Sign:
    one, name = record.optimizers[which], optimizer(record, which)
    model = record.models[record.parameters[free[0]].model or 0]
    old = next((p for p in _of(record, list(one.parameters)) if not p.backwards), None)
    place = made(record.parameters[free[0]], old) if later else _assigned_later(model, one)
    place = place or one.made or one.at or Place("", 0)
    unused = [k for k in one.parameters if record.parameters[k].none and not record.parameters[k].backwards]
    evidence = [
        f"{parameters(record, free)} got gradients in {record.parameters[free[0]].backwards} backward passes, are in "
        "no "
        "optimizer, and never changed.",
    ]
    if unused:
        evidence.append(f"`{name}` holds {len(unused)} parameters whose `.grad` was None in all watched steps.")
    after = f"after line {place.line}" if place != one.made else "from the model that is trained"
    return Sign(
        place=place,
        seen=f"`{name}` was made for other parameters than those that `{model.name}` has now"
        + (": these were made here, after it." if later else "."),
        instead=f"`{one.made.text if one.made else 'optimizer = …'}` {after}",
        evidence=tuple(evidence),
        also=tuple(p for p in (one.made, one.at) if p is not None and p != place),
    )


def _assigned_later(model: ModelRecord, one: OptimizerRecord) -> Place | None:
    """Where the model's name was bound again after the optimizer was made, for one whose making nobody saw."""
    if one.made is None or model.at is None:
        return None
    found = [place for place, _ in assigned(model.at.file, model.name)]
    again = [p for p in found if p.function != one.made.function or p.line > one.made.line]
    return again[-1] if len(found) > 1 and again else None


MISTAKE = Mistake(
    id="optim.holds_other_parameters",
    code="O4",
    title="The optimizer follows the model",
    see="Some layers learn and others never move, or none does, although every gradient is there. No error, no "
    "warning.",
    why="An optimizer knows nothing of the model. It holds the tensors that it was given when it was made. A layer "
    "that was replaced or added later has new ones.",
    instead="the model first, complete, and then `torch.optim.SGD(model.parameters(), …)`; or "
    '`optimizer.add_param_group({"params": model.head.parameters()})` for what comes later',
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

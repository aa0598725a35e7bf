"""What a model used in a run without knowing of it: layers in plain lists and dicts, and plain tensors that learn.

In go a ``RunRecord``; out come the signs that ``model.plain_list`` and ``model.plain_tensor`` tell of.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytorch_basics.instruments.module.record import StrayRecord
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Sign
from pytorch_basics.mistakes.reading.owners import attribute, stepping, strangers
from pytorch_basics.mistakes.reading.wording import optimizer


def layers(record: RunRecord) -> Iterator[Sign]:
    """Layers that ran with grad mode on in a model which does not know of them, and that no optimizer holds."""
    found = strangers(record)
    held = stepping(record)
    for model in record.models:
        for stray in model.strays:
            mine = [k for k, used in found.items() if _fits(record, k, used, stray)]
            used = {p for k in mine for p in found[k]}
            if stray.what != "layer" or not used or held & used or any(record.parameters[p].changed for p in used):
                continue
            if not any(record.layers[k].train_graded for k in mine):
                continue
            first = record.layers[mine[0]]
            place = _assigned(record, stray, first.made) or first.made or first.at
            if place is not None:
                yield _sign(record, stray, place, used, len(mine))


def _fits(record: RunRecord, k: int, used: set[int], stray: StrayRecord) -> bool:
    """The stray is of its kind, or (a list of blocks, say) it was not made in a ``forward``."""
    layer = record.layers[k]
    if layer.kind == stray.kind or layer.made is not None:
        return layer.kind == stray.kind or "forward" not in (layer.made.function if layer.made else "")
    ran = any(one.model is None and one.kind == stray.kind for one in record.layers)
    made = [place.function for p in used for place in record.parameters[p].made]
    return ran and bool(made) and not any("forward" in function for function in made)


def _sign(record: RunRecord, stray: StrayRecord, place: Place, used: set[int], count: int) -> Sign:
    reached = [record.parameters[k] for k in used if record.parameters[k].backwards]
    numbers = sum(_numel(record.parameters[k].shape) for k in used)
    evidence = [f"`{stray.where}` ran, and `parameters()` of the model does not list its weights ({numbers} numbers in "
                f"{len(used)} tensors)."]  # fmt: skip
    if reached and record.steps:
        which = next(k for k, one in enumerate(record.optimizers) if one.steps)
        evidence.append(
            f"They got gradients in {max(one.backwards for one in reached)} backward passes, "
            f"`{optimizer(record, which)}` does "
            f"not hold them, and they did not change in {record.steps} steps."
        )
    return Sign(
        place=place,
        seen=f"`{stray.where}` ({stray.kind}{f', {stray.count} of them' if stray.count > 1 else ''}) is used by the "
        "model and "
        "not registered in it: it is not trained.",
        instead=stray.instead,
        evidence=tuple(evidence),
        sure=bool(reached) and record.steps >= 3,
    )


def tensors(record: RunRecord) -> Iterator[Sign]:
    """Plain tensors with ``requires_grad`` in a model, which a backward pass reached and no optimizer holds."""
    held = stepping(record)
    loose = {
        k: one
        for k, one in enumerate(record.parameters)
        if one.model is None and one.layer is None and one.backwards and not one.changed and k not in held
    }
    for model in record.models:
        for stray in model.strays:
            mine = [k for k, one in loose.items() if one.name == stray.where or _shaped(stray, one.shape)]
            if stray.what != "parameter" or not mine or record.steps < 3:
                continue
            place = _assigned(record, stray, None) or model.at
            if place is None:
                continue
            yield Sign(
                place=place,
                seen=f"`{stray.where}` ({stray.kind}) requires grad and is used by the model, but it is not "
                "registered: "
                "`parameters()` does not list it, so it is not trained.",
                instead=stray.instead,
                evidence=(
                    f"It got a gradient in {loose[mine[0]].backwards} backward passes, no optimizer holds it, and it "
                    "did "
                    f"not change in {record.steps} steps.",
                ),
            )


def _shaped(stray: StrayRecord, shape: tuple[int, ...]) -> bool:
    return stray.numel == _numel(shape) and stray.what == "parameter" and stray.count == 1


def _numel(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _assigned(record: RunRecord, stray: StrayRecord, near: Place | None) -> Place | None:
    return attribute(record, stray.where.partition("[")[0], near)

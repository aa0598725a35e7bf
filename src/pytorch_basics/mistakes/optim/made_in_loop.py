"""The optimizer is made anew in the loop and forgets what it has learned of the gradients."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import OptimizerRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import loops


def _train(once: bool) -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.25)
    for _ in range(6):
        if not once:
            adam = torch.optim.Adam([w], lr=0.25)
        adam.zero_grad()
        ((w - 1) ** 2).sum().backward()
        adam.step()


def broken() -> None:
    _train(once=False)


def fixed() -> None:
    _train(once=True)


def signs(record: Record) -> Iterator[Sign]:
    """Several optimizers, made on one line with the same settings, that stepped one after the other with the same
    parameters."""
    if not isinstance(record, RunRecord) or record.of("load"):
        return
    groups: dict[tuple[object, ...], list[OptimizerRecord]] = {}
    for one in record.optimizers:
        if one.steps:
            groups.setdefault((one.kind, tuple(sorted(one.parameters)), _rate(one)), []).append(one)
    for many in groups.values():
        place = next((one.made for one in many if one.made is not None), None)
        if place is None or not own(place) or not _remembers(many[0]):
            continue
        if any(one.made not in (None, place) for one in many) or len(many) < (3 if loops(place) else 5):
            continue
        most = max(one.steps for one in many)
        yield Sign(
            place=place,
            seen=f"A new `{many[0].kind}` is made here again and again for the same parameters: each begins without "
            "what the one before knew of the gradients.",
            instead=f"`{place.text}` once, before the loop",
            evidence=(
                f"{len(many)} optimizers were made on this line for the same {len(many[0].parameters)} parameters; "
                "none "
                f"took more than {most} step{'s' if most > 1 else ''}.",
            ),
            sure=most == 1 and len(many) >= 5,
        )


def _rate(one: OptimizerRecord) -> object:
    return dict(one.settings).get("lr") if one.kind == "SGD" else None


def _remembers(one: OptimizerRecord) -> bool:
    """Whether it keeps anything from step to step."""
    return one.kind != "SGD" or bool(dict(one.settings).get("momentum"))


MISTAKE = Mistake(
    id="optim.made_in_loop",
    code="",
    title="An optimizer can be made anew at any time",
    see="Training is slower or rougher than it should be, above all at the beginning of each epoch. No error.",
    why="Adam and SGD with momentum keep running averages of the gradients of each parameter. A new optimizer has "
    "none: it "
    "starts to collect them again.",
    instead="`optimizer = torch.optim.Adam(model.parameters(), …)` once, before the loop",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

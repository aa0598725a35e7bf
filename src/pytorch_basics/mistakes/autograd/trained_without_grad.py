"""A part that the optimizer should train runs under ``no_grad()``."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import called, statement
from pytorch_basics.mistakes.reading.owners import stepping
from pytorch_basics.mistakes.reading.wording import parameters

OFF = {"no_grad", "inference_mode", "set_grad_enabled"}


def _train(graded: bool) -> None:
    with torch.random.fork_rng():
        body, head = nn.Linear(3, 4), nn.Linear(4, 1)
        optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
        for _ in range(5):
            with torch.set_grad_enabled(graded):
                features = body(torch.ones(2, 3))
            optimizer.zero_grad()
            head(features).square().mean().backward()
            optimizer.step()


def broken() -> None:
    _train(graded=False)


def fixed() -> None:
    _train(graded=True)


def signs(record: Record) -> Iterator[Sign]:
    """Parameters in an optimizer that never got a gradient, in layers that only ever ran with grad mode off, beside
    others that are trained."""
    if not isinstance(record, RunRecord) or record.watched < 3:
        return
    held = stepping(record)
    if not any(record.parameters[k].backwards for k in held):
        return
    groups: dict[Place, list[int]] = {}
    for k in sorted(held):
        one = record.parameters[k]
        layer = record.layers[one.layer] if one.layer is not None else None
        if layer is None or one.backwards or not one.requires_grad or one.none < 3 or one.changed or layer.at is None:
            continue
        if layer.train_ungraded >= 3 and not layer.train_graded and own(layer.at):
            groups.setdefault(layer.at, []).append(k)
    for at, numbers in groups.items():
        place = _switch(at) or at
        layers = {record.parameters[k].layer for k in numbers}
        yield Sign(
            place=place,
            seen=f"{parameters(record, numbers)} are in the optimizer, and their layers run with grad mode off in "
            "training: "
            "no gradient reaches them.",
            instead=f"`{at.text}` outside of `torch.no_grad()`; or leave these parameters out of the optimizer",
            evidence=(
                f"`.grad` of {parameters(record, numbers)} was None in all {record.parameters[numbers[0]].none} "
                "watched "
                f"steps; their {len(layers)} layers ran "
                f"{max(record.layers[k].train_ungraded for k in layers if k is not None)}"
                " times in training mode, never with grad mode on.",
            ),
            sure=False,
            also=(at,) if place != at else (),
        )


def _switch(place: Place) -> Place | None:
    """The ``with torch.no_grad():`` (or the decorator) around a line in its function."""
    source, here = source_of(place.file), statement(place)
    if source is None or here is None:
        return None
    for above in (here, *source.up(here)):
        if isinstance(above, ast.With) and any(called(item.context_expr) in OFF for item in above.items):
            return source.place_of_line(above.lineno, above)
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [mark for mark in above.decorator_list if called(mark) in OFF or _bare(mark) in OFF]
            return source.place_of_line(marks[0].lineno, above) if marks else None
    return None


def _bare(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


MISTAKE = Mistake(
    id="autograd.trained_without_grad",
    code="",
    title="What the optimizer holds is trained",
    see="One part of the model never changes, although its parameters are in the optimizer. No error.",
    why="Under `torch.no_grad()` no graph is recorded. `backward()` cannot go through that part, `.grad` stays None, "
    "and "
    "`step()` skips it.",
    instead="`torch.no_grad()` only around what is not to learn, and around the evaluation",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

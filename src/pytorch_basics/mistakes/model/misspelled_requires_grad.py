"""``requires_grad`` is misspelled, or set on a module, and nothing is frozen."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
import difflib
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.wording import parameters


def _train(body: nn.Linear) -> None:
    head = nn.Linear(3, 1)
    learning = [p for p in (*body.parameters(), *head.parameters()) if p.requires_grad]
    optimizer = torch.optim.SGD(learning, lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        (head(body(torch.ones(3, 4))) - 1).square().mean().backward()
        optimizer.step()


def broken() -> None:
    with torch.random.fork_rng():
        body = nn.Linear(4, 3)
        for p in body.parameters():
            p.require_grad = False  # type: ignore[attr-defined]  # this is the mistake
        _train(body)


def fixed() -> None:
    with torch.random.fork_rng():
        body = nn.Linear(4, 3)
        for p in body.parameters():
            p.requires_grad = False
        _train(body)


def close(name: str) -> bool:
    """Whether somebody may have meant ``requires_grad``."""
    return name != "requires_grad" and bool(difflib.get_close_matches(name, ["requires_grad"], cutoff=0.8))


def signs(record: Record) -> Iterator[Sign]:
    """Parameters with an attribute that is nearly ``requires_grad``, and modules with one of that name."""
    if not isinstance(record, RunRecord):
        return
    marked: dict[str, list[int]] = {}
    for k, one in enumerate(record.parameters):
        for name in filter(close, one.strange):
            if one.requires_grad:
                marked.setdefault(name, []).append(k)
    for name, numbers in marked.items():
        place = _where(record, name)
        if place is not None:
            yield Sign(
                place=place,
                seen=f"`{name}` is a new attribute that PyTorch does not know; `requires_grad` is still True.",
                instead=f"`{place.text.replace(name, 'requires_grad')}`",
                evidence=(
                    f"{parameters(record, numbers)} have `{name}` and `requires_grad=True`.",
                    *_went(record, numbers),
                ),
            )
    yield from _modules(record)


def _modules(record: RunRecord) -> Iterator[Sign]:
    for layer in record.layers:
        names = [n for n, value in layer.settings if isinstance(value, bool) and (n == "requires_grad" or close(n))]
        below = [
            k
            for k, p in enumerate(record.parameters)
            if p.model == layer.model
            and layer.model is not None
            and (not layer.path or p.name.startswith(f"{layer.path}."))
        ]
        free = [k for k in below if record.parameters[k].requires_grad]
        for name in names:
            place = _where(record, name)
            if place is not None and free and dict(layer.settings)[name] is False:
                yield Sign(
                    place=place,
                    seen=f"`{name} = False` on a module ({layer.kind}) only makes an attribute: its parameters still "
                    "require "
                    "grad.",
                    instead=f"`{place.text.partition('.' + name)[0]}.requires_grad_(False)`",
                    evidence=(f"{parameters(record, free)} have `requires_grad=True`.", *_went(record, free)),
                )


def _went(record: RunRecord, numbers: list[int]) -> tuple[str, ...]:
    moved = [k for k in numbers if record.parameters[k].changed]
    return (f"{parameters(record, moved)} changed in this run.",) if moved else ()


def _where(record: RunRecord, name: str) -> Place | None:
    """Where an attribute of this name is assigned, or set by ``setattr``."""
    for file in dict.fromkeys(site.place.file for site in record.sites if site.place.file):
        source = source_of(file)
        for node in ast.walk(source.tree) if source is not None else ():
            stored = isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store)
            if source is not None and (stored or (isinstance(node, ast.Constant) and node.value == name)):
                return source.place_of_line(node.lineno, node)  # type: ignore[attr-defined]  # both have one
    return None


MISTAKE = Mistake(
    id="model.misspelled_requires_grad",
    code="",
    title="A misspelled requires_grad is an error",
    see="Layers that should be frozen are trained all the same. No error, no warning.",
    why="Python lets you set any attribute. `p.require_grad = False` makes a new one, and so does "
    "`module.requires_grad = "
    "False`, because a module has no such attribute. PyTorch reads `requires_grad` of each parameter.",
    instead="`for p in model.body.parameters(): p.requires_grad = False`, or `model.body.requires_grad_(False)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

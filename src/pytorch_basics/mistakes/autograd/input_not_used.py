"""A gradient is asked for with respect to a tensor that the output was not computed from."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for autograd.grad().

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.bindings import bindings
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.autograd.not_watched import watched
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.feeding import names, space_of
from pytorch_basics.mistakes.reading.lines import same_function

UNUSED = "appears to not have been used in the graph"
UNWATCHED = re.compile(r"^[Oo]ne of the differentiated Tensors does not require grad")
VIEWS = (
    "[]",
    "reshape",
    "view",
    "clone",
    "requires_grad_",
    "detach",
    "unsqueeze",
    "squeeze",
    "to",
    "float",
    "T",
    "t",
    "select",
)


def broken() -> object:
    net, x = nn.Linear(2, 1), torch.rand(4, 2)
    noise = torch.zeros(4, 2, requires_grad=True)
    noisy = x + noise
    out = net(x).sum()
    return noisy, torch.autograd.grad(out, noise)


def fixed() -> object:
    net, x = nn.Linear(2, 1), torch.rand(4, 2)
    noise = torch.zeros(4, 2, requires_grad=True)
    noisy = x + noise
    out = net(noisy).sum()
    return torch.autograd.grad(out, noise)


def signs(record: Record) -> Iterator[Sign]:
    """``autograd.grad`` says that its input has no part in its output, or that it does not require grad."""
    if not isinstance(record, FailureRecord) or record.place is None or record.failing is None:
        return
    wanted = record.failing.argument(1, "inputs")
    if wanted is None:
        return
    if UNWATCHED.search(record.message):
        yield from _unwatched(record, wanted)
    elif UNUSED in record.message:
        yield from _derived(record, wanted)


def _unwatched(record: FailureRecord, wanted: Argument) -> Iterator[Sign]:
    made = record.made(wanted)
    if record.place is None or made is None or (wanted.value is not None and wanted.value.requires_grad):
        return
    yield Sign(
        place=made.place,
        seen=f"`{wanted.text}` does not require grad, so nothing that is computed from it leads back to it.",
        instead=f"{wanted.text} = {watched(made.text)}, before the model runs",
        evidence=(f"`{wanted.text}.requires_grad` is False",),
        also=(record.place,) if record.place.line != made.place.line else (),
    )


def _derived(record: FailureRecord, wanted: Argument) -> Iterator[Sign]:
    place, name = record.place, wanted.text.strip("[](), ")
    assert place is not None
    output = record.failing.argument(0, "outputs") if record.failing else None
    behind = list(record.origins(output))
    made = record.made(wanted)
    also = (place,)
    forgotten = _forgotten(record, behind, name)
    if forgotten is not None:
        step, old, new = forgotten
        yield Sign(
            place=step.place,
            seen=f"`{step.text}` is given `{old}`, and `{new}`, which is computed from `{name}`, goes nowhere: the "
            "output does "
            f"not depend on `{name}`.",
            instead=re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w.])", new, step.text),
            evidence=(f"`{name}` is not on the way to `{output.text if output else 'the output'}`",),
            also=tuple(p for p in also if p.line != step.place.line),
        )
    elif made is not None and made.bare in VIEWS and any(a.text in _texts(behind) for a in made.operands):
        whole = next(a.text for a in made.operands if a.text in _texts(behind))
        yield Sign(
            place=made.place,
            seen=f"`{made.text}` is a new tensor, computed from `{whole}`; the output was computed from `{whole}`, "
            "and not by "
            "way of this one.",
            instead=f"the gradient of `{whole}`, of which you take the part; or the output computed from `{name}`",
            evidence=(f"`{name}` is not on the way to `{output.text if output else 'the output'}`",),
            also=tuple(p for p in also if p.line != made.place.line),
        )
    else:
        yield Sign(
            place=place,
            seen=f"`{output.text if output else 'The output'}` was not computed from `{name}`.",
            instead=f"`{name}` itself into the model, or the tensor that did go into it as the input of autograd.grad",
            evidence=(f"PyTorch: {record.message.partition('. ')[0]}",),
            sure=False,
        )


def _texts(steps: list[Step]) -> set[str]:
    return {a.text for s in steps for a in s.operands}


def _forgotten(record: FailureRecord, behind: list[Step], name: str) -> tuple[Step, str, str] | None:
    """A step on the way that takes an old tensor, where a new one was computed from it and from ``name`` before."""
    found = space_of(record.place) if record.place else None
    if found is None or record.place is None:
        return None
    _, space = found
    for new, bound in bindings(space).items():
        for one in bound:
            parts = names(one.value)
            here = Place(record.place.file, getattr(one.node, "lineno", 0), record.place.function)
            if name not in parts or new == name or one.how != "assign":
                continue
            for step in behind:
                takes = [a.text for a in step.operands if a.text in parts and a.text != name]
                if takes and same_function(step.place, here) and step.place.line > here.line and step.name != new:
                    return step, takes[0], new
    return None


MISTAKE = Mistake(
    id="autograd.input_not_used",
    code="",
    title="A gradient can be asked of any tensor with the right name",
    see="`autograd.grad` says that a differentiated tensor appears to not have been used in the graph, or does not "
    "require grad.",
    why="The gradient is that of the very tensor object that went into the computation. A slice, a copy or a sum "
    "made beside "
    "it is another tensor, and one that nothing was computed from has no gradient.",
    instead="the tensor that is differentiated into the model: `out = net(noisy)`, with `noisy` computed from `noise`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""Gradients are clipped before ``backward()`` has computed them."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.optim.clipped_after_step import places
from pytorch_basics.mistakes.reading.rounds import rounds
from pytorch_basics.mistakes.reading.wording import times


def broken() -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        nn.utils.clip_grad_norm_([w], 1.0)
        (10 * (w - 1) ** 2).sum().backward()
        optimizer.step()


def fixed() -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        (10 * (w - 1) ** 2).sum().backward()
        nn.utils.clip_grad_norm_([w], 1.0)
        optimizer.step()


def signs(record: Record) -> Iterator[Sign]:
    """A clipping that finds no gradients, and a backward pass that comes after it."""
    if not isinstance(record, RunRecord):
        return
    clips = rounds(record).clips
    for place in places(clips):
        mine = [clip for clip in clips if clip.event.place == place and clip.found]
        early = [clip for clip in mine if clip.found == "none"]
        later = [e for e in record.of("backward") if early and e.order > early[-1].event.order]
        if len(early) < 3 or len(early) < len(mine) - 1 or not later:
            continue
        backward = later[0].place
        yield Sign(
            place=place,
            seen=f"The gradients are clipped here before `backward()` (line {backward.line}) has computed them: there "
            "is "
            "nothing to clip.",
            instead=f"`{place.text}` after `{backward.text}`",
            evidence=(f"In {times(len(early), len(mine), 'watched calls')} there was no gradient to clip.",),
            also=(backward,),
        )


MISTAKE = Mistake(
    id="optim.clipped_before_backward",
    code="",
    title="Clipping can be set before the gradients are there",
    see="Training is as unstable as without clipping. No error.",
    why="`clip_grad_norm_` shortens, at once, what is in `.grad`. Before `backward()` nothing is there, and it sets "
    "nothing "
    "up for later.",
    instead="`loss.backward()`, `nn.utils.clip_grad_norm_(model.parameters(), 1.0)`, `optimizer.step()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

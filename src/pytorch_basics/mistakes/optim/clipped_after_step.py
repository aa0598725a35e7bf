"""Gradients are clipped after the step that has used them."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.rounds import Clip, rounds
from pytorch_basics.mistakes.reading.wording import times


def broken() -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        (10 * (w - 1) ** 2).sum().backward()
        optimizer.step()
        nn.utils.clip_grad_norm_([w], 1.0)


def fixed() -> None:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        (10 * (w - 1) ** 2).sum().backward()
        nn.utils.clip_grad_norm_([w], 1.0)
        optimizer.step()


def places(clips: list[Clip]) -> list[Place]:
    """Where gradients are clipped, each line once."""
    return list(dict.fromkeys(clip.event.place for clip in clips))


def signs(record: Record) -> Iterator[Sign]:
    """A clipping that finds gradients which a step has already used."""
    if not isinstance(record, RunRecord):
        return
    clips = rounds(record).clips
    for place in places(clips):
        mine = [clip for clip in clips if clip.event.place == place and clip.found]
        late = [clip for clip in mine if clip.found == "used"]
        if len(late) < 3 or len(late) < len(mine) - 1:
            continue
        steps = [clip.before.place for clip in late if clip.before is not None and clip.before.kind == "step"]
        yield Sign(
            place=place,
            seen="The gradients are clipped here after the step has used them"
            + (
                f" (line {steps[-1].line}): the step was taken unclipped."
                if steps
                else ": the step was taken unclipped."
            ),
            instead=f"`{place.text}` after `backward()` and before `step()`",
            evidence=(f"In {times(len(late), len(mine), 'watched calls')} a step had already used every gradient.",),
            also=tuple(steps[-1:]),
        )


MISTAKE = Mistake(
    id="optim.clipped_after_step",
    code="",
    title="Clipping works wherever it stands",
    see="Training is as unstable as without clipping: single steps are huge, the loss jumps. No error.",
    why="`clip_grad_norm_` shortens what is in `.grad`, and `step()` reads it. After the step it shortens gradients "
    "that "
    "nobody reads any more.",
    instead="`loss.backward()`, `nn.utils.clip_grad_norm_(model.parameters(), 1.0)`, `optimizer.step()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

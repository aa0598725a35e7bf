"""One network's step goes back through another's output, and so uses up the graph that the other still needs."""

# mypy: disable-error-code="no-untyped-call"
# PyTorch declares no types for backward().

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.reused import AGAIN, refused, reuse


def broken() -> object:
    maker, critic = nn.Linear(2, 3), nn.Linear(3, 1)
    optimizer = torch.optim.SGD(critic.parameters(), lr=0.1)
    fake = torch.tanh(maker(torch.rand(4, 2)))
    critic(fake).mean().backward()
    optimizer.step()
    loss = -critic(fake).mean()
    loss.backward()
    return loss


def fixed() -> object:
    maker, critic = nn.Linear(2, 3), nn.Linear(3, 1)
    optimizer = torch.optim.SGD(critic.parameters(), lr=0.1)
    fake = torch.tanh(maker(torch.rand(4, 2)))
    critic(fake.detach()).mean().backward()
    optimizer.step()
    loss = -critic(fake).mean()
    loss.backward()
    return loss


def signs(record: Record) -> Iterator[Sign]:
    """A tensor was given to two losses, the first of which stepped its own optimizer."""
    if not isinstance(record, FailureRecord) or not refused(record, AGAIN) or record.place is None:
        return
    found = reuse(record)
    if found is None or found.what != "fed again":
        return
    name = re.escape(found.name)
    yield Sign(
        place=found.place,
        seen=f"`{found.text}` goes back into what made `{found.name}`, too; `backward()` there used up its graph, "
        "and line "
        f"{record.place.line} needs it.",
        instead=re.sub(rf"(?<![\w.]){name}(?![\w.(])", f"{found.name}.detach()", found.text),
        evidence=(f"`{found.name}` stands on the way to both losses, and an optimizer steps between them",),
        also=found.also,
    )


MISTAKE = Mistake(
    id="autograd.not_detached",
    code="",
    title="A discriminator's loss stops at its input",
    see="The second network's `backward()` says that it is trying to go through the graph a second time.",
    why="`backward()` does not know which network is to learn: it goes back through everything, into the generator "
    "that "
    "made the input too, and frees that graph. The generator's own `backward()` comes too late.",
    instead="`discriminator(fake.detach())` for the discriminator's loss, `discriminator(fake)` for the generator's",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

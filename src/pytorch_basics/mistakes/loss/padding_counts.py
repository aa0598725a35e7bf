"""Positions that only fill a batch up are counted in the loss."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F  # its name everywhere

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, sites

MOSTLY, AMONG_INPUTS = 0.3, 0.15
TOKENS = torch.tensor([[3, 1, 0, 0, 0], [2, 0, 0, 0, 0]])


def broken() -> Answer:
    given = F.cross_entropy(_scores(), TOKENS.flatten())
    return Answer(given=given, expected=F.cross_entropy(_scores()[TOKENS.flatten() > 0], TOKENS[TOKENS > 0]))


def fixed() -> Answer:
    given = F.cross_entropy(_scores(), TOKENS.flatten(), ignore_index=0)
    return Answer(given=given, expected=F.cross_entropy(_scores()[TOKENS.flatten() > 0], TOKENS[TOKENS > 0]))


def _scores() -> torch.Tensor:
    """What a tiny model says of each token, ``(positions, tokens)``."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        embedding, head = nn.Embedding(4, 3), nn.Linear(3, 4)
    scores: torch.Tensor = head(embedding(TOKENS)).flatten(0, 1)
    return scores


def signs(record: Record) -> Iterator[Sign]:
    """One token makes up much of the targets and of the model's inputs, and the loss ignores none."""
    if not isinstance(record, RunRecord):
        return
    for _, loss in sites(record, "cross_entropy", "nll_loss"):
        target = loss.ins[1] if len(loss.ins) > 1 else None
        if target is None or target.often is None or "int" not in target.dtype or not loss.graded:
            continue
        token, share = target.often
        ignored = loss.argument("ignore_index", default=-100)
        if (
            loss.argument("reduction") == "none"
            or share < MOSTLY
            or token == ignored
            or loss.ins[0].shape[1:2] <= (2,)
            or loss.ins[-1].dtype != target.dtype
        ):
            continue
        words = _embeddings(record, loss)
        if any(_pads(word, token) for word in words):
            name = loss.bare
            yield Sign(
                place=loss.place,
                seen=f"{share:.0%} of the targets are {token:.0f}, as are many of the tokens that the model reads: "
                f"`{name}` averages over that padding as over real tokens.",
                instead=f"`ignore_index={token:.0f}` in the loss",
                evidence=(
                    f"line {loss.place.line}: {token:.0f} makes up at least {share:.0%} of the targets in each of "
                    f"{target.asked} calls; `ignore_index` is {ignored}",
                ),
                sure=False,
            )


def _embeddings(record: RunRecord, loss: SiteRecord) -> list[SiteRecord]:
    behind = before(record, loss.ins[0].sources)
    return [record.sites[k] for k in behind if record.sites[k].bare == "embedding" and record.sites[k].ins]


def _pads(word: SiteRecord, token: float) -> bool:
    """The embedding reads as much of this token."""
    often = word.ins[0].often
    return often is not None and often[0] == token and often[1] >= AMONG_INPUTS


MISTAKE = Mistake(
    id="loss.padding_counts",
    code="",
    title="The loss knows which tokens are padding",
    see="No error. The loss is low from the beginning, and mostly says how well the model predicts padding.",
    why="To the loss a padding index is a class like any other. Where most positions are padding, they are most of the "
    "mean, and of the gradient.",
    instead="`F.cross_entropy(scores.flatten(0, 1), tokens.flatten(), ignore_index=PAD)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

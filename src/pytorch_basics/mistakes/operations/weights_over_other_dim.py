"""Attention weights add up to 1 along another dimension than the one that is summed over with them."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, sites, where

PRODUCTS = ("matmul", "__matmul__", "bmm", "mm")


def broken() -> Answer:
    return _means(dim=1)


def fixed() -> Answer:
    return _means(dim=2)


def _means(dim: int) -> Answer:
    """What two questions get from three values that are all 1: a mean of them is 1."""
    scores = torch.tensor([[[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]], requires_grad=True)
    answers = torch.softmax(scores, dim=dim) @ torch.ones(1, 3, 1)
    answers.sum().backward()
    return Answer(given=answers.detach(), expected=torch.ones(1, 2, 1), args=(scores,))


def signs(record: Record) -> Iterator[Sign]:
    """A softmax along one dimension, and a product that sums over another one of its result."""
    if not isinstance(record, RunRecord):
        return
    for k, made in sites(record, "softmax"):
        dim, size = made.argument("dim", "1"), len(made.outs[0].shape) if made.outs else 0
        if not isinstance(dim, int) or size < 3 or not own(made.place):
            continue
        for j in _uses(record, k):
            site = record.sites[j]
            summed = _summed(record, site, k)
            if summed is None or dim % size in summed:
                continue
            other = summed[0]
            of = made.outs[0].shape
            yield Sign(
                place=where(record, made),
                seen=f"the weights `{of}` add up to 1 along dimension {dim % size}, and line {site.place.line} sums "
                f"over dimension {other}: what it gives is no mean of the values.",
                instead=f"`softmax(…, dim={other - size if other == size - 1 else other})`",
                evidence=(
                    f"line {made.place.line}: `softmax(dim={dim})` on `{of}`; line {site.place.line}: `{site.bare}` "
                    f"takes the sum over dimension {other}, which has {of[other]} entries",
                ),
                sure=False,
                also=(made.place, site.place),
            )
            return


def _uses(record: RunRecord, k: int) -> list[int]:
    """The sites that use its result as it is, or with some of it dropped."""
    found = []
    for j in record.consumers[k]:
        found += [j, *(record.consumers[j] if record.sites[j].bare == "dropout" else ())]
    return found


def _summed(record: RunRecord, site: SiteRecord, k: int) -> list[int] | None:
    """The dimensions of the weights that this product sums over; None for anything else."""
    mine = [n for n, one in enumerate(site.ins) if k in _through_dropout(record, one.sources)]
    if site.bare in PRODUCTS and mine == [0] and len(site.ins[0].shape) >= 3:
        return [len(site.ins[0].shape) - 1]
    equation = site.argument("0", "equation")
    if site.bare == "einsum" and isinstance(equation, str) and "->" in equation and "." not in equation:
        left, _, right = equation.replace(" ", "").partition("->")
        parts = left.split(",")
        if len(mine) == 1 and len(parts) == len(site.ins) == 2 and len(parts[mine[0]]) == len(site.ins[mine[0]].shape):
            return [n for n, letter in enumerate(parts[mine[0]]) if letter not in right] or None
    return None


def _through_dropout(record: RunRecord, sources: tuple[int, ...]) -> set[int]:
    direct = set(sources)
    for k in sources:
        if record.sites[k].bare == "dropout":
            direct |= {source for one in record.sites[k].ins[:1] for source in one.sources}
    return direct


MISTAKE = Mistake(
    id="operations.weights_over_other_dim",
    code="",
    title="Attention weights add up to 1 whichever way they are summed",
    see="No error. Attention learns slowly or not at all; the result grows with the number of keys.",
    why="`softmax(scores, dim=…)` makes the entries along one dimension add up to 1. Scores are `(batch, queries, "
    "keys)`, and `weights @ values` sums over the keys: along these the weights have to be shares.",
    instead="`scores.softmax(dim=-1) @ values`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""The inputs are shuffled by a permutation and their labels are not (or the other way round)."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import InRecord, RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import before, learned, makers, own, sites, trained

LOSSES = (
    *("cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"),
    *("binary_cross_entropy", "binary_cross_entropy_with_logits", "soft_margin_loss", "sub", "__sub__", "rsub"),
)
TAKES = ("__getitem__", "index_select")
CONSTANT = ("ones", "zeros", "full", "arange", "eye", "ones_like", "zeros_like", "full_like")
FEWEST = 8  # rows


def broken() -> Answer:
    return _train(together=False)


def fixed() -> Answer:
    return _train(together=True)


def _train(together: bool) -> Answer:
    """Whether a classifier of two far clouds is right after an epoch."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        y = torch.arange(64) % 2
        x = torch.randn(64, 2) + 6.0 * y.unsqueeze(1)
        model = nn.Linear(2, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(5):
            order = torch.randperm(64)
            rows, labels = x[order], y[order] if together else y
            for k in range(0, 64, 16):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(rows[k : k + 16]), labels[k : k + 16]).backward()
                optimizer.step()
        right = (model(x).argmax(1) == y).float().mean()
    return Answer(given=float(right > 0.9), expected=1.0)


def signs(record: Record) -> Iterator[Sign]:
    """Behind one side of a trained loss rows are taken in an order that was drawn, behind the other in none."""
    if not isinstance(record, RunRecord):
        return
    of_training = trained(record)
    for k, site in sites(record, *LOSSES):
        if k not in of_training or len(site.ins) < 2 or learned(record, site.ins[0]) == learned(record, site.ins[1]):
            continue
        for mine, theirs in ((site.ins[0], site.ins[1]), (site.ins[1], site.ins[0])):
            take = _in_drawn_order(record, mine)
            if take is None or _draws(record, theirs) or not own(take.place):
                continue
            rows = take.ins[0].shape[0]
            if not _data_of(record, theirs, rows) or _taken_elsewhere(record, take, theirs):
                continue
            other = f"`{theirs.name}`" if theirs.name else "the other side"
            yield Sign(
                place=take.place,
                seen=f"{rows} rows are put into a new order here; those of {other}, which the loss at line "
                f"{site.place.line} compares with them, stay in the old one.",
                instead="the same order for both: `order = torch.randperm(len(x))`, then `x[order]` and `y[order]`",
                evidence=(
                    f"what the loss compares went through `randperm` on one side only, {site.count} times",
                    f"both have {rows} rows",
                ),
                sure=False,
                also=(site.place,),
            )
            return


def _in_drawn_order(record: RunRecord, one: InRecord) -> SiteRecord | None:
    """Where all rows of some data are taken in a random order."""
    for k in sorted(before(record, one.sources)):
        site = record.sites[k]
        if site.bare not in TAKES or len(site.ins) != 2 or len(site.ins[0].shape) < 1:
            continue
        rows, order = site.ins[0].shape[0], site.ins[1]
        makes = [record.sites[s] for s in order.sources]
        if rows >= FEWEST and order.shape == (rows,) and any(m.bare == "randperm" for m in makes):
            return site
    return None


def _draws(record: RunRecord, one: InRecord) -> bool:
    return any(record.sites[k].bare == "randperm" for k in before(record, one.sources))


def _data_of(record: RunRecord, one: InRecord, rows: int) -> bool:
    """Whether it is (a part of) a tensor with this many rows that is no constant."""
    behind = [record.sites[k] for k in before(record, one.sources)]
    if any(record.sites[k].bare in CONSTANT for k in makers(record, one)):
        return False
    return one.shape[:1] == (rows,) or any(part.shape[:1] == (rows,) for site in behind for part in site.ins)


def _taken_elsewhere(record: RunRecord, take: SiteRecord, one: InRecord) -> bool:
    """Whether the same order is used for what is behind the other side after all (mixed samples have both)."""
    order = set(take.ins[1].sources)
    behind = before(record, one.sources)
    return any(
        order & set(site.ins[1].sources) and behind & set(site.ins[0].sources)
        for site in record.sites
        if site is not take and site.bare in TAKES and len(site.ins) == 2
    )


MISTAKE = Mistake(
    id="data.labels_left_in_order",
    code="",
    title="Shuffling the inputs is shuffling the data",
    see="The loss stays where guessing puts it. No error: the shapes are right.",
    why="A row and its label belong together by their position alone. When only one of the two is put into a new "
    "order, every input meets the label of another.",
    instead="`order = torch.randperm(len(x)); x, y = x[order], y[order]`; or a `DataLoader(TensorDataset(x, y), "
    "shuffle=True)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

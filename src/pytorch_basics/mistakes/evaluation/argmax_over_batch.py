"""The prediction is the largest score along the batch, not along the classes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import learned, sites

PICKS = ("argmax", "max", "topk")


def broken() -> Answer:
    return _accuracy(dim=0)


def fixed() -> Answer:
    return _accuracy(dim=1)


def _accuracy(dim: int) -> Answer:
    """Of a model that is right about every sample but the order of its classes."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        model = nn.Linear(4, 4)
        model.weight.copy_(torch.eye(4)[[1, 2, 3, 0]])
        model.bias.copy_(torch.tensor([0.0, 3.0, 0.0, 0.0]))
        y = torch.tensor([0, 1, 2, 3])
        given = (model(3 * torch.eye(4)).argmax(dim) == y).float().mean()
    return Answer(given=given, expected=torch.tensor(0.25))


def signs(record: Record) -> Iterator[Sign]:
    """The position of the largest of a column of scores is compared with whole numbers, one for each sample."""
    if not isinstance(record, RunRecord):
        return
    for k, site in sites(record, *PICKS):
        scores = site.ins[0] if site.ins else None
        along = site.argument("dim", "1")
        if scores is None or len(scores.shape) != 2 or along not in (0, -2) or not learned(record, scores):
            continue
        if site.bare != "argmax" and len(site.outs) < 2:
            continue
        for met in _met(record, k):
            other = next((one for one in record.sites[met].ins if k not in one.sources), None)
            if other is None or "int" not in other.dtype or other.shape != scores.shape[1:]:
                continue
            if learned(record, other) or other.shape != scores.shape[:1]:
                continue
            rows, classes = scores.shape
            yield Sign(
                place=site.place,
                seen=f"`{site.bare}` over `{scores.shape}` goes along dimension 0, the batch: it gives for each class "
                "the sample that scored highest, not for each sample its class.",
                instead=f"`{site.bare}(dim=1)`",
                evidence=(
                    f"line {record.sites[met].place.line} compares the result with labels of shape {other.shape}; this "
                    f"passes because there are as many samples ({rows}) as classes ({classes})",
                ),
                sure=False,
                also=(record.sites[met].place,),
            )
            break


def _met(record: RunRecord, start: int) -> list[int]:
    """The comparisons of what a site gave."""
    return [k for k in record.consumers[start] if record.sites[k].bare in ("eq", "__eq__", "ne", "equal")]


MISTAKE = Mistake(
    id="evaluation.argmax_over_batch",
    code="",
    title="argmax(dim=0) gives each sample's class",
    see="The loss falls and the accuracy stays at chance. With other batch sizes the shapes do not fit.",
    why="`dim` is the dimension that disappears. Of scores `(batch, classes)` dimension 0 is the batch; what is left "
    "has one entry for each class.",
    instead="`scores.argmax(dim=1)`, or `dim=-1`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

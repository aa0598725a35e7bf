"""L4: logits are compared with 0.5, as if they were probabilities."""

import math
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.loss import TAKES_LOGITS, logits_and_labels, numbers, same
from pytorch_basics.mistakes.memory import arrays_in
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Record, Sign
from pytorch_basics.mistakes.operations.star_is_matmul import plain
from pytorch_basics.mistakes.reading.flow import makers, sites


def broken() -> Answer:
    logits, labels = _trained()
    predicted = (logits > 0.5).long()
    accuracy = (predicted == labels).float().mean()
    return Answer(given=accuracy, expected=torch.tensor(1.0), args=(logits, labels))


def fixed() -> Answer:
    logits, labels = _trained()
    predicted = (logits > 0).long()
    accuracy = (predicted == labels).float().mean()
    return Answer(given=accuracy, expected=torch.tensor(1.0), args=(logits, labels))


def _trained() -> tuple[torch.Tensor, torch.Tensor]:
    """The logits of a model after one step, and the labels."""
    x, labels = torch.tensor([[0.1], [0.4], [2.0], [-1.0]]), torch.tensor([1, 1, 1, 0])
    with torch.random.fork_rng(), torch.no_grad():
        model = nn.Linear(1, 1)
        model.weight.fill_(1.0), model.bias.fill_(0.0)
    nn.BCEWithLogitsLoss()(model(x).squeeze(1), labels.float()).backward()
    return model(x).squeeze(1).detach(), labels


def shown_by(evidence: Evidence) -> bool:
    """Decisions, or an accuracy of them, that fit logits above the threshold where probabilities were meant."""
    if not isinstance(evidence, Answer):
        return False
    pairs = list(numbers(evidence))
    for threshold in (0.5, *_thresholds(evidence.args)):
        for mine, theirs in _cut(evidence.args, threshold):
            if any(same(given, mine) and same(expected, theirs) for given, expected in pairs):
                return True
    return False


def _thresholds(args: tuple[object, ...]) -> Iterator[float]:
    yield from (value for value in args if isinstance(value, float) and 0 < value < 1)


def _cut(args: tuple[object, ...], threshold: float) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """What cutting at the threshold itself gives, beside cutting where the probability is the threshold."""
    where = math.log(threshold / (1 - threshold))
    inputs = (x.detach().double().flatten() for x in arrays_in(args) if plain(x) and x.is_floating_point())
    for logits in inputs:
        cut = (logits > threshold).double()
        probabilities = bool(((logits >= 0) & (logits <= 1)).all())
        unread = threshold != 0.5 and same(cut, (logits > 0).double())  # looks as if cut at 0, whatever was asked
        if not probabilities and not unread:
            yield cut, (logits > where).double()
    for logits, labels in logits_and_labels(args):
        mine, theirs = ((logits > cut).double() == labels for cut in (threshold, where))
        for factor in (1 / len(labels), 1, 100 / len(labels)):  # an accuracy, a count, a percentage
            yield mine.double().sum().flatten() * factor, theirs.double().sum().flatten() * factor


OVER = ("gt", "lt", "ge", "le", "__gt__", "__lt__", "__ge__", "__le__", "greater", "less", "greater_equal")


def signs(record: Record) -> Iterator[Sign]:
    """What a layer gave is compared with 0.5 (or rounded), and the loss takes the same layer's output for logits."""
    if not isinstance(record, RunRecord):
        return
    ends = _layers_of_logits(record)
    for _, site in sites(record, *OVER, "round"):
        half = site.argument("1", "other") == 0.5 or (site.bare == "round" and not site.graded)
        one = site.ins[0] if site.ins else None
        if not half or one is None or one.low is None or one.high is None or not (one.low < 0 or one.high > 1):
            continue
        found = [record.sites[maker] for maker in makers(record, one)]
        layers = {made.layer for made in found if made.layer is not None} & ends
        if layers:
            layer = record.layers[min(layers)]
            name = one.name or "logits"
            does = "rounded" if site.bare == "round" else "compared with 0.5"
            yield Sign(
                place=site.place,
                seen=f"the output of `{layer.kind}` is {does} as it is, values from {one.low:.4g} to {one.high:.4g}: "
                "these are logits, and the probability 0.5 is the logit 0.",
                instead=f"`{name} > 0`, or `torch.sigmoid({name}) > 0.5`",
                evidence=(
                    f"line {site.place.line}: numbers from {one.low:.4g} to {one.high:.4g} were {does}; probabilities "
                    "lie between 0 and 1",
                    "the loss of this run takes the same outputs for logits",
                ),
            )


def _layers_of_logits(record: RunRecord) -> set[int | None]:
    """The layers whose output goes as it is into a loss that has a sigmoid inside."""
    fed = [loss.ins[0] for _, loss in sites(record, *TAKES_LOGITS) if loss.ins]
    return {record.sites[maker].layer for one in fed for maker in makers(record, one)} - {None}


MISTAKE = Mistake(
    id="loss.logits_cut_at_half",
    code="L4",
    title="The model says 1 where its output is above 0.5",
    see="No error. The accuracy is lower than it should be: some points that the model rightly calls 1 are counted as "
    "wrong.",
    why="The output is a logit. The probability 0.5 is the logit 0; the logit 0.5 is already the probability 0.62. "
    "Logits between 0 and 0.5 say 'rather 1', and are counted as 0.",
    instead="`logits > 0`, or `torch.sigmoid(logits) > 0.5`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

"""Dropout that does not know of the model's mode, and drops in evaluation too."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # its name everywhere

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.evaluation import drops
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import calls

FUNCTIONS = {"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"}


class _Always(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, 0.5)


class _InTraining(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, 0.5, training=self.training)


def broken() -> Tensor:
    with torch.random.fork_rng(), torch.no_grad():
        model = nn.Sequential(nn.Linear(4, 4), _Always()).eval()
        return model(torch.ones(2, 4))  # type: ignore[no-any-return]  # a module's call gives Any


def fixed() -> Tensor:
    with torch.random.fork_rng(), torch.no_grad():
        model = nn.Sequential(nn.Linear(4, 4), _InTraining()).eval()
        return model(torch.ones(2, 4))  # type: ignore[no-any-return]  # the same


def signs(record: Record) -> Iterator[Sign]:
    """Dropout that ran in a model in evaluation mode: made in ``forward``, or called without the mode."""
    if not isinstance(record, RunRecord):
        return
    evaluated = any(e.training is False for e in record.of("forward"))
    seen: set[Place] = set()
    for site in record.sites:
        if site.bare not in FUNCTIONS or site.layer is None or not own(site.place) or site.place in seen:
            continue
        layer = record.layers[site.layer]
        if layer.kind.startswith(("Dropout", "AlphaDropout", "FeatureAlphaDropout")):
            calls = layer.train_graded + layer.train_ungraded
            inside = layer.made is not None and not layer.made.function.endswith("__init__")
            if layer.model is None and inside and evaluated and drops(layer) and calls and _in_forward(layer.made):
                seen.add(site.place)
                yield _made(record, site, layer.made or site.place, calls)
        elif layer.eval_graded + layer.eval_ungraded and layer.kind != "MultiheadAttention" and _without_mode(site):
            seen.add(site.place)
            yield _function(site, layer.kind, layer.eval_graded + layer.eval_ungraded)


def _in_forward(place: Place | None) -> bool:
    return place is not None and place.function != "<module>"


def _without_mode(site: SiteRecord) -> bool:
    """The call, as it is written, says nothing of the mode (the default is to drop), and drops something."""
    if site.argument("training", "train", "2") is False or site.argument("p", "1", default=0.5) == 0:
        return False
    written = [node for place, node in calls(site.place.file, site.bare) if _spans(node, site.place.line)]
    return bool(written) and all(
        len(node.args) < 3 and not {word.arg for word in node.keywords} & {"training", "train", None}
        for node in written
    )


def _spans(node: ast.Call, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _made(record: RunRecord, site: SiteRecord, place: Place, calls: int) -> Sign:
    p = dict(record.layers[site.layer or 0].settings).get("p")
    return Sign(
        place=place,
        seen=f"A new `nn.Dropout(p={p})` is made here in every call. A new module is in training mode, so it drops "
        "units "
        "in evaluation as well.",
        instead=f"`self.dropout = nn.Dropout({p})` in `__init__`, and `self.dropout(x)` here",
        evidence=(f"It ran {calls} times in training mode, and the model that called it was in evaluation mode.",),
    )


def _function(site: SiteRecord, kind: str, calls: int) -> Sign:
    share = site.argument("p", "1", default=0.5)
    return Sign(
        place=site.place,
        seen=f"`F.{site.bare}` drops units here whatever the mode of `{kind}` is: `training` is True unless you pass "
        "it.",
        instead=f"`F.{site.bare}({site.ins[0].name or 'x' if site.ins else 'x'}, {share}, training=self.training)`",
        evidence=(f"`{kind}` ran {calls} times in evaluation mode, and the call was not given its mode.",),
    )


MISTAKE = Mistake(
    id="evaluation.dropout_always_on",
    code="",
    title="eval() switches every dropout off",
    see="After `model.eval()` the same input still gives different results. No error.",
    why="`eval()` reaches the modules that are registered in the model. A dropout made in `forward` is new each time "
    "and "
    "in training mode, and `F.dropout` goes by its own argument `training`, which is True unless you pass it.",
    instead="`self.dropout = nn.Dropout(0.5)` in `__init__`; or `F.dropout(x, 0.5, training=self.training)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""E2: a model predicts in training mode: dropout drops, batch norm goes by the batch."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import EventRecord, LayerRecord, RunRecord
from pytorch_basics.mistakes.evaluation import RESULT, drops, moody, named
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import after, own, trained
from pytorch_basics.mistakes.reading.lines import called, same_function, statement


def _accuracy(switch: bool) -> float:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x = torch.randn(60, 4)
        y = (x[:, 0] > 0).long()
        model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 2))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
        if switch:
            model.eval()
        with torch.no_grad():
            return float((model(x).argmax(1) == y).float().mean())


def broken() -> float:
    return _accuracy(switch=False)


def fixed() -> float:
    return _accuracy(switch=True)


def signs(record: Record) -> Iterator[Sign]:
    """Calls of a model in training mode whose results are predictions, in a model where the mode matters."""
    if not isinstance(record, RunRecord):
        return
    learning = trained(record)
    for which, model in enumerate(record.models):
        calls = [e for e in record.of("forward") if e.which == which and e.training and own(e.place)]
        for place in dict.fromkeys(e.place for e in calls):
            mine = [e for e in calls if e.place == place]
            quiet = [e for e in mine if not e.graded]
            layers = [one for one in moody(record, model) if one.train_ungraded or not quiet]
            if layers and quiet:
                yield from _without_grad(record, which, layers, quiet, learning)
            elif layers and all(e.used is False for e in mine) and any(e.used for e in calls):
                yield from _with_grad(record, which, layers, mine, learning)


def _without_grad(
    record: RunRecord, which: int, layers: list[LayerRecord], events: list[EventRecord], learning: set[int]
) -> Iterator[Sign]:
    model, place = record.models[which], events[0].place
    inside = {k for k, s in enumerate(record.sites) if s.layer in model.layers and not s.graded}
    later = {found for k in inside for found in after(record, k)}
    outside = {k for k in later if record.sites[k].layer not in model.layers}
    if later & learning or _for_its_size(record, events, outside) or _thrown_away(place, model.name):
        return
    names = {record.sites[k].bare for k in outside}
    result = bool(names & RESULT)
    if not result and not any(map(drops, layers)) and _feeds_another(record, which):
        return  # a generator that draws samples as it was trained
    repeated = bool(names & {"std", "var"}) and "stack" in names
    yield _sign(record, which, layers, events, "with grad mode off", sure=bool(outside) and not repeated and result)


def _with_grad(
    record: RunRecord, which: int, layers: list[LayerRecord], events: list[EventRecord], learning: set[int]
) -> Iterator[Sign]:
    model, place = record.models[which], events[0].place
    inside = {k for k, s in enumerate(record.sites) if s.layer in model.layers}
    uses = [
        k
        for source in inside
        for k in record.consumers[source]
        if k not in inside and same_function(record.sites[k].place, place) and record.sites[k].place.line >= place.line
    ]
    fresh = [k for k in uses if record.sites[k].last > events[0].order and k not in learning]
    later = {found for k in fresh for found in after(record, k)}
    if later & learning or not {record.sites[k].bare for k in later} & RESULT:
        return
    yield _sign(record, which, layers, events, "and no backward pass follows", sure=True)


def _sign(
    record: RunRecord, which: int, layers: list[LayerRecord], events: list[EventRecord], how: str, sure: bool
) -> Sign:
    model, place, first = record.models[which], events[0].place, layers[0]
    does = (
        "drops units at random, other ones in every call"
        if drops(first)
        else "normalises with the statistics of this batch, and changes its running ones"
    )
    return Sign(
        place=place,
        seen=f"`{model.name}` is called here in training mode, {how}: {named(first)} {does}.",
        instead=f"`{model.name}.eval()` before this, `{model.name}.train()` before training goes on",
        evidence=(
            f"{len(events)} watched calls on line {place.line} found `{model.name}.training` True"
            + (f"; {len(layers)} of its layers depend on it." if len(layers) > 1 else "."),
        ),
        sure=sure,
    )


def _for_its_size(record: RunRecord, events: list[EventRecord], outside: set[int]) -> bool:
    """One call before all training, of which only the shape was asked."""
    here = statement(events[0].place)
    text = ast.unparse(here) if here is not None else ""
    asked = any(part in text for part in (".shape", ".size(", ".numel(", ".ndim"))
    return not outside and len(events) == 1 and (asked or (events[0].steps == 0 and record.steps > 0))


def _thrown_away(place: Place, name: str) -> bool:
    """The call is a statement of its own: it is there to update the running statistics."""
    here = statement(place)
    if not isinstance(here, ast.Expr) or not isinstance(here.value, ast.Call):
        return False
    return called(here.value) == "update_bn" or ast.unparse(here.value.func) == name


def _feeds_another(record: RunRecord, which: int) -> bool:
    mine = {k for k, s in enumerate(record.sites) if s.layer in record.models[which].layers}
    layers = {record.sites[k].layer for source in mine for k in record.consumers[source]}
    return any(k is not None and record.layers[k].model not in (None, which) for k in layers)


MISTAKE = Mistake(
    id="evaluation.not_in_eval_mode",
    code="E2",
    title="no_grad() switches dropout off",
    see="The same input gives other predictions each time, or the accuracy is lower than it should be. No error.",
    why="`torch.no_grad()` and `torch.inference_mode()` only stop the recording of gradients. Dropout and batch norm "
    "go by "
    "the mode of the module, and a new module is in training mode until `eval()` is called.",
    instead="`model.eval()` before you predict (with `torch.no_grad():` around it), `model.train()` before you train "
    "on",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

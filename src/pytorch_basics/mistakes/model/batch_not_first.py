"""A recurrent layer reads dimension 0 as time, and is given the batch there."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.run.record import InRecord, LayerRecord, RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import AXES, CASTS, own, sites

RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")
POOLED = ("mean", "max", "sum", "amax", "min")
LOSSES = (
    "cross_entropy",
    "mse_loss",
    "binary_cross_entropy_with_logits",
    "nll_loss",
    "l1_loss",
    "binary_cross_entropy",
)
KEEPS_ROWS = CASTS | {
    "squeeze",
    "view",
    "reshape",
    "flatten",
    "unsqueeze",
    "embedding",
    "linear",
    "relu",
    "dropout",
    "layer_norm",
}
KEEPS_ROWS |= {"mul", "add", "__mul__", "__add__", "gelu", "tanh"}


def broken() -> Answer:
    return _row_alone(batch_first=False)


def fixed() -> Answer:
    return _row_alone(batch_first=True)


def _row_alone(batch_first: bool) -> Answer:
    """Whether the last sample of a batch gets the same answer in its batch as alone."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lstm, x = nn.LSTM(2, 3, batch_first=batch_first), torch.randn(4, 5, 2)
    together, _ = lstm(x)
    alone, _ = lstm(x[3:])
    same = torch.allclose(together[:, -1][3], alone[:, -1][0], atol=1e-5)
    return Answer(given=float(same), expected=1.0, args=(x,))


def signs(record: Record) -> Iterator[Sign]:
    """Dimension 1 of a recurrent layer's output is taken for time, or its input came from a loader, batch first."""
    if not isinstance(record, RunRecord):
        return
    yield from _attends_to_samples(record)
    for k, site in sites(record, *RECURRENT):
        layer = record.layers[site.layer] if site.layer is not None else None
        given = site.ins[0] if site.ins else None
        if layer is None or given is None or len(given.shape) != 3 or given.shape[0] < 2:
            continue
        if dict(layer.settings).get("batch_first") is not False or _turned(record, given):
            continue
        taken = next((one for one in _of_outputs(record, k, site) if _takes_last(one, site)), None)
        loaded = _batch(record, given)
        rows = _labelled(record, site.outs[0].shape[0]) if taken else False
        if taken is None and loaded is None:
            continue
        steps, batch = given.shape[:2]
        evidence = []
        if loaded is not None:
            evidence.append(f"dimension 0 of `{given.shape}` is a batch of {loaded} from a `DataLoader`")
        if taken is not None:
            evidence.append(
                f"line {taken.place.line}: `{taken.bare}` makes `{taken.outs[0].shape}` of the output "
                f"`{site.outs[0].shape}`: it takes dimension 1 for time"
            )
        yield Sign(
            place=layer.made or site.place,
            seen=f"`nn.{layer.kind}` reads `{given.shape}` as {steps} steps in time of {batch} samples, for "
            "`batch_first` is False: it recurs over the samples of the batch.",
            instead=f"`nn.{layer.kind}({layer_arguments(layer.settings)}, batch_first=True)`",
            evidence=tuple(evidence),
            sure=rows or (loaded is not None and _shuffled(record)),
            also=(site.place, *([taken.place] if taken else [])),
        )


def _attends_to_samples(record: RunRecord) -> Iterator[Sign]:
    """Attention that reads dimension 0 as the sequence, and got a loader's batch there."""
    for _, site in sites(record, "multi_head_attention_forward"):
        layer = record.layers[site.layer] if site.layer is not None else None
        given = site.ins[0] if site.ins else None
        if layer is None or given is None or len(given.shape) != 3 or given.shape[0] < 2:
            continue
        loaded = _batch(record, given)
        if dict(layer.settings).get("batch_first") is not False or loaded is None or _turned(record, given):
            continue
        outer = _constructed(record, layer)
        length, batch = given.shape[:2]
        yield Sign(
            place=outer.made or site.place,
            seen=f"`nn.{outer.kind}` reads `{given.shape}` as {batch} sequences of {length}, for `batch_first` is "
            "False: the samples of the batch attend to each other.",
            instead=f"`nn.{outer.kind}(…, batch_first=True)`",
            evidence=(f"dimension 0 of `{given.shape}` is a batch of {loaded} from a `DataLoader`",),
            sure=_shuffled(record),
            also=(site.place,),
        )
        return


def _constructed(record: RunRecord, layer: LayerRecord) -> LayerRecord:
    """The layer itself, or the nearest around it, that the learner constructed."""
    same = [one for one in record.layers if one.model == layer.model and one.path and one.made is not None]
    made = [one for one in same if f"{layer.path}.".startswith(f"{one.path}.")]
    return max(made, key=lambda one: len(one.path), default=layer)


def _shuffled(record: RunRecord) -> bool:
    """All that was loaded was shuffled: what lies beside each other does not follow in time."""
    return any(loader.shuffled for loader in record.loaders)


def layer_arguments(settings: tuple[tuple[str, object], ...]) -> str:
    """``14, 32``: what one writes of a recurrent layer."""
    known = dict(settings)
    layers = known.get("num_layers")
    more = f", num_layers={layers}" if layers not in (None, 1) else ""
    return f"{known.get('input_size')}, {known.get('hidden_size')}{more}"


def _turned(record: RunRecord, one: InRecord) -> bool:
    """Somebody moved the axes before: time was put first on purpose."""
    waiting, seen = list(one.sources), set[int]()
    while waiting:
        k = waiting.pop()
        if k in seen:
            continue
        seen.add(k)
        site = record.sites[k]
        if site.bare in AXES or (site.bare == "stack" and site.through != "collate"):
            return True
        if site.bare in KEEPS_ROWS and site.ins:
            waiting += site.ins[0].sources
    return False


def _batch(record: RunRecord, one: InRecord) -> int | None:
    """The batch size, when dimension 0 came from a loader that stacked its samples."""
    waiting, seen = list(one.sources), set[int]()
    while waiting:
        k = waiting.pop()
        if k in seen:
            continue
        seen.add(k)
        site = record.sites[k]
        if site.through == "collate" and site.bare == "stack" and site.outs and own(site.place):
            return site.outs[0].shape[0] if site.outs[0].shape[0] == one.shape[0] else None
        if site.bare in KEEPS_ROWS and site.ins and site.outs and site.outs[0].shape[:1] == one.shape[:1]:
            waiting += site.ins[0].sources
    return None


def _of_outputs(record: RunRecord, k: int, site: SiteRecord) -> Iterator[SiteRecord]:
    """What used the whole output: its shape is that of the first result."""
    for later in record.consumers[k]:
        one = record.sites[later]
        if one.ins and one.ins[0].shape == site.outs[0].shape and one.outs and own(one.place):
            yield one


def _takes_last(one: SiteRecord, site: SiteRecord) -> bool:
    """``out[:, -1]``, or a mean over dimension 1."""
    if one.bare == "__getitem__":
        index = one.argument("1")
        return isinstance(index, tuple) and len(index) > 1 and index[0] == ":" and index[1] == -1
    if one.bare in POOLED:
        dim = one.argument("dim", "1")
        return dim == 1 or dim == (1,)
    return one.bare == "select" and one.argument("1", "dim") == 1 and one.argument("2", "index") == -1


def _labelled(record: RunRecord, rows: int) -> bool:
    """A loss has as many targets as dimension 0 has entries."""
    return any(len(loss.ins) > 1 and loss.ins[1].shape[:1] == (rows,) for _, loss in sites(record, *LOSSES))


MISTAKE = Mistake(
    id="model.batch_not_first",
    code="",
    title="nn.LSTM takes (batch, time, features)",
    see="No error. The answer for one sample depends on the others in its batch and on their order; training is poor.",
    why="`nn.LSTM`, `nn.GRU` and `nn.RNN` read `(time, batch, features)` unless told otherwise. With the batch first "
    "they recur over the samples, and `out[:, -1]` is the last sample, not the last step.",
    instead="`nn.LSTM(input_size, hidden_size, batch_first=True)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

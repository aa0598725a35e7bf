"""Mistakes around training and evaluation mode, one file each, and what they share: which layers care for the mode.

In go a ``RunRecord`` and one of its models; out come its layers that behave differently in training mode, and words.
"""

from __future__ import annotations

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import LayerRecord, ModelRecord, RunRecord
from pytorch_basics.mistakes.reading.lines import calls, nearest, receiver

DROPOUT = ("Dropout", "AlphaDropout", "FeatureAlphaDropout")
NORM = ("BatchNorm", "SyncBatchNorm", "LazyBatchNorm")
RESULT = {"argmax", "eq", "__eq__", "ne", "__ne__", "softmax", "sigmoid", "log_softmax", "topk", "max", "gt", "__gt__"}
RESULT |= {"lt", "__lt__", "ge", "__ge__", "cross_entropy", "nll_loss", "mse_loss", "l1_loss", "binary_cross_entropy"}
RESULT |= {"binary_cross_entropy_with_logits", "smooth_l1_loss", "huber_loss", "sign", "round", "sort", "argsort"}


def drops(layer: LayerRecord) -> bool:
    """Whether it drops units in training mode."""
    settings = dict(layer.settings)
    if layer.kind.startswith(DROPOUT):
        return bool(settings.get("p"))
    if layer.kind in ("LSTM", "GRU", "RNN"):
        return bool(settings.get("dropout")) and settings.get("num_layers") != 1
    return layer.kind == "MultiheadAttention" and bool(settings.get("dropout"))


def norms(layer: LayerRecord) -> bool:
    """Whether it keeps running statistics in training mode."""
    return layer.kind.startswith(NORM) and dict(layer.settings).get("track_running_stats", True) is not False


def moody(record: RunRecord, model: ModelRecord) -> list[LayerRecord]:
    """The layers of a model that do something else in training mode; those that drop come first."""
    layers = [record.layers[k] for k in model.layers]
    return [*filter(drops, layers), *filter(norms, layers)]


def named(layer: LayerRecord) -> str:
    """``Dropout(p=0.5)`` at ``head.2``."""
    settings = dict(layer.settings)
    share = settings.get("p", settings.get("dropout")) if drops(layer) else None
    kind = f"{layer.kind}(p={share})" if share is not None else layer.kind
    return f"`{layer.path}` ({kind})" if layer.path else f"`{kind}`"


def mode_line(place: Place, method: str, model: ModelRecord) -> Place | None:
    """The line before ``place`` that calls ``train()`` or ``eval()``, of this model where it is written so."""
    found = [(at, node) for at, node in calls(place.file, method) if not node.args and not node.keywords]
    own = [at for at, node in found if receiver(node) == model.name]
    return nearest(place, own or [at for at, _ in found])

"""The registered side of a model: its layers under all their names, its parameters and buffers, the shared ones marked.

In goes a live ``nn.Module`` and what only ``capture`` can ask of a tensor; out come records that no forward pass was
needed for. No torch: live things are only handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from pytorch_basics.instruments.module.record import LayerRecord, ParameterRecord

Reader = Callable[[str, int, Any], ParameterRecord]


def layers(model: Any) -> tuple[list[LayerRecord], list[Any]]:
    """The layers of ``model`` in the order of ``named_modules``, every name of a shared one, and the live modules."""
    records: list[LayerRecord] = []
    modules: list[Any] = []
    places: dict[str, int] = {}
    first: dict[int, int] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        at = places[path] = len(records)
        parent = places[path.rpartition(".")[0]] if path else None
        same = first.setdefault(id(module), at)
        record = LayerRecord(path, type(module).__name__, parent, _settings(module), bool(module.training))
        records.append(record if same == at else _again(record, same))
        modules.append(module)
    return records, modules


def _again(record: LayerRecord, same: int) -> LayerRecord:
    return LayerRecord(record.path, record.kind, record.parent, record.settings, record.training, same_as=same)


def _settings(module: Any) -> str:
    try:
        return " ".join(str(module.extra_repr()).split())
    except Exception:  # a learner's extra_repr may fail before the layer is complete; it is only a nicety
        return ""


def tensors(named: Iterable[tuple[str, Any]], places: dict[str, int], read: Reader) -> list[ParameterRecord]:
    """Records of ``named_parameters`` or ``named_buffers``, with every name of a shared tensor."""
    found: list[ParameterRecord] = []
    first: dict[int, int] = {}
    for name, tensor in named:
        record = read(name, places[name.rpartition(".")[0]], tensor)
        same = first.setdefault(id(tensor), len(found))
        found.append(record if same == len(found) else replace(record, same_as=same))
    return found

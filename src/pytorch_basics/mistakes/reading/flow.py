"""How a rule reads the record of a run: back to what made a tensor, on to what became of it, whose line it is.

In go a ``RunRecord`` and positions of sites in it; out come other sites and the places to tell of. Values pass
unchanged through views, casts and copies, so a walk goes through those.
"""

from __future__ import annotations

import ast
import linecache
import sysconfig
from collections.abc import Iterator

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import InRecord, RunRecord, Shape, SiteRecord

CASTS = {
    "float",
    "double",
    "half",
    "bfloat16",
    "to",
    "type",
    "type_as",
    "cpu",
    "cuda",
    "clone",
    "contiguous",
    "detach",
    "data",
}
SHAPES = {
    "view",
    "reshape",
    "squeeze",
    "unsqueeze",
    "flatten",
    "view_as",
    "reshape_as",
    "ravel",
    "unflatten",
    "squeeze_",
}
AXES = {"permute", "transpose", "t", "T", "mT", "movedim", "swapaxes", "swapdims", "moveaxis", "transpose_", "t_"}
PARTS = {"__getitem__", "select", "narrow", "chunk", "split", "unbind", "index_select", "masked_select", "take"}
PARTS |= {"expand", "expand_as", "repeat", "cat", "stack", "concat", "hstack", "vstack", "gather", "broadcast_to"}
CARRIES = CASTS | SHAPES | AXES | PARTS
NUMBERS = {"mean", "sum", "item", "norm", "nanmean", "nansum", "count_nonzero"}
_PYTHON = sysconfig.get_path("stdlib")


def own(place: Place) -> bool:
    """Whether a line is the learner's own: not Python's, not an installed package's."""
    return bool(place.file) and "-packages" not in place.file and not place.file.startswith((_PYTHON, "<frozen"))


def sites(record: RunRecord, *bare: str) -> Iterator[tuple[int, SiteRecord]]:
    """The sites that call one of these functions, on lines of the learner's own."""
    for k, site in enumerate(record.sites):
        if site.bare in bare and own(site.place):
            yield k, site


def makers(record: RunRecord, one: InRecord, through: set[str] | frozenset[str] = frozenset(CARRIES)) -> list[int]:
    """The sites that computed the values of an input: back through views, casts and copies (``through``)."""
    waiting, seen, found = list(one.sources), set[int](), []
    while waiting:
        k = waiting.pop(0)
        if k in seen:
            continue
        seen.add(k)
        site = record.sites[k]
        if site.bare in through and site.ins:
            several = site.bare in ("cat", "stack", "concat", "hstack", "vstack")
            waiting += [source for part in (site.ins if several else site.ins[:1]) for source in part.sources]
        else:
            found.append(k)
    return found


def before(record: RunRecord, start: list[int] | tuple[int, ...]) -> set[int]:
    """These sites and all that something of theirs was computed from."""
    waiting, seen = list(start), set(start)
    while waiting:
        for one in record.sites[waiting.pop()].ins:
            for source in one.sources:
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
    return seen


def after(record: RunRecord, start: int) -> set[int]:
    """All sites that used something computed from this one's result, itself among them."""
    waiting, seen = [start], {start}
    while waiting:
        for k in record.consumers[waiting.pop()]:
            if k not in seen:
                seen.add(k)
                waiting.append(k)
    return seen


def after_views(record: RunRecord, start: int) -> set[int]:
    """The views and reshapes that were made of this one's result, and of theirs."""
    waiting, seen = [start], set[int]()
    while waiting:
        for k in record.consumers[waiting.pop()]:
            if k not in seen and record.sites[k].bare in SHAPES:
                seen.add(k)
                waiting.append(k)
    return seen


def roots(record: RunRecord) -> set[int]:
    """The sites whose results a backward pass started from."""
    return {event.site for event in record.of("backward") if event.site is not None}


def trained(record: RunRecord) -> set[int]:
    """All sites that a loss which went backward was computed from."""
    return before(record, tuple(roots(record)))


def learned(record: RunRecord, one: InRecord) -> bool:
    """Whether parameters had a part in an input: something that requires grad, or a layer's result."""
    if one.requires_grad or one.parameter is not None:
        return True
    behind = [record.sites[k] for k in before(record, one.sources)]
    return any(part.parameter is not None for site in behind for part in site.ins)


def a_number(record: RunRecord, start: int) -> bool:
    """Whether what a site made ends in a single number (a loss, a metric), by way of no layer."""
    waiting, seen = [start], {start}
    while waiting:
        for k in record.consumers[waiting.pop()]:
            site = record.sites[k]
            if k in seen or any(one.parameter is not None for one in site.ins):
                continue
            if site.bare in NUMBERS and (not site.outs or site.outs[0].shape == ()):
                return True
            seen.add(k)
            waiting.append(k)
    return False


def is_layers(record: RunRecord, site: SiteRecord) -> bool:
    """Whether a call is that of a layer of its own name: ``softmax`` of ``nn.Softmax``."""
    if site.layer is None:
        return False
    kind = record.layers[site.layer].kind.lower()
    return kind == site.bare.strip("_").replace("_", "")


def where(record: RunRecord, site: SiteRecord) -> Place:
    """The line to change of a call: where its layer was constructed (as far as that is known), or the call's own."""
    if site.layer is not None and is_layers(record, site):
        return _caller(record, site.layer) or record.layers[site.layer].made or site.place
    return site.place


def _caller(record: RunRecord, k: int) -> Place | None:
    """Of a layer from a function that makes several such, the line that called it for this one."""
    layer = record.layers[k]
    alike = [one for one in record.layers if one.made == layer.made and one.kind == layer.kind]
    if layer.made is None or layer.model is None or len(alike) < 2 or layer.made.function.endswith(("__init__", ">")):
        return None
    beside = f"{layer.path.rpartition('.')[0]}."
    for p in record.models[layer.model].parameters:
        made = record.parameters[p].made
        if record.parameters[p].name.startswith(beside) and len(made) > 1 and made[0].function == layer.made.function:
            return next((place for place in made if place.function != layer.made.function and own(place)), None)
    return None


def called(record: RunRecord, site: SiteRecord) -> str:
    """How the learner wrote it: ``nn.Softmax`` or ``softmax``."""
    if site.layer is not None and is_layers(record, site):
        return f"nn.{record.layers[site.layer].kind}"
    return site.bare


def shape(of: Shape) -> str:
    """``(32, 1)``."""
    return f"`{of}`"


def bound(place: Place, position: int) -> Place:
    """Where the argument at this position of a call on this line was last bound, when it is a plain name; else the
    line itself. ``loss = nn.KLDivLoss()(log_p, target)``: where ``target = …`` stands."""
    tree = _tree(place.file)
    call = next(
        (n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.lineno == place.line and len(n.args) > position),
        None,
    )
    name = call.args[position] if call is not None else None
    if not isinstance(name, ast.Name):
        return place
    scope = _scope(tree, place.line)
    lines = [
        n.lineno for n in ast.walk(scope) if isinstance(n, ast.Assign) and n.lineno < place.line and _binds(n, name.id)
    ]
    if not lines:
        return place
    return Place.at(place.file, max(lines), place.function)


def scope_of(file: str, line: int) -> ast.AST:
    """The syntax tree of the innermost function around a line, or of the file."""
    return _scope(_tree(file), line)


def _binds(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _tree(file: str) -> ast.Module:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _scope(tree: ast.Module, line: int) -> ast.AST:
    """The innermost function around a line, or the file."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno, default=tree)

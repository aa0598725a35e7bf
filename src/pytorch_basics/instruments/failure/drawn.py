"""What a loop draws: the batches of a loader lead to its data set, the parts of a ``zip`` to what was zipped.

In go a loop (or ``next(iter(loader))``) and its scope; out come the steps of one element.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pytorch_basics.instruments.failure import calls
from pytorch_basics.instruments.failure.bindings import bound, dotted
from pytorch_basics.instruments.failure.instance import Instance, kind_of
from pytorch_basics.instruments.failure.parts import Path
from pytorch_basics.instruments.failure.peek import UNKNOWN
from pytorch_basics.instruments.failure.record import Argument, Step
from pytorch_basics.instruments.failure.scope import Scope
from pytorch_basics.instruments.failure.values.capture import dataset_of, is_tensor_dataset
from pytorch_basics.instruments.failure.values.named import named_as
from pytorch_basics.instruments.failure.whose import own_classes, own_function

if TYPE_CHECKING:
    from pytorch_basics.instruments.failure.walk import Walker

_HANDS_ON = ("tqdm", "track", "iter", "list", "reversed", "progress_bar")


class Drawn(ast.AST):
    """The element that a loop over ``over`` draws; ``held`` is the loader, where it is only known from elsewhere."""

    def __init__(self, over: ast.expr, path: Path, held: Any = UNKNOWN) -> None:
        self.over, self.path, self.held = over, path, held


def next_of(walker: Walker, node: ast.Call, scope: Scope, path: Path) -> list[Argument]:
    """``next(iter(loader))`` and ``next(batches)``."""
    over, where = node.args[0], scope
    for _ in range(3):
        if isinstance(over, ast.Call) and dotted(over.func) in ("iter", "enumerate") and over.args:
            over = over.args[0]
        elif isinstance(over, ast.Name):
            found = [b for b in bound(where.source, where.space, over.id, over) if b.how == "assign"]
            if found and isinstance(found[0].value, ast.Call) and dotted(found[0].value.func) == "iter":
                over = found[0].value
    return _items(walker, where.peek(over), over, where, path)


def loop(walker: Walker, drawn: Drawn, scope: Scope, path: Path) -> Step:
    held = scope.peek(drawn.over) if drawn.held is UNKNOWN else drawn.held
    place = scope.source.place(drawn.over)
    called = named_as(type(held)) if held is not UNKNOWN and dataset_of(held) is not None else "for"
    arguments = _items(walker, held, drawn.over, scope, path)
    arguments.append(walker.argument(drawn.over, scope, "over"))
    return Step(place, f"for … in {scope.source.text(drawn.over)}", "loop", called, tuple(arguments))


def _items(walker: Walker, loader: Any, node: ast.expr, scope: Scope, path: Path) -> list[Argument]:
    """What a loader's data set returns for one index."""
    dataset = dataset_of(loader) if loader is not UNKNOWN else None
    if dataset is None:
        dataset = _constructed(walker, node, scope)
    if dataset is None:
        return []
    kind = kind_of(dataset)
    if is_tensor_dataset(kind):
        return _tensors(walker, node, scope, path)
    getters = [vars(base)["__getitem__"] for base in own_classes(kind) if "__getitem__" in vars(base)]
    function = own_function(getters[0]) if getters else None
    inner = calls.inside(walker, function, dataset, None) if function else None
    return calls.returns(walker, inner, path) if inner else []


def _constructed(walker: Walker, node: ast.expr, scope: Scope) -> Any:
    """The data set that a loader was constructed with, known by its class alone."""
    for loader in behind(walker, node, scope, "DataLoader"):
        call, where = walker.nodes[loader]
        data = (
            [*call.args[:1], *(w.value for w in call.keywords if w.arg == "dataset")]
            if isinstance(call, ast.Call)
            else []
        )
        for made in data:
            live = where.peek(made)
            if live is not UNKNOWN:
                return live
            for k in walker.follow(made, where):
                built, there = walker.nodes[k]
                kind = there.peek(built.func) if isinstance(built, ast.Call) else UNKNOWN
                if isinstance(kind, type):
                    return Instance(kind) if own_classes(kind) or is_tensor_dataset(kind) else None
    return None


def behind(walker: Walker, node: ast.expr, scope: Scope, bare: str) -> Iterator[int]:
    """The steps that call ``bare`` among those behind an expression, the nearest first."""
    waiting, seen = list(walker.follow(node, scope)), set[int]()
    while waiting:
        k = waiting.pop(0)
        step = walker.steps[k]
        if k in seen or step is None:
            continue
        seen.add(k)
        if step.bare == bare:
            yield k
        waiting += [j for argument in step.operands for j in argument.steps]


def _tensors(walker: Walker, node: ast.expr, scope: Scope, path: Path) -> list[Argument]:
    """The k-th tensor that a TensorDataset was made of, found by its constructor behind the loader's."""
    for k in behind(walker, node, scope, "TensorDataset"):
        made, where = walker.nodes[k]
        which = int(path[0]) if path and isinstance(path[0], int) else 0
        args: list[ast.expr] = made.args[which : which + 1] if isinstance(made, ast.Call) else []
        return [walker.argument(arg, where, "return") for arg in args if not isinstance(arg, ast.Starred)]
    return []


def inside_loop(node: ast.expr, path: Path) -> tuple[ast.expr, Path]:
    """``enumerate(x)``, ``zip(x, y)``, ``tqdm(x)``: what the drawn element really comes from."""
    for _ in range(4):
        if not isinstance(node, ast.Call) or not node.args:
            break
        name = dotted(node.func).rpartition(".")[2]
        first = path[0] if path else None
        if name == "enumerate" and first == 1:
            node, path = node.args[0], path[1:]
        elif name == "zip" and isinstance(first, int) and first < len(node.args):
            node, path = node.args[first], path[1:]
        elif name in _HANDS_ON:
            node = node.args[0]
        else:
            break
    return node, path

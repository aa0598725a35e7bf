"""The best model is kept by a second name, and training goes on with the very same object."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import same_function
from pytorch_basics.mistakes.reading.owners import stepping

ASKED = ("state_dict", "parameters", "eval", "train", "forward", "to", "cpu", "requires_grad_", "named_parameters")
VALUES = (3.0, 1.0, 2.0, 4.0, 3.0)  # of held-out data, say


def _begin() -> tuple[nn.Linear, nn.Linear, Callable[[], None]]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x, y = torch.randn(8, 2), torch.randn(8, 1)
        model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def one_step() -> None:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()

    return model, copy.deepcopy(model), one_step


def broken() -> Answer:
    model, best_model, one_step = _begin()
    best, then = float("inf"), model.weight.detach().clone()
    for value in VALUES:
        one_step()
        if value < best:
            best, then = value, model.weight.detach().clone()
            best_model = model
    best_model.eval()
    return Answer(given=best_model.weight.detach(), expected=then)


def fixed() -> Answer:
    model, best_model, one_step = _begin()
    best, then = float("inf"), model.weight.detach().clone()
    for value in VALUES:
        one_step()
        if value < best:
            best, then = value, model.weight.detach().clone()
            best_model = copy.deepcopy(model)
    best_model.eval()
    return Answer(given=best_model.weight.detach(), expected=then)


def signs(record: Record) -> Iterator[Sign]:
    """Where a new best value is kept, the model is kept as well: by its name. It is used later."""
    if not isinstance(record, RunRecord) or record.steps < 2:
        return
    moving = stepping(record)
    models = [one for one in record.models if moving & set(one.parameters) and one.at is not None and own(one.at)]
    for file in dict.fromkeys(one.at.file for one in models if one.at is not None):
        source = source_of(file)
        for node in ast.walk(source.tree) if source is not None else ():
            if isinstance(node, ast.Assign) and source is not None and _keeps(source, node, {m.name for m in models}):
                place = source.place_of_line(node.lineno, node)
                if isinstance(node.targets[0], ast.Name) and not _ran(record, place):
                    continue
                name, model = ast.unparse(node.targets[0]), ast.unparse(node.value)
                yield Sign(
                    place=place,
                    seen=f"`{name}` is another name for `{model}`, not a copy: it goes on learning with it, and is the "
                    "last model in the end, not the best.",
                    instead=f"`{name} = copy.deepcopy({model})`",
                    evidence=(f"`{name} is {model}` stays True, and {record.steps} steps were taken",),
                    sure=False,
                )


def _ran(record: RunRecord, place: Place) -> bool:
    """Something of PyTorch's was called in the same function."""
    return any(same_function(place, site.place) for site in record.sites)


def _keeps(source: Source, node: ast.Assign, names: set[str]) -> bool:
    """``best_model = model`` beside ``best = value``, inside ``if value < best:``."""
    target, value = node.targets[0], node.value
    if not isinstance(target, ast.Name | ast.Attribute) or not isinstance(value, ast.Name | ast.Attribute):
        return False
    if ast.unparse(value) not in names and not _parameter(source, node, value):
        return False
    around = source.parents.get(node)
    if not isinstance(around, ast.If) or node not in around.body:
        return False
    compared = {
        ast.unparse(part)
        for test in ast.walk(around.test)
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Lt | ast.Gt | ast.LtE | ast.GtE)
        for part in (test.left, *test.comparators)
    }
    beside = [one for one in around.body if isinstance(one, ast.Assign) and one is not node]
    noted = any(ast.unparse(part) in compared for one in beside for part in _parts(one.targets[0]))
    return noted and _asked_later(source, target, around)


def _parts(target: ast.expr) -> list[ast.expr]:
    return list(target.elts) if isinstance(target, ast.Tuple) else [target]


def _parameter(source: Source, node: ast.AST, value: ast.expr) -> bool:
    """What a function was given under this name."""
    space = next((one for one in source.up(node) if isinstance(one, ast.FunctionDef)), None)
    return space is not None and isinstance(value, ast.Name) and value.id in {one.arg for one in space.args.args}


def _asked_later(source: Source, target: ast.Name | ast.Attribute, inside: ast.AST) -> bool:
    """It is used as a model somewhere else: called, asked for its state, or given back."""
    here = set(map(id, ast.walk(inside)))
    for node in ast.walk(source.tree):
        if id(node) in here or not isinstance(node, ast.Call):
            continue
        func = node.func
        asked = func.value if isinstance(func, ast.Attribute) and func.attr in ASKED else func
        if _same(asked, target):
            return True
    return False


def _same(node: ast.AST, target: ast.Name | ast.Attribute) -> bool:
    """``stopper.best`` elsewhere is what the class itself calls ``self.best``."""
    if isinstance(target, ast.Attribute):
        return isinstance(node, ast.Attribute) and node.attr == target.attr
    return isinstance(node, ast.Name) and node.id == target.id


MISTAKE = Mistake(
    id="optim.best_is_the_model",
    code="",
    title="best_model = model keeps the model as it is now",
    see="The model that was kept as the best one is no better than the last. No error.",
    why="`best_model = model` copies nothing: there is one model, with two names, and each `optimizer.step()` changes "
    "it.",
    instead="`best_model = copy.deepcopy(model)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

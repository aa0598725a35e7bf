"""The best model is kept by a second name, and training goes on with the very same object."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Answer, Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.owners import stepping

ASKED = ("state_dict", "parameters", "eval", "train", "forward", "to", "cpu", "requires_grad_", "named_parameters")


def broken() -> Answer:
    return _kept(copied=False)


def fixed() -> Answer:
    return _kept(copied=True)


def _kept(copied: bool) -> Answer:
    """The loss of the best model beside the best loss."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x, y = torch.randn(8, 2), torch.randn(8, 1)
        model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.5)  # so large that the loss grows again
    best, best_model = float("inf"), model
    for _ in range(4):
        value = nn.functional.mse_loss(model(x), y)
        if value.item() < best:
            best = value.item()
            best_model = copy.deepcopy(model) if copied else model
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return Answer(given=nn.functional.mse_loss(best_model(x), y).detach(), expected=torch.tensor(best))


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
                name, model = ast.unparse(node.targets[0]), ast.unparse(node.value)
                yield Sign(
                    place=place,
                    seen=f"`{name}` is another name for `{model}`, not a copy: it goes on learning with it, and is the "
                    "last model in the end, not the best.",
                    instead=f"`{name} = copy.deepcopy({model})`",
                    evidence=(f"`{name} is {model}` stays True, and {record.steps} steps were taken",),
                    sure=False,
                )


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
    noted = any(ast.unparse(one.targets[0]) in compared for one in beside)
    return noted and _asked_later(source, target, around)


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

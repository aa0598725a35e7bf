"""E5: losses are added up or collected with the graph behind them, and memory grows."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import after, own, roots, trained
from pytorch_basics.mistakes.reading.lines import called, calls, same_function

SUMS = {"add", "__add__", "__radd__", "__iadd__", "add_"}


def _train(item: bool) -> torch.Tensor | float:
    w = torch.tensor([5.0, -3.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.05)
    total: torch.Tensor | float = 0.0
    for _ in range(8):
        loss = ((w - 1) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() if item else loss
    return total


def broken() -> torch.Tensor | float:
    return _train(item=False)


def fixed() -> torch.Tensor | float:
    return _train(item=True)


def signs(record: Record) -> Iterator[Sign]:
    """A sum that goes on over steps, or scalars that all still exist, with a graph that no backward pass will use."""
    if not isinstance(record, RunRecord):
        return
    learning, begun = trained(record), roots(record)
    steps = [e.order for e in record.of("step")]
    for k, site in enumerate(record.sites):
        if not own(site.place) or site.layer is not None or not site.outs or not site.outs[0].requires_grad:
            continue
        over = sum(site.first <= order <= site.last for order in steps)
        itself = any(k in one.sources for one in site.ins)
        if site.bare in SUMS and itself and k not in learning and site.count >= 3 and site.outs[0].shape == ():
            if over >= 2 or not steps:
                yield _summed(k, site, over)
        elif k in begun and site.outs[0].alive >= 5 and not (after(record, k) - {k}) & learning:
            yield _kept(site)


def _summed(k: int, site: SiteRecord, steps: int) -> Sign:
    name = next((one.name for one in site.ins if one.name and k not in one.sources), "loss")
    return Sign(
        place=site.place,
        seen="The losses are added up here with their graphs: the sum keeps every graph since it began.",
        instead=f"`{name}.item()` (or `{name}.detach()`) in the sum",
        evidence=(
            f"{site.count} watched additions gave a tensor that requires grad, each built on the one before"
            + (f", over {steps} watched steps; no backward pass uses it." if steps else "; no backward pass uses it."),
        ),
        sure=steps >= 2,
    )


def _kept(site: SiteRecord) -> Sign:
    name = site.outs[0].name or "loss"
    place = _collected(site.place, name)
    return Sign(
        place=place or site.place,
        seen=f"`{name}` is kept with its graph in every round: {site.outs[0].alive} of them still exist.",
        instead=f"`{place.text.replace(f'({name})', f'({name}.item())')}`"
        if place
        else f"`{name}.item()` where it is kept",
        evidence=(
            f"{site.outs[0].alive} results of line {site.place.line} existed at the same time, each with a `grad_fn`.",
        ),
        also=(site.place,) if place is not None else (),
    )


def _collected(place: Place, name: str) -> Place | None:
    """The line that puts the result into a list, or gives it to something that keeps it."""
    for at, node in calls(place.file, "append", "extend"):
        if same_function(at, place) and node.args and getattr(node.args[0], "id", None) == name:
            return at
    source = source_of(place.file)
    for statement in ast.walk(source.tree) if source is not None else ():
        if isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign) and source is not None:
            at = source.place_of_line(statement.lineno, statement)
            if same_function(at, place) and at.line > place.line and _takes(statement, name):
                return at
    return None


def _takes(statement: ast.Expr | ast.Assign | ast.AugAssign, name: str) -> bool:
    """``history.add(loss)``, ``losses += [loss]``, ``losses[step] = loss``, ``self.last = loss``."""
    value = statement.value
    if isinstance(statement, ast.Expr):
        given = [*value.args, *(one.value for one in value.keywords)] if isinstance(value, ast.Call) else []
        return called(value) != "print" and any(getattr(one, "id", None) == name for one in given)
    parts = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    named = any(getattr(one, "id", None) == name for one in parts)
    if isinstance(statement, ast.AugAssign):
        return named and isinstance(value, ast.List | ast.Tuple)
    return named and any(isinstance(target, ast.Subscript | ast.Attribute) for target in statement.targets)


MISTAKE = Mistake(
    id="memory.loss_kept_with_graph",
    code="E5",
    title="A loss is only a number",
    see="Memory grows from step to step, until there is none left; each step may get slower. No error before that.",
    why="A loss is a tensor with the graph that computed it. Kept in a list, or added to a sum, it keeps that graph, "
    "with all "
    "that it saved.",
    instead="`total += loss.item()`, `losses.append(loss.item())`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

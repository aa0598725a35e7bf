"""``state_dict()`` is kept as a snapshot, and shows the live weights."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
import copy
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.source import Source, source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import EventRecord, RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own
from pytorch_basics.mistakes.reading.lines import called, calls, loops, statement

COPIES = {"deepcopy", "clone", "save", "load"}


def _steps(model: nn.Module) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        model(torch.ones(3, 2)).square().mean().backward()
        optimizer.step()


def broken() -> None:
    with torch.random.fork_rng():
        model = nn.Linear(2, 1)
        start = model.state_dict()
        _steps(model)
        model.load_state_dict(start)


def fixed() -> None:
    with torch.random.fork_rng():
        model = nn.Linear(2, 1)
        start = copy.deepcopy(model.state_dict())
        _steps(model)
        model.load_state_dict(start)


def signs(record: Record) -> Iterator[Sign]:
    """A ``state_dict()`` that was kept, with the model's own memory in it, while steps went on."""
    if not isinstance(record, RunRecord):
        return
    told: set[Place] = set()
    for event in record.of("state"):
        place = event.place
        if not own(place) or place in told or not event.numbers or not event.numbers[0]:
            continue
        kept = _kept_as(place)
        loads = [e for e in record.of("load") if e.order > event.order and e.steps > event.steps and e.numbers]
        loaded = next((e.place for e in loads if e.numbers[0] and e.numbers[0] == e.numbers[1]), None)
        loaded = loaded or (_loaded(place, kept) if kept else None)
        if loaded is None and event.numbers[0] < 2:
            continue  # taken anew at every step: only its name lived on to the next
        if loaded is None and kept and _used_up(place, kept):
            continue
        if (kept and not _saved_at_once(place, kept)) or (loaded and kept is not None):
            told.add(place)
            yield _sign(event, loaded)


def _sign(event: EventRecord, loaded: Place | None) -> Sign:
    place, steps = event.place, round(event.numbers[0])
    source = place.text
    return Sign(
        place=place,
        seen="`state_dict()` gives the live weights, not a copy: what is kept here goes on changing with every step"
        + (f", and line {loaded.line} loads the weights back onto themselves." if loaded else "."),
        instead=f"`{_deep(source)}`",
        evidence=(
            f"The tensors kept on line {place.line} lived through {steps} watched steps and shared the memory of the "
            "parameters.",
        ),
        sure=loaded is not None,
        also=(loaded,) if loaded is not None else (),
    )


def _deep(text: str) -> str:
    """The line with the state copied."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return "copy.deepcopy(model.state_dict())"
    for node in ast.walk(tree):
        if called(node) == "state_dict":
            call = ast.unparse(node)
            return (
                text.replace(call, f"copy.deepcopy({call})", 1) if call in text else "copy.deepcopy(model.state_dict())"
            )
    return "copy.deepcopy(model.state_dict())"


def _kept_as(place: Place) -> str | None:
    """The name or attribute that this line gives the state to; empty for one it gives away (``return``, ``append``),
    None where a copy is kept or it is looked into at once."""
    here = statement(place)
    if here is None or any(called(node) in COPIES for node in ast.walk(here)):
        return None
    if isinstance(here, ast.Assign | ast.AnnAssign):
        target = here.targets[0] if isinstance(here, ast.Assign) else here.target
        return ast.unparse(target)
    return "" if isinstance(here, ast.Return | ast.Expr) else None


def _loaded(place: Place, kept: str) -> Place | None:
    """The line that loads what is kept under this name."""
    for at, node in calls(place.file, "load_state_dict"):
        parts = [part for arg in node.args[:1] for part in ast.walk(arg) if isinstance(part, ast.Name | ast.Attribute)]
        if any(ast.unparse(part) == kept or _same_attribute(part, kept) for part in parts):
            return at
    return None


def _same_attribute(part: ast.expr, kept: str) -> bool:
    """``stopper.state`` elsewhere is what the class itself calls ``self.state``."""
    return kept.startswith("self.") and isinstance(part, ast.Attribute) and f"self.{part.attr}" == kept


def _used_up(place: Place, kept: str) -> bool:
    """Taken afresh in each round of a loop and read only there, by lines that run none of the learner's functions and
    no step (weights mixed into a target network): nothing is kept for later."""
    here, source = statement(place), source_of(place.file)
    if here is None or source is None or not loops(place):
        return False
    following = _following(here, source)
    reads = [n for n in ast.walk(source.tree) if _reads(n, kept)]
    using = [k for k, part in enumerate(following) if any(n in reads for n in ast.walk(part))]
    inside = [n for part in following for n in ast.walk(part) if n in reads]
    between = [n for part in following[: max(using, default=-1) + 1] for n in ast.walk(part)]
    defined = {n.name for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    return len(inside) == len(reads) > 0 and not any(called(n) in defined | {"step"} for n in between)


def _following(here: ast.stmt, source: Source) -> list[ast.stmt]:
    """The statements after this one in its block."""
    above = source.parents.get(here)
    block = [part for name in ("body", "orelse") for part in getattr(above, name, [])]
    return block[block.index(here) + 1 :] if here in block else []


def _reads(node: ast.AST, kept: str) -> bool:
    read = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    return read and ast.unparse(node) == kept


def _saved_at_once(place: Place, kept: str) -> bool:
    """``torch.save`` writes it to a file in the same block, before a step changes it; or it is copied there."""
    here, source = statement(place), source_of(place.file)
    later = _following(here, source) if here is not None and source is not None else []
    uses = [node for part in later for node in ast.walk(part) if isinstance(node, ast.Call)]
    return any(called(n) in COPIES and any(kept in ast.unparse(a) for a in n.args) for n in uses if kept)


MISTAKE = Mistake(
    id="optim.state_is_live",
    code="",
    title="state_dict() is a snapshot",
    see="The best weights that were kept are the last ones; going back to the start changes nothing. No error.",
    why="`state_dict()` returns a dict with the parameters' own memory. Each `optimizer.step()` writes into it, so "
    "what was "
    "kept changes with the model.",
    instead="`best = copy.deepcopy(model.state_dict())`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

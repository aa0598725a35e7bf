"""A8: an operation in place is taken for a free saving of memory."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import ast
import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.autograd import changed_tensor
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement
from pytorch_basics.mistakes.reading.overwritten import writes
from pytorch_basics.mistakes.reading.reused import CHANGED, lasting

# What backward, or the operation itself, says when a value that autograd still needs has been overwritten.
OVERWRITTEN = re.compile(
    r"needed for gradient computation has been modified by an inplace operation"
    r"|is a view and is being modified inplace"
    r"|is a view and its base or another view of its base has been modified inplace"
)


def broken() -> Answer:
    x = torch.tensor([1.0, 4.0, 16.0], requires_grad=True)
    root = x.sqrt()
    root += 1
    root.sum().backward()
    return Answer(given=x.grad, expected=torch.tensor([0.5, 0.25, 0.125]), args=(x,))


def fixed() -> Answer:
    x = torch.tensor([1.0, 4.0, 16.0], requires_grad=True)
    root = x.sqrt()
    root = root + 1
    root.sum().backward()
    return Answer(given=x.grad, expected=torch.tensor([0.5, 0.25, 0.125]), args=(x,))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusal to go backward through a value that is no longer there."""
    return isinstance(evidence, Raised) and bool(OVERWRITTEN.search(evidence.message))


def signs(record: Record) -> Iterator[Sign]:
    """The line that wrote over a number which ``backward()`` needs."""
    if not isinstance(record, FailureRecord) or not OVERWRITTEN.search(record.message) or record.place is None:
        return
    if CHANGED not in record.message:
        yield _view(record)
        return
    found = writes(record)
    if not found or (lasting(record) is not None and not found[0].fits):
        return
    one = found[0]
    shape, maker = changed_tensor(record)
    yield Sign(
        place=one.place,
        seen=f"`{one.text}` writes over `{one.name}`; `backward()` at line {record.place.line} needs the numbers as "
        "they were.",
        instead=one.instead,
        evidence=(f"PyTorch: a tensor of shape {list(shape)}, the output of {maker or 'no operation'}, was changed",),
        sure=one.fits,
        also=tuple(p for p in (one.made, record.place) if p is not None and p.line != one.place.line),
    )


def _view(record: FailureRecord) -> Sign:
    """The operation itself refused: the tensor is one of several views of the same memory."""
    place, step = record.place or Place("", 0), record.failing
    target: Step | None = next((made for a in record.operands[:1] for made in [record.made(a)] if made), None)
    line = statement(place)
    text = ast.unparse(line) if line is not None and not hasattr(line, "body") else place.text
    name = record.operands[0].text if record.operands else "x"
    return Sign(
        place=place,
        seen=f"`{text}` changes `{name}` in place, which shares its memory with other results of "
        f"`{target.text if target else (step.text if step else name)}`.",
        instead=_written_out(text) or f"{name} = a new tensor, such as {name}.clone(), before the change",
        evidence=(record.message.partition(". ")[0],),
        also=(target.place,) if target is not None and target.place.line != place.line else (),
    )


def _written_out(text: str) -> str:
    match = re.fullmatch(r"([\w.\[\]]+) (\*\*|//|[-+*/@])= (.+)", text)
    return f"{match[1]} = {match[1]} {match[2]} {match[3]}" if match and "[" not in match[1] else ""


MISTAKE = Mistake(
    id="autograd.in_place_on_saved",
    code="A8",
    title="Working in place only saves memory",
    see="The forward pass works. `backward()` raises a RuntimeError: a variable needed for gradient computation has "
    "been modified by an inplace operation; it is at version 1, version 0 was expected.",
    why="Many operations keep a tensor for `backward`, their input or their result. PyTorch counts the changes in "
    "place of every tensor (its version) and refuses to compute with a value that has been overwritten. "
    "`torch.no_grad()` does not stop the counting; `.data` does, and then the gradient is wrong without a word.",
    instead="`root = root + 1`, which makes a new tensor; and call `backward()` before you change a parameter",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

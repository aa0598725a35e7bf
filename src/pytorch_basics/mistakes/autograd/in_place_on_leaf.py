"""A4: ``w -= lr * w.grad`` is taken for a legal step on a tensor that requires a gradient."""

# PyTorch declares no types for `backward`, and `.grad` as maybe None; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call, operator"

import ast
import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.reading import bound, constructor, rewritten
from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement

REFUSED = re.compile(r"leaf Variable that requires grad is being used in an in-place operation")


def broken() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    ((w - 1) ** 2).sum().backward()
    w -= 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([2.0, 0.0]))


def fixed() -> Answer:
    w = torch.tensor([3.0, -1.0], requires_grad=True)
    ((w - 1) ** 2).sum().backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
    return Answer(given=w, expected=torch.tensor([2.0, 0.0]))


def shown_by(evidence: Evidence) -> bool:
    """PyTorch's refusal to change a watched leaf, or a view of one, in place."""
    return isinstance(evidence, Raised) and bool(REFUSED.search(evidence.message))


MAKERS = ("zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like")


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch refuses the change; the line that makes it, or the layer that was told to work in place."""
    if not isinstance(record, FailureRecord) or not REFUSED.search(record.message) or record.place is None:
        return
    made = constructor(record, record.layer)
    if made is not None and record.layer is not None and record.layer.value.setting("inplace") is True:
        yield Sign(
            place=made.place,
            seen=f"`{made.text}` overwrites its input, which requires grad and was not computed: autograd needs it "
            "as it is.",
            instead=bound(made, rewritten(made, 9, "inplace", "False")),
            evidence=("the input is a leaf that requires grad",),
            also=(record.place,),
        )
        return
    node = statement(record.place)
    line = (
        " ".join(ast.unparse(node).split())
        if isinstance(node, ast.stmt) and not hasattr(node, "body")
        else record.place.text
    )
    target = next((a for a in record.operands if a.value and a.value.requires_grad), None)
    filled = _filled(record, node)
    if filled is not None and target is not None:
        yield Sign(
            place=filled.place,
            seen=f"`{target.text}` is to be filled with computed numbers at line {record.place.line}; made with "
            "requires_grad=True it is a leaf, and a leaf cannot be written to.",
            instead=bound(filled, re.sub(r",\s*requires_grad\s*=\s*True", "", filled.text)),
            evidence=(f"`{target.text}.is_leaf` and `{target.text}.requires_grad` are True",),
            also=(record.place,),
        )
        return
    name = target.text if target else "a tensor that requires grad"
    yield Sign(
        place=record.place,
        seen=f"`{line}` changes `{name}` in place while autograd watches it.",
        instead=f"with torch.no_grad(): {line}",
        evidence=(f"`{name}.is_leaf` and `{name}.requires_grad` are True",) if target else (),
    )


def _filled(record: FailureRecord, node: ast.stmt | None) -> Step | None:
    """The zeros or ones that a part of is assigned to, made with requires_grad=True."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Subscript):
        return None
    made = next((record.made(a) for a in record.operands if a.value and a.value.requires_grad), None)
    if made is None or made.bare not in MAKERS or made.kind != "call":
        return None
    return made if any(a.name == "requires_grad" for a in made.arguments) else None


MISTAKE = Mistake(
    id="autograd.in_place_on_leaf",
    code="A4",
    title="A parameter can be changed in place like any tensor",
    see="`w -= lr * w.grad`, `w.zero_()` or `w[0] = 1` raises a RuntimeError about a leaf Variable that requires "
    "grad and an in-place operation.",
    why="Autograd watches `w`. A change of `w` would become part of the computation, and the number that the "
    "gradient belongs to would be gone. An update is not part of the model, so tell autograd not to watch it.",
    instead="`with torch.no_grad(): w -= lr * w.grad`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
    signs=signs,
)

"""T9: ``*`` is taken for the matrix product, or ``@`` for a product of any two matrices."""

import ast
import re
from itertools import permutations

import torch

from pytorch_basics.mistakes.mistake import Answer, Evidence, Mistake, Raised

# What torch.matmul and its relatives say when the inner sizes do not meet.
DO_NOT_MEET = re.compile(
    r"mat1 and mat2 shapes cannot be multiplied"
    r"|size mismatch, got input \(\d+\), mat \(\d+x\d+\), vec"
    r"|inconsistent tensor size, expected tensor \[\d+\] and src \[\d+\]"
    r"|Expected size for first two dimensions of batch2 tensor"
)
TOO_MANY = 1_000_000


def broken() -> Answer:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    weight = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    return Answer(given=x * weight, expected=x @ weight, args=(x, weight))


def fixed() -> Answer:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    weight = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    return Answer(given=x @ weight, expected=x @ weight, args=(x, weight))


def shown_by(evidence: Evidence) -> bool:
    """A matrix product whose sizes do not meet, or an element-wise one where a matrix product was wanted."""
    if isinstance(evidence, Raised):
        return bool(DO_NOT_MEET.search(evidence.message)) or failed_in_star(evidence)
    if not isinstance(evidence, Answer):
        return False
    given, expected = evidence.given, evidence.expected
    tensors = [value for value in evidence.args if plain(value)]
    if not plain(given) or not plain(expected) or len(tensors) > 4 or alike(given, expected):
        return False
    for a, b in permutations(tensors, 2):
        rest = [value for value in tensors if value is not a and value is not b]
        if together(a, b) is None:
            continue
        for star in _with_bias(a.detach().double() * b.detach().double(), rest):
            if alike(given, star):
                return any(alike(expected, at) for at in _matrix_products(a, b, rest))
    return False


def failed_in_star(evidence: Raised) -> bool:
    """Two sizes differ, and the failing line computes with ``*`` between two names and with nothing else."""
    if not evidence.message.startswith("The size of tensor a") or not evidence.lines:
        return False
    try:
        tree = ast.parse(evidence.lines[-1].strip())
    except (SyntaxError, ValueError):
        return False
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.BinOp, ast.AugAssign, ast.Compare))]
    return bool(nodes) and all(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult)
        and not isinstance(node.left, ast.Constant)
        and not isinstance(node.right, ast.Constant)
        for node in nodes
    )


def plain(value: object) -> bool:
    """A real, dense tensor on the CPU, small enough to compute with."""
    return (
        isinstance(value, torch.Tensor)
        and not value.is_nested
        and value.layout is torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
        and not value.is_complex()
        and value.numel() <= TOO_MANY
    )


def alike(a: torch.Tensor, b: torch.Tensor | None) -> bool:
    """The same shape and, as far as float32 can tell, the same numbers."""
    if b is None or a.shape != b.shape:
        return False
    return torch.allclose(a.detach().double(), b.detach().double(), rtol=1e-4, atol=1e-6, equal_nan=True)


def together(a: torch.Tensor, b: torch.Tensor) -> torch.Size | None:
    """The shape that two tensors broadcast to; None where they do not fit or the result would be huge."""
    try:
        shape: torch.Size = torch.broadcast_shapes(a.shape, b.shape)  # type: ignore[no-untyped-call]
    except RuntimeError:
        return None
    return shape if shape.numel() <= TOO_MANY else None


def _matrix_products(a: torch.Tensor, b: torch.Tensor, rest: list[torch.Tensor]) -> list[torch.Tensor]:
    a, b = a.detach().double(), b.detach().double()
    found = []
    if a.dim() and b.dim():
        for left in (a, a.mT) if a.dim() > 1 else (a,):
            for right in (b, b.mT) if b.dim() > 1 else (b,):
                try:
                    found += _with_bias(left @ right, rest)
                except RuntimeError:
                    continue
    return found


def _with_bias(result: torch.Tensor, rest: list[torch.Tensor]) -> list[torch.Tensor]:
    """The product alone, and with each other argument added to it."""
    found = [result]
    for other in rest:
        try:
            found.append(result + other.detach().double())
        except RuntimeError:
            continue
    return found


MISTAKE = Mistake(
    id="operations.star_is_matmul",
    code="T9",
    title="The star in a * b multiplies matrices, and any two matrices fit",
    see="Numbers that are not the matrix product (when the shapes fit by luck, as square ones always do), "
    "or an error that two sizes do not match.",
    why="`*` multiplies the elements that stand in the same place. The matrix product is `@` "
    "(`torch.matmul`): it sums products of rows and columns, and needs the inner sizes to be equal, `(n, k) "
    "@ (k, m)`.",
    instead="`x @ weight`, or `x @ weight.T` where the weight is stored as `(outputs, inputs)`",
    broken=broken,
    fixed=fixed,
    shown_by=shown_by,
)

"""What can be said of an error that no rule knows: the operands of the expression that failed.

In goes a ``FailureRecord``; out come rows of a label and words: what each operand held and where it came from.
"""

from __future__ import annotations

from math import isfinite

from pytorch_basics.instruments.failure.record import Argument, Call, FailureRecord, Value
from pytorch_basics.instruments.tensor.wording import caption

MOST_OPERANDS, MOST_TEXT = 6, 70
LITERAL = ('"', "'", *"-0123456789")


def rows(failure: FailureRecord) -> tuple[tuple[str, str], ...]:
    """The failing expression, its operands with where they came from, the layer that ran, and what it came from."""
    found = [("failed", f"`{_cut(failure.failing.text)}`")] if failure.failing else []
    found += [(_cut(one.text, 24), operand(failure, one)) for one in _telling(failure)[:MOST_OPERANDS]]
    found += _given(failure)
    found += [("came from", f"{kind}: {message}") for kind, message in failure.chain[:2]]
    return tuple(found)


def _telling(failure: FailureRecord) -> list[Argument]:
    """Operands that say something: a literal is there for all to see."""
    return [one for one in failure.operands if operand(failure, one) and not one.text.startswith(LITERAL)]


def operand(failure: FailureRecord, one: Argument) -> str:
    """``f32[32, 10], requires grad; made at line 12 by `self.fc(x)` ``."""
    said = [described(one.value)] if one.value else []
    step = failure.made(one)
    if step and step.text != one.text:
        said.append(f"made at line {step.place.line} by `{_cut(step.text)}`")
    return "; ".join(said)


def _given(failure: FailureRecord) -> list[tuple[str, str]]:
    """The layer that ran, or else the function of PyTorch's, with what it was given."""
    layer = failure.layer
    if layer:
        inputs = ", ".join(f"{name} {described(value)}" for name, value in layer.inputs[:MOST_OPERANDS])
        given = f", was given {inputs}" if inputs else ""
        return [("in the layer", f"`{layer.name}`: {described(layer.value)}{given}")]
    call = next((call for call in reversed(failure.inner) if _tensors(call)), None)
    return [("in PyTorch", f"`{call.function}` was given {_tensors(call)}")] if call else []


def _tensors(call: Call) -> str:
    return ", ".join(f"{name} {described(value)}" for name, value in call.arguments[:MOST_OPERANDS] if value.tensor)


def described(value: Value) -> str:
    """What a value is, in few words: ``f32[2, 3] on cuda:0, requires grad``, ``a list of 3``, ``the number 2``."""
    if value.kind in ("tensor", "array"):
        return _tensor(value)
    if value.kind == "module":
        settings = ", ".join(f"{name}={setting}" for name, setting in value.settings[:6])
        return f"{value.type}({settings})"
    if value.kind == "none":
        return "None"
    if value.length is not None:
        return f"a {value.type} of {value.length}"
    if value.plain is not None:
        return f"{value.type} {_cut(repr(value.plain))}"
    return f"a {value.kind}" if value.type in ("", value.kind) else f"a {value.type}"


def _tensor(value: Value) -> str:
    shape = caption(value.dtype.removeprefix("torch."), value.shape)
    said = [f"NumPy {shape}" if value.kind == "array" else shape]
    if value.device not in ("", "cpu"):
        said[0] += f" on {value.device}"
    if value.requires_grad:
        said.append("requires grad" if value.leaf else f"grad_fn {value.grad_fn}")
    if value.low is not None and value.high is not None and isfinite(value.low) and isfinite(value.high):
        said.append(f"from {value.low:g} to {value.high:g}")
    return ", ".join(said)


def _cut(text: str, most: int = MOST_TEXT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"

"""What most rules ask of a failure record, in a line each: a call written anew, the layer's line, a step of some name.

In go a ``FailureRecord`` and its parts; out come texts with the learner's names and numbers, and steps. Plain data.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Layer, Shape, Step, Value
from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place

# Steps after which a tensor is still the same numbers in another shape, dtype or place.
AXES = ("permute", "transpose", "t", "T", "mT", "movedim", "swapaxes", "swapdims", "rearrange")
RESHAPES = ("view", "reshape", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "t", "T", "mT", "contiguous")
CASTS = ("to", "float", "double", "half", "long", "int", "type", "cpu", "cuda", "detach", "clone")


def numbers(pattern: str, message: str) -> tuple[int, ...]:
    """The whole numbers that ``pattern`` finds in a message; nothing where it does not fit."""
    match = re.search(pattern, message)
    return tuple(int(found) for found in match.groups() if found is not None) if match else ()


def sizes(shape: Shape) -> str:
    """A shape as one writes it: ``(32, 1)``."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def called_as(step: Step) -> str:
    """What stands before the brackets of a call: ``nn.Linear``, ``x.view``."""
    if step.kind == "layer":
        return next((a.text for a in step.arguments if a.name == "func"), step.text.partition("(")[0])
    receiver = next((a.text for a in step.arguments if a.name == "self"), "")
    rest = step.text[len(receiver) :] if receiver and step.text.startswith(receiver) else step.text
    return (receiver if rest is not step.text else "") + rest.partition("(")[0]


def written(argument: Argument) -> str:
    """An argument as it stands in the brackets."""
    named = argument.name not in ("", "*", "**")
    return f"{argument.name}={argument.text}" if named else argument.text


def rewritten(step: Step, position: int, name: str, new: str) -> str:
    """The call with one argument (by position or keyword) replaced; added as a keyword where it was not given."""
    inside = [a for a in step.operands if a.name not in ("self", "return")]
    old = step.argument(position, name)
    parts = [(f"{name}={new}" if a.name == name else new) if a is old else written(a) for a in inside]
    if old is None:
        parts.append(f"{name}={new}")
    return f"{called_as(step)}({', '.join(parts)})"


def bound(step: Step, text: str) -> str:
    """``text`` as the statement that binds what the step bound."""
    return f"{step.name} = {text}" if step.name else text


def behind(record: FailureRecord, what: Argument | Step | None, *bare: str, within: int = 12) -> Step | None:
    """The nearest step behind something that called one of these."""
    for k, step in enumerate(record.origins(what)):
        if k >= within:
            break
        if step.bare in bare:
            return step
    return None


def straight(record: FailureRecord, what: Argument | Step | None, through: Iterable[str]) -> list[Step]:
    """The steps behind something as long as each is one of ``through``, and the one that is not."""
    allowed, found = (*through, "=", "return"), list[Step]()
    for step in record.origins(what):
        found.append(step)
        if step.bare not in allowed:
            break
    return found


def constructor(record: FailureRecord, layer: Layer | None) -> Step | None:
    """The step that constructed a layer."""
    return record.steps[layer.made] if layer and layer.made is not None else None


@dataclass(frozen=True)
class Change:
    """The line to change, what to write there, and what else has to do with it."""

    place: Place
    instead: str
    also: tuple[Place, ...] = ()


def resized(record: FailureRecord, layer: Layer | None, position: int, name: str, number: int | str) -> Change | None:
    """How to construct a layer with another number: at its line, or where a constructor was given that number."""
    made = constructor(record, layer)
    declared = layer.value.setting(name) if layer else None
    return recalled(record, made, position, name, number, declared) if made else None


def recalled(
    record: FailureRecord, made: Step, position: int, name: str, number: int | str, now: object = None
) -> Change:
    """How to write a constructor with another number (``now`` is the one it has): in its line, or where the class or
    the function around it was given that."""
    made = _told(record, made, position, name, now)
    whole = bound(made, rewritten(made, position, name, str(number)))
    given = made.argument(position, name)
    source = record.made(given) if given is not None and given.text.isidentifier() else None
    inside = "__init__" in made.place.function or (given is not None and _parameter(made.place, given.text))
    passed = source is not None and inside and source.place.function != made.place.function
    if passed and given is not None and _used_elsewhere(record, made, given.text):
        declared = given.value.plain if given.value else None
        times = number // declared if isinstance(number, int) and isinstance(declared, int) and declared > 0 else 0
        if times > 1 and times * int(str(declared)) == number:  # both directions of an LSTM, two halves joined
            whole = bound(made, rewritten(made, position, name, f"{times} * {given.text}"))
        return Change(made.place, whole)
    if passed and source is not None:
        return Change(source.place, _replaced(source, str(number), made), (made.place,))
    return Change(made.place, whole)


def _told(record: FailureRecord, made: Step, position: int, name: str, now: object) -> Step:
    """The same constructor as it was followed out of the function that it stands in, called with this number."""
    given = made.argument(position, name)
    if given is None or record.made(given) is not None or not _parameter(made.place, given.text):
        return made
    for step in record.steps:
        other = step.argument(position, name) if (step.place, step.text) == (made.place, made.text) else None
        source = record.made(other) if other is not None else None
        if source is not None and source.text == str(now):
            return step
    return made


def _parameter(place: Place, name: str) -> bool:
    """Whether the function around a line takes an argument of this name."""
    source = source_of(place.file)
    around = [
        node.args
        for node in (ast.walk(source.tree) if source is not None else ())
        if isinstance(node, ast.FunctionDef) and node.lineno <= place.line <= (node.end_lineno or 0)
    ]
    return any(one.arg == name for args in around for one in (*args.posonlyargs, *args.args, *args.kwonlyargs))


def _replaced(source: Step, number: str, made: Step) -> str:
    """The line that passes a number on, with another number in it."""
    pattern = rf"(?<![\w.]){re.escape(source.text)}(?![\w.])"
    if len(re.findall(pattern, source.place.text)) == 1:
        return re.sub(pattern, number, source.place.text)
    return f"{number} in place of {source.text}, which arrives in `{made.text}`"


def _used_elsewhere(record: FailureRecord, made: Step, text: str) -> bool:
    """Whether the same function gives this parameter to another constructor."""
    mine = [s for s in record.steps if s.place.function == made.place.function and s.text != made.text]
    return any(argument.text == text for step in mine if step.kind == "call" for argument in step.operands)


def flat(shape: Shape) -> int:
    """How many numbers one sample of this batch has."""
    return prod(shape[1:])


def tensor(record: FailureRecord, *names: str) -> Value | None:
    """A tensor that one of PyTorch's running functions was given under any of these names, the innermost first."""
    for call in reversed(record.inner):
        value = call.argument(*names)
        if value is not None and value.tensor:
            return value
    return None


def operand(record: FailureRecord, position: int, *names: str) -> Argument | None:
    """An operand of the failing call by position or keyword; a method's object does not count."""
    return record.failing.argument(position, *names) if record.failing else None

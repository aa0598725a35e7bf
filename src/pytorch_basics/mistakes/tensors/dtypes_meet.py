"""A tensor of another dtype than the weights goes into a layer or a product."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.reading import CASTS, RESHAPES, bound
from pytorch_basics.instruments.failure.record import Argument, FailureRecord, Step, Value
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

REFUSALS = re.compile(
    r"must have the same dtype|to have the same dtype, but got|Input type \(.*\) and (?:bias|weight) type"
    r"|mixed dtype \(CPU\)|does not match weight dtype|expected scalar type \w+ but found"
)
MAKERS = (
    *("from_numpy", "tensor", "as_tensor", "DoubleTensor", "LongTensor", "IntTensor", "ByteTensor", "double", "long"),
    *("to", "type", "int", "arange", "randint", "zeros", "ones", "full", "byte", "half", "float", "FloatTensor"),
    *("rand", "randn", "linspace", "eye"),
)


def broken() -> object:
    layer, counts = nn.Linear(3, 1), torch.tensor([[1, 2, 3]])
    return layer(counts)


def fixed() -> object:
    layer, counts = nn.Linear(3, 1), torch.tensor([[1.0, 2.0, 3.0]])
    return layer(counts)


def other_dtype(record: Record) -> tuple[FailureRecord, Argument, Value, str] | None:
    """What went in with a dtype that is not the one wanted, and the one wanted."""
    if not isinstance(record, FailureRecord) or not REFUSALS.search(record.message) or record.failing is None:
        return None
    layer = record.layer
    weights = [v for _, v in layer.value.items if v.tensor] if layer else []
    if layer is not None and weights and layer.inputs:
        given = next((v for _, v in layer.inputs if v.tensor and v.dtype != weights[0].dtype), None)
        first = record.failing.argument(0, "input", "x")
        return (record, first, given, weights[0].dtype) if given and first else None
    pair = [(a, value) for a in record.operands for value in [_held(record, a)] if value is not None]
    odd = [(a, value) for a, value in pair if value.dtype != "float32"]
    usual = any(value.dtype == "float32" for _, value in pair)
    return (record, *odd[0], "float32") if usual and odd else None


def _held(record: FailureRecord, what: Argument) -> Value | None:
    """The tensor that stands there; of a part without a name (``x.T``, ``a * b``) one of its own operands, which has
    the same dtype."""
    if what.value is not None:
        return what.value if what.value.tensor else None
    step = record.made(what)
    if step is None or (step.kind not in ("attribute", "operator") and step.bare not in RESHAPES):
        return None
    inside = [a.value for a in step.operands if a.value is not None and a.value.tensor]
    return next((v for v in inside if v.floating), None) if len({v.dtype for v in inside}) == 1 else None


def maker(record: FailureRecord, what: Argument) -> Step | None:
    """The step that gave a tensor its dtype: the nearest behind it that makes or casts one."""
    for k, step in enumerate(record.origins(what)):
        if k > 12:
            return None
        if step.called.startswith("numpy.") or step.bare in MAKERS:
            return step
        if any(a.name == "return" for a in step.operands) and step.kind == "call":  # the learner's own function
            continue
        if step.bare not in (*RESHAPES, *CASTS, "[]") and step.kind not in (
            "name",
            "return",
            "loop",
            "attribute",
            "list",
        ):
            return None
    return None


def returned(record: FailureRecord, what: Argument) -> Step | None:
    """The ``return`` of a data set's ``__getitem__`` that a tensor came through."""
    steps = [step for _, step in zip(range(6), record.origins(what), strict=False)]
    return next((s for s in steps if s.kind == "return" and s.place.function.endswith("__getitem__")), None)


def signs(record: Record) -> Iterator[Sign]:
    """A layer or a product refuses a dtype; NumPy's float64 has a mistake of its own."""
    found = other_dtype(record)
    if found is None or is_numpy(*found[:3]):
        return
    yield sign(*found)


def is_numpy(record: FailureRecord, what: Argument, value: Value) -> bool:
    """Whether the float64 came from NumPy."""
    if value.dtype != "float64":
        return False
    steps = [step for _, step in zip(range(16), record.origins(what), strict=False)]
    named = any(s.called.startswith("numpy.") or s.bare in ("from_numpy", "astype") for s in steps)
    return named or any(a.value is not None and a.value.kind == "array" for s in steps for a in s.operands)


def sign(record: FailureRecord, what: Argument, value: Value, wanted: str) -> Sign:
    """Where to convert: at the step that made it, in the data set, or where it goes in."""
    made, place = maker(record, what), record.place or Place("", 0)
    through = returned(record, what)
    named = what.text if made is None else (made.name or made.text)
    if made is not None and not made.called.startswith("numpy.") and made.kind == "call":
        at, instead = made.place, bound(made, _cast(made, wanted))
    elif through is not None:
        at, instead = through.place, _in_data(record, through, wanted)
    else:
        at, instead = (
            place,
            record.failing.text.replace(what.text, f"{what.text}.{_SHORT.get(wanted, 'float')}()", 1)
            if record.failing
            else "",
        )
    target = record.layer.name if record.layer else record.failing.text if record.failing else ""
    return Sign(
        place=at,
        seen=f"`{what.text}` is {value.dtype} ({_because(value, made, named)}); `{target}` has weights of {wanted} "
        "and takes nothing else.",
        instead=instead,
        evidence=(f"`{what.text}.dtype` is torch.{value.dtype}",),
        also=(place,) if place != at else (),
    )


def _in_data(record: FailureRecord, through: Step, wanted: str) -> str:
    """The ``return`` of the data set, with the part that went in converted."""
    part = next((s.text for s in record.origins(through)), through.operands[0].text)
    part = part if part in through.text else through.operands[0].text
    return through.text.replace(part, f"torch.as_tensor({part}, dtype=torch.{wanted})", 1)


def _because(value: Value, made: Step | None, named: str) -> str:
    if made is not None:
        return f"made by `{made.text}` at line {made.place.line}"
    return f"PyTorch's other name: {_NAMES.get(value.dtype, value.dtype)}"


def _cast(made: Step, wanted: str) -> str:
    short = _SHORT.get(wanted, "float")
    if made.bare in ("double", "long", "int", "byte", "half"):
        return f"{made.text.rpartition('.')[0]}.{short}()"
    return f"{made.text}.{short}()"


_SHORT = {"float32": "float", "float64": "double", "float16": "half", "bfloat16": "bfloat16", "int64": "long"}
_NAMES = {"float64": "Double", "int64": "Long", "uint8": "Byte", "int32": "Int", "float32": "Float", "bool": "Bool"}

MISTAKE = Mistake(
    id="tensors.dtypes_meet",
    code="",
    title="A layer takes numbers of any dtype",
    see="“mat1 and mat2 must have the same dtype, but got Long and Float”, “Input type (double) and bias type (float) "
    "should be the same”.",
    why="The weights are float32. PyTorch converts a number for you in `x + y`, and in no matrix product and no "
    "layer: a conversion there would be slow, and a secret.",
    instead="`x.float()` where the data are made, once",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""What a class or a function is called in PyTorch's documentation: ``nn.Linear``, ``torch.cat``, ``Tensor.view``.

In goes a live class, function or method; out comes its name, the learner's own by their qualified name alone.
"""

from __future__ import annotations

import re
import types

_FOLDS = (
    (re.compile(r"^torch\.nn\.modules\.\w+\."), "nn."),
    (re.compile(r"^torch\.nn\.functional\."), "nn.functional."),
    (re.compile(r"^torch\.nn\.parameter\."), "nn."),
    (re.compile(r"^torch\.nn\."), "nn."),
    (re.compile(r"^torch\.optim\.\w+\."), "optim."),
    (re.compile(r"^torch\.utils\.data\.([a-z_]+\.)+"), "utils.data."),
    (re.compile(r"^torch\._C\._nn\."), "nn.functional."),
    (re.compile(r"^torch\._C\.(_VariableFunctions\.)?"), "torch."),
    (re.compile(r"^torch\._?tensor\.Tensor\."), "Tensor."),
    (re.compile(r"^(torch\.functional|torch\._VariableFunctionsClass)\."), "torch."),
    (re.compile(r"^numpy\.(core|_core|ma)\.(\w+\.)*"), "numpy."),
    (re.compile(r"^(builtins|_io)\."), ""),
)
_METHODS = ("_TensorBase.", "TensorBase.", "Tensor.")


def named_as(thing: object) -> str:
    """The documented name of a class, function or method."""
    if isinstance(thing, types.MethodType):
        return named_as(thing.__func__)
    qualified = str(getattr(thing, "__qualname__", "") or getattr(thing, "__name__", "") or type(thing).__name__)
    for method in _METHODS:
        if qualified.startswith(method):
            return "Tensor." + qualified.removeprefix(method)
    if "_VariableFunctions" in qualified:
        return "torch." + qualified.rpartition(".")[2]
    home = str(getattr(thing, "__module__", "") or "")
    if not home.startswith(("torch", "numpy", "builtins", "_io", "_operator", "math", "itertools", "collections")):
        return qualified
    return fold(f"{home}.{qualified}")


def fold(name: str) -> str:
    """A full name as the documentation shortens it."""
    for pattern, short in _FOLDS:
        folded = pattern.sub(short, name)
        if folded != name:
            return folded
    return name

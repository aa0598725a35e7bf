"""What a function of PyTorch is called where it is documented: ``Tensor.add_``, ``nn.functional.linear``.

In goes the function itself, as a mode is given it; out comes the name. An operator is the method it runs: ``a * b``
is ``Tensor.mul`` (nobody can tell it from ``a.mul(b)``), ``x[0]`` is ``Tensor.__getitem__``, reading ``x.T`` is
``Tensor.T``. An op that autograd or C++ ran below nobody's call is called by its aten name, ``aten.mm``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

# Where functions of C and of PyTorch's own modules are documented.
_HOMES = {
    "torch._C._nn": "nn.functional.",
    "torch.nn.functional": "nn.functional.",
    "torch._C._linalg": "torch.linalg.",
    "torch._C._fft": "torch.fft.",
    "torch._C._special": "torch.special.",
    "torch._C._sparse": "torch.sparse.",
    "torch._C._nested": "torch.nested.",
    "torch.functional": "torch.",
    "torch._tensor": "Tensor.",
}
# Functions of ``torch`` that are documented, and mostly written, as ``nn.functional``'s.
_FUNCTIONAL = {
    *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "conv_tbc", "bilinear"),
    *("adaptive_avg_pool1d", "avg_pool1d", "cosine_similarity", "pairwise_distance", "pdist", "hardshrink", "prelu"),
    *("channel_shuffle", "pixel_shuffle", "pixel_unshuffle", "celu_", "relu_", "rrelu_", "selu_", "threshold_"),
}
_PREFIXED = ("linalg_", "fft_", "special_", "sparse_", "nested_")


@lru_cache(maxsize=4096)
def called(func: Any) -> str:
    """The documented name of ``func``; its own module and name for a function that is not PyTorch's."""
    name = str(getattr(func, "__name__", "") or type(func).__name__)
    packet = getattr(func, "_overloadpacket", None)  # aten::add.Tensor is one overload of aten.add
    if packet is not None or type(func).__name__ == "OpOverloadPacket":
        return str(packet if packet is not None else func)
    if name in ("__get__", "__set__"):  # an attribute: reading it is a call of its getter
        return f"Tensor.{func.__self__.__name__}{' =' if name == '__set__' else ''}"
    if hasattr(func, "__objclass__"):
        return f"Tensor.{name}"
    return _home(func, name) + name.removeprefix(next((p for p in _PREFIXED if name.startswith(p)), ""))


def _home(func: Any, name: str) -> str:
    module = str(getattr(func, "__module__", None) or "")
    if module == "torch" or "_VariableFunctions" in str(getattr(func, "__qualname__", "")):
        return "nn.functional." if name in _FUNCTIONAL else "torch."
    if module in _HOMES:
        return _HOMES[module]
    return f"{module.removeprefix('torch.') if module.startswith('torch.nn') else module}." if module else ""


def bare(name: str) -> str:
    """The last part of a name: ``add_`` of ``Tensor.add_``."""
    return name.removesuffix(" =").rpartition(".")[2]

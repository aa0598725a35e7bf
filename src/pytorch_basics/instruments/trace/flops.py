"""How many floating-point operations an aten op takes, from the shapes that went in and came out.

In go a name, shapes and the few arguments that change the count; out comes a number. Counted are matrix products,
convolutions and attention, and what goes back through them: a multiply and an add count two (one MAC). Everything
else (adding a bias, activations, norms) counts 0, as in PyTorch's own counter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

Shape = tuple[int, ...]
Formula = Callable[[Sequence[Shape], Sequence[Shape], tuple[Any, ...]], int]


def flops(name: str, ins: Sequence[Shape], outs: Sequence[Shape], extra: tuple[Any, ...] = ()) -> int:
    """The FLOPs of one aten op (``name`` without overload, ``aten.mm``); 0 for one that is not counted."""
    formula = FORMULAS.get(name)
    try:
        return formula(ins, outs, extra) if formula else 0
    except (IndexError, ValueError):  # called in a way that no formula knows
        return 0


def _product(left: Shape, right: Shape) -> int:
    """``(…, n, k) @ (…, k, m)``, also of vectors."""
    columns = right[-1] if len(right) > 1 else 1
    return 2 * prod(left) * columns


def _linear(ins: Sequence[Shape], outs: Sequence[Shape], _: object) -> int:
    return 2 * prod(ins[0]) * ins[1][0] if len(ins[1]) > 1 else 2 * prod(ins[0])


def _convolution(ins: Sequence[Shape], outs: Sequence[Shape], extra: tuple[Any, ...]) -> int:
    """Each element of the output (of the input, when transposed) meets every weight of its group once."""
    return _of_convolution(ins[0], ins[1], outs[0], bool(extra and extra[0]))


def _of_convolution(x: Shape, weight: Shape, out: Shape, transposed: bool) -> int:
    pixels = (x if transposed else out)[2:] if len(out) == len(weight) else (x if transposed else out)[1:]
    batch = x[0] if len(x) == len(weight) else 1
    return 2 * batch * prod(pixels) * prod(weight)


def _convolution_backward(ins: Sequence[Shape], outs: Sequence[Shape], extra: tuple[Any, ...]) -> int:
    """One convolution as large as the forward one for the input's gradient, and one for the weight's."""
    gradient, x, weight = ins[:3]
    wanted = extra[3] if len(extra) > 3 else (True, True, True)
    return (bool(wanted[0]) + bool(wanted[1])) * _of_convolution(x, weight, gradient, bool(extra and extra[0]))


def _attention(q: Shape, k: Shape, v: Shape) -> int:
    """Scores ``q @ kᵀ`` and their use ``scores @ v``; ``(batch, heads, length, features)``."""
    rows, keys = prod(q[:-1]), k[-2]
    return 2 * rows * keys * q[-1] + 2 * rows * keys * v[-1]


def _attention_backward(q: Shape, k: Shape, v: Shape) -> int:
    """The scores once more, then two products for each of the two forward ones."""
    rows, keys = prod(q[:-1]), k[-2]
    return 2 * rows * keys * (3 * q[-1] + 2 * v[-1])


def _packed_attention(ins: Sequence[Shape], outs: Sequence[Shape], _: object) -> int:
    """``(batch, length, heads, features)``, as the kernels of the flash and efficient libraries take it."""
    (b, n, h, d), k, v = ins[0], ins[1], ins[2]
    return _attention((b, h, n, d), (k[0], k[2], k[1], k[3]), (v[0], v[2], v[1], v[3]))


def _packed_attention_backward(ins: Sequence[Shape], outs: Sequence[Shape], _: object) -> int:
    (b, n, h, d), k, v = ins[1], ins[2], ins[3]
    return _attention_backward((b, h, n, d), (k[0], k[2], k[1], k[3]), (v[0], v[2], v[1], v[3]))


def _fused_attention(ins: Sequence[Shape], outs: Sequence[Shape], _: object) -> int:
    """``nn.MultiheadAttention``'s fused path: query, key, value ``(batch, length, features)``, then the weights."""
    (b, n, d), (_, s, _), packed, out = ins[0], ins[1], ins[3], ins[5]
    projections = 2 * d * (d * b * n + (prod(packed) // d - d) * b * s) + 2 * b * n * prod(out)
    return projections + 4 * b * n * s * d


def _fused_layer(ins: Sequence[Shape], outs: Sequence[Shape], _: object) -> int:
    """``nn.TransformerEncoderLayer``'s fused path: all matrices are ``(out, in)`` and meet every position once."""
    b, n, d = ins[0] if len(ins[0]) == 3 else (1, *ins[0])
    return 2 * b * n * sum(prod(one) for one in ins[1:] if len(one) == 2 and d in one) + 4 * b * n * n * d


def _recurrent(ins: Sequence[Shape], outs: Sequence[Shape], _: object) -> int:
    """One layer of an LSTM or GRU: every position meets both weight matrices."""
    x, weights = ins[0], ins[1:3]
    return 2 * x[0] * x[1] * sum(map(prod, weights))


def _two(left: int, right: int) -> Formula:
    return lambda ins, outs, _: _product(ins[left], ins[right])


def _heads(first: int, of: Callable[[Shape, Shape, Shape], int]) -> Formula:
    return lambda ins, outs, _: of(ins[first], ins[first + 1], ins[first + 2])


_SDPA = ("flash_attention", "efficient_attention", "cudnn_attention", "flash_attention_for_cpu",
         "fused_attention_overrideable")  # fmt: skip

FORMULAS: dict[str, Formula] = {
    **dict.fromkeys(("aten.mm", "aten.bmm", "aten.mv", "aten.matmul", "aten._int_mm", "aten._scaled_mm"), _two(0, 1)),
    **dict.fromkeys(("aten.dot", "aten.vdot", "aten.inner"), _two(0, 1)),
    **dict.fromkeys(("aten.addmm", "aten.baddbmm", "aten.addbmm", "aten.addmv", "aten._addmm_activation"), _two(1, 2)),
    **dict.fromkeys(("aten.addmm_", "aten.baddbmm_", "aten.addbmm_", "aten.addmv_"), _two(1, 2)),
    "aten.linear": _linear,
    **dict.fromkeys(("aten.convolution", "aten._convolution", "aten.convolution_overrideable"), _convolution),
    "aten.convolution_backward": _convolution_backward,
    **{f"aten._scaled_dot_product_{kind}": _heads(0, _attention) for kind in _SDPA},
    **{f"aten._scaled_dot_product_{kind}_backward": _heads(1, _attention_backward) for kind in _SDPA},
    **{f"aten._{kind}_attention_forward": _packed_attention for kind in ("flash", "efficient")},
    **{f"aten._{kind}_attention_backward": _packed_attention_backward for kind in ("flash", "efficient")},
    "aten._native_multi_head_attention": _fused_attention,
    "aten._transformer_encoder_layer_fwd": _fused_layer,
    "aten.mkldnn_rnn_layer": _recurrent,
    "aten.mkldnn_rnn_layer_backward": lambda ins, outs, extra: 2 * _recurrent(ins, outs, extra),
}

"""The local derivative of each op in words: what an argument gets of the gradient that arrives at the op's node.

In go an op, an argument's number and the op's settings; out comes the end of a sentence that begins with "x gets". The
letters: a, b for the arguments, y for the result, n for the number of elements. Each one is checked with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SAME = "the gradient unchanged"
_BACK = "the gradient, back in the shape and order it came from: no value changes"
_PLACED = "the gradient at the places that were taken, zero elsewhere"
_ADDED = "the gradient at the places that were taken, added up where one was taken twice, zero elsewhere"
_NORM = (
    "the gradient rescaled, less its mean and its part along the normalised values",
    "the gradient times the normalised values, summed",
    "the gradient, summed",
)
_TWICE = "the gradient times 2·a: d(a²)/da = 2·a"
_LARGEST = "the whole gradient at the largest element, zero elsewhere"

# One text for every argument, or one for each. "{n}" is "/n" where the loss is averaged, "" where it is summed.
LOCAL: dict[str, tuple[str, ...]] = {
    "Add": (f"{_SAME}: d(a + b)/da = 1", f"{_SAME}: d(a + b)/db = 1"),
    "Sub": (f"{_SAME}: d(a − b)/da = 1", "the gradient with its sign changed: d(a − b)/db = −1"),
    "Rsub": ("the gradient with its sign changed: d(b − a)/da = −1", f"{_SAME}: d(b − a)/db = 1"),
    "Neg": ("the gradient with its sign changed: d(−a)/da = −1",),
    "Mul": (
        "the gradient times the other factor: d(a·b)/da = b",
        "the gradient times the other factor: d(a·b)/db = a",
    ),
    "Div": ("the gradient divided by b: d(a/b)/da = 1/b", "the gradient times −a/b²: d(a/b)/db = −a/b²"),
    "Reciprocal": ("the gradient times −y²: d(1/a)/da = −1/a²",),
    "Pow": ("the gradient times p·aᵖ⁻¹, p the exponent", "the gradient times y·log a: d(aᵇ)/db = aᵇ·log a"),
    "Rpow": ("the gradient times y·log a: d(aᵇ)/db = aᵇ·log a",),  # the base is a number
    "Sqrt": ("the gradient divided by 2y: d(√a)/da = 1/(2√a)",),
    "Rsqrt": ("the gradient times −½·y³: d(1/√a)/da = −½·a^(−3/2)",),
    "Exp": ("the gradient times the result y: d(eᵃ)/da = eᵃ",),
    "Log": ("the gradient divided by a: d(log a)/da = 1/a",),
    "Log1P": ("the gradient divided by 1 + a",),
    "Abs": ("the gradient times the sign of a",),
    "Sin": ("the gradient times cos a",),
    "Cos": ("the gradient times −sin a",),
    "Tanh": ("the gradient times 1 − y²: near 0 where tanh is flat",),
    "Sigmoid": ("the gradient times y·(1 − y): at most ¼ of it, near 0 where sigmoid is flat",),
    "Relu": ("the gradient where a > 0, zero elsewhere",),
    "LeakyRelu": ("the gradient where a > 0, the gradient times the negative slope elsewhere",),
    "Gelu": ("the gradient times the slope of gelu at a",),
    "Silu": ("the gradient times s + y·(1 − s), s = sigmoid(a)",),
    "Softplus": ("the gradient times sigmoid(a)",),
    "Clamp": ("the gradient where a was inside the limits, zero elsewhere",),
    "Maximum": ("the gradient where a was the larger, zero elsewhere", "the gradient where b was the larger"),
    "Minimum": ("the gradient where a was the smaller, zero elsewhere", "the gradient where b was the smaller"),
    "Where": ("the gradient where the condition held, zero elsewhere", "the gradient where it did not hold"),
    "MaskedFill": ("the gradient where the mask was not set, zero where it was",),
    "Mean": ("an equal share of the gradient for each element: 1/n of it",),
    "Sum": ("the whole gradient for each element that was summed: the local derivative is 1",),
    "Prod": ("the gradient times the product of all the others: y/a",),
    "Cumsum": ("the sum of the gradients from its place on",),
    "Var": ("the gradient times 2·(a − mean)/(n − 1)",),
    "Std": ("the gradient times (a − mean)/((n − 1)·y)",),
    "LinalgVectorNorm": ("the gradient times a/y: along the vector itself",),
    "Logsumexp": ("the gradient times softmax(a)",),
    "Max": (_LARGEST,),
    "Amax": (_LARGEST,),
    "Min": (_LARGEST.replace("largest", "smallest"),),
    "Mm": ("gradient @ bᵀ: the gradient times the other matrix", "aᵀ @ gradient: the other matrix times the gradient"),
    "Bmm": ("gradient @ bᵀ, matrix by matrix", "aᵀ @ gradient, matrix by matrix"),
    "Mv": ("the outer product of the gradient and the vector", "aᵀ @ gradient: the matrix times the gradient"),
    "Dot": ("the gradient times b: d(a·b)/da = b", "the gradient times a: d(a·b)/db = a"),
    "Addmm": (
        "the gradient, summed over the rows that the bias was added to",
        "gradient @ bᵀ: the gradient times the weights",
        "aᵀ @ gradient: the input times the gradient, which sums over the batch",
    ),
    "Linear": (
        "gradient @ weight",
        "gradientᵀ @ input: the input times the gradient, which sums over the batch",
        "the gradient, summed over the batch",
    ),
    "Convolution": (
        "the gradient spread back by the kernel (a transposed convolution)",
        "the gradient times the input under each place of the kernel, summed over places and batch",
        "the gradient, summed over places and batch",
    ),
    "Softmax": ("y·(gradient − sum of gradient·y): raising one probability lowers the others",),
    "LogSoftmax": ("gradient − softmax · sum of the gradient: raising one lowers the others",),
    "NllLoss": (
        "−1{n} at the target class of each sample, 0 at the others; log_softmax makes that (softmax − target){n}",
    ),
    "BinaryCrossEntropyWithLogits": ("the gradient times (sigmoid(a) − target){n}: how wrong each probability is",),
    "BinaryCrossEntropy": ("the gradient times (a − target)/(a·(1 − a)){n}",),
    "MseLoss": (
        "the gradient times 2·(a − target){n}: twice the error",
        "the gradient times −2·(a − target){n}: twice the error",
    ),
    "Index": (_ADDED,),
    "Select": (_PLACED,),
    "Slice": (_PLACED,),
    "Diagonal": (_PLACED,),
    "Gather": (_ADDED,),
    "IndexSelect": (_ADDED,),
    "Unfold": (_ADDED,),
    "AsStrided": (_ADDED,),
    "Embedding": ("the gradient in the rows that were looked up, added up where one was looked up twice",),
    "Expand": ("the gradient, summed over the dimensions that were repeated",),
    "Repeat": ("the gradient, summed over the repetitions",),
    "Cat": ("its own part of the gradient",),
    "Stack": ("its own slice of the gradient",),
    "Split": ("the gradients of the parts, joined again",),
    "Unbind": ("the gradients of the slices, joined again",),
    "Flip": ("the gradient, flipped back",),
    "Roll": ("the gradient, rolled back",),
    "Tril": ("the gradient on and below the diagonal, zero above",),
    "Triu": ("the gradient on and above the diagonal, zero below",),
    "Clone": (_SAME,),
    "ToCopy": ("the gradient, back in the dtype or on the device of the input",),
    "CopySlices": (
        "the gradient unchanged beside the view that was written into, through the write's own derivative inside it",
        "the gradient inside the view that was written into, through the write's own derivative",
    ),
    "NativeDropout": ("the gradient scaled as the value was: zero where it was dropped",),
    "NativeBatchNorm": _NORM,
    "NativeLayerNorm": _NORM,
    "MaxPool2DWithIndices": ("the gradient of each window at its largest element",),
    "AvgPool2D": ("the gradient of each window, in equal shares",),
    "AdaptiveAvgPool2D": ("the gradient of each window, in equal shares",),
}
_VIEWS = ("View", "UnsafeView", "T", "Transpose", "Permute", "Squeeze", "Unsqueeze", "Alias", "ViewAsReal")
LOCAL |= dict.fromkeys(_VIEWS, (_BACK,))
# Each argument of these is stretched to the others' shape, and its gradient summed back.
BROADCASTING = frozenset(("Add", "Sub", "Rsub", "Mul", "Div", "Pow", "Maximum", "Minimum", "Where"))
# Where a word begins: ``MseLoss``, ``SmoothL1Loss``, ``MaxPool2DWithIndices``.
_WORDS = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])|(?<=[0-9][A-Z])(?=[A-Z])")
_SUMMED = "2"  # PyTorch's number for reduction="sum"


def local(op: str, argument: int = 0, settings: Mapping[str, str] | None = None) -> str:
    """What ``argument`` of ``op`` gets of the gradient that arrives."""
    texts = LOCAL.get(op)
    if texts is None:
        return f"what PyTorch's derivative of {snake(op)} makes of the gradient"
    text = texts[min(argument, len(texts) - 1)]
    if op == "Pow" and argument == 0 and settings and "exponent" in settings:
        text = _TWICE if settings["exponent"] == "2" else text.replace("p the exponent", f"p = {settings['exponent']}")
    return text.replace("{n}", "" if settings and settings.get("reduction") == _SUMMED else "/n")


def snake(op: str) -> str:
    """PyTorch's name of an op as it is written in Python: ``MseLoss`` is ``mse_loss``."""
    if op == "AccumulateGrad":
        return "leaf"
    return _WORDS.sub("_", op).lower()

"""Every sentence about a local derivative, beside the formula it stands for, checked against what autograd gave.

It is long because it is one table: a row for each sentence.
"""

import pytest
import torch
import torch.nn.functional as F

import pytorch_basics as pb
from pytorch_basics.instruments.graph.wording import way
from pytorch_basics.instruments.graph.words import LOCAL, local, snake

torch.manual_seed(0)
A, B = torch.rand(3, 4) + 0.5, torch.rand(3, 4) + 0.5
M, V = torch.rand(4, 5), torch.rand(4)
AT = torch.tensor([2, 0, 2])
BITS = torch.tensor([[1.0, 0, 1, 0], [0, 0, 1, 1], [1, 1, 0, 0]])
IMAGE, KERNEL = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 2, 2)
G = torch.Generator().manual_seed(1)

SAME = "the gradient unchanged"
BACK = "the gradient, back in the shape and order it came from: no value changes"
PLACED = "the gradient at the places that were taken, zero elsewhere"
ADDED = "the gradient at the places that were taken, added up where one was taken twice, zero elsewhere"
OTHER = "the gradient times the other factor: "
CHANGED = "the gradient with its sign changed: "
EQUAL = "the gradient of each window, in equal shares"


def placed(like, index, g):
    out = torch.zeros_like(like)
    out[index] = g
    return out


def added(like, places, g):
    """``g`` added, one by one, at ``places`` of a flattened tensor like ``like``."""
    out = torch.zeros_like(like).flatten()
    for place, one in zip(places.flatten().tolist(), g.flatten(), strict=True):
        out[place] += one
    return out.view_as(like)


def number_places(like):
    return torch.arange(like.numel()).view_as(like)


def windows(shares):
    """The gradient of each 2 × 2 window of ``IMAGE``, spread over the window by ``shares(window)``."""

    def formula(g, a, *_):
        out = torch.zeros_like(a)
        for i in range(2):
            for j in range(2):
                inside = (0, 0, slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2))
                out[inside] += g[0, 0, i, j] * shares(a[inside])
        return out

    return formula


def largest(of):
    return (of == of.max()).float()


def largest_in_rows(g, a, *_):
    return g[:, None] * (a == a.max(1, keepdim=True).values)


def correlate(g, image):
    return torch.stack([(g[0, 0] * image[0, 0, i : i + 3, j : j + 3]).sum() for i in range(2) for j in range(2)]).view(
        1, 1, 2, 2
    )


def spread_back(g, kernel):
    out = torch.zeros(1, 1, 4, 4)
    for i in range(3):
        for j in range(3):
            out[0, 0, i : i + 2, j : j + 2] += g[0, 0, i, j] * kernel[0, 0]
    return out


def normalised(a, dims):
    return (a - a.mean(dims, keepdim=True)) / (a.var(dims, unbiased=False, keepdim=True) + 1e-5).sqrt()


def rescaled(g, a, weight, dims):
    """The gradient through a normalisation: rescaled, less its mean and its part along the normalised values."""
    x, g = normalised(a, dims), g * weight
    scale = 1 / (a.var(dims, unbiased=False, keepdim=True) + 1e-5).sqrt()
    return scale * (g - g.mean(dims, keepdim=True) - x * (g * x).mean(dims, keepdim=True))


# op, argument, its sentence, what is computed of the arguments, the arguments, the formula of (gradient, *arguments)
CASES = [
    ("Add", 0, f"{SAME}: d(a + b)/da = 1", torch.add, (A, B), lambda g, a, b: g),
    ("Add", 1, f"{SAME}: d(a + b)/db = 1", torch.add, (A, B), lambda g, a, b: g),
    ("Sub", 0, f"{SAME}: d(a − b)/da = 1", torch.sub, (A, B), lambda g, a, b: g),
    ("Sub", 1, f"{CHANGED}d(a − b)/db = −1", torch.sub, (A, B), lambda g, a, b: -g),
    ("Rsub", 0, f"{CHANGED}d(b − a)/da = −1", torch.rsub, (A, B), lambda g, a, b: -g),
    ("Rsub", 1, f"{SAME}: d(b − a)/db = 1", torch.rsub, (A, B), lambda g, a, b: g),
    ("Neg", 0, f"{CHANGED}d(−a)/da = −1", torch.neg, (A,), lambda g, a: -g),
    ("Mul", 0, f"{OTHER}d(a·b)/da = b", torch.mul, (A, B), lambda g, a, b: g * b),
    ("Mul", 1, f"{OTHER}d(a·b)/db = a", torch.mul, (A, B), lambda g, a, b: g * a),
    ("Div", 0, "the gradient divided by b: d(a/b)/da = 1/b", torch.div, (A, B), lambda g, a, b: g / b),
    ("Div", 1, "the gradient times −a/b²: d(a/b)/db = −a/b²", torch.div, (A, B), lambda g, a, b: -g * a / b**2),
    ("Reciprocal", 0, "the gradient times −y²: d(1/a)/da = −1/a²", torch.reciprocal, (A,), lambda g, a: -g / a**2),
    ("Pow", 0, "the gradient times p·aᵖ⁻¹, p the exponent", torch.pow, (A, B), lambda g, a, b: g * b * a ** (b - 1)),
    ("Pow", 0, "the gradient times p·aᵖ⁻¹, p = 3", lambda a: a**3, (A,), lambda g, a: g * 3 * a**2),
    ("Pow", 0, "the gradient times 2·a: d(a²)/da = 2·a", torch.square, (A,), lambda g, a: g * 2 * a),
    ("Pow", 1, "the gradient times y·log a: d(aᵇ)/db = aᵇ·log a", torch.pow, (A, B),
     lambda g, a, b: g * a**b * a.log()),
    ("Rpow", 0, "the gradient times y·log a: d(aᵇ)/db = aᵇ·log a", lambda b: 3**b, (B,),
     lambda g, b: g * 3**b * torch.tensor(3.0).log()),
    ("Sqrt", 0, "the gradient divided by 2y: d(√a)/da = 1/(2√a)", torch.sqrt, (A,), lambda g, a: g / (2 * a.sqrt())),
    ("Rsqrt", 0, "the gradient times −½·y³: d(1/√a)/da = −½·a^(−3/2)", torch.rsqrt, (A,),
     lambda g, a: -g * 0.5 * a.rsqrt() ** 3),
    ("Exp", 0, "the gradient times the result y: d(eᵃ)/da = eᵃ", torch.exp, (A,), lambda g, a: g * a.exp()),
    ("Log", 0, "the gradient divided by a: d(log a)/da = 1/a", torch.log, (A,), lambda g, a: g / a),
    ("Log1P", 0, "the gradient divided by 1 + a", torch.log1p, (A,), lambda g, a: g / (1 + a)),
    ("Abs", 0, "the gradient times the sign of a", torch.abs, (A - 1,), lambda g, a: g * a.sign()),
    ("Sin", 0, "the gradient times cos a", torch.sin, (A,), lambda g, a: g * a.cos()),
    ("Cos", 0, "the gradient times −sin a", torch.cos, (A,), lambda g, a: -g * a.sin()),
    ("Tanh", 0, "the gradient times 1 − y²: near 0 where tanh is flat", torch.tanh, (A,),
     lambda g, a: g * (1 - a.tanh() ** 2)),
    ("Sigmoid", 0, "the gradient times y·(1 − y): at most ¼ of it, near 0 where sigmoid is flat", torch.sigmoid, (A,),
     lambda g, a: g * a.sigmoid() * (1 - a.sigmoid())),
    ("Relu", 0, "the gradient where a > 0, zero elsewhere", torch.relu, (A - 1,), lambda g, a: g * (a > 0)),
    ("LeakyRelu", 0, "the gradient where a > 0, the gradient times the negative slope elsewhere",
     lambda a: F.leaky_relu(a, 0.1), (A - 1,), lambda g, a: torch.where(a > 0, g, 0.1 * g)),
    ("Gelu", 0, "the gradient times the slope of gelu at a", F.gelu, (A - 1,),
     lambda g, a: g * (F.gelu(a.double() + 1e-6) - F.gelu(a.double() - 1e-6)) / 2e-6),
    ("Silu", 0, "the gradient times s + y·(1 − s), s = sigmoid(a)", F.silu, (A - 1,),
     lambda g, a: g * (a.sigmoid() + F.silu(a) * (1 - a.sigmoid()))),
    ("Softplus", 0, "the gradient times sigmoid(a)", F.softplus, (A - 1,), lambda g, a: g * a.sigmoid()),
    ("Clamp", 0, "the gradient where a was inside the limits, zero elsewhere", lambda a: a.clamp(0.8, 1.2), (A,),
     lambda g, a: g * ((a > 0.8) & (a < 1.2))),
    ("Maximum", 0, "the gradient where a was the larger, zero elsewhere", torch.maximum, (A, B),
     lambda g, a, b: g * (a > b)),
    ("Maximum", 1, "the gradient where b was the larger", torch.maximum, (A, B), lambda g, a, b: g * (b > a)),
    ("Minimum", 0, "the gradient where a was the smaller, zero elsewhere", torch.minimum, (A, B),
     lambda g, a, b: g * (a < b)),
    ("Minimum", 1, "the gradient where b was the smaller", torch.minimum, (A, B), lambda g, a, b: g * (b < a)),
    ("Where", 0, "the gradient where the condition held, zero elsewhere", lambda a, b: torch.where(BITS > 0, a, b),
     (A, B), lambda g, a, b: g * BITS),
    ("Where", 1, "the gradient where it did not hold", lambda a, b: torch.where(BITS > 0, a, b), (A, B),
     lambda g, a, b: g * (1 - BITS)),
    ("MaskedFill", 0, "the gradient where the mask was not set, zero where it was",
     lambda a: a.masked_fill(BITS > 0, 9.0), (A,), lambda g, a: g * (1 - BITS)),
    ("Mean", 0, "an equal share of the gradient for each element: 1/n of it", torch.mean, (A,),
     lambda g, a: torch.full((3, 4), g.item() / 12)),
    ("Mean", 0, "an equal share of the gradient for each element: 1/n of it", lambda a: a.mean(1), (A,),
     lambda g, a: g[:, None].expand(3, 4) / 4),
    ("Sum", 0, "the whole gradient for each element that was summed: the local derivative is 1", lambda a: a.sum(0),
     (A,), lambda g, a: g.expand(3, 4)),
    ("Prod", 0, "the gradient times the product of all the others: y/a", torch.prod, (A,),
     lambda g, a: g * a.prod() / a),
    ("Cumsum", 0, "the sum of the gradients from its place on", lambda a: a.cumsum(1), (A,),
     lambda g, a: torch.stack([g[:, k:].sum(1) for k in range(4)], 1)),
    ("Var", 0, "the gradient times 2·(a − mean)/(n − 1)", torch.var, (A,), lambda g, a: g * 2 * (a - a.mean()) / 11),
    ("Std", 0, "the gradient times (a − mean)/((n − 1)·y)", torch.std, (A,),
     lambda g, a: g * (a - a.mean()) / (11 * a.std())),
    ("LinalgVectorNorm", 0, "the gradient times a/y: along the vector itself", torch.linalg.vector_norm, (A,),
     lambda g, a: g * a / a.square().sum().sqrt()),
    ("Logsumexp", 0, "the gradient times softmax(a)", lambda a: a.logsumexp(1), (A,),
     lambda g, a: g[:, None] * a.softmax(1)),
    ("Max", 0, "the whole gradient at the largest element, zero elsewhere", torch.max, (A,),
     lambda g, a: g * (a == a.max())),
    ("Max", 0, "the whole gradient at the largest element, zero elsewhere", lambda a: a.max(1).values, (A,),
     largest_in_rows),
    ("Amax", 0, "the whole gradient at the largest element, zero elsewhere", lambda a: a.amax(1), (A,),
     largest_in_rows),
    ("Min", 0, "the whole gradient at the smallest element, zero elsewhere", torch.min, (A,),
     lambda g, a: g * (a == a.min())),
    ("Mm", 0, "gradient @ bᵀ: the gradient times the other matrix", torch.mm, (A, M), lambda g, a, b: g @ b.T),
    ("Mm", 1, "aᵀ @ gradient: the other matrix times the gradient", torch.mm, (A, M), lambda g, a, b: a.T @ g),
    ("Bmm", 0, "gradient @ bᵀ, matrix by matrix", torch.bmm, (A[None], M[None]), lambda g, a, b: g @ b.mT),
    ("Bmm", 1, "aᵀ @ gradient, matrix by matrix", torch.bmm, (A[None], M[None]), lambda g, a, b: a.mT @ g),
    ("Mv", 0, "the outer product of the gradient and the vector", torch.mv, (A, V), lambda g, a, b: g[:, None] * b),
    ("Mv", 1, "aᵀ @ gradient: the matrix times the gradient", torch.mv, (A, V), lambda g, a, b: a.T @ g),
    ("Dot", 0, "the gradient times b: d(a·b)/da = b", torch.dot, (V, V + 1), lambda g, a, b: g * b),
    ("Dot", 1, "the gradient times a: d(a·b)/db = a", torch.dot, (V, V + 1), lambda g, a, b: g * a),
    ("Addmm", 0, "the gradient, summed over the rows that the bias was added to", torch.addmm, (M[0], A, M),
     lambda g, c, a, b: g.sum(0)),
    ("Addmm", 1, "gradient @ bᵀ: the gradient times the weights", torch.addmm, (M[0], A, M),
     lambda g, c, a, b: g @ b.T),
    ("Addmm", 2, "aᵀ @ gradient: the input times the gradient, which sums over the batch", torch.addmm,
     (M[0], A, M), lambda g, c, a, b: a.T @ g),
    ("Linear", 0, "gradient @ weight", F.linear, (A, M.T, M[0]), lambda g, a, w, c: g @ w),
    ("Linear", 1, "gradientᵀ @ input: the input times the gradient, which sums over the batch", F.linear,
     (A, M.T, M[0]), lambda g, a, w, c: g.T @ a),
    ("Linear", 2, "the gradient, summed over the batch", F.linear, (A, M.T, M[0]), lambda g, a, w, c: g.sum(0)),
    ("Convolution", 0, "the gradient spread back by the kernel (a transposed convolution)", F.conv2d,
     (IMAGE, KERNEL, torch.zeros(1)), lambda g, a, w, c: spread_back(g, w)),
    ("Convolution", 1, "the gradient times the input under each place of the kernel, summed over places and batch",
     F.conv2d, (IMAGE, KERNEL, torch.zeros(1)), lambda g, a, w, c: correlate(g, a)),
    ("Convolution", 2, "the gradient, summed over places and batch", F.conv2d, (IMAGE, KERNEL, torch.zeros(1)),
     lambda g, a, w, c: g.sum((0, 2, 3))),
    ("Softmax", 0, "y·(gradient − sum of gradient·y): raising one probability lowers the others",
     lambda a: a.softmax(1), (A,), lambda g, a: a.softmax(1) * (g - (g * a.softmax(1)).sum(1, keepdim=True))),
    ("LogSoftmax", 0, "gradient − softmax · sum of the gradient: raising one lowers the others",
     lambda a: a.log_softmax(1), (A,), lambda g, a: g - a.softmax(1) * g.sum(1, keepdim=True)),
    ("NllLoss", 0, "−1/n at the target class of each sample, 0 at the others; "
     "log_softmax makes that (softmax − target)/n", lambda a: F.nll_loss(a, AT), (A,),
     lambda g, a: g * -F.one_hot(AT, 4) / 3),
    ("NllLoss", 0, "−1 at the target class of each sample, 0 at the others; log_softmax makes that (softmax − target)",
     lambda a: F.nll_loss(a, AT, reduction="sum"), (A,), lambda g, a: g * -F.one_hot(AT, 4)),
    ("BinaryCrossEntropyWithLogits", 0, "the gradient times (sigmoid(a) − target)/n: how wrong each probability is",
     lambda a: F.binary_cross_entropy_with_logits(a, BITS), (A,), lambda g, a: g * (a.sigmoid() - BITS) / 12),
    ("BinaryCrossEntropyWithLogits", 0, "the gradient times (sigmoid(a) − target): how wrong each probability is",
     lambda a: F.binary_cross_entropy_with_logits(a, BITS, reduction="sum"), (A,),
     lambda g, a: g * (a.sigmoid() - BITS)),
    ("BinaryCrossEntropy", 0, "the gradient times (a − target)/(a·(1 − a))/n",
     lambda a: F.binary_cross_entropy(a, BITS), (A / 2,), lambda g, a: g * (a - BITS) / (a * (1 - a)) / 12),
    ("MseLoss", 0, "the gradient times 2·(a − target)/n: twice the error", F.mse_loss, (A, B),
     lambda g, a, b: g * 2 * (a - b) / 12),
    ("MseLoss", 1, "the gradient times −2·(a − target)/n: twice the error", F.mse_loss, (A, B),
     lambda g, a, b: g * -2 * (a - b) / 12),
    ("MseLoss", 0, "the gradient times 2·(a − target): twice the error",
     lambda a, b: F.mse_loss(a, b, reduction="sum"), (A, B), lambda g, a, b: g * 2 * (a - b)),
    ("Index", 0, ADDED, lambda a: a[AT], (A,), lambda g, a: added(a, number_places(a)[AT], g)),
    ("Select", 0, PLACED, lambda a: a[1], (A,), lambda g, a: placed(a, 1, g)),
    ("Slice", 0, PLACED, lambda a: a[:, 1:3], (A,), lambda g, a: placed(a, (slice(None), slice(1, 3)), g)),
    ("Diagonal", 0, PLACED, torch.diagonal, (A,), lambda g, a: torch.eye(3, 4) * F.pad(g, (0, 1))),
    ("Gather", 0, ADDED, lambda a: a.gather(1, torch.zeros(3, 2, dtype=torch.long)), (A,),
     lambda g, a: placed(a, (slice(None), 0), g.sum(1))),
    ("IndexSelect", 0, ADDED, lambda a: a.index_select(0, AT), (A,),
     lambda g, a: added(a, number_places(a)[AT], g)),
    ("Unfold", 0, ADDED, lambda a: a.unfold(1, 2, 1), (A,),
     lambda g, a: added(a, number_places(a).unfold(1, 2, 1), g)),
    ("AsStrided", 0, ADDED, lambda a: a.as_strided((3, 2), (1, 1)), (A,),
     lambda g, a: added(a, number_places(a).as_strided((3, 2), (1, 1)), g)),
    ("Embedding", 0, "the gradient in the rows that were looked up, added up where one was looked up twice",
     lambda a: F.embedding(AT, a), (A,), lambda g, a: added(a, number_places(a)[AT], g)),
    ("Expand", 0, "the gradient, summed over the dimensions that were repeated", lambda a: a.expand(3, 4), (V,),
     lambda g, a: g.sum(0)),
    ("Repeat", 0, "the gradient, summed over the repetitions", lambda a: a.repeat(2, 1), (A,),
     lambda g, a: g[:3] + g[3:]),
    ("Cat", 1, "its own part of the gradient", lambda a, b: torch.cat((a, b)), (A, B), lambda g, a, b: g[3:]),
    ("Stack", 1, "its own slice of the gradient", lambda a, b: torch.stack((a, b)), (A, B), lambda g, a, b: g[1]),
    ("Split", 0, "the gradients of the parts, joined again", lambda a: a.split(2)[1], (A,),
     lambda g, a: torch.cat((torch.zeros(2, 4), g))),
    ("Unbind", 0, "the gradients of the slices, joined again", lambda a: a.unbind()[1], (A,),
     lambda g, a: placed(a, 1, g)),
    ("Flip", 0, "the gradient, flipped back", lambda a: a.flip(1), (A,), lambda g, a: g.flip(1)),
    ("Roll", 0, "the gradient, rolled back", lambda a: a.roll(1, 1), (A,), lambda g, a: g.roll(-1, 1)),
    ("Tril", 0, "the gradient on and below the diagonal, zero above", torch.tril, (A,), lambda g, a: g.tril()),
    ("Triu", 0, "the gradient on and above the diagonal, zero below", torch.triu, (A,), lambda g, a: g.triu()),
    ("Clone", 0, SAME, torch.clone, (A,), lambda g, a: g),
    ("ToCopy", 0, "the gradient, back in the dtype or on the device of the input", lambda a: a.double(), (A,),
     lambda g, a: g.float()),
    ("MaxPool2DWithIndices", 0, "the gradient of each window at its largest element", lambda a: F.max_pool2d(a, 2),
     (IMAGE,), windows(largest)),
    ("AvgPool2D", 0, EQUAL, lambda a: F.avg_pool2d(a, 2), (IMAGE,), windows(lambda of: 0.25)),
    ("AdaptiveAvgPool2D", 0, EQUAL, lambda a: F.adaptive_avg_pool2d(a, 2), (IMAGE,), windows(lambda of: 0.25)),
    ("NativeLayerNorm", 0, "the gradient rescaled, less its mean and its part along the normalised values",
     lambda a, w, c: F.layer_norm(a, (4,), w, c), (A, V, V), lambda g, a, w, c: rescaled(g, a, w, 1)),
    ("NativeLayerNorm", 1, "the gradient times the normalised values, summed",
     lambda a, w, c: F.layer_norm(a, (4,), w, c), (A, V, V), lambda g, a, w, c: (g * normalised(a, 1)).sum(0)),
    ("NativeLayerNorm", 2, "the gradient, summed", lambda a, w, c: F.layer_norm(a, (4,), w, c), (A, V, V),
     lambda g, a, w, c: g.sum(0)),
    ("NativeBatchNorm", 0, "the gradient rescaled, less its mean and its part along the normalised values",
     lambda a, w, c: F.batch_norm(a, None, None, w, c, training=True), (A, V, V),
     lambda g, a, w, c: rescaled(g, a, w, 0)),
    ("NativeBatchNorm", 1, "the gradient times the normalised values, summed",
     lambda a, w, c: F.batch_norm(a, None, None, w, c, training=True), (A, V, V),
     lambda g, a, w, c: (g * normalised(a, 0)).sum(0)),
    ("NativeBatchNorm", 2, "the gradient, summed",
     lambda a, w, c: F.batch_norm(a, None, None, w, c, training=True), (A, V, V), lambda g, a, w, c: g.sum(0)),
    *[(op, 0, BACK, view, (A,), lambda g, a: g.flatten()[number_places(a)] if g.shape[:2] != (4, 3) else g.T)
      for op, view in {
          "View": lambda a: a.view(12), "Unsqueeze": lambda a: a[None], "Alias": torch.ops.aten.alias,
          "T": torch.t, "Transpose": lambda a: a.transpose(0, 1), "Permute": lambda a: a.permute(1, 0)}.items()],
    ("Squeeze", 0, BACK, torch.squeeze, (A[None],), lambda g, a: g[None]),
    ("UnsafeView", 0, BACK, lambda a: a.T.reshape(12), (A,), lambda g, a: g.view(4, 3).T),
    ("ViewAsReal", 0, BACK, torch.view_as_real, (torch.complex(V, V),), lambda g, a: torch.complex(g[:, 0], g[:, 1])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("op", "argument", "sentence", "compute", "given", "formula"),
    CASES,
    ids=[f"{case[0]}-{case[1]}-{k}" for k, case in enumerate(CASES)],
)
def test_a_sentence_says_what_autograd_does(op, argument, sentence, compute, given, formula):
    """The sentence is the one beside the formula, and the formula gives the gradient that autograd gave."""
    inputs = [one.clone().requires_grad_() for one in given]
    y = compute(*inputs)
    gradient = torch.randn(y.shape, dtype=y.dtype, generator=G)
    g = pb.graph(y, gradient=gradient)
    made_by = [k for k, node in enumerate(g.nodes) if node.op == op]
    if op != "Linear":  # on the CPU linear is addmm; the sentence is for devices with a node of its own
        settings = dict(g.nodes[made_by[0]].settings)
        assert local(op, argument, settings) == sentence
        edges = [edge for edge in g.edges if edge.source == made_by[0] and edge.argument == argument]
        assert [way(g.record, edge) for edge in edges] == [sentence]
    else:
        assert local(op, argument) == sentence
    g.backward()
    want = formula(gradient, *given)
    assert torch.allclose(inputs[argument].grad, want.to(inputs[argument].dtype), rtol=1e-4, atol=1e-5)


def test_every_sentence_has_its_formula():
    """Nothing is said that was not checked, here or in the two tests below."""
    checked = {(case[0], case[2]) for case in CASES} | {("CopySlices", text) for text in LOCAL["CopySlices"]}
    checked |= {("NativeDropout", text) for text in LOCAL["NativeDropout"]}
    said = {(op, text.replace("{n}", "/n")) for op, texts in LOCAL.items() for text in texts}
    assert said - checked == set()


def test_a_write_into_a_view_passes_the_rest_unchanged():
    """CopySlices: beside the view nothing changes; inside, the write's own derivative (here: a product) decides."""
    x, factor = torch.ones(3, requires_grad=True), torch.tensor(5.0, requires_grad=True)
    h = x * 2
    h[0].mul_(factor)
    g = pb.graph((h * torch.tensor([7.0, 8.0, 9.0])).sum()).backward()
    (at,) = [k for k, node in enumerate(g.nodes) if node.op == "CopySlices"]
    base, written = (edge for edge in g.edges if edge.source == at)
    assert base.contribution.values == (7 * 5, 8, 9)
    assert written.contribution.values == (7 * 2,)
    assert "unchanged beside the view" in way(g.record, base)
    assert "inside the view" in way(g.record, written)


def test_dropout_scales_the_gradient_as_it_did_the_value():
    """What was dropped gets nothing."""
    x = torch.ones(200, requires_grad=True)
    y, _ = torch.native_dropout(x, 0.5, True)
    g = pb.graph(y.sum())
    assert g.nodes[g.find("y")].op == "NativeDropout"
    g.backward()
    assert torch.equal(x.grad, y.detach())
    assert set(x.grad.tolist()) == {0.0, 2.0}


def test_broadcasting_is_said_where_it_happened():
    """A bias of shape (4,) added to (3, 4) gets a sum; an operand of the full shape does not."""
    a, b = torch.ones(3, 4, requires_grad=True), torch.ones(4, requires_grad=True)
    g = pb.graph(a + b, gradient=torch.ones(3, 4))
    said = {g.nodes[edge.target].name: way(g.record, edge) for edge in g.edges}
    assert said["b"].endswith("then summed, because broadcasting had stretched it")
    assert "summed" not in said["a"]
    g.backward()
    assert b.grad.tolist() == [3.0] * 4


def test_an_op_without_a_sentence_is_named():
    """Nothing is made up for it."""
    assert local("Erfinv") == "what PyTorch's derivative of erfinv makes of the gradient"


@pytest.mark.parametrize(
    ("op", "written"),
    [
        ("MseLoss", "mse_loss"),
        ("T", "t"),
        ("Log1P", "log1p"),
        ("SmoothL1Loss", "smooth_l1_loss"),
        ("MaxPool2DWithIndices", "max_pool2d_with_indices"),
        ("AccumulateGrad", "leaf"),
    ],
)
def test_ops_are_spelled_as_in_python(op, written):
    """``MseLoss`` is ``mse_loss``."""
    assert snake(op) == written

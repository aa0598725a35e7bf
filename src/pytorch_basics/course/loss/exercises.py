"""The exercises of the lesson on losses, in the lesson's order: statements, stubs, cases and hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. Where a loss is asked for, its probe also takes the
gradient, because a loss that is right may still teach nothing. One file although long: the order of the lesson is its
structure.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case


def _loss_and_gradient(answer: Callable[..., Any], logits: Tensor, *rest: Any) -> Any:
    """What the answer makes of a watched copy of the logits, and the gradient that arrives there."""
    watched = logits.clone().requires_grad_()
    loss = answer(watched, *rest)
    if isinstance(loss, Tensor) and loss.requires_grad and loss.numel() == 1:
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
    gradient = torch.zeros_like(logits) if watched.grad is None else watched.grad
    return {"loss": loss.detach() if isinstance(loss, Tensor) else loss, "gradient": gradient}


PREDICT_PROBABILITY = Prediction(
    id="loss.predict_probability",
    title="Three probabilities",
    statement="Which probability belongs to the logit 0 (`middle`)? And what do the probabilities of 2 and of −2 give "
    "together (`both`)?",
    code="""p = torch.sigmoid(torch.tensor([0.0, 2.0, -2.0]))
middle = p[0]
both = p[1] + p[2]
""",
    asks={"middle": "middle", "both": "both"},
    hints=(
        "A logit of 0 leans to neither label.",
        "The logit −2 says about label 1 what the logit 2 says about label 0.",
        "The probability of label 1 and that of label 0 always give 1 together.",
    ),
)


def _logits(draw: Draw) -> Iterator[Case]:
    yield case(3 * draw.randn(*draw.shape_not_square()))
    yield case(draw.randn(draw.integer(2, 5), 1, dtype=torch.float64))
    yield case(draw.randn(1))
    yield case(draw.randn())
    yield case(draw.randn(0, 2))
    yield case(1000 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]]) + draw.randn(2, 2))
    yield case(20 * draw.randn(3, 3))


SIGMOID = Exercise(
    id="loss.sigmoid",
    title="A sigmoid by hand",
    statement="""Write `sigmoid(logits)`. `logits` holds floats in any shape. Return the probabilities of label 1, a new
tensor of the same shape and dtype. For a logit of 1000 or −1000 the result must be 1 or 0, not `nan`.""",
    stub='''def sigmoid(logits):
    """The probability of label 1 for each logit, however large or small."""
    ...
''',
    examples=(case(torch.tensor([0.0, 1.0, -1.0])), case(torch.tensor([[1000.0], [-1000.0]]))),
    cases=_logits,
    hints=(
        "Write it with the odds first, and look at the result for 1000. What became of the odds?",
        "`exp` of a large number is `inf`, and `inf / inf` is `nan`. But a number divided by `inf` is 0.",
        "Divide both halves of the fraction by the odds. Then only the exponential of *minus* the logit is left.",
    ),
    minutes=4,
    without=("sigmoid", "sigmoid_", "Sigmoid", "expit", "logsigmoid", "LogSigmoid"),
)


def _decisions(draw: Draw) -> Iterator[Case]:
    for threshold in (0.5, draw.choice((0.1, 0.2, 0.3)), draw.choice((0.7, 0.8, 0.9))):
        yield case(draw.randn(draw.integer(3, 8), 1), threshold)
    yield case(torch.tensor([[0.3], [-0.3], [0.0], [0.6], [1.2], [-1.2]]) + 0.01 * draw.rand(), 0.5)
    yield case(torch.tensor([[0.3], [0.6], [-1.0], [-3.0]]) + 0.01 * draw.rand(), draw.choice((0.1, 0.2)))
    yield case(torch.tensor([[0.0], [-5.0], [5.0]]), 0.5)
    yield case(draw.randn(1, 1), 0.5)
    yield case(5 * draw.randn(4, 1, dtype=torch.float64), 0.9)


PREDICTED_LABELS = Exercise(
    id="loss.predicted_labels",
    title="From logits to labels",
    statement="""Write `predicted_labels(logits, threshold)`. `logits` comes from a model and has the shape
`(batch, 1)`; `threshold` is a number between 0 and 1. Return a tensor of shape `(batch,)` and dtype `int64`: 1 where
the **probability** of label 1 is above `threshold`, else 0.""",
    stub='''def predicted_labels(logits, threshold):
    """Labels (batch,) from logits (batch, 1): 1 where the probability is above the threshold."""
    ...
''',
    examples=(
        case(torch.tensor([[0.2], [-0.2], [3.0], [0.0]]), 0.5),
        case(torch.tensor([[0.2], [-0.2], [3.0], [0.0]]), 0.9),
    ),
    cases=_decisions,
    hints=(
        "The threshold is a probability. What are the numbers that you want to compare with it?",
        "Compare probabilities with the threshold. The result is `bool`, and has still a dimension of size 1.",
        "Sigmoid, then `>`, then `squeeze(1)`, then `long()`.",
    ),
    minutes=4,
)


def _zeros_and_ones(draw: Draw, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Labels that are neither all 0 nor all 1, if there are at least two."""
    labels = draw.randint(0, 2, *shape, dtype=dtype)
    labels.view(-1)[:2] = torch.tensor([1, 0], dtype=dtype)[: labels.numel()]
    return labels


def _large_logits(draw: Draw) -> Iterator[Case]:
    n, shape = draw.integer(3, 7), draw.shape_not_square()
    f64 = torch.float64
    yield case(draw.randn(n), _zeros_and_ones(draw, n))
    yield case(3 * draw.randn(*shape), _zeros_and_ones(draw, *shape))
    yield case(draw.randn(1), torch.ones(1))
    yield case(draw.randn(n, 1, dtype=f64), _zeros_and_ones(draw, n, 1, dtype=f64))
    yield case(torch.tensor([20.0, -20.0, 30.0, -30.0]) + draw.rand(4), torch.tensor([0.0, 1.0, 1.0, 0.0]))
    yield case(torch.tensor([1000.0, -1000.0, 2000.0, -2000.0]) + draw.rand(4), torch.tensor([1.0, 0.0, 0.0, 1.0]))


STABLE_BCE = Exercise(
    id="loss.stable_bce",
    title="A BCE that does not overflow",
    statement="""Write `stable_bce(logits, labels)`. Both are floats of the same shape; the labels are 0 or 1. Return
the mean BCE, a 0-d tensor. Logits of 1000 and −1000 must give a finite loss, and `backward()` from it the right
gradient. Build it from `exp`, `log1p` (the logarithm of 1 + x), `abs`, `clamp` and the like.

Return only the loss. The check goes backward from it, so the examples show the gradient of the logits beside it.""",
    stub='''def stable_bce(logits, labels):
    """The mean binary cross entropy, from logits of any size."""
    ...
''',
    examples=(
        case(torch.tensor([1.0, -2.0]), torch.tensor([1.0, 1.0])),
        case(torch.tensor([[1000.0], [-1000.0]]), torch.tensor([[0.0], [0.0]])),
    ),
    cases=_large_logits,
    hints=(
        "Do not compute a probability at all. Start from the form with log(1 + e^z), and make that part safe.",
        "log(1 + e^z) is also z + log(1 + e^−z). Which of the two is safe for a large z, and which for a very negative "
        "one?",
        "Both in one: the larger of 0 and z (`clamp(min=0)`), plus `log1p` of the exponential of `-logits.abs()`. Then "
        "take away logits times labels, and take the mean.",
    ),
    minutes=8,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=_loss_and_gradient,
    without=(
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "BCELoss",
        "BCEWithLogitsLoss",
        "cross_entropy",
        "CrossEntropyLoss",
        "softplus",
        "Softplus",
        "logsigmoid",
        "LogSigmoid",
        "soft_margin_loss",
        "SoftMarginLoss",
    ),
)


def _points_and_labels(draw: Draw) -> Iterator[Case]:
    n, shape = draw.integer(2, 7), draw.shape_not_square()
    f64 = torch.float64
    yield case(draw.randn(n), _zeros_and_ones(draw, n))
    yield case(2 * draw.randn(*shape), _zeros_and_ones(draw, *shape))
    yield case(draw.randn(3, 3), _zeros_and_ones(draw, 3, 3))
    yield case(draw.randn(1), torch.zeros(1))
    yield case(draw.randn(n, 1, dtype=f64), _zeros_and_ones(draw, n, 1, dtype=f64))
    yield case(torch.tensor([50.0, -50.0, 50.0, -50.0]) + draw.rand(4), torch.tensor([0.0, 1.0, 1.0, 0.0]))


BCE_GRADIENT = Exercise(
    id="loss.bce_gradient",
    title="The gradient, with pencil and paper",
    statement="""Write `bce_gradient(logits, labels)`. Both are floats of the same shape; the labels are 0 or 1. Return,
as a new tensor of that shape, the gradient of `nn.BCEWithLogitsLoss()(logits, labels)` with respect to the logits. That
loss is the **mean** over all elements. Do it without autograd.""",
    stub='''def bce_gradient(logits, labels):
    """The gradient of the mean binary cross entropy with respect to each logit."""
    ...
''',
    examples=(
        case(torch.tensor([0.0, 2.0, -2.0]), torch.tensor([1.0, 1.0, 1.0])),
        case(torch.tensor([[1.0, -1.0]]), torch.tensor([[0.0, 0.0]])),
    ),
    cases=_points_and_labels,
    hints=(
        "Multiply the two slopes on paper, for label 1 and for label 0. Most of it cancels.",
        "What is left is very short: the probability and the label. And what does the mean do to each slope?",
        "Probability minus label, divided by the number of elements (`numel()`).",
    ),
    minutes=6,
    without=("backward", "autograd", "grad", "requires_grad_", "jacobian", "jacrev", "jacfwd", "vjp"),
)

PREDICT_TWICE = Prediction(
    id="loss.predict_twice",
    title="Twice through the sigmoid",
    statement="Four logits go through the sigmoid twice. What is the lowest number that comes out, and how many are "
    "below 0.5?",
    code="""logits = torch.tensor([-100.0, -1.0, 0.0, 100.0])
once = torch.sigmoid(logits)
twice = torch.sigmoid(once)
""",
    asks={"lowest": "twice.min()", "below_half": "(twice < 0.5).sum()"},
    hints=(
        "Which numbers can the second sigmoid get to see at all?",
        "`once` lies between 0 and 1. To the second sigmoid, these are logits.",
        "The lowest that it sees is 0. You know which probability belongs to the logit 0.",
    ),
)

PREDICT_TARGETS = Prediction(
    id="loss.predict_targets",
    title="Which labels are refused?",
    statement="The logits have the shape `(4,)`. Is the loss refused (True) or computed (False) for labels in a "
    "column, and for labels that are whole numbers?",
    code="""from torch import nn


def refused(labels):
    try:
        nn.BCEWithLogitsLoss()(torch.zeros(4), labels)
    except Exception:
        return True
    return False


column = refused(torch.tensor([[0.0], [1.0], [1.0], [0.0]]))
whole = refused(torch.tensor([0, 1, 1, 0]))
""",
    asks={"column": "column", "whole": "whole"},
    hints=(
        "You met a loss that only warns of a column. This one is another.",
        "It compares the two shapes before it computes. And it writes its result in the dtype of the labels.",
        "A column is not broadcast, and a loss does not fit into a whole number. Both are errors.",
    ),
)


def _outputs(draw: Draw) -> Iterator[Case]:
    n = draw.integer(3, 8)
    yield case(draw.randn(n, 1), _zeros_and_ones(draw, n))
    yield case(draw.randn(n, 1), _zeros_and_ones(draw, n, dtype=torch.int64))
    yield case(draw.randn(n, 1), _zeros_and_ones(draw, n, dtype=torch.int64).bool())
    yield case(draw.randn(1, 1), torch.tensor([1]))
    yield case(draw.randn(n, 1), _zeros_and_ones(draw, n, dtype=torch.float64))
    yield case(torch.tensor([[50.0], [-50.0], [1.0]]) + draw.rand(3, 1), torch.tensor([0.0, 1.0, 1.0]))


LOSS_OF = Exercise(
    id="loss.loss_of",
    title="Make the labels fit",
    statement="""Write `loss_of(outputs, labels)`. `outputs` are the logits of a model, `float32`, `(batch, 1)`.
`labels` has the shape `(batch,)` and holds 0 and 1, or False and True: `int64`, `bool`, or floats (also `float64`, as
NumPy makes them). Return the mean BCE, a 0-d `float32` tensor. PyTorch's own loss is welcome. (The examples again show
the gradient beside the loss.)""",
    stub='''def loss_of(outputs, labels):
    """The mean BCE of logits (batch, 1) and labels (batch,) of any dtype."""
    ...
''',
    examples=(
        case(torch.tensor([[2.0], [-1.0], [0.5]]), torch.tensor([1, 0, 0])),
        case(torch.tensor([[2.0]]), torch.tensor([True])),
    ),
    cases=_outputs,
    hints=(
        "Two things about the labels do not fit: how many dimensions they have, and their dtype.",
        "Bring outputs and labels to one shape with `squeeze` or `unsqueeze`, and say which dimension you mean: a "
        "batch may have size 1.",
        "`outputs.squeeze(1)` against `labels.float()`, in the loss that takes logits.",
    ),
    minutes=4,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=_loss_and_gradient,
)


def _scores_and_classes(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square(3, 6)
    f64 = torch.float64
    yield case(draw.randn(rows, columns), draw.randint(0, columns, rows))
    yield case(2 * draw.randn(columns, rows), draw.randint(0, rows, columns))
    yield case(draw.randn(3, 3), draw.randint(0, 3, 3))
    yield case(draw.randn(1, 4), draw.randint(0, 4, 1))
    yield case(draw.randn(5, 2, dtype=f64), draw.randint(0, 2, 5))
    yield case(draw.randn(2, 3) + torch.tensor([[1000.0, 0.0, 0.0], [0.0, -1000.0, 0.0]]), torch.tensor([1, 1]))
    yield case(draw.randn(2, 3) + 1000, draw.randint(0, 3, 2))


MEAN_CROSS_ENTROPY = Exercise(
    id="loss.mean_cross_entropy",
    title="Cross entropy by hand",
    statement="""Write `mean_cross_entropy(logits, classes)`. `logits` are floats, `(batch, classes)`; `classes` is
`(batch,)`, `int64`: the index of the right class of each row. For each row take minus the logarithm of the share that
`softmax` gives to the right class. Return the mean over the rows, a 0-d tensor. It must be finite, and its gradient
right, for logits of 1000 and −1000 too. (The examples show the gradient beside it.)""",
    stub='''def mean_cross_entropy(logits, classes):
    """The mean over the rows of -log(softmax(row)[its class])."""
    ...
''',
    examples=(
        case(torch.tensor([[0.0, 0.0, 0.0], [0.0, 5.0, 0.0]]), torch.tensor([2, 1])),
        case(torch.tensor([[1000.0, 0.0]]), torch.tensor([1])),
    ),
    cases=_scores_and_classes,
    hints=(
        "The logarithm of a share that was rounded to 0 is lost. So take the logarithm on paper first.",
        "It is the logarithm of the sum of all exponentials of the row, minus the logit of the right class. "
        "`torch.logsumexp` is the first part, and safe. How do you pick one element from each row?",
        "`logits[torch.arange(len(logits)), classes]` picks them. Subtract them from `logsumexp` over `dim=1`; "
        "`mean()`.",
    ),
    minutes=8,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=_loss_and_gradient,
    without=("cross_entropy", "CrossEntropyLoss", "nll_loss", "NLLLoss", "log_softmax", "LogSoftmax"),
)

PREDICT_ONE_OUTPUT = Prediction(
    id="loss.predict_one_output",
    title="The wrong loss module",
    statement="A model with *one* output meets `CrossEntropyLoss`, and every answer is wrong. Which exception (its "
    "class, or None)? Is the loss 0? Is the gradient 0 everywhere?",
    code="""from torch import nn

outputs = torch.tensor([[3.0], [-3.0], [-3.0], [3.0]], requires_grad=True)
labels = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
loss = nn.CrossEntropyLoss()(outputs, labels)
loss.backward()
""",
    asks={"raises": "", "zero_loss": "loss.item() == 0", "zero_gradient": "not outputs.grad.any().item()"},
    hints=(
        "How many classes does this loss see? It looks at the shape of the outputs.",
        "Softmax shares out 1 among the classes. Among one class.",
        "The only class always gets the share 1. Its logarithm is 0, whatever the output was.",
    ),
)

PREDICT_REDUCTION = Prediction(
    id="loss.predict_reduction",
    title="Mean and sum",
    statement="Four logits of 0, four labels of 1. What is each element of the gradient with `mean`, and with `sum`?",
    code="""from torch import nn

gradients = {}
for reduction in ("mean", "sum"):
    logits = torch.zeros(4, requires_grad=True)
    nn.BCEWithLogitsLoss(reduction=reduction)(logits, torch.ones(4)).backward()
    gradients[reduction] = logits.grad
""",
    asks={"by_mean": "gradients['mean'][0]", "by_sum": "gradients['sum'][0]"},
    hints=(
        "You have a formula for the gradient of one point. Which probability belongs to the logit 0?",
        "One point alone: 0.5 − 1. In a sum, every point keeps its own slope.",
        "A mean divides the sum, and so every slope, by the number of points: by 4.",
    ),
)


def _partly_known(draw: Draw) -> Iterator[Case]:
    n, nan = draw.integer(4, 8), float("nan")
    half = torch.arange(n) % 3 != 0
    yield case(draw.randn(n), _zeros_and_ones(draw, n), half)
    yield case(draw.randn(n), _zeros_and_ones(draw, n), torch.ones(n, dtype=torch.bool))
    yield case(draw.randn(n), _zeros_and_ones(draw, n).masked_fill(~half, nan), half)
    yield case(draw.randn(n), torch.full((n,), nan), torch.zeros(n, dtype=torch.bool))
    yield case(draw.randn(1), torch.ones(1), torch.tensor([True]))
    f64 = torch.float64
    yield case(40 * draw.randn(n, dtype=f64), _zeros_and_ones(draw, n, dtype=f64).masked_fill(~half, 7.0), half)


KNOWN_LOSS = Exercise(
    id="loss.known_loss",
    title="Not every label is known",
    statement="""Write `known_loss(logits, labels, known)`. All three have the shape `(batch,)`; `known` is `bool`.
Return the mean BCE over the points whose label is known, a 0-d tensor. Where `known` is False, the label may be
anything, `nan` too; such a point counts for nothing, and its gradient is 0. If no label is known, the loss is 0, a 0-d
tensor as well. (The examples show the gradient beside it.)""",
    stub='''def known_loss(logits, labels, known):
    """The mean BCE over the points where known is True; 0 if there is none."""
    ...
''',
    examples=(
        case(
            torch.tensor([1.0, 2.0, -3.0]),
            torch.tensor([1.0, float("nan"), 1.0]),
            torch.tensor([True, False, True]),
        ),
        case(torch.tensor([1.0]), torch.tensor([0.0]), torch.tensor([False])),
    ),
    cases=_partly_known,
    hints=(
        "A mean is a sum divided by a number. Which number? And `nan` times 0 is `nan`.",
        "Take out the known points first: `logits[known]`. Then there is no `nan` left. But the mean of nothing is "
        "`nan`.",
        'The known points with `reduction="sum"`, divided by `known.sum().clamp(min=1)`.',
    ),
    minutes=6,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=_loss_and_gradient,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_PROBABILITY,
    SIGMOID,
    PREDICTED_LABELS,
    STABLE_BCE,
    BCE_GRADIENT,
    PREDICT_TWICE,
    PREDICT_TARGETS,
    LOSS_OF,
    MEAN_CROSS_ENTROPY,
    PREDICT_ONE_OUTPUT,
    PREDICT_REDUCTION,
    KNOWN_LOSS,
)

"""The exercises of the lesson on operations, in the lesson's order: statements, stubs, cases and hints, no
answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. Shapes are rarely square, because a
square shape hides a wrong dimension; each exercise still has one square case, where a wrong dimension raises
nothing. One file although long: the order of the lesson is its structure.
"""

from collections.abc import Iterator

import torch

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

PREDICT_IN_PLACE = Prediction(
    id="operations.predict_in_place",
    title="Who sees the change?",
    statement="One `add_`, then one `+`. What does the first element of each name read at the end?",
    code="""points = torch.zeros(3)
also = points
points.add_(1)
points = points + 10
""",
    asks={"also": "also[0].item()", "points": "points[0].item()"},
    hints=(
        "After line 2, how many tensors exist, and how many names?",
        "`add_` changes the tensor. `+` makes a new one.",
        "Line 4 moves the name `points` to a new tensor. `also` stays at the old one. What did line 3 do to that?",
    ),
)


def _moves(draw: Draw) -> Iterator[Case]:
    for in_place in (True, False):
        yield case(draw.randn(*draw.shape_not_square()), 0.5, in_place)
        yield case(draw.randn(*draw.shape_not_square())[:, 0], -1.5, in_place)
        yield case(draw.randint(0, 9, *draw.shape(2)), draw.integer(1, 5), in_place)
        yield case(draw.randint(0, 9, draw.integer(2, 5)), 0.75, in_place)
    yield case(draw.randn(1, 2, dtype=torch.float64), draw.integer(1, 5), draw.choice((True, False)))


MOVE = Exercise(
    id="operations.move",
    title="Move the points, in place or not",
    statement="""Write `move(points, shift, in_place)`. It adds the number `shift` to every element of
`points`.

- `in_place=True`: `points` itself changes, so that everyone who holds it sees the change. Return that same
  tensor.
- `in_place=False`: return a new tensor. `points` stays as it was.

Where whole numbers would have to hold a fraction, the call in place must raise the `RuntimeError` of PyTorch;
nothing may be cut off.""",
    stub='''def move(points, shift, in_place):
    """`points` plus the number `shift`: in `points` itself, or in a new tensor."""
    ...
''',
    examples=(
        case(torch.tensor([[0.0, 1.0], [2.0, 3.0]]), 10.0, True),
        case(torch.tensor([[0.0, 1.0], [2.0, 3.0]]), 10.0, False),
        case(torch.tensor([1, 2]), 0.5, True),
    ),
    cases=_moves,
    hints=(
        "You need an `if`, and two different ways to add.",
        "One of the two has a trailing underscore. Its result must still be returned.",
        "`points.add_(shift)` changes `points` and returns it; `points + shift` makes a new tensor.",
    ),
    minutes=3,
    same=Same(memory=True),
)

PREDICT_REDUCTION = Prediction(
    id="operations.predict_reduction",
    title="Which dimension goes away?",
    statement="The same sum, without and with `keepdim`. Which two shapes?",
    code="""x = torch.ones(5, 2, 3)
summed = x.sum(dim=1)
kept = x.sum(dim=1, keepdim=True)
""",
    asks={"summed": "summed.shape", "kept": "kept.shape"},
    hints=(
        "Dimensions are counted from 0.",
        "`dim=1` names the dimension that is added up. Is it still there afterwards?",
        "The one with two entries is added up. With `keepdim=True` its place stays, with size 1.",
    ),
)

PREDICT_BROADCAST = Prediction(
    id="operations.predict_broadcast",
    title="Broadcast in your head",
    statement="Three sums of tensors with different shapes. Each works. Which shapes come out?",
    code="""one = torch.zeros(5, 4) + torch.zeros(4)
two = torch.zeros(6, 1) + torch.zeros(2)
three = torch.zeros(3, 1, 4) + torch.zeros(3, 1)
""",
    asks={"one": "one.shape", "two": "two.shape", "three": "three.shape"},
    hints=(
        "Write the two shapes below each other, flush right.",
        "In each column: equal sizes stay; a 1 or an empty place takes the other size.",
        "For the third, the columns from the right are: 4 over 1, 1 over 3, 3 over nothing.",
    ),
    minutes=2,
)


def _tables(draw: Draw) -> Iterator[Case]:
    yield case(draw.rand(*draw.shape_not_square()) + 0.1)
    yield case(draw.randint(1, 20, *draw.shape_not_square()))
    yield case(draw.rand(*draw.shape_not_square(), dtype=torch.float64) + 0.1)
    yield case(draw.rand(1, draw.integer(2, 6)) + 0.1)
    yield case(draw.rand(3, 3) + 0.1)
    yield case(torch.zeros(0, 3))


ROW_SHARES = Exercise(
    id="operations.row_shares",
    title="Each row as shares of its sum",
    statement="""Write `row_shares(counts)`. `counts` has the shape `(rows, columns)` and holds positive
numbers. Return a new tensor of the same shape in which every row is divided by that row's own sum, so that
each row sums to 1. `counts` may hold whole numbers; then the result has the dtype that `/` gives. `counts`
stays unchanged.""",
    stub='''def row_shares(counts):
    """Every row of `counts`, (rows, columns), divided by its own sum."""
    ...
''',
    examples=(
        case(torch.tensor([[1.0, 3.0], [2.0, 2.0], [1.0, 0.0]])),
        case(torch.tensor([[1, 3], [5, 5]])),
    ),
    cases=_tables,
    hints=(
        "You need one sum per row. What must its shape be, to be laid beside `(rows, columns)`?",
        "A sum of shape `(rows,)` is lined up with the columns. A sum of shape `(rows, 1)` with the rows.",
        "Sum over `dim=1` and keep that dimension, with size 1.",
    ),
    minutes=4,
)


def _images(draw: Draw) -> Iterator[Case]:
    yield case(draw.rand(2, 3, *draw.shape_not_square(2, 5)))
    yield case(3 * draw.randn(draw.integer(2, 4), 2, 1, 6) + 5)
    yield case(draw.rand(1, 3, *draw.shape_not_square(2, 5), dtype=torch.float64))
    yield case(draw.randn(draw.integer(2, 3), 3, 3, 3))
    yield case(draw.randn(4, 1, 2, 3))
    yield case(torch.cat([draw.randn(2, 1, 2, 3), torch.zeros(2, 1, 2, 3)], dim=1))
    yield case(draw.rand(1, draw.integer(2, 4), 1, 1))


NORMALISE_CHANNELS = Exercise(
    id="operations.normalise_channels",
    title="Normalise images, channel by channel",
    statement="""Write `normalise_channels(images)` for floating point images of shape
`(batch, channels, height, width)`. Each channel has one mean and one standard deviation, taken over the
whole batch and over all of its pixels. Subtract the mean, then divide by *(standard deviation + 0.00001)*;
the small number keeps an all-black channel at 0. Return a new tensor of the same shape and dtype.

The standard deviation meant here is the square root of the mean squared deviation (divide by the number of
pixels, not by one less).""",
    stub='''def normalise_channels(images):
    """Images (batch, channels, height, width) with mean 0 and standard deviation 1 in every channel."""
    ...
''',
    examples=(case(torch.arange(8.0).reshape(1, 2, 2, 2)), case(torch.arange(12.0).reshape(2, 2, 1, 3))),
    cases=_images,
    hints=(
        "`dim` may name several dimensions at once: `x.sum(dim=(0, 1))`.",
        "Reduce over every dimension except the channels, and make the result fit `(batch, channels, height, width)`.",
        "`dim=(0, 2, 3), keepdim=True` for `mean` and for `std`; `std` divides by n only with `correction=0`.",
    ),
    minutes=6,
    same=Same(rtol=1e-4, atol=1e-5),
)


def _point_sets(draw: Draw) -> Iterator[Case]:
    features = draw.integer(2, 5)
    yield case(draw.randn(5, features), draw.randn(3, features))
    yield case(draw.randn(3, 3), draw.randn(3, 3))
    yield case(draw.randn(1, 2), draw.randn(draw.integer(2, 6), 2))
    yield case(draw.randn(4, 3, dtype=torch.float64), draw.randn(1, 3, dtype=torch.float64))
    yield case(draw.randn(4, 1), draw.randn(2, 1))
    yield case(draw.randn(0, 2), draw.randn(3, 2))
    yield case(1000 + 0.1 * draw.randn(4, 2), 1000 + 0.1 * draw.randn(3, 2))


PAIRWISE_DISTANCES = Exercise(
    id="operations.pairwise_distances",
    title="All distances at once",
    statement="""Write `pairwise_distances(a, b)`. `a` holds points of shape `(n, features)`, `b` points of
shape `(m, features)`. Return the straight-line (Euclidean) distances, shape `(n, m)`: the element `[i, j]` is
the distance from point `i` of `a` to point `j` of `b`. The dtype is that of the points. Points may lie close
together and far from the origin; the distances must still be right. `torch.cdist` does this; here you build
it yourself.""",
    stub='''def pairwise_distances(a, b):
    """Distances between all points of a, (n, features), and all points of b, (m, features): shape (n, m)."""
    ...
''',
    examples=(
        case(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([[0.0, 0.0], [0.0, 4.0], [3.0, 0.0]])),
        case(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.0], [1.0, 1.0]])),
    ),
    cases=_point_sets,
    hints=(
        "Distances come from differences. Which shape must *all* the differences have, so that none is missing?",
        "All differences have the shape `(n, m, features)`. Where must `a` and `b` each get a dimension of size 1?",
        "Lay `(n, 1, features)` against `(1, m, features)`, subtract, square, sum over the features, take the root.",
    ),
    minutes=6,
    without=("cdist",),
)

PREDICT_SILENT = Prediction(
    id="operations.predict_silent",
    title="A perfect output",
    statement="The outputs are exactly the targets; only the shapes differ. Which shape has `difference`, "
    "and is the mean of its squares 0? (`perfect=True` or `perfect=False`)",
    code="""output = torch.tensor([[1.0], [2.0], [3.0]])
target = torch.tensor([1.0, 2.0, 3.0])
difference = output - target
loss = (difference**2).mean()
""",
    asks={"shape": "difference.shape", "perfect": "loss.item() == 0"},
    hints=(
        "Write the two shapes below each other, flush right.",
        "The columns, from the right, are: 1 over 3, and 3 over nothing.",
        "Every output is compared with every target, not only with its own.",
    ),
)


def _guesses(draw: Draw) -> Iterator[Case]:
    for dtype in (torch.float32, torch.int64):
        batch = draw.integer(3, 8)
        yield case(draw.randint(0, 2, batch, 1, dtype=dtype), draw.randint(0, 2, batch))
    batch = draw.integer(3, 8)
    labels = draw.randint(0, 2, batch, dtype=torch.float32)
    yield case(labels.unsqueeze(1).clone(), labels)
    yield case(1 - labels.unsqueeze(1), labels)
    yield case(torch.tensor([[1.0]]), draw.randint(0, 2, 1))


ACCURACY = Exercise(
    id="operations.accuracy",
    title="An accuracy that cannot exceed 1",
    statement="""Write `accuracy(predicted, labels)`. `predicted` has the shape `(batch, 1)` and `labels` has
the shape `(batch,)`; both hold 0s and 1s, of any dtype. Return the fraction of rows where the two agree, as a
0-d `float32` tensor between 0 and 1.""",
    stub='''def accuracy(predicted, labels):
    """The fraction of rows in which predicted, (batch, 1), equals labels, (batch,)."""
    ...
''',
    examples=(
        case(torch.tensor([[1.0], [0.0], [1.0], [1.0]]), torch.tensor([1, 0, 1, 1])),
        case(torch.tensor([[1.0], [0.0], [1.0]]), torch.tensor([1, 1, 0])),
    ),
    cases=_guesses,
    hints=(
        "Print the shape of `predicted == labels` before you take its mean.",
        "Give both the same shape first. Then the comparison has one entry per row.",
        "Take the size-1 dimension out of `predicted` with `squeeze(1)`; compare; `.float()`; `.mean()`.",
    ),
    minutes=4,
)


def _pairs(draw: Draw) -> Iterator[Case]:
    n, m = draw.shape_not_square()
    yield case(draw.randn(n, m), draw.randn(n, m))
    yield case(draw.randn(n), draw.randn(n))
    yield case(draw.randn(n, 1), draw.randn(n))
    yield case(draw.randn(n), draw.randn(n, 1))
    yield case(draw.randn(n, m), draw.randn(n, 1))
    yield case(draw.randn(n, m), draw.randn(m))
    yield case(draw.randn(n, 1), draw.randn(1, n))
    yield case(draw.randn(n), draw.randn(m))
    yield case(draw.randn(1, m, dtype=torch.float64), draw.randn(1, m, dtype=torch.float64))


STRICT_LOSS = Exercise(
    id="operations.strict_loss",
    title="A loss that refuses to broadcast",
    statement="""Write `strict_loss(output, target)`. Return the mean of the squared differences, as a 0-d
tensor. If the two shapes are not exactly the same, raise a `ValueError` instead, also where PyTorch would be
willing to subtract.""",
    stub='''def strict_loss(output, target):
    """The mean squared difference; a ValueError unless both shapes are the same."""
    ...
''',
    examples=(
        case(torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [4.0]])),
        case(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 4.0])),
    ),
    cases=_pairs,
    hints=(
        "Look before you subtract.",
        "The number of elements, or of rows, is not enough: `(3, 1)` and `(3,)` agree in both.",
        "Two shapes can be compared with `!=`. Then `raise ValueError(...)` with both shapes in the message.",
    ),
    minutes=3,
)


def _feature_tables(draw: Draw) -> Iterator[Case]:
    yield case(draw.randn(*draw.shape_not_square()))
    yield case(draw.randn(3, 3))
    yield case(draw.randn(1, draw.integer(2, 5)))
    yield case(draw.randn(draw.integer(2, 5), 1, dtype=torch.float64))
    yield case(draw.randint(0, 9, *draw.shape_not_square()))
    yield case(draw.randn(0, 3))


WITH_ONES = Exercise(
    id="operations.with_ones",
    title="Add a column of ones",
    statement="""Write `with_ones(x)`. `x` has the shape `(batch, features)`. Return a new tensor of the shape
`(batch, features + 1)`: the columns of `x`, and after them a column of ones. The dtype is that of `x`.""",
    stub='''def with_ones(x):
    """x, (batch, features), with a last column of ones: (batch, features + 1)."""
    ...
''',
    examples=(case(torch.tensor([[0.5, 2.0], [3.0, 4.0], [5.0, 6.0]])), case(torch.tensor([[7, 8]]))),
    cases=_feature_tables,
    hints=(
        "Joining along a dimension that already exists: `cat` or `stack`?",
        "`cat` needs pieces with the same number of dimensions. So which shape must the ones have?",
        "Join `x` and ones of shape `(batch, 1)` along `dim=1`. Give the ones the dtype of `x`.",
    ),
    minutes=3,
)


def _image_lists(draw: Draw) -> Iterator[Case]:
    for dtype in (torch.float32, torch.float64):
        height, width = draw.shape_not_square()
        yield case([draw.rand(height, width, dtype=dtype) for _ in range(draw.integer(2, 5))])
    yield case([draw.randint(0, 256, 3, 3, dtype=torch.uint8) for _ in range(3)])
    yield case([draw.rand(*draw.shape_not_square())])
    yield case([draw.rand(1, 4), draw.rand(1, 4)])


IMAGE_BATCH = Exercise(
    id="operations.image_batch",
    title="From single images to a batch",
    statement="""Write `image_batch(images)`. `images` is a list of grey images, each of the shape
`(height, width)`. Return one tensor of the shape `(batch, 1, height, width)`: image number `i` of the list
is `result[i, 0]`. The 1 is the number of channels. The dtype stays.""",
    stub='''def image_batch(images):
    """A list of images (height, width) as one tensor (batch, 1, height, width)."""
    ...
''',
    examples=(
        case([torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([[7, 8, 9], [0, 0, 0]])]),
        case([torch.zeros(2, 2), torch.ones(2, 2), torch.zeros(2, 2)]),
    ),
    cases=_image_lists,
    hints=(
        "Two dimensions are new: the batch and the channel.",
        "`stack` makes the batch dimension. What makes a dimension of size 1, and at which place?",
        "`torch.stack(images)` has the shape `(batch, height, width)`. `unsqueeze(1)` puts a 1 after the batch.",
    ),
    minutes=4,
)

PREDICT_STAR = Prediction(
    id="operations.predict_star",
    title="Star and at",
    statement="`b` swaps the two columns, when it is used in a matrix product. What is the first row of "
    "each result? (Give two tuples of two numbers.)",
    code="""a = torch.tensor([[1, 2], [3, 4]])
b = torch.tensor([[0, 1], [1, 0]])
star = a * b
at = a @ b
""",
    asks={"star": "star[0].tolist()", "at": "at[0].tolist()"},
    hints=(
        "One of the two works element by element.",
        "`*` multiplies the elements that stand in the same place.",
        "`@` multiplies the first row of `a`, (1, 2), with each column of `b` and sums up.",
    ),
)


def _layers(draw: Draw) -> Iterator[Case]:
    inputs, outputs = draw.shape_not_square()
    weight, bias = draw.randn(outputs, inputs), draw.randn(outputs)
    yield case(draw.randn(7, inputs), weight, bias)
    yield case(draw.randn(1, inputs), weight, bias)
    yield case(draw.randn(inputs), weight, bias)
    yield case(draw.randn(2, 7, inputs), weight, bias)
    yield case(draw.randn(3, 3), draw.randn(3, 3), draw.randn(3))
    yield case(draw.randn(4, 2, dtype=torch.float64), draw.randn(1, 2, dtype=torch.float64), torch.ones(1).double())


LINEAR_BY_HAND = Exercise(
    id="operations.linear_by_hand",
    title="A linear layer by hand",
    statement="""Write `linear_by_hand(x, weight, bias)`: what a linear layer of a neural network computes.
`x` has the shape `(batch, inputs)`, `weight` has the shape `(outputs, inputs)` (PyTorch stores it so), `bias`
has the shape `(outputs,)`. Return `(batch, outputs)`: output number `j` of a row is the sum of the row's
elements times the elements of `weight[j]`, plus `bias[j]`.

It must also work for a single row `(inputs,)`, and with more dimensions in front, `(…, inputs)`.""",
    stub='''def linear_by_hand(x, weight, bias):
    """x (batch, inputs), weight (outputs, inputs), bias (outputs,): gives (batch, outputs)."""
    ...
''',
    examples=(
        case(
            torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]),
            torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
            torch.tensor([10.0, 20.0, 30.0]),
        ),
        case(
            torch.tensor([[1.0, 2.0], [3.0, 5.0]]),
            torch.tensor([[0.0, 1.0], [2.0, 0.0]]),
            torch.tensor([0.5, 0.0]),
        ),
    ),
    cases=_layers,
    hints=(
        "Write the shapes below each other: `(batch, inputs)` and `(outputs, inputs)`. Which sizes must meet?",
        "In `a @ b`, the last size of `a` meets the first size of `b`. Here the wrong side of `weight` is in front.",
        "Transpose the weight, multiply with `@`, add the bias; broadcasting does the rest.",
    ),
    minutes=6,
    without=("linear", "Linear"),
)


def _scores(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square()
    yield case(draw.randn(rows, columns))
    yield case(draw.randn(3, 3))
    yield case(draw.randn(2, 3, 4, dtype=torch.float64))
    yield case(draw.randn(draw.integer(2, 6)))
    yield case(1000 + 3 * draw.randn(rows, columns))
    yield case(torch.stack([draw.randn(4) + 500, draw.randn(4) - 500, draw.randn(4)]))
    yield case(draw.randn(1, 4) - 2000)
    yield case(draw.randn(draw.integer(2, 5), 1))


STABLE_SOFTMAX = Exercise(
    id="operations.stable_softmax",
    title="A softmax that does not overflow",
    statement="""Write `stable_softmax(scores)`. Along the **last** dimension it turns scores into shares:
*exp(score) divided by the sum of exp of all the scores*. All shares are positive (or 0 where they are too
small to be shown) and sum to 1. `scores` is floating point with one or more dimensions; the result has its
shape and dtype.

Scores of 1000 or of −1000 must not give `inf` or `nan`. `torch.softmax` does this; here you build it from
`exp`, reductions and broadcasting.""",
    stub='''def stable_softmax(scores):
    """Shares along the last dimension, (…, classes), that stay finite for scores of any size."""
    ...
''',
    examples=(
        case(torch.tensor([[0.0, 0.0], [0.0, 1.0], [5.0, 0.0]])),
        case(torch.tensor([[1000.0, 1001.0], [-1000.0, -1000.0]])),
        case(torch.tensor([1.0, 2.0, 3.0])),
    ),
    cases=_scores,
    hints=(
        "Without the fear of overflow it is `row_shares` of `exp`. Which scores make `exp` overflow?",
        "The shares depend only on the differences between the scores of one row. Which number could you subtract?",
        "Subtract from every row its own largest score (`amax` knows `dim` and `keepdim`); then `exp`; then shares.",
    ),
    minutes=7,
    same=Same(rtol=1e-3),  # the logarithm of a sum near 1000 is a fair way, and rounds more
    without=("softmax", "log_softmax", "Softmax", "LogSoftmax"),
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_IN_PLACE,
    MOVE,
    PREDICT_REDUCTION,
    PREDICT_BROADCAST,
    ROW_SHARES,
    NORMALISE_CHANNELS,
    PAIRWISE_DISTANCES,
    PREDICT_SILENT,
    ACCURACY,
    STRICT_LOSS,
    WITH_ONES,
    IMAGE_BATCH,
    PREDICT_STAR,
    LINEAR_BY_HAND,
    STABLE_SOFTMAX,
)

"""Exercises on making tensors, their dtypes, slices and images; the last makes the course's XOR data set.

It is longer than other files because an exercise reads best whole: statement, stub, cases and hints together.
"""

from collections.abc import Iterable

import torch

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, case

LITERAL = Prediction(
    id="tensors.literal",
    title="Shape and dtype of a list of lists",
    statement="""What are the `shape`, the `dtype` and the number of dimensions (`ndim`) of `x`?""",
    code="x = torch.tensor([[1, 2, 3], [4, 5, 6]])\n",
    asks={"shape": "x.shape", "dtype": "x.dtype", "ndim": "x.ndim"},
    hints=(
        "Count from the outside in: how many things does the outer list hold? And each of those?",
        "`ndim` is the length of the shape. For the dtype, look at how the numbers are written.",
        "Two lists of three numbers. Not one of the numbers has a decimal point, so they stay whole numbers.",
    ),
)

CONSTRUCTORS = Prediction(
    id="tensors.constructors",
    title="A small t and a capital T",
    statement="""Four tensors, and a T that is small or capital. What is the shape of `a` (`a_shape`) and of
`b` (`b_shape`)? What is the dtype of `c` (`c_dtype`) and of `d` (`d_dtype`)?""",
    code="a = torch.tensor(3)\nb = torch.Tensor(3)\nc = torch.tensor([1, 2])\nd = torch.Tensor([1, 2])\n",
    asks={"a_shape": "a.shape", "b_shape": "b.shape", "c_dtype": "c.dtype", "d_dtype": "d.dtype"},
    hints=(
        ("One of the two looks at the values you give it. The other is the class of all tensors, and is older."),
        "A single number needs no dimension at all. And the class reads a bare number as a size.",
        ("`a` has the shape `()`, `b` has room for three numbers. `c` keeps whole numbers; `d` is made of floats."),
    ),
    minutes=2,
)


def _number_cases(draw: Draw) -> Iterable[Case]:
    yield case(draw.integer(2, 30))
    yield case(-draw.integer(1, 30))
    yield case(draw.integer(1, 30) + 0.25)
    yield case(-draw.integer(1, 30) - 0.5)
    yield case(0)
    yield case(1)
    yield case(1.0)


NUMBER = Exercise(
    id="tensors.number",
    title="One number as a tensor",
    statement="""Write `number(n)`. `n` is one Python number, an `int` or a `float`. Return a tensor that
holds exactly this number and has **no** dimensions: its shape is `()`. A whole number should give an
`int64`, a `float` a `float32`.""",
    stub='''def number(n):
    """A tensor of shape () that holds n."""
    return torch.Tensor(n)
''',
    examples=(case(3), case(2.5)),
    cases=_number_cases,
    hints=(
        "The stub has a capital T. What does the class do with a bare number?",
        "You want the function that looks at the value and picks the dtype from it. And no list around `n`.",
        "One letter of the stub is wrong: the function's name begins with a small letter.",
    ),
    minutes=2,
)

SLICES = Prediction(
    id="tensors.slices",
    title="Which numbers does a slice take?",
    statement="""The tens digit of each number is its row, the ones digit its column. Give the shape of
`x[1]` (`row`), of `x[:, 1]` (`column`) and of `x[:, 1:2]` (`kept`). And which numbers are in `x[0, 1:3]`
(`part`)? Write these as a list, like `[7, 8]`.""",
    code="x = torch.tensor([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])\n",
    asks={
        "row": "x[1].shape",
        "column": "x[:, 1].shape",
        "kept": "x[:, 1:2].shape",
        "part": "x[0, 1:3].tolist()",
    },
    hints=(
        ("`x` has the shape `(3, 4)`. The first place in the brackets is about rows, the second about columns."),
        "A single number in the brackets takes its dimension away. A slice keeps it. `:` means all.",
        ("The end of a slice does not belong to it, as with Python's lists: `1:2` takes one column, `1:3` takes two."),
    ),
    minutes=2,
)


def _rows(draw: Draw, n: int, whole: bool) -> list[tuple[float, float, int]]:
    points = draw.randint(0, 9, n, 2) if whole else draw.rand(n, 2)
    return [(first, second, draw.integer(0, 1)) for first, second in points.tolist()]


def _table_cases(draw: Draw) -> Iterable[Case]:
    for whole in (True, False):
        yield case(_rows(draw, draw.integer(4, 7), whole))
        yield case(_rows(draw, 3, whole))
        yield case(_rows(draw, 1, whole))
    yield case([(2, 0.5, 1), (0, 1, 0)])


TABLE = Exercise(
    id="tensors.table",
    title="Features and labels from a table",
    statement="""`rows` is a Python list of tuples `(first, second, label)`. The first two are numbers
(`int` or `float`) that describe one example, its **features**. The **label** is the answer that belongs to it, a
whole number. Write `table(rows)`; it returns two tensors:

- the features: shape `(batch, 2)`, dtype `float32`, **also** where all of them are whole numbers;
- the labels: shape `(batch,)`, dtype `int64`.

There is at least one row.""",
    stub='''def table(rows):
    """Features f32 (batch, 2) and labels i64 (batch,)."""
    data = torch.tensor(rows)
    return data[:2], data[2]
''',
    examples=(
        case([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]),
        case([(0.25, 0.75, 1), (1.5, 1.0, 0)]),
    ),
    cases=_table_cases,
    hints=(
        "Two things are wrong in the stub: where it cuts, and which dtype comes out. Begin with the cut.",
        (
            "`data[:2]` takes two rows. For columns, put `:` in the first place. Then say which dtype you"
            " want for each of the two results; do not leave it to the numbers."
        ),
        (
            "Make `data` with `dtype=torch.float32`. The features are its columns `:2`; the labels are its"
            " column `2`, which becomes whole numbers with `.long()`."
        ),
    ),
    minutes=6,
)


def _largest_cases(draw: Draw) -> Iterable[Case]:
    yield case(draw.randn(*draw.shape_not_square()) - 5)
    yield case(draw.randint(-50, 50, *draw.shape_not_square()))
    yield case(-draw.randint(1, 50, draw.integer(2, 6)))
    yield case(draw.rand(draw.integer(3, 6)) + 0.5)
    yield case(draw.randn(2, 1, 3, dtype=torch.float64))
    yield case(draw.randn(1, 1))
    yield case(draw.randn())


LARGEST = Exercise(
    id="tensors.largest",
    title="Out of the tensor, into Python",
    statement="""Write `largest(x)`: the largest number in `x`, as a **Python number**, not as a tensor. `x`
has any shape and at least one element. Whole numbers give an `int`, floats give a `float`.""",
    stub='''def largest(x):
    """The largest number of x, as a Python number."""
    ...
''',
    examples=(case(torch.tensor([[3, 9, 4], [1, 5, 2]])), case(torch.tensor([-2.5, -0.5]))),
    cases=_largest_cases,
    hints=(
        "Two steps: find the largest element, then take it out of its tensor. Both are methods of `x`.",
        "`x.max()` gives a tensor of shape `()`. Which method makes a Python number of that?",
        "Put `.item()` behind `x.max()`. It gives an `int` or a `float`, as the dtype demands.",
    ),
    minutes=3,
)

WHOLE_MEAN = Prediction(
    id="tensors.whole_mean",
    title="An average of whole numbers",
    statement="""Does this code raise an exception? If so, which one? Fill in `raises` with the name of the
exception, such as `KeyError`, or with `None` if it runs through.""",
    code="x = torch.tensor([1, 2])\nm = x.mean()\n",
    asks={"raises": "raises"},
    hints=(
        "Which dtype does `x` have? And could the average of these two numbers be held in it?",
        "PyTorch does not convert whole numbers to floats here. It refuses.",
        "Most of PyTorch's refusals are a `RuntimeError`.",
    ),
)


def _average_cases(draw: Draw) -> Iterable[Case]:
    yield case(torch.cat([draw.randint(0, 20, draw.integer(2, 5)) * 2, torch.tensor([1])]).repeat(2)[:-1])
    yield case(draw.randint(0, 256, 3, draw.integer(5, 8), dtype=torch.uint8))
    yield case(torch.tensor([True, False, False]))
    yield case(torch.tensor([[1, 2], [2, 5], [3, 7], [0, 1]]) + draw.integer(0, 5) * 2)
    yield case(torch.tensor([-3, 0]) - 2 * draw.integer(0, 5))
    yield case(draw.randn(*draw.shape_not_square()))
    yield case(draw.randn(draw.integer(2, 5), dtype=torch.float64))
    yield case(draw.randint(1, 9, 1, dtype=torch.int32))


AVERAGE = Exercise(
    id="tensors.average",
    title="The average of anything",
    statement="""Write `average(x)`: the average of **all** elements of `x`, as a `float32` tensor of shape
`()`. `x` may have any shape with at least one element, and any of these dtypes: `bool` (True counts as 1),
`uint8`, `int32`, `int64`, `float32`, `float64`. The result is `float32` for each of them.""",
    stub='''def average(x):
    """The average of all elements, f32 and of shape ()."""
    return x.mean()
''',
    examples=(
        case(torch.tensor([1, 2])),
        case(torch.tensor([[True, True], [False, True]])),
        case(torch.tensor([0.5, 1.5], dtype=torch.float64)),
    ),
    cases=_average_cases,
    hints=(
        "Convert first, average afterwards.",
        "`x.float()` gives the same numbers as `float32`, whatever dtype `x` had.",
        "Put `.float()` between `x` and `.mean()`.",
    ),
    minutes=3,
)


def _crop_cases(draw: Draw) -> Iterable[Case]:
    for batch, channels in ((2, 3), (3, 1), (1, 2)):
        rows, columns = draw.shape_not_square(6, 9)
        top, left = draw.sample(range(1, 4), 2)
        height, width = draw.sample(range(1, 4), 2)
        yield case(draw.randn(batch, channels, rows, columns), top, left, height, width)
    yield case(draw.randint(0, 256, 1, 3, 4, 7, dtype=torch.uint8), 1, 2, 2, 4)
    yield case(draw.randn(5, 4, 5, 6), 1, 1, 2, 2)  # enough images and channels to be cut by mistake
    yield case(draw.rand(0, 3, 5, 6), 1, 2, 2, 3)
    yield case(draw.rand(2, 2, 3, 5), 0, 0, 3, 5)


CROP = Exercise(
    id="tensors.crop",
    title="Cut a piece out of every image",
    statement="""`images` has the shape `(batch, channels, height, width)`. Write `crop(images, top, left,
height, width)`. It cuts the same rectangle out of every image and every channel: `height` rows, the first of
them is row `top`; `width` columns, the first of them is column `left`. The result has the shape `(batch,
channels, height, width)`, with the `height` and `width` you were given. The rectangle always fits. `images`
must not change.""",
    stub='''def crop(images, top, left, height, width):
    """The same rectangle of every image: (batch, channels, height, width)."""
    return images[top:height, left:width]
''',
    examples=(
        case(torch.arange(20.0).reshape(1, 1, 4, 5), 1, 2, 2, 3),
        case(torch.arange(24).reshape(2, 1, 3, 4), 0, 1, 1, 2),
    ),
    cases=_crop_cases,
    hints=(
        "There are four dimensions. Which of them should be cut, and which should stay whole?",
        (
            "`:` in the first two places keeps all images and all channels. A slice needs a start and an"
            " *end*, not a start and a length."
        ),
        "The rows go from `top` to `top + height`, the columns from `left` to `left + width`.",
    ),
    minutes=4,
)


def _checkerboard_cases(draw: Draw) -> Iterable[Case]:
    yield case(draw.choice((3, 5)), draw.choice((2, 4, 6)))
    yield case(draw.choice((2, 4, 6)), draw.choice((3, 5, 7)))
    yield case(4, 4)
    yield case(1, draw.integer(2, 5))
    yield case(draw.integer(2, 5), 1)
    yield case(1, 1)


CHECKERBOARD = Exercise(
    id="tensors.checkerboard",
    title="Draw a checkerboard",
    statement="""Write `checkerboard(height, width)`. It returns one image with one channel, shape `(1, 1,
height, width)`, dtype `float32`. The pixel at the top left is `0.0`, and each pixel differs from its
neighbours left, right, above and below: zeros and ones take turns in both directions.""",
    stub='''def checkerboard(height, width):
    """One image, one channel: zeros and ones take turns, 0 at the top left."""
    image = torch.zeros(1, 1, height, width)
    image[:, :, :, 1::2] = 1.0
    return image
''',
    examples=(case(3, 4), case(2, 5)),
    cases=_checkerboard_cases,
    hints=(
        ("The stub draws stripes: it treats all rows alike. Which rows should begin with a 0, and which with a 1?"),
        ("Rows 0, 2, 4, … are `0::2` and rows 1, 3, 5, … are `1::2`. Write ones into each kind of row by itself."),
        ("Two assignments: even rows get ones in the odd columns (`0::2`, `1::2`), odd rows in the even columns."),
    ),
    minutes=5,
)


def _xor_cases(draw: Draw) -> Iterable[Case]:
    for n, noise in ((40, 1.0), (33, 2.0), (7, 0.1), (1, 0.1), (5, 0.0)):
        yield case(draw.randint(0, 2, n, 2), noise, seed=draw.seed_for_case())


XOR = Exercise(
    id="tensors.xor",
    title="Make the XOR data set",
    statement="""`corners` has the shape `(batch, 2)` and dtype `int64`; each row is a corner of the square,
made of zeros and ones. Write `xor(corners, noise)`. It returns two tensors:

- the points: `float32`, shape `(batch, 2)`. To *each* of the two coordinates of each corner add its own
  random number from the normal distribution, times `noise`. Draw all of them with **one** call of
  `torch.randn`, in the shape `(batch, 2)`, and set no seed: then your numbers are those of the check.
- the labels: `float32`, shape `(batch,)`. The label is 1 where the two coordinates of the *corner* differ,
  otherwise 0.

`corners` must not change.""",
    stub='''def xor(corners, noise):
    """Points f32 (batch, 2) around the corners, and labels f32 (batch,)."""
    points = ...
    labels = ...
    return points, labels
''',
    examples=(case(torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]), 0.1),),
    cases=_xor_cases,
    hints=(
        "Write the two results one after the other. Which part of `corners` does the label depend on?",
        (
            "`corners[:, 0]` and `corners[:, 1]` are the coordinates; `!=` compares them place by place and"
            " gives a `bool` tensor. `len(corners)` is the batch."
        ),
        (
            "The labels are the comparison of the two columns, with `.float()` behind it. The points are"
            " `corners` plus `noise` times `torch.randn(len(corners), 2)`."
        ),
    ),
    minutes=7,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    LITERAL,
    CONSTRUCTORS,
    NUMBER,
    SLICES,
    TABLE,
    LARGEST,
    WHOLE_MEAN,
    AVERAGE,
    CROP,
    CHECKERBOARD,
    XOR,
)

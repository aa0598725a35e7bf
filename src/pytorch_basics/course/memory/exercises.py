"""The exercises of the lesson on memory, in the lesson's order: statements, stubs, cases, hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. Most compare memory as well as values, so
the cases mix layouts: contiguous, transposed, sliced. One file although long: the order of the lesson is its
structure.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

PREDICT_NUMPY = Prediction(
    id="memory.predict_numpy",
    title="One array, two tensors",
    statement="""The array is changed *after* both tensors were made. What is the first element of `first`
at the end, and of `second`? And which dtype has `first`?""",
    code="""import numpy as np

array = np.array([1.0, 2.0, 3.0])
first = torch.from_numpy(array)
second = torch.tensor(array)
array[0] = 7.0
""",
    asks={"first": "first[0].item()", "second": "second[0].item()", "dtype": "first.dtype"},
    hints=(
        "One of the two lines copies the numbers, the other does not.",
        "“From NumPy” takes over what is there. For the dtype, think of what NumPy makes of `1.0`.",
        "A change shows up in everything that lies in the same bytes: in the array and in what was made "
        "from it without a copy. NumPy's decimal numbers take 8 bytes each.",
    ),
)


def _arrays(draw: Draw) -> Iterator[Case]:
    for dtype in (np.float64, np.float32, np.int64, np.int32):
        yield case((10 * draw.randn(*draw.shape_not_square()).numpy()).astype(dtype))
    yield case(draw.randn(1, draw.integer(2, 5)).numpy())
    yield case(draw.randn(*draw.shape_not_square(), dtype=torch.float64).numpy().T)
    yield case(draw.randn(*draw.shape_not_square()).numpy()[:, ::2])
    yield case(np.zeros((0, draw.integer(1, 4)), dtype=np.float32))


FLOAT_FEATURES = Exercise(
    id="memory.float_features",
    title="From NumPy, ready for a layer",
    statement="""Write `float_features(array)`. `array` is a NumPy array of shape `(batch, features)` and of
**any** numeric dtype. Return its numbers as a `float32` tensor of the same shape, **in memory of its own**:
whoever changes the array later must not change your tensor, whatever dtype the array has. `array` itself
stays as it is.""",
    stub='''def float_features(array):
    """The numbers of a NumPy array as a float32 tensor with memory of its own."""
    ...
''',
    examples=(
        case(np.array([[0.0, 1.0], [1.0, 1.0], [0.5, 0.25]])),
        case(np.array([[1, 2, 3]], dtype=np.float32)),
    ),
    cases=_arrays,
    same=Same(memory=True),
    hints=(
        "Two things are asked: the dtype and the memory. Check both, for an array that is `float64` and "
        "for one that is `float32` already.",
        "`.float()` has nothing to do when the numbers are `float32` already, and then it gives back what "
        "it got. Start from a function that copies in any case.",
        "`torch.tensor` always copies, and takes the dtype you want as `dtype=`.",
    ),
    minutes=3,
)


def _halved(draw: Draw) -> Iterator[Case]:
    yield case(draw.randn(draw.integer(2, 5)), draw.integer(2, 4))
    yield case(draw.randn(*draw.shape_not_square(), dtype=torch.float64), draw.integer(2, 4))
    yield case(draw.randn(*draw.shape_not_square())[:, 0], 3)
    yield case(draw.randn(1, 3), 1)
    yield case(draw.randn(), 2)
    yield case(draw.randn(2, 3), 0)


SNAPSHOTS = Exercise(
    id="memory.snapshots",
    title="A diary that forgets",
    statement="""`snapshots(x, steps)` halves the floating-point tensor `x` in place, `steps` times, and
should keep its values after each halving. It returns a list of `steps` NumPy arrays, of the shape and dtype
of `x`. `x.mul_(0.5)` is right: it halves every element inside `x`, and at the end `x` is to be halved
`steps` times. Still, all pages of the diary below say the same. Repair it: every array must have memory of
its own.""",
    stub='''def snapshots(x, steps):
    """Halve `x` in place, `steps` times; the values after each halving, as NumPy arrays."""
    kept = []
    for _ in range(steps):
        x.mul_(0.5)
        kept.append(x.numpy())
    return kept
''',
    examples=(case(torch.tensor([8.0, 4.0]), 3), case(torch.tensor([[1.0], [2.0]]), 1)),
    cases=_halved,
    same=Same(memory=True),
    hints=(
        "How many blocks of numbers are there after three steps: one, or four?",
        "The halving may stay as it is. Look at what `x.numpy()` puts into the list.",
        "Put a copy into the list. A tensor copies itself with `clone()`, an array with `copy()`.",
    ),
    minutes=4,
)


def _pairs(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square()
    x = draw.randn(rows, columns)
    yield case(x, x.t())
    yield case(x, x[1:])
    yield case(x[0], x[1])
    yield case(x[:, 1:], x[:1])
    yield case(x, x.clone())
    yield case(x, x[[0]])
    yield case(draw.randn(3), draw.randn(3))
    whole = draw.randint(0, 9, draw.integer(3, 5))
    yield case(whole[1:], whole[0])
    yield case(whole, whole.float())
    yield case(whole[0], whole[0].clone())


def _example_pairs() -> tuple[Case, ...]:
    x = torch.tensor([[1, 2], [3, 4], [5, 6]])
    return case(x, x[2]), case(x, x.clone()), case(x[0], x[2])


SAME_STORAGE = Exercise(
    id="memory.same_storage",
    title="Do they share?",
    statement="""Write `same_storage(a, b)`. `a` and `b` are tensors of any shape and dtype, neither of them
empty. Return `True` if both lie in one and the same storage, otherwise `False`. Two different rows of one
tensor lie in the same storage, although they have no element in common. Change neither of them.

A print does not show who shares. In the examples, `b` is `a[2]`, then a copy of `a`; in the last one, `a`
and `b` are two rows of one tensor.""",
    stub='''def same_storage(a, b):
    """Whether the tensors `a` and `b` lie in the same storage."""
    ...
''',
    examples=_example_pairs(),
    cases=_pairs,
    hints=(
        "Equal numbers do not mean shared memory. Where does the storage of each tensor begin?",
        "`a.data_ptr()` is the address of the first *element* of `a`. For a slice that is not where its "
        "storage begins.",
        "Ask the storage instead of the tensor: it has a `data_ptr()` too. You met the method that gives "
        "you the storage just above.",
    ),
    minutes=4,
)


def _shapes(draw: Draw) -> Iterator[Case]:
    for dims in (1, 2, 3, 4, 5):
        yield case(draw.shape(dims, 2, 9))
    yield case(draw.shape_not_square(2, 99))
    yield case((1, *draw.shape(2, 2, 9)))
    yield case((draw.integer(2, 9), 1, draw.integer(2, 9)))
    yield case(())


STRIDES_OF = Exercise(
    id="memory.strides_of",
    title="Write `strides_of`",
    statement="""Write `strides_of(shape)`. `shape` is a tuple of whole numbers, each at least 1. Return the
strides that a contiguous tensor of this shape has: a tuple with one whole number for each dimension,
counted in elements. A 0-d tensor has shape `()`, and no strides: `()`. Compute them; asking a tensor for
its `stride()` would be too easy.""",
    stub='''def strides_of(shape):
    """Strides, in elements, of a contiguous tensor of this shape."""
    ...
''',
    examples=(case((2, 3)), case((4, 2, 5)), case(())),
    cases=_shapes,
    without=("stride", "strides"),
    hints=(
        "One step along the last dimension moves to the next element. How many elements does one step "
        "along the dimension before it skip?",
        "One step along a dimension skips everything that lies in the dimensions *after* it. Go from right to left.",
        "Start with 1 for the last dimension. Each stride to the left is its right neighbour's stride "
        "times its right neighbour's size. Collect them, turn them round, make a tuple.",
    ),
    minutes=6,
)

PREDICT_VIEW = Prediction(
    id="memory.predict_view",
    title="Same shape, same elements?",
    statement="""`v` and `t` both have the shape `(4, 2)`. Which two numbers stand in row 0 of `v`
(`view_row`), which in row 0 of `t` (`t_row`)? And what are the strides of `t`? Write tuples, such as
`(8, 9)`.""",
    code="""y = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 7]])
v = y.view(4, 2)
t = y.t()
""",
    asks={"view_row": "v[0].tolist()", "t_row": "t[0].tolist()", "strides": "t.stride()"},
    hints=(
        "`view` reads the numbers in order and breaks the lines elsewhere. `t()` makes columns into rows.",
        "Neither moves a number in the storage. One of the two must therefore have unusual strides.",
        "The strides of `y` are `(4, 1)`. A step down in `t` is a step to the right in `y`.",
    ),
)


def _tables(draw: Draw) -> Iterator[Case]:
    yield case(draw.randn(3, 5))
    yield case(draw.randn(5, 3))
    yield case(draw.randn(*draw.shape_not_square(), dtype=torch.float64).t())
    yield case(draw.randint(0, 99, draw.integer(3, 5), 6)[1:, 1:4])
    yield case(draw.randn(4, 7)[:, ::2])
    yield case(draw.randn(1, draw.integer(2, 5)))
    yield case(draw.randn(3, 3))


TRANSPOSE_BY_STRIDES = Exercise(
    id="memory.transpose_by_strides",
    title="Transpose with strides alone",
    statement="""Write `transpose_by_strides(x)` with `torch.as_strided`. `x` has shape `(rows, columns)`
and **any** strides: it may be a slice of a larger tensor. Return its transpose, of shape `(columns, rows)`,
as a view of the memory of `x`, with the strides that `t()` would give. Do it with shapes and strides alone:
no `t`, `T`, `transpose`, `permute` or relative of theirs.

In the second example `x` is the slice `[:, 1:3]` of a tensor with 4 columns.""",
    stub='''def transpose_by_strides(x):
    """The transpose of the 2-D tensor x, as a view made by torch.as_strided."""
    ...
''',
    examples=(case(torch.tensor([[0, 1, 2], [3, 4, 5]])), case(torch.arange(8).reshape(2, 4)[:, 1:3])),
    cases=_tables,
    same=Same(memory=True, strides=True),
    without=(
        *("t", "t_", "T", "mT", "H", "mH", "transpose", "transpose_", "permute", "adjoint", "einsum"),
        *("swapaxes", "swapdims", "movedim", "moveaxis", "rot90"),
    ),
    hints=(
        "`torch.as_strided(x, size, stride)` reads the storage of `x` with the shape and the strides you "
        "name. What happens to each of the two when rows and columns swap roles?",
        "A step down in the result is a step to the right in `x`. Do not assume that `x` is contiguous: ask it.",
        "`x.stride()` gives two numbers, `x.shape` two more. Hand over both pairs in reverse order.",
    ),
    minutes=5,
)


def _coordinates(draw: Draw) -> Iterator[Case]:
    yield case(draw.randn(2, draw.integer(3, 6)))
    yield case(draw.randn(*draw.shape_not_square(), dtype=torch.float64))
    yield case(draw.randint(0, 99, draw.integer(4, 6), 3))
    yield case(draw.randn(2, 1))
    yield case(draw.randn(2, 0))
    yield case(draw.randn(draw.integer(3, 5), 2).t())
    yield case(draw.randn(2, 7)[:, 2:])


POINT_ROWS = Exercise(
    id="memory.point_rows",
    title="One point a row",
    statement="""The XOR points arrive the wrong way round: row 0 holds the first coordinate of every point,
row 1 the second. Write `point_rows(coordinates)`. `coordinates` has shape `(features, batch)`, with two
features or more. Return the same numbers as `(batch, features)`, one point a row, as a **view**: in the
memory of `coordinates`, without a copy. The tensor you are given keeps its shape.""",
    stub='''def point_rows(coordinates):
    """`(features, batch)` as `(batch, features)`, one point a row, in the same memory."""
    ...
''',
    examples=(case(torch.tensor([[0.0, 0.1, 0.9], [1.0, 0.0, 1.1]])),),
    cases=_coordinates,
    same=Same(memory=True),
    hints=(
        "Point 0 is *column* 0 of `coordinates`. Which operation makes columns into rows?",
        "Changing the shape is not enough: the elements must change places too. You just saw one call that does it.",
        "`t()` gives a view. A method whose name ends in `_` would change the tensor you were given.",
    ),
    minutes=2,
)


def _images(draw: Draw) -> Iterator[Case]:
    batch, height, width = draw.integer(2, 3), *draw.shape_not_square(2, 5)
    yield case(draw.randn(batch, 3, height, width))
    yield case(draw.randint(0, 256, batch, 2, width, height, dtype=torch.uint8))
    yield case(draw.randn(1, 3, height, width, dtype=torch.float64))
    yield case(draw.randn(batch, 1, height, width))
    yield case(draw.randn(batch, 3, height, width)[:, :2])
    yield case(draw.randn(0, 3, height, width))


PIXEL_ROWS = Exercise(
    id="memory.pixel_rows",
    title="Repair `view` after `permute`",
    statement="""`images` has shape `(batch, channels, height, width)`. `pixel_rows(images)` returns one
pixel a row: shape `(batch * height * width, channels)`, first all pixels of image 0, line by line from its
top left corner, then those of image 1, and so on. The code below raises. Repair it. `images` must not
change.""",
    stub='''def pixel_rows(images):
    """One pixel a row: `(batch * height * width, channels)`."""
    channels = images.shape[1]
    return images.permute(0, 2, 3, 1).view(-1, channels)
''',
    examples=(case(torch.arange(8).reshape(1, 2, 2, 2)),),
    cases=_images,
    hints=(
        "The `permute` is right: it puts the channels last. Only one word of the code must change.",
        "The error's own message names a way out. Read its last sentence.",
        "A view does not exist here, so ask for “a view if there is one, else a copy”.",
    ),
    minutes=3,
)


def _pictures(draw: Draw) -> Iterator[Case]:
    height, width = draw.shape_not_square(2, 5)
    yield case(draw.randn(2, height, width, 3))
    yield case(draw.randint(0, 256, 3, width, height, 2, dtype=torch.uint8))
    yield case(draw.randn(1, height, width, 3, dtype=torch.float64))
    yield case(draw.randn(2, height, width, 1))
    yield case(draw.randn(2, height, width, 4)[..., :3])


CHANNEL_FEATURES = Exercise(
    id="memory.channel_features",
    title="Repair it the second way",
    statement="""Here the channels come last, as image files have them: `pictures` has shape `(batch,
height, width, channels)`. `channel_features(pictures)` returns one picture a row: shape `(batch, channels *
height * width)`, first all of channel 0, line by line, then all of channel 1, and so on. The code below
raises. This time keep `view` and do without `reshape`, `flatten` and `ravel`. `pictures` must not change.""",
    stub='''def channel_features(pictures):
    """One picture a row, channel after channel: `(batch, channels * height * width)`."""
    batch, height, width, channels = pictures.shape
    return pictures.permute(0, 3, 1, 2).view(batch, channels * height * width)
''',
    examples=(case(torch.arange(8).reshape(1, 2, 2, 2)),),
    cases=_pictures,
    without=("reshape", "reshape_as", "flatten", "ravel"),
    hints=(
        "`view` wants elements that lie in reading order. Bring them into that order first.",
        "Something must stand between `permute` and `view`. `clone()` alone keeps the strides it finds.",
        "`contiguous()` lays the elements out anew, in reading order. Its place is right before `view`.",
    ),
    minutes=3,
)

PREDICT_SHARES = Prediction(
    id="memory.predict_shares",
    title="Share or copy?",
    statement="""At the end `x` is filled with nines. Which of the five are full of nines too, because they
lie in the memory of `x`? Answer each with `True` (it shares) or `False` (it has its own memory).""",
    code="""x = torch.arange(6).reshape(2, 3)
row = x[1]
flat = x.reshape(6)
turned = x.t().reshape(6)
same = x.contiguous()
cloned = x.clone()
x.fill_(9)
""",
    asks={name: f"bool(({name} == 9).all())" for name in ("row", "flat", "turned", "same", "cloned")},
    hints=(
        "For each: is there a shape and a pair of strides that reads the result out of the storage of `x`?",
        "`reshape` and `contiguous` copy only if they must. `x` is contiguous; `x.t()` is not.",
        "Two of the five have memory of their own: the copy by name and the one that no strides can read out of `x`.",
    ),
    minutes=2,
)


def _layouts(draw: Draw) -> Iterator[Case]:
    rows, columns = draw.shape_not_square(2, 5)
    yield case(draw.randn(rows, columns))
    yield case(draw.randn(rows, columns, dtype=torch.float64).t())
    yield case(draw.randint(0, 99, rows, 2 * columns)[:, ::2])
    yield case(draw.randn(2, rows, columns).permute(2, 0, 1))
    yield case(draw.randn(draw.integer(2, 6)))
    yield case(draw.randn(1, columns))
    yield case(draw.randn())
    yield case(draw.randn(0, columns))


FLAT_COPY = Exercise(
    id="memory.flat_copy",
    title="Flat, and always a copy",
    statement="""Write `flat_copy(x)`. `x` is a tensor of any shape and **any** strides. Return its elements
in reading order (row by row, as `x` prints) as a 1-D tensor of the same dtype. The result must **always**
have memory of its own, whatever the strides of `x` are. `x` stays as it is.

In the second example `x` is a transposed tensor.""",
    stub='''def flat_copy(x):
    """The elements of x in reading order, 1-D, always in memory of their own."""
    ...
''',
    examples=(case(torch.tensor([[0, 1, 2], [3, 4, 5]])), case(torch.tensor([[0, 1, 2], [3, 4, 5]]).t())),
    cases=_layouts,
    same=Same(memory=True),
    hints=(
        "Try your answer on a contiguous `x`, on `x.t()` and on `x[:, ::2]`. Write into the result. Did `x` change?",
        "`reshape` alone copies for some inputs only, and so does `contiguous()`. One more method copies in any case.",
        "First make it flat, in the way that never fails. Then `clone()` the result.",
    ),
    minutes=4,
)

PREDICT_INDEX = Prediction(
    id="memory.predict_index",
    title="Zero, zero, zero",
    statement="""Three rows of ones, and three attempts to make zeros of them. What does each row hold at
the end? Write tuples, like `(1, 1)`.""",
    code="""x = torch.ones(3, 2)
x[0].zero_()
x[[1]].zero_()
x[[2]] = 0
""",
    asks={"row_0": "x[0].tolist()", "row_1": "x[1].tolist()", "row_2": "x[2].tolist()"},
    hints=(
        "`x[0]` is an index with a number, `x[[1]]` an index with a *list*. One of them is a view.",
        "`x[[1]]` alone makes a new tensor. `x[[2]] = 0` has no new tensor in it: the `=` writes into `x`.",
        "One of the three attempts was lost: the one with a list and without an `=`.",
    ),
)


def _rows(draw: Draw) -> Iterator[Case]:
    def some(n: int, k: int) -> list[Any]:
        return draw.sample(range(n), k)

    yield case(draw.randn(5, 3), some(5, 2))
    yield case(draw.randn(3, 6, dtype=torch.float64), some(3, 2))
    yield case(draw.randint(1, 99, 4, 2), some(4, 1))
    yield case(draw.randn(6, 4)[:, ::2], some(6, 3))
    yield case(draw.randn(2, 1), some(2, 1))
    yield case(draw.randn(1, 3), [0])
    yield case(draw.randn(4, 3), [])


DOUBLE_ROWS = Exercise(
    id="memory.double_rows",
    title="Double some rows, in place",
    statement="""Write `double_rows(x, rows)`. `x` has shape `(batch, features)`; `rows` is a list of row
numbers, none of them twice (it may be empty). Double those rows **inside** `x` and leave the others alone.
Return `x` itself.""",
    stub='''def double_rows(x, rows):
    """Double the listed rows inside x; return x."""
    ...
''',
    examples=(case(torch.tensor([[1, 2], [3, 4], [5, 6]]), [0, 2]),),
    cases=_rows,
    same=Same(memory=True),
    hints=(
        "`x[rows]` on its own is a new tensor. Doubling *that* does not reach `x`.",
        "With `x[rows]` on the left of an `=`, you write into `x`.",
        "`x[rows] = …`: on the right, the same rows times 2. Then return `x`.",
    ),
    minutes=3,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_NUMPY,
    FLOAT_FEATURES,
    SNAPSHOTS,
    SAME_STORAGE,
    STRIDES_OF,
    PREDICT_VIEW,
    TRANSPOSE_BY_STRIDES,
    POINT_ROWS,
    PIXEL_ROWS,
    CHANNEL_FEATURES,
    PREDICT_SHARES,
    FLAT_COPY,
    PREDICT_INDEX,
    DOUBLE_ROWS,
)

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Tensors: grids of numbers
#
# After this lesson you can …
#
# - make a tensor, and say its shape and dtype before you print it;
# - tell `torch.tensor` from `torch.Tensor`;
# - cut rows, columns and rectangles out of a tensor, and take a number out of it;
# - read the error that a wrong dtype gives, and repair it;
# - lay out images as PyTorch wants them, and make the data set of this course.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import torch

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**.
# They show a verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it
# and print it.

# %% [markdown]
# ## A grid of numbers, all of one kind
#
# A tensor is a grid of numbers. It has a **shape**, which says how many numbers there are in each
# direction, and a **dtype**, the kind of number. All of its numbers are of the same kind.
#
# `torch.tensor` makes one from a list. Here are the four corners of a square, one corner in each row. You
# will meet these four points again and again.

# %%
points = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
print(points)
print("shape", points.shape)
print("dtype", points.dtype)
print("dimensions", points.ndim, "   numbers", points.numel())

# %% [markdown]
# A shape reads from the outside in: 4 rows, each with 2 numbers. We write it `(rows, columns)`, or, when
# each row is one example of many, `(batch, features)`. The number of **dimensions** is the length of the
# shape.
#
# Now you. Guess before you run anything.

# %% [markdown]
# {{exercise tensors.literal}}

# %%
x = torch.tensor([[1, 2, 3], [4, 5, 6]])
print(x.shape, x.dtype, x.ndim)
pb.see(x)

# %% [markdown]
# `pb.see` shows a tensor from inside. For now, look at its shape, its dtype and its values. Storage and
# strides come in the [next lesson](02_memory.ipynb); `requires_grad`, leaf and version in
# [lesson 4](04_autograd.ipynb).
#
# Where did the dtype come from? From how the numbers were written.

# %%
for data in ([1, 2], [1.0, 2.0], [1, 2.5], [True, False]):
    print(f"{data!s:14}", torch.tensor(data).dtype)
assert torch.tensor([1, 2.5]).dtype == torch.float32

# %% [markdown]
# Whole numbers give `int64`: whole numbers of 64 bits. One decimal point is enough to make all of them
# `float32`, which is the dtype that neural networks use. You can also say what you want, or convert later:

# %%
print(torch.tensor([1, 2], dtype=torch.float32))
print(torch.tensor([1, 2]).float())  # to float32
print(torch.tensor([1.9, -1.9]).long())  # to int64: the fraction is cut off
assert torch.tensor([1.9, -1.9]).long().tolist() == [1, -1]

# %% [markdown]
# **Break it.** A tensor is a full grid. Rows of different lengths have no place in it.

# %%
try:
    torch.tensor([[1, 2], [3]])
except ValueError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# ## A small t and a capital T
#
# There is `torch.tensor`, and there is `torch.Tensor`. What is the difference?

# %% [markdown]
# {{exercise tensors.constructors}}

# %% tags=["volatile"]
a = torch.tensor(3)
b = torch.Tensor(3)
c = torch.tensor([1, 2])
d = torch.Tensor([1, 2])
print("a", a, a.shape)
print("b", b, b.shape)
print("c", c, c.dtype)
print("d", d, d.dtype)
assert a.shape == () and b.shape == (3,)
assert c.dtype == torch.int64 and d.dtype == torch.float32

# %% [markdown]
# - `torch.tensor` is a function. What you give it is the **data**. It looks at the data and picks the
#   dtype.
# - `torch.Tensor` is the class of all tensors. A bare number is a **size** to it: `torch.Tensor(3)` is room
#   for three floats. Nobody has set them, so you see whatever was in memory. Run the cell again, and they
#   may differ. With a list it takes the data, but always as `float32`.
#
# What is inside `b` may look like zeros today and like nonsense tomorrow. That makes this mistake hard to
# find. With a fraction you are luckier, as no size is 2.5:

# %%
try:
    torch.Tensor(2.5)
except TypeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# The dtype bites elsewhere. Take three numbers, and ask for the first and the last by their places. Places
# are whole numbers.

# %%
prices = torch.tensor([10, 20, 30])
try:
    prices[torch.Tensor([0, 2])]
except IndexError as error:
    print(type(error).__name__, "|", error)
print(prices[torch.tensor([0, 2])])  # repaired

# %% [markdown]
# (*Long* is an older name of `int64`.) The rule is short: **the small t for data.** You need the capital T
# only as a name, as in `isinstance(x, torch.Tensor)`.
#
# ## When you know the size, not the values
#
# For these functions the numbers *are* sizes:

# %%
torch.manual_seed(0)
print("zeros", torch.zeros(2, 3))
print("ones ", torch.ones(3))
print("rand ", torch.rand(3))
print("randn", torch.randn(3))
assert torch.zeros(2, 3).dtype == torch.rand(3).dtype == torch.float32

# %% [markdown]
# `arange` counts. Its end does not belong to it, as with Python's `range`. Its dtype follows its numbers.

# %%
print(torch.arange(5))
print(torch.arange(2, 10, 3))
print(torch.arange(0, 1, 0.25))
assert torch.arange(5).dtype == torch.int64
assert torch.arange(0, 1, 0.25).dtype == torch.float32

# %% [markdown]
# `rand` and `randn` differ in one letter and in what they draw. `rand` draws evenly between 0 and 1.
# `randn` draws from the **normal** distribution: around 0, half of the numbers negative. Its standard
# deviation is 1, which means that about two thirds of the numbers lie between −1 and 1. Look at ten
# thousand of each:

# %%
torch.manual_seed(0)
even, normal = torch.rand(10_000), torch.randn(10_000)
for name, numbers in (("rand ", even), ("randn", normal)):
    print(f"{name}  smallest {numbers.min():5.2f}   mean {numbers.mean():5.2f}   largest {numbers.max():5.2f}")
print(f"share of randn between -1 and 1: {(normal.abs() < 1).float().mean():.2f}")
assert even.min() >= 0
assert abs(normal.std() - 1) < 0.05

# %% [markdown]
# `torch.manual_seed` sets where the random numbers begin. The same seed gives the same numbers. **Trap:**
# it does not make every draw alike.

# %%
torch.manual_seed(1)
first, second = torch.rand(2), torch.rand(2)
torch.manual_seed(1)
again = torch.rand(2)
print("second draw like the first?", torch.equal(first, second))
print("after the same seed again? ", torch.equal(first, again))

# %% [markdown]
# {{exercise tensors.number}}

# %% [markdown]
# ## Cutting: indices and slices
#
# In square brackets you say which part you want, one place for each dimension. A number picks one place. A
# slice `start:end` picks several; `:` picks all. Guess what that does to the shape.

# %% [markdown]
# {{exercise tensors.slices}}

# %%
x = torch.tensor([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])
print("x[1]     ", x[1], x[1].shape)
print("x[:, 1]  ", x[:, 1], x[:, 1].shape)
print("x[:, 1:2]", x[:, 1:2].tolist(), x[:, 1:2].shape)
print("x[0, 1:3]", x[0, 1:3])
assert x[:, 1].shape == (3,)
assert x[:, 1:2].shape == (3, 1)
assert torch.equal(x[:2], x[0:2, :])  # what you leave out is taken whole

# %% [markdown]
# Three rules cover it all:
#
# - places are counted from 0, and the end of a slice does not belong to it;
# - a **number takes its dimension away**, a slice keeps it;
# - places that you leave out at the end are taken whole: `x[:2]` means `x[:2, :]`, which is *rows*.
#
# Negative places count from the end. A third number is a step. And a slice on the left of `=` writes.

# %%
print("last row     ", x[-1])
print("each second  ", x[:, ::2].tolist())
print("from column 1", x[:, 1::2].tolist())
x[0, 2:] = 99
print(x)
assert x[-1, -1] == 23
assert x[0].tolist() == [0, 1, 99, 99]

# %% [markdown]
# **Break it.** A place that is not there is an error. So is a step backwards, which Python's lists allow.

# %%
for attempt in (lambda: x[3], lambda: x[::-1]):
    try:
        attempt()
    except (IndexError, ValueError) as error:
        print(type(error).__name__, "|", error)
print("repaired:", x.flip(0)[:, 0])
print("but a slice may be too long:", x[:, 2:100].shape)

# %% [markdown]
# **Trap:** that last line. A slice beyond the end is no error; you silently get less than you asked for.

# %% [markdown]
# {{exercise tensors.table}}

# %% [markdown]
# ## One number is a tensor too
#
# Add up a tensor and you get one number, inside a tensor without dimensions. Its shape is `()`. People call
# it 0-d.

# %%
total = points.sum()
print(total, total.shape, total.ndim)
print(total.item(), type(total.item()))
assert total.shape == ()
assert isinstance(total.item(), float)

# %% [markdown]
# `.item()` takes the number out, as a number of Python: an `int`, a `float` or a `bool`, as the dtype
# demands. You need it for printing, for lists, for files.
#
# **Break it.** `.item()` wants exactly one number. And a tensor without dimensions has no place 0. For
# several numbers there is `.tolist()`.

# %%
for attempt in (lambda: points.item(), lambda: total[0]):
    try:
        attempt()
    except (RuntimeError, IndexError) as error:
        print(type(error).__name__, "|", error)
print("repaired:", points.tolist())

# %% [markdown]
# {{exercise tensors.largest}}

# %% [markdown]
# ## Dtypes in arithmetic
#
# Take an average of whole numbers. Say first what happens.

# %% [markdown]
# {{exercise tensors.whole_mean}}

# %%
x = torch.tensor([1, 2])
try:
    m = x.mean()
except RuntimeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# The average of 1 and 2 is a fraction. An `int64` cannot hold it, and PyTorch does not choose another dtype
# for you. In messages dtypes have older names:

# %%
for dtype in (torch.int64, torch.float32, torch.float64, torch.uint8):
    print(f"{dtype!s:13}", torch.zeros(1, dtype=dtype).type().removeprefix("torch.").removesuffix("Tensor"))

# %% [markdown]
# **Trap:** it is not always so strict. Where numbers are combined place by place, whole numbers become
# floats quietly. And `/` always gives floats.

# %%
whole, floats = torch.tensor([1, 2]), torch.tensor([0.5, 0.5])
print(whole + floats)
print(whole / 2, whole // 2)
assert (whole + floats).dtype == (whole / 2).dtype == torch.float32
assert (whole // 2).dtype == torch.int64

# %% [markdown]
# But the product of two matrices, written `@`, refuses a mixture. You will use `@` from
# [lesson 3](03_operations.ipynb) on; networks are made of it. Nor can whole numbers have *gradients*, which
# are what a network learns with ([lesson 4](04_autograd.ipynb)).

# %%
counts = torch.tensor([[1, 2]])
weights = torch.tensor([[0.5], [0.25]])
for attempt in (lambda: counts @ weights, lambda: torch.tensor([1, 2], requires_grad=True)):
    try:
        attempt()
    except RuntimeError as error:
        print(type(error).__name__, "|", error)
print("repaired:", counts.float() @ weights)
print("repaired:", torch.tensor([1.0, 2.0], requires_grad=True))

# %% [markdown]
# {{exercise tensors.average}}

# %% [markdown]
# ## Images
#
# A picture is a tensor as well: each pixel is a number. A grey picture has one number per pixel, a colour
# picture three: red, green and blue. These are its **channels**. PyTorch always works on several images at
# once, a **batch**. So images have four dimensions, in this order: `(batch, channels, height, width)`.
# Height comes before width, because rows come before columns.

# %%
images = torch.zeros(2, 3, 4, 6)  # two colour images, 4 pixels high, 6 wide
print("first image      ", images[0].shape)
print("red of all       ", images[:, 0].shape)
print("top row of all   ", images[:, :, 0].shape)
print("left column      ", images[:, :, :, 0].shape)
assert images[:, :, 0].shape == (2, 3, 6)
assert images[0:1].shape == (1, 3, 4, 6)  # one image, still a batch

# %% [markdown]
# Draw into a grey one. To see it without a picture viewer, print `#` for 1 and `.` for 0.

# %%
image = torch.zeros(1, 1, 5, 8)
image[:, :, 1, :] = 1.0  # a line across
image[:, :, 2:, 6] = 1.0  # and one down, at the right


def show(image):
    for row in image[0, 0].tolist():
        print("".join("#" if pixel else "." for pixel in row))


show(image)

# %% [markdown]
# **Trap:** image files and NumPy put the channels last: `(height, width, channels)`. If a shape ends in 3,
# look twice. The next lesson shows how to turn it.

# %% [markdown]
# {{exercise tensors.crop}}

# %% [markdown]
# {{exercise tensors.checkerboard}}

# %% [markdown]
# Look at yours, if it is done:

# %%
board = checkerboard(5, 8)
show(board)

# %% [markdown]
# ## The data of this course
#
# Now make the data that all lessons use. It is called **continuous XOR**. *Exclusive or*, XOR for short,
# asks whether two things differ:
#
# | first | second | label |
# |---|---|---|
# | 0 | 0 | 0 |
# | 0 | 1 | 1 |
# | 1 | 0 | 1 |
# | 1 | 1 | 0 |
#
# These are the corners of the square, opposite corners with the same label. No straight line can separate
# the zeros from the ones. That makes it a small but honest task for a network. *Continuous* means that the
# points lie near the corners, not on them: a little noise is added.
#
# Draw some corners at random, and look at some noise:

# %%
torch.manual_seed(0)
corners = torch.randint(0, 2, (5, 2))
print(corners, corners.dtype)
print(0.1 * torch.randn(2, 2))

# %% [markdown]
# `randint(0, 2, …)` draws whole numbers from 0 up to, not including, 2. A factor of 0.1 keeps most of the
# noise between −0.1 and 0.1. Put the pieces together:

# %% [markdown]
# {{exercise tensors.xor}}

# %%
points, labels = xor(corners, 0.1)
if isinstance(points, torch.Tensor) and isinstance(labels, torch.Tensor):
    for point, label in zip(points.tolist(), labels.tolist()):
        print(f"({point[0]:5.2f}, {point[1]:5.2f})  label {label:.0f}")
else:
    print("xor is not written yet")

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `torch.tensor([1, 2])` | data → tensor; dtype from the data | whole numbers give `int64` |
# | `torch.tensor(3)` | the number 3, shape `()` | `torch.Tensor(3)` is room for three floats, not set |
# | `torch.Tensor([1, 2])` | a list → `float32`, always | refused as indices |
# | `zeros(2, 3)`, `ones`, `rand`, `randn` | the numbers are sizes | `rand` is even, `randn` is normal |
# | `arange(5)` | counts 0 to 4 | the end does not belong to it |
# | `x[1]`, `x[:, 1]` | a row, a column; the dimension goes | `x[:2]` is rows |
# | `x[:, 1:2]` | a column; the dimension stays | a slice too long is no error |
# | `x.item()`, `x.tolist()` | numbers for Python | `.item()` wants exactly one |
# | `x.float()`, `x.long()` | to `float32`, to `int64` | `.long()` cuts the fraction off |
# | `x.mean()` | needs floats | `Long` in a message is `int64` |
# | `x @ w` | needs one dtype for both | `x + w` does not, it converts |
# | `(batch, channels, height, width)` | the order for images | files have the channels last |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # Operations
#
# After this lesson you can …
#
# - tell an operation that makes a new tensor from one that changes the old one;
# - sum and average along the dimension you mean, and keep its place when you need it;
# - say in advance what **broadcasting** does with two shapes, and catch it when it does the wrong thing
#   silently;
# - join tensors with `cat` and `stack`, and add or remove dimensions of size 1;
# - choose between `*` and `@`, and write a linear layer by hand.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import torch

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They
# show a verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it and
# print it.

# %% [markdown]
# ## Element by element
#
# `+`, `-`, `*`, `/` and `**` work element by element. So do comparisons, and functions such as `torch.exp`.
# Each of them makes a **new tensor**.
#
# Our example is the XOR data of [lesson 1](01_tensors.ipynb): the four corners of a square, with a little
# noise. A corner's label is 1 if its two coordinates differ.

# %%
torch.manual_seed(0)
corners = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
points = corners + 0.1 * torch.randn(4, 2)
labels = corners[:, 0] != corners[:, 1]

print(points)
print("labels", labels, labels.dtype)
assert corners.dtype == torch.int64 and points.dtype == torch.float32  # whole numbers + floats = floats
assert corners.equal(torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]))  # `+` left the corners as they were

# %% [markdown]
# ## In place: the trailing underscore
#
# Predict before you run. What does each name read at the end?

# %% [markdown]
# {{exercise operations.predict_in_place}}

# %%
points = torch.zeros(3)
also = points
points.add_(1)
points = points + 10
print("also  ", also)
print("points", points)

# %% [markdown]
# `add_` is `add` with a trailing underscore. In PyTorch the underscore means **in place**: the tensor itself
# changes. There are `mul_`, `zero_`, `clamp_` and many more. They also return the tensor that they changed.
#
# `points = points + 10` is something else. It makes a new tensor and hangs the *name* `points` on it. The old
# tensor is still there, under the name `also`.
#
# Who sees a change in place? Everyone who looks at the same memory: other names, views, the code that called
# your function.

# %%
grid = torch.zeros(3, 2)
first_row = grid[0]  # a view: same memory
grid.add_(5)
assert first_row.tolist() == [5.0, 5.0]

result = grid.mul_(2)
assert result is grid  # the very same tensor, not a copy
pb.see(grid, first_row)


# %% [markdown]
# `first_row` has no numbers of its own: its two elements are the first two of `grid`.
#
# `pb.trace` runs a function and writes down every operation: whether it made **new** memory, gave a
# **view**, or wrote **in place**, and who else sees that write. (A tensor's *version* counts the writes to
# it. FLOPs and MACs count arithmetic.)


# %%
def double_first_column(h):
    first = h[:, 0]
    first.mul_(2)
    return h.sum()


pb.trace(double_first_column, torch.ones(3, 2))

# %% [markdown]
# **Trap:** `+=` looks like `x = x + …`, but on a tensor it works in place. A function can change its caller's
# data without meaning to.


# %%
def shifted(x):
    x += 100  # in place: the caller's tensor changes
    return x


mine = torch.zeros(2)
shifted(mine)
print("mine is now", mine)
assert mine.tolist() == [100.0, 100.0]

# %% [markdown]
# `add_` can change the numbers of a tensor, but not its dtype and not its shape. So it refuses a result that
# would not fit. Break it on purpose:

# %%
whole = torch.tensor([1, 2])
try:
    whole.add_(0.5)
except RuntimeError as error:
    print(type(error).__name__, "|", error)

try:
    torch.zeros(2).add_(torch.zeros(4, 2))
except RuntimeError as error:
    print(type(error).__name__, "|", error)

print("not in place, it works:", whole + 0.5)

# %% [markdown]
# Write without the underscore unless you have a reason. Now you:

# %% [markdown]
# {{exercise operations.move}}

# %% [markdown]
# ## Reductions: `dim` is what goes away
#
# A **reduction** makes fewer numbers out of many: `sum`, `mean`, `std`, `amax` (the largest), `argmax` (its
# index). Without `dim` it takes all elements and gives a 0-d tensor.

# %%
x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
print("all    ", x.sum())
print("dim=0  ", x.sum(dim=0), "one sum per column")
print("dim=1  ", x.sum(dim=1), "one sum per row")
assert x.sum().shape == ()
assert x.sum(dim=0).shape == (2,) and x.sum(dim=1).shape == (3,)
assert torch.equal(x.sum(dim=-1), x.sum(dim=1))  # -1 is the last dimension

# %% [markdown]
# `x` has the shape `(3, 2)`. `dim=0` is the dimension with 3 entries. It is added up and goes away; `(2,)`
# is left. Do not think "rows or columns". Think: **which size disappears from the shape?** That works with
# four dimensions, too.
#
# `keepdim=True` is new in the next guess. Its name says what it does.

# %% [markdown]
# {{exercise operations.predict_reduction}}

# %%
x = torch.ones(5, 2, 3)
summed = x.sum(dim=1)
kept = x.sum(dim=1, keepdim=True)
print("summed", tuple(summed.shape))
print("kept  ", tuple(kept.shape))
assert x.sum(dim=(0, 2)).shape == (2,)  # several dimensions at once
assert torch.equal(kept[:, 0, :], summed)  # the same numbers

# %% [markdown]
# `keepdim=True` leaves a 1 where the dimension was. The numbers are the same. Why would you want that 1?
# Because of broadcasting.
#
# One oddity: `max` and `min` with `dim` return a pair, the values and where they stood. `amax` and `amin`
# give the values alone.

# %%
pair = torch.tensor([[3.0, 9.0], [8.0, 1.0]]).max(dim=1)
print("values ", pair.values)
print("indices", pair.indices)
assert torch.equal(torch.tensor([[3.0, 9.0], [8.0, 1.0]]).amax(dim=1), pair.values)

# %% [markdown]
# ## Broadcasting
#
# Subtract from each point the mean of all points. The shapes are `(4, 2)` and `(2,)`. They differ, and it
# works.

# %%
points = corners + 0.1 * torch.randn(4, 2)
centre = points.mean(dim=0)
centred = points - centre
print(tuple(points.shape), "-", tuple(centre.shape), "gives", tuple(centred.shape))
assert torch.allclose(centred.mean(dim=0), torch.zeros(2), atol=1e-6)

# %% [markdown]
# This is **broadcasting**. The rule has three steps:
#
# 1. Write the shapes below each other, **flush right**.
# 2. Compare the sizes in each column. They must be equal, or one must be 1, or one must be missing.
# 3. A 1 or a missing size is stretched to the other size.
#
# ```
# points   4  2          column   2  1          images   8  3  5  5
# centre      2          row         3          colour      3  1  1
#          ----                   ----                   ----------
#          4  2                   2  3                   8  3  5  5
# ```

# %%
assert (torch.zeros(4, 2) + torch.zeros(2)).shape == (4, 2)
assert (torch.zeros(2, 1) + torch.zeros(3)).shape == (2, 3)
assert (torch.zeros(8, 3, 5, 5) * torch.zeros(3, 1, 1)).shape == (8, 3, 5, 5)

# %% [markdown]
# "Stretched" costs no memory. `expand` does the same thing openly. Look at the strides.

# %%
row = torch.tensor([[1.0, 2.0, 3.0]])
stretched = row.expand(4, 3)
assert stretched.stride() == (0, 1)
assert stretched.data_ptr() == row.data_ptr()
pb.see(row, stretched)

# %% [markdown]
# The stride of the first dimension is **0**: one step down moves by nothing, so all four rows are the same
# three numbers in memory. Broadcasting reads a tensor as if it had been expanded like this.

# %% [markdown]
# {{exercise operations.predict_broadcast}}

# %%
one = torch.zeros(5, 4) + torch.zeros(4)
two = torch.zeros(6, 1) + torch.zeros(2)
three = torch.zeros(3, 1, 4) + torch.zeros(3, 1)
print(tuple(one.shape), tuple(two.shape), tuple(three.shape))

# %% [markdown]
# Now break it. The mean of each *row* has the shape `(4,)`. Flush right, the 4 stands under the 2.

# %%
row_means = points.mean(dim=1)
try:
    points - row_means
except RuntimeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# "Non-singleton" means: not of size 1. This error is good luck: with a square tensor there is **no error**.
# Each column, not each row, then loses a number. Watch:

# %%
square = torch.tensor([[0.0, 0.0], [10.0, 10.0]])
print("row means", square.mean(dim=1))
print(square - square.mean(dim=1))
assert (square - square.mean(dim=1)).tolist() == [
    [0.0, -10.0],
    [10.0, 0.0],
]  # row means removed: all would be 0

# %% [markdown]
# You know the tool that repairs it: the mean of a row must keep its place. So test your code with shapes that
# are **not square**.

# %% [markdown]
# {{exercise operations.row_shares}}

# %% [markdown]
# The same idea in four dimensions is a common step before images go into a network:

# %% [markdown]
# {{exercise operations.normalise_channels}}

# %% [markdown]
# ## `unsqueeze` and `squeeze`
#
# You can put a dimension of size 1 wherever you want one. `unsqueeze(d)` puts it at place `d`. `squeeze(d)`
# takes it away again, if its size is 1. Both are views.

# %%
t = torch.tensor([1.0, 2.0, 4.0])
print("t             ", tuple(t.shape))
print("t.unsqueeze(0)", tuple(t.unsqueeze(0).shape), "a row")
print("t.unsqueeze(1)", tuple(t.unsqueeze(1).shape), "a column")
assert torch.equal(t[:, None], t.unsqueeze(1))  # None in an index does the same
assert torch.equal(t.unsqueeze(1).squeeze(1), t)
assert t.unsqueeze(1).data_ptr() == t.unsqueeze(1).squeeze(1).data_ptr() == t.data_ptr()  # views: same memory
assert torch.zeros(3, 2).squeeze(1).shape == (3, 2)  # size 2: nothing to take away

# %% [markdown]
# A column against a row gives a **table of all pairs**. Here are all differences between three times:

# %%
table = t.unsqueeze(1) - t.unsqueeze(0)
print(table)
assert table[2, 0] == t[2] - t[0]

# %% [markdown]
# **Trap:** `squeeze()` without a number takes away *every* dimension of size 1. With a batch of one image,
# the batch goes too. Name the dimension.

# %%
batch_of_one = torch.zeros(1, 1, 8, 8)
print("squeeze() ", tuple(batch_of_one.squeeze().shape))
print("squeeze(1)", tuple(batch_of_one.squeeze(1).shape))

# %% [markdown]
# The table of all pairs has a twin for points. Where do the dimensions of size 1 go?

# %% [markdown]
# {{exercise operations.pairwise_distances}}

# %% [markdown]
# ## Outputs and targets
#
# A model often gives outputs of the shape `(N, 1)`, while the *targets*, the right answers, have the shape
# `(N,)`. A *loss* says in one number how far the outputs are off. Guess what happens.

# %% [markdown]
# {{exercise operations.predict_silent}}

# %%
output = torch.tensor([[1.0], [2.0], [3.0]])
target = torch.tensor([1.0, 2.0, 3.0])
difference = output - target
loss = (difference**2).mean()
print(difference)
print("loss", loss)
assert difference.shape == (3, 3)

# %% [markdown]
# It is the table of all pairs again, and this time nobody asked for it. The outputs are perfect, but the loss
# is not 0. No error, and here not even a warning. A trace of the same line flags it:

# %%
pb.trace(lambda: ((output - target) ** 2).mean())

# %% [markdown]
# PyTorch's own loss for this, `mse_loss` (*mean squared error*), warns, but still returns the wrong
# number:

# %%
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    loss = torch.nn.functional.mse_loss(output, target)
print("loss", loss)
print(caught[0].category.__name__, "|", caught[0].message)
assert torch.isclose(loss, torch.tensor(4 / 3))

# %% [markdown]
# The same thing happens to an *accuracy*, the share of right answers. Four samples, all predicted right:

# %%
predicted = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
correct = (predicted == labels).sum()
print("correct:", correct.item(), "of", len(labels), "samples")
print("compared:", (predicted == labels).numel(), "pairs")
assert correct == 8

# %% [markdown]
# Eight correct out of four: now you know the sign. The habit that prevents it is one line,
# `assert output.shape == target.shape`. Now repair it, and then build the guard:

# %% [markdown]
# {{exercise operations.accuracy}}

# %% [markdown]
# {{exercise operations.strict_loss}}

# %% [markdown]
# ## Join: `cat` and `stack`
#
# `cat` joins along a dimension that **exists**. `stack` makes a **new** one. Both copy.

# %%
a, b = torch.zeros(2, 3), torch.ones(2, 3)
print("cat   dim=0", tuple(torch.cat([a, b], dim=0).shape), "longer")
print("stack dim=0", tuple(torch.stack([a, b], dim=0).shape), "a new dimension in front")
print("stack dim=2", tuple(torch.stack([a, b], dim=2).shape), "a new dimension at the end")

joined, stacked = torch.cat([a, b]), torch.stack([a, b])
a.add_(7)
assert joined[0, 0] == 0 and stacked[0, 0, 0] == 0  # copies: they do not see the change

# %% [markdown]
# The pieces of a `cat` must agree in every other size, and nothing is broadcast. A `stack` wants equal
# shapes.

# %%
for pieces, join in [
    ((torch.zeros(2, 3), torch.zeros(2)), torch.cat),
    ((torch.zeros(3), torch.zeros(4)), torch.stack),
]:
    try:
        join(pieces)
    except RuntimeError as error:
        print(join.__name__, "|", error)

# %% [markdown]
# With `cat` we make the real data set: 100 noisy points around each corner.

# %%
torch.manual_seed(0)
clusters = [corner + 0.1 * torch.randn(100, 2) for corner in corners]
x = torch.cat(clusters)
y = torch.cat([torch.full((100,), float(label)) for label in labels])
print("x", tuple(x.shape), " y", tuple(y.shape), " ones among the labels:", int(y.sum()))

# %% [markdown]
# {{exercise operations.with_ones}}

# %% [markdown]
# {{exercise operations.image_batch}}

# %% [markdown]
# ## `*` is not `@`
#
# There are two products. `*` multiplies elements that stand in the same place, and broadcasts. `@` is the
# **matrix product**; `torch.matmul` is its long name. In `a @ b`, each row of `a` meets each column of `b`:
# multiply, and sum up.

# %% [markdown]
# {{exercise operations.predict_star}}

# %%
a = torch.tensor([[1, 2], [3, 4]])
b = torch.tensor([[0, 1], [1, 0]])
star = a * b
at = a @ b
print(star)
print(at)
assert torch.equal(torch.matmul(a, b), at)
assert not torch.equal(a @ b, b @ a)  # the order matters

# %% [markdown]
# For `@` the **inner sizes** must meet. They go away, and the outer ones stay: `(n, k) @ (k, m)` gives `(n,
# m)`.

# %%
assert (torch.zeros(5, 3) @ torch.zeros(3, 2)).shape == (5, 2)
assert (torch.zeros(5, 3) @ torch.zeros(3)).shape == (5,)  # matrix and vector
assert (torch.zeros(3) @ torch.zeros(3)).shape == ()  # two vectors: one number
assert (torch.zeros(7, 5, 3) @ torch.zeros(3, 2)).shape == (
    7,
    5,
    2,
)  # dimensions in front: a batch of matrices

a, b = torch.ones(3, 2), torch.ones(3, 2)
print("a * b has the shape", tuple((a * b).shape))
try:
    a @ b
except RuntimeError as error:
    print("a @ b |", type(error).__name__, "|", error)

# %% [markdown]
# **Trap:** with square matrices both products work and give the same shape. So, again: test with shapes
# that are not square.
#
# For a single layer of a network ([lesson 6](06_model.ipynb)) you need one matrix product and one
# broadcast. Our points have 2 inputs. Three outputs for each need 3 × 2 weights and 3 numbers to add, the
# *bias*:

# %%
torch.manual_seed(0)
weight, bias = torch.randn(3, 2), torch.randn(3)
print("x", tuple(x.shape), " weight", tuple(weight.shape), " bias", tuple(bias.shape), " wanted", (len(x), 3))

# %% [markdown]
# {{exercise operations.linear_by_hand}}

# %% [markdown]
# ## All together: a softmax
#
# A *classifier* sorts things into classes, and gives one **score** per class. The *softmax* turns scores
# into shares that sum to 1: take `exp` of each, then divide by the sum. Written down like that, it has a
# hole:

# %%
for scores in (torch.tensor([1.0, 2.0]), torch.tensor([1000.0, 1001.0])):
    powers = torch.exp(scores)
    print(scores, "exp:", powers, "shares:", powers / powers.sum())

# %% [markdown]
# `exp(1000)` does not fit into a `float32`. It becomes `inf`, and `inf / inf` is `nan`, "not a number". But
# look at the two score pairs: both differ by 1, so their shares should be the same. Adding one number to all
# scores changes nothing, as small numbers show:

# %%
scores = torch.tensor([1.0, 2.0])
for extra in (0, 3, -3):
    powers = torch.exp(scores + extra)
    print(f"{extra:+d}", powers / powers.sum())

# %% [markdown]
# Now you have all you need:

# %% [markdown]
# {{exercise operations.stable_softmax}}

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `a + b`, `torch.exp(a)` | element by element, new tensor | shapes may broadcast without a word |
# | `a.add_(b)`, `a += b` | changes `a`; views and callers see it | cannot change dtype or shape |
# | `x.sum(dim=1)` | dimension 1 goes away | `dim` is what disappears, not what stays |
# | `x.sum(dim=1, keepdim=True)` | a 1 stays in its place | without it, the wrong dimension is lined up |
# | `(N, 1)` with `(N,)` | `(N, N)`: all pairs | silent in a loss or an accuracy |
# | `unsqueeze(d)`, `squeeze(d)` | a size 1 comes, or goes; a view | `squeeze()` takes every 1 |
# | `torch.cat` | longer along a dimension that exists | does not broadcast |
# | `torch.stack` | a new dimension | all shapes must be equal |
# | `a * b` | element by element | not the matrix product |
# | `a @ b`, `torch.matmul(a, b)` | matrix product, `(n, k) @ (k, m)` | square shapes hide mistakes |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # Memory: who shares, who copies
#
# After this lesson you can …
#
# - bring numbers from NumPy to PyTorch and back, and say whether they were copied;
# - read shape, strides and offset, and find any element in the storage;
# - tell a view from a transpose;
# - repair the error that `view` raises after `permute`, in two ways;
# - get a copy when you need one, and no copy when you do not.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import numpy as np
import torch

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**.
# They show a verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it
# and print it.

# %% [markdown]
# ## In from NumPy
#
# NumPy is the older library for grids of numbers; its grids are called **arrays**. Files and measurements
# often reach you as arrays. Here are four XOR points as one: the corners of the square, with a little
# noise.

# %%
rng = np.random.default_rng(0)
corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
measured = corners + 0.1 * rng.standard_normal((4, 2))
print(measured.round(2))
print(type(measured), measured.shape, measured.dtype)
print("bytes a number: NumPy", measured.itemsize, "  PyTorch", torch.tensor([0.5]).element_size())

# %% [markdown]
# There are two ways in: `torch.from_numpy(array)` and `torch.tensor(array)`. Guess how they differ.

# %% [markdown]
# {{exercise memory.predict_numpy}}

# %%
array = np.array([1.0, 2.0, 3.0])
first = torch.from_numpy(array)
second = torch.tensor(array)
array[0] = 7.0
print("first ", first)
print("second", second)
assert first[0] == 7.0 and second[0] == 1.0

# %% [markdown]
# `torch.from_numpy` **shares**: it puts a tensor on the array's own bytes. No number is copied, which is
# fast. The price is that whoever changes one changes the other. `torch.tensor` **copies**.
#
# The picture below draws each block of memory once, with everything that lies in it.

# %%
pb.see(array, first, second)

# %% [markdown]
# ### Trap: the dtype comes along
#
# NumPy's numbers with a decimal point are `float64`, 8 bytes each. PyTorch's own are `float32`, 4 bytes
# each. Both ways in keep what they find. For a while nobody notices. Then the numbers meet a *layer*, a
# part of a network that multiplies by weights of its own. ([Lesson 6](06_model.ipynb) is about layers.)
# Its weights are `float32`.

# %%
layer = torch.nn.Linear(2, 1)
print("weights", layer.weight.dtype, "  points", torch.from_numpy(measured).dtype)
try:
    layer(torch.from_numpy(measured))
except RuntimeError as error:
    print(type(error).__name__ + ":", error)

# %% [markdown]
# In such messages `Double` is `float64` and `Float` is `float32`. Convert the points, not the layer:

# %%
ready = torch.from_numpy(measured).float()
print(ready.dtype, "→ outputs of shape", layer(ready).shape)
assert ready.dtype == torch.float32

# %% [markdown]
# {{exercise memory.float_features}}

# %% [markdown]
# The next cell shows the trap inside that exercise. `.float()` copies only if there is something to
# convert.

# %%
already = np.zeros(3, dtype=np.float32)
converted = torch.from_numpy(already).float()
already[0] = 7.0
print(converted)
assert converted[0] == 7.0  # still the array's memory

# %% [markdown]
# ### And out again
#
# `x.numpy()` is the way back. It shares, too.

# %%
x = torch.zeros(3)
out = x.numpy()
x[1] = 5.0
print(out, out.dtype)
assert out[1] == 5.0

# %% [markdown]
# That is why the diary in the next exercise does not work. You meet such diaries wherever training is
# recorded. (A method whose name ends in `_`, such as `mul_`, changes the tensor itself: it works *in
# place*. [Lesson 3](03_operations.ipynb) says more.)

# %% [markdown]
# {{exercise memory.snapshots}}

# %% [markdown]
# ## One row of numbers
#
# How can two tensors share? Memory has no rows and columns. It is one long row of cells. The cells that
# belong to a tensor are its **storage**. The tensor itself is only a way to read them. It consists of three
# things:
#
# - the **shape**;
# - the **strides**: for each dimension, how many cells you move in the storage when you take one step in it;
# - the **offset**: the cell where the reading begins.

# %%
x = torch.tensor([[0, 1, 2], [3, 4, 5]])
print("shape", tuple(x.shape), " strides", x.stride(), " offset", x.storage_offset())
print("storage:", x.untyped_storage().nbytes(), "bytes =", x.numel(), "numbers of", x.element_size(), "bytes")
pb.see(x)

# %% [markdown]
# The strides `(3, 1)` say: one row down is three cells further, one column to the right is one cell
# further. Element `x[i, j]` lies in cell `offset + 3 * i + 1 * j`. The next cell checks that for all six.

# %%
cells = [0, 1, 2, 3, 4, 5]  # the storage of x, from front to back
down, right = x.stride()
for i in range(2):
    for j in range(3):
        assert x[i, j] == cells[x.storage_offset() + down * i + right * j]
print("All six are where the strides say.")

# %% [markdown]
# Now cut a row and a column, and transpose. Nothing is moved. Each result is a new way to read the *same*
# cells. That is called a **view**.

# %%
row, column, turned = x[1], x[:, 2], x.t()
for name, view in (("row", row), ("column", column), ("turned", turned)):
    print(f"{name:7} shape {tuple(view.shape)!s:7} strides {view.stride()!s:7} offset {view.storage_offset()}")
column[0] = 99
print(x)
assert x[0, 2] == 99 and turned[2, 0] == 99
x[0, 2] = 2  # as it was

# %%
pb.see(x, row, turned)

# %% [markdown]
# In memory, each cell has an address, a number. `data_ptr()` is the address where a tensor's *first
# element* lies; `untyped_storage()` gives you the storage. The row begins three numbers into it, at 8 bytes
# each:

# %%
print(row.data_ptr() - x.data_ptr(), "bytes later")
assert row.data_ptr() - x.data_ptr() == 3 * 8

# %% [markdown]
# {{exercise memory.same_storage}}

# %% [markdown]
# A tensor whose elements, read row by row, lie one after the other without gaps is called **contiguous**.
# Fresh tensors are. In three dimensions and more, the strides of a contiguous tensor follow a simple rule.
# Find it:

# %%
for shape in ((5,), (2, 5), (4, 2, 5), (3, 4, 2, 5)):
    print(f"{shape!s:13} strides {torch.zeros(shape).stride()}")
assert torch.zeros(2, 5).is_contiguous() and not torch.zeros(2, 5).t().is_contiguous()

# %% [markdown]
# {{exercise memory.strides_of}}

# %% [markdown]
# NumPy has strides as well, but counts them in bytes:

# %%
print("PyTorch", x.stride(), "  NumPy", x.numpy().strides)
assert x.numpy().strides == (24, 8)

# %% [markdown]
# ## A new shape is not a transpose
#
# `x.view(3, 2)` gives a view with another shape. `x.t()` makes rows into columns. Both turn `(2, 3)` into
# `(3, 2)`.

# %% [markdown]
# {{exercise memory.predict_view}}

# %%
y = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 7]])
v = y.view(4, 2)
t = y.t()
print(v, "strides", v.stride())
print(t, "strides", t.stride())
assert v[0].tolist() == [0, 1] and t[0].tolist() == [0, 4]
pb.see(y, v, t)

# %% [markdown]
# `view` keeps the reading order and breaks the lines elsewhere. `t()` swaps shape and strides. The numbers
# in the storage stay where they are, both times.
#
# ### Make your own view
#
# `torch.as_strided(x, size, stride)` takes any shape and any strides, and starts at the offset of `x`. A
# diagonal is one row down and one column to the right at each step. In a 3 × 3 tensor that is 3 + 1 cells:

# %%
square = torch.arange(9).reshape(3, 3)
print(square)
print("diagonal    ", torch.as_strided(square, (3,), (4,)))
print("last column ", torch.as_strided(square[:, 2], (3,), (3,)))
assert torch.as_strided(square, (3,), (4,)).tolist() == [0, 4, 8]

# %% [markdown]
# It is a sharp tool. It hardly checks anything, except that you do not leave the storage. Nobody needs it
# every day, but whoever can use it has understood strides.

# %%
try:
    torch.as_strided(square, (3,), (5,))
except RuntimeError as error:
    print(type(error).__name__ + ":", error)

# %% [markdown]
# {{exercise memory.transpose_by_strides}}

# %% [markdown]
# Taking one for the other is a **silent** mistake. Below, the XOR points lie in columns, and `view` is
# asked for the transpose. The shape is right, and no error comes. But the points are false, and no model
# will learn from them.

# %%
coordinates = torch.tensor([[0.0, 0.9, 0.1, 1.0], [0.1, 0.0, 1.0, 0.9]])
false_points = coordinates.view(4, 2)
print("point 0 is ", coordinates[:, 0])
print("view says  ", false_points[0])
assert false_points.shape == (4, 2)
assert not torch.equal(false_points[0], coordinates[:, 0])

# %% [markdown]
# {{exercise memory.point_rows}}

# %% [markdown]
# ## When `view` refuses
#
# `permute` is `t()` for any number of dimensions: name the old dimensions in their new order. It is a view,
# too. And in any new shape, one `-1` stands for “as many as it takes”.

# %%
images = torch.zeros(2, 3, 4, 6)  # (batch, channels, height, width)
channels_last = images.permute(0, 2, 3, 1)
print(tuple(channels_last.shape), channels_last.stride())
assert channels_last.data_ptr() == images.data_ptr()
assert images.view(2, -1).shape == (2, 72)

# %% [markdown]
# Now flatten a tensor after `permute`, and it breaks:

# %%
try:
    x.permute(1, 0).view(6)
except RuntimeError as error:
    print(type(error).__name__ + ":", error)

# %% [markdown]
# Why? Read the transpose row by row, and note which cell of the storage each element lies in. (`x` holds
# its own cell numbers, so print it.)

# %%
visited = [cell for line in x.t().tolist() for cell in line]
steps = [later - earlier for earlier, later in zip(visited, visited[1:])]
print("cells", visited)
print("steps", steps)
assert len(set(steps)) > 1

# %% [markdown]
# Forward, back, forward, back. A 1-D tensor has *one* stride: all its steps are alike. So no view exists
# here. Somebody has to copy, and `view` promises never to.

# %% [markdown]
# {{exercise memory.pixel_rows}}

# %% [markdown]
# You can also ask for another layout. `contiguous()` gives the same tensor, with the elements laid out
# anew in reading order:

# %%
anew = x.t().contiguous()
print("x.t()        strides", x.t().stride())
print("contiguous() strides", anew.stride())
assert torch.equal(anew, x.t()) and anew.is_contiguous()
pb.see(x, anew)

# %% [markdown]
# {{exercise memory.channel_features}}

# %% [markdown]
# ## Does it copy?
#
# `view` never copies. `clone` always does. In between stand the kind ones, which copy only if they must.
# Guess:

# %% [markdown]
# {{exercise memory.predict_shares}}

# %%
x = torch.arange(6).reshape(2, 3)
results = {
    "x[1]": x[1],
    "x.reshape(6)": x.reshape(6),
    "x.t().reshape(6)": x.t().reshape(6),
    "x.contiguous()": x.contiguous(),
    "x.clone()": x.clone(),
}
x.fill_(9)
for name, result in results.items():
    print(f"{name:17}", "shares" if bool((result == 9).all()) else "copies", result.tolist())
assert x.contiguous() is x

# %% [markdown]
# `reshape` gives a view where one exists, and a copy where none does. Which it is depends on the strides of
# the tensor that comes in. So never *rely* on either. If you must have a view, write `view`: it raises
# rather than copy.
#
# One more thing about `clone`: it copies the numbers *and* keeps their layout, where it can.

# %%
x = torch.arange(6).reshape(2, 3)
print("x.t()        ", x.t().stride())
print("x.t().clone()", x.t().clone().stride())
assert x.t().clone().stride() == (1, 3)

# %% [markdown]
# {{exercise memory.flat_copy}}

# %% [markdown]
# ## Lists of positions
#
# `x[1]` and `x[:, 1:]` are views. You can also index with a *list* of positions, as in `x[[0, 2]]`: rows 0
# and 2.

# %% [markdown]
# {{exercise memory.predict_index}}

# %%
x = torch.ones(3, 2)
x[0].zero_()
x[[1]].zero_()
x[[2]] = 0
print(x)
assert x.tolist() == [[0, 0], [1, 1], [0, 0]]

# %% [markdown]
# A list may name the rows in any order, and strides cannot follow that. So an index that is a list, a
# tensor of positions, or a mask of `True` and `False` always copies. `x[[1]].zero_()` cleared the copy, and
# nobody kept it. No error, no warning.
#
# `x[[2]] = 0` looks alike, but takes nothing out. With `=` behind it, PyTorch writes into those places of
# `x`.

# %%
x = torch.ones(3, 2)
mask = torch.tensor([True, False, True])
x[mask].zero_()
x[torch.tensor([0, 2])].zero_()
print("after zero_:", x.sum().item())
x[mask] = 0
print("after =    :", x.sum().item())
assert x.sum() == 2

# %% [markdown]
# {{exercise memory.double_rows}}

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `torch.from_numpy(array)` | a tensor on the array's bytes | they change together; `float64` stays |
# | `torch.tensor(array)` | a copy | keeps the dtype: add `dtype=torch.float32` |
# | `x.numpy()` | an array on the tensor's bytes | a diary of these forgets |
# | `x.float()` | `float32` | no copy if it was `float32` already |
# | `x.stride()` | cells per step, for each dimension | NumPy counts bytes |
# | `x.view(3, 2)` | other line breaks, same storage | does not transpose; raises after `permute` |
# | `x.t()`, `x.permute(1, 0)` | rows become columns, same storage | no longer contiguous |
# | `x.reshape(3, 2)` | a view where one exists, else a copy | never rely on either |
# | `x.contiguous()` | laid out in reading order | gives `x` itself if it was so already |
# | `x.clone()` | always a copy | keeps a transposed layout |
# | `x[0]`, `x[:, 1:]` | a view | writing into it changes `x` |
# | `x[[0, 2]]`, `x[mask]` | a copy | `x[[0, 2]].zero_()` is lost; `x[[0, 2]] = 0` is not |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

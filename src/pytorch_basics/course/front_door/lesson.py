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
# # PyTorch basics in one sitting
#
# This notebook takes you from your first tensor to a trained classifier. It uses plain PyTorch, NumPy and
# matplotlib. There is nothing to download.
#
# At the end you will be able to:
#
# - make **tensors**, know their type, and know who shares memory with whom;
# - add, reshape and multiply them with **operations**;
# - let PyTorch compute gradients with its **dynamic graph** and **backpropagation**;
# - write **a model** of your own;
# - measure how wrong it is with a **loss module**;
# - make it better with an **optimizer**.
#
# Beside each rule stands its **trap**: the mistake that people really make. Some cells provoke an error on
# purpose. They catch it and print its message, so *Restart and run all* goes through to the end. Run every
# cell, change the numbers, run it again. You cannot break anything.

# %% tags=["volatile"]
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

print("PyTorch", torch.__version__)
print("NumPy  ", np.__version__)

# %% [markdown]
# ## Tensors
#
# A tensor is a grid of numbers, all of one type. You can make one from a list with `torch.tensor`. Every
# tensor has a **shape** (how many numbers in each direction), a **dtype** (the type of the numbers) and a
# **device** (where the numbers live).
#
# Deeper lessons: [Tensors](notebooks/01_tensors.ipynb) and [Memory](notebooks/02_memory.ipynb).

# %%
grid = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(grid)
print("shape ", grid.shape)
print("dtype ", grid.dtype)
print("device", grid.device)

# %% [markdown]
# Often you want a tensor of a given shape. Then you pass the **sizes**, not the values. `zeros` fills it
# with zeros, `rand` and `randn` with random numbers. `torch.manual_seed` makes these repeatable: same seed,
# same numbers.
#
# **Trap: one letter.** `rand` draws evenly between 0 and 1. `randn` draws from the *normal* distribution:
# mean 0, standard deviation 1, and about half of the numbers are negative. Look at a few, then at ten
# thousand of each.

# %%
torch.manual_seed(0)
print("zeros", torch.zeros(2, 3).tolist())
print("rand ", torch.rand(5))
print("randn", torch.randn(5))
for name, numbers in [("rand ", torch.rand(10_000)), ("randn", torch.randn(10_000))]:
    low, mean, high, below = numbers.min(), numbers.mean(), numbers.max(), (numbers < 0).float().mean()
    print(f"{name} min {low:5.2f}  mean {mean:5.2f}  max {high:5.2f}  below 0: {below:.0%}")

# %% [markdown]
# ### `torch.tensor` and `torch.Tensor`
#
# They look alike and are not. `torch.tensor` (small t) is a function. It looks at your values and picks the
# dtype. `torch.Tensor` (capital T) is the class of all tensors. If you call it with a list, it makes 32-bit
# floats, whatever you gave it.
#
# **Trap:** whole numbers become `int64`, and PyTorch takes no mean of those. Write `1.0` instead of `1`, or
# convert with `.float()`.

# %%
for values in ([1, 2], [1.0, 2.0], [True, False]):
    small, capital = torch.tensor(values), torch.Tensor(values)
    print(f"{values!s:14} torch.tensor: {small.dtype!s:14} torch.Tensor: {capital.dtype}")

try:
    torch.tensor([1, 2]).mean()
except RuntimeError as error:
    print("RuntimeError:", error)

print("with .float():", torch.tensor([1, 2]).float().mean())

# %% [markdown]
# **Trap: `torch.Tensor(3)` is not the number 3.** It reads the 3 as a *size*. You get three numbers that
# nobody has set: whatever was in memory before. Run the cell again and they may change.
#
# `torch.tensor(3)` *is* the number 3. Its shape is empty, because it has no directions at all. We call this
# a **0-d** tensor. `.item()` takes the plain Python number out.
#
# So: `torch.tensor` for values; `zeros`, `rand` or `randn` for sizes. Leave `torch.Tensor(…)` alone.

# %% tags=["volatile"]
unset = torch.Tensor(3)
three = torch.tensor(3)
print("torch.Tensor(3):", unset, " shape", tuple(unset.shape))
print("torch.tensor(3):", three, " shape", tuple(three.shape))
print("as a Python number:", three.item())

# %% [markdown]
# ### A batch of images
#
# An image is a tensor too. We usually hold many images at once, a **batch**. PyTorch keeps them in this
# order: `(batch, channels, height, width)`. The channels are red, green and blue. Here are four images of
# 8×8 pixels. A colon means "all of them"; `4:` means "from 4 on".

# %%
torch.manual_seed(0)
images = torch.zeros(4, 3, 8, 8)
images[0, :, :, 4:] = 1.0  # image 0, all channels, all rows, the right columns
images[1, :, 4:, :] = 1.0  # image 1, all channels, the lower rows
images[2, 0] = 1.0  # image 2, channel 0: red
images[3] = torch.rand(3, 8, 8)  # image 3: noise
print("images", images.shape)
print("image 0, red channel, top row:", images[0, 0, 0])

# %% [markdown]
# **Trap:** matplotlib wants the channels *last*: `(height, width, channels)`. Our order is an invalid shape
# to it. `permute(1, 2, 0)` puts the directions in the order we name.

# %%
names = ["right half white", "lower half white", "red channel only", "noise"]
figure, axes = plt.subplots(1, 4, figsize=(9, 2.6))
try:
    axes[0].imshow(images[0])
except TypeError as error:
    print("TypeError:", error)
print("permuted: ", tuple(images[0].permute(1, 2, 0).shape))

for axis, image, name in zip(axes, images, names):
    axis.imshow(image.permute(1, 2, 0))
    axis.set_title(name, fontsize=10)
    axis.set(xticks=[], yticks=[])
plt.show()

print("The same in numbers: mean brightness of each half, and of each channel.")
print("image               left right   top lower     red green  blue")
for image, name in zip(images, names):
    halves = [image[:, :, :4], image[:, :, 4:], image[:, :4, :], image[:, 4:, :]]
    row = [half.mean().item() for half in halves] + [channel.mean().item() for channel in image]
    print(f"{name:18}", *[f"{value:5.2f}" for value in row[:4]], " ", *[f"{value:5.2f}" for value in row[4:]])

# %% [markdown]
# ### NumPy and back
#
# There are three ways to cross between NumPy and PyTorch. The question is always: do both sides **share**
# the same memory, or is one a **copy**? The proof is simple. Change one side and look at the other. A
# second proof: ask each side for the address of its first number. Same address, same memory.

# %%
array = np.array([1.0, 2.0, 3.0])
shared = torch.from_numpy(array)
copied = torch.tensor(array)
array[0] = 100.0
print("torch.from_numpy(array):", shared.tolist(), " <- changed too: it shares")
print("torch.tensor(array):    ", copied.tolist(), " <- unchanged: it copied")

tensor = torch.zeros(3)
back = tensor.numpy()
tensor[0] = 7.0
print("tensor.numpy():         ", back.tolist(), " <- changed too: it shares")

print("same address?  from_numpy:", shared.data_ptr() == array.ctypes.data, end="   ")
print("torch.tensor:", copied.data_ptr() == array.ctypes.data, end="   ")
print(".numpy():", tensor.data_ptr() == back.ctypes.data)

# %% [markdown]
# **Trap:** NumPy's floats normally have 64 bits, PyTorch's have 32. A tensor that comes from NumPy keeps
# its 64 bits, and then a layer refuses it. (`nn.Linear` is a layer. We meet it properly in *The Model*.)
# `.float()` is the cure.

# %%
layer = nn.Linear(3, 1)
print("from NumPy:", shared.dtype, "  layer:", layer.weight.dtype)
try:
    layer(shared)
except RuntimeError as error:
    print("RuntimeError:", error)

print("after .float():", layer(shared.float()).dtype)

# %% [markdown]
# ### NumPy, CPU, GPU: who is fast?
#
# A timing means nothing without the machine it was taken on. So we first ask what we are running on. If
# there is no GPU, we say so and carry on without one.
#
# Deeper lessons: [Scaling](notebooks/12_scaling.ipynb).

# %% tags=["volatile"]
import os
import platform
from pathlib import Path

cpu = platform.processor() or platform.machine()
if Path("/proc/cpuinfo").exists():  # Linux tells the processor's full name here
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":")[1].strip()

gpu = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
print("CPU:", cpu, "| logical cores:", os.cpu_count(), "| threads PyTorch uses:", torch.get_num_threads())
if gpu is None:
    print("GPU: none that this PyTorch can use")
else:
    print("GPU:", torch.cuda.get_device_name() if gpu.type == "cuda" else gpu.type)

# %% [markdown]
# Now the stopwatch. It has three rules.
#
# 1. **Warm up.** The first runs pay for things that happen only once. Do not count them.
# 2. **Wait.** A GPU works on its own. Python hands the work over and goes on at once. So wait until the GPU
#    has finished (*synchronise*) before you look at the clock.
# 3. **Repeat**, and take the median, so that one hiccup does not count.
#
# The work is a matrix product, once small and once large, with the same 32-bit numbers for everyone. We
# leave out the time to copy the numbers to the GPU.

# %% tags=["volatile"]
import statistics
import time


def median_time(work, wait=lambda: None, warm_ups=3, repeats=10):
    for _ in range(warm_ups):
        work()
    wait()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        wait()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


torch.manual_seed(0)
for size in (10, 1000):
    a = torch.randn(size, size)
    a_numpy = a.numpy()
    times = {
        "NumPy, CPU": median_time(lambda: a_numpy @ a_numpy),
        "PyTorch, CPU": median_time(lambda: a @ a),
    }
    if gpu is not None:
        a_gpu = a.to(gpu)
        times["PyTorch, GPU"] = median_time(lambda: a_gpu @ a_gpu, wait=torch.accelerator.synchronize)
        times["GPU, not waited for (wrong!)"] = median_time(lambda: a_gpu @ a_gpu)
        torch.accelerator.synchronize()
    for name, seconds in times.items():
        print(f"{size:4} x {size:<4}  {name:29} {seconds * 1000:8.3f} ms")
if gpu is None:
    print("PyTorch, GPU: not measured, there is none here")

# %% [markdown]
# Read your own numbers. On the CPU, NumPy and PyTorch both hand a large product to tuned machine code, so
# neither wins by magic. In a tiny product, most of the time goes into the call and not into the arithmetic.
# A GPU calculates fast, but each call to it costs extra. So it pays for large work.
#
# **Trap:** a line "not waited for" shows no faster GPU. It only timed handing the work over.

# %% [markdown]
# ## Operations
#
# Most operations work **elementwise**: the first number with the first, the second with the second. `x + y`
# is a new tensor, and `x` stays as it is. A name that ends in an underscore works **in place**: `x.add_(y)`
# writes the result into `x` itself.
#
# **Trap:** `=` does not copy a tensor. It gives the same tensor a second name. Change it in place under one
# name, and it has changed under the other. `clone()` makes a real copy.
#
# Deeper lessons: [Operations](notebooks/03_operations.ipynb) and [Memory](notebooks/02_memory.ipynb).

# %%
x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([10.0, 20.0, 30.0])
print("x + y =", x + y)
print("x + 5 =", x + 5)
print("x is still", x)

same = x
copy = x.clone()
x.add_(y)
print("after x.add_(y):  x", x)
print("              same", same)
print("              copy", copy)

# %% [markdown]
# ### `view` and `reshape`
#
# `view` shows the same numbers in another shape. Nothing is copied. A change through one is seen through
# the other. (`torch.arange(6)` counts from 0 to 5.)
#
# **Trap:** `view(3, 2)` does not swap rows and columns. It reads the numbers in the same order and only
# breaks the lines elsewhere. To swap, use `.t()`, the transpose.

# %%
x = torch.arange(6)
table = x.view(2, 3)
print("table:           ", table.tolist())
print("table.view(3, 2):", table.view(3, 2).tolist())
print("table.t():       ", table.t().tolist())

x[0] = 100
print("after x[0] = 100:", table.tolist())

# %% [markdown]
# **Trap:** `view` does not always work. Let us ask for the transpose as one long row. It fails, and the
# message speaks of *strides*. The numbers lie in memory in one row. The **strides** say how far to step in
# memory to reach the next row, and the next column. The transpose copies nothing. It only swaps the
# strides.

# %%
table = torch.arange(6).view(2, 3)
try:
    table.t().view(6)
except RuntimeError as error:
    view_error = str(error)
    print("RuntimeError:", view_error)

print("table:     strides", table.stride(), " contiguous:", table.is_contiguous())
print("table.t(): strides", table.t().stride(), " contiguous:", table.t().is_contiguous())
print("the order in memory:          ", table.flatten().tolist())
print("the transpose, read in a row: ", table.t().flatten().tolist())

# %% [markdown]
# To read the transpose row by row, we must jump about in memory, now forwards, now back. No single step
# size does that, so no `view` can show it as one row. A tensor whose numbers do not lie in memory one
# after the other, in reading order, is called **not contiguous**.
#
# `reshape` is the way out. It makes a view **if it can**, and a copy **if it must**. Both outcomes:

# %%
easy = table.reshape(6)
hard = table.t().reshape(6)
print("table.reshape(6) shares memory with table:    ", easy.data_ptr() == table.data_ptr())
print("table.t().reshape(6) shares memory with table:", hard.data_ptr() == table.data_ptr())

table[0, 0] = 100
print("easy:", easy.tolist(), " <- a view, it sees the 100")
print("hard:", hard.tolist(), " <- a copy, it does not")

# %% [markdown]
# **Trap:** so you cannot rely on `reshape` to share, nor to copy. To be sure to share, use `view`: it
# shares or it complains. To be sure to copy, use `.clone()` first.
#
# ### Matrix product
#
# `torch.matmul`, or `@` for short, is the matrix product. Each row on the left meets each column on the
# right: multiply pair by pair, then add up. The inner sizes must agree: `(2, 3) @ (3, 4)` gives `(2, 4)`.

# %%
a = torch.arange(6.0).view(2, 3)
b = torch.arange(12.0).view(3, 4)
product = torch.matmul(a, b)
print(product)
print("same as a @ b:", torch.equal(product, a @ b))
print("top left by hand:", (a[0] * b[:, 0]).sum().item())

# %% [markdown]
# **Trap:** `*` is *not* the matrix product. It is elementwise. With shapes like these two it complains.
# With square matrices it does not: you silently get another answer. So try your code with shapes that are
# *not* square.

# %%
try:
    a * b
except RuntimeError as error:
    print("RuntimeError:", error)

square = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print("square * square:", (square * square).tolist())
print("square @ square:", (square @ square).tolist())

# %% [markdown]
# ## Dynamic Computation Graph and Backpropagation
#
# To learn, a program must know: *if I turn this number up a little, does the result go up or down, and how
# much?* That is the **gradient**. PyTorch works it out for you, if you ask it to watch a tensor. You ask
# with `requires_grad=True`, or later with `requires_grad_()`. (The underscore again: it changes the tensor
# itself.)
#
# **Trap:** only floats can be watched. A whole number cannot be turned up "a little".
#
# Deeper lessons: [Autograd](notebooks/04_autograd.ipynb) and [Descent](notebooks/05_descent.ipynb).

# %%
plain = torch.tensor([0.0, 1.0, 2.0])
watched = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
print("plain:  ", plain.requires_grad)
print("watched:", watched.requires_grad)

x = torch.tensor([0.0, 1.0, 2.0])
x.requires_grad_()
print("x:      ", x.requires_grad)

try:
    torch.tensor([0, 1, 2], requires_grad=True)
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown]
# Now compute something: **y = the mean of (x + 2)² + 3**. The result remembers how it was made. It has a
# `grad_fn`, and behind that hangs the whole computation, one node per step. This is the **graph**. We can
# walk it, from the result back to `x`. (`AccumulateGrad` is the node that delivers the gradient to `x`.)

# %%
y = ((x + 2) ** 2 + 3).mean()
print(y)


def walk(node, depth=0):
    print("    " * depth + type(node).__name__)
    for earlier, _ in node.next_functions:
        if earlier is not None:  # plain numbers such as the 2 and the 3 have no node
            walk(earlier, depth + 1)


walk(y.grad_fn)

# %% [markdown]
# Read it from the bottom up: `x`, plus 2, squared, plus 3, mean.
#
# `backward()` goes through this graph from the top down and puts the gradient into `x.grad`. This is
# **backpropagation**.
#
# Is it right? Do it by hand. The slope of (x + 2)² is 2·(x + 2). The 3 changes nothing. The mean of three
# numbers divides by 3. So the gradient is **2·(x + 2) / 3**. (`torch.no_grad()` says: *do not watch this*.
# Our own check needs no graph.)

# %%
y.backward()
with torch.no_grad():
    by_hand = 2 * (x + 2) / 3
print("x.grad: ", x.grad)
print("by hand:", by_hand)
print("equal:  ", torch.allclose(by_hand, x.grad))

# %% [markdown]
# **Trap: gradients add up.** `backward` does not replace `.grad`. It *adds* to it. Compute the same `y`
# again, go backward again, and the gradient has doubled. To get the new one alone, clear the old one first.

# %%
y = ((x + 2) ** 2 + 3).mean()
y.backward()
doubled = x.grad.clone()
print("second time:   ", doubled)

x.grad = None
y = ((x + 2) ** 2 + 3).mean()
y.backward()
print("after clearing:", x.grad)

# %% [markdown]
# **Trap: two calls that fail.** Here `backward` uses the graph up, so a second call on the *same* `y`
# fails. The cure is almost always to compute `y` afresh. And `backward()` starts from *one* number. That is
# why our `y` is a mean. From a whole row of numbers it does not know which one you mean.

# %%
try:
    y.backward()
except RuntimeError as error:
    print("RuntimeError:", str(error).split(".")[0])

row = (x + 2) ** 2 + 3
try:
    row.backward()
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown]
# **Trap:** you may not change `x` itself in place while PyTorch is watching. (The message calls `x` a
# *leaf*: the graph starts there, `x` was not computed from anything else.) If you really want to, do it
# under `no_grad`. Here we take one small step *against* the gradient, and `y` gets smaller. That is the
# heart of learning.

# %%
try:
    x.sub_(0.1 * x.grad)
except RuntimeError as error:
    print("RuntimeError:", error)

with torch.no_grad():
    x.sub_(0.1 * x.grad)
stepped = ((x + 2) ** 2 + 3).mean()
print(f"y before the step: {y.item():.3f}   after: {stepped.item():.3f}")

# %% [markdown]
# Why is the graph called **dynamic**? It is built anew each time your code runs. So plain Python `if` and
# `for` work as they are. The graph holds the steps that were really taken.


# %%
def twice_or_cube(number):
    if number > 0:
        return number * 2
    return number**3


for value in (1.0, -1.0):
    number = torch.tensor(value, requires_grad=True)
    print("number =", value)
    walk(twice_or_cube(number).grad_fn, depth=1)

# %% [markdown]
# ## The Model
#
# First we need a task. Ours is called **continuous XOR**. Take the four corners of the unit square, and add
# a little noise to each point. The label is 1 if the corner's two coordinates differ, and 0 if they are the
# same.
#
# We draw one set of points to learn from, and another one to test on. The model never learns from the
# second one.
#
# Deeper lessons: [Model](notebooks/06_model.ipynb).


# %%
def make_xor(count):
    corners = torch.randint(0, 2, (count, 2))  # whole numbers, each 0 or 1
    labels = (corners[:, 0] != corners[:, 1]).float()
    points = corners + 0.1 * torch.randn(count, 2)
    return points, labels


torch.manual_seed(0)
train_points, train_labels = make_xor(1000)
test_points, test_labels = make_xor(500)
print("points", train_points.shape, "labels", train_labels.shape, train_labels.dtype)


# %%
def draw_points(axis, points, labels):
    for label, marker, color in [(0, "o", "#00224e"), (1, "^", "#fee838")]:
        chosen = points[labels == label]
        name = f"label {label} ({'circle' if marker == 'o' else 'triangle'})"
        axis.scatter(chosen[:, 0], chosen[:, 1], marker=marker, color=color, edgecolor="black", s=28, label=name)
    axis.set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, fontsize=9)


figure, axis = plt.subplots(figsize=(4.6, 4.4))
draw_points(axis, train_points[:200], train_labels[:200])
axis.set_title("the first 200 training points")
plt.show()

print("The same in words: four clouds, one round each corner. All the training points:")
nearest = train_points.round()
for corner in ([0, 0], [0, 1], [1, 0], [1, 1]):
    here = (nearest == torch.tensor(corner)).all(dim=1)
    print(f"corner {corner}: {here.sum().item()} points, label {train_labels[here].mean().item():.0f}")

# %% [markdown]
# No straight line can part the circles from the triangles. A model must bend. Here is one that can.
#
# You write a class. In `__init__` you make the layers, right after `super().__init__()`, which sets up the
# place where they are kept. In `forward` you say how the data flows through them. `nn.Linear` multiplies
# by weights and adds a bias. `nn.Tanh` bends: it squeezes every number between −1 and 1. The numbers
# between the two linear layers are called **hidden units**. Ours has 8.
#
# To use the model, call it like a function: `model(points)`. That runs `forward` for you. (Do not call
# `forward` yourself: PyTorch may have more to do around it.) The numbers it returns are called **logits**.
# Above 0 means "rather label 1", below 0 means "rather label 0". The model has learned nothing yet, so
# these are guesses.


# %%
class Classifier(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.hidden = nn.Linear(inputs, hidden)
        self.bend = nn.Tanh()
        self.output = nn.Linear(hidden, outputs)

    def forward(self, points):
        return self.output(self.bend(self.hidden(points)))


torch.manual_seed(0)
model = Classifier(2, 8, 1)
print(model)

logits = model(train_points[:4])
print(logits)
print("in:", tuple(train_points[:4].shape), " out:", tuple(logits.shape))

# %% [markdown]
# The numbers that can be learned are the **parameters**. `named_parameters()` lists them. Nobody told the
# model about them. It knows them because the layers were stored in `self` inside an `nn.Module`.
#
# **Trap:** `nn.Linear(2, 8)` reads "from 2 to 8", but its weight is stored as `(8, 2)`: *(out, in)*. So the
# layer computes `points @ weight.t() + bias`. We check that.

# %%
for name, parameter in model.named_parameters():
    print(f"{name:14} {tuple(parameter.shape)!s:8} requires_grad: {parameter.requires_grad}")
print("numbers to learn:", sum(parameter.numel() for parameter in model.parameters()))

with torch.no_grad():
    by_layer = model.hidden(train_points)
    by_formula = train_points @ model.hidden.weight.t() + model.hidden.bias
print("layer equals formula:", torch.allclose(by_layer, by_formula, atol=1e-6))

# %% [markdown]
# **Trap:** a plain Python list hides its layers. The model does not find them, so the optimizer will not
# get them and they stay untrained. `nn.ModuleList` is a list that the model does look into.


# %%
class Stack(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers


in_plain_list = list(Stack([nn.Linear(2, 2)]).parameters())
in_module_list = list(Stack(nn.ModuleList([nn.Linear(2, 2)])).parameters())
print("plain list:   ", len(in_plain_list), "parameters found")
print("nn.ModuleList:", len(in_module_list), "parameters found (a weight and a bias)")

# %% [markdown]
# **Trap:** two linear layers without a bend between them can do no more than one, so they cannot learn XOR.
# Here one single layer repeats what the two of them do.

# %%
torch.manual_seed(0)
first, second = nn.Linear(2, 8), nn.Linear(8, 1)
with torch.no_grad():
    two_layers = second(first(test_points))
    weight = second.weight @ first.weight
    bias = second.weight @ first.bias + second.bias
    one_layer = test_points @ weight.t() + bias
print("one layer does the same:", torch.allclose(two_layers, one_layer, atol=1e-5))

# %% [markdown]
# ## Loss Modules
#
# The model gives a logit, any number at all. The **sigmoid** turns it into a probability for label 1. Logit
# 0 is the middle.
#
# A **loss** is one number that says how wrong the model is: 0 is perfect, larger is worse. For yes-or-no
# tasks we use *binary cross entropy*, **BCE**. For each point, take the probability that the model gave to
# the *true* label, and then minus its logarithm. Then take the mean over all points.
#
# Deeper lessons: [Loss](notebooks/07_loss.ipynb).

# %%
logits = torch.tensor([-4.0, -1.0, 0.0, 1.0, 4.0])
labels = torch.tensor([0.0, 0.0, 1.0, 1.0, 1.0])
probabilities = torch.sigmoid(logits)
for logit, probability, label in zip(logits, probabilities, labels):
    print(f"logit {logit:4.1f}  ->  probability {probability:.3f}   true label {label:.0f}")

of_true_label = torch.where(labels == 1, probabilities, 1 - probabilities)
bce_by_hand = -of_true_label.log().mean()
bce = nn.BCELoss()(probabilities, labels)
bce_with_logits = nn.BCEWithLogitsLoss()(logits, labels)
print(f"by hand:               {bce_by_hand.item():.5f}")
print(f"sigmoid, then BCELoss: {bce.item():.5f}")
print(f"BCEWithLogitsLoss:     {bce_with_logits.item():.5f}")

# %% [markdown]
# All three agree. `nn.BCEWithLogitsLoss` takes the logits and does the sigmoid itself. Why prefer it? Look
# at a model that is very sure, and wrong: a large logit where the label is 0.

# %%
wrong_label = torch.tensor([0.0])
print("logit   probability  | sigmoid + BCELoss      | BCEWithLogitsLoss")
print("                     |     loss    gradient   |     loss    gradient")
for value in (1.0, 5.0, 20.0, 50.0):
    row = []
    for with_logits in (False, True):
        logit = torch.tensor([value], requires_grad=True)
        if with_logits:
            loss = nn.BCEWithLogitsLoss()(logit, wrong_label)
        else:
            loss = nn.BCELoss()(torch.sigmoid(logit), wrong_label)
        loss.backward()
        row.append(f"{loss.item():9.4f}  {logit.grad.item():9.4f}")
    print(f"{value:5.0f}   {torch.sigmoid(logit).item():.8f}   | {row[0]}   | {row[1]}")

# %% [markdown]
# At 20, the probability is so close to 1 that a 32-bit float rounds it to exactly 1. The logit is lost.
# `BCELoss` would need the logarithm of 0, and falls back on 100, whatever the logit was. Worse, its
# **gradient is 0**: the model is badly wrong, and hears that there is nothing to change.
# `BCEWithLogitsLoss` works on the logit itself and stays right.
#
# **Trap:** so do not put a sigmoid in front of `BCEWithLogitsLoss`. It would be applied twice. No error
# comes. But even perfect answers keep a loss then:

# %%
perfect_logits, perfect_labels = torch.tensor([20.0, -20.0]), torch.tensor([1.0, 0.0])
good = nn.BCEWithLogitsLoss()(perfect_logits, perfect_labels).item()
floor = nn.BCEWithLogitsLoss()(torch.sigmoid(perfect_logits), perfect_labels).item()
print(f"logits given:        {good:.4f}")
print(f"probabilities given: {floor:.4f}   <- with these labels it can never get below this")

# %% [markdown]
# **Trap: shapes.** Our model returns `(batch, 1)`, our labels are `(batch,)`. This loss refuses the
# mixture. `squeeze(1)` drops the direction of size 1. (The labels must be floats, too. Ours are: see
# `.float()` in `make_xor`.)

# %%
loss_module = nn.BCEWithLogitsLoss()
logits = model(train_points)
try:
    loss_module(logits, train_labels)
except ValueError as error:
    print("ValueError:", error)

loss = loss_module(logits.squeeze(1), train_labels)
print("loss of the untrained model:", loss)

# %% [markdown]
# ## Optimizers
#
# The loss says how wrong we are. `backward()` says which way each parameter should move. The **optimizer**
# moves them. The simplest one is `SGD`, *stochastic gradient descent*. Its step is:
#
# **parameter ← parameter − learning rate × gradient**
#
# Deeper lessons: [Optim](notebooks/08_optim.ipynb), [Data](notebooks/09_data.ipynb) and
# [Evaluation](notebooks/10_evaluation.ipynb).
#
# We check it on one small layer.

# %%
torch.manual_seed(0)
layer = nn.Linear(2, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)

loss_module(layer(train_points).squeeze(1), train_labels).backward()
step_by_hand = layer.weight.detach() - 0.1 * layer.weight.grad
optimizer.step()
print("by hand:", step_by_hand)
print("by SGD: ", layer.weight.detach())
print("equal:  ", torch.allclose(step_by_hand, layer.weight))

# %% [markdown]
# (`detach()` gives the same numbers without the graph.)
#
# One step of learning has three calls, **in this order**:
#
# 1. `optimizer.zero_grad()` clears the old gradients. Remember: they would add up.
# 2. `loss.backward()` computes the new ones.
# 3. `optimizer.step()` uses them.
#
# **Trap:** in the wrong order nothing complains, and nothing is learned. We try one round of each.


# %%
def change_after(order):
    torch.manual_seed(0)
    layer = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    before = layer.weight.detach().clone()
    loss = loss_module(layer(train_points).squeeze(1), train_labels)
    calls = {"zero_grad": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}
    for name in order:
        calls[name]()
    return "did not move" if torch.equal(before, layer.weight) else "moved"


changes = {}
for order in [
    ("zero_grad", "backward", "step"),
    ("backward", "zero_grad", "step"),
    ("zero_grad", "step", "backward"),
]:
    changes[order] = change_after(order)
    print(f"{' -> '.join(order):32} the weight {changes[order]}")

# %% [markdown]
# (You will also see `zero_grad` straight *after* `step`. In a loop that is just as good. What counts: the
# old gradients are gone before the next `backward`, and the new ones are still there when `step` comes.)
#
# Now the real thing. The *stochastic* in SGD means that each step looks at a small random part of the data,
# a **mini-batch**. Once through all of the data is an **epoch**. We shuffle anew in each epoch.
#
# `set_num_threads(1)` asks PyTorch to use one processor core. Our model is tiny, and on a busy machine,
# sharing such small work out among cores can take far longer than doing it.

# %%
torch.set_num_threads(1)
torch.manual_seed(0)
model = Classifier(2, 8, 1)
loss_module = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)

losses = []
for epoch in range(100):
    total = 0.0
    for rows in torch.randperm(len(train_points)).split(100):  # all row numbers, shuffled, 100 at a time
        logits = model(train_points[rows]).squeeze(1)
        loss = loss_module(logits, train_labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    losses.append(total / len(train_points))

print(f"first epoch: loss {losses[0]:.3f}     last epoch: loss {losses[-1]:.3f}")

# %% [markdown]
# Does the loss fall? Look at the curve. (**Trap:** we added up `loss.item()`, a plain number. Adding up
# `loss` itself would keep the graph of every step in memory.)

# %%
epochs = range(1, len(losses) + 1)
figure, axis = plt.subplots(figsize=(5.5, 3))
axis.plot(epochs, losses, color="black")
axis.set(xlabel="epoch", ylabel="mean training loss", ylim=(0, None))
axis.grid(alpha=0.3)
plt.show()

print("The same in numbers:")
for epoch in (1, 5, 10, 20, 50, 100):
    print(f"epoch {epoch:3}: loss {losses[epoch - 1]:.3f}")

# %% [markdown]
# A low training loss is not yet the goal. What about points that the model has **never seen**? We measure
# the *accuracy*: the share of right answers on the test points. We only look, we do not learn, so we work
# under `torch.no_grad()`.
#
# The model says "label 1" when the logit is **above 0**. **Trap: why 0, and not 0.5?** Because these are
# logits, not probabilities. Probability 0.5 *is* logit 0. If you cut the logits at 0.5, you ask for more
# than "more likely than not".


# %%
def accuracy(model, points, labels):
    with torch.no_grad():
        logits = model(points).squeeze(1)
    predicted = (logits > 0).float()
    return (predicted == labels).float().mean().item()


torch.manual_seed(0)
untrained = Classifier(2, 8, 1)
held_out = accuracy(model, test_points, test_labels)
print(f"untrained model: {accuracy(untrained, test_points, test_labels):.3f}")
print(f"trained model:   {held_out:.3f}")

for logit in (0.0, 0.5):
    print(f"logit {logit}  =  probability {torch.sigmoid(torch.tensor(logit)).item():.3f}")

# %% [markdown]
# One last picture. We ask the model about a whole grid of points. The line where the logit is 0 is the
# **decision boundary**: on one side the model says 0, on the other side it says 1.

# %%
steps = torch.linspace(-0.4, 1.4, 91)
grid_points = torch.cartesian_prod(steps, steps)
with torch.no_grad():
    probability = torch.sigmoid(model(grid_points)).view(91, 91).t()  # rows: the second coordinate

figure, axis = plt.subplots(figsize=(5.6, 4.8))
shades = axis.contourf(steps, steps, probability, levels=10, cmap="cividis", alpha=0.7)
figure.colorbar(shades, label="probability of label 1")
axis.contour(steps, steps, probability, levels=[0.5], colors="black", linewidths=2, linestyles="--")
draw_points(axis, test_points[:200], test_labels[:200])
axis.set_title("200 held-out points; dashed line: logit 0")
plt.show()

print("The same as text: what the model says on a coarse grid.")
ticks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
says = []
for height in reversed(ticks):
    row = torch.tensor([[width, height] for width in ticks])
    with torch.no_grad():
        says.append((model(row).squeeze(1) > 0).int().tolist())
    print(f"second {height:.1f} |", *[f"{answer:3}" for answer in says[-1]])
print("      first ", *[f"{tick:3.1f}" for tick in ticks])

# %% [markdown]
# Opposite corners get the same answer, neighbouring ones do not. The model has learned XOR.
#
# ---
#
# ### In short
#
# | topic | the rule | the trap |
# |---|---|---|
# | Tensors | `torch.tensor` for values, `zeros`, `rand`, `randn` for sizes | `torch.Tensor(3)`: unset |
# | NumPy | `from_numpy` and `.numpy()` share, `torch.tensor` copies | NumPy's floats are `float64` |
# | Timing | name the machine, warm up, wait, repeat | not waiting for the GPU |
# | Operations | `+` makes a new tensor, `add_` changes the old one | `=` only gives a second name |
# | Shapes | `view` shares or complains, `reshape` views or copies | `view(3, 2)` is not the transpose |
# | Products | `@` is the matrix product | `*` is not, and square matrices hide it |
# | Gradients | `requires_grad`, compute, `backward()`, read `.grad` | `.grad` adds up |
# | The model | layers in `__init__`, their order in `forward` | a plain list hides its layers |
# | Loss | logits straight into `BCEWithLogitsLoss` | a sigmoid in front of it |
# | Optimizer | `zero_grad`, `backward`, `step` | the wrong order learns nothing, in silence |
# | Accuracy | logit above 0, on held-out points, under `no_grad` | cutting logits at 0.5 |
#
# ### What next
#
# Play first. Change one thing, say what you expect, then restart and run all. Try 2 hidden units instead of
# 8, a learning rate of 0.001, noise of 0.4 instead of 0.1, or a `forward` without the bend.
#
# Then go deeper, with exercises: [Tensors](notebooks/01_tensors.ipynb),
# [Memory](notebooks/02_memory.ipynb), [Operations](notebooks/03_operations.ipynb),
# [Autograd](notebooks/04_autograd.ipynb), [Descent](notebooks/05_descent.ipynb),
# [Model](notebooks/06_model.ipynb), [Loss](notebooks/07_loss.ipynb), [Optim](notebooks/08_optim.ipynb),
# [Data](notebooks/09_data.ipynb), [Evaluation](notebooks/10_evaluation.ipynb),
# [Debugging](notebooks/11_debugging.ipynb), [Scaling](notebooks/12_scaling.ipynb). Last comes the
# [capstone](notebooks/13_capstone.ipynb): a classifier of your own for handwritten digits.

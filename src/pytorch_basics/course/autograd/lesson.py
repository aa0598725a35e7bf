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
# # Autograd
#
# After this lesson you can …
#
# - find a gradient in three ways, by hand, by trying it out and with `backward()`, and compare them;
# - say which tensors are watched, which are **leaves**, and where a gradient will arrive;
# - keep gradients apart that would add up, and take snapshots that stay;
# - read what `backward()` complains about, and repair the cause;
# - cut a gradient off on purpose, and notice when you did it by accident.
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
# ## A slope, by hand and by trial
#
# Here is the function of this lesson. Three numbers go in, one comes out.


# %%
def f(x):
    return ((x + 2) ** 2 + 3).mean()


print(f(torch.tensor([0.0, 1.0, 2.0])))

# %% [markdown]
# Turn one of the three numbers up a little. How fast does the result follow? That is the **slope** in the
# direction of this number. The three slopes together are the **gradient**. It tells a program which way to
# turn each number to make the result smaller, and that is how programs learn. (The numbers that a program
# turns are its **parameters**. The result to make smaller is the **loss**.)
#
# **By hand.** The slope of (x + 2)² is 2·(x + 2). The 3 changes nothing. The mean of three numbers divides
# by 3. So the gradient is 2·(x + 2) / 3.
#
# **By trial.** Move one number by a small step, and see how much the result moved, for each unit of the
# step. This is a *finite difference*. Here is the middle number with smaller and smaller steps.

# %%
by_hand = 2 * (torch.tensor([0.0, 1.0, 2.0]) + 2) / 3
print("by hand:", by_hand)

errors = {}
for step in (0.1, 0.001, 0.00001, 0.0000001):
    moved = f(torch.tensor([0.0, 1.0 + step, 2.0])) - f(torch.tensor([0.0, 1.0, 2.0]))
    slope = moved / step
    errors[step] = (slope - by_hand[1]).abs().item()
    print(f"step {step:.0e}   slope {slope.item():.5f}   wrong by {errors[step]:.5f}")
assert errors[0.1] > errors[0.001] < errors[0.00001] < errors[0.0000001]

# %% [markdown]
# A large step is inexact because the curve bends. A tiny step is worse: a `float32` has only about seven
# digits, and the difference drowns in rounding. Two things help: more digits (`float64`), and a step to
# *both* sides. Build it:

# %% [markdown]
# {{exercise autograd.finite_differences}}

# %% [markdown]
# You call `f` twice for each number in `x`. A small network has thousands of them, so this is a way to
# check a gradient, not to train with. For that we need the third way.
#
# ## PyTorch keeps a record
#
# `requires_grad=True` asks PyTorch to **watch** a tensor. Every operation with a watched tensor is
# recorded while it runs (*define-by-run*), and the result is watched, too. The record is the **graph**.
# Each result knows its last step, its `grad_fn`, and from there you can follow the graph back. `pb.graph`
# draws it.

# %%
x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
y = f(x)
print(y)

node = y.grad_fn
while node is not None:
    print(type(node).__name__)
    node = node.next_functions[0][0] if node.next_functions else None

later = torch.tensor([5.0])
later.requires_grad_()  # the underscore: `later` itself is watched from now on
assert later.requires_grad and (later + 1).requires_grad
pb.graph(y)

# %% [markdown]
# From `y` back to `x`: mean, plus 3, square, plus 2. At the far end stands `x`. It was not computed from
# anything that is watched. Such a tensor is called a **leaf**.

# %% [markdown]
# {{exercise autograd.predict_leaf}}

# %%
x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
weights = torch.tensor([1.0, 2.0, 3.0])
product = x * weights
total = weights.sum()
for name, tensor in {"x": x, "weights": weights, "product": product, "total": total}.items():
    print(f"{name:8} watched: {tensor.requires_grad!s:6} leaf: {tensor.is_leaf}")

# %% [markdown]
# A tensor that is not watched has no graph behind it, so PyTorch counts it as a leaf as well. The leaves
# that matter are the watched ones.
#
# Whole numbers cannot be watched: you cannot turn them up "a little".

# %%
try:
    torch.tensor([0, 1, 2]).requires_grad_()
except RuntimeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# ## `backward()`: the third way
#
# `y.backward()` follows the graph back and puts the gradient into `.grad` of the watched leaf. It is the
# gradient of `y` *with respect to* that leaf: how `y` follows when the leaf's numbers move.

# %%
x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
assert x.grad is None  # nothing there yet
y = f(x)
y.backward()

by_trial = []
for i in range(3):
    move = torch.zeros(3, dtype=torch.float64)
    move[i] = 0.001
    start = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64)
    by_trial.append(((f(start + move) - f(start - move)) / 0.002).item())

print("by hand:    ", by_hand)
print("by trial:   ", torch.tensor(by_trial))
print("by autograd:", x.grad)
assert torch.allclose(x.grad, by_hand) and torch.allclose(x.grad, torch.tensor(by_trial))

# %% [markdown]
# Three ways, one gradient. How does `backward()` do it? It never looks at the whole formula. It starts at
# `y` with the number 1. Each node multiplies what arrives by the slope of its own small step, and hands it
# on. This is the *chain rule*. Step through it (the nodes are again in the order of the way back):

# %%
x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
y = f(x)
g = pb.graph(y)
g.backward()  # runs the real y.backward()
g

# %% [markdown]
# The same steps in plain PyTorch:

# %%
x = torch.tensor([0.0, 1.0, 2.0])
at_mean = torch.ones(3) / 3  # the 1, shared out by the mean
at_plus_3 = at_mean * 1  # adding a number has the slope 1
at_square = at_plus_3 * 2 * (x + 2)  # the slope of a square; it needs the number that was squared
at_plus_2 = at_square * 1
print(at_plus_2)
assert torch.allclose(at_plus_2, by_hand)

# %% [markdown]
# ## Who keeps a gradient?
#
# The gradient went through every tensor on the way. Who kept it?

# %%
import warnings

x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
shifted = x + 2
(shifted**2).mean().backward()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("x.grad      ", x.grad)
    print("shifted.grad", shifted.grad)
print(caught[0].category.__name__, "|", str(caught[0].message).split(". ")[0])
assert x.is_leaf and not shifted.is_leaf

shifted = x + 2
shifted.retain_grad()  # before backward: "keep yours, too"
(shifted**2).mean().backward()
print("kept        ", shifted.grad)

# %% [markdown]
# Only watched **leaves** keep a gradient; `retain_grad()` asks another tensor to do so. **Trap:**
# `x.clone()` is computed from `x`, so it is not a leaf. `x.detach()` has the same numbers, but no history.

# %%
assert not x.clone().is_leaf
assert x.detach().is_leaf and not x.detach().requires_grad
assert x.detach().data_ptr() == x.data_ptr()  # and it shares the memory

# %% [markdown]
# {{exercise autograd.on_the_way}}

# %% [markdown]
# ## Backward, and backward again

# %% [markdown]
# {{exercise autograd.predict_accumulation}}

# %%
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
(w**2).sum().backward()
first = w.grad
(w**3).sum().backward()
print("first ", first)
print("w.grad", w.grad)
assert first is w.grad

# %% [markdown]
# Two surprises. `backward()` **adds** to `.grad`. And it adds in place, so `first`, a second name for the
# same tensor, changed as well. To start afresh, empty it:

# %%
w.grad = None
(w**3).sum().backward()
print("alone ", w.grad)
assert first.tolist() == [5.0, 16.0, 33.0]  # the old tensor is left alone: w.grad is a new one

# %% [markdown]
# Adding is on purpose: a number that is used in two places gets the sum of both slopes, and a large batch
# can be worked through in parts.

# %% [markdown]
# {{exercise autograd.running_gradients}}

# %% [markdown]
# Now a gradient that disturbs nobody. Mind what you know about `clone()` and `detach()`.

# %% [markdown]
# {{exercise autograd.gradient_of}}

# %% [markdown]
# ## One graph, one way back
#
# To know the slope of a square, `backward()` needs the number that was squared. So the graph **saves** such
# numbers on the way forward. `backward()` uses them and frees them.

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x**2).sum()
y.backward()
try:
    y.backward()
except RuntimeError as error:
    print(type(error).__name__, "|", str(error).split(". ")[0])
    print("…", str(error).split(". ")[-1])

# %% [markdown]
# The message suggests `retain_graph=True`: keep the saved numbers. That is rarely what you want. Here, a
# weight for each coordinate of our XOR points is to learn, but the loss was computed once, *before* the loop:

# %%
torch.manual_seed(0)
corners = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
points = corners + 0.1 * torch.randn(4, 2)
labels = (corners[:, 0] != corners[:, 1]).float()

w = torch.tensor([2.0, -1.0], requires_grad=True)
loss = ((points @ w - labels) ** 2).mean()
seen = []
for step in range(3):
    w.grad = None
    loss.backward(retain_graph=True)
    seen.append(w.grad)
    print(f"step {step}: w", w.detach(), " gradient", w.grad)
    with torch.no_grad():  # more on this below
        w -= w.grad

assert torch.equal(seen[0], seen[2])  # w has moved, its gradient has not
w.grad = None
((points @ w - labels) ** 2).mean().backward()
print("really, here:                 gradient", w.grad)
assert not torch.allclose(seen[2], w.grad)

# %% [markdown]
# No error, but an old gradient again and again. The cure: compute the loss **anew** before each
# `backward()`. Where two losses share a part of the graph, add them and go back once.

# %% [markdown]
# {{exercise autograd.predict_twice}}

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x + 1).sum()
y.backward()
y.backward()
print(x.grad)

# %% [markdown]
# ## The way back starts at one number

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
try:
    (x**2).backward()
except RuntimeError as error:
    print(type(error).__name__, "|", error)

(x[:1] ** 2).backward()  # a batch of one: no error
assert x.grad.tolist() == [2.0, 0.0, 0.0]

# %% [markdown]
# "Scalar" means: one number. The slope of *what*, if there are three? Say it: usually `.mean()` or `.sum()`.
# Or give `backward()` a weight for each. It then goes back from the weighted sum.

# %% [markdown]
# {{exercise autograd.predict_weights}}

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
y.backward(torch.tensor([1.0, 0.0, 10.0]))
print(x.grad)

# %% [markdown]
# {{exercise autograd.curve_slopes}}

# %% [markdown]
# The next one needs all of the last three sections. There is a second tool that may help: it returns the
# gradients, in a tuple, and touches no `.grad`.

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
gradients = torch.autograd.grad((x**2).sum(), [x])
print(gradients)
assert x.grad is None

# %% [markdown]
# {{exercise autograd.point_gradients}}

# %% [markdown]
# ## Do not write over what is needed
#
# Changing tensors in place is dangerous here, in two ways. Break both:

# %%
x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)
try:
    x.mul_(2)
except RuntimeError as error:
    print("leaf |", error)

bent = torch.tanh(x)
bent.mul_(2)
try:
    bent.sum().backward()
except RuntimeError as error:
    print("saved |", str(error).split("Hint")[0])

doubled = x * 2
doubled.add_(1)  # no error: the slope of `x * 2` does not need its result
doubled.sum().backward()
assert x.grad.tolist() == [2.0, 2.0, 2.0]
(torch.tanh(x) * 2).sum().backward()  # no error: a new tensor, and the result of tanh is as it was

# %% [markdown]
# A watched leaf must not be changed while PyTorch is watching. And a *saved* number must be what it was.
# `tanh` saves its result. Every tensor counts the changes made to it; the count is its **version**. The
# message says that it should be 0 and is 1. Without the underscore, both are fine.

# %% [markdown]
# {{exercise autograd.growth_gradient}}

# %% [markdown]
# ## Cut the way back
#
# Sometimes you want no graph: when you update a weight, measure, or plot. Under `torch.no_grad()` nothing is
# recorded. `detach()` gives one tensor without its history. NumPy knows no graphs, so it wants a detached one.

# %%
x = torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    silent = x * 2
assert not silent.requires_grad and silent.grad_fn is None
assert (x * 2).requires_grad  # after the block it is recorded again

try:
    x.numpy()
except RuntimeError as error:
    print(type(error).__name__, "|", error)
print(x.detach().numpy())

# %% [markdown]
# {{exercise autograd.predict_detach}}

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x * x.detach()
y.backward()
print(x.grad)

# %% [markdown]
# The same happens by accident. Here are four ways to lose the way back, and what `backward()` says:

# %%
square = x**2
with torch.no_grad():
    unrecorded = x**2
for how, loss in {
    "under no_grad": unrecorded,
    "detached": square.detach(),
    "a new tensor": torch.tensor([square.item()]).sum(),
    "a Python number": square.item(),
}.items():
    try:
        loss.backward()
    except (RuntimeError, AttributeError) as error:
        print(f"{how:15} | {type(error).__name__} | {error}")

# %% [markdown]
# When you read this, walk back from the loss: `requires_grad` is True at the parameters; where does it turn
# False? The rule: tensors all the way to `backward()`, and `.item()` only after it.

# %% [markdown]
# {{exercise autograd.report_loss}}

# %% [markdown]
# ## The graph of this run
#
# PyTorch records what really ran. So an `if` or a `for` needs no special treatment: the graph holds the
# branch that was taken, and each round of the loop. The next run makes another graph.


# %%
def tent(x, rounds):
    for _ in range(rounds):
        x = 2 * x if x < 0.5 else 2 - 2 * x
    return x


def count_nodes(node):
    return 1 + sum(count_nodes(earlier) for earlier, _ in node.next_functions if earlier is not None)


for start, rounds in ((0.1, 1), (0.7, 1), (0.1, 3), (0.7, 3)):
    x = torch.tensor(start, requires_grad=True)
    y = tent(x, rounds)
    y.backward()
    print(f"from {start}, {rounds} rounds: {count_nodes(y.grad_fn)} nodes, slope {x.grad.item():+.0f}")
    assert x.grad.abs() == 2**rounds

# %% [markdown]
# Each round doubles the slope, and the falling branch turns its sign. (The condition itself has no slope.
# Only the numbers flow back, not the choice.)

# %% [markdown]
# {{exercise autograd.climb}}

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `requires_grad=True`, `x.requires_grad_()` | watches `x`, a leaf | floats only |
# | `y.backward()` | adds the gradient of `y` to `.grad` of each watched leaf | `y` must be one number |
# | `y.backward(weights)` | goes back from `(weights * y).sum()` | not the place, but weights |
# | `w.grad = None` | empties it before the next `backward()` | forgotten, gradients add up |
# | `w.grad.clone()` | a snapshot | `g = w.grad` changes later |
# | `h.retain_grad()` | keeps the gradient of a tensor on the way | only before `backward()` |
# | a second `backward()` | refused, mostly: compute the loss anew | `retain_graph=True` may give old gradients |
# | `x.add_(1)` | refused on a watched leaf | breaks `backward()` where the number was saved |
# | `with torch.no_grad():`, `x.detach()` | no record; no history | cuts the way back, by accident too |
# | `loss.item()` | a Python number, for printing | `backward()` first |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # Start: is everything there?
#
# After this lesson you can …
#
# - tell whether PyTorch works on this machine, and which version it is;
# - read what a check says, whether you are right, wrong, or caught by an error;
# - ask for a hint;
# - guess before you run, which is how you will learn most.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import torch

import pytorch_basics as pb

# %% [markdown]
# **Some cells are supposed to fail.** Cells that begin with `@pb.exercise` or `pb.predict` wait for your
# answer. Until you edit them they say that they are not answered yet. Three more cells in this lesson are
# wrong on purpose; each says so. The rest of the notebook runs in any case.
#
# To run a cell, click into it and press Shift+Enter. You cannot break anything. A fresh start is always
# there: the menu *Kernel → Restart*.

# %% [markdown]
# ## Is PyTorch there?
#
# If the cell above ran without an error, PyTorch is installed. Ask it for its version. This course needs no
# graphics card: everything runs on the processor that every computer has.

# %% tags=["volatile"]
print("PyTorch       ", torch.__version__)
print("pytorch-basics", pb.__version__)
print("graphics card ", "found, not needed" if torch.cuda.is_available() else "none, and none is needed")

# %% [markdown]
# And let it work. A **tensor** is a grid of numbers; the next lesson is all about it. This one has three
# numbers. Arithmetic is done to every number in it.

# %%
x = torch.tensor([1.0, 2.5, -3.0])
print(x)
print(x + 10)
print(x - 0.5)
assert (x + 10).tolist() == [11.0, 12.5, 7.0]

# %% [markdown]
# The line with `assert` says: this must be true, else stop with an error. You will see many of them. What
# these lessons tell you about PyTorch has been checked by running it.
#
# ## How a check works
#
# An exercise is a function that you write. The line `@pb.exercise("…")` stands above it, and checks it **as
# soon as the cell runs**. The check calls your function with many inputs: the examples that you see, and
# others that are drawn anew each time. So it does not help to learn the examples by heart.
#
# The first exercise will be: *write `double(x)`, which makes every number in a tensor twice as large*.
# Before you do, meet the ways to be wrong. You will meet them all sooner or later, and none of them is bad.
#
# ### Wrong on purpose, 1: an error
#
# Somebody hopes that tensors have a method `twice`. They have not. The check shows the error, and the line
# of *your* code that it came from. The notebook goes on.


# %%
@pb.exercise("start.double")
def double(x):
    return x.twice()  # wrong on purpose


# %% [markdown]
# ### Wrong on purpose, 2: another result
#
# This one runs, but it does something else. The check looks for the **smallest input** that shows it. It
# puts three things side by side: the input, what was expected, and yours. The sign `≠` marks the numbers
# that differ. Try to say what the function does from these three alone.


# %%
@pb.exercise("start.double")
def double(x):
    return x * 3  # wrong on purpose


# %% [markdown]
# ### Wrong on purpose, 3: a misunderstanding with a name
#
# Many wrong answers are made by many people. Where the check knows the idea behind yours, it tells you.
# Here somebody tried one example: 2 became 4. That looked right.


# %%
@pb.exercise("start.double")
def double(x):
    return x + 2  # wrong on purpose


# %% [markdown]
# One example proves little. That is why a check tries many.
#
# ### A hint
#
# Each exercise has three hints. The first is a nudge, the third almost the answer. Each call gives you the
# next one.

# %% tags=["volatile"]
pb.hint("start.double")

# %% [markdown]
# ### A pass
#
# The last way is yours to see. If your answer is right on every case, the check says **✓ Passed**, and
# tells you how to look at our solutions. There are at least two for each exercise, because there is always
# more than one way.
#
# Replace the three dots below, and run the cell.

# %% [markdown]
# {{exercise start.double}}

# %% [markdown]
# If you wondered: yes, a tensor has a method called `.double()`, and no, it does not do that. Put it into
# the cell above and see what the check says.
#
# ## Guess first
#
# Some exercises ask for no code. You read a few lines and say what they will do, **before** you run them. A
# wrong guess costs nothing and is worth a lot: you remember it. Write your guess in place of the dots.

# %% [markdown]
# {{exercise start.guess}}

# %% [markdown]
# Now run it.

# %%
x = torch.ones(2, 3)
y = x + 1
print("shape of y", y.shape)
print("y adds up to", y.sum())
print("x adds up to", x.sum())
assert y.shape == (2, 3)
assert x.sum() == 6

# %% [markdown]
# `x + 1` made a new tensor. `x` is as it was. PyTorch prints a sum as `tensor(12.)`: it is still a tensor,
# one that holds a single number.
#
# ## Repair something
#
# The third kind of exercise gives you a program that is wrong. Its cell is also supposed to fail until you
# edit it. This one is about a shopping list. Two tensors of the same length can be multiplied: number by
# number, place by place.

# %%
metres = torch.tensor([2.0, 3.0])
widths = torch.tensor([5.0, 10.0])
print(metres * widths)
assert (metres * widths).tolist() == [10.0, 30.0]

# %% [markdown]
# {{exercise start.total}}

# %% [markdown]
# ## What you have seen
#
# | you write | what it does | trap |
# |---|---|---|
# | `torch.__version__` | says which PyTorch runs | – |
# | `x + 10`, `x - 0.5` | does it to every number, makes a new tensor | `x` itself stays as it was |
# | `@pb.exercise("…")` above a function | checks the function when the cell runs | one example is no proof |
# | `pb.predict("…", shape=…)` | keeps your guess, then compares | guess *before* you run |
# | `pb.hint("…")` | gives the next of three hints | the third is almost the answer |
# | `pb.solution("…")` | shows our solutions, after you passed | – |
# | `pb.progress()` | shows how far you are | – |
#
# `pb` is a ruler that you hold beside your code. The code itself is plain PyTorch, and works without it.

# %% [markdown]
# Later lessons end with a list of the mistakes they taught. All of them stand in the
# [field guide](Mistakes.ipynb).
#
# {{mistakes}}

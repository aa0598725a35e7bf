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
# # Your own digits
#
# After this lesson you can …
#
# - go from a file with pictures to a trained classifier, without a guide;
# - say how good "good" is: against guessing, and against the simplest method that works;
# - keep digits back, and read from a table which ones your model takes for which;
# - save what was learned, and use it in another program.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import io
import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end.
#
# This is the last lesson, and it is different. There is nothing new in it. You have learned all that it needs: data,
# model, loop, evaluation, saved weights. Now you put it together by yourself.

# %% [markdown]
# ## The data
#
# People wrote digits on forms, and two researchers in Istanbul made very small pictures of them: 8 × 8 numbers from 0,
# paper, to 16, ink. (E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
# Repository, 1998, licence CC BY 4.0.) 1,297 of them came with this package; no network is needed. `pb.digits()` is the
# path of the file. You load it as you would load your own:

# %%
torch.set_num_threads(1)  # so small a model is fastest on one core
with np.load(pb.digits()) as file:
    images, labels = torch.from_numpy(file["images"]), torch.from_numpy(file["labels"])

print("images", tuple(images.shape), images.dtype, "from", images.min().item(), "to", images.max().item())
print("labels", tuple(labels.shape), labels.dtype, "such as", labels[:8].tolist())
print("how many of each digit:", labels.bincount().tolist())
assert images.shape == (1297, 8, 8) and images.dtype == torch.uint8 and (images.min(), images.max()) == (0, 16)
assert labels.shape == (1297,) and labels.dtype == torch.int64
assert labels.bincount().min() > 100  # no digit is rare, so accuracy is a fair measure

# %% [markdown]
# One picture of each digit, drawn, and two of them printed:

# %%
one_of_each = [(labels == digit).nonzero()[0].item() for digit in range(10)]
figure, axes = plt.subplots(1, 10, figsize=(10, 1.4))
for axis, row in zip(axes, one_of_each):
    axis.imshow(images[row], cmap="gray_r", vmin=0, vmax=16)
    axis.set_title(labels[row].item())
    axis.axis("off")
plt.show()

print("The same 3 and 7 in signs, the more ink the denser:\n")
for three, seven in zip(images[one_of_each[3]], images[one_of_each[7]]):
    print("  ".join("".join(" .:-=+*#%@"[value * 9 // 16] * 2 for value in line.tolist()) for line in (three, seven)))

# %% [markdown]
# Look at your data before you look at a loss. Are the pictures upright? Do the labels belong to them? Is the range what
# you think? Here two things matter for later: the numbers are **bytes** (`uint8`), which no layer takes, and they go up
# to 16, not to 1.
#
# ## How good is good?
#
# Read an accuracy beside a **baseline**, as in the [lesson on evaluation](10_evaluation.ipynb). First: what does a
# model reach that knows nothing? (*Scores* are the logits, one for each digit.)

# %% [markdown]
# {{exercise capstone.predict_first_loss}}

# %%
scores = torch.zeros(10, 10)
loss = nn.functional.cross_entropy(scores, torch.arange(10))  # nn.CrossEntropyLoss(), as a function
print(f"loss {loss:.4f}, and ln 10 is {math.log(10):.4f}")
assert math.isclose(loss.item(), math.log(10), rel_tol=1e-6)

# %% [markdown]
# So the first loss of your loop must be near **2.3**. If it is 8, your scores are too large at the start. If it never
# falls below 2.3, your model still guesses.
#
# Second: what does the simplest thing reach that looks at the pictures at all? Average all pictures of a digit; a new
# picture is the digit to whose average it is nearest. Nothing is trained by steps. It is a Module all the same: its
# averages are a **buffer**, so its `state_dict` carries them.


# %%
class Nearest(nn.Module):
    """The nearest of ten averages: takes images (batch, 8, 8), uint8; gives ten scores for each."""

    def __init__(self):
        super().__init__()
        self.register_buffer("averages", torch.zeros(10, 64))

    def learn(self, images, labels):
        for digit in range(10):
            self.averages[digit] = images[labels == digit].flatten(1).float().mean(dim=0)

    def forward(self, images):
        return -torch.cdist(images.flatten(1).float(), self.averages)  # minus all distances: near is a high score


generator = torch.Generator().manual_seed(0)
order = torch.randperm(len(images), generator=generator)
train_rows, val_rows = order[:1000], order[1000:]  # 297 are kept back
assert not set(train_rows.tolist()) & set(val_rows.tolist())


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()


nearest = Nearest().eval()
nearest.learn(images[train_rows], labels[train_rows])
reached = accuracy(nearest, images[val_rows], labels[val_rows])
print(f"nearest average: right on {reached:.3f} of the digits that were kept back")
assert 0.85 < reached < 0.95

# %% [markdown]
# About nine of ten, with ten averages. That is the number to beat: a network that does worse has something wrong with
# it. You will be asked for **0.95**. A network with one hidden layer gets there in a few seconds; one with convolutions
# gets higher.
#
# ## Your turn
#
# A plan that has saved many evenings:
#
# 1. **Shapes.** Give your new model `images[:5]`. Is the output `(5, 10)`?
# 2. **First loss.** Is it near 2.3?
# 3. **One batch.** Train on fifty images only. Does their loss get near 0? If not, the loop is wrong:
#    `pb.checkup(train, images[:50], labels[:50], 0)` looks at it.
# 4. **All of it.** Keep some images back, and watch both losses, as in the [lesson on data](09_data.ipynb).
# 5. **Hand it in.** The check trains it anew. Your own numbers do not count, only what your code does.
#
# Add as many cells as you like. The class may stand in a cell of its own, above.

# %% [markdown]
# {{exercise capstone.digits}}

# %% [markdown]
# ## What it takes for what
#
# Is your `train` ready? Then the next cells use your model; else they use the nearest averages. (Run them again later.)

# %%
model = train(images[train_rows], labels[train_rows], 0)
name = "your model"
if not isinstance(model, nn.Module):
    model, name = nearest, "the nearest average"

with torch.no_grad():
    taken_for = model(images[val_rows]).argmax(dim=1)
right = (taken_for == labels[val_rows]).float().mean().item()
print(f"{name}: right on {right:.3f} of {len(val_rows)} digits\n")

table = torch.zeros(10, 10, dtype=torch.int64)
for true, said in zip(labels[val_rows], taken_for):
    table[true, said] += 1
print("      " + "".join(f"{f'as {digit}':>6}" for digit in range(10)))
for digit in range(10):
    print(f"a {digit}:  " + "".join(f"{count or '·':>6}" for count in table[digit].tolist()))
assert table.sum() == len(val_rows)
assert math.isclose(table.diagonal().sum().item() / len(val_rows), right, rel_tol=1e-6)

# %% [markdown]
# Each row is a digit, each column what it was taken for. On the diagonal stands what is right. One number for all would
# hide this: which two digits are mixed up most? And which share of each digit is found, its *recall*?

# %%
mixed = table.clone().fill_diagonal_(0)
true, said = divmod(mixed.argmax().item(), 10)
print(f"Most often a {true} is taken for a {said}: {mixed.max().item()} times.")
for digit in range(10):
    found = table[digit, digit] / table[digit].sum()
    print(f"{digit}: found {found:.2f} of them", end="\n" if digit % 2 else "      ")
assert mixed.sum() == (taken_for != labels[val_rows]).sum()

# %% [markdown]
# Look at some pictures that it got wrong. With some of them you would not be sure yourself.

# %%
wrong = val_rows[taken_for != labels[val_rows]][:8]
figure, axes = plt.subplots(1, 8, figsize=(10, 1.7))
for axis, row in zip(axes, wrong.tolist()):
    with torch.no_grad():
        says = model(images[row : row + 1]).argmax().item()
    axis.imshow(images[row], cmap="gray_r", vmin=0, vmax=16)
    axis.set_title(f"{labels[row]} as {says}")
    print(f"row {row}: a {labels[row]}, taken for a {says}")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# ## What stays
#
# When the notebook is closed, only a file stays. The `state_dict` goes into it; a *fresh* Module takes it out again. (A
# file in memory here; with `"digits.pt"` in its place it is one on your disk.)

# %%
file = io.BytesIO()
torch.save(model.state_dict(), file)
file.seek(0)
weights = torch.load(file, weights_only=True)
print({key: tuple(value.shape) for key, value in weights.items()})

fresh = train(images[:100], labels[:100], 1)  # of the same make; it has learned something else
fresh = fresh if isinstance(fresh, nn.Module) else Nearest().eval()
print(f"before: right on {accuracy(fresh, images[val_rows], labels[val_rows]):.3f}")
fresh.load_state_dict(weights)
after = accuracy(fresh, images[val_rows], labels[val_rows])
print(f"after:  right on {after:.3f}")
with torch.no_grad():
    assert torch.equal(fresh(images[val_rows]), model(images[val_rows])), "are both in evaluation mode?"
assert after == right

# %% [markdown]
# The same scores, to the last bit. Scaling belongs into `forward` for that reason: who loads the weights needs no note
# that says "divide by 16 first". The next cell forgets it on purpose.

# %%
with torch.no_grad():
    same_pictures = (images[val_rows].float() / 16).to(torch.uint8)  # scaled outside, by someone who did not know
    share = (model(same_pictures).argmax(dim=1) == labels[val_rows]).float().mean().item()
print(f"scaled twice: right on {share:.3f}")
assert share < right

# %% [markdown]
# ## Where to go from here
#
# You can read a paper's training loop now, and see what it does. Three things to try on these digits: a model with
# `nn.Conv2d` (it knows which pixels are neighbours), pictures moved by one pixel as additional training data, and ten
# models that vote.
#
# What you did in all the lessons stands in `pb.progress()`. In a terminal,
#
#     pytorch-basics progress --html progress.html --name "Your Name"
#
# writes one page to keep or to print: what you passed, and which misunderstandings you met and overcame.
#
# ## Summary
#
# | you do | because | trap |
# |---|---|---|
# | look at pictures, labels, range, counts | a loop learns from anything, also from nonsense | labels shuffled apart |
# | first loss near ln 10 | ten equal chances | scores that are too large at the start |
# | fifty images first | a right loop learns them by heart | hours of training with a wrong loop |
# | keep digits back | what was seen proves nothing | images of the notebook used inside `train` |
# | a new order in each epoch | the file may be sorted | each batch holds one class |
# | scale inside `forward` | the model is whole by itself | scaled twice, or not at all |
# | `model.eval()` before you return it | an answer must not depend on chance | dropout still draws |
# | `state_dict()` to a file | numbers, no code | what is no parameter and no buffer is not in it |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

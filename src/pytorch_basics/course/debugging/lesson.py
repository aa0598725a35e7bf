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
# # Debugging: the clinic
#
# After this lesson you can …
#
# - read an error of PyTorch from the bottom, and find your own line in it;
# - look inside with hooks, gradient lengths and anomaly mode;
# - tell from a curve whether a network learns slowly, stands at a floor, or does not learn at all;
# - name and repair fourteen classic mistakes, eight of which raise no error.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import math
import traceback
import warnings

import numpy as np
import torch
from torch import nn

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end.
#
# Fourteen broken programs wait for you: the patients. A visit always goes the same way. **Run** the patient, and read
# the message or the curve. **Name** the mistake, with `pb.predict`: the code beside the choices holds the tests that
# tell them apart. **Repair** it: the exercise is the patient's own code. Then ask the **doctor** for a second opinion.

# %%
torch.set_num_threads(1)


def make_xor(count, noise=0.1):
    corners = torch.randint(0, 2, (count, 2))
    labels = (corners[:, 0] != corners[:, 1]).float()
    return corners + noise * torch.randn(count, 2), labels


def make_model():
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))


torch.manual_seed(0)
points, labels = make_xor(200)


def run(program, *arguments):
    """Run what raises. Prints the last line of the error and returns the error."""
    try:
        program(*arguments)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return error


# %% [markdown]
# ## Patient 1: read from the bottom
#
# A small network for pictures. All you need to know of `nn.Conv2d`: it slides a small window, the *kernel*, over each
# picture, and makes new pictures, its channels: here 4 of 1. `relu()` turns negative numbers into 0. `flatten(1)` makes
# one row of each picture.


# %%
class Patient1(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        self.head = nn.Linear(4 * 8 * 8, classes)

    def forward(self, images):
        hidden = self.conv(images).relu()
        return self.head(hidden.flatten(1))


torch.manual_seed(0)
patient_1 = Patient1(classes=10)
images = torch.rand(5, 1, 8, 8)
error_1 = run(patient_1, images)

# %% [markdown]
# A traceback is long, and most of it is not yours. Read it from the bottom. The **last line** says *what* happened.
# Then go up to the **last line of your own**: it says *where*. All below it is PyTorch's inside.

# %%
frames = traceback.extract_tb(error_1.__traceback__)
whose = ["torch" if frame.filename.startswith(torch.__path__[0]) else "yours" for frame in frames]
for owner, frame in zip(whose, frames):
    print(f"{owner}  {frame.name:19} {frame.line}")
assert frames[-1].name == "forward" and whose[-1] == "torch"
assert frames[len(whose) - 1 - whose[::-1].index("yours")].line == "return self.head(hidden.flatten(1))"

# %% [markdown]
# A line with several calls does not say which of them failed. Hooks do. A *pre*-hook runs before its layer works: here
# it prints what arrives, also at the layer that fails. (`children()` gives a model's layers.)


# %%
def print_shapes(model, *inputs):
    def before(layer, arrived):
        print(f"{layer!s:48} gets {tuple(arrived[0].shape)}")

    handles = [layer.register_forward_pre_hook(before) for layer in model.children()]
    run(model, *inputs)
    for handle in handles:
        handle.remove()  # else they print for ever


print_shapes(patient_1, images)
assert tuple(patient_1.conv(images).shape) == (5, 4, 6, 6)

# %% [markdown]
# {{exercise debugging.name_small_net}}

# %% [markdown]
# {{exercise debugging.small_net}}

# %% [markdown]
# **The doctor.** `pb.explain(error)` looks at the values that the failing line held. (`pb.explain()`, with nothing,
# takes the last error.) Here it speaks of the patient, also when you have repaired yours.

# %%
pb.explain(error_1)

# %% [markdown]
# ## Patient 2: from NumPy


# %%
def patient_2(layer, rows):
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer(torch.from_numpy(scaled))


error_2 = run(patient_2, nn.Linear(3, 1), np.arange(18.0).reshape(6, 3))

# %% [markdown]
# {{exercise debugging.name_score_rows}}

# %% [markdown]
# {{exercise debugging.score_rows}}

# %%
pb.explain(error_2)

# %% [markdown]
# ## Patient 3: two shapes in one message


# %%
def patient_3(model, points, labels):
    logits = model(points)
    return nn.BCEWithLogitsLoss()(logits, labels)


error_3 = run(patient_3, make_model(), points, labels)

# %% [markdown]
# {{exercise debugging.name_point_loss}}

# %% [markdown]
# {{exercise debugging.point_loss}}

# %%
pb.explain(error_3)

# %% [markdown]
# ## Patient 4: a message that gives advice


# %%
def patient_4(model, points, labels, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


error_4 = run(patient_4, make_model(), points, labels, 0.5, 10)

# %% [markdown]
# Trust a message in what it *saw*. What it *proposes* is a guess: PyTorch does not know what you want.

# %% [markdown]
# {{exercise debugging.name_fit}}

# %% [markdown]
# {{exercise debugging.fit}}

# %%
pb.explain(error_4)

# %% [markdown]
# ## Patient 5: an error far from its cause


# %%
def patient_5(x, weight, scale):
    hidden = torch.tanh(x @ weight)
    hidden *= scale
    return (hidden**2).mean()


def visit_5():
    weight = torch.ones(2, 3, requires_grad=True)
    loss = patient_5(points, weight, 2.0)
    loss.backward()


error_5 = run(visit_5)
print("your last line:", traceback.extract_tb(error_5.__traceback__)[1].line)

# %% [markdown]
# The error comes out of `backward()`, but the mistake was made on the way forward. **Anomaly mode** notes, for every
# operation, the line that made it, and warns with that line when its backward fails. It is slow: switch it on for the
# search only.

# %%
with warnings.catch_warnings(record=True) as caught, torch.autograd.set_detect_anomaly(True):
    warnings.simplefilter("always")
    run(visit_5)
said = next(str(warning.message) for warning in caught if "Error detected" in str(warning.message))
print()
print(said.split(". ")[0])
forward_line = next(line.strip() for line in said.splitlines() if "torch.tanh" in line)
print("made by:", forward_line)
assert forward_line == "hidden = torch.tanh(x @ weight)"

# %% [markdown]
# So this tensor was needed, and something *below* this line changed it.

# %% [markdown]
# {{exercise debugging.name_energy}}

# %% [markdown]
# {{exercise debugging.energy}}

# %%
pb.explain(error_5)

# %% [markdown]
# ## Patient 6: a loss without a past


# %%
def patient_6(model, batches):
    losses = []
    for x, y in batches:
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        losses.append(loss.item())
    mean = torch.tensor(losses).mean()
    mean.backward()
    return mean.item()


error_6 = run(patient_6, make_model(), list(zip(points.split(50), labels.split(50))))

# %% [markdown]
# Here `backward()` finds no history at all. Walk back from the loss, and ask each tensor for its `requires_grad`.

# %% [markdown]
# {{exercise debugging.name_backward_of_mean}}

# %% [markdown]
# {{exercise debugging.backward_of_mean}}

# %%
pb.explain(error_6)

# %% [markdown]
# ## No message
#
# From here on nothing is raised. All you have is a curve, so you need something to compare it with.
#
# - **What does guessing cost?** With C classes, equally frequent, ln C. A model that knows nothing *begins* near there:
#   ln 2 is 0.693. Standing there means: nothing learned.
# - **Can it learn one batch by heart?** You know this test from the [lesson on data](09_data.ipynb). Ten points, many
#   steps: a healthy program gets near 0. If this one does, look at the data. If not, at the model, the loss and the
#   optimizer.
# - **Does each parameter get a gradient, and does it move?** Print both.
#
# `learn` is a healthy loop. `draw` prints a curve: some of its numbers, and their heights.


# %%
def learn(loss_of, model, x, y, lr=0.5, steps=200):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def draw(losses):
    some = losses[:: math.ceil(len(losses) / 12)]
    heights = ["▁▂▃▄▅▆▇█"[min(7, int(8 * loss / max(some)))] for loss in some]
    print(" ".join(f"{loss:5.3f}" for loss in some))
    print(" ".join(f"{height:^5}" for height in heights))


def healthy(model, x, y):
    return nn.BCEWithLogitsLoss()(model(x), y.unsqueeze(1))


torch.manual_seed(0)
by_heart = learn(healthy, make_model(), points[:10], labels[:10])
draw(by_heart)
assert abs(by_heart[0] - math.log(2)) < 0.1 and by_heart[-1] < 0.01

# %% [markdown]
# ## Patient 7: a pendulum
#
# A straight line, fitted to points on a straight line. The loss should fall, and stay down.


# %%
def patient_7(model, points, targets, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


centred = points - points.mean(dim=0)
line = 2 * centred[:, 0] - centred[:, 1]
torch.manual_seed(2)
swinging = patient_7(nn.Linear(2, 1), centred, line, 0.1, 36)
draw(swinging)
assert min(swinging) < 0.05 and max(swinging[-12:]) > 1

for steps in (1, 3, 5, 7, 9, 11):
    torch.manual_seed(2)
    model = nn.Linear(2, 1)
    loss = patient_7(model, centred, line, 0.1, steps)[-1]
    print(f"step {steps:2}: loss {loss:.3f}, length of weight.grad {model.weight.grad.norm():.3f}")

# %% [markdown]
# Down, and up again. Where the loss is smallest the slope is flat, so the gradient of *this* point is short. Is the one
# in `.grad`?

# %% [markdown]
# {{exercise debugging.name_fit_line}}

# %% [markdown]
# {{exercise debugging.fit_line}}

# %% [markdown]
# **The doctor** for silent programs is `pb.checkup(function, arguments …)`, or a block: `with pb.checkup(): …`. It
# watches them train; nothing is changed.

# %%
pb.checkup(patient_7, nn.Linear(2, 1), centred, line, 0.1, 20)

# %% [markdown]
# ## Patient 8: the floor


# %%
def patient_8(model, points, labels):
    probabilities = torch.sigmoid(model(points).squeeze(1))
    return nn.BCEWithLogitsLoss()(probabilities, labels)


torch.manual_seed(0)
floor = learn(patient_8, make_model(), points, labels)
draw(floor)
torch.manual_seed(0)
ten = learn(patient_8, make_model(), points[:10], labels[:10])
print(f"ten points by heart: {ten[0]:.3f} → {ten[-1]:.3f}")
torch.manual_seed(0)
fast = learn(patient_8, make_model(), points, labels, lr=2.0)
print(f"four times the rate: {fast[0]:.3f} → {fast[-1]:.3f}")
assert min(floor[-1], ten[-1], fast[-1]) > 0.4

# %% [markdown]
# It learns *something*. But no rate helps, and not even ten points are learned by heart: a **floor**, not slowness.

# %% [markdown]
# {{exercise debugging.name_logit_loss}}

# %% [markdown]
# {{exercise debugging.logit_loss}}

# %%
pb.checkup(learn, patient_8, make_model(), points, labels, steps=30)

# %% [markdown]
# The floor, drawn: for a label of 0, two sigmoids never get below ln 2, however negative the logit.


# %%
def once(z, y):
    return nn.BCEWithLogitsLoss()(z, y)


def twice(z, y):
    return nn.BCEWithLogitsLoss()(torch.sigmoid(z), y)


sure, label = torch.tensor([-50.0]), torch.tensor([0.0])
print(f"at a logit of −50: once {once(sure, label):.4f}, twice {twice(sure, label):.4f}")
assert abs(twice(sure, label) - math.log(2)) < 1e-4
pb.losses(once, twice, target=0.0)

# %% [markdown]
# ## Patient 9: only a warning


# %%
def patient_9(model, points, targets):
    return nn.MSELoss()(model(points), targets)


difference = points[:, 0] - points[:, 1]
torch.manual_seed(0)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    losses = learn(patient_9, make_model(), points, difference, lr=0.05)
draw(losses)
print(caught[0].category.__name__, "|", str(caught[0].message).split(". ")[0])

spread = difference.var(correction=0).item()  # the variance, divided by n and not by n - 1
print(f"always saying the mean would cost {spread:.3f}")
assert abs(losses[-1] - spread) < 0.01

# %% [markdown]
# The model learned to say the mean, whatever the point. Guessing has a price here too: the variance of the targets.

# %% [markdown]
# {{exercise debugging.name_squared_loss}}

# %% [markdown]
# {{exercise debugging.squared_loss}}

# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    report = pb.checkup(learn, patient_9, make_model(), points, difference, lr=0.05, steps=30)
report

# %% [markdown]
# ## Patient 10: exactly flat
#
# Luck may play a part, so this program starts afresh with three seeds.


# %%
def patient_10(make_model, points, labels, lr, steps, seeds):
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    last = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = make_model()
        for _ in range(steps):
            loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        last.append(loss.item())
    return last


print("after  1 step: ", [round(loss, 4) for loss in patient_10(make_model, points, labels, 0.5, 1, [0, 1, 2])])
print("after 50 steps:", [round(loss, 4) for loss in patient_10(make_model, points, labels, 0.5, 50, [0, 1, 2])])

# %% [markdown]
# Equal to the last digit: nothing moved. Which is missing, the gradient or the move?

# %%
kept = []


def make_and_keep():
    kept.append(make_model())
    return kept[-1]


patient_10(make_and_keep, points, labels, 0.5, 1, [0])
before = {name: parameter.detach().clone() for name, parameter in kept[-1].named_parameters()}
torch.manual_seed(0)
start = dict(make_model().named_parameters())
print("           length of the gradient   moved")
for name, parameter in kept[-1].named_parameters():
    print(f"{name:10} {parameter.grad.norm():22.4f}   {not torch.equal(parameter, start[name])}")
    assert parameter.grad.norm() > 0 and torch.equal(parameter, start[name])

# %% [markdown]
# {{exercise debugging.name_fresh_starts}}

# %% [markdown]
# {{exercise debugging.fresh_starts}}

# %%
pb.checkup(patient_10, make_model, points, labels, 0.5, 20, [0])

# %% [markdown]
# ## Patient 11: slow, or half asleep?


# %%
class Patient11(nn.Module):
    def __init__(self, inputs, width, depth):
        super().__init__()
        sizes = [inputs] + [width] * depth
        self.hidden = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.head(x)


torch.manual_seed(0)
model = Patient11(inputs=2, width=4, depth=2)
losses = learn(healthy, model, points, labels)
draw(losses)
print("parameters:", [name for name, _ in model.named_parameters()])
assert 0.3 < losses[-1] < losses[0]

# %% [markdown]
# The loss falls, so it is tempting to wait. Count first.

# %% [markdown]
# {{exercise debugging.name_deep_net}}

# %% [markdown]
# {{exercise debugging.deep_net}}

# %%
pb.checkup(learn, healthy, Patient11(inputs=2, width=4, depth=2), points, labels, steps=30)

# %% [markdown]
# ## Patient 12: healthy on one batch


# %%
def patient_12(points, labels, size):
    order = torch.randperm(len(points))
    points = points[order]
    for start in range(0, len(points), size):
        yield points[start : start + size], labels[start : start + size]


def learn_batches(make_batches, model, points, labels, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in make_batches(points, labels, 50):
            optimizer.zero_grad()
            loss = healthy(model, x, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(points))
    return losses


torch.manual_seed(0)
flat = learn_batches(patient_12, make_model(), points, labels, 60)
draw(flat)
x, y = next(iter(patient_12(points, labels, 10)))
print(f"ten of its points by heart: {learn(healthy, make_model(), x, y, lr=1.0, steps=1000)[-1]:.3f}")
assert abs(flat[-1] - math.log(2)) < 0.03

# %% [markdown]
# ln 2, from beginning to end. But one batch is learned by heart: model, loss and optimizer work. So look at the data,
# *as it arrives at the model*: print some rows.

# %%
for point, label in zip(x, y):
    print("near the corner", tuple(point.round().int().tolist()), " label", int(label))
right = (x.round()[:, 0] != x.round()[:, 1]).float() == y
assert not right.all()

# %% [markdown]
# {{exercise debugging.name_shuffled_batches}}

# %% [markdown]
# {{exercise debugging.shuffled_batches}}

# %%
pb.checkup(learn_batches, patient_12, make_model(), points, labels, 10)

# %% [markdown]
# ## Patient 13: good, then worse
#
# Few points, much noise, a wide model: it could learn its points by heart. Dropout should make that harder.


# %%
def patient_13(model, optimizer, train_data, val_data, epochs):
    losses = []
    model.train()
    for _ in range(epochs):
        x, y = train_data
        optimizer.zero_grad()
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        loss.backward()
        optimizer.step()

        x, y = val_data
        model.eval()
        with torch.no_grad():
            losses.append(nn.BCEWithLogitsLoss()(model(x).squeeze(1), y).item())
    return losses


def visit_13(epochs):
    torch.manual_seed(0)
    few, others = make_xor(40, noise=0.3), make_xor(500, noise=0.3)
    wide = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
    return patient_13(wide, torch.optim.Adam(wide.parameters(), lr=0.01), few, others, epochs)


losses = visit_13(150)
draw(losses)
assert losses[-1] > 1.5 * min(losses)

# %% [markdown]
# The validation loss falls, then climbs. More dropout? First see whether there is any: a hook on the layer in doubt.

# %%
dropout = nn.Dropout(0.5)
shares = []
dropout.register_forward_hook(lambda layer, inputs, output: shares.append((output == 0).float().mean().item()))
small = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), dropout, nn.Linear(64, 1))
patient_13(small, torch.optim.SGD(small.parameters(), lr=0.1), (points, labels), make_xor(50), epochs=3)
print("share of zeros in training:  ", [round(share, 1) for share in shares[::2]])
print("share of zeros in validation:", [round(share, 1) for share in shares[1::2]])
assert shares[0] > 0.4 and shares[2] == shares[4] == 0

# %% [markdown]
# {{exercise debugging.name_fit_with_dropout}}

# %% [markdown]
# {{exercise debugging.fit_with_dropout}}

# %%
pb.checkup(visit_13, 20)

# %% [markdown]
# ## Patient 14: worse than guessing
#
# 90 small pictures in three colours; the colour is the class. Guessing costs ln 3, which is 1.1. (`log_softmax`, then
# `NLLLoss`: together they are what `CrossEntropyLoss` does alone.)


# %%
def patient_14(model, images):
    batch, height, width, channels = images.shape
    images = images.view(batch, channels, height, width)
    return model(images).log_softmax(dim=0)


def colour_loss(model, images, colours):
    return nn.NLLLoss()(patient_14(model, images), colours)


def make_colour_model():
    torch.manual_seed(0)
    mean_of_channel = nn.AdaptiveAvgPool2d(1)  # one number for each of the four channels
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), mean_of_channel, nn.Flatten(), nn.Linear(4, 3))


torch.manual_seed(0)
colours = torch.arange(3).repeat(30)
images = 0.5 * torch.rand(90, 6, 8, 3)
images[torch.arange(90), :, :, colours] += 0.5
losses = learn(colour_loss, make_colour_model(), images, colours, steps=60)
draw(losses)
assert losses[0] > 4 > math.log(3)

pixel = images[0, 0, 0]
print("the first pixel, red green blue:         ", [round(value, 2) for value in pixel.tolist()])
viewed = images.view(90, 3, 6, 8)[0, :, 0, 0]
print("the first pixel, as it enters the model: ", [round(value, 2) for value in viewed.tolist()])
assert not torch.equal(pixel, viewed)

# %% [markdown]
# {{exercise debugging.name_log_shares}}

# %% [markdown]
# {{exercise debugging.log_shares}}

# %%
pb.checkup(learn, colour_loss, make_colour_model(), images, colours, steps=30)

# %% [markdown]
# ## Summary
#
# | you see | look at | often it is |
# |---|---|---|
# | a long traceback | its last line; then your own last line | what arrives at that line |
# | shapes cannot be multiplied | hooks that print shapes | the size after `flatten(1)` |
# | Double and Float | `.dtype` of both | NumPy's float64 |
# | a target size and an input size | both shapes | `(batch,)` and `(batch, 1)` |
# | backward a second time | where the forward pass stands | a loss from before the loop |
# | modified by an inplace operation | anomaly mode | `*=` on what autograd had kept |
# | does not require grad | `requires_grad`, walking back | `item()` or `detach()` on the way |
# | a curve that swings | the length of `.grad` | no `zero_grad()` |
# | a floor that no rate lowers | ten points by heart | a sigmoid too many |
# | a warning about sizes | the mean of the targets | a loss that broadcasts |
# | exactly flat | gradient and move of each parameter | another model's optimizer |
# | slow | `named_parameters()` | a list that hides layers |
# | guessing, but ten points work | rows and labels as they arrive | labels out of step |
# | validation climbs | the mode, by a hook | no `train()` after `eval()` |
# | worse than ln C | e to the power of the loss | a softmax over the batch |
#
# With a program of your own: change one thing at a time, and say before each run what you expect to see.

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # Descent
#
# After this lesson you can …
#
# - fit a line to points with nothing but gradients and a loop;
# - update a parameter without breaking it, and say why `torch.no_grad()` stands there;
# - clear the gradients, and say what happens if nobody does;
# - find out by experiment which learning rate is too large;
# - add momentum, and know when to stop.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import matplotlib.pyplot as plt
import torch

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They
# show a verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it and
# print it.

# %% [markdown]
# ## A line through points
#
# XOR needs a model that bends; it is back in the next lesson. To learn how to *descend*, a straight line
# is enough. It has two parameters, a **weight** and a **bias**. Here are 40 points, made with 1.5 and −0.5
# and some noise. Forget these two numbers. The program is to find them.

# %%
torch.manual_seed(0)
x = 2 * torch.rand(40)
y = 1.5 * x - 0.5 + 0.1 * torch.randn(40)

weight = torch.tensor(0.0, requires_grad=True)
bias = torch.tensor(0.0, requires_grad=True)


def line_loss(weight, bias):
    return ((weight * x + bias - y) ** 2).mean()


loss = line_loss(weight, bias)
print(f"loss at weight 0, bias 0: {loss.item():.4f}")
pb.graph(loss)

# %% [markdown]
# The **loss** says how badly the line fits: the mean of the squared differences. `weight` and `bias` are the
# two leaves of its graph. So `backward()` leaves a gradient in both.

# %%
loss.backward()
print(f"weight.grad {weight.grad.item():.4f}")
print(f"bias.grad   {bias.grad.item():.4f}")

with torch.no_grad():  # the same by hand
    error = weight * x + bias - y
    assert torch.allclose(weight.grad, (2 * error * x).mean())
    assert torch.allclose(bias.grad, (2 * error).mean())

# %% [markdown]
# A gradient is the slope of the loss: it points **uphill**. Both are negative, so the loss falls if we raise
# the weight or the bias. We want to go down. So we go *against* the gradient:
#
# **parameter ← parameter − learning rate × gradient**
#
# The **learning rate**, `lr` for short, is a small number that you choose. Does such a step help?

# %%
stepped = line_loss(0.0 - 0.1 * weight.grad, 0.0 - 0.1 * bias.grad)
print(f"loss before {loss.item():.4f}, after one step {stepped.item():.4f}")
assert stepped < loss

# %% [markdown]
# Repeat that, and you have **gradient descent**. The whole lesson is about doing it right.
#
# ## A step, three ways
#
# The first way is how one would write it down. For short, we take one parameter and the loss (w − 1)², which
# is lowest at 1.

# %% [markdown]
# {{exercise descent.predict_assigned}}

# %%
w = torch.tensor(3.0, requires_grad=True)
loss = (w - 1) ** 2
loss.backward()
w = w - 0.25 * w.grad
print(w, "| leaf:", w.is_leaf)
pb.graph(w)

# %% [markdown]
# The number is right. But this `w` is not the parameter. It was *computed*, so it is no leaf. The parameter
# still holds 3; it hangs behind the new `w` and has lost its name. Now the second step:

# %%
import warnings

loss = (w - 1) ** 2
loss.backward()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        w = w - 0.25 * w.grad
    except TypeError as error:
        print(type(error).__name__, "|", error)
print(caught[0].category.__name__, "|", str(caught[0].message).split(". ")[0])

# %% [markdown]
# `backward()` puts no gradient into a tensor that is no leaf. The second step finds None.
#
# The second way changes the tensor itself. The third adds one line.

# %%
w = torch.tensor(3.0, requires_grad=True)
loss = (w - 1) ** 2
loss.backward()
try:
    w -= 0.25 * w.grad
except RuntimeError as error:
    print(type(error).__name__, "|", error)

with torch.no_grad():
    w -= 0.25 * w.grad
print(w)
assert w.is_leaf and w.requires_grad and w.item() == 2.0

# %% [markdown]
# Why is the second way refused? Autograd watches `w`, so it would make the update a part of the computation.
# But an update is not part of the model. `with torch.no_grad():` says: *nothing in here is recorded*. So:
#
# - **in place**, so that `w` stays the same leaf;
# - **under `no_grad`**, so that autograd looks away.
#
# You need both. `no_grad` with an assignment loses the parameter in another way:

# %%
with torch.no_grad():
    assigned = w - 0.25 * w.grad
assert not assigned.requires_grad  # a plain tensor: nothing would ever learn

# %% [markdown]
# {{exercise descent.step}}

# %% [markdown]
# ## In place is not free
#
# `no_grad` is no licence to change things at any time. Here the step comes too early.

# %%
w = torch.tensor(3.0, requires_grad=True)
loss = w**2
before = w._version
with torch.no_grad():
    w -= 1.0
try:
    loss.backward()
except RuntimeError as error:
    print(type(error).__name__, "|", str(error).split(" Hint")[0])
print("version of w:", before, "then", w._version)
assert (before, w._version) == (0, 1)

w = torch.tensor(3.0, requires_grad=True)
loss = w**2
w.data -= 1.0  # goes round the count
loss.backward()
assert w.grad == 4.0  # no error, and wrong: where the loss was computed, the slope is 6

# %% [markdown]
# The slope of w² is 2·w. So the graph keeps `w` for `backward()`, and now `w` is another number. PyTorch
# notices: it counts the in-place changes of each tensor, its **version**. Better an error than a wrong
# gradient. (Older programs write `w.data -= …`. PyTorch does not count that, so you get the wrong gradient
# instead.) The rule: **first `backward()`, then the step.**
#
# Some operations keep their *result* instead. The slope of √x is 1 / (2·√x), so `sqrt` keeps the root.
# Addition keeps nothing.

# %%
x4 = torch.tensor(4.0, requires_grad=True)
root = x4.sqrt()
root += 1
try:
    root.backward()
except RuntimeError as error:
    print(type(error).__name__, "|", str(error).split(" Hint")[0])

total = x4 + 1
total += 1
total.backward()  # no error: the slope of an addition is 1, whatever the numbers
assert x4.grad == 1

# %% [markdown]
# {{exercise descent.growth_loss}}

# %% [markdown]
# ## Gradients add up
#
# You know from the last lesson that `backward()` *adds* to `.grad`. What does that do to a descent?

# %% [markdown]
# {{exercise descent.predict_not_cleared}}

# %%
w = torch.tensor(10.0, requires_grad=True)
for _ in range(3):
    loss = 2 * w
    loss.backward()
    with torch.no_grad():
        w -= w.grad
    print(f"w {w.item():5.1f}   w.grad {w.grad.item():.1f}")

# %% [markdown]
# The steps grow, although the slope is always the same. So the gradients must be **cleared** once per
# step. There are two kinds of clear: a tensor of zeros, or None, no tensor at all. `zero_()` gives you the
# first, and fails where no gradient has arrived yet. The second is what PyTorch's own `zero_grad()`
# leaves. Models ([lesson 6](06_model.ipynb)) and optimizers ([lesson 8](08_optim.ipynb)) have it.

# %%
w.grad.zero_()
print("after .grad.zero_():", w.grad)

fresh = torch.tensor(1.0, requires_grad=True)
try:
    fresh.grad.zero_()
except AttributeError as error:
    print(type(error).__name__, "|", error)

model = torch.nn.Linear(1, 1)  # a line as a ready-made model
model(torch.ones(1)).backward()
assert model.weight.grad is not None
model.zero_grad()
print("after zero_grad():  ", model.weight.grad)
assert model.weight.grad is None

# %% [markdown]
# None means "nothing has arrived". Zero means "the ground is flat here". Keep the two apart.

# %% [markdown]
# {{exercise descent.clear_grads}}

# %% [markdown]
# ## The loop
#
# Now everything is in place: forward, backward, step, clear.

# %%
w = torch.tensor(3.0, requires_grad=True)
for number in range(1, 6):
    loss = (w - 1) ** 2  # forward
    loss.backward()  # backward
    with torch.no_grad():
        w -= 0.25 * w.grad  # step
    w.grad = None  # clear
    print(f"step {number}: the loss was {loss.item():.4f}, now w is {w.item():.4f}")
assert abs(w.item() - 1) < 0.1

# %% [markdown]
# Each step is shorter than the one before, though `lr` stays: near the bottom the slope gets small. Your turn,
# with two parameters.

# %% [markdown]
# {{exercise descent.fit_line}}

# %% [markdown]
# ## How long a step?
#
# A parabola is the simplest **bowl**. It shows what the learning rate does.

# %% [markdown]
# {{exercise descent.predict_rates}}

# %%
print("   lr   times   w after 0, 1, 2, 3 steps")
for lr in (0.025, 0.25, 0.475, 0.5, 0.75):
    w = torch.tensor(1.0, requires_grad=True)
    places = [w.item()]
    for _ in range(3):
        loss = 2 * w**2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
        places.append(w.item())
    print(f"{lr:5}  {1 - lr * 4:6.2f}  ", *[f"{place:7.3f}" for place in places])
    assert abs(places[3] - (1 - lr * 4) ** 3) < 1e-4

# %% [markdown]
# The slope is 4·w, so each step multiplies `w` by 1 − lr · 4. Too small an `lr`: this number is just below 1,
# and you creep. A good one: it is near 0. Larger: it is negative, and you jump from side to side. At −1 you
# never arrive. Beyond, each jump is *longer* than the last.
#
# The 4 is the **curvature**: how fast the slope changes. Call it L. The jump gets longer as soon as lr · L is
# above 2. So the limit should be **2 / L**. Do not believe it, measure it. We halve the interval between an
# `lr` that works and one that does not, again and again.


# %%
def comes_closer(curvature, lr):
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(50):
        loss = curvature * w**2 / 2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w.abs().item() < 1


def largest_rate(works):
    low, high = 0.0, 4.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if works(middle) else (low, middle)
    return low


for curvature in (1.0, 4.0, 10.0):
    limit = largest_rate(lambda lr: comes_closer(curvature, lr))
    print(f"curvature L = {curvature:4}: measured limit {limit:.3f}   2 / L = {2 / curvature:.3f}")
    assert abs(limit - 2 / curvature) < 1e-3

# %% [markdown]
# And our line? Its loss is a bowl too, over two parameters. Nobody tells us its curvature, so again we
# measure. (`walk` holds both parameters in one tensor.)


# %%
def walk(lr, steps, start=(0.0, 0.0)):
    line = torch.tensor(start, requires_grad=True)
    path, losses = [], []
    for _ in range(steps):
        loss = line_loss(line[0], line[1])
        path.append(line.detach().clone())  # a copy: `line` itself is about to change
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            line -= lr * line.grad
        line.grad = None
    return torch.stack(path), losses


line_limit = largest_rate(lambda lr: walk(lr, 100)[1][-1] < walk(lr, 1)[1][0])
print(f"largest learning rate for the line: about {line_limit:.2f}")

print("\n        lr   loss at step 0, 10, 50, 199")
for name, lr in [("too small", 0.001), ("good", 0.3), ("too large", 0.55)]:
    path, losses = walk(lr, 200)
    print(f"{lr:10}  ", *[f"{losses[step]:10.4g}" for step in (0, 10, 50, 199)], "  ", name)

path, losses = walk(0.3, 200)
print(f"\nfound: weight {path[-1, 0].item():.2f}, bias {path[-1, 1].item():.2f}")
assert walk(0.001, 200)[1][-1] > 0.5 and walk(0.55, 200)[1][-1] > 1e3 and losses[-1] < 0.01

# %% [markdown]
# It found the two numbers, as far as the noise allows. The recipe for a real model, whose curvature nobody
# knows: try 1, 0.1, 0.01, …; take the largest that falls steadily.
#
# ## The way, seen from above
#
# With two parameters we can draw all of it: the loss as a landscape, and the way through it. Broadcasting
# computes the loss for every pair of weight and bias at once.

# %%
weights = torch.linspace(-0.5, 3.0, 71)
biases = torch.linspace(-2.0, 1.5, 71)
errors = weights[:, None, None] * x + biases[None, :, None] - y  # (weights, biases, points)
surface = (errors**2).mean(dim=2)
steady, jumpy = walk(0.1, 60)[0], walk(0.46, 60)[0]

figure, axis = plt.subplots(figsize=(5.8, 4.6))
lines = axis.contour(weights, biases, surface.t(), levels=[0.02, 0.1, 0.3, 0.7, 1.5, 3.0, 6.0], colors="0.45")
axis.clabel(lines, fontsize=8)
axis.plot(steady[:, 0], steady[:, 1], "o-", color="black", markersize=3, label="lr 0.1")
axis.plot(jumpy[:, 0], jumpy[:, 1], "x--", color="tab:red", markersize=5, linewidth=0.8, label="lr 0.46")
axis.set(xlabel="weight", ylabel="bias", title="loss of the line; numbers on the lines: the loss")
axis.legend()
plt.show()

print("The same in numbers: where the two are.")
print("step    lr 0.1: weight   bias    loss     lr 0.46: weight   bias    loss")
for step in (0, 1, 2, 3, 10, 59):
    row = []
    for path in (steady, jumpy):
        weight_here, bias_here = path[step].tolist()
        row.append(f"{weight_here:8.3f}  {bias_here:6.3f}  {line_loss(weight_here, bias_here).item():6.4f}")
    print(f"{step:4}          {row[0]}           {row[1]}")

# %% [markdown]
# It is a **valley**: steep across, almost flat along. With 0.1 the first steps go down the near side, then
# the way creeps along the bottom. With 0.46 it jumps from side to side across the valley. The steep direction
# sets the limit for `lr`; the flat one then takes all the time. `pb.landscape` draws such a picture of any
# model; it gets the function, the loss, the data, and the path that you kept.

# %%
pb.landscape(
    lambda x, weight, bias: weight * x + bias,
    torch.nn.functional.mse_loss,
    x,
    y,
    parameters=tuple(steady[-1]),
    path=steady,
)

# %% [markdown]
# ## When to stop
#
# The loss of a good line is not 0, because the points are noisy. So do not wait for 0. Look at the *length of
# the gradient*: at the bottom the ground is flat.

# %%
path, losses = walk(0.3, 301)
print("step      loss   length of the gradient")
for step in (0, 10, 30, 100, 300):
    line = path[step].clone().requires_grad_()
    line_loss(line[0], line[1]).backward()
    print(f"{step:4}  {losses[step]:8.5f}   {line.grad.norm().item():.2e}")
assert losses[300] > 0.007 and line.grad.norm() < 1e-3  # flat, and not 0

# %% [markdown]
# Three rules, usually together: stop when the gradient is short; stop after so many steps in any case; stop at
# once when the loss is no longer a number. The last one matters because of this:

# %%
path, losses = walk(5.0, 60)
print("loss with lr 5:", losses[0], "…", losses[-1])
assert not torch.isfinite(torch.tensor(losses[-1]))
assert not (float("nan") <= 0.1) and not (float("nan") > 0.1)  # no comparison with nan is true

# %% [markdown]
# {{exercise descent.descend}}

# %% [markdown]
# ## Momentum
#
# In the valley, the slope across changes its sign at each jump; the slope along stays the same. What if each
# step kept something of the steps before? Across, they cancel. Along, they add up. Like a heavy ball:
#
# - **velocity ← momentum × velocity + gradient**
# - **parameter ← parameter − lr × velocity**
#
# Momentum 0 is what we had. 0.9 is usual. Here is a valley with the curvatures 10 and 0.1. The limit is 2 / 10,
# so 0.19 is nearly as fast as plain descent can go. (The slope of curvature · w² / 2 is curvature · w; so these
# few lines need no autograd.)

# %%
curvature = torch.tensor([10.0, 0.1])
start = torch.tensor([1.0, 10.0])
lowest = {}
print("                     loss at step 0, 50, 100, 200")
for lr, momentum in [(0.1, 0.0), (0.19, 0.0), (0.1, 0.9)]:
    place, velocity, losses = start, torch.zeros(2), []
    for _ in range(201):
        losses.append(((curvature * place**2).sum() / 2).item())
        velocity = momentum * velocity + curvature * place
        place = place - lr * velocity
    lowest[lr, momentum] = losses[-1]
    print(f"lr {lr:4}, momentum {momentum}:", *[f"{losses[step]:10.2e}" for step in (0, 50, 100, 200)])
assert lowest[0.1, 0.9] < lowest[0.19, 0.0] / 1000

# %% [markdown]
# With real parameters, two things are different: the gradient comes from `.grad`, and the changes must be made
# in the tensors themselves.

# %% [markdown]
# {{exercise descent.momentum_step}}

# %% [markdown]
# One more thing. What is a momentum of 1? The velocity is then the plain sum of all gradients. That is exactly
# what stands in `.grad` if nobody clears it. So a forgotten clear is a ball that nothing slows down.

# %%
line = torch.zeros(2, requires_grad=True)
forgotten = []
for _ in range(200):
    loss = line_loss(line[0], line[1])
    forgotten.append(loss.item())
    loss.backward()
    with torch.no_grad():
        line -= 0.05 * line.grad  # and no clear

line, velocity, undamped = torch.zeros(2, requires_grad=True), torch.zeros(2), []
for _ in range(200):
    loss = line_loss(line[0], line[1])
    undamped.append(loss.item())
    loss.backward()
    with torch.no_grad():
        velocity = 1.0 * velocity + line.grad
        line -= 0.05 * velocity
    line.grad = None

print("never cleared:", *[f"{loss:.2f}" for loss in forgotten[:200:20]])
print("momentum 1:   ", *[f"{loss:.2f}" for loss in undamped[:200:20]])
assert torch.allclose(torch.tensor(forgotten), torch.tensor(undamped), atol=1e-3)
assert max(forgotten[-40:]) > 1.2  # after 160 steps nearly as high as in the beginning

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `w = w - lr * w.grad` | a new tensor, no leaf | the parameter has not changed; then `.grad` is None |
# | `w -= lr * w.grad` | changes `w` itself | refused for a watched leaf |
# | `with torch.no_grad(): w -= lr * w.grad` | the step; `w` stays a leaf | only the update belongs in there |
# | `h += 1` before `backward()` | may overwrite what the graph kept | an error; through `.data`, a wrong gradient |
# | `w.grad = None` | clears | forgotten: the steps add up |
# | `w.grad.zero_()` | leaves zeros | fails while `.grad` is None; `zero_grad()` leaves None |
# | `lr` | the length of a step | above 2 / L each step goes further away |
# | `losses.append(loss.item())` | notes a plain number | `loss` itself keeps its graph |
# | `torch.isfinite(loss)` | is it still a number? | `nan` passes no comparison |
# | `velocity.mul_(momentum).add_(w.grad)` | momentum, in place | `velocity = …` moves only a name |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # Evaluation
#
# After this lesson you can …
#
# - say what `train()`, `eval()`, `no_grad()` and `inference_mode()` each switch, and evaluate a model without a trace;
# - compute an accuracy that is right, and say how much it is worth;
# - notice when something of the test has leaked into training;
# - save a run, and go on with it exactly as if it had never stopped;
# - bring a model and its data to another device.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import copy
import tempfile
from contextlib import nullcontext  # a `with` that does nothing
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it and print it.

# %% [markdown]
# ## Two switches
#
# You know both: the mode of a model, and `no_grad`. What does each do, and what does it leave to the other?

# %% [markdown]
# {{exercise evaluation.predict_switches}}

# %% [markdown]
# We try all of it on one model, and look at four things: does dropout drop, do the running numbers of BatchNorm change,
# is there a graph, and can another layer be trained on the result? `inference_mode` is new: a stricter `no_grad`.


# %%
def tried(mode, block):
    torch.manual_seed(0)
    model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 50), nn.Dropout(0.5))
    getattr(model, mode)()
    with block():
        out = model(torch.randn(20, 2) + 3)
    try:
        nn.Linear(50, 1)(out).sum().backward()
        trainable = True
    except RuntimeError as error:
        trainable = False
        print("inference_mode |", str(error).split(". ")[0])
    return bool((out == 0).any()), bool(model[0].running_mean.any()), out.requires_grad, trainable


blocks = {"": nullcontext, "no_grad": torch.no_grad, "inference_mode": torch.inference_mode}
table = {(mode, name): tried(mode, block) for mode in ("train", "eval") for name, block in blocks.items()}
print("                        drops   changes    has a   can be")
print("                        units   BatchNorm  graph   trained on")
for (mode, name), cells in table.items():
    print(f"{mode + '()':8}{name:15}", "".join(f"{'yes' if cell else '-':9}" for cell in cells))
assert all(table["train", name][:2] == (True, True) for name in blocks)  # the mode decides, the block does not
assert all(table["eval", name][:2] == (False, False) for name in blocks)
assert [table["eval", name][2:] for name in blocks] == [(True, True), (False, True), (False, False)]
assert [table["train", name][2:] for name in blocks] == [(True, True), (False, True), (False, False)]

# %% [markdown]
# The first two columns depend on the mode alone, the last two on the `with` alone. **Two switches; to evaluate you need
# both.** What is made under `inference_mode` can never be used in training again, so take it only where nothing is
# learned later.
#
# A `with` ends by itself. A mode stays: a model that was evaluated trains on without dropout, and nobody complains.

# %% [markdown]
# {{exercise evaluation.probabilities}}

# %% [markdown]
# ## An accuracy that is right
#
# Evaluation goes through a loader, batch by batch. How do the batches become one number?

# %% [markdown]
# {{exercise evaluation.predict_means}}

# %%
for count, size in ((10, 9), (129, 128), (129, 43)):
    right = torch.zeros(count)
    right[-1] = 1  # right about the last one only
    batches = right.split(size)
    mean_of_means = sum(batch.mean().item() for batch in batches) / len(batches)
    print(f"{count} points in batches of {size:3}: mean of means {mean_of_means:.4f}, accuracy {right.mean():.4f}")
    assert (mean_of_means == 0.5) == (count % size == 1)

# %% [markdown]
# A mean of means is the mean only if all batches have one size. So add up over **points**, and divide by their number.
# Two traps that you know are waiting in the same line: logits are cut at 0, and `(batch, 1)` beside `(batch,)` compares
# all pairs. A third one costs memory:

# %%
line, points = nn.Linear(2, 1), torch.randn(6, 2)
total_of_tensors, total = 0.0, 0.0
for batch in points.split(2):
    loss = line(batch).square().mean()
    total_of_tensors += loss
    total += loss.item()
print("total of tensors:", total_of_tensors)
print("total of numbers:", total)
assert total_of_tensors.requires_grad and isinstance(total, float)

# %% [markdown]
# The first total is a tensor that keeps the graphs of *all* batches alive. `.item()` takes the number alone.

# %% [markdown]
# {{exercise evaluation.evaluate}}

# %% [markdown]
# You first, then ours; we need it below. Here are a model with dropout, XOR points to learn from, and others to
# validate:


# %%
def make_xor(count, noise=0.1):
    corners = torch.randint(0, 2, (count, 2))
    labels = (corners[:, 0] != corners[:, 1]).float()
    return corners + noise * torch.randn(count, 2), labels


def evaluate(model, loader):
    was = model.training
    model.eval()
    total, right, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x).squeeze(1)
            assert logits.shape == y.shape
            total += loss_module(logits, y).item() * len(y)
            right += ((logits > 0) == (y == 1)).sum().item()
            count += len(y)
    model.train(was)
    return total / count, right / count


def train_epoch(model, optimizer, loader):
    model.train()
    for x, y in loader:
        loss = loss_module(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def make_model():
    return nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Dropout(0.2), nn.Linear(32, 1))


torch.set_num_threads(1)  # so small a model is fastest on one core
torch.manual_seed(0)
loss_module = nn.BCEWithLogitsLoss()
train_points, train_labels = make_xor(200)
train_set, validation_set = TensorDataset(train_points, train_labels), TensorDataset(*make_xor(250))
validation = DataLoader(validation_set, batch_size=100)

model = make_model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
for epoch in range(20):
    train_epoch(model, optimizer, DataLoader(train_set, batch_size=50, shuffle=True))
loss, accuracy = evaluate(model, validation)
print(f"validation: loss {loss:.4f}, accuracy {accuracy:.3f}")
assert accuracy > 0.95 and model.training and len(validation) == 3
pb.boundary(model, *validation_set.tensors)

# %% [markdown]
# ## How good is 0.97?
#
# Of 1000 screws a few are broken. One "model" always says "fine"; the other has learned something.

# %%
torch.manual_seed(0)
broken = torch.rand(1000) < 0.03
always_fine = torch.zeros(1000, dtype=torch.bool)
careful = torch.where(broken, torch.rand(1000) < 0.9, torch.rand(1000) < 0.08)
for name, says in (("always fine", always_fine), ("careful", careful)):
    accuracy = (says == broken).float().mean()
    found = says[broken].float().mean()
    print(f"{name:12} accuracy {accuracy:.3f}, found {found:.2f} of the broken ones")
assert (always_fine == broken).float().mean() > (careful == broken).float().mean() + 0.03
assert careful[broken].float().mean() > 0.8

# %% [markdown]
# The useless one has the better accuracy. So never read an accuracy alone. Read it beside a **baseline**: what does
# always saying the most frequent label reach? And look at each class by itself, as in the last column (its *recall*).

# %% [markdown]
# {{exercise evaluation.baseline}}

# %% [markdown]
# ## Leaks
#
# A test says how the model will do on *new* data. It says so only if nothing of the test data had a part in making the
# model. The first leak comes before the model: the scale of the inputs.

# %% [markdown]
# {{exercise evaluation.standardised}}

# %%
train, test = torch.tensor([[0.0], [2.0], [4.0]]), torch.tensor([[10.0], [12.0]])
for name, source in (("train", train), ("all", torch.cat([train, test])), ("test", test)):
    mean, std = source.mean(dim=0), source.std(dim=0)
    scaled = [round(number, 2) for number in ((torch.cat([train, test]) - mean) / std).flatten().tolist()]
    print(f"scaled by {name:6}", scaled)
print("one test point, scaled by itself:", (test[:1] - test[:1].mean(dim=0)).item())
assert ((test[:1] - test[:1].mean(dim=0)) == 0).all()

# %% [markdown]
# By all: the training points shift with every test point. By themselves: a test point says nothing but how it compares
# with its company; alone it is always 0. The training numbers are part of the model. Keep them in it, as buffers, like
# your `Standardise` in the [lesson on models](06_model.ipynb).
#
# The second leak: **twins**, the same point in both parts. Here are labels that nobody can learn: coin flips. Each
# point was recorded three times, and the rows are shuffled before the split. The model looks for the nearest training
# point and says its label.

# %%
torch.manual_seed(0)
originals, coins = torch.randn(300, 2), torch.randint(0, 2, (300,))
x, y = originals.repeat(3, 1), coins.repeat(3)


def nearest_accuracy(train_rows, test_rows):
    nearest = torch.cdist(x[test_rows], x[train_rows]).argmin(dim=1)  # cdist: the distances of all pairs
    return (y[train_rows][nearest] == y[test_rows]).float().mean().item()


rows = torch.randperm(900)
by_row = nearest_accuracy(rows[:720], rows[720:])
which = torch.arange(900) % 300  # the original of each row
by_original = nearest_accuracy((which < 240).nonzero().flatten(), (which >= 240).nonzero().flatten())
print(f"split by row:      {by_row:.2f}\nsplit by original: {by_original:.2f}")
assert by_row > 0.9 and 0.4 < by_original < 0.6

# %% [markdown]
# Nearly perfect about coin flips: it has seen the answers. So split by what is really new: by person, by day, by
# original. And look for twins:

# %% [markdown]
# {{exercise evaluation.leaked}}

# %% [markdown]
# The third leak is you. Try many models and keep the one that does best on the validation points: then its result is
# too good. Here are 300 "models" that flip coins:

# %%
torch.manual_seed(0)
answers = torch.randint(0, 2, (300, 100))  # 300 models, 100 points
on_validation, on_test = answers[:, :50], answers[:, 50:]
validation_scores = on_validation.float().mean(dim=1)  # all labels are 1
best = validation_scores.argmax()
print(f"best of 300 on validation: {validation_scores[best]:.2f}, the same on test: {on_test[best].float().mean():.2f}")
assert validation_scores[best] > 0.65 and on_test[best].float().mean() < 0.65

# %% [markdown]
# So there are three parts: **training** to learn, **validation** to choose, **test** for one look at the very end.
#
# ## Keep the best
#
# You validate after each epoch, and want to go back to the best one. `state_dict()` has all that a model keeps:
# parameters and buffers, by name. But what do you hold in your hand?

# %%
line = nn.Linear(2, 1)
kept = line.state_dict()
with torch.no_grad():
    line.weight.fill_(7.0)
print(kept["weight"])
assert (kept["weight"] == 7).all() and kept["weight"].data_ptr() == line.weight.data_ptr()
pb.see(kept["weight"], line.weight)

# %% [markdown]
# {{exercise evaluation.keep_best}}

# %%
snapshot = copy.deepcopy(line.state_dict())
with torch.no_grad():
    line.weight.fill_(-1.0)
print("snapshot:", snapshot["weight"], " the model now:", line.weight.tolist())
line.load_state_dict(snapshot)
assert (line.weight == 7).all()

# %% [markdown]
# ## Save and load
#
# `torch.save` writes a state into a file; `torch.load` reads it. Save the state, not the model:

# %%
folder = Path(tempfile.mkdtemp())
torch.save(model.state_dict(), folder / "weights.pt")
again = make_model()
again.load_state_dict(torch.load(folder / "weights.pt", weights_only=True))
assert evaluate(again, validation) == evaluate(model, validation)

torch.save(model, folder / "whole_model.pt")
try:
    torch.load(folder / "whole_model.pt")
except Exception as error:
    print(type(error).__name__, "|", str(error).split(".")[0])


class Stranger:
    def __reduce__(self):  # what pickle, the format of these files, calls to make an object again
        return print, ("This line was run by loading a file.",)


torch.save(Stranger(), folder / "stranger.pt")
torch.load(folder / "stranger.pt", weights_only=False)

# %% [markdown]
# A whole object is saved as *instructions to make it again*, and those may run anything. `weights_only=True`, the
# default, reads only tensors, numbers, text and containers of them. Switch it off only for files that you trust.
#
# A state goes by **names** and shapes. Where they do not fit, PyTorch lists it all:

# %%
other = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Dropout(0.2), nn.Linear(32, 3))
in_a_box = nn.Sequential()
in_a_box.add_module("net", make_model())
for target in (other, in_a_box):
    try:
        target.load_state_dict(model.state_dict())
    except RuntimeError as error:
        print(error, "\n")
        assert "Error(s) in loading state_dict" in str(error)

# %% [markdown]
# `strict=False` looks like the cure. Is it?

# %% [markdown]
# {{exercise evaluation.predict_strict}}

# %%
before = in_a_box.net[0].weight.clone()
report = in_a_box.load_state_dict(model.state_dict(), strict=False)
print("missing:   ", report.missing_keys)
print("unexpected:", report.unexpected_keys)
assert torch.equal(before, in_a_box.net[0].weight)  # nothing was loaded

# %% [markdown]
# So read the report, always. Often you want something between the two: a new last layer, the rest as it was saved.

# %% [markdown]
# {{exercise evaluation.load_what_fits}}

# %% [markdown]
# ## As if it had never stopped
#
# To *predict*, the weights are enough. To *train on*, they are not. A **checkpoint** is a file with all that decides
# about the next step. What is that, besides the weights?

# %% [markdown]
# {{exercise evaluation.checkpoint}}

# %% [markdown]
# Now we forget one part at a time. The run is stopped after 3 of 8 epochs; then everything is made anew
# from another seed, and all but one part is brought back. Which ends with the loss of the run that never stopped?


# %%
def start(seed):
    torch.manual_seed(seed)
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.7)
    order = torch.Generator().manual_seed(seed)
    return model, optimizer, scheduler, order


def go_on(run, epochs):
    model, optimizer, scheduler, order = run
    loader = DataLoader(train_set, batch_size=50, shuffle=True, generator=order)
    for _ in range(epochs):
        train_epoch(model, optimizer, loader)
        scheduler.step()
        loss, _ = evaluate(model, validation)
    return loss


never_stopped = go_on(start(0), 8)

model, optimizer, scheduler, order = run = start(0)
go_on(run, 3)
parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
state = {name: part.state_dict() for name, part in parts.items()}
state |= {"order": order.get_state(), "dropout": torch.get_rng_state(), "epoch": 3}
torch.save(state, folder / "run.pt")

print(f"never stopped         loss {never_stopped:.4f}")
losses = {}
for forgotten in ("nothing", *state):
    run = start(1)
    state = torch.load(folder / "run.pt", weights_only=True)
    for name, part in zip(("model", "optimizer", "scheduler"), run):
        if name != forgotten:
            part.load_state_dict(state[name])
    if forgotten != "order":
        run[3].set_state(state["order"])
    if forgotten != "dropout":
        torch.set_rng_state(state["dropout"])
    losses[forgotten] = go_on(run, 8 - (state["epoch"] if forgotten != "epoch" else 0))
    verdict = "the same" if losses[forgotten] == never_stopped else "another"
    print(f"forgotten: {forgotten:10} loss {losses[forgotten]:.4f}  {verdict}")
assert [name for name, loss in losses.items() if loss == never_stopped] == ["nothing"]  # equal in every bit

before = torch.get_rng_state()
list(validation)
assert not torch.equal(before, torch.get_rng_state())

# %% [markdown]
# Six parts: model, optimizer, scheduler, the generator of the order, PyTorch's global one (dropout), and the epoch.
# Save at the end of an epoch: a `DataLoader` does not keep where it stands inside one. NumPy, Python's `random` and
# each GPU have generators of their own (`torch.cuda.get_rng_state_all()`).
#
# **Trap:** each loop over a loader draws a number from the global generator, shuffled or not (unless the loader has its
# own; see the [lesson on data](09_data.ipynb)). So a run that is validated more often is another run.
#
# ## Another device
#
# A GPU has memory of its own. A tensor lies there or on the CPU's side, and an operation runs where its tensors are. No
# GPU at hand? Everybody has the device `"meta"`. Its tensors have a shape and a dtype, but **no numbers**.

# %%
huge = nn.Linear(100_000, 100_000, device="meta")
out = huge(torch.ones(8, 100_000, device="meta"))
print(tuple(out.shape), out.device, f"| {4 * huge.weight.numel() / 1e9:.0f} GB that nobody needs")
for ask in (lambda: out.sum().item(), lambda: out.to("cpu")):
    try:
        ask()
    except (RuntimeError, NotImplementedError) as error:
        print(type(error).__name__, "|", error)
assert out.shape == (8, 100_000)

# %% [markdown]
# Good for trying shapes, and for a habit that every GPU wants:

# %% [markdown]
# {{exercise evaluation.predict_to}}

# %%
x, layer = torch.zeros(3), nn.Linear(3, 1)
returned = x.to("meta")
print("tensor:", x.device, " what to() returned:", returned.device)
same = layer.to("meta")
print("layer: ", layer.weight.device, " to() returned the layer itself:", same is layer)
assert x.device.type == "cpu" and same is layer
assert torch.ones(3).to("cpu", torch.float64).dtype == torch.float64
one = torch.ones(3)
assert one.to("cpu") is one  # no copy, where nothing has to move

# %% [markdown]
# **`model.to(device)`, but `x = x.to(device)`.** A model moves its parameters and buffers; a plain tensor in `self`
# stays behind. The data you move batch by batch, just before you use it.

# %% [markdown]
# {{exercise evaluation.to_device}}

# %% [markdown]
# What if you forget it?

# %% [markdown]
# {{exercise evaluation.predict_devices}}

# %%
far = torch.ones(3, device="meta")
for attempt in (lambda: far + torch.ones(3), lambda: nn.Linear(3, 1, device="meta")(torch.ones(2, 3))):
    try:
        attempt()
    except RuntimeError as error:
        print(type(error).__name__, "|", error)
assert (far + torch.tensor(2.0)).device.type == "meta"
assert torch.zeros(3, device=far.device).device.type == "meta"

# %% [markdown]
# On a real GPU the message reads "Expected all tensors to be on the same device, but found at least two devices, cuda:0
# and cpu!". In `forward`, make new tensors where the input is: `torch.zeros(3, device=x.device)`.
#
# **What meta cannot teach.** It does not catch every mixture: some operations look at shapes only. Their result is
# memory that nobody has filled, and there is no error. And a parameter that moves to meta becomes a *new* parameter, so
# an optimizer made before holds the old one. Between CPU and GPU it stays the same parameter.

# %%
mixed = torch.ones(2, 3) @ torch.ones(3, 2, device="meta")
no_bias = nn.Linear(3, 1, bias=False, device="meta")(torch.ones(2, 3))
print("no error:", mixed.device, tuple(mixed.shape), "and", no_bias.device, tuple(no_bias.shape))
assert mixed.device.type == no_bias.device.type == "cpu"

layer = nn.Linear(3, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
layer.to("meta")
held = {id(parameter) for parameter in optimizer.param_groups[0]["params"]}
assert not any(id(parameter) in held for parameter in layer.parameters())

# %% [markdown]
# And with a real one? `torch.accelerator` finds it, whatever its make: CUDA, a Mac's MPS, others. This cell runs
# everywhere:

# %% tags=["volatile"]
device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
print("device:", device)
moved = make_model()
parameters = list(moved.parameters())
moved.to(device)
assert all(one is other for one, other in zip(moved.parameters(), parameters))  # still the same, wherever they are
optimizer = torch.optim.SGD(moved.parameters(), lr=0.5, momentum=0.9)
for epoch in range(20):
    moved.train()
    for x, y in DataLoader(train_set, batch_size=50, shuffle=True):
        x, y = x.to(device), y.to(device)
        loss = loss_module(moved(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
torch.save(moved.state_dict(), folder / "moved.pt")
at_home = make_model()
at_home.load_state_dict(torch.load(folder / "moved.pt", map_location="cpu", weights_only=True))
print("accuracy, back on the CPU:", evaluate(at_home, validation)[1])
assert next(moved.parameters()).device.type == device.type and evaluate(at_home, validation)[1] > 0.95

# %% [markdown]
# `map_location="cpu"` lets a computer without a GPU read what was saved on one.
#
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `model.eval()` | Dropout and BatchNorm as in evaluation | records graphs; stays until `train()` |
# | `with torch.no_grad():` | no graphs | Dropout drops on |
# | `with torch.inference_mode():` | the same, stricter | never trained on again |
# | `total += loss.item() * len(y)` | adds up over points | mean of means; graphs without `.item()` |
# | accuracy beside a baseline | what it is worth | 0.97 by saying nothing |
# | mean and deviation of `train` | one scale for both | taken from all: a leak |
# | split by what is new | an honest test | twins; choosing by the test |
# | `copy.deepcopy(model.state_dict())` | a snapshot | without the copy it lives on |
# | `torch.load(path, weights_only=True)` | tensors, numbers, text | a whole object runs code |
# | `load_state_dict(state, strict=False)` | overlooks names | loads nothing, silently; shapes still raise |
# | six states in a checkpoint | goes on bit for bit | one forgotten: another run |
# | `model.to(device)`, `x = x.to(device)` | the one moves, the other gives a copy | result thrown away |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # The data and the loop
#
# After this lesson you can …
#
# - hand any data to PyTorch as a data set, and draw batches from it with a loader;
# - say what shuffling draws from, what becomes of the last batch, and how samples become a batch;
# - use worker processes without drawing the same numbers in each;
# - write a run that repeats bit for bit;
# - write the training loop, test it on one batch, and read its two curves.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset, default_collate, get_worker_info, random_split

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it and print it.

# %% [markdown]
# ## A data set
#
# So far the data were two tensors, and you cut batches out of them yourself. PyTorch has two objects for that. A **data
# set** knows the **samples**: single points with their labels. A **loader** makes batches of them.
#
# A data set answers two questions: how many samples are there, and what is sample k?

# %%
torch.set_num_threads(1)  # so small a model is fastest on one core


class Xor(Dataset):
    def __init__(self, count, noise=0.1):
        corners = torch.randint(0, 2, (count, 2))
        self.points = corners + noise * torch.randn(count, 2)
        self.labels = (corners[:, 0] != corners[:, 1]).float()

    def __len__(self):
        return len(self.points)

    def __getitem__(self, k):
        return self.points[k], self.labels[k]


torch.manual_seed(0)
data = Xor(200)
print("samples: ", len(data))
print("sample 3:", data[3])
assert len(data) == 200 and data[3][0].shape == (2,)

# %% [markdown]
# Two methods, two underscores on each side. `__getitem__` may do anything when it is asked: read image k from a file,
# cut a piece out, add noise. `Dataset` itself brings neither of the two. Leave one out:


# %%
class NoLength(Dataset):
    def __getitem__(self, k):
        return k


try:
    DataLoader(NoLength(), batch_size=2, shuffle=True)
except TypeError as error:
    print(type(error).__name__, "|", error)

ready = TensorDataset(data.points, data.labels)  # the same data set, where everything is in tensors already
assert len(ready) == 200 and all(torch.equal(a, b) for a, b in zip(ready[3], data[3]))

# %% [markdown]
# `TensorDataset` is there for tensors. A list or a plain tensor will do, too: it has a length, and an element k.

# %% [markdown]
# {{exercise data.windows}}

# %% [markdown]
# ## Batches

# %%
loader = DataLoader(data, batch_size=32)
for x, y in loader:
    print(tuple(x.shape), tuple(y.shape), end="  ")
print("\nbatches:", len(loader))
assert len(loader) == 7 and x.shape == (8, 2)  # x is still the last batch

# %% [markdown]
# The last batch takes what is left over.

# %% [markdown]
# {{exercise data.predict_batches}}

# %%
ten = torch.arange(10)
print("kept:   ", [len(batch) for batch in DataLoader(ten, batch_size=4)])
print("dropped:", [len(batch) for batch in DataLoader(ten, batch_size=4, drop_last=True)])
print("large:  ", [len(batch) for batch in DataLoader(ten, batch_size=16, drop_last=True)])
assert len(DataLoader(ten, batch_size=16, drop_last=True)) == 0

# %% [markdown]
# **Trap:** the third loader gives nothing at all. A loop over it runs no round, and no error says so.
#
# Why drop anything? A small batch has a noisy gradient. And a batch of *one* stops batch norm, which cannot spread a
# single number:

# %%
model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
nine = torch.randn(9, 2)
try:
    for x in DataLoader(nine, batch_size=4):
        model(x)
except ValueError as error:
    print(type(error).__name__, "|", error)
for x in DataLoader(nine, batch_size=4, drop_last=True):
    model(x)
model.eval()
model(nine[:1])  # in evaluation mode, one is enough
assert len(x) == 4

# %% [markdown]
# So `drop_last=True` is for training. Where you measure, every sample counts.
#
# ## Shuffle
#
# A loader does **not** shuffle by itself. Does it matter? Collected data are often sorted. We sort ours by label, and
# train with and without.

# %%
loss_module = nn.BCEWithLogitsLoss()


def new_model(hidden=8):
    return nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 1))


def train_epoch(model, optimizer, loader):
    for x, y in loader:
        loss = loss_module(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def accuracy(model):
    with torch.no_grad():
        return ((model(data.points).squeeze(1) > 0) == (data.labels == 1)).float().mean().item()


rows = data.labels.argsort()
sorted_data = TensorDataset(data.points[rows], data.labels[rows])
batches_of_one_label = sum(len(y.unique()) == 1 for x, y in DataLoader(sorted_data, batch_size=20))
print(f"sorted: {batches_of_one_label} of 10 batches hold one label only")
assert batches_of_one_label >= 9
for shuffle in (False, True):
    torch.manual_seed(0)
    model = new_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    loader = DataLoader(sorted_data, batch_size=20, shuffle=shuffle)
    for epoch in range(25):
        train_epoch(model, optimizer, loader)
    print(f"shuffle={shuffle!s:5}  accuracy {accuracy(model):.2f}")
    assert (accuracy(model) > 0.98) == shuffle

# %% [markdown]
# In a batch with one label, a step learns "always this one", and unlearns what the batches before it have taught.
#
# What does a loader draw its order from?

# %% [markdown]
# {{exercise data.predict_orders}}

# %%
shuffled = DataLoader(torch.arange(100), batch_size=100, shuffle=True)
orders = {}
for name, draws in (("seed 0", 0), ("seed 0 again", 0), ("seed 0, then torch.rand(1)", 1)):
    torch.manual_seed(0)
    torch.rand(draws)
    orders[name] = [next(iter(shuffled)) for epoch in range(2)]
    print(f"{name:27}", *[f"epoch {k + 1}: {order[:5].tolist()} …  " for k, order in enumerate(orders[name])])
first, again, later = orders.values()
assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
assert not torch.equal(first[0], first[1]) and not torch.equal(first[0], later[0])

torch.manual_seed(0)
for _ in DataLoader(ten):  # not shuffled
    pass
order = next(iter(shuffled))
print("after an unshuffled loop:  ", order[:5].tolist(), "…")
assert not torch.equal(order, first[0])

# %% [markdown]
# The order is drawn at the start of each epoch, from PyTorch's **global** random numbers. New layers and dropout draw
# from the same row, and whoever draws first shifts all others. Even a loop that does *not* shuffle takes one number at
# its start. (You will see what for.)
#
# What gives such a row of numbers is a **generator**. The global one is shared by all. `torch.Generator()` makes one of
# your own, and a loader can be given it:

# %%
orders = []
for draws in (0, 1, 100):
    torch.rand(draws)
    own = torch.Generator().manual_seed(0)
    orders.append(next(iter(DataLoader(torch.arange(100), batch_size=100, shuffle=True, generator=own))))
print([order[:5].tolist() for order in orders])
assert torch.equal(orders[0], orders[1]) and torch.equal(orders[0], orders[2])

# %% [markdown]
# {{exercise data.my_loader}}

# %% [markdown]
# ## How samples become a batch
#
# A list of samples goes through a function, the loader's `collate_fn`. If you give none, it is `default_collate`:

# %%
print(default_collate([(torch.tensor([1.0, 2.0]), 7), (torch.tensor([3.0, 4.0]), 8)]))
print(default_collate([{"name": "a", "size": 1.5}, {"name": "b", "size": 2.5}]))
pair = default_collate([(torch.zeros(2), 7), (torch.ones(2), 8)])
assert pair[0].shape == (2, 2) and torch.equal(pair[1], torch.tensor([7, 8]))

# %% [markdown]
# It stacks tensors, makes tensors of numbers, keeps text, and goes through pairs and dicts part by part. What it cannot
# do is guess. Three sentences, as numbers of words:

# %%
sentences = [(torch.tensor([3, 1, 2]), 0), (torch.tensor([5]), 1), (torch.tensor([2, 4]), 1)]
assert len(next(iter(DataLoader(sentences, batch_size=1)))[0]) == 1  # one at a time goes well
try:
    list(DataLoader(sentences, batch_size=3))
except RuntimeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# A batch is one tensor, and its rows have one length. The repair is a function of yours. It gets the list of samples
# and returns the batch.

# %% [markdown]
# {{exercise data.pad}}

# %% [markdown]
# ## Workers
#
# If `__getitem__` is slow, other **processes** (Pythons that run beside yours) can prepare batches while the model
# trains. `num_workers=2` starts two such **workers**. Each gets a *copy* of the data set. What of its random numbers?
# This data set draws from four places. It stands in a file, because on some systems a worker is a new Python, which
# cannot see the cells of a notebook.

# %%
folder = tempfile.TemporaryDirectory()
sys.path.insert(0, folder.name)
Path(folder.name, "noisy.py").write_text("""
import random
import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset, get_worker_info

class Noisy(Dataset):
    def __init__(self):
        self.generator = torch.Generator().manual_seed(0)

    def __len__(self):
        return 4

    def __getitem__(self, k):
        own = torch.randint(1000, (), generator=self.generator)
        return get_worker_info().id, own, torch.randint(1000, ()), np.random.randint(1000), random.randrange(1000)

class Numbers(IterableDataset):
    def __iter__(self):
        yield from range(5)
""")
from noisy import Noisy, Numbers  # noqa: E402 - the cell above wrote it

torch.manual_seed(0)
loader = DataLoader(Noisy(), batch_size=None, num_workers=2)  # None: samples as they are, not in batches
print("epoch  worker   its own   torch   NumPy   random")
drawn = []
for epoch in (1, 2):
    for sample in loader:
        worker, *numbers = [int(number) for number in sample]
        drawn.append(numbers)
        print(f"{epoch:5}  {worker:6}   {numbers[0]:7}   {numbers[1]:5}   {numbers[2]:5}   {numbers[3]:6}")
own, *others = zip(*drawn)
assert own[0] == own[1] and own[2] == own[3]  # both workers
assert own[:4] == own[4:]  # both epochs
assert all(len(set(numbers)) > 4 for numbers in others)
assert get_worker_info() is None  # here, outside of any worker

# %% [markdown]
# - **Its own** generator was copied with the data set. Both workers draw the same numbers, and in the next epoch again,
#   because each epoch starts new copies. No error; only half of the variety is there.
# - The **global** ones, PyTorch's, NumPy's and Python's, differ. PyTorch seeds all three in each worker, each time
#   anew. (For NumPy, older advice says otherwise: look at the table.) These seeds come from the one number that every
#   loop takes at its start; a loader with a `generator` takes it from there.
#
# So draw from PyTorch's global random numbers in `__getitem__`, and all is well. Or seed your own in each worker: a
# loader's `worker_init_fn` is called there with the worker's number, and `get_worker_info()` gives its `id`, its
# `seed`, the number of workers, and its copy of the data set. Without workers it gives None.

# %% [markdown]
# {{exercise data.seed_worker}}

# %% [markdown]
# Some data have no length and no sample k: a stream, such as lines that arrive. An `IterableDataset` has only
# `__iter__`. The loader cannot tell its workers which samples are theirs, so each of them gives all:

# %%
for workers in (0, 2):
    numbers = [int(number) for number in DataLoader(Numbers(), batch_size=None, num_workers=workers)]
    print(f"num_workers={workers}:", numbers)
assert sorted(numbers) == sorted(2 * list(range(5)))

# %% [markdown]
# {{exercise data.stream}}

# %% [markdown]
# **The guard.** On Windows and macOS, and on Linux from Python 3.14 on, a worker is a new Python that first imports
# your script. Whatever stands at its top runs again in each worker: also the line that starts the workers. Here in
# small, with one process and without PyTorch:

# %%
start = "    multiprocessing.get_context('spawn').Process(target=print, args=('the worker ran',)).start()\n"
for guard in ("if True:\n", "if __name__ == '__main__':\n"):
    script = Path(folder.name, "script.py")
    script.write_text("import multiprocessing\n" + guard + start)
    run = subprocess.run([sys.executable, script], capture_output=True, text=True)
    said = [line.strip() for line in (run.stdout + run.stderr).splitlines() if line.strip().startswith(("the", "An "))]
    print(f"{guard.strip():27} {said[0]}")
    assert ("the worker ran" in run.stdout) == ("__name__" in guard)

# %% [markdown]
# So in a script, training stands in a function, called under `if __name__ == "__main__":`.
#
# Are two workers faster than none? For data that are in memory, like ours, they only cost:

# %% tags=["volatile"]
for workers in (0, 2):
    begun = time.perf_counter()
    batches = sum(1 for _ in DataLoader(ready, batch_size=32, num_workers=workers))
    print(f"num_workers={workers}: {batches} batches in {1000 * (time.perf_counter() - begun):.0f} ms, here and now")

# %% [markdown]
# ## A run that repeats
#
# The weights are drawn, and the orders. Seed both, and you get the same losses, **bit for bit**. You can then change
# one thing and see what *it* does.
#
# `look` loops over the data once before the training. It should change nothing:


# %%
def losses_of(seed, own_row, look=False):
    torch.manual_seed(seed)
    model = new_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    if look:
        list(DataLoader(data))
    generator = torch.Generator().manual_seed(seed) if own_row else None
    loader = DataLoader(data, batch_size=20, shuffle=True, generator=generator)
    return [train_epoch(model, optimizer, loader) for epoch in range(3)]


print("seed 0:                    ", losses_of(0, own_row=False))
print("seed 0 again:              ", losses_of(0, own_row=False))
print("seed 0, with a look:       ", losses_of(0, own_row=False, look=True))
print("own row:                   ", losses_of(0, own_row=True))
print("own row, with a look:      ", losses_of(0, own_row=True, look=True))
assert losses_of(0, own_row=False) == losses_of(0, own_row=False)  # not close: equal
assert losses_of(0, own_row=False) != losses_of(0, own_row=False, look=True)
assert losses_of(0, own_row=True) == losses_of(0, own_row=True, look=True) != losses_of(1, own_row=True)

# %% [markdown]
# A generator for the loader keeps its orders apart from everything else. **Trap:** a seed *in* the loop. Then every
# epoch has the same order, and dropout the same gaps; the run still repeats, so nothing looks wrong:

# %%
for again in (False, True):
    torch.manual_seed(0)
    seen = set()
    for epoch in range(5):
        if again:
            torch.manual_seed(0)
        seen.add(tuple(next(iter(shuffled)).tolist()))
    print("seed in the loop:" if again else "seed before it:  ", "different orders in 5 epochs:", len(seen))
    assert len(seen) == (1 if again else 5)

a, b = torch.tensor(1e8), torch.tensor(1.0)
print("(a + b) - a:", ((a + b) - a).item(), "  (a - a) + b:", ((a - a) + b).item())
assert (a + b) - a == 0 and (a - a) + b == 1

# %% [markdown]
# Bit for bit holds on one machine, with one version of PyTorch and one number of threads. Elsewhere numbers may be
# added in another order, and the last lines show what that can do to floats.
#
# One more thing is often drawn: which samples are kept back for **validation**. The model is measured on those, and
# never learns from them. `random_split` draws the parts:

# %%
torch.manual_seed(0)
train_part, val_part = random_split(data, [150, 50])
shares = [len(part) for part in random_split(data, [0.75, 0.25])]
print("parts:", len(train_part), len(val_part), " by shares:", shares, " first of validation:", val_part.indices[:5])
assert not {*train_part.indices} & {*val_part.indices}
assert torch.equal(val_part[0][0], data[val_part.indices[0]][0])  # a part is a data set, too; nothing was copied
assert val_part.indices != random_split(data, [150, 50])[1].indices  # another draw, another split

# %% [markdown]
# It draws from the global random numbers, unless it is given a `generator`, too.

# %% [markdown]
# {{exercise data.make_loaders}}

# %% [markdown]
# ## The first test of any loop
#
# Before you train for an hour: can the model learn **one batch** by heart? The loss must go down to nearly 0. If it
# does not, something is broken, and more data will not mend it.

# %% [markdown]
# {{exercise data.overfit}}

# %%
torch.manual_seed(0)
x, y = next(iter(DataLoader(data, batch_size=16, shuffle=True)))
floors = {}
for name in ("as it should be", "a sigmoid too many", "optimizer of another model", "labels in another order"):
    torch.manual_seed(0)
    model = new_model()
    held = new_model() if "another model" in name else model
    optimizer = torch.optim.Adam(held.parameters(), lr=0.05)
    for step in range(200):
        logits = model(x).squeeze(1)
        labels = y[torch.randperm(len(y))] if "labels" in name else y
        loss = loss_module(logits.sigmoid() if "sigmoid" in name else logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    floors[name] = loss.item()
    print(f"{name:27} loss after 200 steps on one batch: {loss.item():.4f}")
assert floors["as it should be"] < 0.02 and min(list(floors.values())[1:]) > 0.3

# %% [markdown]
# Three silent bugs, found in a second. The [clinic](11_debugging.ipynb) has more of them.
#
# ## The loop, and its two curves
#
# All parts are there. New is only that the model is measured on the validation data after each epoch.

# %% [markdown]
# {{exercise data.fit}}

# %% [markdown]
# Ours notes both losses. To have something to see, we make it hard: clouds that overlap, fifty points to learn from,
# and a model with 100 hidden units.

# %%
torch.manual_seed(7)
hard = Xor(100, noise=0.35)
model = new_model(100)
train_set, val_set = random_split(hard, [0.5, 0.5], generator=torch.Generator().manual_seed(7))
train_loader = DataLoader(train_set, batch_size=25, shuffle=True, generator=torch.Generator().manual_seed(7))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)


def mean_loss(model, dataset):
    model.eval()
    with torch.no_grad():
        total = sum(loss_module(model(x).squeeze(1), y).item() * len(x) for x, y in DataLoader(dataset, batch_size=50))
    return total / len(dataset)


train_losses, val_losses = [], []
for epoch in range(120):
    model.train()
    train_epoch(model, optimizer, train_loader)
    train_losses.append(mean_loss(model, train_set))
    val_losses.append(mean_loss(model, val_set))

best = min(range(120), key=lambda epoch: val_losses[epoch])
assert not {*train_set.indices} & {*val_set.indices} and len(train_set) == len(val_set) == 50
assert train_losses[-1] < train_losses[best] and val_losses[-1] > val_losses[best] + 0.1

figure, axis = plt.subplots(figsize=(6, 3.2))
axis.plot(range(1, 121), train_losses, color="black", label="training")
axis.plot(range(1, 121), val_losses, color="tab:orange", linestyle="--", label="validation")
axis.axvline(best + 1, color="gray", linestyle=":", label="lowest validation loss")
axis.set(xlabel="epoch", ylabel="mean loss", ylim=(0, None))
axis.legend()
plt.show()

print("The same in numbers:")
for epoch in sorted({0, 9, best, 59, 89, 119}):
    note = "   lowest validation loss" if epoch == best else ""
    print(f"epoch {epoch + 1:3}: training {train_losses[epoch]:.2f}, validation {val_losses[epoch]:.2f}{note}")

# %% [markdown]
# The training loss goes on falling. The validation loss turns: from there on the model learns *these fifty points* by
# heart, their noise included. That is **overfitting**. See where it draws its border:

# %%
pb.boundary(model, hard.points, hard.labels)

# %% [markdown]
# How to read the two curves:
#
# - Both stay high: it learns nothing. Test one batch.
# - Both fall, close together: go on.
# - Training falls, validation turns: overfitting. Stop at the turn, take more data or a smaller model.
# - Both jump, or become `nan`: the rate is too high.
#
# If you choose the best epoch by the validation data, they have had a say. How well the model *really* does, only a
# third part tells, which had none: the test data. The [next lesson](10_evaluation.ipynb) is about that.
#
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `__len__`, `__getitem__` | your data set | a wrong length sends the loader past the end |
# | `DataLoader(data, batch_size=32)` | batches, in order | it does not shuffle by itself |
# | `shuffle=True` | a new order in each epoch | drawn from the global random numbers |
# | `generator=…` | a row of its own | without it, others shift the order |
# | `drop_last=True` | no incomplete batch | too few samples: no batch at all |
# | `collate_fn=pad` | samples become a batch | the default only stacks what fits |
# | `num_workers=2` | processes that prepare batches | a generator in the data set repeats in each |
# | `if __name__ == "__main__":` | in a script with workers | without it, each worker would start workers |
# | `random_split(data, […], generator=…)` | training and validation | split once, use both parts |
# | `torch.manual_seed(0)` | a run that repeats | once, before the loop |
# | one batch, 200 steps | the first test of a loop | `next(iter(loader))` in the loop is another batch |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

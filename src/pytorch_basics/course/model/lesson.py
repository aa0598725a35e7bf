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
# # The model
#
# After this lesson you can …
#
# - write a model of your own as a class, and say what each line of it is for;
# - read `named_parameters()`, and tell a parameter from a buffer and from a plain tensor;
# - say which layers a model finds, and which it silently overlooks;
# - share, freeze and count parameters, and start a model from a seed;
# - switch between training and evaluation, and know what that changes.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import torch
from torch import nn

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it and print it.

# %% [markdown]
# ## A layer carries its numbers with it
#
# In the [lesson on operations](03_operations.ipynb) you wrote a linear layer as a function, and handed it a weight and
# a bias. `nn.Linear` is an object: it makes both itself, keeps them, and you call it like a function.

# %% [markdown]
# {{exercise model.predict_linear}}

# %%
torch.manual_seed(0)
layer = nn.Linear(3, 5)
x = torch.randn(4, 3)
out = layer(x)
print("weight", tuple(layer.weight.shape), " bias", tuple(layer.bias.shape), " out", tuple(out.shape))
assert torch.allclose(out, x @ layer.weight.T + layer.bias, atol=1e-6)

# %% [markdown]
# We *say* "from 3 to 5", and the weight is stored as `(5, 3)`: one row for each output. `nn.Tanh` is a layer, too. It
# bends every number to between −1 and 1, and carries nothing.

# %%
bend = nn.Tanh()
print(bend(torch.tensor([-10.0, -0.5, 0.0, 0.5, 10.0])))
assert list(bend.parameters()) == []

# %% [markdown]
# ## A model is a class of yours
#
# Here are our XOR points, and the smallest model for them: one layer, from 2 to 1. What comes out are **logits**, one
# number for each point: above 0 means "rather label 1". The [next lesson](07_loss.ipynb) is about them.

# %%
torch.manual_seed(0)
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(50, 1)
points = corners + 0.1 * torch.randn(200, 2)
labels = (corners[:, 0] != corners[:, 1]).float()


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, points):
        return self.layer(points)


line = Line()
print(line)
logits = line(points)
print("in", tuple(points.shape), " out", tuple(logits.shape))
assert logits.shape == (200, 1)

# %% [markdown]
# - `nn.Module` in the brackets: your class *is a* module, and can do all that modules can.
# - `__init__` runs once, when you make the model. The layers are made here.
# - `super().__init__()` lets `nn.Module` set up the places where it keeps layers. It comes first.
# - `forward` runs at each call, and says how the data flows.
#
# You write `forward`, but you call the **model**: `line(points)`. What is the difference?

# %% [markdown]
# {{exercise model.predict_call}}

# %%
hooked = nn.Linear(2, 1)
calls = []
hooked.register_forward_hook(lambda module, inputs, output: calls.append("hook"))
hooked(points)
hooked.forward(points)
print("hooks that ran:", len(calls))
assert len(calls) == 1

# %% [markdown]
# Tools that look into a model live on such hooks. So: never `model.forward(x)`.
#
# Now break it. We leave `super().__init__()` out, once with a layer to keep, once without. The second one is nasty: it
# fails only later, when it is used.


# %%
class NoSetUp(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 1)


class NoSetUpEither(nn.Module):
    def __init__(self):
        self.factor = 3

    def forward(self, points):
        return self.factor * points


for attempt in (NoSetUp, lambda: NoSetUpEither()(points)):
    try:
        attempt()
    except AttributeError as error:
        print(type(error).__name__, "|", error)

# %% [markdown]
# The repair is that one line. One straight line cannot solve XOR, but this model can:

# %% [markdown]
# {{exercise model.classifier}}

# %% [markdown]
# ## What the model has found
#
# When layers only follow one another, `nn.Sequential` builds the model without a class. `named_parameters()` lists all
# that it can learn. (The last column is `requires_grad`.) `pb.summary` shows the layers with their shapes. (MACs and
# FLOPs count the arithmetic.)

# %%
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
for name, parameter in model.named_parameters():
    print(f"{name:9} {tuple(parameter.shape)!s:7} {parameter.numel():3} numbers ", parameter.requires_grad)
assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias", "2.weight", "2.bias"]
assert [name for name, _ in line.named_parameters()] == ["layer.weight", "layer.bias"]
assert [name for name, _ in nn.Sequential(line, bend).named_parameters()] == ["0.layer.weight", "0.layer.bias"]
pb.summary(model, points)

# %% [markdown]
# The name is the **path** to the tensor: `2.bias` is the `bias` of the layer at place `2`. In a class of yours, the
# path is the name that you gave it in `self`: `layer.bias`. There is no `1.…`, for tanh has nothing to learn.
#
# Nobody told the model about these tensors. `self.layer = nn.Linear(2, 1)` did: assigning a module to `self`
# **registers** it. A model lists its own parameters and those of its registered layers, at any depth.

# %% [markdown]
# ## Parameter, buffer, or only a tensor
#
# A tensor can belong to a module in two ways. An `nn.Parameter` is to be **learned**. A **buffer** is only kept: it is
# saved, and moved with the model, but no gradient changes it. A plain tensor in `self` is neither.
#
# What is saved is the `state_dict()`: a dictionary of names and tensors. `model.double()` turns a model to `float64`;
# `.to(device)` moves it in just the same way, to a graphics card, say. The [lesson on evaluation](10_evaluation.ipynb)
# does both: saving and moving.


# %%
class Three(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(2))
        self.register_buffer("centre", torch.zeros(2))
        self.tensor = torch.zeros(2, requires_grad=True)


three = Three()
learned = [name for name, _ in three.named_parameters()]
saved = list(three.state_dict())
three.double()
print("        learned  saved  moved")
for name in ("factor", "centre", "tensor"):
    moved = getattr(three, name).dtype == torch.float64
    print(f"{name:7} {name in learned!s:7}  {name in saved!s:5}  {moved}")
assert learned == ["factor"] and saved == ["factor", "centre"]
assert three.tensor.dtype == torch.float32  # left behind

# %% [markdown]
# **Trap:** the plain tensor has `requires_grad=True`, and still nobody will train it, save it or move it. No error says
# so. PyTorch complains only if you put a plain tensor where a parameter has been:

# %%
try:
    three.factor = torch.zeros(2)
except TypeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# With this you can write `nn.Linear` yourself:

# %% [markdown]
# {{exercise model.my_linear}}

# %% [markdown]
# {{exercise model.standardise}}

# %% [markdown]
# ## Many layers, and the list that hides them
#
# `Stack` keeps the layers that it is given, and has one more of its own. How many parameters does it list? Each layer
# has two.


# %%
class Stack(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        self.output = nn.Linear(8, 1)


in_a_list = Stack([nn.Linear(2, 8), nn.Linear(8, 8)])
in_a_module_list = Stack(nn.ModuleList([nn.Linear(2, 8), nn.Linear(8, 8)]))
for stack in (in_a_list, in_a_module_list):
    names = [name for name, _ in stack.named_parameters()]
    print(type(stack.layers).__name__, "->", len(names), "parameters:", ", ".join(names))
assert len(list(in_a_list.parameters())) == 2 and len(list(in_a_module_list.parameters())) == 6

# %% [markdown]
# A module does not look into a Python list, and just as little into a dict or a tuple. The hidden layers compute, but
# are never trained and never saved. **This is silent.** Only where nothing at all is found does somebody complain, the
# optimizer:

# %%
hidden_away = nn.Module()
for container in ([nn.Linear(2, 1)], (nn.Linear(2, 1),), {"first": nn.Linear(2, 1)}):
    hidden_away.layers = container
    assert list(hidden_away.parameters()) == []
try:
    torch.optim.SGD(hidden_away.parameters(), lr=0.1)
except ValueError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# `nn.ModuleList` is a list that a module does look into; `nn.ModuleDict` is such a dict. You loop over them in
# `forward` yourself. `nn.Sequential` also knows how to run.

# %% [markdown]
# {{exercise model.deep}}

# %% [markdown]
# ## One layer, two places

# %% [markdown]
# {{exercise model.predict_shared}}

# %%
layer = nn.Linear(4, 4)
shared = nn.Sequential(layer, nn.Tanh(), layer)
first, second = shared[0].weight, shared[2].weight
assert first is second  # one parameter under two names
assert sum(parameter.numel() for parameter in shared.parameters()) == 4 * 4 + 4
print("parameters:", [name for name, _ in shared.named_parameters()])
print("state_dict:", list(shared.state_dict()))

twin = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))  # the same numbers, in two layers
twin.load_state_dict(shared.state_dict())
x = torch.randn(5, 4)
shared(x).sum().backward()
twin(x).sum().backward()
assert torch.allclose(layer.weight.grad, twin[0].weight.grad + twin[2].weight.grad, atol=1e-6)
pb.see(first, second)

# %% [markdown]
# A shared layer is learned once: `parameters()` gives it once, and the gradients of both places add up in the one
# `.grad`. The `state_dict` goes by names, so it has it twice.

# %% [markdown]
# ## Freeze
#
# Sometimes a part of a model should stay as it is. `requires_grad_(False)` of a layer switches all its parameters off.

# %%
body, head = nn.Linear(2, 8), nn.Linear(8, 1)
body.requires_grad_(False)
head(torch.tanh(body(points))).mean().backward()
print("gradient of the frozen body:", body.weight.grad)
print("gradient of the head:       ", tuple(head.weight.grad.shape))
assert body.weight.grad is None and head.weight.grad is not None

# %% [markdown]
# {{exercise model.freeze}}

# %% [markdown]
# **Trap:** without the underscore, you only give the *layer* an attribute that nobody reads:

# %%
layer = nn.Linear(2, 1)
layer.requires_grad = False
print("the layer says", layer.requires_grad, "and its weight says", layer.weight.requires_grad)
assert layer.weight.requires_grad

# %% [markdown]
# {{exercise model.count_parameters}}

# %% [markdown]
# ## Where the first numbers come from
#
# A new layer draws its numbers at random. `torch.manual_seed` makes that repeatable. But how far does a seed reach?

# %% [markdown]
# {{exercise model.predict_seed}}

# %%
torch.manual_seed(0)
a, b = nn.Linear(2, 3), nn.Linear(2, 3)
torch.manual_seed(0)
c = nn.Linear(2, 3)
torch.manual_seed(0)
noise = torch.rand(1)
d = nn.Linear(2, 3)
for name, other in (("b", b), ("c", c), ("d", d)):
    print(name, "like a:", torch.equal(a.weight, other.weight))
wide = nn.Linear(100, 50)
print("100 inputs: the weights reach from", f"{wide.weight.min():.3f} to {wide.weight.max():.3f}")
assert wide.weight.abs().max() <= 1 / 100**0.5

# %% [markdown]
# A seed sets where the row of random numbers begins. So set it right before you make the model.
#
# `nn.Linear` draws evenly between −1/√inputs and 1/√inputs: the more inputs are added up, the smaller. `nn.init` has
# other ways. Why random at all? Break it: start all weights alike, with three hidden units.

# %%
alike = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
for parameter in alike.parameters():
    nn.init.constant_(parameter, 0.5)
(alike(points).squeeze(1) - labels).square().mean().backward()
print("gradient of the hidden weights, one row for each hidden unit:")
print(alike[0].weight.grad)
assert torch.allclose(alike[0].weight.grad, alike[0].weight.grad[0].expand(3, 2))

# %% [markdown]
# A *hidden unit* is one output of the first layer, with its row of weights. Three hidden units, three times the same
# gradient. They move alike and stay alike: together no better than one.

# %% [markdown]
# ## Two modes
#
# Some layers work differently in training. `model.train()` and `model.eval()` set the mode, for a model and for all its
# layers; a new model is in training mode. `nn.Dropout` is such a layer: it drops numbers, so that no unit can rely on
# another.

# %% [markdown]
# {{exercise model.predict_dropout}}

# %%
torch.manual_seed(0)
dropout = nn.Dropout(0.5)
ones = torch.ones(1000)
training = dropout(ones)
dropout.eval()
evaluating = dropout(ones)
print("training:  ", training[:8].tolist(), " mean", f"{training.mean():.2f}")
print("evaluating:", evaluating[:8].tolist(), " mean", f"{evaluating.mean():.2f}")
assert training.unique().tolist() == [0.0, 2.0] and torch.equal(evaluating, ones)

# %% [markdown]
# What survives is divided by 1 − 0.5, so that the mean stays about the same. A layer reads its mode from
# `self.training`:

# %%
net = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5))
print("a new model:", net.training, net[1].training)
net.eval()
print("after eval():", net.training, net[1].training)
assert not net[1].training

# %% [markdown]
# {{exercise model.my_dropout}}

# %% [markdown]
# The other famous one is *batch normalisation*. In training it brings each feature to mean 0 and deviation 1, *by the
# batch at hand*, and notes a running mean and variance. In evaluation it uses those notes.

# %% [markdown]
# {{exercise model.predict_batchnorm}}

# %%
norm = nn.BatchNorm1d(2)
with torch.no_grad():
    normalised = norm(torch.tensor([[2.0, 5.0], [4.0, 9.0]]))
print("normalised:  ", normalised.tolist())
assert torch.allclose(normalised, torch.tensor([[-1.0, -1.0], [1.0, 1.0]]), atol=1e-4)
print("parameters:  ", [name for name, _ in norm.named_parameters()])
print("buffers:     ", [name for name, _ in norm.named_buffers()])
print("running mean:", norm.running_mean)
assert torch.allclose(norm.running_mean, 0.9 * torch.zeros(2) + 0.1 * torch.tensor([3.0, 7.0]))

norm.eval()
before = norm.running_mean.clone()
norm(torch.tensor([[100.0, 100.0]]))
assert torch.equal(norm.running_mean, before)  # evaluation only reads the notes

# %% [markdown]
# The running mean went a tenth of the way to the batch's mean, (3, 7). It is a buffer: `forward` itself changes it, and
# `no_grad` does not stop that. **Mode and gradients are two switches.** `eval()` leaves gradients on, `no_grad` leaves
# dropout on:

# %%
dropout, weight = nn.Dropout(0.5), torch.ones(1000, requires_grad=True)
dropout.eval()
assert dropout(weight).requires_grad
dropout.train()
with torch.no_grad():
    assert (dropout(weight) == 0).any()
print("eval() kept the graph; no_grad kept dropping.")

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `nn.Linear(2, 8)` | `x @ weight.T + bias` | the weight is `(8, 2)`: (out, in) |
# | `super().__init__()` | sets up what the module keeps | first line of `__init__` |
# | `model(x)` | `forward` and the hooks | not `model.forward(x)` |
# | `self.a = nn.Linear(…)` | registers a layer | a list, dict or tuple hides it |
# | `nn.ModuleList([…])` | a list that is looked into | you loop over it yourself |
# | `nn.Parameter(t)` | to be learned | a plain tensor is not, with `requires_grad` neither |
# | `register_buffer("mean", t)` | kept, saved, moved | not learned |
# | `named_parameters()` | each parameter once, with its path | the `state_dict` has a shared one twice |
# | `layer.requires_grad_(False)` | freezes its parameters | without the underscore: nothing |
# | `torch.manual_seed(0)` | where the random row begins | whoever draws first shifts all others |
# | `train()`, `eval()` | the mode of Dropout and BatchNorm | says nothing about gradients |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

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
# # The loss
#
# After this lesson you can …
#
# - read a logit, turn it into a probability and into a decision;
# - say why the loss takes logits, and show what goes wrong with a sigmoid of your own;
# - compute binary cross entropy and its gradient by hand;
# - give each loss the labels that it wants: which shape, which dtype;
# - choose between binary cross entropy and cross entropy, and between mean and sum.
#
# Reading takes about {{reading}} minutes, the exercises about {{exercise_minutes}} minutes.

# %% tags=["setup"]
# In Colab, or wherever pb is missing, run first:  %pip install "pytorch-basics"
import math

import torch
from torch import nn

import pytorch_basics as pb

# %% [markdown]
# The cells that start with `@pb.exercise` or `pb.predict` are **supposed to fail until you edit them**. They show a
# verdict; the notebook still runs to its end. Cells that provoke an error on purpose catch it and print it.

# %% [markdown]
# ## Logits and probabilities
#
# Here are our XOR points, and a model for them. It has learned nothing yet.

# %%
torch.manual_seed(0)
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(50, 1)
points = corners + 0.1 * torch.randn(200, 2)
labels = (corners[:, 0] != corners[:, 1]).float()

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
logits = model(points).squeeze(1)
print("logits       ", logits[:4])
print("probabilities", torch.sigmoid(logits[:4]))
assert logits.shape == labels.shape == (200,)

# %% [markdown]
# One number for each point, a **logit**. Any number is allowed. The **sigmoid** makes a probability for label 1 of it.

# %% [markdown]
# {{exercise loss.predict_probability}}

# %%
p = torch.sigmoid(torch.tensor([0.0, 2.0, -2.0]))
print("middle", p[0].item(), " both", (p[1] + p[2]).item())

for z in (-5.0, -2.0, 0.0, 0.5, 2.0, 5.0):
    p = torch.sigmoid(torch.tensor(z)).item()
    print(f"logit {z:4}   probability {p:.4f}   odds {math.exp(z):8.4f} to 1")
    assert abs(p / (1 - p) - math.exp(z)) < 1e-2
assert torch.logit(torch.tensor(0.75)).exp().isclose(torch.tensor(3.0))  # torch.logit goes the way back

# %% [markdown]
# How does it do that? e^z are the **odds** for label 1. Odds of 3 mean 3 to 1: three times out of four. So the
# probability is *odds / (1 + odds)*. Write it, but mind the large ones.

# %% [markdown]
# {{exercise loss.sigmoid}}

# %% [markdown]
# For a decision you need no sigmoid. "Rather 1" means: probability above 0.5. That is **logit above 0**. **Trap:** a
# logit is easily taken for a probability and cut at 0.5. No error comes, only a worse accuracy:

# %%
four_logits = torch.tensor([0.1, 0.4, 2.0, -1.0])
four_labels = torch.tensor([1.0, 1.0, 1.0, 0.0])
for cut in (0.0, 0.5):
    right = (four_logits > cut) == (four_labels == 1)
    at = torch.sigmoid(torch.tensor(cut)).item()
    print(f"cut at logit {cut}, which is probability {at:.4f}: accuracy {right.float().mean():.2f}")
assert right.sum() == 2

# %% [markdown]
# {{exercise loss.predicted_labels}}

# %% [markdown]
# ## How wrong?
#
# A loss should be small if the model gave the **true** label a high probability. *Binary cross entropy*, BCE, takes
# minus the logarithm of that probability:

# %%
for p in (0.99, 0.9, 0.5, 0.1, 0.01, 0.0001):
    print(f"probability of the true label {p:<7}  loss {-math.log(p):.4f}")
assert abs(-math.log(0.5) - 0.6931) < 1e-4

# %% [markdown]
# Sure and right costs nearly nothing. Sure and wrong gets expensive without limit. A model that always says 0.5 pays
# **0.6931**, which is ln 2: a new model should begin near it.
#
# The probability of the true label is p for label 1, and 1 − p for label 0. A common way to write both at once:

# %%
p = torch.sigmoid(logits)
by_hand = -(labels * p.log() + (1 - labels) * (1 - p).log()).mean()
print("by hand          ", by_hand.item())
print("BCELoss          ", nn.BCELoss()(p, labels).item())
print("BCEWithLogitsLoss", nn.BCEWithLogitsLoss()(logits, labels).item())
assert by_hand.isclose(nn.BCEWithLogitsLoss()(logits, labels))
assert abs(by_hand.item() - 0.6931) < 0.05  # it knows nothing yet

# %% [markdown]
# ## Why the loss wants logits
#
# The three agree. So why not a sigmoid of your own, and `BCELoss`? Let the model be surer and surer, and wrong.

# %%
label_0, label_1 = torch.tensor([0.0]), torch.tensor([1.0])
seen = {}
for z, label in [(10, label_0), (17, label_0), (50, label_0), (-17, label_1), (-50, label_1), (-110, label_1)]:
    row = []
    for way in ("by hand", "BCELoss", "with logits"):
        logit = torch.tensor([float(z)], requires_grad=True)
        p = torch.sigmoid(logit)
        if way == "by hand":
            loss = -(label * p.log() + (1 - label) * (1 - p).log()).mean()
        elif way == "BCELoss":
            loss = nn.BCELoss()(p, label)
        else:
            loss = nn.BCEWithLogitsLoss()(logit, label)
        loss.backward()
        seen[z, way] = (loss.item(), logit.grad.item())
        row.append(f"{way} {loss.item():6.1f}, gradient {logit.grad.item():6.3f}")
    print(f"logit {z:4}, label {label.item():.0f} | {' | '.join(row)}")
assert seen[17, "BCELoss"] == (100.0, 0.0) and seen[-50, "BCELoss"][0] == 50.0
assert abs(seen[-50, "BCELoss"][1]) < 1e-9 and seen[-110, "with logits"] == (110.0, -1.0)

# %% [markdown]
# - At 17, the probability is rounded to exactly 1. By hand: 1 − 1 = 0, whose logarithm is −inf; the gradient is `nan`.
# - `BCELoss` never goes below −100 for a logarithm. So there is a number; but the gradient is **0**. The model is as
#   wrong as can be, and hears nothing.
# - On the other side it takes longer, because floats are much finer near 0 than near 1. But at −50, `BCELoss` has as
#   good as no gradient, and at −110 its loss is wrong, too.

# %%
last_below_1 = torch.nextafter(torch.tensor(1.0), torch.tensor(0.0))
print(f"from 1 down to the next float: {1 - last_below_1.item():.1e}")
print(f"sigmoid(-50) is still there:   {torch.sigmoid(torch.tensor(-50.0)).item():.1e}")
assert torch.sigmoid(torch.tensor(17.0)) == 1 and torch.sigmoid(torch.tensor(-50.0)) > 0
assert torch.sigmoid(torch.tensor(37.0).double()) == 1  # float64 only comes later to the same wall

# %% [markdown]
# `BCEWithLogitsLoss` never makes a probability. Put the sigmoid into the formula, on paper, and it becomes
#
# **log(1 + e^z) − z · y**
#
# for the logit z and the label y.
#
# That alone is not enough: e^89 does not fit into a `float32`. You have met such a problem in `stable_softmax`, and
# the cure: never take `exp` of a large number.

# %%
z, y = torch.tensor([-2.0, 0.5, 3.0]), torch.tensor([1.0, 0.0, 1.0])
assert torch.allclose((torch.exp(z) + 1).log() - z * y, nn.BCEWithLogitsLoss(reduction="none")(z, y))
assert torch.exp(torch.tensor(88.0)).isfinite() and torch.exp(torch.tensor(89.0)).isinf()

# %% [markdown]
# {{exercise loss.stable_bce}}

# %% [markdown]
# ## The gradient
#
# What does a model hear from this loss? Go back through one point, a logit of 2 with the label 0:

# %%
z, y = torch.tensor([2.0], requires_grad=True), torch.tensor([0.0])
p = torch.sigmoid(z)
g = pb.graph(nn.BCELoss()(p, y))
g.backward()
g

# %%
by_loss = (p - y) / (p * (1 - p))  # the slope of BCE with respect to p
by_sigmoid = p * (1 - p)  # the slope of the sigmoid
print("slope of the loss   ", by_loss.item())
print("slope of the sigmoid", by_sigmoid.item())
print("gradient            ", z.grad.item())
assert torch.allclose(z.grad, by_loss * by_sigmoid)

# %% [markdown]
# Two slopes, multiplied: the chain rule. Take a pencil and see what is left.

# %% [markdown]
# {{exercise loss.bce_gradient}}

# %%
watched = logits.detach().requires_grad_()
nn.BCEWithLogitsLoss()(watched, labels).backward()
assert torch.allclose(watched.grad * 200, torch.sigmoid(watched) - labels, atol=1e-6)

print("label 1:          BCE       squared error     a second sigmoid")
print("logit       loss   grad     loss   grad       loss   grad")
for value in (-20.0, -8.0, -2.0, 0.0, 2.0, 8.0):
    row = []
    for loss_of_logit in (
        lambda z: nn.BCEWithLogitsLoss()(z, label_1),
        lambda z: nn.MSELoss()(torch.sigmoid(z), label_1),
        lambda z: nn.BCEWithLogitsLoss()(torch.sigmoid(z), label_1),
    ):
        z = torch.tensor([value], requires_grad=True)
        loss = loss_of_logit(z)
        loss.backward()
        row.append(f"{loss.item():6.3f} {z.grad.item():7.4f}")
    print(f"{value:5}     {'   '.join(row)}")
assert z.grad.abs() < 1e-3
pb.losses(
    nn.BCEWithLogitsLoss(),
    lambda z, y: nn.MSELoss()(torch.sigmoid(z), y),
    lambda z, y: nn.BCEWithLogitsLoss()(torch.sigmoid(z), y),
)

# %% [markdown]
# It is **probability minus label**. Where the model is sure and wrong, that is nearly 1 or −1: BCE pulls with full
# strength. The other two columns go to sleep exactly there, because the slope of a sigmoid is left over. (`pb.losses`
# draws each loss, and its slope, against the logit.) The last one is the next topic.
#
# ## One sigmoid too many

# %% [markdown]
# {{exercise loss.predict_twice}}

# %%
twice = torch.sigmoid(torch.sigmoid(torch.tensor([-100.0, -1.0, 0.0, 100.0])))
print("twice", twice)

loss_module = nn.BCEWithLogitsLoss()
floors = {}
for name, ones in [("all 1", [1.0, 1.0]), ("all 0", [0.0, 0.0]), ("half and half", [1.0, 0.0])]:
    truth = torch.tensor(ones)
    perfect = 200 * truth - 100  # 100 for label 1, -100 for label 0
    floors[name] = loss_module(torch.sigmoid(perfect), truth).item()
    print(f"labels {name:13}  logits {loss_module(perfect, truth).item():.4f}  their sigmoid {floors[name]:.4f}")
assert abs(floors["all 1"] - math.log(1 + 1 / math.e)) < 1e-4 and abs(floors["all 0"] - math.log(2)) < 1e-4
assert abs(floors["half and half"] - 0.5032) < 1e-4

# %% [markdown]
# The loss has a **floor**. A perfect model cannot get below it, and for label 0 the floor is what a coin gets. What
# does that do to training? We train with the loop from the [lesson on descent](05_descent.ipynb), from three seeds.


# %%
def train(seed, before_loss):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    for _ in range(300):
        logits = model(points).squeeze(1)
        loss = loss_module(before_loss(logits), labels)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= 1.0 * parameter.grad
    return loss.item(), ((logits > 0) == (labels == 1)).float().mean().item()


print("seed   logits: loss, accuracy   sigmoid first: loss, accuracy")
for seed in (0, 1, 2):
    loss, right = train(seed, lambda logits: logits)
    loss_twice, right_twice = train(seed, torch.sigmoid)
    print(f"{seed:4}          {loss:.3f}      {right:.2f}                 {loss_twice:.3f}      {right_twice:.2f}")
    assert right > 0.98 and loss < 0.05 and loss_twice > floors["half and half"]

# %% [markdown]
# No error, no warning. The loss even falls. The sign of the mistake is a loss that stays high.
#
# ## Labels that fit

# %% [markdown]
# {{exercise loss.predict_targets}}

# %%
outputs = model(points)  # (200, 1)
for attempt in (
    lambda: loss_module(outputs, labels),
    lambda: loss_module(outputs.squeeze(1), labels.long()),
):
    try:
        attempt()
    except (ValueError, RuntimeError) as error:
        print(type(error).__name__, "|", error)

# %% [markdown]
# This loss wants labels in the **same shape** as the logits, and **floats**: a label is a probability to be reached.
# The second message does not speak of labels at all, so remember it: `.float()` is missing.
#
# An error is good luck. If you do the arithmetic yourself, the table of all pairs is back:

# %%
losses = nn.functional.softplus(outputs) - outputs * labels  # softplus(z) is log(1 + e^z)
print("by hand, from (200, 1) and (200,):", tuple(losses.shape), " mean", losses.mean().item())
print("the right one:                   ", loss_module(outputs.squeeze(1), labels).item())
assert losses.shape == (200, 200)

# %% [markdown]
# {{exercise loss.loss_of}}

# %% [markdown]
# ## More than two classes
#
# Which of the four *corners* does a point belong to? Now there are four **classes**. The model gets four outputs, and
# a label is the **index** of the right one. `softmax`, which you built in [lesson 3](03_operations.ipynb), makes four
# shares of the four logits, together 1. *Cross entropy* is minus the logarithm of the share of the right class.

# %%
classes = (2 * corners[:, 0] + corners[:, 1]).long()
torch.manual_seed(0)
which_corner = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 4))
four_logits = which_corner(points)
shares = torch.softmax(four_logits, dim=1)
for row in range(3):
    right_class = classes[row].item()
    right_share = shares[row, right_class].item()
    written = " ".join(f"{share:.3f}" for share in shares[row].tolist())
    print(f"shares {written}   right class {right_class}   loss {-math.log(right_share):.4f}")

loss = nn.CrossEntropyLoss()(four_logits, classes)
print("mean over all points:", loss.item())
assert four_logits.shape == (200, 4) and classes.shape == (200,) and classes.dtype == torch.int64
assert torch.allclose(shares.sum(dim=1), torch.ones(200)) and abs(loss.item() - math.log(4)) < 0.2

# %% [markdown]
# A model that knows nothing pays ln 4 here, the logarithm of the number of classes. This loss, too, wants logits, and
# does the rest itself. About labels it thinks differently:
#
# | | `BCEWithLogitsLoss` | `CrossEntropyLoss` |
# |---|---|---|
# | question | yes or no, for each output | which one of the classes |
# | logits | any shape | `(batch, classes)` |
# | labels | same shape, **float** | `(batch,)`, **int64**: indices from 0 |

# %%
for wrong in (classes.float(), classes.unsqueeze(1), classes + 1):
    try:
        nn.CrossEntropyLoss()(four_logits, wrong)
    except (RuntimeError, IndexError) as error:
        print(type(error).__name__, "|", error)

# %% [markdown]
# {{exercise loss.mean_cross_entropy}}

# %% [markdown]
# Softmax before this loss is again one too many, with a floor again: the shares are at most 1 apart.

# %%
for count in (2, 3, 10):
    perfect, right_class = torch.zeros(1, count), torch.tensor([0])
    perfect[0, 0] = 100.0
    floor = nn.CrossEntropyLoss()(torch.softmax(perfect, dim=1), right_class).item()
    print(f"{count:2} classes: logits {nn.CrossEntropyLoss()(perfect, right_class).item():.4f}   shares {floor:.4f}")
    assert abs(floor - math.log(1 + (count - 1) / math.e)) < 1e-4

z = torch.tensor([1.5])  # BCE is cross entropy with two classes, one of whose logits is always 0
two = torch.tensor([[0.0, 1.5]])
assert nn.BCEWithLogitsLoss()(z, label_1).isclose(nn.CrossEntropyLoss()(two, torch.tensor([1])))

# %% [markdown]
# And what if the two losses are mixed up?

# %% [markdown]
# {{exercise loss.predict_one_output}}

# %%
outputs = torch.tensor([[3.0], [-3.0], [-3.0], [3.0]], requires_grad=True)
loss = nn.CrossEntropyLoss()(outputs, torch.tensor([[0.0], [1.0], [1.0], [0.0]]))
loss.backward()
print("loss", abs(loss.item()), " gradient", outputs.grad.abs().flatten().tolist())
assert loss == 0 and not outputs.grad.any()

as_shares = nn.functional.one_hot(classes, 4).float()  # a 1 at the place of the right class
assert nn.CrossEntropyLoss()(four_logits, as_shares).isclose(nn.CrossEntropyLoss()(four_logits, classes))

# %% [markdown]
# A loss of 0 from the first step on is no triumph. One class always gets the whole share. (Float labels in the shape of
# the logits are legal: PyTorch reads them as the shares that the classes should get.)
#
# ## Mean, sum, or each for itself
#
# `reduction` says what becomes of the losses of the single points. The default is `"mean"`.

# %% [markdown]
# {{exercise loss.predict_reduction}}

# %%
for reduction in ("mean", "sum"):
    z = torch.zeros(4, requires_grad=True)
    loss = nn.BCEWithLogitsLoss(reduction=reduction)(z, torch.ones(4))
    loss.backward()
    print(f"{reduction:5} loss {loss.item():.4f}   gradient {z.grad.tolist()}")

each = nn.BCEWithLogitsLoss(reduction="none")(logits, labels)
assert each.shape == (200,) and each.mean().isclose(nn.BCEWithLogitsLoss()(logits, labels))
try:
    each.backward()
except RuntimeError as error:
    print(type(error).__name__, "|", error)

# %% [markdown]
# With `sum`, the gradient grows with the batch: twice the batch, twice the step. With `mean`, a learning rate fits
# batches of any size. `none` leaves the reducing to you. You want it if some points count more than others, or not at
# all:

# %% [markdown]
# {{exercise loss.known_loss}}

# %% [markdown]
# A last option, for rare labels: `pos_weight=3.0` counts each point of label 1 three times.

# %%
z, y = torch.tensor([0.5, -1.0, -2.0, 0.3]), torch.tensor([1.0, 0.0, 0.0, 0.0])
weighted = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0), reduction="sum")(z, y)
repeated = nn.BCEWithLogitsLoss(reduction="sum")(z[[0, 0, 0, 1, 2, 3]], y[[0, 0, 0, 1, 2, 3]])
print("weighted", weighted.item(), " repeated", repeated.item())
assert weighted.isclose(repeated)

# %% [markdown]
# ## Summary
#
# | you write | what it does | trap |
# |---|---|---|
# | `torch.sigmoid(logits)` | probabilities, to read | not before `BCEWithLogitsLoss` |
# | `logits > 0` | the decision | not 0.5: that is a probability |
# | `nn.BCEWithLogitsLoss()(logits, labels)` | yes or no | labels: same shape, float |
# | `nn.BCELoss()(p, labels)` | the same, from probabilities | sure and wrong: no gradient |
# | `nn.CrossEntropyLoss()(logits, classes)` | which class | indices, `int64`; no softmax before it |
# | … with one output | always 0 | learns nothing, silently |
# | `(sigmoid(logits) - labels) / n` | the gradient of the mean BCE | |
# | `reduction="sum"` | adds up | the gradient grows with the batch |
# | `reduction="none"` | each for itself | reduce before `backward()` |
# | first loss near 0.6931, or ln C | a model that knows nothing | far from it: look for a mistake |

# %% [markdown]
# ## The mistakes you met
#
# {{mistakes}}

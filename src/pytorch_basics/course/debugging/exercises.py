"""The exercises of the clinic, patient by patient: name the mistake, then repair the program; no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. Each stub is a broken program, the same that the
lesson runs. The code of a prediction holds the tests that tell its choices apart, so what is right is measured. One
file although long: the order of the lesson is its structure.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from pytorch_basics.course.debugging import probes
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

FOUND = {"mistake": "' and '.join(name for name, found in tests.items() if found)"}
CLOSE = Same(rtol=1e-4, atol=1e-5)
LINE, NET = "Linear(2, 1)", "Sequential(Linear(2, 4), Tanh(), Linear(4, 1))"


def points_of(draw: Draw, count: int) -> Tensor:
    return draw.randn(count, 2) + 0.5


def labels_of(draw: Draw, count: int) -> Tensor:
    """Zeros and ones; both, where there are at least two."""
    found = draw.randint(0, 2, count).float()
    found[:2] = torch.tensor([1.0, 0.0])[:count]
    return found


def _models(draw: Draw, *counts: int) -> Iterator[tuple[str, Tensor, Tensor, int]]:
    for number, count in enumerate(counts):
        yield (LINE, NET)[number % 2], points_of(draw, count), labels_of(draw, count), draw.seed_for_case()


# --- patient 1

NAME_SMALL_NET = Prediction(
    id="debugging.name_small_net",
    title="Patient 1: name it",
    statement='Which is it? `"batch"`: the flattening mixes up the images. `"channels"`: the convolution gets another '
    'number of channels than it takes. `"size"`: the head is made for another number of features. `"dtype"`: image '
    "and weights differ in dtype.",
    code="""from torch import nn

conv, head = nn.Conv2d(1, 4, kernel_size=3), nn.Linear(4 * 8 * 8, 10)
images = torch.rand(5, 1, 8, 8)
flat = conv(images).relu().flatten(1)
tests = {
    "batch": flat.shape[0] != images.shape[0],
    "channels": images.shape[1] != conv.in_channels,
    "size": flat.shape[1] != head.in_features,
    "dtype": flat.dtype != head.weight.dtype,
}
""",
    asks=FOUND,
    hints=(
        "The message names two matrices: what arrives, and the weight. Which of the numbers should agree?",
        "5 images arrive, so the 5 is as it should be. What about the second number?",
        "144 features arrive. The head was made for 4 · 8 · 8.",
    ),
)

SMALL_NET = Exercise(
    id="debugging.small_net",
    title="Patient 1: repair it",
    statement="Repair `SmallNet` for images `(batch, 1, 8, 8)`; it gives `(batch, classes)`. The convolution stays as "
    "it is, and every number that it makes reaches the head. (The examples give classes and batch.)",
    stub="""class SmallNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3)
        self.head = nn.Linear(4 * 8 * 8, classes)

    def forward(self, images):
        hidden = self.conv(images).relu()
        return self.head(hidden.flatten(1))
""",
    examples=(case(10, 5),),
    cases=lambda draw: (
        case(draw.integer(2, 9), batch, seed=draw.seed_for_case()) for batch in (1, 2, 3, draw.integer(4, 7), 16)
    ),
    hints=(
        "Print the shape that arrives at the head, or use the hooks.",
        "A kernel of 3 without padding eats the border: how many rows and columns are left of 8?",
        "The head takes 4 channels of 6 × 6 numbers each.",
    ),
    minutes=3,
    probe=probes.probe_small_net,
)

# --- patient 2

NAME_SCORE_ROWS = Prediction(
    id="debugging.name_score_rows",
    title="Patient 2: name it",
    statement='Which is it? `"array"`: the layer got a NumPy array. `"features"`: the layer is made for another '
    'number of features. `"nan"`: the scaling divided by 0. `"dtype"`: rows and weights differ in dtype.',
    code="""from torch import nn

layer, rows = nn.Linear(3, 1), np.arange(18.0).reshape(6, 3)
scaled = torch.from_numpy((rows - rows.mean(axis=0)) / rows.std(axis=0))
tests = {
    "array": not isinstance(scaled, torch.Tensor),
    "features": scaled.shape[1] != layer.in_features,
    "nan": bool(scaled.isnan().any()),
    "dtype": scaled.dtype != layer.weight.dtype,
}
""",
    asks=FOUND,
    hints=(
        "The message says what differs between the two matrices.",
        "Double and Float are PyTorch's old names for two of the things in the list.",
        "NumPy computes in float64; a layer holds float32.",
    ),
)


def _rows(draw: Draw) -> Iterator[Case]:
    for dtype in (torch.float64, torch.float64, torch.float64, torch.float32, torch.float64):
        features, outputs = draw.shape_not_square(1, 5)
        rows = 3 * draw.randn(draw.integer(3, 8), features, dtype=dtype) + 4
        yield case(rows.numpy(), outputs, seed=draw.seed_for_case())


SCORE_ROWS = Exercise(
    id="debugging.score_rows",
    title="Patient 2: repair it",
    statement="Repair `score_rows(layer, rows)`: `rows` is a NumPy array `(batch, features)`; the result is float32, "
    "`(batch, outputs)`. The layer belongs to the caller and stays float32. (The examples give rows and outputs.)",
    stub="""def score_rows(layer, rows):
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return layer(torch.from_numpy(scaled))
""",
    examples=(case(torch.tensor([[1.0, 5.0], [2.0, 9.0], [4.0, 4.0]], dtype=torch.float64).numpy(), 1),),
    cases=_rows,
    hints=(
        "Two dtypes meet. Which of the two belongs to somebody else?",
        "The rows are scaled first; only then do they have to become what the layer takes.",
        "`.float()` makes float32 of any tensor.",
    ),
    minutes=3,
    probe=probes.probe_score_rows,
    same=CLOSE,
)

# --- patient 3

NAME_POINT_LOSS = Prediction(
    id="debugging.name_point_loss",
    title="Patient 3: name it",
    statement='Which is it? `"count"`: there are more labels than points. `"column"`: one side is a column, the other '
    'is not. `"dtype"`: the labels are not floats. `"range"`: a label is neither 0 nor 1.',
    code="""from torch import nn

logits, labels = nn.Linear(2, 1)(torch.rand(200, 2)), torch.rand(200).round()
tests = {
    "count": len(labels) != len(logits),
    "column": labels.dim() != logits.dim(),
    "dtype": labels.dtype != logits.dtype,
    "range": bool(((labels != 0) & (labels != 1)).any()),
}
""",
    asks=FOUND,
    hints=(
        "Read the two sizes in the message: in what do they differ?",
        "Both have 200 rows.",
        "The model has one output, so it gives (200, 1).",
    ),
)


def _losses(draw: Draw) -> Iterator[Case]:
    for model, points, labels, seed in _models(draw, draw.integer(3, 8), 1, 2, draw.integer(4, 9), 1, 5):
        yield case(model, points, labels, seed=seed)


POINT_LOSS = Exercise(
    id="debugging.point_loss",
    title="Patient 3: repair it",
    statement="Repair `point_loss(model, points, labels)`: the mean loss of a batch, one point included. The model "
    "gives `(batch, 1)`; `labels` is `(batch,)`. (The examples name the model; the check also looks at its gradients.)",
    stub="""def point_loss(model, points, labels):
    logits = model(points)
    return nn.BCEWithLogitsLoss()(logits, labels)
""",
    examples=(case(LINE, torch.tensor([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]), torch.tensor([1.0, 0.0, 0.0])),),
    cases=_losses,
    hints=(
        "You can change the shape of either side. What happens to your change if the batch has one point?",
        "`squeeze` and `unsqueeze` take the dimension that is to go or to come.",
        "Dimension 1 goes from the logits, or comes to the labels.",
    ),
    minutes=3,
    probe=probes.probe_loss,
    same=CLOSE,
)

# --- patient 4

NAME_FIT = Prediction(
    id="debugging.name_fit",
    title="Patient 4: name the cure",
    statement='The code tries four cures for five rounds. After which one does the loss fall? `"retain"`: '
    '`backward(retain_graph=True)`, as the message says. `"detach"`: `loss.detach().requires_grad_()`. `"forward"`: '
    'compute the loss anew in each round. `"zero"`: `zero_grad()` after `step()` too.',
    code="""from torch import nn


def falls(cure):
    torch.manual_seed(0)
    points = torch.rand(20, 2)
    labels = (points[:, 0] > 0.5).float()
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)

    def forward():
        return nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)

    loss = forward()
    before = loss.item()
    try:
        for _ in range(5):
            loss = forward() if cure == "forward" else loss
            loss = loss.detach().requires_grad_() if cure == "detach" else loss
            optimizer.zero_grad()
            loss.backward(retain_graph=cure == "retain")
            optimizer.step()
            if cure == "zero":
                optimizer.zero_grad()
    except RuntimeError:
        return False
    return forward().item() < before


tests = {cure: falls(cure) for cure in ("retain", "detach", "forward", "zero")}
""",
    asks={"cure": FOUND["mistake"]},
    hints=(
        "A message says what PyTorch could not do, and proposes a way out. Is it the way you want to go?",
        "How many forward passes does the patient make? How many backward passes?",
        "Each backward wants a graph of its own, made with the parameters as they are now.",
    ),
    minutes=2,
)


def _fits(draw: Draw) -> Iterator[Case]:
    for steps, (model, points, labels, seed) in zip((1, 3, 4, 6, 2), _models(draw, 4, 6, 7, 5, 3), strict=True):
        yield case(model, points, labels, draw.choice((0.5, 1.0)), steps, seed=seed)


FIT = Exercise(
    id="debugging.fit",
    title="Patient 4: repair it",
    statement="Repair `fit(model, points, labels, lr, steps)`. It takes `steps` steps of SGD and returns the losses, "
    "each as it was before its step.",
    stub="""def fit(model, points, labels, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = nn.BCEWithLogitsLoss()(model(points).squeeze(1), labels)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
""",
    examples=(case(LINE, torch.tensor([[0.0, 1.0], [1.0, 1.0]]), torch.tensor([1.0, 0.0]), 1.0, 3),),
    cases=_fits,
    hints=(
        "Which lines have to happen once in each round?",
        "After a step the parameters are others. Is `loss` the loss of the new ones?",
        "The line that computes `loss` goes into the loop.",
    ),
    minutes=3,
    probe=probes.probe_fit,
    same=CLOSE,
)

# --- patient 5

NAME_ENERGY = Prediction(
    id="debugging.name_energy",
    title="Patient 5: name it",
    statement='Which tensor was written over after autograd had kept it? `"x"`, `"weight"`, `"product"` '
    '(`x @ weight`), or `"hidden"`?',
    code="""x, weight = torch.rand(4, 2), torch.rand(2, 3, requires_grad=True)
product = x @ weight
hidden = torch.tanh(product)
hidden *= 2.0
tensors = {"x": x, "weight": weight, "product": product, "hidden": hidden}
tests = {name: tensor._version > 0 for name, tensor in tensors.items()}
""",
    asks={"overwritten": FOUND["mistake"]},
    hints=(
        "The message says how large the tensor is, and which operation made it.",
        "Which operation made it? Anomaly mode shows the line.",
        "It is the output of tanh, at version 1: changed in place once.",
    ),
)


def _energies(draw: Draw) -> Iterator[Case]:
    for scale in (2.0, 0.5, 3.0, -1.5, draw.choice((0.25, 4.0))):
        features, hidden = draw.shape_not_square(1, 5)
        yield case(draw.randn(draw.integer(1, 5), features), draw.randn(features, hidden), scale)


ENERGY = Exercise(
    id="debugging.energy",
    title="Patient 5: repair it",
    statement="Repair `energy(x, weight, scale)`, so that `backward()` gives the right gradient of the same number. "
    "(The check calls `backward()` on what you return, and notes `weight.grad`.)",
    stub="""def energy(x, weight, scale):
    hidden = torch.tanh(x @ weight)
    hidden *= scale
    return (hidden**2).mean()
""",
    examples=(case(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 1.0, -1.0], [2.0, 1.0, 0.0]]), 2.0),),
    cases=_energies,
    hints=(
        "What `tanh` gave must stay as it was. Where can the scaled numbers go?",
        "A new tensor can have the same name.",
        "`hidden = hidden * scale` makes a new one; so does `clone()`.",
    ),
    minutes=3,
    probe=probes.probe_energy,
    same=CLOSE,
)

# --- patient 6

NAME_BACKWARD_OF_MEAN = Prediction(
    id="debugging.name_backward_of_mean",
    title="Patient 6: name it",
    statement="Follow the chain from the model to the loss. Which is the first that does **not** require grad any "
    "more? "
    '`"logits"`, `"loss"` (of one batch), `"losses"` (`torch.tensor(losses)`), or `"mean"`?',
    code="""from torch import nn

logits = nn.Linear(2, 1)(torch.rand(5, 2)).squeeze(1)
loss = nn.BCEWithLogitsLoss()(logits, torch.ones(5))
losses = torch.tensor([loss.item()])
mean = losses.mean()
chain = {"logits": logits, "loss": loss, "losses": losses, "mean": mean}
cut = next(name for name, tensor in chain.items() if not tensor.requires_grad)
""",
    asks={"cut": "cut"},
    hints=(
        "Which step makes something of a tensor that is no tensor any more?",
        "`item()` gives a plain Python number. What can `torch.tensor` know of where it came from?",
        "`loss` still has its history. What was made of its number has none.",
    ),
)


def _batches(draw: Draw) -> Iterator[Case]:
    for model, sizes in ((LINE, (3, 2)), (NET, (4, 4, 1)), (NET, (2,)), (LINE, (1, 5, 2)), (NET, (3, 3))):
        batches = [(points_of(draw, size), labels_of(draw, size)) for size in sizes]
        yield case(model, batches, seed=draw.seed_for_case())


BACKWARD_OF_MEAN = Exercise(
    id="debugging.backward_of_mean",
    title="Patient 6: repair it",
    statement="Repair `backward_of_mean(model, batches)`. It leaves, in the `.grad` of the parameters (None before), "
    "the gradients of the mean of the batches' losses, and returns that mean as a number.",
    stub="""def backward_of_mean(model, batches):
    losses = []
    for x, y in batches:
        loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
        losses.append(loss.item())
    mean = torch.tensor(losses).mean()
    mean.backward()
    return mean.item()
""",
    examples=(
        case(
            LINE,
            [
                (torch.tensor([[0.0, 1.0]]), torch.tensor([1.0])),
                (torch.tensor([[1.0, 1.0], [0.0, 0.0]]), torch.tensor([0.0, 0.0])),
            ],
        ),
    ),
    cases=_batches,
    hints=(
        "What has to be in the list, so that the mean knows where it came from?",
        "You know two ways to make one tensor of a list of tensors, and you can add them up as well.",
        "Append `loss` itself; then `torch.stack(losses).mean()`.",
    ),
    minutes=4,
    probe=probes.probe_backward_of_mean,
    same=CLOSE,
)

# --- patient 7

NAME_FIT_LINE = Prediction(
    id="debugging.name_fit_line",
    title="Patient 7: name it",
    statement='Which is it? `"rate"`: the learning rate is too high for this loss. `"still"`: the parameters do not '
    'move. `"sum"`: a step uses more than the gradient of its round. `"uphill"`: the steps go up the slope.',
    code="""from torch import nn

points = torch.rand(200, 2)
targets = 2 * points[:, 0] - points[:, 1]


def two_steps(clearing):
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    losses, places, grads = [], [], []
    for _ in range(2):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        own = torch.autograd.grad(loss, model.weight, retain_graph=True)[0]
        if clearing:
            optimizer.zero_grad()
        loss.backward()
        grads.append(torch.equal(model.weight.grad, own))
        losses.append(loss.item())
        places.append(model.weight.detach().clone())
        optimizer.step()
    return losses, places, grads


losses, places, grads = two_steps(clearing=False)
clean_losses, _, _ = two_steps(clearing=True)
tests = {
    "rate": clean_losses[1] > clean_losses[0],
    "still": torch.equal(places[0], places[1]),
    "sum": not all(grads),
    "uphill": losses[1] > losses[0],
}
""",
    asks=FOUND,
    hints=(
        "Look at the printed lengths of the gradient, and at the loss beside them.",
        "Where the loss is smallest, the gradient of this round is small. Is the one in `.grad`?",
        "`backward()` adds. Look for the line that clears.",
    ),
    minutes=2,
)


def _lines(draw: Draw) -> Iterator[Case]:
    for steps in (3, 5, 4, 8, 2):
        count, features = draw.integer(4, 9), draw.integer(1, 4)
        yield case(
            draw.rand(count, features) + 0.2, draw.randn(count) + 3, draw.choice((0.05, 0.1)), steps,
            seed=draw.seed_for_case(),
        )  # fmt: skip


FIT_LINE = Exercise(
    id="debugging.fit_line",
    title="Patient 7: repair it",
    statement="Repair `fit_line(model, points, targets, lr, steps)`: plain SGD with exactly this `lr`, and the losses "
    "from before each step. The first call finds all gradients empty. (The examples give the arguments but the model.)",
    stub="""def fit_line(model, points, targets, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.MSELoss()(model(points).squeeze(1), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
""",
    examples=(case(torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([1.0, 3.0, 5.0]), 0.1, 5),),
    cases=_lines,
    hints=(
        "Three calls belong to a step. How many do you see?",
        "Both legal places are in the loop.",
        "`optimizer.zero_grad()` before `backward()`, or after `step()`.",
    ),
    minutes=3,
    probe=probes.probe_fit_line,
)

# --- patient 8

NAME_LOGIT_LOSS = Prediction(
    id="debugging.name_logit_loss",
    title="Patient 8: name it",
    statement='Which is it? `"rate"`: with a rate ten times as high the loss gets below 0.4. `"labels"`: a label is '
    'neither 0 nor 1. `"cut"`: no gradient arrives. `"squashed"`: the loss is never given a number below 0 or above 1.',
    code="""from torch import nn

torch.manual_seed(0)
corners = torch.randint(0, 2, (100, 2))
points, labels = corners + 0.1 * torch.randn(100, 2), (corners[:, 0] != corners[:, 1]).float()
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=5.0, momentum=0.9)
for _ in range(100):
    optimizer.zero_grad()
    given = torch.sigmoid(model(points).squeeze(1))
    loss = nn.BCEWithLogitsLoss()(given, labels)
    loss.backward()
    optimizer.step()
tests = {
    "rate": loss.item() < 0.4,
    "labels": bool(((labels != 0) & (labels != 1)).any()),
    "cut": model[0].weight.grad is None,
    "squashed": bool(given.min() >= 0 and given.max() <= 1),
}
""",
    asks=FOUND,
    hints=(
        "What does this loss want to be given?",
        "Its name ends in `WithLogits`. A logit may be any number.",
        "A sigmoid comes before the loss, and the loss applies another.",
    ),
    minutes=2,
)

LOGIT_LOSS = Exercise(
    id="debugging.logit_loss",
    title="Patient 8: repair it",
    statement="Repair `logit_loss(model, points, labels)`: the mean binary cross entropy, where the model gives logits "
    "`(batch, 1)` and `labels` is `(batch,)`. (The check also looks at the gradients.)",
    stub="""def logit_loss(model, points, labels):
    probabilities = torch.sigmoid(model(points).squeeze(1))
    return nn.BCEWithLogitsLoss()(probabilities, labels)
""",
    examples=(case(LINE, torch.tensor([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]), torch.tensor([1.0, 0.0, 0.0])),),
    cases=_losses,
    hints=(
        "One sigmoid too many. There are two of them; which can go?",
        "Either the loss gets logits, or another loss gets probabilities.",
        "`nn.BCEWithLogitsLoss()` on `model(points).squeeze(1)` itself.",
    ),
    minutes=3,
    probe=probes.probe_loss,
    same=CLOSE,
)

# --- patient 9

NAME_SQUARED_LOSS = Prediction(
    id="debugging.name_squared_loss",
    title="Patient 9: name it",
    statement='Which is it? `"weak"`: even the best line is this bad. `"nan"`: a target is nan. `"pairs"`: each '
    'output is compared with the targets of all points. `"cut"`: no gradient arrives.',
    code="""from torch import nn

torch.manual_seed(0)
points = torch.rand(200, 2)
targets = points[:, 0] - points[:, 1]
model = nn.Linear(2, 1)
differences = model(points) - targets
(differences**2).mean().backward()
ones = torch.cat([points, torch.ones(200, 1)], dim=1)
best = torch.linalg.lstsq(ones, targets.unsqueeze(1)).solution
tests = {
    "weak": bool(((ones @ best).squeeze(1) - targets).abs().max() > 0.1),
    "nan": bool(targets.isnan().any()),
    "pairs": differences.numel() != len(points),
    "cut": model.weight.grad is None,
}
""",
    asks=FOUND,
    hints=(
        "A warning was printed. What does it say of two sizes?",
        "`(200, 1)` with `(200,)`: what does broadcasting make of it?",
        "It makes `(200, 200)`.",
    ),
)


def _targets(draw: Draw) -> Iterator[Case]:
    for model, count in ((LINE, draw.integer(3, 8)), (NET, 1), (NET, 2), (LINE, draw.integer(4, 9)), (NET, 6)):
        yield case(model, points_of(draw, count), 2 * draw.randn(count) + 1, seed=draw.seed_for_case())


SQUARED_LOSS = Exercise(
    id="debugging.squared_loss",
    title="Patient 9: repair it",
    statement="Repair `squared_loss(model, points, targets)`: the mean, over the points, of (output − target)². The "
    "model gives `(batch, 1)`; `targets` is `(batch,)`. (The check also looks at the gradients.)",
    stub="""def squared_loss(model, points, targets):
    return nn.MSELoss()(model(points), targets)
""",
    examples=(case(LINE, torch.tensor([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]), torch.tensor([-1.0, 0.0, 2.0])),),
    cases=_targets,
    hints=(
        "You had a message about this with patient 3. Here there is only a warning.",
        "Both sides need the same shape *before* they are compared.",
        "Dimension 1 goes from the outputs, or comes to the targets.",
    ),
    minutes=2,
    probe=probes.probe_loss,
    same=CLOSE,
)

# --- patient 10

NAME_FRESH_STARTS = Prediction(
    id="debugging.name_fresh_starts",
    title="Patient 10: name it",
    statement='Which is it? `"gradients"`: no gradient arrives in the model. `"cleared"`: it is gone before `step()`. '
    '`"others"`: the optimizer holds other parameters than the model\'s. `"frozen"`: they do not require grad.',
    code="""from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
model = nn.Linear(2, 1)
optimizer.zero_grad()
model(torch.rand(5, 2)).mean().backward()
held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
tests = {
    "gradients": model.weight.grad is None,
    "cleared": model.weight.grad is not None and not model.weight.grad.any(),
    "others": not any(id(parameter) in held for parameter in model.parameters()),
    "frozen": not any(parameter.requires_grad for parameter in model.parameters()),
}
""",
    asks=FOUND,
    hints=(
        "Look at the table: which column says no?",
        "Gradients arrive, and nothing moves. Who moves parameters?",
        "The optimizer was made before the model that is trained.",
    ),
)


def _starts(draw: Draw) -> Iterator[Case]:
    for steps, (model, points, labels, _) in zip((3, 5, 4, 2, 3), _models(draw, 5, 8, 6, 4, 7), strict=True):
        seeds = [draw.integer(0, 99), draw.integer(100, 199), draw.integer(200, 299)][: draw.integer(2, 3)]
        yield case(model, points, labels, draw.choice((0.5, 1.0)), steps, seeds)


FRESH_STARTS = Exercise(
    id="debugging.fresh_starts",
    title="Patient 10: repair it",
    statement="Repair `fresh_starts(make_model, points, labels, lr, steps, seeds)`: for each seed it trains a new "
    "model by SGD with momentum 0.9, and returns the loss before the last step of each. (The examples name the model "
    "that `make_model()` makes.)",
    stub="""def fresh_starts(make_model, points, labels, lr, steps, seeds):
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
""",
    examples=(case(LINE, torch.tensor([[0.0, 1.0], [1.0, 1.0]]), torch.tensor([1.0, 0.0]), 1.0, 3, [0, 1]),),
    cases=_starts,
    hints=(
        "Which model's parameters did the optimizer get?",
        "First the model, then its optimizer. How many models are there?",
        "The line that makes the optimizer goes below the second `make_model()`.",
    ),
    minutes=3,
    probe=probes.probe_fresh_starts,
    same=CLOSE,
)

# --- patient 11

NAME_DEEP_NET = Prediction(
    id="debugging.name_deep_net",
    title="Patient 11: name it",
    statement='Which is it? `"unused"`: forward leaves out the hidden layers. `"cut"`: no gradient arrives in them. '
    '`"saturated"`: every tanh is stuck at −1 or 1. `"unlisted"`: `parameters()` does not list them.',
    code="""from torch import nn


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(2, 4), nn.Linear(4, 4)]
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        self.seen = []
        for layer in self.hidden:
            x = torch.tanh(layer(x))
            self.seen.append(x)
        return self.head(x)


model = Deep()
model(torch.rand(50, 2)).mean().backward()
listed = {id(parameter) for parameter in model.parameters()}
tests = {
    "unused": len(model.seen) != 2,
    "cut": any(layer.weight.grad is None for layer in model.hidden),
    "saturated": all(bool((x.abs() > 0.99).all()) for x in model.seen),
    "unlisted": not any(id(layer.weight) in listed for layer in model.hidden),
}
""",
    asks=FOUND,
    hints=(
        "How many parameters should this model have? How many names were printed?",
        "Who tells the optimizer which parameters there are?",
        "A module finds what is assigned to it. It does not look into lists.",
    ),
)


def _depths(draw: Draw) -> Iterator[Case]:
    for depth in (2, 1, 3, draw.integer(2, 4), 2):
        inputs, width = draw.shape_not_square(2, 6)
        yield case(inputs, width, depth, draw.integer(1, 4), seed=draw.seed_for_case())


DEEP_NET = Exercise(
    id="debugging.deep_net",
    title="Patient 11: repair it",
    statement="Repair `DeepNet(inputs, width, depth)`: `depth` hidden layers, each with weights of its own and a tanh, "
    "then the head, `(batch, 1)`. All of them learn. (The last number of an example is the batch.)",
    stub="""class DeepNet(nn.Module):
    def __init__(self, inputs, width, depth):
        super().__init__()
        sizes = [inputs] + [width] * depth
        self.hidden = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.head(x)
""",
    examples=(case(2, 4, 2, 3),),
    cases=_depths,
    hints=(
        "PyTorch has a list that a module does look into.",
        "You met it in the lesson on models, together with the list that hides layers.",
        "`nn.ModuleList([...])` around the same list.",
    ),
    minutes=3,
    probe=probes.probe_deep_net,
)

# --- patient 12

NAME_SHUFFLED_BATCHES = Prediction(
    id="debugging.name_shuffled_batches",
    title="Patient 12: name it",
    statement='Which is it? `"lost"`: some points are in no batch. `"twice"`: some are in two. `"labels"`: points come '
    'with the labels of others. `"order"`: the order is always the same.',
    code="""corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(50, 1)
points, labels = corners + 0.01 * torch.arange(200).unsqueeze(1) / 200, (corners[:, 0] != corners[:, 1]).float()


def batches():
    shuffled = points[torch.randperm(len(points))]
    for start in range(0, len(points), 50):
        yield shuffled[start : start + 50], labels[start : start + 50]


torch.manual_seed(0)
x, y = map(torch.cat, zip(*batches()))
again, _ = map(torch.cat, zip(*batches()))
nearest = x.round()
tests = {
    "lost": len(x) < len(points),
    "twice": len(x.unique(dim=0)) < len(x),
    "labels": not torch.equal(y, (nearest[:, 0] != nearest[:, 1]).float()),
    "order": torch.equal(x, again),
}
""",
    asks=FOUND,
    hints=(
        "The model learned one batch by heart, so look at what comes into the model.",
        "Compare a few printed points with their labels.",
        "Which of the two tensors was put into a new order?",
    ),
    minutes=2,
)


def _epochs(draw: Draw) -> Iterator[Case]:
    for count, size in ((draw.integer(20, 30), 4), (24, 6), (25, 8), (1, 3), (draw.integer(30, 40), 10), (16, 5)):
        yield case(count, size, draw.integer(1, 3), seed=draw.seed_for_case())


SHUFFLED_BATCHES = Exercise(
    id="debugging.shuffled_batches",
    title="Patient 12: repair it",
    statement="Repair `shuffled_batches(points, labels, size)`: each call goes once through all points in a new random "
    "order, in batches of `size` (the last may be smaller), each point with its own label. (The examples give the "
    "number of points, `size`, and the features.)",
    stub="""def shuffled_batches(points, labels, size):
    order = torch.randperm(len(points))
    points = points[order]
    for start in range(0, len(points), size):
        yield points[start : start + size], labels[start : start + size]
""",
    examples=(case(20, 8, 2),),
    cases=_epochs,
    hints=(
        "What belongs together by its place in two tensors, must change its place in both.",
        "How many random orders does one epoch need?",
        "The same `order` for points and labels.",
    ),
    minutes=3,
    probe=probes.probe_shuffled_batches,
)

# --- patient 13

NAME_FIT_WITH_DROPOUT = Prediction(
    id="debugging.name_fit_with_dropout",
    title="Patient 13: name it",
    statement='Which is it? `"none"`: its dropout is made to drop nothing. `"off"`: after the first '
    'epoch the dropout drops nothing in training. `"on"`: it drops in validation. `"graph"`: validation keeps a graph.',
    code="""from torch import nn

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 1))
calls = []
model.register_forward_hook(lambda module, inputs, output: calls.append((module.training, output.requires_grad)))
model.train()
for _ in range(2):
    model(torch.rand(5, 2)).mean().backward()
    model.eval()
    with torch.no_grad():
        model(torch.rand(5, 2))
learning, validating = calls[::2], calls[1::2]
tests = {
    "none": model[2].p == 0,
    "off": not all(training for training, _ in learning),
    "on": any(training for training, _ in validating),
    "graph": any(graph for _, graph in validating),
}
""",
    asks=FOUND,
    hints=(
        "Go through the calls of `train()` and `eval()`, epoch by epoch.",
        "In which mode does the second epoch begin?",
        "`eval()` stays until somebody calls `train()`.",
    ),
)


def _regimes(draw: Draw) -> Iterator[Case]:
    for epochs in (2, 3, 4, 1, 5):
        yield case(draw.integer(4, 9), draw.integer(2, 6), epochs, seed=draw.seed_for_case())


FIT_WITH_DROPOUT = Exercise(
    id="debugging.fit_with_dropout",
    title="Patient 13: repair it",
    statement="Repair `fit_with_dropout(model, optimizer, train_data, val_data, epochs)`. Each epoch: one training "
    "step on `train_data` with dropout, then the loss on `val_data` without; no graph there. Returns the validation "
    "losses. (The examples give the sizes of the two, and the epochs.)",
    stub="""def fit_with_dropout(model, optimizer, train_data, val_data, epochs):
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
""",
    examples=(case(8, 4, 3),),
    cases=_regimes,
    hints=(
        "Two modes, two places in each epoch.",
        "One line stands where it runs once, and has to run in each epoch.",
        "`model.train()` moves into the loop, to its top.",
    ),
    minutes=3,
    probe=probes.probe_fit_with_dropout,
)

# --- patient 14

NAME_LOG_SHARES = Prediction(
    id="debugging.name_log_shares",
    title="Patient 14: name it",
    statement='The loss stays at the logarithm of a number; which? And what is wrong? `"cut"`: no gradient arrives. '
    '`"dim"`: the shares of an image do not add up to 1. `"labels"`: a label is no class. `"nan"`: nan came in.',
    code="""from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
images, labels = torch.rand(90, 3, 6, 8), torch.randint(0, 3, (90,))
logs = model(images).log_softmax(dim=0)
loss = nn.NLLLoss()(logs, labels)
loss.backward()
tests = {
    "cut": not model[0].weight.grad.any(),
    "dim": not torch.allclose(logs.exp().sum(dim=1), torch.ones(90)),
    "labels": bool((labels > 2).any()),
    "nan": bool(logs.isnan().any()),
}
""",
    asks={"log_of": "round(loss.exp().item())", **FOUND},
    hints=(
        "There are 3 classes, and guessing costs ln 3. How many images are there?",
        "Take e to the power of the loss that was printed.",
        "`dim=0` shares 1 out among the 90 images, instead of the 3 classes.",
    ),
    minutes=2,
)


def _pictures(draw: Draw) -> Iterator[Case]:
    for batch in (2, 3, 1, draw.integer(2, 4), 5):
        height, width = draw.sample(range(4, 8), 2)
        channels = draw.choice((2, 3))
        images = 3 * draw.rand(batch, height, width, channels)
        yield case(images, draw.choice((2, 4, 5)), seed=draw.seed_for_case())


LOG_SHARES = Exercise(
    id="debugging.log_shares",
    title="Patient 14: repair it, twice",
    statement="Repair `log_shares(model, images)`. Here are **two** mistakes; the printed pixels show the other. "
    "`images` is `(batch, height, width, channels)`, the model takes `(batch, channels, height, width)` and gives "
    "`(batch, classes)`. The result: the logarithms of the shares of the classes. (The examples give images and the "
    "number of classes.)",
    stub="""def log_shares(model, images):
    batch, height, width, channels = images.shape
    images = images.view(batch, channels, height, width)
    return model(images).log_softmax(dim=0)
""",
    examples=(case(torch.arange(40.0).reshape(1, 5, 4, 2) / 10, 2),),
    cases=_pictures,
    hints=(
        "One line has to do with the classes, the other with the place of the channels.",
        "A new shape is not a transpose: which method puts dimensions into another order?",
        "`images.permute(0, 3, 1, 2)`, and the softmax along dimension 1.",
    ),
    minutes=5,
    probe=probes.probe_log_shares,
    same=CLOSE,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    NAME_SMALL_NET,
    SMALL_NET,
    NAME_SCORE_ROWS,
    SCORE_ROWS,
    NAME_POINT_LOSS,
    POINT_LOSS,
    NAME_FIT,
    FIT,
    NAME_ENERGY,
    ENERGY,
    NAME_BACKWARD_OF_MEAN,
    BACKWARD_OF_MEAN,
    NAME_FIT_LINE,
    FIT_LINE,
    NAME_LOGIT_LOSS,
    LOGIT_LOSS,
    NAME_SQUARED_LOSS,
    SQUARED_LOSS,
    NAME_FRESH_STARTS,
    FRESH_STARTS,
    NAME_DEEP_NET,
    DEEP_NET,
    NAME_SHUFFLED_BATCHES,
    SHUFFLED_BATCHES,
    NAME_FIT_WITH_DROPOUT,
    FIT_WITH_DROPOUT,
    NAME_LOG_SHARES,
    LOG_SHARES,
)

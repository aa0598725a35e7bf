"""The exercises of the lesson on optimizers, in the lesson's order: statements, stubs, cases and hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. A case cannot carry a model or an optimizer, so it
carries the text of one; ``probes.py`` makes it, lets the answer train it, and turns what happened into facts. One file
although long: the order of the lesson is its structure.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from pytorch_basics.course.optim import probes
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

# --- predict_first_step

PREDICT_FIRST_STEP = Prediction(
    id="optim.predict_first_step",
    title="Three steps, one backward",
    statement="The slope of w² is 2·w. Which number is `w` after each of the three steps?",
    code="""w = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.25)
loss = w**2

optimizer.step()
first = w.item()
loss.backward()
optimizer.step()
second = w.item()
optimizer.step()
third = w.item()
""",
    asks={"first": "first", "second": "second", "third": "third"},
    hints=(
        "A step computes no gradient. It takes what it finds. What does it find, each time?",
        "Before `backward()`, `.grad` is None. And who clears it after the second step?",
        "Nobody clears it. The gradient 6 is used in the second step, and once more in the third.",
    ),
)

# --- train_step


def labels(draw: Draw, count: int) -> Tensor:
    """Zeros and ones; both, where there are at least two."""
    found = draw.randint(0, 2, count).float()
    found[:2] = torch.tensor([1.0, 0.0])[:count]
    return found


def _batches(draw: Draw) -> Iterator[Case]:
    two, three, net = "Linear(2, 1)", "Linear(3, 1)", "Sequential(Linear(2, 3), Tanh(), Linear(3, 1))"
    for model, optimizer, count, features in (
        (two, "SGD(lr=0.5)", draw.integer(3, 9), 2),
        (net, "SGD(lr=1.0)", draw.integer(3, 9), 2),
        (three, "SGD(lr=0.5, momentum=0.9)", 4, 3),
        (two, "SGD(lr=2.0)", 1, 2),
        (net, "Adam(lr=0.1)", 6, 2),
        (three, "SGD(lr=0.1, weight_decay=0.1)", draw.integer(3, 9), 3),
    ):
        x = draw.randn(count, features) + 0.5
        yield case(model, optimizer, x, labels(draw, count), seed=draw.seed_for_case())


TRAIN_STEP = Exercise(
    id="optim.train_step",
    title="One step of training",
    statement="""Write `train_step(model, optimizer, x, y)`: one step of training with `nn.BCEWithLogitsLoss()`. The
model turns `x`, `(batch, features)`, into logits `(batch, 1)`; `y` is `(batch,)`, floats 0 or 1. A step uses the
gradients of its own batch alone. The first call finds all gradients empty. Return the loss as a Python float, as it was
before the parameters moved.

(The examples name the model and the optimizer. The check calls `train_step` three times on the same batch and notes
all parameters, in one row, before and after each call.)""",
    stub='''def train_step(model, optimizer, x, y):
    """One step of training. Returns the loss, a number."""
    ...
''',
    examples=(case("Linear(2, 1)", "SGD(lr=0.5)", torch.tensor([[0.0, 1.0], [1.0, 1.0]]), torch.tensor([1.0, 0.0])),),
    cases=_batches,
    hints=(
        "Logits, loss, and then three calls. Which orders of the three are legal?",
        "The loss wants logits and labels of one shape. And how did a loss become a plain number?",
        "`model(x).squeeze(1)`; the loss; `zero_grad()` of the optimizer, `backward()` of the loss, `step()`; return "
        "`loss.item()`.",
    ),
    minutes=5,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=probes.probe_train_step,
)

# --- my_sgd


def _rounds(draw: Draw) -> Iterator[Case]:
    for shapes, dtype, momentum in (
        ([draw.shape_not_square(), (3,)], torch.float32, 0.9),
        ([(2,), ()], torch.float32, 0.5),
        ([(1, draw.integer(2, 4))], torch.float64, 0.75),
        ([draw.shape_not_square()], torch.float32, 0.0),
        ([(2, 2), (2,), (1,)], torch.float32, draw.choice((0.8, 0.95))),
    ):
        start = [draw.randn(*shape, dtype=dtype) for shape in shapes]
        rounds: list[list[Tensor | None]] = [[draw.randn(*shape, dtype=dtype) for shape in shapes] for _ in range(4)]
        if len(shapes) > 1:
            rounds[0][-1] = rounds[2][0] = None  # one is reached late, one is left out once
        yield case(start, rounds, lr=draw.choice((0.1, 0.5)), momentum=momentum)


MY_SGD = Exercise(
    id="optim.my_sgd",
    title="Your own SGD",
    statement="""Write the class `MySGD`, which does what `torch.optim.SGD` does. `MySGD(parameters, lr, momentum=0.0)`
gets what `model.parameters()` gives: an iterator, which can be walked through **once**.

- `step()`: for each parameter, in place, velocity ← momentum · velocity + gradient, then parameter ← parameter −
  lr · velocity. Each parameter has its own velocity, zero at first. Where `.grad` is None, both stay as they are.
- `zero_grad()`: leaves None in every `.grad`.

(The examples give the parameters, then their gradients in each round: one `step()`, one `zero_grad()`.)""",
    stub='''class MySGD:
    """Stochastic gradient descent with momentum."""

    def __init__(self, parameters, lr, momentum=0.0):
        ...

    def step(self):
        """Move every parameter that has a gradient."""
        ...

    def zero_grad(self):
        """Forget all gradients."""
        ...
''',
    examples=(
        case([torch.tensor([1.0, 2.0])], [[torch.tensor([4.0, -4.0])], [torch.tensor([0.0, 0.0])]], lr=0.5),
        case([torch.tensor(1.0)], [[torch.tensor(4.0)], [torch.tensor(0.0)], [None]], lr=0.5, momentum=0.5),
    ),
    cases=_rounds,
    hints=(
        "You wrote the step in the lesson on descent. New is what an object must remember from one call to the next.",
        "`__init__` keeps a *list* of the parameters, and a list of velocities of the same shapes.",
        "`torch.zeros_like(p)` for each velocity. In `step`, under `torch.no_grad()`: `v.mul_(momentum).add_(p.grad)`, "
        "then `p -= lr * v`.",
    ),
    minutes=10,
    probe=probes.probe_my_sgd,
    without=("optim", "SGD", "sgd"),
)

# --- predict_zeros

PREDICT_ZEROS = Prediction(
    id="optim.predict_zeros",
    title="Zeros or None",
    statement="The first step makes the velocity 2 and `w` 3. Then two steps without any `backward()`: one where the "
    "gradient is zero (`set_to_none=False` writes zeros), one where it is None. Which number is `w` after each?",
    code="""w = torch.tensor(4.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.5, momentum=0.5)
(2 * w).backward()
optimizer.step()

optimizer.zero_grad(set_to_none=False)
optimizer.step()
after_zeros = w.item()
optimizer.zero_grad()
optimizer.step()
after_none = w.item()
""",
    asks={"after_zeros": "after_zeros", "after_none": "after_none"},
    hints=(
        "You have just written both cases, in `MySGD`.",
        "Zero is a gradient: the velocity becomes 0.5 · 2 + 0.",
        "With the gradient 0 the parameter moves by 0.5 · 1. With None it does not move at all.",
    ),
)

# --- predict_adam

PREDICT_ADAM = Prediction(
    id="optim.predict_adam",
    title="Adam's first step",
    statement="One slope is 1000, the other 0.001. How far does Adam move each of the two numbers in its first step?",
    code="""w = torch.tensor([0.0, 0.0], requires_grad=True)
optimizer = torch.optim.Adam([w], lr=0.1)
(1000 * w[0] + 0.001 * w[1]).backward()
optimizer.step()
steep, flat = w.detach().abs().tolist()
""",
    asks={"steep": "steep", "flat": "flat"},
    hints=(
        "What is the usual size of a gradient, if there has been only one so far?",
        "1000 divided by 1000; 0.001 divided by 0.001. What is left of the two slopes?",
        "Their directions. Both numbers move by `lr`.",
    ),
)

# --- predict_replaced

PREDICT_REPLACED = Prediction(
    id="optim.predict_replaced",
    title="A new head",
    statement="The head is replaced *after* the optimizer was made. One backward, one step. Has the first layer moved? "
    "Has the new head moved? Has a gradient arrived in the new head? (Three times True or False.)",
    code="""from torch import nn

model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model[1] = nn.Linear(3, 1)
first, head = model[0].bias.detach().clone(), model[1].bias.detach().clone()

model(torch.ones(4, 2)).mean().backward()
optimizer.step()
first_moved = not torch.equal(model[0].bias, first)
head_moved = not torch.equal(model[1].bias, head)
gradient_in_head = model[1].bias.grad is not None
""",
    asks={"first_moved": "first_moved", "head_moved": "head_moved", "gradient_in_head": "gradient_in_head"},
    hints=(
        "`backward()` and `step()` find the parameters in different ways. How does each?",
        "`backward()` follows the graph of this forward. `step()` goes through the tensors that it was given.",
        "The new head is in the graph, but not among the tensors that the optimizer holds.",
    ),
)

# --- fine_tune


def _heads(draw: Draw) -> Iterator[Case]:
    for _ in range(5):
        inputs, hidden, old, new = draw.sample(range(1, 8), 4)
        yield case((inputs, hidden, old), new, draw.choice((0.01, 0.02)), draw.choice((0.1, 0.5)))
    yield case((3, 4, 2), 2, 0.5, 0.05)


FINE_TUNE = Exercise(
    id="optim.fine_tune",
    title="A new head, at its own rate",
    statement="""Write `fine_tune(model, outputs, body_lr, head_lr)`. The model has a `body` of layers and a `head`, an
`nn.Linear`. Replace `model.head` by a new `nn.Linear` that takes as many inputs as the old one and gives `outputs`
outputs. Return a `torch.optim.SGD` that holds all parameters of the model **as it is then**, each once: those of the
new head at the rate `head_lr`, the others at `body_lr`.

(The examples give the model's sizes: inputs, hidden units, old outputs.)""",
    stub='''def fine_tune(model, outputs, body_lr, head_lr):
    """Give the model a new head. Returns the optimizer that trains the whole model."""
    ...
''',
    examples=(case((2, 8, 1), 3, 0.01, 0.1),),
    cases=_heads,
    hints=(
        "Two things happen. Which of them must come first?",
        "A layer knows `in_features`. An optimizer takes a list of dicts, one for each group.",
        "First `model.head = nn.Linear(model.head.in_features, outputs)`. Then two groups, each with its `params` and "
        "its `lr`.",
    ),
    minutes=6,
    probe=probes.probe_fine_tune,
)

# --- predict_rates

PREDICT_RATES = Prediction(
    id="optim.predict_rates",
    title="Five epochs",
    statement="`StepLR` multiplies the rate by `gamma` after every `step_size` epochs. Which five numbers does `rates` "
    "hold?",
    code="""w = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.8)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
rates = []
for epoch in range(5):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    scheduler.step()
""",
    asks={"rates": "rates"},
    hints=(
        "In how many epochs is the first rate used?",
        "The rate changes at the end of the second epoch and at the end of the fourth.",
        "0.8 in two epochs, then half of it in two, then half of that.",
    ),
)

# --- clipped_step


def _pulls(draw: Draw) -> Iterator[Case]:
    for most in (1.0, 0.5, 2.0):
        inputs, outputs = draw.shape_not_square(2, 4)
        rows = draw.integer(2, 5)
        x, pull = draw.rand(rows, inputs) + 0.5, draw.randn(rows, outputs) + 2
        yield case(x, [3 * pull, 0.01 * pull, pull], draw.choice((0.1, 0.5)), most, seed=draw.seed_for_case())
    yield case(draw.rand(1, 2) + 0.5, [draw.rand(1, 1) + 4, draw.rand(1, 1) + 4], 0.5, 1.0)
    yield case(draw.rand(3, 2) + 0.5, [0.01 * draw.rand(3, 2), 9 * draw.rand(3, 2) + 1], 0.5, 1.5)


CLIPPED_STEP = Exercise(
    id="optim.clipped_step",
    title="A step that is never too long",
    statement="""Write `clipped_step(model, optimizer, loss, longest)`: one whole step, from a loss that is already
computed. If the gradients of all parameters, taken as *one* long vector, are longer than `longest`, scale them all by
one factor, so that the vector is as long as `longest`. If they are shorter, leave them. A step uses its own gradients
alone; the first call finds them empty. Return the length *before* scaling, as a Python float.

(The check makes a linear model, and a loss from each tensor of the list; it notes all parameters, in one row, before
and after each call.)""",
    stub='''def clipped_step(model, optimizer, loss, longest):
    """One step with gradients clipped to this length. Returns their length before."""
    ...
''',
    examples=(case(torch.tensor([[3.0]]), [torch.tensor([[4.0]]), torch.tensor([[0.1]])], 0.5, 1.0),),
    cases=_pulls,
    hints=(
        "Between which two of the three calls are there gradients to scale?",
        "PyTorch has a function for it in `torch.nn.utils`. Read its name with care: by the norm, not by the value.",
        "`nn.utils.clip_grad_norm_(model.parameters(), longest)`, after `backward()` and before `step()`; it returns "
        "the length before, as a tensor.",
    ),
    minutes=5,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=probes.probe_clipped_step,
)

# --- step_in_parts


def _parts(draw: Draw) -> Iterator[Case]:
    net = "Sequential(Linear(2, 3), Tanh(), Linear(3, 1))"
    for model, optimizer, features, sizes in (
        ("Linear(2, 1)", "SGD(lr=0.5)", 2, [draw.integer(4, 6), draw.integer(1, 2)]),
        (net, "SGD(lr=1.0)", 2, [1, draw.integer(2, 3), draw.integer(4, 6)]),
        ("Linear(3, 1)", "SGD(lr=0.5, momentum=0.9)", 3, [2, 2, 1]),
        ("Linear(2, 1)", "SGD(lr=0.5)", 2, [3, 3]),
        ("Linear(2, 1)", "SGD(lr=1.0)", 2, [draw.integer(1, 4)]),
        (net, "SGD(lr=2.0)", 2, [5, 1, 1]),
    ):
        x = draw.randn(sum(sizes), features) + 0.5
        yield case(model, optimizer, x, labels(draw, sum(sizes)), sizes, seed=draw.seed_for_case())


STEP_IN_PARTS = Exercise(
    id="optim.step_in_parts",
    title="A batch that is too large",
    statement="""Write `step_in_parts(model, optimizer, x, y, sizes)`: one step of training on a batch that the model
can only take in parts. `x` is `(batch, features)`, `y` is `(batch,)`; `sizes` are the numbers of rows of the parts, in
order, which need not be equal; together they are the batch. The model sees each part once, alone, and there is exactly
one `step()`. It moves the parameters as one step on the mean `BCEWithLogitsLoss` of the **whole** batch would. Return
that mean loss as a Python float. The first call finds all gradients empty.

(Examples and check work as in `train_step`, with two calls.)""",
    stub='''def step_in_parts(model, optimizer, x, y, sizes):
    """One step on a large batch, in parts of these sizes. Returns the mean loss of the batch."""
    ...
''',
    examples=(
        case(
            "Linear(1, 1)",
            "SGD(lr=0.5)",
            torch.tensor([[0.0], [1.0], [3.0]]),
            torch.tensor([1.0, 0.0, 1.0]),
            [2, 1],
        ),
    ),
    cases=_parts,
    hints=(
        "Gradients add up. Here that is what you want; but what has to be added up?",
        "The mean of the batch is the sum over all rows, divided by the number of all rows. What does a part "
        "contribute to it?",
        "For each part: its mean loss times its share of the rows, `len(part) / len(x)`; `backward()` from that. One "
        "`step()` after the loop. `x.split(sizes)` gives the parts.",
    ),
    minutes=8,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=probes.probe_step_in_parts,
)

# --- train


def xor(draw: Draw, count: int, noise: float, odd: int) -> tuple[Tensor, Tensor]:
    """Points round the corners of the unit square; label 1 where the corner's coordinates differ (``odd`` 1) or not."""
    corners = draw.randint(0, 2, count, 2)
    different = corners[:, 0] != corners[:, 1]
    return corners + noise * draw.randn(count, 2), (different == bool(odd)).float()


def _clouds(draw: Draw) -> Iterator[Case]:
    # A little less noise than in the lesson, so that no right answer fails by the luck of the draw.
    for count, noise, odd in (
        (300, 0.07, 1),
        (400, 0.08, 0),
        (340, 0.05, 0),
        (500, 0.08, 1),
        (400, 0.07, draw.integer(0, 1)),
    ):
        yield case(*xor(draw, count, noise, odd), draw.integer(0, 10_000), seed=draw.seed_for_case())


TRAIN = Exercise(
    id="optim.train",
    title="The full loop",
    statement="""Write `train(x, y, seed)`. `x` is `(points, 2)`: four clouds, at the corners of the unit square. `y` is
`(points,)`, floats: 1 at two opposite corners, 0 at the other two; which two may change.

- Right after `torch.manual_seed(seed)`, make a model: linear, a bend, linear; a class of yours or `nn.Sequential`. From
  points `(batch, 2)` it makes one logit each, `(batch, 1)` or `(batch,)`.
- Train it with `nn.BCEWithLogitsLoss` and an optimizer of `torch.optim`, any of them. A step uses its own gradients
  alone. The same seed gives the same model.
- Return the model.

The check calls it with new points and other seeds, keeps half of the points back, and asks for 0.99 of *those* to be
right. It also looks at the loop; the example shows at what. Keep below half a second for a call.""",
    stub='''def train(x, y, seed):
    """A model that tells the two kinds of corners apart."""
    ...
''',
    examples=(case(*xor(Draw(0), 240, 0.08, 1), 3),),
    cases=_clouds,
    hints=(
        "Seed, model, loss, optimizer; then a loop. The body of the loop you have written already.",
        "If the loop is right and the accuracy is not there yet: more steps, a larger `lr`, or momentum.",
        "`nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))`, `SGD` with `lr=1.0` and `momentum=0.9`, 60 "
        "steps on all points, each as in `train_step`.",
    ),
    minutes=12,
    probe=probes.probe_train,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_FIRST_STEP,
    TRAIN_STEP,
    MY_SGD,
    PREDICT_ZEROS,
    PREDICT_ADAM,
    PREDICT_REPLACED,
    FINE_TUNE,
    PREDICT_RATES,
    CLIPPED_STEP,
    STEP_IN_PARTS,
    TRAIN,
)

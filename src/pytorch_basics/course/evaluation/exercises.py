"""The exercises of the lesson on evaluation, in the lesson's order: statements, stubs, cases and hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. A case cannot carry a model, a loader or a run, so
it carries the text of a model and plain tensors; ``probes.py`` makes the rest and turns what happened into facts. One
file although long: the order of the lesson is its structure.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from pytorch_basics.course.evaluation import probes
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

MOODY = "Sequential(Linear(2, 8), BatchNorm1d(8), Tanh(), Dropout(0.5), Linear(8, 1))"

# --- predict_switches

PREDICT_SWITCHES = Prediction(
    id="evaluation.predict_switches",
    title="Who switches what",
    statement="The first pass runs in training mode, under `no_grad`. The second runs in evaluation mode. Three times "
    "True or False: does the first pass change the running mean? Has the second one a graph? Is the model in training "
    "mode at the end?",
    code="""from torch import nn

model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 1))
x = torch.tensor([[4.0, 8.0], [6.0, 12.0]])
with torch.no_grad():
    model(x)
mean_changed = bool(model[0].running_mean.any())

model.eval()
graph = model(x).requires_grad
training = model.training
""",
    asks={"mean_changed": "mean_changed", "graph": "graph", "training": "training"},
    hints=(
        "Two switches: the mode and the recording. Which of them does each line move, and which goes back by itself?",
        "`no_grad` knows nothing of modes, and `eval()` nothing of graphs. Which of the two ends by itself?",
        "BatchNorm goes by the mode alone; so does nothing else here. And nobody has called `train()`.",
    ),
)

# --- probabilities


def _points(draw: Draw) -> Iterator[Case]:
    for model, mode in (
        (MOODY, "training"),
        (MOODY, "evaluation"),
        ("Sequential(Linear(2, 40), Dropout(0.5), Linear(40, 1))", "training"),
        ("Sequential(BatchNorm1d(2), Linear(2, 1))", "training"),
        ("Linear(2, 1)", "evaluation"),
    ):
        yield case(model, mode, 2 * draw.randn(draw.integer(3, 7), 2) + 1, seed=draw.seed_for_case())
    yield case(
        "Sequential(Linear(2, 40), Dropout(0.5), Linear(40, 1))",
        "training",
        draw.randn(1, 2),
        seed=draw.seed_for_case(),
    )


PROBABILITIES = Exercise(
    id="evaluation.probabilities",
    title="Only looking",
    statement="""Write `probabilities(model, x)`. The model turns `x`, `(batch, features)`, into logits `(batch, 1)`.
Return the probabilities for label 1, `(batch,)`, as in evaluation: nothing dropped, and without a graph. Leave the
model as you found it, its mode too. (All its layers are in the same mode.) The result will be used in the training of
another model.

(The examples and the check make the model, in that mode.)""",
    stub='''def probabilities(model, x):
    """What the model says of each row of x. Leaves the model as it was."""
    ...
''',
    examples=(case("Sequential(Dropout(0.5), Linear(2, 1))", "training", torch.tensor([[1.0, 2.0], [0.0, 1.0]])),),
    cases=_points,
    hints=(
        "You need two switches. One of them goes back by itself, the other does not.",
        "The mode is in `model.training`. Note it before you change it.",
        "`was = model.training`, `model.eval()`, the logits under `no_grad` (why not under `inference_mode`?), "
        "`model.train(was)`; sigmoid; `squeeze(1)`.",
    ),
    minutes=5,
    probe=probes.probe_probabilities,
)

# --- predict_means

PREDICT_MEANS = Prediction(
    id="evaluation.predict_means",
    title="A last batch of one",
    statement="A model is wrong about nine points and right about the tenth. They come in batches of nine. What is the "
    "mean of the batches' accuracies, and what is the accuracy?",
    code="""right = torch.tensor([0.0] * 9 + [1.0])
means = [batch.mean().item() for batch in right.split(9)]
mean_of_means = sum(means) / len(means)
accuracy = right.mean().item()
""",
    asks={"mean_of_means": "mean_of_means", "accuracy": "accuracy"},
    hints=(
        "How many batches are there, and how many points are in each?",
        "The first batch has the mean 0, the second has the mean 1. How much does each count?",
        "In a mean of means the second batch counts as much as the first: one point as much as nine.",
    ),
)

# --- evaluate


def labels(draw: Draw, count: int) -> Tensor:
    """Zeros and ones; both, where there are at least two."""
    found = draw.randint(0, 2, count).float()
    found[:2] = torch.tensor([1.0, 0.0])[:count]
    return found


def _loaders(draw: Draw) -> Iterator[Case]:
    for model, mode, count, batch_size in (
        (MOODY, "training", 2 * draw.integer(4, 6), 2),
        (MOODY, "evaluation", 7, 3),
        ("Sequential(Linear(2, 40), Dropout(0.5), Linear(40, 1))", "training", draw.integer(9, 12), 4),
        ("Linear(2, 1)", "evaluation", 5, 8),
        ("Linear(2, 1)", "training", 1, 4),
    ):
        x = 2 * draw.randn(count, 2)
        yield case(model, mode, x, labels(draw, count), batch_size, seed=draw.seed_for_case())
    sure = torch.tensor([[0.3], [2.5], [0.2], [-1.5], [-0.5]])
    yield case("Identity()", "training", sure, torch.tensor([1.0, 1.0, 1.0, 0.0, 1.0]), draw.integer(2, 4))


EVALUATE = Exercise(
    id="evaluation.evaluate",
    title="Evaluate",
    statement="""Write `evaluate(model, loader)`. Each batch of the loader is `x`, `(batch, features)`, and `y`,
`(batch,)`, floats 0 or 1; the last may be smaller. The model gives logits `(batch, 1)`. Return `(loss, accuracy)`, two
Python floats: the mean `BCEWithLogitsLoss` and the share of right decisions, over all *points*. As before: evaluation
mode, no graph, and the model is left as it was found.

(The examples give the model, its mode, all `x`, all `y`, and the size of a batch.)""",
    stub='''def evaluate(model, loader):
    """The mean loss and the accuracy over all points of the loader, as two floats."""
    ...
''',
    examples=(
        case("Identity()", "training", torch.tensor([[4.0], [2.0], [0.25]]), torch.tensor([0.0, 1.0, 1.0]), 2),
        case("Identity()", "evaluation", torch.tensor([[-1.0]]), torch.tensor([1.0]), 2),
    ),
    cases=_loaders,
    hints=(
        "What do you have to add up, and what do you divide by, so that every point counts alike?",
        "Add up `loss.item() * len(y)`, the number of right ones, and `len(y)`. And are the shapes equal?",
        "Mode as in `probabilities`. Under `no_grad`, for each batch: `logits = model(x).squeeze(1)`; its loss times "
        "`len(y)`; `((logits > 0) == (y == 1)).sum().item()`. At the end divide both by the count.",
    ),
    minutes=8,
    probe=probes.probe_evaluate,
)

# --- baseline


def _classes(draw: Draw) -> Iterator[Case]:
    for classes in (2, 3, 4):
        common, other = draw.sample(range(classes), 2)
        train = [common] * draw.integer(6, 9) + [other] * draw.integer(2, 4) + list(range(classes))
        test = [other] * draw.integer(5, 7) + [common] * draw.integer(1, 3) + list(range(classes))
        yield case(torch.tensor(draw.sample(train, len(train))), torch.tensor(draw.sample(test, len(test))))
    yield case(torch.tensor([2, 2, 1, 1, 0]), torch.tensor([1, 2, 2, 0, draw.integer(0, 2)]))
    yield case(torch.tensor([1, 1, 1, 0]), torch.tensor([draw.choice((0, 2))]))
    yield case(torch.tensor([5] * draw.integer(1, 4)), torch.tensor([5, 5, 0]))


BASELINE = Exercise(
    id="evaluation.baseline",
    title="What a stone would reach",
    statement="""Write `baseline(train_labels, test_labels)`. Both are class labels: `(points,)`, whole numbers from 0
on, `int64`. Think of a model that has looked at the training labels only, and always says the most frequent of them
(of equally frequent ones the smallest). Return its accuracy on the test labels as a Python float.""",
    stub='''def baseline(train_labels, test_labels):
    """The test accuracy of always saying the most frequent training label."""
    ...
''',
    examples=(
        case(torch.tensor([0, 0, 0, 1, 2]), torch.tensor([0, 1, 1, 2])),
        case(torch.tensor([1, 1, 0, 0]), torch.tensor([0, 1, 1])),
    ),
    cases=_classes,
    hints=(
        "Two steps. Which label does it always say? How often is that right?",
        "`torch.bincount(labels)` counts how often 0, 1, 2, … occur.",
        "`said = train_labels.bincount().argmax()`: of equal counts it takes the first. Then compare the test labels "
        "with it; mean; `.item()`.",
    ),
    minutes=4,
)

# --- standardised


def _two_parts(draw: Draw) -> Iterator[Case]:
    for rows, features in ((draw.integer(4, 7), 3), (5, draw.integer(2, 4)), (3, 3), (6, 1)):
        shift = 3 * draw.randn(features)
        yield case(2 * draw.randn(rows, features) + shift, draw.randn(draw.integer(2, 4), features) + shift + 1)
    train, test = draw.randn(4, 3), draw.randn(2, 3)
    train[:, 1] = draw.integer(1, 5)  # does not vary
    yield case(train, test)
    yield case(3 * draw.randn(6, 2, dtype=torch.float64) + 4, draw.randn(1, 2, dtype=torch.float64))


STANDARDISED = Exercise(
    id="evaluation.standardised",
    title="The same scale for both",
    statement="""Write `standardised(train, test)`. Both hold points, `(points, features)`; `test` may be one row.
Return the two, as a tuple, so scaled that each feature has mean 0 and standard deviation 1 (that of `std(dim=0)`) *in
the training points*. What happens to a test point must not depend on the other test points, nor may any of them reach
training. A feature that does not vary in `train` is divided by 1. `train` and `test` themselves stay as they are.""",
    stub='''def standardised(train, test):
    """Both parts on the scale of the training points."""
    ...
''',
    examples=(
        case(torch.tensor([[0.0, 5.0], [2.0, 7.0], [4.0, 9.0]]), torch.tensor([[8.0, 7.0], [2.0, 3.0]])),
        case(torch.tensor([[1.0, 5.0], [3.0, 5.0]]), torch.tensor([[2.0, 6.0]])),
    ),
    cases=_two_parts,
    hints=(
        "How many means and deviations are there, for two features? Whose are they?",
        "Mean and deviation come from `train`, with `dim=0`. The same numbers are applied to both.",
        "`std = train.std(dim=0)`; `std = torch.where(std == 0, 1.0, std)`; then `(part - mean) / std` for both parts.",
    ),
    minutes=5,
    same=Same(rtol=1e-4, atol=1e-4),  # with a mean far from 0, each way rounds otherwise
)

# --- leaked


def _twins(draw: Draw) -> Iterator[Case]:
    for rows, features in ((draw.integer(3, 6), 3), (4, draw.integer(2, 4)), (2, 2)):
        train = draw.randint(0, 9, rows, features).float() + 0.5
        new = draw.randint(10, 19, 2, features).float()
        mixed = train[:1].clone()
        mixed[0, 0], mixed[0, 1] = train[-1, 1] + 20, train[-1, 0]  # one number known, one not
        yield case(train, torch.cat([new, train[draw.integer(0, rows - 1)][None], mixed]))
    train = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    yield case(train, torch.tensor([[1.0, 4.0], [2.0, 1.0], [5.0, 6.0], [6.0, 3.0]]))  # known numbers, in new rows
    yield case(train[: draw.integer(1, 2)], torch.tensor([[9.0, 9.0], [1.0, 2.0], [1.0, 2.0]]))
    yield case(draw.randn(0, 2), draw.randn(3, 2))


LEAKED = Exercise(
    id="evaluation.leaked",
    title="Seen before",
    statement="""Write `leaked(train, test)`: which rows of `test`, `(m, features)`, are also in `train`,
`(n, features)`, with *all* their numbers? The place of the row does not matter. Return a `bool` tensor `(m,)`. `n` may
be 0.""",
    stub='''def leaked(train, test):
    """True for each row of test that is a row of train, too."""
    ...
''',
    examples=(
        case(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[3.0, 4.0], [1.0, 4.0], [5.0, 6.0]])),
        case(torch.tensor([[1.0, 2.0], [3.0, 4.0], [7.0, 8.0]]), torch.tensor([[3.0, 4.0]])),
    ),
    cases=_twins,
    hints=(
        "Each test row meets each training row: a table of pairs. You have built one for distances.",
        "`test[:, None] == train` is `(m, n, features)`. First ask along the features, then along the training rows.",
        "All features equal: `.all(dim=2)`. With any training row: `.any(dim=1)`.",
    ),
    minutes=5,
)

# --- predict_strict

PREDICT_STRICT = Prediction(
    id="evaluation.predict_strict",
    title="Not so strict",
    statement="The same state is loaded twice with `strict=False`: first into a model whose names differ, then into "
    "one whose last layer is larger. How many tensors does the first call load? Which exception does the second raise "
    "(its name, or None)?",
    code="""from torch import nn

saved = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 1)).state_dict()
named = nn.ModuleDict({"body": nn.Linear(2, 8), "head": nn.Linear(8, 1)})
loaded = len(saved) - len(named.load_state_dict(saved, strict=False).unexpected_keys)

larger = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 3))
try:
    larger.load_state_dict(saved, strict=False)
    error = None
except Exception as caught:
    error = type(caught).__name__
""",
    asks={"loaded": "loaded", "error": "error"},
    hints=(
        "`strict` is about names. What are the names in `saved`, and what are they in the two models?",
        "`saved` has `0.weight`, the first model has `body.weight`. In the second model all names fit. The shapes?",
        "No name fits: nothing is loaded, and nobody complains. A shape that does not fit is an error all the same.",
    ),
)

# --- keep_best


def _curves(draw: Draw) -> Iterator[Case]:
    for epochs in (4, draw.integer(3, 6), 5):
        losses = [draw.integer(20, 90) / 100 for _ in range(epochs)]
        losses[draw.integer(1, epochs - 2)] = 0.1
        yield case(losses)
    yield case([0.5, 0.2, 0.4, 0.2, draw.integer(3, 9) / 10])
    yield case([0.1, draw.integer(2, 9) / 10, 1.5])
    yield case([0.7])
    yield case([0.7, 0.4, 0.3])


KEEP_BEST = Exercise(
    id="evaluation.keep_best",
    title="Keep the best",
    statement="""Write `keep_best(model, train_epoch, validate, epochs)`. In each epoch call `train_epoch(model)`, which
trains it further, then `validate(model)`, which returns its validation loss. At the end the model holds everything (all
that is in its `state_dict()`) as it was after the epoch with the smallest loss, the first of equal ones. Return that
loss.

(The examples give the losses that come out, epoch by epoch; what is shown is what the check noted.)""",
    stub='''def keep_best(model, train_epoch, validate, epochs):
    """Train, and go back to the best epoch. Returns its validation loss."""
    ...
''',
    examples=(case([0.6, 0.3, 0.4]),),
    cases=_curves,
    hints=(
        "When a loss is the best so far, something must be kept. Will it still be the same two epochs later?",
        "`state_dict()` gives the model's own tensors, not copies. `copy.deepcopy` copies a dictionary with all in it.",
        "If `loss < best`: keep the loss and `copy.deepcopy(model.state_dict())`. After the loop, `load_state_dict`.",
    ),
    minutes=6,
    probe=probes.probe_keep_best,
)

# --- load_what_fits


def _states(draw: Draw) -> Iterator[Case]:
    net = "Sequential(Linear(2, 4), Tanh(), Linear(4, 3))"
    for outputs in (1, draw.integer(4, 6)):
        yield case(net, _state(draw, {"0": (4, 2), "2": (outputs, 4)}), seed=draw.seed_for_case())
    yield case(net, _state(draw, {"0": (4, 2), "1": (3, 4)}))
    yield case(net, _state(draw, {"2": (3, 4), "0": (4, 3), "5": (1, 1)}))
    yield case("Sequential(Linear(3, 2), BatchNorm1d(2))", _state(draw, {"0": (2, 3)}))
    yield case("Linear(2, 1)", {"weight": draw.randn(1, 2), "bias": draw.randn(1)})
    yield case("Linear(2, 2)", {"module.weight": draw.randn(2, 2), "weight": draw.randn(1, 2), "bias": draw.randn(2)})


def _state(draw: Draw, layers: dict[str, tuple[int, int]]) -> dict[str, Tensor]:
    """Weight and bias for each of these layers, by the shape of the weight."""
    found: dict[str, Tensor] = {}
    for name, (outputs, inputs) in layers.items():
        found |= {f"{name}.weight": draw.randn(outputs, inputs), f"{name}.bias": draw.randn(outputs)}
    return found


LOAD_WHAT_FITS = Exercise(
    id="evaluation.load_what_fits",
    title="Load what fits",
    statement="""Write `load_what_fits(model, saved)`. `saved` is a state dict, perhaps of another model. Load each of
its entries that the model has under the same name *and* in the same shape; leave everything else in the model as it is.
The model keeps its own parameters (an optimizer may hold them), in memory of their own. Return the names in the model's
`state_dict()` that were **not** loaded, as a sorted list. `saved` stays as it is.

(What is shown is what the check noted.)""",
    stub='''def load_what_fits(model, saved):
    """Load what has the same name and shape. Returns the model's names that were left, sorted."""
    ...
''',
    examples=(
        case(
            "Sequential(Linear(1, 2), Linear(2, 1))",
            {"0.weight": torch.ones(2, 1), "0.bias": torch.ones(2), "1.weight": torch.ones(3, 2), "9": torch.ones(1)},
        ),
    ),
    cases=_states,
    hints=(
        "`load_state_dict` can overlook names with `strict=False`, but no shapes. What could you hand to it instead?",
        "A dictionary of those entries of `saved` alone that fit. Compare with `model.state_dict()`.",
        "`fits = {name: t for name, t in saved.items() if name in mine and t.shape == mine[name].shape}`, then "
        "`model.load_state_dict(fits, strict=False)`.",
    ),
    minutes=6,
    probe=probes.probe_load_what_fits,
)

# --- checkpoint


def _runs(draw: Draw) -> Iterator[Case]:
    for every, stop, last in ((2, 1, 3), (2, 3, 4), (3, 1, 3), (3, 2, 4), (4, 1, 3)):
        count = draw.choice((6, 7))  # a last batch of one would be no batch for BatchNorm
        x = draw.randn(count, 2)
        yield case(x, labels(draw, count), draw.integer(0, 50), every, stop, last)


CHECKPOINT = Exercise(
    id="evaluation.checkpoint",
    title="As if it had never stopped",
    statement="""Write the class `Checkpoint`. `Checkpoint(model, optimizer, scheduler, generator)` is given the parts
of a run. The model has batch norm and dropout, which draws from PyTorch's global generator. `generator` is the one from
which the loader draws the order of the points.

- `save(file, epoch)`: `epoch` epochs are done. Write into `file` (it is open; `torch.save` takes it like a path) what
  the run needs to go on. `torch.load(file, weights_only=True)` must be able to read it.
- `load(file)`: another program has made all parts anew, with the same settings. Bring *these objects* to where the run
  stood, and return `epoch`.

The check compares with a run that never stopped: each rate, each loss, each parameter, bit for bit. (The examples give
points, labels, a seed, the `step_size` of `StepLR`, the epochs before the stop, and all epochs.)""",
    stub='''class Checkpoint:
    """Saves a training run, and brings another one to where it stood."""

    def __init__(self, model, optimizer, scheduler, generator):
        ...

    def save(self, file, epoch):
        """Write all that the run needs."""
        ...

    def load(self, file):
        """Go back to what was saved. Returns the number of epochs that were done."""
        ...
''',
    examples=(case(torch.tensor([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), torch.tensor([1.0, 0.0, 1.0]), 0, 2, 1, 3),),
    cases=_runs,
    hints=(
        "Go through the loop line by line: what has changed since the start, and where is that kept? There are six.",
        "Model, optimizer and scheduler have a `state_dict()`. A generator has `get_state()` and `set_state()`. One of "
        "the generators is PyTorch's global one.",
        "One dictionary with six entries, `torch.save(…, file)`. The state of the global generator: "
        "`torch.get_rng_state()`, `torch.set_rng_state(…)`.",
    ),
    minutes=10,
    probe=probes.probe_checkpoint,
    seconds=20.0,
)

# --- predict_to

PREDICT_TO = Prediction(
    id="evaluation.predict_to",
    title="Moved or not",
    statement='A tensor and a layer, both on `"cpu"`, and `.to("meta")` for both. Where is each of them afterwards: '
    '`"cpu"` or `"meta"`?',
    code="""from torch import nn

x = torch.zeros(3)
layer = nn.Linear(3, 1)
x.to("meta")
layer.to("meta")
tensor, weight = x.device.type, layer.weight.device.type
""",
    asks={"tensor": "tensor", "weight": "weight"},
    hints=(
        "Whose result is thrown away here, and for whom does that matter?",
        "A tensor lies where it was made. A module is a box: what is in it can be exchanged.",
        "`x.to(…)` gives another tensor. `layer.to(…)` changes the layer, and gives it back.",
    ),
)

# --- to_device


def _batches(draw: Draw) -> Iterator[Case]:
    x, y = draw.randn(2, 3), draw.randint(0, 2, 2)
    yield case(x, "meta")
    yield case((x, y), "meta")
    yield case([x, {"y": y, "name": "a batch"}], "meta")
    yield case({"x": x, "more": [y, (draw.rand(1), None)], "count": draw.integer(1, 9)}, "meta")
    yield case([(x,), [], 0.5, True], "meta")
    yield case({"x": x, "y": (y, "cpu")}, "cpu")


TO_DEVICE = Exercise(
    id="evaluation.to_device",
    title="Move a batch",
    statement="""Write `to_device(batch, device)`. A batch is a tensor, or a list, tuple or dictionary of batches, as
deep as it may be; or anything else, such as a string, a number or None. Return the same, with every tensor on `device`.
Lists stay lists, tuples tuples, dictionaries dictionaries (also with their keys); what is no tensor is given back as
it is. `batch` itself is not changed.""",
    stub='''def to_device(batch, device):
    """The batch with every tensor in it on the device."""
    ...
''',
    examples=(
        case((torch.zeros(2, 3), torch.zeros(2)), "meta"),
        case({"x": torch.zeros(2), "names": ["a", "b"]}, "meta"),
    ),
    cases=_batches,
    hints=(
        "A list of batches: each of them is a batch again. Who can move those?",
        "Four cases: tensor, dictionary, list or tuple, anything else. Two of them call `to_device` again.",
        "`type(batch)(to_device(part, device) for part in batch)` keeps a list a list and a tuple a tuple.",
    ),
    minutes=6,
)

# --- predict_devices

PREDICT_DEVICES = Prediction(
    id="evaluation.predict_devices",
    title="Who may meet whom",
    statement="`far` is on another device than the CPU. It meets a Python number, a 0-d tensor on the CPU, and a 1-d "
    "tensor on the CPU. Which of the three sums work? (Three times True or False.)",
    code="""far = torch.ones(3, device="meta")

def works(other):
    try:
        far + other
        return True
    except RuntimeError:
        return False

number, one_number, row = works(2.0), works(torch.tensor(2.0)), works(torch.ones(3))
""",
    asks={"number": "number", "one_number": "one_number", "row": "row"},
    hints=(
        "Copying between devices is slow, so PyTorch does not do it in secret. What costs next to nothing?",
        "One single number can be handed over with the call itself.",
        "A 0-d tensor on the CPU counts as a number. A row of numbers does not.",
    ),
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_SWITCHES,
    PROBABILITIES,
    PREDICT_MEANS,
    EVALUATE,
    BASELINE,
    STANDARDISED,
    LEAKED,
    KEEP_BEST,
    PREDICT_STRICT,
    LOAD_WHAT_FITS,
    CHECKPOINT,
    PREDICT_TO,
    TO_DEVICE,
    PREDICT_DEVICES,
)

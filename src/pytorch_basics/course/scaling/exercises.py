"""The exercises of the lesson on scaling, in the lesson's order: statements, stubs, cases and hints, no answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. Nothing here starts a process or reads a clock:
what is checked are results, calls and a device of ``probes.py`` whose time is its own. One file although long: the
order of the lesson is its structure.
"""

from collections.abc import Iterator

import torch

from pytorch_basics.course.scaling import probes
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, case

# --- median_time


def _devices(draw: Draw) -> Iterator[Case]:
    for rounds in (5, 3, 7, 5, 1):
        smallest, *others = sorted(draw.sample(range(10, 90), rounds))
        if others:
            others[-1] *= 3  # something else was running
        pieces = [draw.integer(200, 400), smallest, *draw.sample(others, len(others))]
        yield case([float(piece) for piece in pieces], rounds)
    yield case([500.0, 20.0, 30.0, 40.0], 3)


MEDIAN_TIME = Exercise(
    id="scaling.median_time",
    title="A stopwatch for a device",
    statement="""Write `median_time(work, wait, clock, rounds)`. `work()` hands a piece of work to a device and
returns *at once*; `wait()` returns when all work is done; `clock()` gives the time in milliseconds. The very first
piece is slow, so let it pass unmeasured, and finished. Then measure `rounds` pieces (an odd number), each alone, from
before it is handed over until it is done. Return the median of their times, a Python float.

(The examples give the milliseconds that the device takes for each piece. To hand one over takes one more.)""",
    stub='''def median_time(work, wait, clock, rounds):
    """The median time of one piece of work."""
    ...
''',
    examples=(case([500.0, 20.0, 40.0, 30.0], 3),),
    cases=_devices,
    hints=(
        "On a GPU, `wait` is `torch.cuda.synchronize`. Where does it belong, if the clock is to see the work?",
        "One `work()` and one `wait()` before the rounds. In a round: read the clock, work, wait, read the clock.",
        "Collect the differences in a list; `statistics.median` gives the middle one.",
    ),
    minutes=5,
    probe=probes.probe_median_time,
)

# --- class_means


def _classes(draw: Draw) -> Iterator[Case]:
    for rows, columns, classes, dtype in (
        (draw.integer(7, 12), 3, 3, torch.float32),
        (draw.integer(5, 9), 1, 2, torch.float64),
        (1, draw.integer(2, 4), 3, torch.float32),
        (draw.integer(9, 14), 2, 5, torch.float32),
        (4, 3, 4, torch.float64),
    ):
        labels = draw.randint(0, max(1, classes - 1), rows)  # the last class is empty
        yield case(draw.randn(rows, columns, dtype=dtype) + 1, labels, classes)
    yield case(draw.randn(6, 2) + 1, torch.tensor([2, 0, 1, 1, 2, 2]), 3)


CLASS_MEANS = Exercise(
    id="scaling.class_means",
    title="Means without a loop",
    statement="""Write `class_means(x, labels, classes)`: the mean row of each class. `x` is `(rows, features)`;
`labels` is `(rows,)`, whole numbers from 0 to `classes - 1`. The result is `(classes, features)`, of the dtype of `x`;
a class without rows gets zeros. No loop: neither more rows nor more classes may cost more calls of PyTorch.

(The examples also say whether more rows, or more classes, took more calls.)""",
    stub='''def class_means(x, labels, classes):
    """The mean of the rows of each class."""
    ...
''',
    examples=(case(torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]]), torch.tensor([0, 0, 2]), 4),),
    cases=_classes,
    hints=(
        "A mean is a sum divided by a count. Which operation adds up many products at once?",
        "Make a table `(rows, classes)` with a 1 where the row is of the class: `nn.functional.one_hot(labels, "
        "classes)`. Which matrix product adds up the rows of each class?",
        "With `member = one_hot(...).to(x.dtype)`: the sums are `member.T @ x`, the counts `member.sum(dim=0)`; "
        "`clamp(min=1)` saves the empty classes.",
    ),
    minutes=6,
    probe=probes.probe_class_means,
)

# --- predict_graphs

PREDICT_GRAPHS = Prediction(
    id="scaling.predict_graphs",
    title="How many graphs?",
    statement="`keep` notes each graph that is captured. How many are there after two calls with three numbers? How "
    "many after three calls more, with other lengths? And how many does the function with a `print` in it need?",
    code="""torch.compiler.reset()  # forget what was compiled before
graphs = []


def keep(graph, inputs):
    graphs.append(graph)
    return graph.forward


@torch.compile(backend=keep)
def bend(x):
    return torch.tanh(2 * x) + 1


bend(torch.ones(3))
bend(torch.ones(3))
same_length = len(graphs)
bend(torch.ones(5))
bend(torch.ones(7))
bend(torch.ones(9))
other_lengths = len(graphs)


@torch.compile(backend=keep)
def bend_aloud(x):
    x = torch.tanh(2 * x)
    print("half way")
    return x + 1


graphs.clear()
bend_aloud(torch.ones(3))
with_print = len(graphs)
""",
    asks={"same_length": "same_length", "other_lengths": "other_lengths", "with_print": "with_print"},
    hints=(
        "A graph holds for some inputs. Whoever meets a second length may think of the third.",
        "The second length is a surprise. What is captured then holds for any length.",
        "One for length 3, one more for all other lengths. And there is work before the `print` and after it.",
    ),
    minutes=2,
)

# --- predict_dtypes

PREDICT_DTYPES = Prediction(
    id="scaling.predict_dtypes",
    title="Who changes its dtype?",
    statement="Which dtypes do the layer's output, `tanh` of it, the loss, and the gradient of the weight have?",
    code="""from torch import nn

layer = nn.Linear(2, 1)
points, labels = torch.ones(4, 2), torch.ones(4, 1)
with torch.autocast("cpu", dtype=torch.bfloat16):
    hidden = layer(points)
    bent = torch.tanh(hidden)
    loss = nn.BCEWithLogitsLoss()(bent, labels)
loss.backward()
""",
    asks={
        "hidden": "hidden.dtype",
        "bent": "bent.dtype",
        "loss": "loss.dtype",
        "gradient": "layer.weight.grad.dtype",
    },
    hints=(
        "Three kinds: what gains most is made short, what needs many digits is kept long, the rest takes what comes.",
        "A matrix product gains most. A loss needs digits. `tanh` is of the third kind. Is the weight itself changed?",
        "`hidden` and `bent` are short. The loss is long, and a gradient has its parameter's dtype.",
    ),
    minutes=2,
)

# --- work_per_byte


def _products(draw: Draw) -> Iterator[Case]:
    dtypes = (torch.float32, torch.float16, torch.float64, torch.bfloat16, torch.float32)
    for dtype in dtypes:
        rows, inputs, outputs = draw.sample(range(2, 2000), 3)
        yield case(rows, inputs, outputs, dtype)
    yield case(1, draw.integer(2, 9), 1, torch.float32)


WORK_PER_BYTE = Exercise(
    id="scaling.work_per_byte",
    title="Arithmetic for each byte",
    statement="""Write `work_per_byte(rows, inputs, outputs, dtype)` for the product of an `(rows, inputs)` and an
`(inputs, outputs)` matrix, both of this dtype, as is the result. Count a multiplication and an addition for each of
the `inputs` terms of each number of the result. Divide by the bytes of all three matrices, each moved once. Return a
float.""",
    stub='''def work_per_byte(rows, inputs, outputs, dtype):
    """Operations for each byte moved, of a matrix product."""
    ...
''',
    examples=(case(4, 2, 8, torch.float32), case(1000, 1000, 1000, torch.float16)),
    cases=_products,
    hints=(
        "Two counts. How many numbers has the result, and how many terms each of them? How many numbers are moved?",
        "A dtype knows the bytes of one number: `dtype.itemsize`.",
        "`2 * rows * inputs * outputs`, divided by the sizes of the three matrices times `dtype.itemsize`.",
    ),
    minutes=4,
)

# --- shard


def _orders(draw: Draw) -> Iterator[Case]:
    for count, world in ((10, 4), (draw.integer(5, 11), 3), (12, 3), (draw.integer(9, 15), 4), (7, 2)):
        order = draw.sample(range(100), count)
        for rank in {0, world - 1, draw.integer(0, world - 1)}:
            yield case(order, rank, world)
    yield case([8], 2, 5)
    yield case([4, 9], 3, 5)
    yield case([3, 1, 2], 0, 1)


SHARD = Exercise(
    id="scaling.shard",
    title="A share for each process",
    statement="""Write `shard(order, rank, world_size)`: the indices that process `rank` gets (0 is the first), as a
list. `order` is a list with at least one index, already shuffled. All processes get **equally many**: if `order`
cannot be shared evenly, make it longer by indices from its beginning, once more from the beginning if that is not
enough, and no longer than needed. Then they are dealt like cards: process 0 the first, process 1 the second … Leave
`order` as it is.""",
    stub='''def shard(order, rank, world_size):
    """The share of one process."""
    ...
''',
    examples=(case([5, 0, 3, 1, 4, 2, 6], 0, 2), case([5, 0, 3, 1, 4, 2, 6], 1, 2)),
    cases=_orders,
    hints=(
        "First how many each one gets, then the longer list, then one step of slicing.",
        "`math.ceil` of the division gives the number for each. An index modulo the length goes round a list.",
        "`each = math.ceil(len(order) / world_size)`; process `rank` takes the places `rank`, `rank + world_size`, …, "
        "`each` of them, modulo `len(order)`.",
    ),
    minutes=5,
)

# --- predict_epochs

PREDICT_EPOCHS = Prediction(
    id="scaling.predict_epochs",
    title="Shuffled, and shuffled again?",
    statement="Is the second order the same as the first? Is the third another one? And how many indices are in the "
    "shares of both processes? (True or False twice, and a number.)",
    code="""from torch.utils.data import DistributedSampler

mine = DistributedSampler(range(100), num_replicas=2, rank=0)
other = DistributedSampler(range(100), num_replicas=2, rank=1)
first = list(mine)
second = list(mine)
mine.set_epoch(1)
third = list(mine)
other.set_epoch(1)
in_both = len(set(third) & set(other))
""",
    asks={"second_is_the_same": "second == first", "third_is_another": "third != first", "in_both": "in_both"},
    hints=(
        "Two processes never speak about the order, and still share it. Where do they both get it from?",
        "Each process shuffles with a generator whose seed is the seed plus the epoch. Who says which epoch it is?",
        "Nobody does, so the second epoch is like the first. And 100 can be shared evenly by two.",
    ),
    minutes=2,
)

# --- mean_gradient


def _gradients(draw: Draw) -> Iterator[Case]:
    for world in (2, 3, draw.integer(2, 4), 1):
        shapes = [draw.shape_not_square(), (draw.integer(1, 4),), ()]
        gradients = [[draw.randn(*shape) for shape in shapes] for _ in range(world)]
        yield case(gradients, draw.sample(range(1, 9), world))
    yield case([[draw.randn(2, 3)], [draw.randn(2, 3)]], [4, 4])
    yield case([[draw.randn(3, dtype=torch.float64)] for _ in range(3)], [5, 1, 2])


MEAN_GRADIENT = Exercise(
    id="scaling.mean_gradient",
    title="Shares of different sizes",
    statement="""Each process has the gradients of the *mean* loss of its own rows. Write `mean_gradient(gradients,
rows)`: the gradients of the mean loss of all rows together. `gradients[process][number]` is the gradient of one
parameter in one process; `rows[process]` says how many rows it had. Return a list, with a new tensor for each
parameter. Leave the gradients you are given as they are.""",
    stub='''def mean_gradient(gradients, rows):
    """The gradients of the mean loss of all rows."""
    ...
''',
    examples=(case([[torch.tensor([1.0, 2.0])], [torch.tensor([4.0, 5.0])]], [2, 1]),),
    cases=_gradients,
    hints=(
        "Which of the processes should have more to say?",
        "You know it from a batch in parts: each share counts by its number of rows.",
        "For each parameter: the sum of gradient times rows over the processes, divided by `sum(rows)`.",
    ),
    minutes=4,
    probe=probes.probe_mean_gradient,
)

# --- predict_steps

PREDICT_STEPS = Prediction(
    id="scaling.predict_steps",
    title="Steps of four processes",
    statement="1002 rows, four processes, 32 rows in a batch. How many steps is one epoch? How many rows, of all "
    "processes together, does the first step see? How many rows has *this* process in its last step?",
    code="""from torch.utils.data import DataLoader, DistributedSampler

data = list(range(1002))
sampler = DistributedSampler(data, num_replicas=4, rank=0)
sizes = [len(batch) for batch in DataLoader(data, batch_size=32, sampler=sampler)]
steps = len(sizes)
rows_in_a_step = 4 * sizes[0]
rows_in_the_last = sizes[-1]
""",
    asks={"steps": "steps", "rows_in_a_step": "rows_in_a_step", "rows_in_the_last": "rows_in_the_last"},
    hints=(
        "First how many rows one process gets. You wrote the function.",
        "1002 cannot be shared evenly by 4, so each gets 251. Now the batches of 32.",
        "251 is seven times 32, and some rows more. Each step, four processes see 32 rows each.",
    ),
    minutes=2,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    MEDIAN_TIME,
    CLASS_MEANS,
    PREDICT_GRAPHS,
    PREDICT_DTYPES,
    WORK_PER_BYTE,
    SHARD,
    PREDICT_EPOCHS,
    MEAN_GRADIENT,
    PREDICT_STEPS,
)

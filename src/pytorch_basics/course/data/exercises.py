"""The exercises of the lesson on data and the loop, in the lesson's order: statements, stubs, cases and hints, no
answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. A case carries tensors and the text of a model;
``probes.py`` makes data sets, loaders and models of them and turns what the answer does into facts. One file although
long: the order of the lesson is its structure.
"""

from collections.abc import Iterator

import torch

from pytorch_basics.course.data import probes
from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, Same, case

# --- windows


def _series(draw: Draw) -> Iterator[Case]:
    for _ in range(3):
        width = draw.integer(2, 4)
        yield case(draw.randn(width + draw.integer(2, 6)), width)
    yield case(draw.randint(0, 9, draw.integer(4, 8)), 1)
    yield case(draw.randn(draw.integer(6, 8), 2), 3)
    yield case(draw.randn(4), 3)
    yield case(draw.randn(3), draw.integer(4, 6))


WINDOWS = Exercise(
    id="data.windows",
    title="What comes next?",
    statement="""Write the data set `Windows(series, width)`. `series` is a tensor with a value for each moment,
`(moments,)` or `(moments, features)`. Sample k is a pair: the `width` values from moment k on, and the value right
after them. `len(...)` is the number of such pairs: 0, if the series is too short for one. `windows[k]` past the end
raises `IndexError`.""",
    stub='''class Windows(torch.utils.data.Dataset):
    """Pairs of (width values, the value after them)."""

    def __init__(self, series, width):
        ...

    def __len__(self):
        ...

    def __getitem__(self, k):
        ...
''',
    examples=(case(torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0]), 3), case(torch.tensor([1.0, 2.0]), 3)),
    cases=_series,
    hints=(
        "Write down the samples of a series of five with `width` 3. How many are there, and where does each begin?",
        "Sample k needs the values at k, …, k + width. The last k for which all of them exist decides the length.",
        "The length is `len(series) - width`, but never below 0. Sample k: a slice, and `series[k + width]`, which "
        "raises `IndexError` by itself past the end.",
    ),
    minutes=6,
    probe=probes.probe_windows,
)

# --- predict_batches

PREDICT_BATCHES = Prediction(
    id="data.predict_batches",
    title="Ten samples, four at a time",
    statement="Each list holds the sizes of the batches that a loader gives. `drop_last` leaves an incomplete last "
    "batch out.",
    code="""from torch.utils.data import DataLoader

ten = torch.arange(10)
kept = [len(batch) for batch in DataLoader(ten, batch_size=4)]
dropped = [len(batch) for batch in DataLoader(ten, batch_size=4, drop_last=True)]
large = [len(batch) for batch in DataLoader(ten, batch_size=16, drop_last=True)]
""",
    asks={"kept": "kept", "dropped": "dropped", "large": "large"},
    hints=(
        "How many whole batches of four are in ten? What is left over?",
        "Of 16 not even one batch is whole. What is then left out?",
        "4, 4 and 2; the same without the 2; and no batch at all: `[]`.",
    ),
)

# --- predict_orders

PREDICT_ORDERS = Prediction(
    id="data.predict_orders",
    title="Is it the same order?",
    statement="`order()` begins an epoch and gives the order in which it draws a hundred numbers. Which of the three "
    "orders are the same as `first`? (Three times True or False.)",
    code="""from torch.utils.data import DataLoader

loader = DataLoader(torch.arange(100), batch_size=100, shuffle=True)

def order():
    return next(iter(loader))

torch.manual_seed(0)
first = order()
next_epoch = torch.equal(order(), first)

torch.manual_seed(0)
same_seed = torch.equal(order(), first)

torch.manual_seed(0)
torch.rand(1)
one_draw_more = torch.equal(order(), first)
""",
    asks={"next_epoch": "next_epoch", "same_seed": "same_seed", "one_draw_more": "one_draw_more"},
    hints=(
        "When is the order drawn: once for the loader, or once for each epoch? And from where?",
        "Each epoch takes numbers from the row of random numbers that everybody else takes them from, too.",
        "A new epoch: a new order. The same seed right before: the same. Somebody else draws first: another one.",
    ),
)

# --- my_loader


def _loads(draw: Draw) -> Iterator[Case]:
    for rows, size, settings in (
        (draw.integer(7, 9), 3, {"shuffle": True}),
        (10, 4, {"shuffle": True, "drop_last": True}),
        (draw.integer(5, 8), 2, {}),
        (9, 4, {"drop_last": True}),
        (6, 3, {"shuffle": draw.choice((True, False)), "drop_last": True}),
        (draw.integer(2, 4), 8, {"shuffle": True}),
        (3, 5, {"drop_last": True}),
    ):
        columns = [draw.randn(rows, draw.integer(1, 3)), torch.arange(rows)][: draw.integer(1, 2) if rows < 7 else 2]
        yield case(columns, size, seed=draw.seed_for_case(), **settings)


MY_LOADER = Exercise(
    id="data.my_loader",
    title="Your own DataLoader",
    statement="""Write `Loader(dataset, batch_size, shuffle=False, drop_last=False, generator=None)`. Samples are tuples
of tensors, as those of a `TensorDataset` are.

- `for batch in loader` is one epoch. A batch is a tuple (or list): all first parts stacked, all second parts stacked, …
- With `shuffle`, each epoch draws its order by one `torch.randperm(len(dataset), generator=generator)`. Without it, the
  samples come in order.
- With `drop_last`, an incomplete last batch is left out.
- Each new `for` begins a new epoch, even if the last one was broken off.
- `len(loader)` is the number of batches in an epoch.

(The check takes one batch, then runs two epochs. The examples show the columns of the data set.)""",
    stub='''class Loader:
    """Gives the samples of a data set in batches."""

    def __init__(self, dataset, batch_size, shuffle=False, drop_last=False, generator=None):
        ...

    def __len__(self):
        ...

    def __iter__(self):
        ...
''',
    examples=(case([torch.tensor([0.5, 1.5, 2.5]), torch.tensor([0, 1, 2])], 2),),
    cases=_loads,
    hints=(
        "Python calls `__iter__` at the start of each `for`. With `yield` in it, it can give batch after batch.",
        "First the order, a list of indices. Then a part of that list for each batch. `zip(*samples)` turns a list of "
        "pairs into a pair of lists.",
        "In `__iter__`: `order = torch.randperm(n, generator=…).tolist()` or `range(n)`; for `start` in "
        "`range(0, n, batch_size)`, the samples of `order[start : start + batch_size]`, then "
        "`tuple(torch.stack(parts) for parts in zip(*samples))`.",
    ),
    minutes=10,
    probe=probes.probe_my_loader,
    without=("DataLoader",),
)

# --- pad


def _sentences(draw: Draw) -> Iterator[Case]:
    for lengths, floats in (
        ((2, 5, 3), False),
        ((4, 1), True),
        ((3, 3, 3, 3), False),
        ((draw.integer(1, 6),), False),
        ((0, 2), False),
        ((6, draw.integer(1, 5), 6, draw.integer(1, 5)), True),
    ):
        words = [draw.randn(n) if floats else draw.randint(1, 50, n) for n in lengths]
        yield case([(one, draw.integer(0, 4)) for one in words])


PAD = Exercise(
    id="data.pad",
    title="A batch of unequal lengths",
    statement="""Write `pad(samples)`, to be used as `collate_fn=pad`. `samples` is a list of pairs: a tensor
`(length,)`, all of one dtype, and a label, an `int`. Return three tensors:

- the sequences as one `(batch, longest)`, in the order given, filled up with zeros **behind** each; `longest` is the
  longest of this batch; the dtype is theirs;
- their true lengths, `(batch,)`, int64;
- the labels, `(batch,)`, int64.""",
    stub='''def pad(samples):
    """A padded batch, its lengths and its labels."""
    ...
''',
    examples=(case([(torch.tensor([7, 8]), 1), (torch.tensor([5]), 0), (torch.tensor([1, 2, 3]), 1)]),),
    cases=_sentences,
    hints=(
        "Take the pairs apart first. What is the size of the result, and what stands in it before you fill it?",
        "Either a tensor of zeros, row by row filled as far as each sequence reaches; or a function of "
        "`torch.nn.utils.rnn`.",
        "`pad_sequence(sequences, batch_first=True)`; the lengths are `torch.tensor([len(one) for one in …])`.",
    ),
    minutes=6,
    probe=probes.probe_pad,
)

# --- seed_worker


def _epochs(draw: Draw) -> Iterator[Case]:
    for workers in (2, 3, 1, draw.integer(2, 4), draw.integer(2, 4)):
        yield case(workers, draw.integer(1, 2**40))


SEED_WORKER = Exercise(
    id="data.seed_worker",
    title="A seed for each worker",
    statement="""Write `seed_worker(worker_id)`, for `DataLoader(..., worker_init_fn=seed_worker)`. PyTorch calls it in
every worker, before the first sample. The data set there has a random generator of its own, a `torch.Generator`, in the
attribute `generator`. Seed it, so that

- the workers of an epoch draw different numbers,
- each epoch draws others than the last,
- `torch.manual_seed(...)` before the loop makes all of it repeat.

Return nothing. (The check sets up workers as PyTorch does, but in one process. The examples say how many.)""",
    stub='''def seed_worker(worker_id):
    """Seed the generator of this worker's data set."""
    ...
''',
    examples=(case(2, 20_000),),
    cases=_epochs,
    hints=(
        "Two questions: where is *this worker's* copy of the data set? And which number is another one in each worker "
        "and each epoch?",
        "`get_worker_info()` of `torch.utils.data` knows the copy. PyTorch has already given this worker a seed.",
        "`info = torch.utils.data.get_worker_info()`; then `info.dataset.generator.manual_seed(info.seed)`.",
    ),
    minutes=6,
    probe=probes.probe_seed_worker,
)

# --- stream


def _stops(draw: Draw) -> Iterator[Case]:
    for workers in (0, 1, 2, 3, 4):
        yield case(draw.integer(12, 20), workers)
    yield case(12, draw.choice((2, 3)))
    yield case(17, 4)


STREAM = Exercise(
    id="data.stream",
    title="A stream, shared out",
    statement="""Write the data set `Stream(stop)`, an `IterableDataset`. Without workers it gives the numbers 0, 1, …,
stop − 1, in this order. With workers, each gives a part of them, and together they give every number **once**. (At
least three for each worker; all of them shall have something to do.)""",
    stub='''class Stream(torch.utils.data.IterableDataset):
    """The numbers below `stop`; several workers share them out."""

    def __init__(self, stop):
        ...

    def __iter__(self):
        ...
''',
    examples=(case(12, 0), case(13, 2)),
    cases=_stops,
    hints=(
        "Each worker runs the same `__iter__`. What tells one from the other?",
        "`get_worker_info()` is None without workers; else it has an `id` and `num_workers`. Think of dealing cards.",
        "Worker `id` of `n` can take `range(id, stop, n)`.",
    ),
    minutes=6,
    probe=probes.probe_stream,
)

# --- make_loaders


def _wholes(draw: Draw) -> Iterator[Case]:
    for rows, size in (
        (40, 8),
        (draw.integer(31, 39), 8),
        (50, 16),
        (draw.integer(41, 49), 5),
        (60, draw.integer(7, 9)),
    ):
        yield case(rows, size, draw.integer(0, 10_000), seed=draw.seed_for_case())


MAKE_LOADERS = Exercise(
    id="data.make_loaders",
    title="Split, shuffle, repeat",
    statement="""Write `make_loaders(dataset, batch_size, seed)`. It splits the data set at random: `len(dataset) // 5`
samples for validation, the others for training. Return two DataLoaders, the training one first. Both give all their
samples. The training loader shuffles in each epoch, the other never.

The `seed` decides the split and all orders: the same seed repeats them, another seed gives others. PyTorch's global
random numbers have no say, neither now nor later, when the loaders are used.

(The check gives a data set of the numbers 0, 1, …; the examples say how many.)""",
    stub='''def make_loaders(dataset, batch_size, seed):
    """A training loader and a validation loader."""
    ...
''',
    examples=(case(30, 8, 7),),
    cases=_wholes,
    hints=(
        "Two things are drawn: the split, and an order in each epoch. Both can be given a generator of their own.",
        "`random_split` takes `generator=`, and so does `DataLoader`.",
        "`g = torch.Generator().manual_seed(seed)`; `random_split(dataset, [n - n // 5, n // 5], generator=g)`; "
        "`DataLoader(train, batch_size, shuffle=True, generator=g)`, and a plain one.",
    ),
    minutes=7,
    probe=probes.probe_make_loaders,
)

# --- overfit


def _small_batches(draw: Draw) -> Iterator[Case]:
    two, net = "Linear(2, 1)", "Sequential(Linear(2, 4), Tanh(), Linear(4, 1))"
    for model, rows, size in ((net, 9, 3), (two, 8, 4), (net, draw.integer(8, 12), 5), (two, 6, 2), (net, 10, 4)):
        y = torch.arange(rows) % 2
        yield case(model, draw.randn(rows, 2) + y.unsqueeze(1), y.float(), size, 4, seed=draw.seed_for_case())


OVERFIT = Exercise(
    id="data.overfit",
    title="One batch, again and again",
    statement="""Write `overfit(model, loader, steps)`. Take the first batch that the loader gives, **once**, and train
on this batch alone: `steps` steps, with `nn.BCEWithLogitsLoss()` and `torch.optim.Adam(model.parameters(), lr=0.05)`.
`x` is `(batch, 2)`, `y` is `(batch,)`, the logits are `(batch, 1)`. Return the loss of every step, before it moves, as
a list of Python floats.""",
    stub='''def overfit(model, loader, steps):
    """The losses of so many steps on one batch."""
    ...
''',
    examples=(
        case("Linear(2, 1)", torch.tensor([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), torch.tensor([1.0, 0.0, 1.0]), 2, 2),
    ),
    cases=_small_batches,
    hints=(
        "A `for` over the loader gives all batches. Which functions of Python give just one thing out of a loop?",
        "`iter` begins an epoch, `next` takes one batch of it. Where do these two stand: before the loop, or in it?",
        "`x, y = next(iter(loader))` before the loop; in the loop the step that you know, and "
        "`losses.append(loss.item())`.",
    ),
    minutes=5,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=probes.probe_overfit,
)

# --- fit


def _trainings(draw: Draw) -> Iterator[Case]:
    plain = "Sequential(Linear(2, 4), Tanh(), Linear(4, 1))"
    norm = "Sequential(Linear(2, 4), BatchNorm1d(4), Tanh(), Linear(4, 1))"
    drop = "Sequential(Linear(2, 6), Tanh(), Dropout(0.5), Linear(6, 1))"
    for model, rows, epochs in (
        (norm, 12, 3),
        (plain, 10, 2),
        (drop, 12, 2),
        (norm, draw.integer(11, 14), 3),
        (drop, 9, 3),
    ):
        x, y = draw.randn(rows + 7, 2), (torch.arange(rows + 7) % 2).float()
        yield case(model, [x[:rows], y[:rows]], [x[rows:], y[rows:]], 3, epochs, seed=draw.seed_for_case())


FIT = Exercise(
    id="data.fit",
    title="Put the loop in order",
    statement="""Somebody dropped the training loop. Its fifteen lines lie in the stub: all of them are right, each is
needed once, none is in its place. Put them in order and indent them, so that `fit` trains `model`, measures the mean
loss over all validation samples at the end of each epoch, and returns these means, one for each epoch. `model` may come
in either mode. (`val_loader.dataset` is the data set that the loader was made for.) Several orders are right; the check
runs your loop and looks at what it does.

(The example names the model, then the columns of training and validation data, the batch size and the epochs.)""",
    stub='''def fit(model, train_loader, val_loader, epochs):
    """Train, and return the mean validation loss of each epoch."""
    # optimizer.step()
    # for epoch in range(epochs):
    # total = sum(loss_module(model(x).squeeze(1), y).item() * len(x) for x, y in val_loader)
    # model.train()
    # val_losses = []
    # loss.backward()
    # with torch.no_grad():
    # optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    # return val_losses
    # for x, y in train_loader:
    # model.eval()
    # loss = loss_module(model(x).squeeze(1), y)
    # val_losses.append(total / len(val_loader.dataset))
    # optimizer.zero_grad()
    # loss_module = nn.BCEWithLogitsLoss()
    ...
''',
    examples=(
        case(
            "Linear(2, 1)",
            [torch.tensor([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), torch.tensor([1.0, 0.0, 1.0])],
            [torch.tensor([[0.0, 0.0]]), torch.tensor([0.0])],
            2,
            2,
        ),
    ),
    cases=_trainings,
    hints=(
        "Sort the lines first: what happens once, what once in each epoch, what once in each batch?",
        "In an epoch there are two halves: training, then measuring. Each begins with a line about the mode.",
        "Once: the loss module, the optimizer, the empty list, and at the very end `return`. Each epoch: `train()`, "
        "the loop over the batches with its four lines, `eval()`, the measuring under `no_grad`, and `append`.",
    ),
    minutes=9,
    same=Same(rtol=1e-4, atol=1e-5),
    probe=probes.probe_fit,
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    WINDOWS,
    PREDICT_BATCHES,
    PREDICT_ORDERS,
    MY_LOADER,
    PAD,
    SEED_WORKER,
    STREAM,
    MAKE_LOADERS,
    OVERFIT,
    FIT,
)

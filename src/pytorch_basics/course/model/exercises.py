"""The exercises of the lesson on models, in the lesson's order: statements, stubs, cases, probes and hints, no
answers.

In goes a ``Draw`` for the generated cases; out comes ``EXERCISES``. An answer is a class to build or a function that
is given a model; a case cannot carry a model, so its probe builds one, and turns what it finds into plain facts.
Parameters are filled with set numbers before an output is compared: how they began must not matter. One file although
long: a case is read with its probe, and the order of the lesson is its structure.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from pytorch_basics.practice.draw import Draw
from pytorch_basics.practice.exercise import Case, Exercise, Prediction, case

# --- what probes share


def fill(parameters: Iterable[nn.Parameter]) -> None:
    """Give each parameter set numbers between -1 and 1, different ones for each place in the row."""
    with torch.no_grad():
        for place, parameter in enumerate(parameters):
            steps = torch.arange(1.0, parameter.numel() + 1, dtype=parameter.dtype)
            parameter.copy_(torch.sin(1.7 * steps + place).reshape(parameter.shape))


def plain(output: Any) -> Any:
    """A tensor without its graph; anything else as it is."""
    return output.detach() if isinstance(output, Tensor) else output


def reached(model: nn.Module, output: Any) -> int:
    """How many parameters get a gradient from this output."""
    if isinstance(output, Tensor) and output.requires_grad:
        output.sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
    return sum(parameter.grad is not None for parameter in model.parameters())


def same_twice(model: nn.Module, x: Tensor) -> bool:
    """Whether two calls with the same input give the same output."""
    first, second = model(x), model(x)
    return bool(torch.equal(first, second)) if isinstance(first, Tensor) else first is second


def built(source: str) -> nn.Module:
    """The model that this line of Python makes."""
    model: nn.Module = eval(source, {"torch": torch, "nn": nn})
    return model


# --- predict_linear

PREDICT_LINEAR = Prediction(
    id="model.predict_linear",
    title="Three shapes of a layer",
    statement="A layer from 3 to 5 features, and 4 points. Which shapes?",
    code="""from torch import nn

layer = nn.Linear(3, 5)
out = layer(torch.zeros(4, 3))
""",
    asks={"weight": "layer.weight.shape", "bias": "layer.bias.shape", "out": "out.shape"},
    hints=(
        "What did the linear layer that you wrote by hand do with its weight?",
        "There is one bias for each output. Output number j comes from the row number j of the weight.",
        "The weight is stored the other way round than you say it: `(outputs, inputs)`. The batch stays in front.",
    ),
)

# --- predict_call

PREDICT_CALL = Prediction(
    id="model.predict_call",
    title="Call the model, or call forward",
    statement="A *hook* is a function of yours that a module runs after its work. How many hooks have run at the end?",
    code="""from torch import nn

layer = nn.Linear(2, 1)
calls = []
layer.register_forward_hook(lambda module, inputs, output: calls.append("hook"))

points = torch.zeros(4, 2)
layer(points)
layer.forward(points)
""",
    asks={"hooks": "len(calls)"},
    hints=(
        "Both calls compute the same numbers. Who runs the hook: the call, or `forward`?",
        "`forward` is an ordinary method. It contains only what was written into it: the arithmetic.",
        "`layer(points)` runs `forward` and then the hooks. `layer.forward(points)` goes past them.",
    ),
)

# --- classifier


def _probe_classifier(answer: Callable[..., Any], hidden: int, points: Tensor) -> dict[str, Any]:
    model = answer(hidden)
    shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    facts: dict[str, Any] = {"parameters": shapes, "same output twice": same_twice(model, points)}
    fill(parameter for _, parameter in sorted(model.named_parameters()))
    output = model(points)
    complete = set(shapes) == {"hidden.weight", "hidden.bias", "output.weight", "output.bias"}
    facts["output"] = plain(output) if complete else "not looked at: other parameters are wanted"
    facts["parameters that get a gradient"] = reached(model, output)
    return facts


def _points(draw: Draw) -> Iterator[Case]:
    for hidden in (1, 2, draw.integer(3, 9), 16):
        yield case(hidden, draw.randn(draw.integer(2, 6), 2), seed=draw.seed_for_case())
    yield case(draw.integer(2, 9), draw.randn(1, 2))
    yield case(3, torch.zeros(0, 2))


CLASSIFIER = Exercise(
    id="model.classifier",
    title="The XOR classifier",
    statement="""Write the class `Classifier`, an `nn.Module`. `Classifier(hidden)` makes two layers: `self.hidden`
goes from 2 to `hidden` features, `self.output` from `hidden` to 1. Called with points of the shape `(batch, 2)`, it
applies `self.hidden`, then tanh, then `self.output`, and returns the result, of the shape `(batch, 1)`. Nothing comes
after the last layer.

The example calls the class `classifier`. Its parameters are filled with set numbers before the output is taken.""",
    stub='''class Classifier(nn.Module):
    """Linear(2, hidden), tanh, Linear(hidden, 1): points (batch, 2) to logits (batch, 1)."""

    def __init__(self, hidden):
        ...

    def forward(self, points):
        ...
''',
    examples=(case(3, torch.tensor([[0.0, 1.0], [1.0, 1.0]])),),
    cases=_points,
    probe=_probe_classifier,
    hints=(
        "One of the two methods makes the layers, once. The other uses them, at each call.",
        "`__init__` starts with `super().__init__()`. Then `self.hidden = nn.Linear(…)`, and the other layer likewise.",
        "In `forward(self, points)`: `self.hidden` first, `torch.tanh` around it, `self.output` around that; `return`.",
    ),
    minutes=6,
)

# --- my_linear


def _probe_my_linear(answer: Callable[..., Any], inputs: int, outputs: int, x: Tensor) -> dict[str, Any]:
    model, other = answer(inputs, outputs), answer(inputs, outputs)
    named = dict(model.named_parameters())
    start: Any = "not looked at: parameters weight and bias are wanted"
    complete = set(named) == {"weight", "bias"}
    if complete:
        start = _start(named["weight"], named["bias"], dict(other.named_parameters())["weight"], inputs)
        fill([named["bias"], named["weight"]])
    output = model(x)
    return {
        "parameters": {name: tuple(parameter.shape) for name, parameter in named.items()},
        "start": start,
        "output": plain(output) if complete else None,
        "gradients": reached(model, output),
    }


def _start(weight: Tensor, bias: Tensor, other: Tensor, inputs: int) -> dict[str, bool]:
    """How the numbers begin, as far as there are enough of them to tell it from luck."""
    drawn, bound = torch.cat([weight.flatten(), bias.flatten()]).detach(), inputs**-0.5
    facts = {}
    if drawn.numel() >= 9:
        facts["within the bound"] = bool((drawn.abs() <= 1.0001 * bound).all())
    if drawn.numel() >= 400:  # numbers spread evenly from -bound to bound have a standard deviation of bound / √3
        facts["spread evenly"] = abs(drawn.std().item() / bound - 3**-0.5) < 0.1
        facts["bias drawn as well"] = len(set(bias.tolist())) > 1
        facts["two layers alike"] = bool(torch.equal(weight, other))
    return facts


def _layers(draw: Draw) -> Iterator[Case]:
    for batch in (1, draw.integer(2, 5)):
        inputs, outputs = draw.shape_not_square()
        yield case(inputs, outputs, draw.randn(batch, inputs), seed=draw.seed_for_case())
    yield case(3, 3, draw.randn(4, 3), seed=draw.seed_for_case())
    yield case(1, 1, draw.randn(2, 1), seed=draw.seed_for_case())
    yield case(30, 20, draw.randn(2, 30), seed=draw.seed_for_case())
    yield case(20, 30, draw.randn(2, 20), seed=draw.seed_for_case())


MY_LINEAR = Exercise(
    id="model.my_linear",
    title="Your own nn.Linear",
    statement="""Write the class `MyLinear`, an `nn.Module`, without `nn.Linear`. `MyLinear(inputs, outputs)` has two
parameters: `weight`, of the shape `(outputs, inputs)`, and `bias`, of the shape `(outputs,)`. Both start with random
numbers, spread evenly between −*b* and *b*, where *b* is 1/√inputs. Called with `x` of the shape `(batch, inputs)`, it
returns what `nn.Linear` returns: `(batch, outputs)`.

In the example, the parameters are filled with set numbers before the output is taken; `gradients` counts the
parameters that get one.""",
    stub='''class MyLinear(nn.Module):
    """A linear layer from `inputs` to `outputs` features, with parameters weight and bias."""

    def __init__(self, inputs, outputs):
        ...

    def forward(self, x):
        ...
''',
    examples=(case(2, 3, torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])),),
    cases=_layers,
    probe=_probe_my_linear,
    hints=(
        "What turns a tensor into something that the module lists among its parameters?",
        "`torch.rand` is spread evenly from 0 to 1. Times 2, minus 1, it is spread from −1 to 1.",
        "Wrap both random tensors in `nn.Parameter(…)`, store them in `self`. `forward` needs `weight.T` and `@`.",
    ),
    minutes=8,
    without=("Linear", "LazyLinear"),
)

# --- standardise


def _probe_standardise(answer: Callable[..., Any], data: Tensor, x: Tensor) -> dict[str, Any]:
    model = answer(data)
    facts: dict[str, Any] = {
        "saved": {name: plain(tensor).clone() for name, tensor in model.state_dict().items()},
        "parameters": [name for name, _ in model.named_parameters()],
        "trainable": sum(parameter.requires_grad for parameter in model.parameters()),
        "output": plain(model(x)),
    }
    model.double()
    facts["dtype of mean after model.double()"] = str(getattr(getattr(model, "mean", None), "dtype", None))
    return facts


def _data_and_points(draw: Draw) -> Iterator[Case]:
    for batch in (1, draw.integer(2, 5)):
        points, features = draw.integer(6, 9), draw.integer(2, 5)
        yield case(3 * draw.randn(points, features) + 5, draw.randn(batch, features))
    yield case(draw.rand(5, 1), draw.rand(3, 1))
    yield case(draw.randn(4, 4), draw.randn(4, 4))
    yield case(10 * draw.randn(6, 3), draw.randn(0, 3))
    yield case(draw.randn(7, 2)[::2], draw.randn(2, 2).T)


STANDARDISE = Exercise(
    id="model.standardise",
    title="Numbers to keep, not to learn",
    statement="""Write the class `Standardise`, an `nn.Module`. `Standardise(data)` is given training points of the
shape `(points, features)`. It keeps the mean and the standard deviation of each feature, over all points (as
`data.std(dim=0)` gives it), under the names `mean` and `std`: saved and moved with the model, but not learned. Called
with `x` of the shape `(batch, features)`, it returns `(x − mean) / std` with the numbers *it has kept*.""",
    stub='''class Standardise(nn.Module):
    """Brings points (batch, features) to the mean 0 and deviation 1 of the data it was made with."""

    def __init__(self, data):
        ...

    def forward(self, x):
        ...
''',
    examples=(case(torch.tensor([[0.0, 10.0], [2.0, 30.0], [4.0, 20.0]]), torch.tensor([[2.0, 20.0], [4.0, 0.0]])),),
    cases=_data_and_points,
    probe=_probe_standardise,
    hints=(
        "Look at the table above: which of the three is saved and moved, but not learned?",
        "Both tensors are computed once, in `__init__`. `forward` only uses them.",
        'In `__init__`: `self.register_buffer("mean", data.mean(dim=0))`, and the same for `std`.',
    ),
    minutes=5,
)

# --- deep


def _probe_deep(answer: Callable[..., Any], sizes: list[int], x: Tensor) -> dict[str, Any]:
    model = answer(sizes)
    parameters = list(model.parameters())
    facts: dict[str, Any] = {
        "parameters": [tuple(parameter.shape) for parameter in parameters],
        "same output twice": same_twice(model, x),
        "output": None,
        "gradients": None,
    }
    if len(parameters) == 2 * (len(sizes) - 1):
        fill(parameters)
        output = model(x)
        facts["output"] = plain(output)
        facts["gradients"] = reached(model, output)
    return facts


def _sizes(draw: Draw) -> Iterator[Case]:
    a, b, c = draw.integer(2, 6), draw.integer(2, 6), draw.integer(2, 6)
    for sizes in ([2, a, b, 1], [a, b, c, a, 2], [3, 3, 3, 3], [b, c, 1]):
        yield case(sizes, draw.randn(draw.integer(2, 4), sizes[0]), seed=draw.seed_for_case())
    yield case([a, c], draw.randn(3, a), seed=draw.seed_for_case())
    yield case([2, b, b, c, 3], draw.randn(1, 2), seed=draw.seed_for_case())


DEEP = Exercise(
    id="model.deep",
    title="As many layers as you like",
    statement="""Write the class `Deep`, an `nn.Module`. `sizes` is a list of two or more numbers. `Deep(sizes)` makes a
linear layer for each two neighbours, in order: `[2, 8, 4, 1]` makes the layers 2 → 8, 8 → 4 and 4 → 1. Called with `x`
of the shape `(batch, sizes[0])`, it applies them in turn, with a tanh between each two; none after the last.

In the example, the parameters are filled with set numbers before the output is taken.""",
    stub='''class Deep(nn.Module):
    """Linear layers of the given sizes in a row, a tanh between each two."""

    def __init__(self, sizes):
        ...

    def forward(self, x):
        ...
''',
    examples=(case([2, 3, 1], torch.tensor([[0.0, 1.0], [1.0, 1.0]])),),
    cases=_sizes,
    probe=_probe_deep,
    hints=(
        "`zip(sizes, sizes[1:])` gives the pairs of neighbours. Where do the layers go, so that the model finds them?",
        "Fill an `nn.ModuleList` in `__init__` and loop over it in `forward` (or gather all in an `nn.Sequential`).",
        "With a ModuleList: all but the last, `self.layers[:-1]`, are followed by `torch.tanh`. The last one is not.",
    ),
    minutes=7,
)

# --- predict_shared

PREDICT_SHARED = Prediction(
    id="model.predict_shared",
    title="The same layer twice",
    statement="One layer stands in a model twice. How many numbers are there to learn, and how many tensors in the "
    "`state_dict`?",
    code="""from torch import nn

layer = nn.Linear(4, 4)
model = nn.Sequential(layer, nn.Tanh(), layer)
numbers = sum(parameter.numel() for parameter in model.parameters())
saved = len(model.state_dict())
""",
    asks={"numbers": "numbers", "saved": "saved"},
    hints=(
        "How many layers were *made* here?",
        "`parameters()` gives each parameter once, wherever it is used. `state_dict()` goes by names.",
        "One layer has 4 × 4 weights and 4 biases. In the `state_dict` it has a name at each of its two places.",
    ),
)

# --- freeze


def _probe_freeze(answer: Callable[..., Any], model: str, name: str) -> dict[str, Any]:
    made = built(model)
    returned = answer(made, name)
    return {
        "returned": returned,
        "requires_grad": {name: parameter.requires_grad for name, parameter in made.named_parameters()},
        "all in training mode": all(module.training for module in made.modules()),
    }


def _models_to_freeze(draw: Draw) -> Iterator[Case]:
    a, b = draw.shape_not_square()
    two = f"nn.Sequential(nn.Linear({a}, {b}), nn.Tanh(), nn.Linear({b}, 1))"
    yield case(two, draw.choice(("0", "2")))
    yield case(two, "1")
    nested = f"nn.Sequential(nn.Sequential(nn.Linear(2, {a}), nn.Linear({a}, {b})), nn.Linear({b}, 1))"
    yield case(nested, "0")
    yield case(nested, "0.1")
    named = f'nn.ModuleDict({{"body": nn.Linear(2, {a}), "body2": nn.Linear({a}, {b}), "head": nn.Linear({b}, 1)}})'
    yield case(named, "body")
    yield case(f"nn.Sequential(nn.Linear(2, {a}).requires_grad_(False), nn.BatchNorm1d({a}), nn.Linear({a}, 1))", "1")
    yield case(f"nn.Sequential(*[nn.Linear({b}, {b}) for _ in range(12)])", "1")


FREEZE = Exercise(
    id="model.freeze",
    title="Freeze one layer",
    statement="""Write `freeze(model, name)`. `name` is the name of a layer, as it stands in `named_parameters()` before
the last dot: `"0"`, or `"body.2"` for a layer inside another. Switch training off for all parameters of this layer, and
of no other. Return a list of the names of all parameters of the model that can still be trained, in the order of
`named_parameters()`. Change nothing else.

In the examples, a model is written as the line that makes it; you are given the model.""",
    stub='''def freeze(model, name):
    """Freeze the layer of this name; the names of the parameters that are still trainable."""
    ...
''',
    examples=(case("nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))", "0"),),
    cases=_models_to_freeze,
    probe=_probe_freeze,
    hints=(
        "Two ways lead there: find the layer by its name, or go through `named_parameters()` and look at the names.",
        'A name such as "1" also begins "10.weight". With the dot behind it, "1.", it does not.',
        "`model.get_submodule(name)` finds the layer. Then list the names whose parameter still has `requires_grad`.",
    ),
    minutes=5,
)

# --- count_parameters


def _probe_count(answer: Callable[..., Any], model: str) -> Any:
    return answer(built(model))


def _models_to_count(draw: Draw) -> Iterator[Case]:
    a, b = draw.shape_not_square()
    yield case(f"nn.Linear({a}, {b})")
    yield case(f"nn.Sequential(nn.Linear({a}, {b}, bias=False), nn.PReLU())")
    yield case(f"nn.Sequential(nn.Linear({a}, {b}), nn.Tanh(), nn.Linear({b}, 1).requires_grad_(False))")
    yield case(f"nn.Sequential(layer := nn.Linear({a}, {a}), nn.Tanh(), layer, nn.Linear({a}, {b}))")
    yield case(f"nn.Sequential(nn.Linear({a}, {b}), nn.BatchNorm1d({b}), nn.Sequential(nn.Tanh(), nn.Linear({b}, 1)))")
    yield case(f"nn.Sequential(layer := nn.Linear({b}, {b}).requires_grad_(False), layer, nn.LayerNorm({b}))")
    yield case("nn.Tanh()")


COUNT_PARAMETERS = Exercise(
    id="model.count_parameters",
    title="Count what can be learned",
    statement="""Write `count_parameters(model)`. Return a tuple of two `int`s: how many *numbers* all the parameters of
the model hold, and how many of these can be trained. A shared layer counts once; buffers do not count. It must work for
any `nn.Module`.

In the examples, a model is written as the line that makes it; you are given the model.""",
    stub='''def count_parameters(model):
    """(numbers in all parameters, numbers in those that can be trained)"""
    ...
''',
    examples=(
        case("nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))"),
        case("nn.Sequential(nn.Linear(2, 8).requires_grad_(False), nn.Tanh(), nn.Linear(8, 1))"),
    ),
    cases=_models_to_count,
    probe=_probe_count,
    hints=(
        "Which method gives each parameter exactly once? And what says of a tensor how many numbers it holds?",
        "Sum `numel()`. The second sum leaves some of the parameters out: which property tells you which?",
        "Both sums run over `model.parameters()`; the second only over those with `requires_grad`.",
    ),
    minutes=4,
)

# --- predict_seed

PREDICT_SEED = Prediction(
    id="model.predict_seed",
    title="Four layers, one seed",
    statement="Which layers start with the same weight as `a`? (`True` or `False` for each)",
    code="""from torch import nn

torch.manual_seed(0)
a = nn.Linear(2, 3)
b = nn.Linear(2, 3)

torch.manual_seed(0)
c = nn.Linear(2, 3)

torch.manual_seed(0)
noise = torch.rand(1)
d = nn.Linear(2, 3)
""",
    asks={
        "b": "torch.equal(a.weight, b.weight)",
        "c": "torch.equal(a.weight, c.weight)",
        "d": "torch.equal(a.weight, d.weight)",
    },
    hints=(
        "The seed sets where a long row of random numbers begins. Who takes numbers from it, and when?",
        "Each layer takes the next numbers of the row. `manual_seed` goes back to its beginning.",
        "Only one of the three takes the very first numbers. Before `d`, somebody else has taken one.",
    ),
)

# --- predict_dropout

PREDICT_DROPOUT = Prediction(
    id="model.predict_dropout",
    title="Dropout, training and not",
    statement="`nn.Dropout(0.5)` sets each number to 0 with probability 0.5, while training. Its input here is a "
    "thousand ones. Which different numbers come out, in rising order? (A list for each mode.)",
    code="""from torch import nn

dropout = nn.Dropout(0.5)
ones = torch.ones(1000)

dropout.train()
training = dropout(ones).unique().tolist()

dropout.eval()
evaluating = dropout(ones).unique().tolist()
""",
    asks={"training": "training", "evaluating": "evaluating"},
    hints=(
        "In one of the modes nothing is dropped at all.",
        "Half of the numbers are lost in training. What must happen to the others, so that the mean stays about 1?",
        "In training the survivors are divided by 1 − 0.5. In evaluation the input comes out as it is.",
    ),
    minutes=2,
)

# --- my_dropout


def _probe_my_dropout(answer: Callable[..., Any], p: float, x: Tensor) -> dict[str, Any]:
    model, given = answer(p), x.clone()
    model.train()
    first, second = model(given), model(x.clone())
    zero, much = first == 0, x.numel() >= 400
    facts: dict[str, Any] = {
        "training: the input is left as it was": bool(torch.equal(given, x)),
        "training: what is not 0 was divided by 1 - p": bool(torch.allclose(first[~zero], x[~zero] / (1 - p))),
        # With few elements chance decides these, so they are left out.
        "training: about p of it is 0": abs(zero.double().mean().item() - p) < 0.1 if much else None,
        "training: each element by itself": all(_mixed(zero, dim) for dim in (0, 1)) if much else None,
        "training: drawn anew at each call": not torch.equal(first, second) if much else None,
    }
    model.eval()
    output = model(x.clone())
    facts["evaluating: nothing is dropped"] = bool((output != 0).all())
    facts["evaluating: the output is the input"] = bool(torch.equal(output, x))
    return facts


def _mixed(zero: Tensor, dim: int) -> bool:
    """Whether zeros and others stand beside each other along this dimension."""
    return bool((zero.any(dim=dim) & ~zero.all(dim=dim)).any())


def _batches(draw: Draw) -> Iterator[Case]:
    for p in (0.2, 0.3, 0.5, 0.7):
        rows, columns = draw.choice(((40, 25), (20, 24), (25, 40)))
        yield case(p, draw.rand(rows, columns) + 0.5, seed=draw.seed_for_case())
    yield case(0.0, draw.rand(20, 30) + 0.5, seed=draw.seed_for_case())
    yield case(0.4, draw.rand(20, 30, dtype=torch.float64) - 1.5, seed=draw.seed_for_case())


MY_DROPOUT = Exercise(
    id="model.my_dropout",
    title="Your own dropout",
    statement="""Write the class `MyDropout`, an `nn.Module`, without PyTorch's dropout. `MyDropout(p)`, with
0 ≤ `p` < 1, is called with a floating point `x` of any shape.

- In training mode it returns a new tensor: each element of `x` is, by itself and drawn anew at each call, set to 0 with
  probability `p`; the others are divided by `1 − p`.
- In evaluation mode it returns `x` as it is.

`x` itself never changes. The example shows what is looked at.""",
    stub='''class MyDropout(nn.Module):
    """While training, drops each element with probability p and scales the others up."""

    def __init__(self, p):
        ...

    def forward(self, x):
        ...
''',
    examples=(case(0.5, torch.ones(20, 20)),),
    cases=_batches,
    probe=_probe_my_dropout,
    hints=(
        "A module knows which mode it is in. `train()` and `eval()` set something that you can read in `forward`.",
        "`torch.rand_like(x)` draws a number between 0 and 1 for each element. With which probability is it below `p`?",
        "`if not self.training: return x`. Else multiply `x` by a mask of 0s and 1s, and divide by `1 − self.p`.",
    ),
    minutes=7,
    without=("Dropout", "dropout", "dropout_", "AlphaDropout", "alpha_dropout", "Dropout1d", "native_dropout"),
)

# --- predict_batchnorm

PREDICT_BATCHNORM = Prediction(
    id="model.predict_batchnorm",
    title="Nothing is learned here. Or is it?",
    statement="`nn.BatchNorm1d` keeps a running mean of its inputs. Nobody calls `backward`, and `no_grad` is on. How "
    "many parameters has it (weights and biases count as one each)? Has the running mean changed (`True` or `False`)?",
    code="""from torch import nn

norm = nn.BatchNorm1d(2)
before = norm.running_mean.clone()
with torch.no_grad():
    norm(torch.tensor([[2.0, 5.0], [4.0, 9.0]]))

parameters = len(list(norm.parameters()))
changed = not torch.equal(norm.running_mean, before)
""",
    asks={"parameters": "parameters", "changed": "changed"},
    hints=(
        "A new module is in training mode. Does `no_grad` change the mode?",
        "The running mean is not learned by gradients. So is it a parameter?",
        "A weight and a bias are its parameters. The running mean is a buffer, and training mode updates it.",
    ),
)

EXERCISES: tuple[Exercise | Prediction, ...] = (
    PREDICT_LINEAR,
    PREDICT_CALL,
    CLASSIFIER,
    MY_LINEAR,
    STANDARDISE,
    DEEP,
    PREDICT_SHARED,
    FREEZE,
    COUNT_PARAMETERS,
    PREDICT_SEED,
    PREDICT_DROPOUT,
    MY_DROPOUT,
    PREDICT_BATCHNORM,
)

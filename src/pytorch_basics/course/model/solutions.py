"""References and named wrong solutions of the exercises on models, in the lesson's order.

In go the classes and functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of
each computes what is expected. One file although long: every entry stands alone, and the order is that of
``exercises.py``.
"""
# mypy: disable-error-code="no-any-return"
# because calling a module gives Any, and these read as a learner writes them

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from pytorch_basics.practice.exercise import Solutions, Wrong

LIST = "model.plain_list"
SUPER = "model.no_super_init"
TENSOR = "model.plain_tensor"

# --- classifier


class Classifier(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, points: Tensor) -> Tensor:
        return self.output(torch.tanh(self.hidden(points)))


class ClassifierWithTanhModule(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(in_features=2, out_features=hidden)
        self.bend = nn.Tanh()
        self.output = nn.Linear(in_features=hidden, out_features=1)

    def forward(self, points: Tensor) -> Tensor:
        x = self.hidden(points)
        x = self.bend(x)
        return self.output(x)


class ClassifierWithoutSuper(nn.Module):
    def __init__(self, hidden: int) -> None:
        self.hidden = nn.Linear(2, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, points: Tensor) -> Tensor:
        return self.output(torch.tanh(self.hidden(points)))


class ClassifierInPlainList(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.layers = [nn.Linear(2, hidden), nn.Linear(hidden, 1)]

    def forward(self, points: Tensor) -> Tensor:
        return self.layers[1](torch.tanh(self.layers[0](points)))


class ClassifierMadeInForward(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.size = hidden

    def forward(self, points: Tensor) -> Tensor:
        return nn.Linear(self.size, 1)(torch.tanh(nn.Linear(2, self.size)(points)))


class ClassifierInSequential(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, points: Tensor) -> Tensor:
        return self.layers(points)


class ClassifierWithoutTanh(Classifier):
    def forward(self, points: Tensor) -> Tensor:
        return self.output(self.hidden(points))


class ClassifierWithRelu(Classifier):
    def forward(self, points: Tensor) -> Tensor:
        return self.output(torch.relu(self.hidden(points)))


class ClassifierWithSigmoid(Classifier):
    def forward(self, points: Tensor) -> Tensor:
        return torch.sigmoid(super().forward(points))


class ClassifierWithTwoTanhs(Classifier):
    def forward(self, points: Tensor) -> Tensor:
        return torch.tanh(super().forward(points))


class ClassifierSqueezed(Classifier):
    def forward(self, points: Tensor) -> Tensor:
        return super().forward(points).squeeze(1)


class ClassifierWithoutReturn(Classifier):
    def forward(self, points: Tensor) -> Any:
        super().forward(points)


class ClassifierWithoutGraph(Classifier):
    def forward(self, points: Tensor) -> Tensor:
        with torch.no_grad():
            return super().forward(points)


class ClassifierOfFixedSize(Classifier):
    def __init__(self, hidden: int) -> None:
        super().__init__(8)


# --- my_linear


class MyLinear(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = 1 / inputs**0.5
        self.weight = nn.Parameter((2 * torch.rand(outputs, inputs) - 1) * bound)
        self.bias = nn.Parameter((2 * torch.rand(outputs) - 1) * bound)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias


class MyLinearWithInit(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.empty(outputs))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight, self.bias)


def _evenly(*shape: int, bound: float) -> Tensor:
    return (2 * torch.rand(shape) - 1) * bound


class MyLinearOfTensors(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = _evenly(outputs, inputs, bound=inputs**-0.5)
        self.bias = _evenly(outputs, bound=inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias


class MyLinearWithTensorBias(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(_evenly(outputs, inputs, bound=inputs**-0.5))
        self.bias = _evenly(outputs, bound=inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias


class MyLinearWithoutSuper(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        self.weight = nn.Parameter(_evenly(outputs, inputs, bound=inputs**-0.5))
        self.bias = nn.Parameter(_evenly(outputs, bound=inputs**-0.5))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias


class MyLinearStoredTurned(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(_evenly(inputs, outputs, bound=inputs**-0.5))
        self.bias = nn.Parameter(_evenly(outputs, bound=inputs**-0.5))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


class MyLinearOfZeros(MyLinear):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        nn.init.zeros_(self.weight)
        nn.init.zeros_(self.bias)


class MyLinearOfRandn(MyLinear):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        nn.init.normal_(self.weight)
        nn.init.normal_(self.bias)


class MyLinearWithZeroBias(MyLinear):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        nn.init.zeros_(self.bias)


class MyLinearPositive(MyLinear):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        nn.init.uniform_(self.weight, 0, inputs**-0.5)
        nn.init.uniform_(self.bias, 0, inputs**-0.5)


class MyLinearOnData(MyLinear):
    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.data.T + self.bias.data


class MyLinearWithoutBias(MyLinear):
    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T


# --- standardise


class Standardise(nn.Module):
    mean: Tensor
    std: Tensor

    def __init__(self, data: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", data.mean(dim=0))
        self.register_buffer("std", data.std(dim=0))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class StandardiseWithBuffer(nn.Module):
    def __init__(self, data: Tensor) -> None:
        super().__init__()
        std, mean = torch.std_mean(data, dim=0)
        self.mean, self.std = nn.Buffer(mean), nn.Buffer(std)

    def forward(self, x: Tensor) -> Tensor:
        return torch.div(x - self.mean, self.std)


class StandardiseWithTensors(nn.Module):
    def __init__(self, data: Tensor) -> None:
        super().__init__()
        self.mean = data.mean(dim=0)
        self.std = data.std(dim=0)

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class StandardiseWithParameters(nn.Module):
    def __init__(self, data: Tensor) -> None:
        super().__init__()
        self.mean = nn.Parameter(data.mean(dim=0))
        self.std = nn.Parameter(data.std(dim=0))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class StandardiseWithFrozenParameters(StandardiseWithParameters):
    def __init__(self, data: Tensor) -> None:
        super().__init__(data)
        self.requires_grad_(False)


class StandardiseNotSaved(nn.Module):
    mean: Tensor
    std: Tensor

    def __init__(self, data: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", data.mean(dim=0), persistent=False)
        self.register_buffer("std", data.std(dim=0), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class StandardiseByTheBatch(Standardise):
    def forward(self, x: Tensor) -> Tensor:
        return (x - x.mean(dim=0)) / x.std(dim=0)


class StandardiseAllTogether(Standardise):
    def __init__(self, data: Tensor) -> None:
        super().__init__(data)
        self.mean, self.std = data.mean(), data.std()


class StandardisePoints(Standardise):
    def __init__(self, data: Tensor) -> None:
        super().__init__(data)
        self.mean, self.std = data.mean(dim=1), data.std(dim=1)


# --- deep


class Deep(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        pairs = pairwise(sizes)
        self.layers = nn.ModuleList(nn.Linear(inputs, outputs) for inputs, outputs in pairs)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


class DeepSequential(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        for place in range(len(sizes) - 1):
            steps += [nn.Linear(sizes[place], sizes[place + 1]), nn.Tanh()]
        self.steps = nn.Sequential(*steps[:-1])

    def forward(self, x: Tensor) -> Tensor:
        return self.steps(x)


def _linears(sizes: list[int]) -> list[nn.Linear]:
    return [nn.Linear(a, b) for a, b in pairwise(sizes)]


class DeepInPlainList(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.layers = _linears(sizes)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


class DeepHalfRegistered(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        *self.layers, self.output = _linears(sizes)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.output(x)


class DeepMadeInForward(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, x: Tensor) -> Tensor:
        layers = _linears(self.sizes)
        for layer in layers[:-1]:
            x = torch.tanh(layer(x))
        return layers[-1](x)


class DeepWithoutSuper(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        self.layers = nn.ModuleList(_linears(sizes))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


class DeepWithoutTanh(Deep):
    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class DeepWithLastTanh(Deep):
    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(super().forward(x))


class DeepWithoutLastLayer(Deep):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__(sizes[:-1] if len(sizes) > 2 else sizes)


class DeepWithOneTanh(Deep):
    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = layer(x)
        return self.layers[-1](torch.tanh(x) if len(self.layers) > 1 else x)


class DeepCallingTheList(Deep):
    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class DeepWithListInSequential(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.layers = nn.Sequential(_linears(sizes))  # type: ignore[call-overload]  # the mistake

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


# --- freeze


def freeze(model: nn.Module, name: str) -> list[str]:
    model.get_submodule(name).requires_grad_(False)
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def freeze_by_name(model: nn.Module, name: str) -> list[str]:
    trainable = []
    for full_name, parameter in model.named_parameters():
        if full_name.startswith(name + "."):
            parameter.requires_grad = False
        elif parameter.requires_grad:
            trainable.append(full_name)
    return trainable


def _trainable(model: nn.Module) -> list[str]:
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def freeze_the_attribute(model: nn.Module, name: str) -> list[str]:
    model.get_submodule(name).requires_grad = False  # type: ignore[assignment]  # the mistake: a new attribute
    return _trainable(model)


def freeze_by_eval(model: nn.Module, name: str) -> list[str]:
    model.get_submodule(name).eval()
    return _trainable(model)


def freeze_everything(model: nn.Module, name: str) -> list[str]:
    model.requires_grad_(False)
    return _trainable(model)


def freeze_the_others(model: nn.Module, name: str) -> list[str]:
    model.requires_grad_(False)
    model.get_submodule(name).requires_grad_(True)
    return _trainable(model)


def freeze_by_beginning(model: nn.Module, name: str) -> list[str]:
    for full_name, parameter in model.named_parameters():
        if full_name.startswith(name):
            parameter.requires_grad = False
    return _trainable(model)


def freeze_weights_only(model: nn.Module, name: str) -> list[str]:
    for full_name, parameter in model.named_parameters():
        if full_name.startswith(name + ".") and full_name.endswith("weight"):
            parameter.requires_grad = False
    return _trainable(model)


def freeze_and_name_the_frozen(model: nn.Module, name: str) -> list[str]:
    model.get_submodule(name).requires_grad_(False)
    return [name for name, parameter in model.named_parameters() if not parameter.requires_grad]


def freeze_and_return_nothing(model: nn.Module, name: str) -> None:
    model.get_submodule(name).requires_grad_(False)


def freeze_and_unfreeze(model: nn.Module, name: str) -> list[str]:
    for full_name, parameter in model.named_parameters():
        parameter.requires_grad = not full_name.startswith(name + ".")
    return _trainable(model)


# --- count_parameters


def count_parameters(model: nn.Module) -> tuple[int, int]:
    numbers = sum(parameter.numel() for parameter in model.parameters())
    trainable = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    return numbers, trainable


def count_parameters_by_walking(model: nn.Module) -> tuple[int, int]:
    found: dict[int, nn.Parameter] = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            found[id(parameter)] = parameter
    sizes = [(parameter.shape.numel(), parameter.requires_grad) for parameter in found.values()]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)


def count_tensors(model: nn.Module) -> tuple[int, int]:
    parameters = list(model.parameters())
    return len(parameters), len([parameter for parameter in parameters if parameter.requires_grad])


def count_state(model: nn.Module) -> tuple[int, int]:
    return sum(tensor.numel() for tensor in model.state_dict().values()), count_parameters(model)[1]


def count_twice(model: nn.Module) -> tuple[int, int]:
    named = list(model.named_parameters(remove_duplicate=False))
    return sum(p.numel() for _, p in named), sum(p.numel() for _, p in named if p.requires_grad)


def count_all_as_trainable(model: nn.Module) -> tuple[int, int]:
    return count_parameters(model)[0], count_parameters(model)[0]


def count_frozen(model: nn.Module) -> tuple[int, int]:
    numbers, trainable = count_parameters(model)
    return numbers, numbers - trainable


def count_linear_layers(model: nn.Module) -> tuple[int, int]:
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    sizes = [(p.numel(), p.requires_grad) for layer in layers for p in layer.parameters()]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)


def count_weights(model: nn.Module) -> tuple[int, int]:
    named = [parameter for name, parameter in model.named_parameters() if name.endswith("weight")]
    return sum(p.numel() for p in named), sum(p.numel() for p in named if p.requires_grad)


# --- my_dropout


class MyDropout(nn.Module):
    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.rand_like(x) >= self.p
        return x * kept / (1 - self.p)


class MyDropoutWithBernoulli(nn.Module):
    def __init__(self, p: float) -> None:
        super().__init__()
        self.kept = 1 - p

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            return x * torch.bernoulli(torch.full_like(x, self.kept)) / self.kept
        return x


class MyDropoutAlways(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p)


class MyDropoutUnscaled(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand_like(x) >= self.p) if self.training else x


class MyDropoutScaledLater(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand_like(x) >= self.p) if self.training else x * (1 - self.p)


class MyDropoutScaledTwice(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return (super().forward(x) if self.training else x / (1 - self.p)) + 0.0


class MyDropoutKeepsP(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand_like(x) < self.p) / (1 - self.p) if self.training else x


class MyDropoutDividedByP(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand_like(x) >= self.p) / self.p if self.training else x


class MyDropoutOfRows(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand(len(x), 1) >= self.p) / (1 - self.p) if self.training else x


class MyDropoutSeeded(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        torch.manual_seed(0)
        return super().forward(x)


class MyDropoutInPlace(MyDropout):
    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            x[torch.rand_like(x) < self.p] = 0
            x /= 1 - self.p
        return x


class MyDropoutWithoutSuper(nn.Module):
    def __init__(self, p: float) -> None:
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p) if self.training else x


SOLUTIONS: dict[str, Solutions] = {
    "model.predict_linear": Solutions(
        references=(
            {"weight": (5, 3), "bias": (5,), "out": (4, 5)},
            {"weight": torch.Size([5, 3]), "bias": [5], "out": torch.Size([4, 5])},
        ),
        wrong=(
            Wrong(
                "inputs_first",
                {"weight": (3, 5)},
                "Your guess has the weight as it is said, from 3 to 5. PyTorch stores it as `(outputs, inputs)`: one "
                "row for each output.",
            ),
            Wrong(
                "bias_of_inputs",
                {"bias": (3,)},
                "Your guess gives each *input* a bias. The bias is added last, to the outputs: one for each of them.",
            ),
            Wrong(
                "bias_as_row",
                {"bias": (1, 5)},
                "Five numbers is right, but the bias is a plain row without a batch: one dimension. Broadcasting lays "
                "it along every point.",
            ),
            Wrong(
                "batch_last",
                {"out": (5, 4)},
                "Your guess puts the batch last. In PyTorch the batch stays in front, and only the last size changes, "
                "from inputs to outputs.",
            ),
            Wrong(
                "same_shape",
                {"out": (4, 3)},
                "Your guess keeps the shape. The layer goes from 3 features to 5: the last size changes.",
            ),
        ),
    ),
    "model.predict_call": Solutions(
        references=({"hooks": 1}, {"hooks": 1.0}),
        wrong=(
            Wrong(
                "both_run_it",
                {"hooks": 2},
                "Your guess takes `layer.forward(points)` for the same as `layer(points)`. The numbers are the same, "
                "but hooks belong to the call: `forward` alone runs none.",
            ),
            Wrong(
                "none",
                {"hooks": 0},
                "Your guess has no hook run at all. Calling the module, `layer(points)`, runs `forward` and then the "
                "hooks.",
            ),
            Wrong(
                "once_a_point",
                {"hooks": 4},
                "Your guess counts the points. A module sees the whole batch in one call; the hook runs once for it.",
            ),
            Wrong(
                "once_a_point_and_call",
                {"hooks": 8},
                "Your guess counts the points of both calls. A module sees the whole batch in one call, and `forward` "
                "alone runs no hook.",
            ),
        ),
    ),
    "model.classifier": Solutions(
        references=(Classifier, ClassifierWithTanhModule),
        wrong=(
            Wrong(
                "no_super",
                ClassifierWithoutSuper,
                "Your `__init__` assigns a layer before `nn.Module` has set itself up. There is no place yet where the "
                "model could keep it. What must the first line of `__init__` be?",
                mistake=SUPER,
            ),
            Wrong(
                "plain_list",
                ClassifierInPlainList,
                "Your model computes, but lists no parameters, so nothing in it could ever learn. Layers in a Python "
                "list are not seen. Assign each to a name of its own: `self.hidden`, `self.output`.",
                mistake=LIST,
            ),
            Wrong(
                "made_in_forward",
                ClassifierMadeInForward,
                "Your model gives another answer at each call: its layers are made anew, with new random weights, each "
                "time `forward` runs. Make them once, in `__init__`, and keep them in `self`.",
            ),
            Wrong(
                "other_names",
                ClassifierInSequential,
                "Your model may well compute the right thing, but its parameters have other names. A name is the path "
                "to the parameter, such as `hidden.weight`. Keep the two layers as `self.hidden` and `self.output`.",
            ),
            Wrong(
                "fixed_size",
                ClassifierOfFixedSize,
                "Your model always has 8 hidden features. Use the number that `__init__` is given.",
            ),
            Wrong(
                "no_tanh",
                ClassifierWithoutTanh,
                "There is no bend in your model. Two linear layers without one are only one linear layer, and a "
                "straight line cannot part the XOR points. Which function goes between them?",
            ),
            Wrong(
                "relu",
                ClassifierWithRelu,
                "Your model bends with ReLU, which sets negative numbers to 0. A fair choice, but tanh is asked for.",
            ),
            Wrong(
                "sigmoid_after",
                ClassifierWithSigmoid,
                "Your model ends with a sigmoid. Here the plain numbers are wanted (the *logits*): the loss that we "
                "will use applies the sigmoid itself.",
            ),
            Wrong(
                "tanh_after",
                ClassifierWithTwoTanhs,
                "Your model has a tanh after the last layer too, so it can only answer between −1 and 1. Nothing comes "
                "after the last layer.",
            ),
            Wrong(
                "squeezed",
                ClassifierSqueezed,
                "Your numbers are right, but the shape is `(batch,)`. `(batch, 1)` is asked for: one column of "
                "outputs, as the last layer gives it.",
            ),
            Wrong(
                "no_return",
                ClassifierWithoutReturn,
                "Your `forward` computes, but the result is `None`. What a model returns is what `forward` returns.",
            ),
            Wrong(
                "no_graph",
                ClassifierWithoutGraph,
                "Your output is right, but no gradient finds its way back: something in `forward` cuts the graph "
                "(`no_grad`, `.detach()`, `.data`). Leave it out; a model must be able to learn.",
                mistake="autograd.chain_is_cut",
            ),
        ),
    ),
    "model.my_linear": Solutions(
        references=(MyLinear, MyLinearWithInit),
        wrong=(
            Wrong(
                "plain_tensors",
                MyLinearOfTensors,
                "Your layer computes, but has no parameters: for a module a tensor in `self` is an attribute like any "
                "other, with `requires_grad=True` too. What marks a tensor as something to learn?",
                mistake=TENSOR,
            ),
            Wrong(
                "bias_forgotten",
                MyLinearWithTensorBias,
                "Your `weight` is a parameter, but your `bias` is a plain tensor (or is not there). It would never "
                "learn, and not be saved. Make it a parameter, too.",
                mistake=TENSOR,
            ),
            Wrong(
                "no_super",
                MyLinearWithoutSuper,
                "Your `__init__` assigns a parameter before `nn.Module` is set up. What must its first line be?",
                mistake=SUPER,
            ),
            Wrong(
                "turned",
                MyLinearStoredTurned,
                "Your weight is stored as `(inputs, outputs)`. PyTorch stores it the other way round, one row for each "
                "output, and turns it in `forward`.",
            ),
            Wrong(
                "zeros",
                MyLinearOfZeros,
                "All your numbers start at 0. Then all outputs are alike and get like gradients, and stay alike. "
                "Random numbers make them differ.",
            ),
            Wrong(
                "randn",
                MyLinearOfRandn,
                "Your start numbers do not stay between −1/√inputs and 1/√inputs. `torch.randn` has no bound at all, "
                "and `torch.rand` goes from 0 to 1, however many inputs there are.",
            ),
            Wrong(
                "zero_bias",
                MyLinearWithZeroBias,
                "Your weight is drawn at random, but all biases start alike. That would learn, too; here both are "
                "asked to be drawn, as `nn.Linear` does it.",
            ),
            Wrong(
                "positive",
                MyLinearPositive,
                "Your start numbers lie on one side of 0. `torch.rand` draws from 0 to 1: stretch and shift it, so "
                "that it covers both sides.",
            ),
            Wrong(
                "on_data",
                MyLinearOnData,
                "Your output is right, but no gradient reaches the parameters: `.data` and `.detach()` step around the "
                "graph. Use the parameters themselves.",
                mistake="autograd.chain_is_cut",
            ),
            Wrong(
                "bias_not_added",
                MyLinearWithoutBias,
                "Your layer has a bias, but `forward` does not add it.",
            ),
        ),
    ),
    "model.standardise": Solutions(
        references=(Standardise, StandardiseWithBuffer),
        wrong=(
            Wrong(
                "plain_tensors",
                StandardiseWithTensors,
                "Your numbers are right, but not saved: `state_dict()` is empty. A plain tensor in `self` is an "
                "attribute that the module knows nothing about. Which kind of tensor is kept, but not learned?",
                mistake=TENSOR,
            ),
            Wrong(
                "parameters",
                StandardiseWithParameters,
                "Your `mean` and `std` are parameters. They are saved, but they would be *learned*, too: an optimizer "
                "would change them. They should stay what the data says.",
            ),
            Wrong(
                "frozen_parameters",
                StandardiseWithFrozenParameters,
                "Your `mean` and `std` are frozen parameters. Close, but they still count as parameters, and whoever "
                "unfreezes the model unfreezes them. PyTorch has a kind of its own for numbers that are only kept.",
            ),
            Wrong(
                "not_saved",
                StandardiseNotSaved,
                "Your buffers move with the model, but are not saved: `persistent=False` leaves them out of the "
                "`state_dict`.",
            ),
            Wrong(
                "by_the_batch",
                StandardiseByTheBatch,
                "Your `forward` takes mean and deviation from the batch it is given. Then the same point gives another "
                "answer in other company. Use the numbers kept in `__init__`.",
            ),
            Wrong(
                "all_together",
                StandardiseAllTogether,
                "You keep one mean for everything. Each feature needs its own: which `dim` should go away?",
            ),
            Wrong(
                "of_points",
                StandardisePoints,
                "You take mean and deviation of each point, over its features. Wanted are those of each feature, over "
                "the points: the other `dim`.",
            ),
        ),
    ),
    "model.deep": Solutions(
        references=(Deep, DeepSequential),
        wrong=(
            Wrong(
                "plain_list",
                DeepInPlainList,
                "Your model computes, but lists no parameters: a module does not look into a Python list. No optimizer "
                "will find your layers. Which list does it look into?",
                mistake=LIST,
            ),
            Wrong(
                "half_registered",
                DeepHalfRegistered,
                "Only your last layer is listed among the parameters. The others are in a Python list, where the model "
                "does not look; they would silently keep their random numbers. Which list does it look into?",
                mistake=LIST,
            ),
            Wrong(
                "made_in_forward",
                DeepMadeInForward,
                "Your model gives another answer at each call: `forward` makes new layers each time. Make them once, "
                "in `__init__`.",
            ),
            Wrong(
                "no_super",
                DeepWithoutSuper,
                "Your `__init__` assigns layers before `nn.Module` has set itself up. What must its first line be?",
                mistake=SUPER,
            ),
            Wrong(
                "calls_the_list",
                DeepCallingTheList,
                "You call the `ModuleList` itself. It only keeps layers, and does not know how to run them: loop over "
                "it in `forward`.",
            ),
            Wrong(
                "list_in_sequential",
                DeepWithListInSequential,
                "`nn.Sequential` takes layers one by one, not a list of them. A star unpacks the list: "
                "`nn.Sequential(*steps)`.",
            ),
            Wrong(
                "no_tanh",
                DeepWithoutTanh,
                "There is no tanh between your layers. Without a bend, all of them together are only one linear layer.",
            ),
            Wrong(
                "one_tanh",
                DeepWithOneTanh,
                "Your model has a single tanh, before its last layer. There should be one between *each* two layers.",
            ),
            Wrong(
                "last_tanh",
                DeepWithLastTanh,
                "Your model has a tanh after the last layer, too, so it can only answer between −1 and 1. A tanh goes "
                "*between* two layers.",
            ),
            Wrong(
                "last_layer_missing",
                DeepWithoutLastLayer,
                "Your last layer is missing. Four sizes make three layers: count your pairs of neighbours.",
            ),
        ),
    ),
    "model.predict_shared": Solutions(
        references=({"numbers": 20, "saved": 4}, {"numbers": 20.0, "saved": 4.0}),
        wrong=(
            Wrong(
                "counted_twice",
                {"numbers": 40, "saved": 4},
                "The `state_dict` is right. But only *one* layer was made: 4 × 4 weights and 4 biases. `parameters()` "
                "gives each parameter once, wherever it is used.",
            ),
            Wrong(
                "saved_once",
                {"numbers": 20, "saved": 2},
                "The number is right. But a `state_dict` goes by names, and this layer has two places in the model: "
                "`0` and `2`. It stands there under both.",
            ),
            Wrong(
                "two_layers_two_tensors",
                {"numbers": 40, "saved": 2},
                "Just the other way round: the *numbers* exist once, so `parameters()` gives them once. The "
                "`state_dict` goes by names, and the layer has two places, so two names for its weight and two for its "
                "bias.",
            ),
            Wrong(
                "no_biases",
                {"numbers": 16},
                "Your guess counts the weights alone. A linear layer has a bias for each output, too.",
            ),
            Wrong(
                "everything_doubled_no_biases",
                {"numbers": 32},
                "Your guess counts the weights twice, and no biases. One layer was made; and it has a bias for each "
                "output.",
            ),
        ),
    ),
    "model.freeze": Solutions(
        references=(freeze, freeze_by_name),
        wrong=(
            Wrong(
                "attribute_of_the_layer",
                freeze_the_attribute,
                "Nothing is frozen. `layer.requires_grad = False` only gives the layer a new attribute, and PyTorch "
                "never looks at it. The *parameters* have the switch; a layer has a method, with an underscore at its "
                "end, that sets it for all of its parameters.",
            ),
            Wrong(
                "eval_mode",
                freeze_by_eval,
                "Nothing is frozen. `eval()` changes what Dropout and BatchNorm do; the parameters keep their "
                "gradients and are trained as before.",
            ),
            Wrong(
                "everything",
                freeze_everything,
                "You froze the whole model. Only the layer of this name was meant.",
            ),
            Wrong(
                "the_others",
                freeze_the_others,
                "You froze all the others. The layer of this name was meant, and no other.",
            ),
            Wrong(
                "unfreezes_others",
                freeze_and_unfreeze,
                "The layer is frozen, but you also switched training *on* for layers that were frozen before. Change "
                "nothing else.",
            ),
            Wrong(
                "by_the_beginning",
                freeze_by_beginning,
                'Your answer freezes every parameter whose name *begins* with these letters. "1" is also the beginning '
                'of "10.weight", and "body" of "body2.weight". Mind the dot.',
            ),
            Wrong(
                "weights_only",
                freeze_weights_only,
                "Your answer freezes the weight but leaves the bias to be trained. Freeze all parameters of the layer.",
            ),
            Wrong(
                "names_of_the_frozen",
                freeze_and_name_the_frozen,
                "The right layer is frozen, but you return the names of the *frozen* parameters.",
            ),
            Wrong(
                "nothing_returned",
                freeze_and_return_nothing,
                "The right layer is frozen. Now return the list of names that are still trainable.",
            ),
        ),
    ),
    "model.count_parameters": Solutions(
        references=(count_parameters, count_parameters_by_walking),
        wrong=(
            Wrong(
                "tensors",
                count_tensors,
                "Your answer counts parameter *tensors*: a weight of shape `(8, 2)` counts as one. Wanted are the "
                "numbers in them, here 16.",
            ),
            Wrong(
                "state_dict",
                count_state,
                "Your first number goes by the `state_dict`. That holds buffers, too, and a shared layer under each of "
                "its names. Which method gives each parameter once?",
            ),
            Wrong(
                "shared_twice",
                count_twice,
                "Your answer counts a shared layer at each of its places. It exists once, and is learned once.",
            ),
            Wrong(
                "frozen_as_trainable",
                count_all_as_trainable,
                "Your second number counts the frozen parameters, too. Ask each parameter whether it can be trained.",
            ),
            Wrong(
                "frozen_instead",
                count_frozen,
                "Your second number counts the *frozen* ones. Wanted are those that can be trained.",
            ),
            Wrong(
                "linear_only",
                count_linear_layers,
                "Your answer knows linear layers only (or meets a shared one twice). Other layers, such as BatchNorm "
                "or PReLU, have parameters as well. Ask the model for all of them.",
            ),
            Wrong(
                "weights_only",
                count_weights,
                "Your answer leaves the biases out. They are parameters, too.",
            ),
        ),
    ),
    "model.predict_seed": Solutions(
        references=({"b": False, "c": True, "d": False}, {"d": False, "c": True, "b": False}),
        wrong=(
            Wrong(
                "all_alike",
                {"b": True, "c": True, "d": True},
                "Your guess takes the seed for a setting that stays. It only sets where the row of random numbers "
                "*begins*; each layer then takes the next ones.",
            ),
            Wrong(
                "seed_makes_alike",
                {"b": False, "c": True, "d": True},
                "`b` and `c` are right. But before `d`, `torch.rand` has taken a number from the row. So `d` starts "
                "one place later than `a` did.",
            ),
            Wrong(
                "same_seed_until_next",
                {"b": True, "c": True, "d": False},
                "`c` and `d` are right. But `b` takes the numbers that come *after* those of `a`. One seed does not "
                "make all that follows alike.",
            ),
            Wrong(
                "never",
                {"b": False, "c": False, "d": False},
                "Your guess has every layer differ. `manual_seed(0)` goes back to the beginning of the row, and `c` is "
                "the first to take numbers from it, as `a` was.",
            ),
        ),
    ),
    "model.predict_dropout": Solutions(
        references=(
            {"training": [0.0, 2.0], "evaluating": [1.0]},
            {"training": (0, 2), "evaluating": (1,)},
        ),
        wrong=(
            Wrong(
                "not_scaled",
                {"training": [0, 1], "evaluating": [1]},
                "Your guess leaves the survivors as they are. Then a layer would see half as much while training as "
                "later. To make up for it, they are divided by 1 − 0.5.",
            ),
            Wrong(
                "scaled_later",
                {"training": [0, 1], "evaluating": [0.5]},
                "Your guess makes up for the loss in evaluation. PyTorch does it at once, in training: the survivors "
                "are divided by 1 − 0.5, and evaluation changes nothing.",
            ),
            Wrong(
                "always_drops",
                {"training": [0, 2], "evaluating": [0, 2]},
                "Training is right. But in evaluation nothing is dropped: the input comes out as it is.",
            ),
            Wrong(
                "drops_in_eval",
                {"training": [1], "evaluating": [0, 2]},
                "Just the other way round: dropout works while *training*, and does nothing in evaluation.",
            ),
            Wrong(
                "always_drops_unscaled",
                {"training": [0, 1], "evaluating": [0, 1]},
                "In evaluation nothing is dropped. And in training the survivors are divided by 1 − 0.5, so that the "
                "mean stays about the same.",
            ),
        ),
    ),
    "model.my_dropout": Solutions(
        references=(MyDropout, MyDropoutWithBernoulli),
        wrong=(
            Wrong(
                "no_super",
                MyDropoutWithoutSuper,
                "Your `__init__` does not set `nn.Module` up. Storing a number in `self` still works, but as soon as "
                "`train()` or `eval()` is called, the module's own parts are missing. What must the first line be?",
                mistake=SUPER,
            ),
            Wrong(
                "always",
                MyDropoutAlways,
                "Your layer drops in evaluation, too. A module knows its mode; look at it in `forward`.",
            ),
            Wrong(
                "not_scaled",
                MyDropoutUnscaled,
                "Your survivors keep their size. With half of the numbers gone, the next layer would see half as much "
                "as in evaluation: divide what is left by `1 − p`.",
            ),
            Wrong(
                "scaled_later",
                MyDropoutScaledLater,
                "Your layer makes up for the loss in evaluation. Here, as in PyTorch, it is done in training: divide "
                "what is left by `1 − p`, and return `x` as it is in evaluation.",
            ),
            Wrong(
                "scaled_twice",
                MyDropoutScaledTwice,
                "Your layer divides by `1 − p` in evaluation, too. There nothing was dropped, so nothing needs making "
                "up for: return `x` as it is.",
            ),
            Wrong(
                "keeps_p",
                MyDropoutKeepsP,
                "Your layer *keeps* each element with probability `p`. It should *drop* it with probability `p`: turn "
                "the comparison round.",
            ),
            Wrong(
                "divided_by_p",
                MyDropoutDividedByP,
                "You divide by `p`, the share that is lost. What is left is the share `1 − p`: divide by that.",
            ),
            Wrong(
                "whole_rows",
                MyDropoutOfRows,
                "Your layer drops whole rows. Each element should have its own draw: the random numbers need the shape "
                "of `x`.",
            ),
            Wrong(
                "same_each_time",
                MyDropoutSeeded,
                "Your layer drops the same elements at each call: a seed is set again and again, or the mask is kept. "
                "Draw anew in `forward`, and leave seeds to those who use the layer.",
            ),
            Wrong(
                "in_place",
                MyDropoutInPlace,
                "Your layer changes `x` itself. Others may still need it: make a new tensor, as `x * mask` does.",
            ),
        ),
    ),
    "model.predict_batchnorm": Solutions(
        references=({"parameters": 2, "changed": True}, {"parameters": 2.0, "changed": True}),
        wrong=(
            Wrong(
                "no_grad_stops_it",
                {"parameters": 2, "changed": False},
                "Two parameters is right. But `no_grad` only stops gradients. The running mean is a buffer, written in "
                "`forward` while the module is in *training mode*; only `eval()` stops that.",
            ),
            Wrong(
                "statistics_are_parameters",
                {"parameters": 4, "changed": True},
                "The mean changes, right. But it does so without any gradient, and so do the variances: they are "
                "buffers, not parameters.",
            ),
            Wrong(
                "statistics_are_learned",
                {"parameters": 4, "changed": False},
                "Your guess takes running mean and variance for parameters that gradients change. They are buffers: "
                "`forward` itself updates them in training mode, with or without gradients.",
            ),
            Wrong(
                "nothing_to_learn",
                {"parameters": 0},
                "Your guess has nothing to learn in it. After normalising, BatchNorm multiplies by a weight and adds a "
                "bias, and these two are learned.",
            ),
        ),
    ),
}

"""What the exercises on optimizers look at: the probes, and ``Watch``, which sees a training loop at work.

In go a learner's function and a case; out come plain facts. A loop may be written in any right style, so its code is
not read: PyTorch's own global hooks tell which gradients arrive, what lies in ``.grad`` when ``step()`` comes, and
whose parameters the optimizer holds. One module, a little long, because the module of a probe travels to the sandbox by
value, and the rest of the topic must not.
"""
# mypy: untyped-calls-exclude=torch
# PyTorch declares no types for hooks and backward().

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.nn.utils import parameters_to_vector
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook

Answer = Callable[..., Any]


class Watch:
    """Sees every forward, backward and ``step()`` while ``watching()``, and keeps what matters of them.

    With points ``x`` and labels ``y`` it also looks at the first gradient that arrives at a model's output.
    """

    def __init__(self, x: Tensor | None = None, y: Tensor | None = None) -> None:
        self.x, self.y = x, y
        self.depth = self.steps = 0
        self.seen: dict[int, nn.Parameter] = {}  # of modules that were called; kept, so that no id comes again
        self.held: dict[int, Tensor] = {}  # in the optimizers that took a step
        self.modules: dict[int, tuple[nn.Module, str]] = {}  # and which loss the gradient of its output tells of
        self.arrived: set[int] = set()  # parameters that a backward has reached
        self.fresh: dict[int, bool] = {}  # reached since the last step, and whether by anything but zeros
        self.used: set[int] = set()  # whose .grad a step has used
        self.early = self.empty = self.stale = False
        self.closure = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hooks on, and off again, whatever happens."""
        with ExitStack() as self.hooks:
            for handle in (
                register_module_forward_pre_hook(self._enter),
                register_module_forward_hook(self._leave, always_call=True),
                register_optimizer_step_post_hook(self._stepped),
            ):
                self.hooks.callback(handle.remove)
            yield

    def gradients(self) -> str:
        """What lay in ``.grad`` when a step came."""
        if self.early:
            return "a step before the first backward"
        if self.empty:
            return "gone before the step"
        return "with those of earlier steps" if self.stale else "of this step alone"

    def _enter(self, module: nn.Module, args: Any) -> None:
        self.depth += 1
        for parameter in module.parameters(recurse=False):
            if id(parameter) not in self.seen and parameter.requires_grad:
                self.seen[id(parameter)] = parameter
                self.hooks.callback(parameter.register_hook(partial(self._arrive, parameter)).remove)

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        self.depth -= 1
        wanted = self.depth == 0 and self.x is not None and id(module) not in self.modules
        if wanted and args and isinstance(output, Tensor) and output.requires_grad:
            output.register_hook(partial(self._read_loss, module, args[0], output.detach()))

    def _arrive(self, parameter: nn.Parameter, grad: Tensor) -> None:
        """A gradient comes in, and will be added to what is in ``.grad`` now."""
        if id(parameter) in self.used and parameter.grad is not None and bool(parameter.grad.any()):
            self.stale = True
        self.used.discard(id(parameter))
        self.arrived.add(id(parameter))
        self.fresh[id(parameter)] = bool(grad.any())

    def _stepped(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        """Called after the step, which leaves ``.grad`` alone: so a closure has done its backward."""
        self.steps += 1
        self.closure |= len(args) > 1 or bool(kwargs)
        mine: list[Tensor] = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self.held |= {id(parameter): parameter for parameter in mine}
        self.early |= not self.arrived
        came = [self.fresh.pop(id(parameter)) for parameter in mine if id(parameter) in self.fresh]
        there = any(parameter.grad is not None and bool(parameter.grad.any()) for parameter in mine)
        self.empty |= not there and (not came or any(came))
        self.stale |= there and not came
        self.used |= {id(parameter) for parameter in mine}

    def _read_loss(self, module: nn.Module, points: Any, output: Tensor, grad: Tensor) -> None:
        """Tell the loss by the direction of its gradient; in fewer than four points chance could decide."""
        labels = self._labels(points)
        if labels is None or len(labels) < 4 or output.numel() != len(labels):
            return
        arrived, once = grad.flatten(), output.flatten().sigmoid()
        if bool((once - labels).abs().max() < 1e-3):
            return  # it knows everything already: what arrives is rounding
        slopes = {
            "BCE of the logits": once - labels,
            "BCE of their sigmoid": (once.sigmoid() - labels) * once * (1 - once),
            "minus the BCE": labels - once,
        }
        alike = (name for name, slope in slopes.items() if _cosine(arrived, slope) > 0.999)
        self.modules[id(module)] = module, next(alike, "another one")

    def _labels(self, points: Any) -> Tensor | None:
        """The labels of a batch; None where its rows are not those of the data."""
        if self.x is None or self.y is None or not isinstance(points, Tensor) or points.shape[1:] != self.x.shape[1:]:
            return None
        same = (points.detach()[:, None] == self.x).all(dim=-1)
        return self.y[same.int().argmax(dim=1)] if bool(same.any(dim=1).all()) else None


def _cosine(a: Tensor, b: Tensor) -> float:
    """1 where two vectors point the same way, whatever their lengths."""
    return torch.cosine_similarity(a.double(), b.double(), dim=0).item()


# --- train_step


def make(model: str, optimizer: str) -> tuple[nn.Module, Optimizer]:
    """``"Linear(2, 1)"`` and ``"SGD(lr=0.1)"`` as a model and its optimizer."""
    made: nn.Module = eval(model, vars(nn))
    name, _, settings = optimizer.partition("(")
    return made, eval(f"torch.optim.{name}(parameters, {settings}", {"torch": torch, "parameters": made.parameters()})


def place(model: nn.Module) -> Tensor:
    """All parameters of a model in one row, as they are now."""
    return parameters_to_vector(model.parameters()).detach().clone()


def probe_train_step(answer: Answer, model: str, optimizer: str, x: Tensor, y: Tensor) -> dict[str, Any]:
    """Three steps on the same batch: where the parameters were, what was returned, what each step found."""
    net, optim = make(model, optimizer)
    watch, places, returned = Watch(), [place(net)], []
    with watch.watching():
        for _ in range(3):
            returned.append(answer(net, optim, x, y))
            places.append(place(net))
    return {"gradients": watch.gradients(), "parameters": places, "returned": returned}


# --- my_sgd


def probe_my_sgd(answer: Answer, start: list[Tensor], grads: list[list[Tensor | None]], **settings: float) -> Any:
    """Build the optimizer on parameters that start here; give them these gradients, round by round."""
    parameters = [tensor.clone().requires_grad_() for tensor in start]
    optimizer = answer((parameter for parameter in parameters), **settings)  # a generator, as model.parameters()
    places = []
    for arriving in grads:
        for parameter, grad in zip(parameters, arriving, strict=True):
            if grad is not None:
                parameter.grad = grad.clone() if parameter.grad is None else parameter.grad + grad
        optimizer.step()
        places.append([parameter.detach().clone() for parameter in parameters])
        optimizer.zero_grad()
    return {"after each step": places, ".grad at the end": [parameter.grad for parameter in parameters]}


# --- fine_tune


class Net(nn.Module):
    """A model with a body and a head."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh())
        self.head = nn.Linear(hidden, outputs)

    def forward(self, x: Tensor) -> Any:
        return self.head(self.body(x))


def probe_fine_tune(answer: Answer, sizes: tuple[int, int, int], outputs: int, body_lr: float, head_lr: float) -> Any:
    """The head there is now, and at which rate the optimizer moves each parameter of the model as it is now."""
    model = Net(*sizes)
    old, body = model.head, [id(parameter) for parameter in model.body.parameters()]
    optimizer = answer(model, outputs, body_lr, head_lr)
    if not isinstance(optimizer, Optimizer):
        return {"returned": type(optimizer).__name__}
    rates = {id(p): float(group["lr"]) for group in optimizer.param_groups for p in group["params"]}
    now = {name: rates.pop(id(parameter), None) for name, parameter in model.named_parameters()}
    return {
        "returned": type(optimizer).__name__,
        "head": tuple(model.head.weight.shape),
        "a new head": model.head is not old and model.head.weight is not old.weight,
        "the old body": [id(parameter) for parameter in model.body.parameters()] == body,
        "rates": {name: rate if rate is not None else "not in the optimizer" for name, rate in now.items()},
        "not of the model": len(rates),
    }


# --- clipped_step


def probe_clipped_step(answer: Answer, x: Tensor, pulls: list[Tensor], lr: float, longest: float) -> dict[str, Any]:
    """One step for each of the pulls, whose loss is steep or flat: where the parameters were, what was returned."""
    model = nn.Linear(x.shape[1], pulls[0].shape[1])
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    places, returned = [place(model)], []
    for pull in pulls:
        returned.append(answer(model, optimizer, (model(x) * pull).sum(), longest))
        places.append(place(model))
    return {"parameters": places, "returned": returned}


# --- step_in_parts


def probe_step_in_parts(
    answer: Answer, model: str, optimizer: str, x: Tensor, y: Tensor, sizes: list[int]
) -> dict[str, Any]:
    """Two steps: where the parameters were, what was returned, the steps taken and the largest batch seen."""
    net, optim = make(model, optimizer)
    watch, places, returned, batches = Watch(), [place(net)], [], [0]
    handle = net.register_forward_pre_hook(lambda module, args: batches.append(len(args[0])))
    with watch.watching():
        for _ in range(2):
            returned.append(answer(net, optim, x, y, sizes))
            places.append(place(net))
    handle.remove()
    return {
        "steps": watch.steps,
        "at most one part at a time": max(batches) <= max(sizes),
        "parameters": places,
        "returned": returned,
    }


# --- train

LOOKED_AT = ("result", "output", "backward", "steps", "optimizer", "loss", "gradients", "layers", "seed", "accuracy")
TRIED_AGAIN = 250  # with fewer points, which learn faster, other seeds are tried too


def probe_train(answer: Answer, x: Tensor, y: Tensor, seed: int) -> dict[str, str]:
    """Train on half of the points and look, in the order of ``LOOKED_AT``, until something is not as it should be."""
    half = len(x) // 2
    watch = Watch(x[:half], y[:half])
    with watch.watching():
        model = answer(x[:half], y[:half], seed)
    found = dict.fromkeys(LOOKED_AT, "not looked at")
    for name, said, right in _looks(model, watch, partial(answer, x[:half], y[:half]), seed, x[half:], y[half:]):
        found[name] = said
        if said != right:
            break
    return found


def _looks(model: Any, watch: Watch, again: Answer, seed: int, x: Tensor, y: Tensor) -> Iterator[tuple[str, str, str]]:
    """What is looked at, what was found, and what should have been."""
    yield "result", "a model" if isinstance(model, nn.Module) else "no model", "a model"
    yield "output", _output(model, x), "a logit for each point, from a model that bends"
    yield "backward", "ran" if watch.arrived else "never ran", "ran"
    yield "steps", _steps(watch), "many"
    mine = {id(parameter) for parameter in model.parameters() if parameter.requires_grad}
    yield "optimizer", _held(mine, set(watch.held)), "holds the model's parameters"
    yield "loss", watch.modules.get(id(model), (model, "BCE of the logits"))[1], "BCE of the logits"
    yield "gradients", watch.gradients(), "of this step alone"
    yield "layers", "hidden from the model" if watch.arrived - mine else "all in the model", "all in the model"
    yield "seed", _seeds(model, again, seed) if 2 * len(x) < TRIED_AGAIN else "decides", "decides"
    with torch.no_grad():
        right = (model.eval()(x).flatten() > 0) == (y > 0.5)
    yield "accuracy", "0.99 or more" if right.double().mean() >= 0.99 else "below 0.99", "0.99 or more"


def _output(model: nn.Module, x: Tensor) -> str:
    """What a model of this make gives, whatever it has learned: so its parameters are drawn anew in a copy."""
    try:
        model = deepcopy(model)
    except RuntimeError:  # it keeps tensors with a history
        return "a logit for each point, from a model that bends"
    drawn = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(3 * torch.randn(parameter.shape, generator=drawn))
        model.eval()
        logits, flipped, both, none = (model(points) for points in (x, x.flip(0), x + x.flip(0), 0 * x))
    if logits.shape not in ((len(x),), (len(x), 1)):
        return f"of shape {tuple(logits.shape)}"
    if bool(((logits >= 0) & (logits <= 1)).all()):
        return "only between 0 and 1"
    bend = (logits + flipped - both - none).abs().max()
    straight = bool(bend <= 1e-3 * logits.abs().max())
    return f"a logit for each point, from a model that {'is straight' if straight else 'bends'}"


def _steps(watch: Watch) -> str:
    if watch.steps == 1 and not watch.closure:  # with a closure, one step may do many rounds
        return "one in all"
    return "many" if watch.steps else "none"


def _held(mine: set[int], held: set[int]) -> str:
    if not mine & held:
        return "holds none of the model's parameters"
    if mine == held:
        return "holds the model's parameters"
    some = "some of" if mine - held else "all"
    return f"holds {some} the model's parameters{' and others' if held - mine else ''}"


def _seeds(model: nn.Module, again: Answer, seed: int) -> str:
    """Train again with the same seed, and with another; where PyTorch's own random row starts must not matter."""
    models = [model]
    for start, chosen in ((1, seed), (2, seed + 1)):
        torch.default_generator.manual_seed(start)
        models.append(again(chosen))
    first, same, another = (place(model) for model in models)
    if not torch.equal(first, same):
        return "does not decide"
    return "makes no difference" if torch.equal(first, another) else "decides"

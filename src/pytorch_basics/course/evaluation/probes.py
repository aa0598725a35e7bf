"""What the check does with an answer of the lesson on evaluation: it makes the model, the loader or the run, and looks.

In go an answer and the plain arguments of a case; out come facts to compare, as plain data. A case carries the text of
a model, ``"Linear(2, 1)"``. Runs in the learner's sandbox, and is shipped there by value, so nothing here imports from
the course.
"""
# PyTorch declares no types for `backward`.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

Answer = Callable[..., Any]


def make(model: str, mode: str = "training") -> nn.Module:
    """A model from its text, in this mode."""
    made: nn.Module = eval(model, vars(nn))
    return made.train(mode == "training")


def copied(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers as they are now."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def unchanged(model: nn.Module, before: dict[str, Tensor]) -> bool:
    now = model.state_dict()
    return now.keys() == before.keys() and all(torch.equal(now[name], before[name]) for name in before)


def mode_of(model: nn.Module) -> str:
    """The mode of the model and its layers, where all agree."""
    modes = {module.training for module in model.modules()}
    return "mixed" if len(modes) == 2 else "training" if modes == {True} else "evaluation"


# --- probabilities


def probe_probabilities(answer: Answer, model: str, mode: str, x: Tensor) -> dict[str, Any]:
    """Call it once, then use what it gave in a training step of another model."""
    net = make(model, mode)
    before = copied(net)
    given = answer(net, x)
    facts = {
        "probabilities": given,
        "requires_grad": getattr(given, "requires_grad", None),
        "mode afterwards": mode_of(net),
        "parameters and buffers as before": unchanged(net, before),
        "can be trained on": None,
    }
    if isinstance(given, Tensor):
        try:
            nn.Linear(1, 1)(given.reshape(-1, 1)).sum().backward()
            facts["can be trained on"] = "yes"
        except RuntimeError as error:
            facts["can be trained on"] = f"no: {str(error).partition('.')[0]}"
    return facts


# --- evaluate


def probe_evaluate(answer: Answer, model: str, mode: str, x: Tensor, y: Tensor, batch_size: int) -> dict[str, Any]:
    """Evaluate on a loader, and note which forward passes recorded a graph."""
    net = make(model, mode)
    before, graphs = copied(net), []
    handle = net.register_forward_hook(lambda module, inputs, output: graphs.append(torch.is_grad_enabled()))
    returned = answer(net, DataLoader(TensorDataset(x, y), batch_size=batch_size))
    handle.remove()
    return {
        "returned": returned,
        "mode afterwards": mode_of(net),
        "parameters and buffers as before": unchanged(net, before),
        "batches with a graph": sum(graphs),
    }


# --- keep_best


class Noted(nn.Module):
    """A layer with a parameter and a buffer, to be moved in each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.register_buffer("note", torch.zeros(2))


def probe_keep_best(answer: Answer, losses: list[float]) -> dict[str, Any]:
    """Each epoch moves the parameters and the buffer; the losses are those of the case, one after the other."""
    model, states, calls = Noted(), [], []

    def train_epoch(given: nn.Module) -> None:
        calls.append("train" if given is model else "train another model")
        with torch.no_grad():
            for tensor in given.state_dict().values():
                tensor += 1
        states.append(copied(model))

    def validate(given: nn.Module) -> float:
        calls.append("validate" if given is model else "validate another model")
        return losses[calls.count("validate") - 1]

    parameters = [id(parameter) for parameter in model.parameters()]
    returned = answer(model, train_epoch, validate, len(losses))
    return {
        "calls": calls,
        "returned": returned,
        "weights of epoch": _epoch_of(model.layer.weight, [state["layer.weight"] for state in states]),
        "buffer of epoch": _epoch_of(model.note, [state["note"] for state in states]),  # type: ignore[arg-type]  # a tensor
        "the same parameters": parameters == [id(parameter) for parameter in model.parameters()],
    }


def _epoch_of(tensor: Tensor, seen: list[Tensor]) -> int | None:
    """The first epoch, counted from 1, after which it was so."""
    return next((number for number, one in enumerate(seen, 1) if torch.equal(one, tensor)), None)


# --- load_what_fits


def probe_load_what_fits(answer: Answer, model: str, saved: dict[str, Tensor]) -> dict[str, Any]:
    """Load, and look whether the model still has its own parameters, in memory of their own."""
    net = make(model)
    before, mine = copied(net), [id(parameter) for parameter in net.parameters()]
    returned = answer(net, saved)
    now = net.state_dict()
    memory = {tensor.data_ptr() for tensor in saved.values()}
    return {
        "returned": returned,
        "from the file": sorted(n for n in now if n in saved and torch.equal(now[n], saved[n])),
        "as before": sorted(n for n in now if n in before and torch.equal(now[n], before[n])),
        "the same parameters": mine == [id(parameter) for parameter in net.parameters()],
        "shares memory with the file": any(tensor.data_ptr() in memory for tensor in now.values()),
    }


# --- checkpoint


class Run:
    """A small training run: dropout draws from PyTorch's own generator, the loader from one of its own."""

    def __init__(self, x: Tensor, y: Tensor, seed: int, every: int) -> None:
        torch.default_generator.manual_seed(seed)
        self.generator = torch.Generator().manual_seed(seed + 1)
        self.loader = DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True, generator=self.generator)
        self.model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 1))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.5, momentum=0.9)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=every, gamma=0.5)

    def parts(self) -> tuple[Any, ...]:
        return self.model, self.optimizer, self.scheduler, self.generator

    def train(self, first: int, last: int) -> list[list[float]]:
        """Epochs ``first`` … ``last - 1``: the rate and the mean loss of each."""
        history = []
        for _ in range(first, last):
            rate, total = self.optimizer.param_groups[0]["lr"], 0.0
            for x, y in self.loader:
                loss = nn.functional.binary_cross_entropy_with_logits(self.model(x).squeeze(1), y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                total += loss.item() / len(self.loader)
            self.scheduler.step()
            history.append([rate, total])
        return history


def probe_checkpoint(answer: Answer, x: Tensor, y: Tensor, seed: int, every: int, stop: int, last: int) -> Any:
    """Three runs: one that never stops, one that is saved on the way, one that is made anew and goes on from there."""
    whole = Run(x, y, seed, every)
    expected, end = whole.train(0, last), copied(whole.model)

    saving, file = Run(x, y, seed, every), io.BytesIO()
    saving.train(0, stop)
    answer(*saving.parts()).save(file, stop)
    facts: dict[str, Any] = {
        "saving changes nothing": saving.train(stop, stop + 1) == expected[stop : stop + 1],
        "readable with weights_only=True": _readable(file),
    }
    file.seek(0)
    anew = Run(x, y, seed + 100, every)
    facts["load returned"] = epoch = answer(*anew.parts()).load(file)
    begin = epoch if isinstance(epoch, int) and 0 <= epoch <= last else last
    resumed = anew.train(begin, last)
    facts["rate and loss of each epoch that followed"] = resumed
    facts["equal, bit for bit"] = resumed == expected[stop:] and unchanged(anew.model, end)
    return facts


def _readable(file: io.BytesIO) -> str:
    if not file.getbuffer().nbytes:
        return "no: the file is empty"
    file.seek(0)
    try:
        torch.load(file, weights_only=True)
    except Exception as error:  # whatever a file may hold
        return f"no: {type(error).__name__}"
    return "yes"

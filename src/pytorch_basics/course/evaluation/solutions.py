"""References and named wrong solutions of the exercises on evaluation, in the lesson's order.

In go the functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each computes
what is expected. One file although long: every entry stands alone, and the order is that of ``exercises.py``.
"""
# Calling a module gives Any, and PyTorch declares no types for `unique`.
# mypy: disable-error-code="no-any-return, no-untyped-call"

from __future__ import annotations

import copy
import io
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from pytorch_basics.practice.exercise import Solutions, Wrong

GRAPH_OFF = "evaluation.eval_stops_gradients"
DROPOUT_OFF = "evaluation.not_in_eval_mode"
LEFT = "evaluation.left_in_eval_mode"
MEANS = "data.mean_of_means"
KEPT = "memory.loss_kept_with_graph"
PAIRS = "operations.silent_broadcast"
HALF = "loss.logits_cut_at_half"
INFERENCE = "autograd.inference_tensor"
SCALE = "evaluation.scaled_by_all"
LIVE = "optim.state_is_live"
OTHER_STATE = "model.other_state_dict"
PARTS = "evaluation.weights_are_the_run"
WHOLE = "evaluation.whole_object_saved"
MOVED = "device.to_is_not_in_place"
TWO = "device.two_devices"

Loader = Iterable[tuple[Tensor, Tensor]]

# --- probabilities


def probabilities(model: nn.Module, x: Tensor) -> Tensor:
    was = model.training
    model.eval()
    with torch.no_grad():
        found = torch.sigmoid(model(x)).squeeze(1)
    model.train(was)
    return found


def probabilities_of_a_copy(model: nn.Module, x: Tensor) -> Tensor:
    looking = copy.deepcopy(model).eval()
    return looking(x).detach()[:, 0].sigmoid()


def probabilities_in_training_mode(model: nn.Module, x: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.sigmoid(model(x)).squeeze(1)


def probabilities_with_graph(model: nn.Module, x: Tensor) -> Tensor:
    was = model.training
    model.eval()
    found = torch.sigmoid(model(x)).squeeze(1)
    model.train(was)
    return found


def probabilities_left(model: nn.Module, x: Tensor) -> Tensor:
    model.eval()
    with torch.no_grad():
        return torch.sigmoid(model(x)).squeeze(1)


def probabilities_left_with_graph(model: nn.Module, x: Tensor) -> Tensor:
    model.eval()
    return torch.sigmoid(model(x)).squeeze(1)


def probabilities_always_train(model: nn.Module, x: Tensor) -> Tensor:
    found = probabilities_left(model, x)
    model.train()
    return found


def probabilities_for_inference(model: nn.Module, x: Tensor) -> Tensor:
    was = model.training
    model.eval()
    with torch.inference_mode():
        found = torch.sigmoid(model(x)).squeeze(1)
    model.train(was)
    return found


def probabilities_as_logits(model: nn.Module, x: Tensor) -> Tensor:
    return torch.logit(probabilities(model, x))


def probabilities_in_a_column(model: nn.Module, x: Tensor) -> Tensor:
    return probabilities(model, x).unsqueeze(1)


# --- evaluate


def evaluate(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    total, right, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x).squeeze(1)
            total += functional.binary_cross_entropy_with_logits(logits, y).item() * len(y)
            right += int(((logits > 0) == (y == 1)).sum().item())
            count += len(y)
    model.train(was)
    return total / count, right / count


@torch.no_grad()
def evaluate_at_once(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    logits = torch.cat([model(x) for x, _ in loader])
    model.train(was)
    y = torch.cat([y for _, y in loader]).unsqueeze(1)
    loss = nn.BCEWithLogitsLoss()(logits, y)
    return loss.item(), ((torch.sigmoid(logits) > 0.5).float() == y).float().mean().item()


def evaluate_means(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    losses, shares = [], []
    with torch.no_grad():
        for x, y in loader:
            logits = model(x).squeeze(1)
            losses.append(functional.binary_cross_entropy_with_logits(logits, y).item())
            shares.append(((logits > 0) == (y == 1)).float().mean().item())
    model.train(was)
    return sum(losses) / len(losses), sum(shares) / len(shares)


def evaluate_mean_loss_of_means(model: nn.Module, loader: Loader) -> tuple[float, float]:
    return evaluate_means(model, loader)[0], evaluate(model, loader)[1]


def evaluate_means_and_left(model: nn.Module, loader: Loader) -> tuple[float, float]:
    found = evaluate_means(model, loader)
    model.eval()
    return found


def evaluate_in_training_mode(model: nn.Module, loader: Loader) -> tuple[float, float]:
    total, right, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x).squeeze(1)
            total += functional.binary_cross_entropy_with_logits(logits, y).item() * len(y)
            right += int(((logits > 0) == (y == 1)).sum().item())
            count += len(y)
    return total / count, right / count


def evaluate_left(model: nn.Module, loader: Loader) -> tuple[float, float]:
    found = evaluate(model, loader)
    model.eval()
    return found


def evaluate_always_train(model: nn.Module, loader: Loader) -> tuple[float, float]:
    found = evaluate(model, loader)
    model.train()
    return found


def evaluate_with_graph(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    total, right, count = 0.0, 0, 0
    for x, y in loader:
        logits = model(x).squeeze(1)
        total += functional.binary_cross_entropy_with_logits(logits, y).item() * len(y)
        right += int(((logits > 0) == (y == 1)).sum().item())
        count += len(y)
    model.train(was)
    return total / count, right / count


def evaluate_cut_at_half(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += int(((model(x).squeeze(1) > 0.5) == (y == 1)).sum().item())
            count += len(y)
    model.train(was)
    return evaluate(model, loader)[0], right / count


def evaluate_pairs(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += int(((model(x) > 0) == (y == 1)).sum().item())
            count += len(y)
    model.train(was)
    return evaluate(model, loader)[0], right / count


def evaluate_as_tensors(model: nn.Module, loader: Loader) -> Any:
    loss, accuracy = evaluate(model, loader)
    return torch.tensor(loss), torch.tensor(accuracy)


def evaluate_summed_losses(model: nn.Module, loader: Loader) -> tuple[float, float]:
    was = model.training
    model.eval()
    with torch.no_grad():
        losses = [functional.binary_cross_entropy_with_logits(model(x).squeeze(1), y).item() for x, y in loader]
    model.train(was)
    return sum(losses), evaluate(model, loader)[1]


def evaluate_last_batch(model: nn.Module, loader: Loader) -> tuple[float, float]:
    *_, last = loader
    return evaluate(model, [last])


# --- baseline


def baseline(train_labels: Tensor, test_labels: Tensor) -> float:
    said = train_labels.bincount().argmax()
    return (test_labels == said).float().mean().item()


def baseline_by_counting(train_labels: Tensor, test_labels: Tensor) -> float:
    labels, counts = train_labels.unique(return_counts=True)  # sorted
    said = labels[counts == counts.max()][0].item()
    return sum(label == said for label in test_labels.tolist()) / len(test_labels)


def baseline_knowing_the_test(train_labels: Tensor, test_labels: Tensor) -> float:
    return baseline(test_labels, test_labels)


def baseline_in_training(train_labels: Tensor, test_labels: Tensor) -> float:
    return baseline(train_labels, train_labels)


def baseline_guessing(train_labels: Tensor, test_labels: Tensor) -> float:
    return 1 / len(train_labels.unique())


def baseline_largest_label(train_labels: Tensor, test_labels: Tensor) -> float:
    return (test_labels == train_labels.max()).float().mean().item()


def baseline_rounded_mean(train_labels: Tensor, test_labels: Tensor) -> float:
    return (test_labels == train_labels.float().mean().round()).float().mean().item()


def baseline_of_zeros(train_labels: Tensor, test_labels: Tensor) -> float:
    return (test_labels == 0).float().mean().item()


# --- standardised


def standardised(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    mean, std = train.mean(dim=0), train.std(dim=0)
    std = torch.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def standardised_in_one_go(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    std, mean = torch.std_mean(train, dim=0)
    std[std == 0] = 1
    both = (torch.cat([train, test]) - mean) / std
    return both[: len(train)], both[len(train) :]


def standardised_by_all(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    everything, _ = standardised(torch.cat([train, test]), test)
    return everything[: len(train)], everything[len(train) :]


def standardised_each_by_itself(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    return standardised(train, test)[0], standardised(test, test)[0]


def standardised_with_nan(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    mean, std = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / std, (test - mean) / std


def standardised_with_one_mean(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    mean, std = train.mean(), train.std()
    std = torch.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def standardised_train_only(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    return standardised(train, test)[0], test.clone()


def standardised_in_place(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    mean, std = train.mean(dim=0), train.std(dim=0)
    std[std == 0] = 1
    return train.sub_(mean).div_(std), test.sub_(mean).div_(std)


# --- leaked


def leaked(train: Tensor, test: Tensor) -> Tensor:
    return (test[:, None] == train).all(dim=2).any(dim=1)


def leaked_by_set(train: Tensor, test: Tensor) -> Tensor:
    known = {tuple(row) for row in train.tolist()}
    return torch.tensor([tuple(row) in known for row in test.tolist()])


def leaked_by_any_number(train: Tensor, test: Tensor) -> Tensor:
    return (test[:, None] == train).any(dim=2).any(dim=1)


def leaked_by_isin(train: Tensor, test: Tensor) -> Tensor:
    return torch.isin(test, train).all(dim=1)


def leaked_by_column(train: Tensor, test: Tensor) -> Tensor:
    return (test[:, None] == train).any(dim=1).all(dim=1)


def leaked_rows_of_train(train: Tensor, test: Tensor) -> Tensor:
    return leaked(test, train)


def leaked_place_by_place(train: Tensor, test: Tensor) -> Tensor:
    same = [i < len(train) and bool((row == train[i]).all()) for i, row in enumerate(test)]
    return torch.tensor(same)


def leaked_by_all_rows(train: Tensor, test: Tensor) -> Tensor:
    return (test[:, None] == train).all(dim=2).all(dim=1)


def leaked_counted(train: Tensor, test: Tensor) -> Any:
    return leaked(train, test).sum()


# --- keep_best

TrainEpoch = Callable[[nn.Module], None]
Validate = Callable[[nn.Module], float]


def keep_best(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    best, kept = math.inf, {}
    for _ in range(epochs):
        train_epoch(model)
        loss = validate(model)
        if loss < best:
            best, kept = loss, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return best


def keep_best_in_a_file(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    losses: list[float] = []
    file = io.BytesIO()
    for _ in range(epochs):
        train_epoch(model)
        losses.append(validate(model))
        if losses.index(min(losses)) == len(losses) - 1:
            file = io.BytesIO()
            torch.save(model.state_dict(), file)
    file.seek(0)
    model.load_state_dict(torch.load(file, weights_only=True))
    return min(losses)


def _keeping(copied: Callable[[nn.Module], Any], better: Callable[[float, float], bool] = float.__lt__) -> Any:
    def keep(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
        best, kept = None, {}
        for _ in range(epochs):
            train_epoch(model)
            loss = validate(model)
            if best is None or better(loss, best):
                best, kept = loss, copied(model)
        model.load_state_dict(kept, strict=False)
        return best or 0.0

    return keep


def keep_best_live(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    return _keeping(lambda model: model.state_dict())(model, train_epoch, validate, epochs)


def keep_best_last_of_equal(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    return _keeping(lambda model: copy.deepcopy(model.state_dict()), float.__le__)(model, train_epoch, validate, epochs)


def keep_worst(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    return _keeping(lambda model: copy.deepcopy(model.state_dict()), float.__gt__)(model, train_epoch, validate, epochs)


def keep_best_parameters(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    def parameters(model: nn.Module) -> dict[str, Tensor]:
        return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

    return _keeping(parameters)(model, train_epoch, validate, epochs)


def keep_last_loss(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    losses = []

    def noting(model: nn.Module) -> float:
        losses.append(validate(model))
        return losses[-1]

    keep_best(model, train_epoch, noting, epochs)
    return losses[-1]


def keep_best_validated_first(model: nn.Module, train_epoch: TrainEpoch, validate: Validate, epochs: int) -> float:
    best, kept = math.inf, {}
    for _ in range(epochs):
        loss = validate(model)
        if loss < best:
            best, kept = loss, copy.deepcopy(model.state_dict())
        train_epoch(model)
    model.load_state_dict(kept)
    return best


# --- load_what_fits


def load_what_fits(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    mine = model.state_dict()
    fits = {name: tensor for name, tensor in saved.items() if name in mine and tensor.shape == mine[name].shape}
    model.load_state_dict(fits, strict=False)
    return sorted(mine.keys() - fits.keys())


def load_what_fits_by_copying(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    left = []
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name in saved and saved[name].shape == tensor.shape:
                tensor.copy_(saved[name])
            else:
                left.append(name)
    return sorted(left)


def load_not_strictly(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    return sorted(model.load_state_dict(saved, strict=False).missing_keys)


def load_strictly(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    model.load_state_dict(saved)
    return []


def load_into_the_dictionary(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    mine, left = model.state_dict(), []
    for name, tensor in list(mine.items()):
        if name in saved and saved[name].shape == tensor.shape:
            mine[name] = saved[name]
        else:
            left.append(name)
    return sorted(left)


def load_all_or_nothing(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    try:
        return sorted(model.load_state_dict(saved, strict=False).missing_keys)
    except RuntimeError:
        return sorted(model.state_dict())


def load_assigning(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    mine = model.state_dict()
    fits = {name: tensor for name, tensor in saved.items() if name in mine and tensor.shape == mine[name].shape}
    model.load_state_dict(fits, strict=False, assign=True)
    return sorted(mine.keys() - fits.keys())


def load_what_fits_naming_the_loaded(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    return sorted(model.state_dict().keys() - set(load_what_fits(model, saved)))


def load_what_fits_naming_the_saved(model: nn.Module, saved: dict[str, Tensor]) -> list[str]:
    loaded = model.state_dict().keys() - set(load_what_fits(model, saved))
    return sorted(saved.keys() - loaded)


# --- checkpoint


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: Optimizer, scheduler: Any, generator: torch.Generator) -> None:
        self.model, self.optimizer, self.scheduler, self.generator = model, optimizer, scheduler, generator

    def save(self, file: Any, epoch: int) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "order": self.generator.get_state(),
            "torch": torch.get_rng_state(),
            "epoch": epoch,
        }
        torch.save(state, file)

    def load(self, file: Any) -> int:
        state = torch.load(file, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        self.generator.set_state(state["order"])
        torch.set_rng_state(state["torch"])
        return state["epoch"]


class CheckpointOfParts:
    def __init__(self, *parts: Any) -> None:
        *self.parts, self.generator = parts

    def save(self, file: Any, epoch: int) -> None:
        states = [part.state_dict() for part in self.parts]
        torch.save([states, self.generator.get_state(), torch.default_generator.get_state(), epoch], file)

    def load(self, file: Any) -> int:
        states, order, draws, epoch = torch.load(file)
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)
        self.generator.set_state(order)
        torch.default_generator.set_state(draws)
        return epoch


class CheckpointWithoutOptimizer(Checkpoint):
    def load(self, file: Any) -> int:
        fresh = copy.deepcopy(self.optimizer.state_dict())
        epoch = super().load(file)
        self.optimizer.load_state_dict(fresh)
        return epoch


class CheckpointWithoutScheduler(Checkpoint):
    def load(self, file: Any) -> int:
        fresh = self.scheduler.state_dict()
        epoch = super().load(file)
        self.scheduler.load_state_dict(fresh)
        return epoch


class CheckpointWithoutDraws(Checkpoint):
    def load(self, file: Any) -> int:
        fresh = torch.get_rng_state()
        epoch = super().load(file)
        torch.set_rng_state(fresh)
        return epoch


class CheckpointWithoutOrder(Checkpoint):
    def load(self, file: Any) -> int:
        fresh = self.generator.get_state()
        epoch = super().load(file)
        self.generator.set_state(fresh)
        return epoch


class CheckpointWithoutGenerators(Checkpoint):
    def load(self, file: Any) -> int:
        order, draws = self.generator.get_state(), torch.get_rng_state()
        epoch = super().load(file)
        self.generator.set_state(order)
        torch.set_rng_state(draws)
        return epoch


class CheckpointWithSeeds(Checkpoint):
    def save(self, file: Any, epoch: int) -> None:
        parts = (self.model, self.optimizer, self.scheduler)
        seeds = torch.initial_seed(), self.generator.initial_seed()
        torch.save([[part.state_dict() for part in parts], seeds, epoch], file)

    def load(self, file: Any) -> int:
        states, seeds, epoch = torch.load(file)
        for part, state in zip((self.model, self.optimizer, self.scheduler), states, strict=True):
            part.load_state_dict(state)
        torch.default_generator.manual_seed(seeds[0])
        self.generator.manual_seed(seeds[1])
        return epoch


class CheckpointWithoutEpoch(Checkpoint):
    def load(self, file: Any) -> int:
        super().load(file)
        return 0


class CheckpointOneFurther(Checkpoint):
    def load(self, file: Any) -> int:
        return super().load(file) + 1


class CheckpointOfTheModel(Checkpoint):
    def save(self, file: Any, epoch: int) -> None:
        torch.save({"model": self.model.state_dict(), "epoch": epoch}, file)

    def load(self, file: Any) -> int:
        state = torch.load(file)
        self.model.load_state_dict(state["model"])
        return state["epoch"]


class CheckpointOfModelAndOptimizer(Checkpoint):
    def save(self, file: Any, epoch: int) -> None:
        states = [self.model.state_dict(), self.optimizer.state_dict()]
        torch.save({"states": states, "epoch": epoch}, file)

    def load(self, file: Any) -> int:
        state = torch.load(file)
        self.model.load_state_dict(state["states"][0])
        self.optimizer.load_state_dict(state["states"][1])
        return state["epoch"]


class CheckpointOfParameters(Checkpoint):
    def load(self, file: Any) -> int:
        buffers = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        epoch = super().load(file)
        self.model.load_state_dict(buffers, strict=False)
        return epoch


class CheckpointOfObjects(Checkpoint):
    def save(self, file: Any, epoch: int) -> None:
        torch.save([self.model, self.optimizer.state_dict(), self.scheduler.state_dict(), epoch], file)

    def load(self, file: Any) -> int:
        model, optimizer, scheduler, epoch = torch.load(file, weights_only=False)
        self.model.load_state_dict(model.state_dict())
        self.optimizer.load_state_dict(optimizer)
        self.scheduler.load_state_dict(scheduler)
        return epoch


class CheckpointOfNewObjects(Checkpoint):
    def load(self, file: Any) -> int:
        self.model, self.optimizer = copy.deepcopy(self.model), copy.deepcopy(self.optimizer)
        self.scheduler = copy.deepcopy(self.scheduler)
        return super().load(file)


# --- to_device


def to_device(batch: Any, device: str) -> Any:
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: to_device(part, device) for key, part in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(to_device(part, device) for part in batch)
    return batch


def to_device_by_match(batch: Any, device: str) -> Any:
    match batch:
        case Tensor():
            return batch.to(device)
        case dict():
            return dict(zip(batch, to_device(list(batch.values()), device), strict=True))
        case list():
            return [to_device(part, device) for part in batch]
        case tuple():
            return tuple(to_device(list(batch), device))
        case _:
            return batch


def to_device_in_vain(batch: Any, device: str) -> Any:
    if isinstance(batch, Tensor):
        batch.to(device)
    elif isinstance(batch, dict):
        for part in batch.values():
            to_device_in_vain(part, device)
    elif isinstance(batch, (list, tuple)):
        for part in batch:
            to_device_in_vain(part, device)
    return batch


def to_device_flat(batch: Any, device: str) -> Any:
    def moved(part: Any) -> Any:
        return part.to(device) if isinstance(part, Tensor) else part

    if isinstance(batch, dict):
        return {key: moved(part) for key, part in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(moved(part) for part in batch)
    return moved(batch)


def to_device_to_lists(batch: Any, device: str) -> Any:
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: to_device_to_lists(part, device) for key, part in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [to_device_to_lists(part, device) for part in batch]
    return batch


def to_device_of_tensors_only(batch: Any, device: str) -> Any:
    if isinstance(batch, dict):
        return {key: to_device_of_tensors_only(part, device) for key, part in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(to_device_of_tensors_only(part, device) for part in batch)
    return batch.to(device)


def to_device_without_dict(batch: Any, device: str) -> Any:
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, (list, tuple)):
        return type(batch)(to_device_without_dict(part, device) for part in batch)
    return batch


def to_device_in_the_argument(batch: Any, device: str) -> Any:
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        for key in batch:
            batch[key] = to_device_in_the_argument(batch[key], device)
    elif isinstance(batch, list):
        batch[:] = [to_device_in_the_argument(part, device) for part in batch]
    elif isinstance(batch, tuple):
        return tuple(to_device_in_the_argument(part, device) for part in batch)
    return batch


def to_device_losing_the_rest(batch: Any, device: str) -> Any:
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: to_device_losing_the_rest(part, device) for key, part in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(to_device_losing_the_rest(part, device) for part in batch)
    return None


SOLUTIONS: dict[str, Solutions] = {
    "evaluation.predict_switches": Solutions(
        references=(
            {"mean_changed": True, "graph": True, "training": False},
            {"training": False, "graph": True, "mean_changed": True},
        ),
        wrong=(
            Wrong(
                "one_switch",
                {"mean_changed": False, "graph": False},
                "Your guess takes mode and gradients for one switch. They are two: `no_grad` stops the recording, "
                "`eval()` changes what some layers do. Neither does the other's work.",
                mistake=DROPOUT_OFF,
            ),
            Wrong(
                "no_grad_is_eval",
                {"mean_changed": False},
                "Your guess says that `no_grad` keeps the running mean as it is. BatchNorm goes by the mode, and a new "
                "model is in training mode.",
                mistake=DROPOUT_OFF,
            ),
            Wrong(
                "eval_is_no_grad",
                {"graph": False},
                "Your guess lets `eval()` stop the recording. It only tells Dropout, BatchNorm and their like to "
                "behave differently; autograd records on.",
                mistake=GRAPH_OFF,
            ),
            Wrong(
                "goes_back_by_itself",
                {"training": True},
                "Your guess says that the model is in training mode again. A `with` ends by itself; `eval()` holds "
                "until somebody calls `train()`.",
                mistake=LEFT,
            ),
        ),
    ),
    "evaluation.probabilities": Solutions(
        references=(probabilities, probabilities_of_a_copy),
        wrong=(
            Wrong(
                "in_training_mode",
                probabilities_in_training_mode,
                "Your model predicts in training mode: Dropout drops, and BatchNorm goes by this batch and changes its "
                "running numbers. `no_grad` does not stop that; `eval()` does.",
                mistake=DROPOUT_OFF,
            ),
            Wrong(
                "with_graph",
                probabilities_with_graph,
                "Your numbers and the mode are right, but the result has a graph. `eval()` does not stop the "
                "recording; that is the other switch.",
                mistake=GRAPH_OFF,
            ),
            Wrong(
                "left_in_eval",
                probabilities_left,
                "Your numbers are right, but the model stays in evaluation mode. If it was trained, it now trains on "
                "without dropout.",
                mistake=LEFT,
            ),
            Wrong(
                "left_with_graph",
                probabilities_left_with_graph,
                "Two things are left: the model stays in evaluation mode, and the result has a graph. `eval()` does "
                "neither end by itself nor stop the recording.",
                mistake=LEFT,
            ),
            Wrong(
                "always_train",
                probabilities_always_train,
                "Afterwards your model is in training mode, even if it was in evaluation mode before. Note the mode "
                "first, and bring back that one.",
                mistake=LEFT,
            ),
            Wrong(
                "inference_mode",
                probabilities_for_inference,
                "Your numbers are right, but another model cannot be trained on them: what is made under "
                "`inference_mode` is shut out of autograd for good. `no_grad` is enough here.",
                mistake=INFERENCE,
            ),
            Wrong("logits", probabilities_as_logits, "You return logits. Their sigmoid is asked for."),
            Wrong(
                "column",
                probabilities_in_a_column,
                "You return a column, `(batch, 1)`. Asked for is one number for each row: `(batch,)`.",
            ),
        ),
    ),
    "evaluation.predict_means": Solutions(
        references=({"mean_of_means": 0.5, "accuracy": 0.1}, {"mean_of_means": 1 / 2, "accuracy": 1 / 10}),
        wrong=(
            Wrong(
                "both_right",
                {"mean_of_means": 0.1, "accuracy": 0.1},
                "Your guess says that the mean of the means is the mean. It is, if all batches have the same size. "
                "Here one has nine points and the other has one.",
                mistake=MEANS,
            ),
            Wrong(
                "both_half",
                {"mean_of_means": 0.5, "accuracy": 0.5},
                "Your first number is right. But one right answer of ten is an accuracy of a tenth: in the mean of "
                "means the last point counts as much as nine others.",
                mistake=MEANS,
            ),
            Wrong(
                "swapped",
                {"mean_of_means": 0.1, "accuracy": 0.5},
                "Your numbers are swapped: the accuracy counts points, the mean of means counts batches.",
                mistake=MEANS,
            ),
        ),
    ),
    "evaluation.evaluate": Solutions(
        references=(evaluate, evaluate_at_once),
        wrong=(
            Wrong(
                "mean_of_means",
                evaluate_means,
                "Your numbers are means of the batches' means. Where the last batch is smaller, its points count too "
                "much. Add up over points, and divide by the number of points.",
                mistake=MEANS,
            ),
            Wrong(
                "loss_of_means",
                evaluate_mean_loss_of_means,
                "Your accuracy counts points, but your loss is still a mean of the batches' means. Each batch's loss "
                "weighs as many points as it has.",
                mistake=MEANS,
            ),
            Wrong(
                "means_and_left",
                evaluate_means_and_left,
                "Two things. Your numbers are means of the batches' means, so the points of a small last batch count "
                "too much. And the model stays in evaluation mode.",
                mistake=MEANS,
            ),
            Wrong(
                "in_training_mode",
                evaluate_in_training_mode,
                "Your model is evaluated in training mode: units are dropped, and the running numbers of BatchNorm "
                "change. `no_grad` is not evaluation mode.",
                mistake=DROPOUT_OFF,
            ),
            Wrong(
                "left_in_eval",
                evaluate_left,
                "Your numbers are right, but the model stays in evaluation mode, and would train on without dropout.",
                mistake=LEFT,
            ),
            Wrong(
                "always_train",
                evaluate_always_train,
                "Your numbers are right. But a model that was in evaluation mode is in training mode afterwards. Bring "
                "back the mode that you found.",
                mistake=LEFT,
            ),
            Wrong(
                "with_graph",
                evaluate_with_graph,
                "Your numbers are right, but every forward pass records a graph that nobody needs. `eval()` does not "
                "switch that off.",
                mistake=GRAPH_OFF,
            ),
            Wrong(
                "cut_at_half",
                evaluate_cut_at_half,
                "Your accuracy cuts the logits at 0.5. The probability 0.5 is the logit 0.",
                mistake=HALF,
            ),
            Wrong(
                "all_pairs",
                evaluate_pairs,
                "Your accuracy compares each output with the labels of *all* rows: `(batch, 1)` beside `(batch,)` "
                "makes a table. It can even exceed 1.",
                mistake=PAIRS,
            ),
            Wrong(
                "tensors",
                evaluate_as_tensors,
                "Your numbers are right, but they are tensors. Return Python floats: `.item()`.",
                mistake=KEPT,
            ),
            Wrong(
                "summed",
                evaluate_summed_losses,
                "Your loss is the sum of the batches' means; it grows with the number of batches. Divide what you add "
                "up by the number of points.",
            ),
            Wrong(
                "last_batch",
                evaluate_last_batch,
                "Your numbers are those of the last batch alone. Add up inside the loop; divide and return after it.",
            ),
        ),
    ),
    "evaluation.baseline": Solutions(
        references=(baseline, baseline_by_counting),
        wrong=(
            Wrong(
                "knows_the_test",
                baseline_knowing_the_test,
                "Your model has looked at the test labels: it says what is most frequent *there*. Even a stone may "
                "only learn from the training labels.",
            ),
            Wrong(
                "in_training",
                baseline_in_training,
                "You return how often the label occurs among the training labels. Test it on the test labels.",
            ),
            Wrong(
                "guessing",
                baseline_guessing,
                "You return 1 / classes: what guessing evenly reaches. Where classes are unequal, always saying the "
                "most frequent one does better, and that is the bar.",
            ),
            Wrong(
                "largest_label",
                baseline_largest_label,
                "Your model says the *largest* label. Asked for is the one that occurs most often.",
            ),
            Wrong(
                "rounded_mean",
                baseline_rounded_mean,
                "Your model says the mean label, rounded. Labels are names, not amounts: count them.",
            ),
            Wrong(
                "zeros",
                baseline_of_zeros,
                "Your model says 0, whatever the training labels are.",
            ),
        ),
    ),
    "evaluation.standardised": Solutions(
        references=(standardised, standardised_in_one_go),
        wrong=(
            Wrong(
                "by_all",
                standardised_by_all,
                "Your mean and deviation come from all points. So the test points have a say in the training data: a "
                "leak. Take both numbers from `train` alone.",
                mistake=SCALE,
            ),
            Wrong(
                "each_by_itself",
                standardised_each_by_itself,
                "Your test points are scaled by *their own* mean and deviation. Then the same point gets another value "
                "in other company; a single row has no deviation at all. Use the numbers of `train`.",
                mistake=SCALE,
            ),
            Wrong(
                "nan",
                standardised_with_nan,
                "Where a feature does not vary, you divide 0 by 0: that is `nan`. Divide by 1 there.",
            ),
            Wrong(
                "one_mean",
                standardised_with_one_mean,
                "You have one mean and one deviation for all features. Each feature has its own: `dim=0`.",
            ),
            Wrong(
                "train_only",
                standardised_train_only,
                "Your test points are not scaled at all, or by the 0 and 1 that `train` has *after* scaling. The model "
                "would see them on another scale than the one it has learned.",
                mistake="data.other_scale_at_inference",
            ),
            Wrong(
                "in_place",
                standardised_in_place,
                "Your numbers are right, but `train` and `test` are changed themselves. Make new tensors.",
            ),
        ),
    ),
    "evaluation.leaked": Solutions(
        references=(leaked, leaked_by_set),
        wrong=(
            Wrong(
                "any_number",
                leaked_by_any_number,
                "One equal number is enough for you. All numbers of the two rows must be equal: `all` along the "
                "features.",
            ),
            Wrong(
                "known_numbers",
                leaked_by_isin,
                "You ask whether each number occurs somewhere in `train`. Known numbers in a new combination make a "
                "new row. Compare row with row.",
            ),
            Wrong(
                "by_column",
                leaked_by_column,
                "You ask for each feature by itself whether some training row has it. It must be one and the same "
                "row: first `all` along the features, then `any` along the rows.",
            ),
            Wrong(
                "rows_of_train",
                leaked_rows_of_train,
                "You say which rows of `train` occur in `test`. It is asked the other way round: one answer for each "
                "test row.",
            ),
            Wrong(
                "place_by_place",
                leaked_place_by_place,
                "You compare the first row with the first, the second with the second. The twin may be anywhere.",
            ),
            Wrong(
                "equals_all",
                leaked_by_all_rows,
                "You ask whether a row equals *every* training row. One is enough: `any` along the training rows.",
            ),
            Wrong("counted", leaked_counted, "You return how many there are. Asked for is which ones, `(m,)`."),
        ),
    ),
    "evaluation.predict_strict": Solutions(
        references=({"loaded": 0, "error": "RuntimeError"}, {"error": RuntimeError, "loaded": 0}),
        wrong=(
            Wrong(
                "by_position",
                {"loaded": 4},
                "Your guess loads by order. A state dict goes by names: `0.weight` is not `body.weight`, and with "
                "`strict=False` nobody says that nothing was loaded.",
                mistake=OTHER_STATE,
            ),
            Wrong(
                "not_strict_about_shapes",
                {"error": None},
                "Your guess lets `strict=False` forgive another shape. It forgives names that are missing or unknown, "
                "nothing else.",
                mistake=OTHER_STATE,
            ),
            Wrong(
                "other_error",
                {"error": "ValueError"},
                "There is an error, but not a ValueError: PyTorch raises RuntimeError, “Error(s) in loading "
                "state_dict”.",
            ),
        ),
    ),
    "evaluation.keep_best": Solutions(
        references=(keep_best, keep_best_in_a_file),
        wrong=(
            Wrong(
                "live",
                keep_best_live,
                "Your model ends as it was after the *last* epoch. What `state_dict()` gives is the model's own "
                "memory; it was trained on with the model. Keep a copy, and load it at the end.",
                mistake=LIVE,
            ),
            Wrong(
                "parameters_only",
                keep_best_parameters,
                "The parameters are those of the best epoch, the buffers those of the last. Running means belong to "
                "the model as well: take all of the `state_dict()`.",
            ),
            Wrong(
                "last_of_equal",
                keep_best_last_of_equal,
                "Of two equal losses you keep the later one. Asked for is the first: `<`, not `<=`.",
            ),
            Wrong("worst", keep_worst, "You keep the epoch with the *largest* loss."),
            Wrong(
                "last_loss",
                keep_last_loss,
                "The model is right, but you return the loss of the last epoch. Return the smallest one.",
            ),
            Wrong(
                "validated_first",
                keep_best_validated_first,
                "You validate before you train: each loss belongs to the weights before that epoch.",
            ),
        ),
    ),
    "evaluation.load_what_fits": Solutions(
        references=(load_what_fits, load_what_fits_by_copying),
        wrong=(
            Wrong(
                "not_strict",
                load_not_strictly,
                "`strict=False` overlooks names, but not shapes: an entry with the right name and another shape still "
                "raises. Leave those entries out before you load.",
                mistake=OTHER_STATE,
            ),
            Wrong(
                "strict",
                load_strictly,
                "`load_state_dict` wants all names and all shapes of the model, and no others. Sort out first what "
                "fits.",
                mistake=OTHER_STATE,
            ),
            Wrong(
                "into_the_dictionary",
                load_into_the_dictionary,
                "Your list is right, but nothing is loaded. You put other tensors into the *dictionary*; the model "
                "still has its own. Copy into them, or call `load_state_dict`.",
                mistake=LIVE,
            ),
            Wrong(
                "all_or_nothing",
                load_all_or_nothing,
                "Where one shape does not fit, you load nothing at all. Leave that one out, and load the rest.",
            ),
            Wrong(
                "assigned",
                load_assigning,
                "The numbers are right, but the model has other parameters now, in the memory of `saved`. An optimizer "
                "would still hold the old ones. Without `assign=True`, the numbers are copied.",
                mistake="optim.holds_other_parameters",
            ),
            Wrong(
                "names_the_loaded",
                load_what_fits_naming_the_loaded,
                "You return the names that *were* loaded. Asked for are the others.",
            ),
            Wrong(
                "names_the_saved",
                load_what_fits_naming_the_saved,
                "You return names of `saved` that found no place. Asked for are names of the *model* that got nothing.",
            ),
        ),
    ),
    "evaluation.checkpoint": Solutions(
        references=(Checkpoint, CheckpointOfParts),
        wrong=(
            Wrong(
                "no_optimizer",
                CheckpointWithoutOptimizer,
                "Your run starts again with a fresh optimizer: its velocities are gone, and the rate is the first one "
                "again. Its `state_dict()` has both.",
                mistake=PARTS,
            ),
            Wrong(
                "no_scheduler",
                CheckpointWithoutScheduler,
                "The rates go wrong: your scheduler counts from 0 again, so the rate falls in other epochs. Save its "
                "`state_dict()`, too.",
                mistake=PARTS,
            ),
            Wrong(
                "no_draws",
                CheckpointWithoutDraws,
                "The order of the points is right, but dropout drops others than it would have. It draws from "
                "PyTorch's global generator, which has a state as well.",
                mistake=PARTS,
            ),
            Wrong(
                "no_order",
                CheckpointWithoutOrder,
                "All is right but the order of the points: the loader's generator is not where it stood.",
                mistake=PARTS,
            ),
            Wrong(
                "no_generators",
                CheckpointWithoutGenerators,
                "Model, optimizer and scheduler go on, but all that is random is drawn anew: the order of the points, "
                "and what dropout drops. Two generators have a state.",
                mistake=PARTS,
            ),
            Wrong(
                "seeds",
                CheckpointWithSeeds,
                "You save the *seeds*. They begin the rows of random numbers again, from the first; the run stood "
                "somewhere further on. Save the states of the generators.",
                mistake=PARTS,
            ),
            Wrong(
                "no_epoch",
                CheckpointWithoutEpoch,
                "`load` returns 0. So all epochs are trained once more, on top of those that were done. Save their "
                "number and return it.",
                mistake=PARTS,
            ),
            Wrong(
                "one_further",
                CheckpointOneFurther,
                "`load` returns one epoch too many, so one is left out. `epoch` is the number of those that are done.",
            ),
            Wrong(
                "model_only",
                CheckpointOfTheModel,
                "The weights are there, and nothing else is: no velocity, another rate, other random numbers. That is "
                "enough to predict, not to train on.",
                mistake=PARTS,
            ),
            Wrong(
                "model_and_optimizer",
                CheckpointOfModelAndOptimizer,
                "Model and optimizer are there. The scheduler and the two generators are not.",
                mistake=PARTS,
            ),
            Wrong(
                "parameters_only",
                CheckpointOfParameters,
                "The parameters are right, the buffers are not: BatchNorm's running mean and variance start anew. The "
                "model's `state_dict()` has them.",
                mistake=PARTS,
            ),
            Wrong(
                "objects",
                CheckpointOfObjects,
                "`torch.load(file, weights_only=True)` refuses your file: there are whole objects in it, "
                "and to make them again it would have to run code. Save `state_dict()`s. (And the generators.)",
                mistake=WHOLE,
            ),
            Wrong(
                "new_objects",
                CheckpointOfNewObjects,
                "You load into copies. The run uses the objects that `Checkpoint` was given; bring *them* to where the "
                "run stood.",
            ),
        ),
    ),
    "evaluation.predict_to": Solutions(
        references=({"tensor": "cpu", "weight": "meta"}, {"weight": "meta", "tensor": "cpu"}),
        wrong=(
            Wrong(
                "both_move",
                {"tensor": "meta", "weight": "meta"},
                "Your guess moves the tensor in place. `x.to(…)` gives another tensor, and nobody keeps it here: `x` "
                "stays.",
                mistake=MOVED,
            ),
            Wrong(
                "none_moves",
                {"tensor": "cpu", "weight": "cpu"},
                "Your guess says that the layer stays, too. A module's `to` changes the module itself.",
                mistake=MOVED,
            ),
            Wrong(
                "swapped",
                {"tensor": "meta", "weight": "cpu"},
                "The other way round: a module is changed in place, a tensor is not.",
                mistake=MOVED,
            ),
        ),
    ),
    "evaluation.to_device": Solutions(
        references=(to_device, to_device_by_match),
        wrong=(
            Wrong(
                "in_vain",
                to_device_in_vain,
                "Your tensors stay where they are: the result of `.to(…)` is thrown away. A tensor does not move; "
                "return the new one.",
                mistake=MOVED,
            ),
            Wrong(
                "one_level",
                to_device_flat,
                "You move the first level only. In a list there may be another list: let `to_device` call itself.",
            ),
            Wrong(
                "tuples_to_lists",
                to_device_to_lists,
                "Your tuples become lists. `type(batch)(…)` makes one of the same kind.",
            ),
            Wrong(
                "tensors_only",
                to_device_of_tensors_only,
                "You call `.to` of everything that is no container; a string or a number has none. Ask with "
                "`isinstance(batch, torch.Tensor)`.",
            ),
            Wrong(
                "no_dictionaries",
                to_device_without_dict,
                "Your dictionaries are given back as they are. The tensors among their values must move, too.",
            ),
            Wrong(
                "in_the_argument",
                to_device_in_the_argument,
                "Your result is right, but you have changed `batch` itself. Make new lists and dictionaries.",
            ),
            Wrong(
                "loses_the_rest",
                to_device_losing_the_rest,
                "What is no tensor and no container becomes None. Give it back as it is.",
            ),
        ),
    ),
    "evaluation.predict_devices": Solutions(
        references=(
            {"number": True, "one_number": True, "row": False},
            {"row": False, "one_number": True, "number": True},
        ),
        wrong=(
            Wrong(
                "all_work",
                {"number": True, "one_number": True, "row": True},
                "Your guess lets PyTorch bring the row to the other device by itself. It never does: you would not "
                "notice how slow it is.",
                mistake=TWO,
            ),
            Wrong(
                "none_works",
                {"number": False, "one_number": False},
                "Your guess is too strict. A single number goes along with the call, whether from Python or from a "
                "0-d tensor on the CPU.",
                mistake=TWO,
            ),
            Wrong(
                "zero_d_is_a_tensor",
                {"number": True, "one_number": False},
                "A Python number works, you are right. So does a 0-d tensor on the CPU: it counts as a number.",
                mistake=TWO,
            ),
        ),
    ),
}

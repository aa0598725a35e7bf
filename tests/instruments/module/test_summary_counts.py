"""``pb.summary`` counts what PyTorch counts, and looking changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import pytorch_basics as pb


class Tied(nn.Module):
    """An embedding whose weight is the output layer's too, and one layer under two names."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(10, 4)
        self.out = nn.Linear(4, 10, bias=False)
        self.out.weight = self.table.weight
        self.once = self.again = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.out(self.again(self.once(self.table(x))))
        return out


def classifier() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))


def test_the_classifier_of_the_course() -> None:
    """Shapes in and out, parameters, and the work of a forward pass, each layer's own."""
    s = pb.summary(classifier(), torch.rand(32, 2))
    first, tanh, last = s.layers[1:]
    assert first.call
    assert last.call
    assert (first.call.inputs, first.call.outputs) == ((("float32", (32, 2)),), (("float32", (32, 8)),))
    assert last.call.outputs == (("float32", (32, 1)),)
    assert s.total == 33
    assert (first.macs, tanh.macs, last.macs) == (32 * 2 * 8, 0, 32 * 8 * 1)
    assert s.flops == 2 * s.macs == 2 * 32 * (2 * 8 + 8)


def test_shared_parameters_count_once_and_are_marked() -> None:
    """The total is ``sum(p.numel() for p in model.parameters())``; each second name says which the first is."""
    model = Tied()
    s = pb.summary(model, torch.arange(3))
    assert s.total == sum(p.numel() for p in model.parameters()) == 10 * 4 + 4 * 4 + 4
    second = {p.name: s.parameters[p.same_as].name for p in s.parameters if p.same_as is not None}
    assert second == {"out.weight": "table.weight", "again.weight": "once.weight", "again.bias": "once.bias"}
    again = next(layer for layer in s.layers if layer.path == "again")
    assert again.same_as is not None
    assert s.layers[again.same_as].path == "once"
    assert s.layers[again.same_as].calls == 2
    assert s.never_called == ()
    assert "the same as once" in str(s)
    assert "weight shared: table.weight" in str(s)


def test_frozen_parameters_are_told() -> None:
    """What does not require grad is not trainable, and its row says frozen."""
    model = classifier()
    model[0].requires_grad_(False)
    s = pb.summary(model)
    assert (s.total, s.trainable) == (33, 9)
    assert "9 trainable, 24 frozen" in str(s)


def test_buffers_are_counted_apart() -> None:
    """Buffers are no parameters; one that ``state_dict()`` leaves out is told from one that it keeps."""
    model = nn.BatchNorm1d(3)
    model.register_buffer("scratch", torch.zeros(5), persistent=False)
    s = pb.summary(model)
    assert {b.name: b.saved for b in s.buffers} == {
        "running_mean": True,
        "running_var": True,
        "num_batches_tracked": True,
        "scratch": False,
    }
    assert "12 numbers in buffers" in str(s)


def test_without_inputs_there_is_structure_only() -> None:
    """No forward pass runs, so nothing is said of shapes or work."""

    class Loud(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise AssertionError("it was called")

    s = pb.summary(Loud(2, 3))
    assert not s.ran
    assert s.layers[0].macs is None
    assert "MACs" not in str(s)


def test_lazy_layers_keep_their_laziness() -> None:
    """Without inputs a lazy parameter has no shape; with them it is shown, and the model itself stays lazy."""
    model = nn.Sequential(nn.LazyLinear(3), nn.ReLU())
    assert "no shape before the first forward pass: 0.weight, 0.bias" in str(pb.summary(model))
    s = pb.summary(model, torch.rand(4, 5))
    assert s.total == 5 * 3 + 3
    assert model[0].has_uninitialized_params()  # type: ignore[operator]  # a LazyLinear


@pytest.mark.parametrize("training", [True, False])
def test_looking_changes_nothing(training: bool) -> None:
    """Parameters, gradients, running statistics, the mode and the random state are as they were; no hook is left."""
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout()).train(training)
    model(torch.rand(4, 3)).sum().backward()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    versions = [tensor._version for tensor in (*model.parameters(), *model.buffers())]
    grads = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    random = torch.random.get_rng_state()
    pb.summary(model, torch.ones(4, 3).requires_grad_())
    assert torch.equal(random, torch.random.get_rng_state())
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert versions == [tensor._version for tensor in (*model.parameters(), *model.buffers())]
    assert all(torch.equal(a, p.grad) for a, p in zip(grads, model.parameters(), strict=True) if p.grad is not None)
    assert all(module.training == training for module in model.modules())
    assert not torch.nn.modules.module._has_any_global_hook()


class Stops(nn.Module):
    """Writes into its buffers, then stops as the stop button does."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.norm(x)
        self.seen += 1
        self.seen = self.seen + 1
        raise KeyboardInterrupt


def test_an_interrupted_look_changes_nothing() -> None:
    """The buffers are the model's own again, with their bits and versions; the random state is as it was."""
    model = Stops()
    buffers = dict(model.named_buffers())
    before = {name: (buffer.clone(), buffer._version) for name, buffer in buffers.items()}
    random = torch.random.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        pb.summary(model, torch.ones(4, 3))
    after = dict(model.named_buffers())
    assert all(after[name] is buffer for name, buffer in buffers.items())
    assert all(torch.equal(after[name], bits) and after[name]._version == v for name, (bits, v) in before.items())
    assert torch.equal(random, torch.random.get_rng_state())
    assert not torch.nn.modules.module._has_any_global_hook()


def test_a_buffer_of_two_layers_is_lent_as_one() -> None:
    """What one layer writes into a shared buffer the other reads, as in a plain call."""

    class Counts(nn.Module):
        def __init__(self, shared: torch.Tensor) -> None:
            super().__init__()
            self.register_buffer("shared", shared)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.shared += 1
            return x[: int(self.shared)]

    shared = torch.zeros(())
    s = pb.summary(nn.Sequential(Counts(shared), Counts(shared)), torch.rand(5, 1))
    calls = [layer.call.outputs[0][1] for layer in s.layers[1:] if layer.call]
    assert calls == [(1, 1), (1, 1)]
    assert shared == 0
    assert [buffer.same_as for buffer in s.buffers] == [None, 0]


def test_a_lazy_batch_norm_is_shown_with_its_buffers() -> None:
    """Buffers without a shape are given one by the forward pass of the copy."""
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d())
    s = pb.summary(model, torch.rand(2, 3, 8, 8))
    assert not s.error
    assert [b.shape for b in s.buffers] == [(4,), (4,), ()]
    assert s.total == 4 * 3 * 9 + 4 + 4 + 4
    assert model[1].has_uninitialized_params()  # type: ignore[operator]  # a LazyBatchNorm2d


def test_a_layer_that_holds_the_one_it_is_in() -> None:
    """A circle is shown once round, and counted as ``parameters()`` counts it."""
    model = nn.Module()
    model.inner = nn.Linear(2, 2)
    model.inner.outer = model
    s = pb.summary(model)
    assert [layer.path for layer in s.layers] == ["", "inner", "inner.outer"]
    assert s.layers[2].same_as == 0
    assert s.total == sum(p.numel() for p in model.parameters()) == 6
    assert "the same as" in str(s)


def test_a_forward_that_raises_is_told() -> None:
    """The structure is shown, and the error in PyTorch's words."""
    s = pb.summary(classifier(), torch.rand(4, 3))
    assert "mat1 and mat2 shapes cannot be multiplied" in s.error
    assert "! the forward pass stopped: RuntimeError: mat1 and mat2" in str(s)
    assert s.total == 33
    assert not torch.nn.modules.module._has_any_global_hook()


def test_keyword_inputs_reach_forward() -> None:
    """Inputs given by name are shown like the others."""

    class Scaled(nn.Module):
        def forward(self, x: torch.Tensor, *, scale: torch.Tensor) -> dict[str, torch.Tensor]:
            return {"y": x * scale}

    s = pb.summary(Scaled(), torch.rand(2, 3), scale=torch.rand(3))
    assert s.layers[0].call
    assert s.layers[0].call.inputs == (("float32", (2, 3)), ("float32", (3,)))
    assert s.layers[0].call.outputs == (("float32", (2, 3)),)


def test_a_layer_used_without_being_called_is_not_called_idle() -> None:
    """Attention uses its ``out_proj`` by its weight alone."""
    s = pb.summary(nn.MultiheadAttention(8, 2, batch_first=True), *[torch.rand(2, 5, 8)] * 3)
    assert s.never_called == ()
    assert "used, not called" in str(s)


def test_an_idle_layer_is_named() -> None:
    """A layer with parameters that this forward pass did not use is told, its inner layers not once more."""

    class Idle(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used = nn.Linear(2, 2)
            self.head = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

        def forward(self, x: torch.Tensor) -> Any:
            return self.used(x)

    assert "! never called in this forward pass: head\n" in str(pb.summary(Idle(), torch.rand(1, 2)))
    assert "never called" not in str(pb.summary(Idle()))


def test_the_record_survives_json() -> None:
    """What is written is what is read."""
    s = pb.summary(Tied(), torch.arange(3))
    assert type(s).from_json(s.to_json()) == s

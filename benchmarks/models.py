"""The six networks on which tracing is measured: two as small as a lesson's, four as large as a practitioner's.

In goes nothing; out come ``Workload``s: a model with inputs for one forward pass, and a loss to go back from. The large
ones are built from transformers configs with random weights, so nothing is downloaded; without transformers they are
left out. All are in eval mode, so that every run computes the same, and keep what a backward pass needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy

SMALL, REAL = ("XOR", "MLP20"), ("ResNet-18", "ResNet-50", "GPT-2", "BERT")
HAVE_TRANSFORMERS = find_spec("transformers") is not None


@dataclass(frozen=True)
class Workload:
    """A model and its input; ``calls`` of it make one sample long enough for the clock."""

    name: str
    model: nn.Module
    inputs: tuple[torch.Tensor, ...]
    calls: int = 1

    @property
    def large(self) -> bool:
        return self.name in REAL

    def forward(self) -> torch.Tensor:
        """The logits, ``(…, classes)``."""
        return self.logits(self.model(*self.inputs))

    def loss(self) -> torch.Tensor:
        """The cross-entropy to class 0."""
        return self.loss_of(self.forward())

    @staticmethod
    def logits(result: Any) -> torch.Tensor:
        """The logits of what the model returned: transformers wraps them in a record of its own."""
        found: torch.Tensor = result if isinstance(result, torch.Tensor) else result.logits
        return found

    @staticmethod
    def loss_of(logits: torch.Tensor) -> torch.Tensor:
        flat = logits.reshape(-1, logits.shape[-1])
        return cross_entropy(flat, torch.zeros(len(flat), dtype=torch.long))

    def forget_gradients(self) -> None:
        self.model.zero_grad(set_to_none=True)


def workloads() -> Iterator[Workload]:
    """Every network that can be built here, smallest first, one at a time."""
    torch.manual_seed(0)
    yield Workload("XOR", nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2)), (torch.rand(4, 2),), 40)
    layers = [part for _ in range(20) for part in (nn.Linear(128, 128), nn.ReLU())]
    yield Workload("MLP20", nn.Sequential(*layers), (torch.rand(128, 128),), 6)
    if HAVE_TRANSFORMERS:
        yield from _real()


def _real() -> Iterator[Workload]:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # configs only: nothing is looked up
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        GPT2Config,
        GPT2LMHeadModel,
        ResNetConfig,
        ResNetForImageClassification,
    )

    image, words = torch.rand(1, 3, 224, 224), torch.randint(1000, (1, 64))
    basic = ResNetConfig(layer_type="basic", depths=[2, 2, 2, 2], hidden_sizes=[64, 128, 256, 512])
    yield Workload("ResNet-18", ResNetForImageClassification(basic).eval(), (image,))
    yield Workload("ResNet-50", ResNetForImageClassification(ResNetConfig()).eval(), (image,))
    yield Workload("GPT-2", GPT2LMHeadModel(GPT2Config(n_layer=6, use_cache=False)).eval(), (words,))
    yield Workload("BERT", BertForSequenceClassification(BertConfig()).eval(), (words,))

"""``pb.trace`` and ``pb.graph`` on networks nobody here wrote: ResNet-18 and -50, GPT-2, BERT, ViT, T5 and a Llama.

They are built from transformers configs, narrow but with every layer, so nothing is downloaded. Whatever is watched
must compute the same, bit for bit. Without transformers the file is skipped, except where the environment says ``CI``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import pytorch_basics as pb
from pytorch_basics.instruments.graph.record import GraphRecord
from pytorch_basics.instruments.trace.record import TraceRecord

if find_spec("transformers") is None:
    if os.environ.get("CI"):
        raise ModuleNotFoundError("transformers is not installed, and CI must not skip these tests")
    pytest.skip("transformers is not installed: pip install transformers", allow_module_level=True)

os.environ["HF_HUB_OFFLINE"] = "1"  # configs only: nothing is looked up
import transformers as hf

WORDS = torch.arange(10).view(2, 5)
Inputs = dict[str, Tensor]


def _resnet(kind: str, depths: list[int]) -> tuple[nn.Module, Inputs]:
    sizes = [8, 16, 32, 64]
    config = hf.ResNetConfig(layer_type=kind, depths=depths, hidden_sizes=sizes, embedding_size=8, num_labels=3)
    return hf.ResNetForImageClassification(config), {"pixel_values": torch.rand(2, 3, 64, 64)}


def _gpt2() -> tuple[nn.Module, Inputs]:
    config = hf.GPT2Config(n_layer=6, n_embd=32, n_head=4, vocab_size=50, n_positions=16)
    return hf.GPT2LMHeadModel(config), {"input_ids": WORDS}


def _bert() -> tuple[nn.Module, Inputs]:
    sizes = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 50}
    config = hf.BertConfig(**sizes, max_position_embeddings=16)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    return hf.BertForSequenceClassification(config), {"input_ids": WORDS, "attention_mask": mask}


def _vit() -> tuple[nn.Module, Inputs]:
    sizes = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64}
    config = hf.ViTConfig(**sizes, image_size=32, patch_size=8)
    return hf.ViTForImageClassification(config), {"pixel_values": torch.rand(2, 3, 32, 32)}


def _t5() -> tuple[nn.Module, Inputs]:
    config = hf.T5Config(d_model=32, d_kv=8, d_ff=64, num_layers=3, num_heads=4, vocab_size=50)
    return hf.T5ForConditionalGeneration(config), {"input_ids": WORDS, "decoder_input_ids": WORDS.flip(0)}


def _llama() -> tuple[nn.Module, Inputs]:
    sizes = {"hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 64}
    config = hf.LlamaConfig(**sizes, num_hidden_layers=3, vocab_size=50, max_position_embeddings=16)
    return hf.LlamaForCausalLM(config), {"input_ids": WORDS}


FAMILIES: dict[str, Callable[[], tuple[nn.Module, Inputs]]] = {
    "ResNet-18": lambda: _resnet("basic", [2, 2, 2, 2]),
    "ResNet-50": lambda: _resnet("bottleneck", [3, 4, 6, 3]),
    "GPT-2": _gpt2,
    "BERT": _bert,
    "ViT": _vit,
    "T5": _t5,
    "Llama": _llama,
}
every_family = pytest.mark.parametrize("family", FAMILIES)


def build(family: str) -> tuple[nn.Module, Inputs]:
    """The model in training mode, dropout and batch norm included, and its inputs; the same at every call."""
    torch.manual_seed(0)
    model, inputs = FAMILIES[family]()
    return model.train(), inputs


def loss_of(model: nn.Module, inputs: Inputs) -> Tensor:
    torch.manual_seed(1)  # so that dropout drops the same
    return model(**inputs).logits.square().mean()


def gradients(model: nn.Module) -> dict[str, Tensor | None]:
    return {name: parameter.grad for name, parameter in model.named_parameters()}


def same(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Whether tensors by name agree bit for bit."""
    return one.keys() == two.keys() and all(
        (a is None and b is None) or torch.equal(a, b) for a, b in zip(one.values(), two.values(), strict=True)
    )


def hooks(model: nn.Module) -> list[Any]:
    """Every hook of a tensor or a module that is in place."""
    mine = [parameter._backward_hooks for parameter in model.parameters() if parameter._backward_hooks]
    return mine + [m for m in model.modules() if m._forward_hooks or m._forward_pre_hooks or m._backward_hooks]


@cache
def plain(family: str) -> tuple[Tensor, dict[str, Any], dict[str, Any]]:
    """The loss, gradients and state after a forward and a backward pass that nobody watched."""
    model, inputs = build(family)
    loss = loss_of(model, inputs)
    loss.backward()
    return loss.detach(), gradients(model), model.state_dict()


@cache
def traced(family: str) -> tuple[TraceRecord, nn.Module]:
    """The record of a forward pass, and the model."""
    model, inputs = build(family)
    return pb.trace(loss_of, model, inputs).record, model


@cache
def graphed(family: str) -> GraphRecord:
    """The record of a graph whose backward pass ran, with what a trace adds."""
    model, inputs = build(family)
    with pb.tracing() as seen:
        loss = loss_of(model, inputs)
    graph = pb.graph(loss, trace=seen)
    graph.backward()
    return graph.record


@every_family
def test_a_traced_training_step_computes_the_same(family: str) -> None:
    """Loss, gradients and running statistics are the same bits with a trace around the step as without."""
    model, inputs = build(family)
    with pb.tracing():
        loss = loss_of(model, inputs)
        loss.backward()
    expected, grads, state = plain(family)
    assert torch.equal(loss, expected)
    assert same(gradients(model), grads)
    assert same(model.state_dict(), state)
    assert not hooks(model)


@every_family
def test_a_graphed_backward_computes_the_same(family: str) -> None:
    """``pb.graph(loss).backward()`` leaves the same bits in every ``.grad`` as ``loss.backward()``, and no hook."""
    model, inputs = build(family)
    loss = loss_of(model, inputs)
    graph = pb.graph(loss)
    graph.backward()
    expected, grads, state = plain(family)
    assert torch.equal(loss, expected)
    assert same(gradients(model), grads)
    assert same(model.state_dict(), state)
    assert not hooks(model)


@every_family
def test_the_modules_are_those_that_ran(family: str) -> None:
    """A trace names each module call by its ``named_modules`` path, in the order the calls were made."""
    model, inputs = build(family)
    ran: list[str] = []
    handles = [
        module.register_forward_pre_hook(lambda *_, path=path: ran.append(path))
        for path, module in model.named_modules()
    ]
    loss_of(model, inputs)
    for handle in handles:
        handle.remove()
    assert [call.path for call in traced(family)[0].modules] == ran


@every_family
def test_a_weight_is_one_tensor_however_often_it_is_tied(family: str) -> None:
    """Each parameter that took part is in the record once, under a name that leads to it in the model."""
    record, model = traced(family)
    paths = dict(model.named_parameters(remove_duplicate=False))
    names = [tensor.name for tensor in record.tensors if tensor.parameter]
    took_part = [path for path, grad in plain(family)[1].items() if grad is not None]
    assert len({id(paths[name]) for name in names}) == len(names) == len(took_part)
    assert all(paths[t.name].shape == t.shape for t in record.tensors if t.parameter)


@every_family
def test_the_leaves_of_the_graph_are_the_parameters(family: str) -> None:
    """The graph ends in one leaf for each parameter the loss depends on, named as it is written: ``model.h[0].w``."""
    leaves = [node for node in graphed(family).nodes if node.leaf]
    used = [path for path, grad in plain(family)[1].items() if grad is not None]
    written = ["model." + re.sub(r"\.(\d+)", r"[\1]", path) for path in used]
    assert sorted(node.outputs[0].name for node in leaves) == sorted(written)
    assert all(node.outputs[0].gradient is not None for node in leaves)


@every_family
def test_every_op_of_the_forward_pass_has_a_line_and_its_bytes(family: str) -> None:
    """Each op of a forward pass was written on some line; what ops allocated adds up to what lines did."""
    record, _ = traced(family)
    assert record.ops
    assert all(op.line is not None for op in record.ops)
    assert sum(record.bytes_per_line.values()) == record.new_bytes
    assert 0 < record.peak_bytes <= record.new_bytes


@every_family
def test_a_trace_is_text_html_and_json(family: str) -> None:
    """The record of a real network prints within the width, draws itself and comes back from JSON unchanged."""
    record, _ = traced(family)
    assert max(map(len, str(record).splitlines())) <= 120
    assert "<iframe" in record._repr_mimebundle_()["text/html"]
    assert json.loads(record.to_json())
    assert TraceRecord.from_json(record.to_json()) == record


@every_family
def test_a_graph_is_text_html_and_json(family: str) -> None:
    """So does the record of its graph, with every gradient in it."""
    record = graphed(family)
    assert max(map(len, str(record).splitlines())) <= 120
    assert "<iframe" in record._repr_mimebundle_()["text/html"]
    assert GraphRecord.from_json(record.to_json()) == record


def test_the_macs_of_gpt2_are_those_of_the_formula() -> None:
    """Per token and layer 12·d² for the projections, 2·tokens·d for attention; d·vocabulary for the head."""
    config = hf.GPT2Config(n_layer=6, n_embd=32, n_head=4, vocab_size=50, n_positions=16)
    model = hf.GPT2LMHeadModel(config).eval()
    record = pb.trace(model, torch.arange(7)[None]).record
    tokens, d, layers, vocabulary = 7, 32, 6, 50
    assert record.macs == layers * (12 * tokens * d * d + 2 * tokens * tokens * d) + tokens * d * vocabulary
    assert record.flops == 2 * record.macs


def test_the_real_gpt2_has_5_44_gmacs_in_its_matrices() -> None:
    """At 44 tokens: 5,435,409,408 in the matrices (what counters that skip attention say), 35,684,352 in attention.

    Without data: on the meta device only shapes are computed, and a whole mask is given because none can be read.
    """
    with torch.device("meta"):
        model = hf.GPT2LMHeadModel(hf.GPT2Config(use_cache=False)).eval()
        words, mask = torch.zeros(1, 44, dtype=torch.long), torch.ones(1, 1, 44, 44, dtype=torch.bool)
    record = pb.trace(model, words, attention_mask=mask).record
    attention = sum(op.macs for op in record.ops if "attention" in op.name)
    assert (record.macs - attention, attention) == (5_435_409_408, 35_684_352)


def test_a_repeated_block_is_told_from_its_fellows() -> None:
    """Each op of GPT-2's six blocks knows which block it ran in."""
    record, _ = traced("GPT-2")
    paths = {record.modules[op.module].path for op in record.ops if op.module is not None}
    assert {f"transformer.h.{k}.attn.c_attn" for k in range(6)} <= paths

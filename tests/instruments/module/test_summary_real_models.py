"""``pb.summary`` on networks nobody here wrote: ResNet-18, GPT-2, BERT and T5, built from transformers configs, so that
nothing is downloaded. Without transformers the file is skipped, except where the environment says ``CI``."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec

import pytest
import torch
from torch import Tensor, nn

import pytorch_basics as pb

if find_spec("transformers") is None:
    if os.environ.get("CI"):
        raise ModuleNotFoundError("transformers is not installed, and CI must not skip these tests")
    pytest.skip("transformers is not installed: pip install transformers", allow_module_level=True)

os.environ["HF_HUB_OFFLINE"] = "1"  # configs only: nothing is looked up
import transformers as hf

WORDS = torch.arange(10).view(2, 5)
Built = tuple[nn.Module, dict[str, Tensor]]


def _resnet() -> Built:
    sizes = [8, 16, 32, 64]
    config = hf.ResNetConfig(
        layer_type="basic", depths=[2, 2, 2, 2], hidden_sizes=sizes, embedding_size=8, num_labels=3
    )
    return hf.ResNetForImageClassification(config), {"pixel_values": torch.rand(2, 3, 64, 64)}


def _gpt2() -> Built:
    config = hf.GPT2Config(n_layer=6, n_embd=32, n_head=4, vocab_size=50, n_positions=16)
    return hf.GPT2LMHeadModel(config), {"input_ids": WORDS}


def _bert() -> Built:
    sizes = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 50}
    return hf.BertForMaskedLM(hf.BertConfig(**sizes, max_position_embeddings=16)), {"input_ids": WORDS}


def _t5() -> Built:
    config = hf.T5Config(d_model=32, d_kv=8, d_ff=64, num_layers=3, num_heads=4, vocab_size=50)
    return hf.T5ForConditionalGeneration(config), {"input_ids": WORDS, "decoder_input_ids": WORDS.flip(0)}


FAMILIES: dict[str, Callable[[], Built]] = {"ResNet-18": _resnet, "GPT-2": _gpt2, "BERT": _bert, "T5": _t5}
TIED = {  # each second name of a weight, and the name it is counted under
    "ResNet-18": {},
    "GPT-2": {"lm_head.weight": "transformer.wte.weight"},
    "BERT": {
        "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
        "cls.predictions.decoder.bias": "cls.predictions.bias",
    },
    "T5": {
        "encoder.embed_tokens.weight": "shared.weight",
        "decoder.embed_tokens.weight": "shared.weight",
        "lm_head.weight": "shared.weight",
    },
}
every_family = pytest.mark.parametrize("family", FAMILIES)


def build(family: str) -> Built:
    """The model in training mode, dropout and batch norm included, and its inputs."""
    torch.manual_seed(0)
    model, inputs = FAMILIES[family]()
    return model.train(), inputs


@every_family
def test_the_total_is_that_of_parameters(family: str) -> None:
    """With and without a forward pass, and so is the sum of what the layers themselves hold."""
    model, inputs = build(family)
    total = sum(p.numel() for p in model.parameters())
    for s in (pb.summary(model), pb.summary(model, **inputs)):
        assert not s.error
        assert s.total == s.held[0] == s.trainable == total


@every_family
def test_tied_weights_count_once_and_are_marked(family: str) -> None:
    """A weight under two names is counted under its first, and its second name says which that is."""
    s = pb.summary(build(family)[0])
    assert {p.name: s.parameters[p.same_as].name for p in s.parameters if p.same_as is not None} == TIED[family]
    for again in TIED[family]:
        assert f"{again.rpartition('.')[2]} shared: {TIED[family][again]}" in str(s)


@every_family
def test_a_real_model_is_as_it_was(family: str) -> None:
    """Every tensor of its state is the same object with the same bits and version; the random state is untouched."""
    model, inputs = build(family)
    state = dict(model.state_dict(keep_vars=True))
    before = {name: (tensor.detach().clone(), tensor._version) for name, tensor in state.items()}
    random = torch.random.get_rng_state()
    pb.summary(model, **inputs)
    after = model.state_dict(keep_vars=True)
    assert torch.equal(random, torch.random.get_rng_state())
    assert all(after[name] is tensor for name, tensor in state.items())
    assert all(torch.equal(after[name], bits) and after[name]._version == v for name, (bits, v) in before.items())
    assert not torch.nn.modules.module._has_any_global_hook()


@every_family
def test_each_layer_is_called_as_often_as_hooks_say(family: str) -> None:
    """The layers, their calls and the work of all of them are what PyTorch's own hooks and counter find."""
    from torch.utils.flop_counter import FlopCounterMode

    model, inputs = build(family)
    s = pb.summary(model, **inputs)
    assert [layer.path for layer in s.layers] == [path for path, _ in model.named_modules(remove_duplicate=False)]
    ran = dict.fromkeys((layer.path for layer in s.layers), 0)

    def note(path: str) -> None:
        ran[path] += 1

    for path, module in model.named_modules():
        module.register_forward_pre_hook(lambda *_, path=path: note(path))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(**inputs)
    assert {layer.path: layer.calls for layer in s.layers} == ran
    assert s.flops == counter.get_total_flops()


@every_family
def test_a_real_model_is_text_html_and_json(family: str) -> None:
    """Its text fits a terminal, it draws itself, and JSON gives it back."""
    model, inputs = build(family)
    s = pb.summary(model, **inputs)
    assert max(map(len, str(s).splitlines())) <= 110
    assert "<iframe" in s._repr_mimebundle_()["text/html"]
    assert type(s).from_json(s.to_json()) == s

"""Facts about a trace's HTML: self-contained, small, whole as data, useful without scripts, drawn without torch."""

import json
import re
import subprocess
import sys
import time
from base64 import b64decode
from dataclasses import replace
from html import unescape

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.trace.html import html

KINDS = {"view", "copy", "new", "in-place", "no-op", "none", "failed"}


def page(block):
    """The document inside the iframe."""
    return unescape(re.search(r"srcdoc='([^']*)'", block).group(1))


def data(block):
    """What travels to the view."""
    return json.loads(re.search(r"<script type=application/json id=record>(.*?)</script>", page(block), re.S).group(1))


def still(block):
    return b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', block).group(1)).decode()


def leaves(rows):
    """The ops of packed rows, in order."""
    return [k for row in rows for k in ([row] if isinstance(row, int) else leaves(row[-1]))]


def five(x, w):
    h = x @ w
    v = h[:, 0]
    v.mul_(2)
    r = h.relu().contiguous()
    return (r - v).mean()


def failing(x, w):
    h = (x * 2).relu()
    return h.t() @ w


class Bottleneck(nn.Module):
    def __init__(self, wide, mid, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(wide, mid, 1, bias=False), nn.BatchNorm2d(mid)
        self.conv2, self.bn2 = nn.Conv2d(mid, mid, 3, stride, 1, bias=False), nn.BatchNorm2d(mid)
        self.conv3, self.bn3 = nn.Conv2d(mid, 4 * mid, 1, bias=False), nn.BatchNorm2d(4 * mid)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or wide != 4 * mid:
            conv = nn.Conv2d(wide, 4 * mid, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(4 * mid))

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet50(nn.Module):
    """ResNet-50 as it was published: 3, 4, 6 and 3 bottlenecks, 25.6 million parameters."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.relu = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(True)
        self.maxpool, self.avgpool = nn.MaxPool2d(3, 2, 1), nn.AdaptiveAvgPool2d(1)
        stages, wide = [], 64
        for mid, count in ((64, 3), (128, 4), (256, 6), (512, 3)):
            strides = [1 if mid == 64 else 2] + [1] * (count - 1)
            stages.append(nn.Sequential(*[Bottleneck(4 * mid if k else wide, mid, s) for k, s in enumerate(strides)]))
            wide = 4 * mid
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.fc = nn.Linear(wide, 1000)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


@pytest.fixture(scope="module")
def small():
    return pb.trace(five, torch.randn(4, 3), torch.randn(3, 4)).record


@pytest.fixture(scope="module")
def failed():
    return pb.trace(failing, torch.randn(4, 3), torch.randn(5, 4)).record


@pytest.fixture(scope="module")
def resnet():
    model = ResNet50()
    assert sum(p.numel() for p in model.parameters()) == 25_557_032
    return pb.trace(model, torch.randn(1, 3, 64, 64)).record


def test_no_address_outside_is_named(small):
    """Neither the block, the page in it nor the still picture names another place."""
    block = html(small)
    for part in (block, page(block), still(block)):
        rest = part.replace("http://www.w3.org/2000/svg", "").replace("// @ts-check", "")
        assert not re.search(r"https?:|[\"'(=]//[\w.-]+\.\w", rest)


@pytest.mark.parametrize("name", ["small", "failed", "resnet"])
def test_the_page_has_all_of_the_record(name, request):
    """As many ops, tensors, storages and lines; every op in exactly one row, in the order they ran."""
    trace = request.getfixturevalue(name)
    packed = data(html(trace))
    for part in ("ops", "tensors", "storages", "lines"):
        assert len(packed[part]) == len(getattr(trace, part))
    assert leaves(packed["rows"]) == list(range(len(trace.ops)))
    assert len(re.findall(r"data-key=l\d+ ", page(html(trace)))) == len(trace.lines)


def test_the_kind_of_every_op_is_a_word(small, failed):
    """View, in-place, no-op, new and failed are said, not coloured; in the still picture too."""
    for trace, kinds in ((small, {"view", "in-place", "no-op", "new"}), (failed, {"new", "view", "failed"})):
        packed = data(html(trace))
        assert {packed["words"][op[1]] for op in packed["ops"]} == kinds <= KINDS
        assert all(f">{kind}</text>" in still(html(trace)) for kind in kinds)


def test_the_text_twin_is_beside_the_picture(small):
    """``<details>`` holds exactly the text."""
    twin = re.search(r"<pre>(.*?)</pre></details>", html(small), re.S).group(1)
    assert unescape(twin) == str(small)
    assert small._repr_mimebundle_()["text/html"] == html(small)


def test_the_still_picture_is_inside_the_iframe_element_and_says_what_it_shows(small):
    """An untrusted notebook keeps the image, with an alt text; where scripts do not run, the page has it too."""
    block = html(small)
    inside = re.search(r"srcdoc='[^']*'>(.*?)</iframe>", block, re.S).group(1)
    assert inside.startswith('<img alt="pb.trace: five(')
    assert f"<noscript>{still(block)}</noscript>" in page(block)
    assert all(f">{k} {op.name}</text>" in still(block) for k, op in enumerate(small.ops))


def test_a_failure_is_said_in_the_page_itself(failed):
    """The op, its line, its inputs and what PyTorch said: readable before any script has run."""
    said = unescape(re.search(r"<div class=failed role=alert>(.*?)</div>", page(html(failed)), re.S).group(1))
    assert failed.ops[-1].name in said
    assert "return h.t() @ w" in said
    assert "f32[3, 4]" in said
    assert "f32[5, 4]" in said
    assert "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x4)" in said


def test_a_name_cannot_break_the_page(small):
    """Whatever a title, a variable, a line or a module is called, it is text."""
    evil = "</script><b a='\"&"
    tensors = tuple(replace(tensor, name=evil) for tensor in small.tensors)
    lines = tuple(replace(line, text=evil, file=evil) for line in small.lines)
    ops = tuple(replace(op, name=evil) for op in small.ops)
    block = html(replace(small, title=evil, tensors=tensors, lines=lines, ops=ops))
    assert "<b a=" not in page(block)
    assert evil in data(block)["words"]
    assert "<b a=" not in still(block)


def test_a_resnet_50_is_small_and_quick(resnet):
    """At most 200 KB, and at most 150 ms of one core to draw."""
    block, times = html(resnet), []
    for _ in range(5):
        start = time.process_time()
        html(resnet)
        times.append(time.process_time() - start)
    assert len(block.encode()) <= 200_000
    assert min(times) <= 0.150


def test_a_resnet_50_folds(resnet):
    """Its stages are rows, and the like blocks in each are one row."""
    titles = set(data(html(resnet))["words"])
    assert {"layer1 (Sequential)", "2 × Bottleneck (layer1.1 … layer1.2)"} <= titles
    assert {"5 × Bottleneck (layer3.1 … layer3.5)"} <= titles
    assert ">2 × Bottleneck (layer1.1" in still(html(resnet))


def test_a_very_long_trace_is_cut_and_says_so():
    """The first 4,000 ops travel, with all they point at; lines keep what the whole trace did."""

    def loop(x):
        for _ in range(3000):
            x = x.neg()
            x.add_(1)

    trace = pb.trace(loop, torch.ones(2)).record
    packed = data(html(trace))
    assert len(packed["ops"]) == 4000
    assert leaves(packed["rows"]) == list(range(4000))
    assert max(t for op in packed["ops"] for t in (*op[5], *op[6], *op[7])) < len(packed["tensors"])
    assert max(storage for _, _, storage in packed["tensors"]) < len(packed["storages"])
    assert f"drawn: the first 4,000 of {len(trace.ops):,}" in page(html(trace))
    assert "<span role=gridcell class=num>3,000</span>" in page(html(trace))


def test_an_empty_trace_has_a_page(small):
    """No op, no line, no storage: still a page that says so."""
    block = html(type(small)("nothing"))
    assert data(block)["ops"] == []
    assert "0 ops" in page(block)


def test_a_record_is_drawn_in_a_process_without_torch(small):
    """record, text and html never import torch: a page can be drawn where it is not installed."""
    code = (
        "import sys\n"
        "from pytorch_basics.instruments.trace import record, html\n"
        "trace = record.TraceRecord.from_json(sys.stdin.read())\n"
        "page = html.html(trace)\n"
        "assert 'torch' not in sys.modules\n"
        "print(page, end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], input=small.to_json(), capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == html(small)

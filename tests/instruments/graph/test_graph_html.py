"""Facts about the HTML: self-contained, small, whole without scripts, drawn without torch, true to the record."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from html import unescape

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.graph.boxes import words
from pytorch_basics.instruments.graph.fold import pictures
from pytorch_basics.instruments.graph.record import EdgeRecord, GraphRecord, NodeRecord, OutputRecord


def block(graph):
    return graph._repr_mimebundle_()["text/html"]


def page(graph):
    """The document inside the iframe."""
    return unescape(re.search(r"srcdoc='([^']*)'", block(graph)).group(1))


def still(graph):
    return b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', block(graph)).group(1)).decode()


def data(graph):
    """What the script draws from."""
    return json.loads(re.search(r"<script type=application/json id=record>(.*?)</script>", page(graph), re.S).group(1))


def said(graph):
    """Everything that the boxes and the panel can say."""
    packed, modules = data(graph), [""]
    for same, rest in packed["modules"]:
        modules.append(modules[-1][:same] + rest)
    return [re.sub("\ue000(\\d+)\ue000", lambda m: modules[int(m[1]) + 1], text) for text in packed["texts"]]


class Xor(nn.Module):
    """The course's two-layer network."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(2, 4), nn.Linear(4, 1)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))


@pytest.fixture
def small():
    torch.manual_seed(0)
    net, x = Xor(), torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
    graph = pb.graph(loss)
    graph.backward()
    return graph


def test_no_address_outside_is_named(small):
    """Neither the block, the page in it nor the still picture names another place."""
    for part in (block(small), page(small), still(small)):
        part = part.replace("http://www.w3.org/2000/svg", "").replace("// @ts-check", "")
        assert not re.search(r"(https?:)?//[\w.-]+\.\w", part)


def test_every_node_stop_and_edge_is_drawn(small):
    """As many boxes as nodes and stops, as many lines as edges and stops, in the data and in the still picture."""
    record = small.record
    (_, _, _, _, boxes, lines), *others = data(small)["pictures"]
    assert not others
    assert len(boxes) == len(record.nodes) + len(record.stops)
    assert len(lines) == len(record.edges) + len(record.stops)
    assert len(re.findall(r'<rect class="b', still(small))) == len(boxes)
    assert len(re.findall(r'<path class="e', still(small))) == len(lines)


def test_the_text_twin_is_beside_the_picture(small):
    """``<details>`` holds exactly the text."""
    twin = re.search(r"<pre>(.*?)</pre></details>", block(small), re.S).group(1)
    assert unescape(twin) == str(small)


def test_the_still_picture_is_inside_the_iframe_element_and_in_the_page(small):
    """An untrusted notebook keeps the image, with names and gradients; the page has it until the script has run."""
    inside = re.search(r"srcdoc='[^']*'>(.*?)</iframe>", block(small), re.S).group(1)
    assert inside.startswith('<img alt="pb.graph: the autograd graph of loss: 6 ops, 4 leaves')
    assert ">net.fc2.weight</text>" in still(small)
    assert ">grad 1.0</text>" in still(small)
    assert still(small) in page(small)


def test_a_name_cannot_break_the_page():
    """Names are escaped in the markup and in the record."""
    evil = {"</script><b a='\"&": torch.ones(2, requires_grad=True)}
    graph = pb.graph((evil["</script><b a='\"&"] * 2).sum())
    assert "</script><b" not in page(graph)
    assert "&lt;/script&gt;&lt;b" in still(graph)


def test_where_several_ways_meet_the_sum_is_written_as_a_sum():
    """Each contribution under the one before, and what they add up to."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    graph = pb.graph((x * 3 + x * x).sum())
    graph.backward()
    told = " | ".join(said(graph))
    for part in ("= the gradient here, their sum", "3.0 3.0", "1.0 2.0", "5.0 7.0"):
        assert part in told
    assert re.search(r"from \[\d\] mul \|", told)
    assert re.search(r"\+ from \[\d\] mul \|", told)


def test_the_local_derivative_is_told_for_each_argument(small):
    """In the words that the text uses."""
    told = [line.split(" gets ", 1)[1] for line in str(small).splitlines() if " gets " in line]
    assert len(told) == len(small.record.edges)
    assert set(told) <= set(said(small))


def test_a_stale_saved_tensor_is_marked_with_more_than_colour():
    """The box has a word and a mark, the panel both versions."""
    w = torch.ones(3, requires_grad=True)
    a = w.exp()
    out = (a * w).sum()
    a.add_(1)
    graph = pb.graph(out)
    assert "! stale" in said(graph)
    assert any("saved at version 0, now at version 1" in line for line in said(graph))
    assert "! stale</text>" in still(graph)


def test_a_border_where_gradients_stop_is_a_box_of_its_own():
    """Detached, and not requiring grad, each with its name."""
    w, x = torch.ones(3, requires_grad=True), torch.ones(3)
    a = w.exp()
    cut = a.detach()
    told = said(pb.graph((cut * w + x * w).sum()))
    assert "⊘ cut f32[3]" in told
    assert "detached from a" in told
    assert "⊘ x f32[3]" in told
    assert "does not require grad" in told


def test_a_leaf_says_what_grad_held_and_holds(small):
    """Before and after the backward pass; before it, what it holds now."""
    w = torch.ones(1, requires_grad=True)
    graph = pb.graph((w * 2).sum())
    assert ".grad none" in said(graph)
    graph.backward()
    assert ".grad none → 2.0" in said(graph)
    again = pb.graph((w * 3).sum())
    again.backward()
    assert ".grad 2.0 → 5.0" in said(again)


def test_freed_and_packed_tensors_are_told():
    """In the boxes of the nodes that saved them."""
    x = torch.ones(2, requires_grad=True)
    loss = x.exp().sum()
    loss.backward()
    assert "! freed" in said(pb.graph(loss))
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor):
        packed = x.exp().sum()
    assert "! held by your hooks" in said(pb.graph(packed))


def test_a_backward_pass_that_fails_shows_where():
    """The node it failed in is marked, with the error."""
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    loss = (y * 2).sum()
    y.add_(1)
    graph = pb.graph(loss)
    with pytest.raises(RuntimeError, match="inplace"):
        graph.backward()
    assert any("failed here" in line for line in said(graph))


def test_long_names_keep_their_end_and_long_ops_their_beginning():
    """A box is never wider than its words may be."""
    output = OutputRecord((2,), "float32", "model.layers[2].attention.projection.weight")
    leaf = NodeRecord("AccumulateGrad", (output,))
    op = NodeRecord("BinaryCrossEntropyWithLogits", (OutputRecord((), "float32", "loss"),), sequence=1)
    graph = GraphRecord("loss", (op, leaf), edges=(EdgeRecord(0, 0, 1),))
    (picture,) = pictures(graph)
    head, end = (words(graph, item).lines for item in picture.items)
    assert head == ("loss =", "binary_cross_entropy_with_l…", "f32[]")
    assert end == ("…attention.projection.weight", "leaf f32[2]", ".grad none")
    assert max(map(len, (*head, *end))) <= 28


def deep(rounds):
    w, h = torch.randn(4, 4, requires_grad=True), torch.zeros(4)
    for _ in range(rounds):
        h = torch.tanh(w @ h + 1)
    graph = pb.graph(h.sum())
    graph.backward()
    return graph


def test_a_graph_of_3000_nodes_opens_folded():
    """The first picture is a page, and the whole block stays below a megabyte."""
    whole = block(deep(1000))
    (first,) = re.findall(r'"pictures":\[\[\d+,-1,\d+,\d+,(\[\[.*?\]\]),\[\[', whole)
    assert 2 <= len(json.loads(first)) <= 60
    assert len(whole.encode()) < 1_000_000


def test_a_model_of_fifty_layers_stays_under_200_kilobytes():
    """Convolutions, norms and residual sums in four stages, gradients and all."""
    stages = [Stage(3, 4), Stage(4, 4), Stage(6, 4), Stage(3, 4)]
    model = nn.Sequential(*stages)
    graph = pb.graph(model(torch.randn(1, 4, 4, 4)).mean())
    graph.backward()
    assert len(graph.record.nodes) > 300
    assert len(block(graph).encode()) < 200_000


class Stage(nn.Module):
    """Bottleneck blocks with a residual sum each."""

    def __init__(self, blocks, width):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                *(part for _ in range(3) for part in (nn.Conv2d(width, width, 1), nn.BatchNorm2d(width), nn.ReLU()))
            )
            for _ in range(blocks)
        )

    def forward(self, x):
        for layer in self.layers:
            x = x + layer(x)
        return x


def test_a_hundred_thousand_nodes_are_cut_and_said_to_be():
    """The page is small; what stays folded says that it cannot be opened."""
    output = (OutputRecord((1,), "float32"),)
    nodes = tuple(NodeRecord("Mul", output, sequence=100_000 - k) for k in range(100_000))
    edges = tuple(EdgeRecord(k, 0, k + 1) for k in range(99_999))
    whole = block(GraphRecord("deep", nodes, edges=edges))
    assert len(whole.encode()) < 400_000
    assert '["group",-1,' in whole
    assert "this one stays folded" in whole


def test_a_record_is_drawn_alike_in_a_process_without_torch(small):
    """record, text and html never import torch, and no order depends on a hash."""
    code = (
        "import sys\n"
        "from pytorch_basics.instruments.graph import record, text, html\n"
        "graph = record.GraphRecord.from_json(sys.stdin.read())\n"
        "page = html.html(graph)\n"
        "assert 'torch' not in sys.modules\n"
        "print(page)"
    )
    for seed in ("0", "7"):
        env = {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [sys.executable, "-c", code], input=small.record.to_json(), env=env, capture_output=True, text=True
        )
        assert done.stderr == ""
        assert done.stdout == f"{block(small)}\n"

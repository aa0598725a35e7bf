"""How a graph is cut into pictures: modules, rounds, stretches, and what each picture holds."""

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.graph.fold import MOST, pictures
from pytorch_basics.instruments.graph.layers import layers
from pytorch_basics.instruments.graph.record import EdgeRecord, GraphRecord, NodeRecord, OutputRecord
from pytorch_basics.instruments.graph.rounds import stretches


def mlp(layers_):
    return nn.Sequential(*(part for _ in range(layers_) for part in (nn.Linear(4, 4), nn.ReLU())))


class Blocks(nn.Module):
    """Residual blocks, each a small model in itself."""

    def __init__(self, count):
        super().__init__()
        self.blocks = nn.ModuleList(mlp(2) for _ in range(count))
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)


@pytest.fixture
def blocks():
    model = Blocks(10)
    return pb.graph(model(torch.ones(2, 4)).mean()).record


def kinds(picture, *wanted):
    return [item for item in picture.items if item.kind in wanted]


def test_a_small_graph_is_one_picture_of_all_its_nodes_and_edges():
    """Nothing is folded: a box for each node and stop, a line for each edge and stop."""
    x, w = torch.ones(3), torch.ones(3, requires_grad=True)
    record = pb.graph((w * w * x).sum()).record
    (picture,) = pictures(record)
    assert sorted(item.at for item in kinds(picture, "op", "leaf")) == list(range(len(record.nodes)))
    assert [item.at for item in kinds(picture, "stop")] == list(range(len(record.stops)))
    drawn = [way for line in picture.lines for way in line.ways]
    assert sorted(drawn) == list(range(len(record.edges)))
    assert len(picture.lines) == len(record.edges) + len(record.stops)


def test_every_node_of_a_large_graph_is_drawn_once(blocks):
    """In the one picture where it is not folded."""
    found = [item.at for picture in pictures(blocks) for item in kinds(picture, "op", "leaf")]
    assert sorted(found) == list(range(len(blocks.nodes)))


def test_every_edge_is_drawn_where_both_its_ends_are(blocks):
    """An edge that ends in a folded box is drawn in every picture that shows one of its ends."""
    found = {way for picture in pictures(blocks) for line in picture.lines for way in line.ways}
    assert found == set(range(len(blocks.edges)))


def test_modules_are_folded(blocks):
    """The whole graph shows the blocks; a block opens to its own nodes, and to where they lead."""
    first, *others = pictures(blocks)
    assert len(first.items) <= MOST
    titles = [item.title for item in kinds(first, "group")]
    assert "model.blocks[3]" in titles
    block = others[titles.index("model.blocks[3]")]
    assert block.up == 0
    assert {blocks.nodes[item.at].module.split("[1]")[0] for item in kinds(block, "leaf")} >= {"model.blocks[3][0]"}
    assert len(kinds(block, "from")) == len(kinds(block, "to")) == 1


def test_a_group_says_what_is_in_it(blocks):
    """Its ops, the leaves that only it uses, and all their nodes."""
    group = next(item for item in kinds(pictures(blocks)[0], "group") if item.title == "model.blocks[3]")
    assert group.leaves == 4
    assert len(group.nodes) == group.ops + group.leaves
    assert {blocks.nodes[k].module[:15] for k in group.nodes} == {"model.blocks[3]"}


def test_no_picture_has_a_cycle(blocks):
    """Every line leads to a lower layer, in each of them."""
    for picture in pictures(blocks):
        pairs = [(line.source, line.target) for line in picture.lines]
        deep = layers(len(picture.items), pairs)
        assert all(deep[source] < deep[target] for source, target in pairs)


def loop(rounds):
    w = torch.randn(4, 4, requires_grad=True)
    h = torch.zeros(4)
    for _ in range(rounds):
        h = torch.tanh(w @ h + 1)
    return pb.graph(h.sum()).record


def test_a_loop_folds_to_whole_rounds():
    """Three ops repeated are told as such, and a weight that all rounds use stands once, outside of them."""
    record = loop(200)
    first, *others = pictures(record)
    groups = kinds(first, "group")
    assert all(item.title.endswith("× (tanh, add, mv)") for item in groups)
    assert sum(item.ops for item in groups) == 600
    assert [item.at for item in kinds(first, "leaf")] == [len(record.nodes) - 1]
    assert max(len(picture.items) for picture in others) <= MOST


def test_rounds_are_found_wherever_they_begin():
    """The stretches cover everything, in order; a period is the shortest one."""
    assert stretches(list("xabcabcabcyz")) == [(0, 1, 1), (1, 10, 3), (10, 12, 1)]
    assert stretches(list("aaaa")) == [(0, 4, 1)]
    assert stretches([]) == []


def test_a_hundred_thousand_nodes_fold_without_recursion():
    """What would be too much to draw stays folded, and has no picture."""
    output = (OutputRecord((1,), "float32"),)
    nodes = tuple(NodeRecord("Mul", output, sequence=100_000 - k) for k in range(100_000))
    edges = tuple(EdgeRecord(k, 0, k + 1) for k in range(99_999))
    found = pictures(GraphRecord("deep", nodes, edges=edges))
    assert sum(len(picture.items) for picture in found) < 5_000
    assert any(item.at is None for picture in found for item in kinds(picture, "group"))


def test_an_op_with_very_many_leaves_is_drawn_whole():
    """There is nothing to fold in one op."""
    parts = [torch.ones(1, requires_grad=True) for _ in range(100)]
    (picture,) = pictures(pb.graph(torch.cat(parts).sum()).record)
    assert len(kinds(picture, "leaf")) == 100

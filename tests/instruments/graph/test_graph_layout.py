"""Where boxes go: layers downwards, nothing overlaps, few crossings, the same every time."""

import random
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from pytorch_basics.instruments.graph.layers import crossings, layered, layers, order
from pytorch_basics.instruments.graph.layout import layout

ROOT = Path(__file__).parents[3]


def random_graph(seed, boxes=40, edges=60):
    """Sizes and edges that go from an earlier box to a later one."""
    rng = random.Random(seed)
    sizes = [(rng.randint(60, 220), rng.randint(30, 80)) for _ in range(boxes)]
    return sizes, [tuple(sorted(rng.sample(range(boxes), 2))) for _ in range(edges)]


def overlap(at, sizes, a, b):
    apart_x = abs(at[a][0] - at[b][0]) * 2 >= sizes[a][0] + sizes[b][0]
    return not apart_x and abs(at[a][1] - at[b][1]) * 2 < sizes[a][1] + sizes[b][1]


@pytest.mark.parametrize("seed", range(8))
def test_no_two_boxes_overlap(seed):
    """Whatever the graph and the sizes; and everything lies inside the picture."""
    sizes, edges = random_graph(seed)
    placed = layout(sizes, edges)
    assert not [pair for pair in combinations(range(len(sizes)), 2) if overlap(placed.at, sizes, *pair)]
    for (x, y), (wide, high) in zip(placed.at, sizes, strict=True):
        assert wide // 2 <= x <= placed.width - wide // 2
        assert high // 2 <= y <= placed.height - high // 2


@pytest.mark.parametrize("seed", range(8))
def test_every_line_goes_down_from_its_source_to_its_target(seed):
    """It begins at the lower side of one box, ends at the upper side of the other, and never turns up."""
    sizes, edges = random_graph(seed)
    placed = layout(sizes, edges)
    for (source, target), line in zip(edges, placed.lines, strict=True):
        heights = [y for _, y in line]
        assert heights == sorted(heights)
        assert line[0][1] == placed.at[source][1] + sizes[source][1] // 2
        assert line[-1][1] == placed.at[target][1] - sizes[target][1] // 2
        assert abs(line[0][0] - placed.at[source][0]) <= sizes[source][0] // 2
        assert abs(line[-1][0] - placed.at[target][0]) <= sizes[target][0] // 2


@pytest.mark.parametrize("seed", range(8))
def test_a_line_that_passes_a_layer_runs_through_no_box(seed):
    """Its bends have a place of their own in each layer."""
    sizes, edges = random_graph(seed)
    placed = layout(sizes, edges)
    for line in placed.lines:
        for (x, top), (below, bottom) in zip(line[1:-1:2], line[2:-1:2], strict=True):
            assert x == below
            inside = [k for k, (_, y) in enumerate(placed.at) if top <= y <= bottom]
            assert all(abs(placed.at[k][0] - x) >= sizes[k][0] // 2 for k in inside)


def test_a_box_stands_one_layer_below_the_lowest_that_points_to_it():
    """The longest way from the top counts."""
    assert layers(4, [(0, 1), (1, 2), (0, 2), (2, 3), (0, 3)]) == [0, 1, 2, 3]


def test_a_tree_and_a_ladder_have_no_crossings():
    """Where none are needed, none are left."""
    tree = [((k - 1) // 3, k) for k in range(1, 40)]
    random.Random(0).shuffle(tree)
    ladder = [(k, k + 2) for k in range(20)] + [(k, k + 3) for k in range(0, 19, 2)]
    for count, edges in ((40, tree), (22, ladder)):
        parts = layered([50] * count, edges)
        assert crossings(order(parts), parts.below) == 0


def test_crossings_are_counted_right():
    """Against the definition: pairs of edges whose ends are in opposite order."""
    rng = random.Random(1)
    rows = [list(range(8)), [8 + k for k in rng.sample(range(8), 8)]]
    below = [rng.sample(range(8, 16), rng.randint(0, 4)) for _ in range(8)] + [[] for _ in range(8)]
    place = {k: n for n, k in enumerate(rows[1])}
    pairs = combinations([(k, place[j]) for k in range(8) for j in below[k]], 2)
    assert crossings(rows, below) == sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)


def test_a_chain_is_a_straight_line():
    """Side branches do not push the long way down out of its line."""
    chain = [(k, k + 1) for k in range(9)]
    leaves = [(k, 10 + k) for k in range(10)]
    placed = layout([(100, 40)] * 20, chain + leaves)
    assert max(x for x, _ in placed.at[:10]) - min(x for x, _ in placed.at[:10]) <= 4


def test_no_edges_and_no_boxes_are_drawn_too():
    """Lonely boxes stand beside one another; nothing at all has a size."""
    assert len({y for _, y in layout([(50, 20)] * 3, []).at}) == 1
    assert layout([], []).at == ()


def test_the_same_graph_looks_the_same_in_every_process():
    """Whatever the hash seed."""
    code = (
        "from tests.instruments.graph.test_graph_layout import random_graph, layout\n"
        "print([layout(*random_graph(seed)) for seed in range(3)])"
    )
    told = set()
    for seed in ("0", "1", "2"):
        env = {"PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True)
        assert run.stderr == ""
        told.add(run.stdout)
    assert len(told) == 1


def test_a_thousand_boxes_in_a_row_do_not_recurse():
    """Pictures are folded long before, but depth is no limit."""
    placed = layout([(60, 30)] * 3000, [(k, k + 1) for k in range(2999)])
    assert placed.height > 3000 * 30

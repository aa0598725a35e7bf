"""The text twin of a graph: for a terminal, a screen reader, a test, and a notebook that shows no HTML.

In goes a ``GraphRecord``, out comes text no wider than a terminal: each node under those that send it a gradient. A
long graph is folded by modules; ``only`` opens one, ``whole`` opens all. It never imports torch.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from textwrap import wrap

from pytorch_basics.instruments.graph import wording
from pytorch_basics.instruments.graph.record import GraphRecord, StopRecord
from pytorch_basics.instruments.trace.names import split
from pytorch_basics.instruments.trace.wording import size

WIDTH = 110
MOST_NODES = 40  # a longer graph is folded
MOST_FOLDS = 48  # modules that a folded one shows
MOST_OPS = 4  # kinds of op that are told of a module
MOST_ENDS = 12  # nodes at either end of a stretch without modules


def text(graph: GraphRecord, *, only: str = "", whole: bool = False) -> str:
    """The graph as text; ``only`` the nodes of one module, ``whole`` however many there are."""
    shown = [k for k, node in enumerate(graph.nodes) if _inside(node.module, only)]
    lines = [line for said in (wording.title(graph), *wording.remarks(graph)) for line in _wrapped(said, "")]
    if whole or len(shown) <= MOST_NODES:
        parts = [_node(graph, k) for k in shown]
        hidden = len(graph.nodes) - len(shown)
    else:
        folds = _folds(graph, shown, len(split(only)))
        parts = [part for module, members in folds.items() for part in _fold(graph, module, members)]
        hidden = len(graph.nodes) - sum(len(part) > 0 and part[0].startswith("[") for part in parts)
    for before, part in pairwise([["["], *parts]):  # nodes stand apart, folds together
        lines += ["", *part] if "[" in (before[0][0], part[0][0]) else part
    example = next((graph.nodes[k].module for k in shown if graph.nodes[k].module), "")
    return "\n".join([*lines, *_hidden(graph, hidden, example)])


def _inside(module: str, of: str) -> bool:
    return not of or split(module)[: len(split(of))] == split(of)


def _node(graph: GraphRecord, k: int) -> list[str]:
    """Everything about one node, the most important first."""
    node = graph.nodes[k]
    said = [wording.value(output) for output in node.outputs[:4]]
    said += wording.gradients(graph, k)
    if node.leaf:
        said.append(wording.leaf(node, graph.ran))
    said += [wording.settings(node), *_ways(graph, k)]
    said += [wording.saved(graph, k, one) for one in node.saved]
    said.append(wording.origin(node))
    head = f"[{k}]".ljust(5) + wording.heading(graph, k)
    lines = _wrapped(head, "")
    for one in said:
        lines += _wrapped(one, "     ") if one else []
    return lines


def _ways(graph: GraphRecord, k: int) -> list[str]:
    said = []
    for way in graph.leaving.get(k, ()):
        if isinstance(way, StopRecord):
            said.append(f"no gradient to {wording.stop(way)}")
        elif not graph.nodes[k].leaf:
            said.append(f"{wording.target(graph, way)} gets {wording.way(graph, way)}")
    return said


def _wrapped(said: str, indent: str) -> list[str]:
    return wrap(said, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}     ", break_long_words=False)


def _folds(graph: GraphRecord, shown: list[int], outer: int) -> dict[str, list[int]]:
    """The nodes of each module, as deep inside the model as still makes a readable number of modules."""
    paths = {k: split(graph.nodes[k].module) for k in shown}
    for depth in range(max(map(len, paths.values())), outer, -1):
        if len({path[:depth] for path in paths.values()}) <= MOST_FOLDS:
            break
    else:
        depth = outer + 1
    found: dict[str, list[int]] = {}
    for k in shown:
        found.setdefault("".join(paths[k][:depth]), []).append(k)
    return found


def _fold(graph: GraphRecord, module: str, members: list[int]) -> list[list[str]]:
    """One line for a module; nodes outside of every module one by one, but for the middle of a long stretch."""
    if module:
        return [_wrapped(_told(graph, module, members), "")]
    if len(members) <= 2 * MOST_ENDS:
        return [_node(graph, k) for k in members]
    first, last = members[:MOST_ENDS], members[-MOST_ENDS:]
    between = [f"… {len(members) - 2 * MOST_ENDS:,} nodes in no module …"]
    return [*(_node(graph, k) for k in first), between, *(_node(graph, k) for k in last)]


def _told(graph: GraphRecord, module: str, members: list[int]) -> str:
    """``model.h[0]  36 nodes: addmm 4, …; saves 1.2 MB; gradient in: norm ≈ 0.02 …``."""
    counts = Counter(wording.op(graph.nodes[k]) for k in members).most_common()
    ops = ", ".join(f"{op} {count}" for op, count in counts[:MOST_OPS]) + (", …" if counts[MOST_OPS:] else "")
    said = [f"{module}  {len(members):,} node{'s' if members[1:] else ''}: {ops}"]
    places = {saved.storage for k in members for saved in graph.nodes[k].saved if saved.storage is not None}
    if places:
        said.append(f"keeps {size(sum(graph.storages[place] for place in places))}")
    came = next((output.gradient for output in graph.nodes[members[0]].outputs if output.gradient), None)
    if came:
        said.append(f"gradient in: {wording.norm(came)}")
    return "; ".join(said)


def _hidden(graph: GraphRecord, count: int, module: str) -> list[str]:
    """How many nodes are not shown, and how to see them."""
    if not count:
        return []
    one = f'print(g.text(only="{module}")) shows one module, ' if module else ""
    said = f"{count:,} of {len(graph.nodes):,} nodes are not shown one by one: {one}print(g.text(whole=True)) all"
    return ["", *_wrapped(said, "")]

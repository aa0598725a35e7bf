"""Lets a deep graph that was looked at be freed without a crash.

PyTorch 2.13 keeps the Python object of a node for as long as the node lives, and frees a chain of such nodes by
recursion: about 50,000 in a row overflow the stack when the learner's loss goes, long after our look. So the first node
of every stretch holds the stretch, in its ``metadata``, in the order in which a list frees: first the nodes next to it.
A node is held only by one that leads to it, so nothing lives any longer than it would.

In go live nodes in a backward order and their edges; nothing comes out.
"""

from __future__ import annotations

from typing import Any

STRETCH = 1000  # nodes; a shorter graph is left alone
KEY = "pytorch_basics: freed in order"


def free_in_order(nodes: list[Any], edges: list[tuple[int, int, int, int]]) -> None:
    """Make the nodes of a long graph go one by one when they go. Of a short one nothing is touched."""
    if len(nodes) <= STRETCH:
        return
    first: dict[int, int] = {}  # the node at the head of each node's stretch
    for source, _, target, _ in edges:  # in the order of their sources, so a source has its head by now
        if source // STRETCH == target // STRETCH:
            first.setdefault(target, first.get(source, source))
    held: dict[int, list[int]] = {}
    for node in sorted(first, reverse=True):  # a list frees its last element first
        held.setdefault(first[node], []).append(node)
    for head, stretch in held.items():
        nodes[head].metadata[KEY] = [nodes[k] for k in stretch]

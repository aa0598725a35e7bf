"""The words and numbers of a graph: captions, gradients, what a node saved, where gradients stop, as sentences.

In go records, out comes text that ``text``, ``html`` and the still picture all use, so they cannot disagree.
"""

from __future__ import annotations

from pytorch_basics.instruments.graph.record import (
    EdgeRecord,
    GraphRecord,
    NodeRecord,
    NumbersRecord,
    OutputRecord,
    SavedRecord,
    StopRecord,
)
from pytorch_basics.instruments.graph.words import BROADCASTING, local, snake
from pytorch_basics.instruments.tensor.wording import caption, number
from pytorch_basics.instruments.trace.wording import size

MOST_VALUES = 8  # are written out; more are told by their norm
_MOSTLY = 0.9  # of a sample


def title(graph: GraphRecord) -> str:
    """``the autograd graph of loss: 4 ops, 1 leaf, 16 bytes saved for the backward pass``."""
    leaves = sum(1 for _ in graph.leaves)
    counts = f"{_count(len(graph.nodes) - leaves, 'op')}, {_count(leaves, 'leaf', 'leaves')}"
    kept = "saved tensors freed" if graph.freed else f"{size(graph.saved_bytes)} saved for the backward pass"
    return f"the autograd graph of {graph.name or 'the loss'}: {counts}, {kept}"


def remarks(graph: GraphRecord) -> list[str]:
    """Sentences about the whole graph: the backward pass, what is stale, what was freed, what could not be seen."""
    said = []
    if graph.ran and not graph.error:
        said.append(f"the backward pass ran through {_count(_steps(graph), 'node')}")
    elif graph.freed:
        said.append(
            f"a backward pass ran through this graph before and freed what {_count(graph.freed, 'node')} had saved: "
            "run the forward code again for a new one"
        )
    if graph.error:
        said.append(f"the backward pass ended in {_node_named(graph, graph.failed)} with {graph.error}")
    stale = [(k, saved) for k, node in enumerate(graph.nodes) for saved in node.saved if saved.state == "stale"]
    fails = "the reason" if graph.error else "backward will fail"
    for k, saved in stale[:3]:
        said.append(f"{fails}: {saved_title(graph, k, saved)} for {_node_named(graph, k)} {state(saved)}")
    if stale[3:]:
        said.append(f"and {_count(len(stale) - 3, 'other saved tensor')} changed since it was saved")
    return said + list(graph.notes)


def _steps(graph: GraphRecord) -> int:
    return sum(node.step is not None for node in graph.nodes)


def _node_named(graph: GraphRecord, k: int | None) -> str:
    return "a node" if k is None else f"[{k}] {op(graph.nodes[k])}"


def op(node: NodeRecord) -> str:
    """The op of a node as Python writes it: ``mul``, ``leaf``, ``mse_loss``; a learner's Function by its class."""
    return node.op if node.own else snake(node.op)


def heading(graph: GraphRecord, k: int) -> str:
    """``h = add  f32[4]``: the learner's name, if there is one, the op and what it gave."""
    node = graph.nodes[k]
    captions = ", ".join(caption(output.dtype, output.shape) for output in node.outputs[:4])
    if node.outputs[4:]:
        captions += f", … ({len(node.outputs)} outputs)"
    if node.leaf:
        return f"{node.name or 'leaf'}  {captions}{'' if not node.name else '  leaf'}"
    names = [output.name for output in node.outputs]
    called = ", ".join(name or "_" for name in names) if len(names) <= 4 else node.name
    return f"{called} = {op(node)}  {captions}" if any(names) else f"{op(node)}  {captions}"


def numbers(of: NumbersRecord | None) -> str:
    """What is known of a tensor's numbers: ``0.25 0.25``, ``norm 4.123``, ``norm ≈ 0.53 (from 4,096 of 65,536)``."""
    if of is None:
        return "none"
    if of.values and len(of.values) <= MOST_VALUES:
        return " ".join(map(number, of.values))
    return norm(of)


def norm(of: NumbersRecord) -> str:
    """The norm of a tensor's numbers, exact or estimated."""
    if not of.numel or of.norm is None:
        return "no numbers to read" if of.numel else "empty"
    if of.exact:
        return f"norm {number(of.norm)}"
    doubt = f", {100 * of.zeros // of.looked_at}% of them 0: a rough guess" if of.zeros > _MOSTLY * of.looked_at else ""
    return f"norm ≈ {number(of.norm)} (from {of.looked_at:,} of {of.numel:,}{doubt})"


def value(output: OutputRecord) -> str:
    """The numbers of an output where they are known and few, else empty."""
    return "" if output.value is None or not output.value.values else f"value {numbers(output.value)}"


def gradients(graph: GraphRecord, k: int) -> list[str]:
    """What arrived for each output of a node; where several ways meet, what each contributed."""
    said = []
    for nr, output in enumerate(graph.nodes[k].outputs):
        if output.gradient is None:
            continue
        which = f" for output {nr}" if len(graph.nodes[k].outputs) > 1 else ""
        said.append(f"gradient{which}  {numbers(output.gradient)}{_sum(graph, k, nr, output.gradient)}")
    return said


def _sum(graph: GraphRecord, k: int, nr: int, whole: NumbersRecord) -> str:
    """`` = 2.0 from [1] + 3.0 from [2]``; norms are told one by one, because they do not add up."""
    ways = [edge for edge in graph.arriving.get((k, nr), ()) if edge.contribution is not None]
    if len(graph.arriving.get((k, nr), ())) < 2:
        return _changed(ways, whole)
    parts = [f"{numbers(edge.contribution)} from [{edge.source}]" for edge in ways[:4]]
    parts += [f"{len(ways) - 4} others"] if ways[4:] else []
    exact = 0 < len(whole.values) <= MOST_VALUES
    return f" = {' + '.join(parts)}" if exact else f", the sum of {', '.join(parts)}"


def _changed(ways: list[EdgeRecord], whole: NumbersRecord) -> str:
    came = ways[0].contribution if ways else None
    if came is None or came == whole or came.norm != came.norm:
        return ""
    return f", made of {numbers(came)} by a hook of yours"


def leaf(node: NodeRecord, ran: bool) -> str:
    """What a leaf's ``.grad`` holds: ``.grad  none before, 1.5 1.5 after``."""
    if not ran:
        return f".grad  {numbers(node.held)}"
    added = " (added to what it held)" if node.held and node.held_after else ""
    return f".grad  {numbers(node.held)} before, {numbers(node.held_after)} after{added}"


def saved_title(graph: GraphRecord, k: int, saved: SavedRecord) -> str:
    """What a saved tensor is: ``self: h f32[4]``, ``result: its own result f32[4]``, ``mat2: w f32[2, 4]``."""
    if saved.state in ("packed", "freed"):
        return saved.slot
    if saved.name:
        who = saved.name
    elif saved.made_by is None:
        who = "a tensor without a history" if not saved.requires_grad else "a tensor of another graph"
    else:
        who = "its own result" if saved.made_by == k else f"the result of [{saved.made_by}]"
    return f"{saved.slot}: {who} {caption(saved.dtype, saved.shape)}"


def state(saved: SavedRecord) -> str:
    """What became of a saved tensor since, empty when it is as it was."""
    if saved.state == "packed":
        return "is held by saved-tensor hooks of yours (not read: reading would run them)"
    if saved.state == "freed":
        return "was freed by a backward pass"
    if saved.state != "stale":
        return ""
    by = f" by {saved.changed_at}" if saved.changed_at else ""
    return f"was changed since{by}: saved at version {saved.saved_version}, now at version {saved.version}"


def saved(graph: GraphRecord, k: int, of: SavedRecord) -> str:
    """One line about a saved tensor: what it is, its bytes, what became of it, who shares its storage."""
    became = state(of)
    if of.state in ("packed", "freed"):
        return f"saved {of.slot}  {became}"
    line = f"saved {saved_title(graph, k, of)}  {size(of.nbytes)}{shared(graph, of)}"
    return f"{line}  STALE: it {became}" if became else line


def shared(graph: GraphRecord, of: SavedRecord) -> str:
    """`` of a storage of 4 KB``, where more lies than this tensor."""
    if of.storage is None or graph.storages[of.storage] <= of.nbytes:
        return ""
    return f" of a storage of {size(graph.storages[of.storage])}"


def stop(of: StopRecord) -> str:
    """What it is that gets no gradient, and why: ``d f32[4]: detached from h``, ``the number 2``."""
    what = f"{of.name} {caption(of.dtype, of.shape)}".strip() if of.dtype else of.name or "a tensor"
    where = f", in {of.line}" if of.line else ""
    if of.why == "detached":
        return f"{what}: detached from {of.shares or 'a tensor that requires grad'}{where}"
    if of.why == "switched off":
        return f"{what}: computed from {of.shares or 'a tensor that requires grad'} while gradients were off{where}"
    if of.why == "no grad":
        return f"{what}: does not require grad"
    return f"the number {of.name}" if of.why == "number" and of.name else _UNKNOWN[of.why]


# Their derivatives hold a factor; the gradient goes back times its conjugate.
_CONJUGATED = frozenset(
    (
        *("Mul", "Div", "Reciprocal", "Pow", "Rpow", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tanh", "Sigmoid"),
        *("Mm", "Bmm", "Mv", "Dot", "Addmm"),
    )
)
_UNKNOWN = {"number": "a number", "unknown": "a number, or a tensor that does not require grad"}


def way(graph: GraphRecord, edge: EdgeRecord) -> str:
    """What a node does to the gradient on its way along an edge: the local derivative in words."""
    node = graph.nodes[edge.source]
    if node.own:
        return f"what the backward of {node.op} makes of the gradient"
    said = local(node.op, edge.argument, dict(node.settings))
    given = graph.nodes[edge.target].outputs[edge.output].shape
    stretched = node.op in BROADCASTING and node.outputs and node.outputs[0].shape != given
    if node.outputs and node.outputs[0].dtype.startswith("complex") and node.op in _CONJUGATED:
        said += " (of complex numbers, the conjugate of that)"
    return f"{said}; then summed, because broadcasting had stretched it" if stretched else said


def origin(node: NodeRecord) -> str:
    """Where a trace saw the node being made, ``made in fc1 by h = self.fc1(x)  (line 7 of net.py)``; else empty."""
    inside = f" in {node.module}" if node.module else ""
    return f"made{inside} by {node.line}" if node.line else ""


def settings(node: NodeRecord) -> str:
    """What else the derivative needs: ``exponent 2``, ``dim 1, keepdim False``."""
    return ", ".join(f"{name} {_setting(name, text)}" for name, text in node.settings if text)


def _setting(name: str, text: str) -> str:
    return _REDUCTIONS.get(text, text) if name == "reduction" else text


_REDUCTIONS = {"0": "none", "1": "mean", "2": "sum"}  # as PyTorch numbers them


def target(graph: GraphRecord, edge: EdgeRecord) -> str:
    """Who gets what goes along an edge: ``h [3]``, ``[3] add``."""
    node = graph.nodes[edge.target]
    name = node.outputs[edge.output].name
    return f"{name} [{edge.target}]" if name else f"[{edge.target}] {op(node)}"


def _count(of: int, one: str, many: str = "") -> str:
    return f"{of:,} {one if of == 1 else many or one + 's'}"

"""With a trace at hand: source lines, module paths, names inside calls, the line that made a saved tensor stale."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.trace.record import TraceRecord

NET = """
import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 4)
        self.fc2 = nn.Linear(4, 2)

    def forward(self, x):
        h = self.fc1(x)
        a = h.tanh()
        return self.fc2(a)
"""


def node(g, op):
    return next(node for node in g.nodes if node.op == op)


@pytest.fixture
def net(cell):
    torch.manual_seed(0)
    space = cell(NET)
    source = """
net = Net()
x = torch.ones(5, 3)
with pb.tracing() as t:
    loss = F.cross_entropy(net(x), torch.zeros(5).long())
"""
    return cell(source, pb=pb) | space


def test_every_node_has_its_line_and_its_op(net):
    """One chain: source line, op of the trace, node. A call that makes several nodes owns all of them."""
    g = pb.graph(net["loss"], trace=net["t"])
    assert node(g, "Tanh").line.startswith("a = h.tanh()  (line 14 of")
    assert node(g, "LogSoftmax").line == node(g, "NllLoss").line
    assert node(g, "NllLoss").line.startswith("loss = F.cross_entropy(")
    for made in g.nodes:
        assert (made.traced is None) == made.leaf
    ops = {made.op: net["t"].ops[made.traced].name for made in g.nodes if not made.leaf}
    assert "tanh" in ops["Tanh"]
    assert ops["LogSoftmax"] == ops["NllLoss"]
    assert "cross_entropy" in ops["NllLoss"]


def test_names_inside_calls_are_known(net):
    """Locals of a ``forward`` that is over: the trace saw them."""
    g = pb.graph(net["loss"], trace=net["t"])
    assert (node(g, "Tanh").name, g.nodes[g.find("h")].op) == ("a", "Addmm")


def test_the_modules_are_those_that_ran(net):
    """An activation belongs to the module whose forward called it; a parameter to where it is used."""
    g = pb.graph(net["loss"], trace=net["t"])
    modules = [net["t"].modules[net["t"].ops[made.traced].module].path for made in g.nodes if made.op == "Addmm"]
    assert [made.module for made in g.nodes if made.op == "Addmm"] == modules == ["fc2", "fc1"]
    assert {made.module for made in g.nodes if made.leaf} == {"fc1", "fc2"}


def test_the_record_of_a_trace_does_as_well_as_the_trace(net):
    """Also one that came back from JSON."""
    again = TraceRecord.from_json(net["t"].to_json())
    assert pb.graph(net["loss"], trace=again).record == pb.graph(net["loss"], trace=net["t"]).record


def test_the_line_that_made_a_saved_tensor_stale(cell):
    """The first write after it was saved, with both versions; the text says it above everything else."""
    source = """
import torch
with pb.tracing() as t:
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    loss = y.sum()
    y.mul_(2)
    y.add_(1)
g = pb.graph(loss, trace=t)
"""
    g = cell(source, pb=pb)["g"]
    (kept,) = node(g, "Exp").saved
    assert (kept.state, kept.saved_version, kept.version) == ("stale", 0, 2)
    assert kept.changed_at.startswith("y.mul_(2)  (line 7 of")
    said = "backward will fail: result: its own result f32[3] for [1] exp was changed since by y.mul_(2)"
    assert str(g).splitlines()[1].startswith(said)


def test_a_write_through_a_view_is_found_as_well(cell):
    """What was written into is another tensor with the same bytes."""
    source = """
import torch
with pb.tracing() as t:
    x = torch.ones(2, 3, requires_grad=True)
    h = x * 1
    loss = h.pow(2).sum()
    row = h[0]
    row.zero_()
g = pb.graph(loss, trace=t)
"""
    (kept,) = node(cell(source, pb=pb)["g"], "Pow").saved
    assert (kept.name, kept.state) == ("h", "stale")
    assert kept.changed_at.startswith("row.zero_()  (line 8 of")


def test_an_optimizer_step_between_two_passes_is_found(cell):
    """The classic: two losses, one step between them."""
    source = """
import torch
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
with pb.tracing() as t:
    first = net(torch.ones(1, 2)).sum()
    second = net(torch.ones(1, 2)).sum()
    first.backward()
    optimizer.step()
g = pb.graph(second, trace=t)
"""
    stale = [one for made in cell(source, pb=pb)["g"].nodes for one in made.saved if one.state == "stale"]
    assert stale
    assert all("optimizer.step()" in one.changed_at for one in stale)


def test_a_border_is_told_with_its_line(cell):
    """Detached and switched-off gradients are found any number of ops back, with the line that cut them."""
    source = """
import torch
with pb.tracing() as t:
    w = torch.ones(3, requires_grad=True)
    cut = (w * 2).detach()
    with torch.no_grad():
        off = w.exp()
    loss = (w * (cut + 1) + w * off.clone() + torch.ones(3)).sum()
g = pb.graph(loss, trace=t)
"""
    g = cell(source, pb=pb)["g"]
    told = {stop.why: stop for stop in g.stops}
    assert "cut = (w * 2).detach()  (line 5" in told["detached"].line
    assert "off = w.exp()" in told["switched off"].line
    assert told["switched off"].shares == "w"
    assert told["no grad"].shape == (3,)


def test_a_number_is_known_as_one():
    """The op had no other tensor, so what it added was a number."""
    x = torch.ones(3, requires_grad=True)
    with pb.tracing() as t:
        loss = (x + 1).sum()
    assert [stop.why for stop in pb.graph(loss, trace=t).stops] == ["number"]
    assert [stop.why for stop in pb.graph(loss).stops] == ["unknown"]


def test_a_trace_of_something_else_says_so():
    """A trace of another run knows nothing of this graph; the record has a note instead of wrong lines."""
    x = torch.ones(3, requires_grad=True)
    with pb.tracing() as t:
        torch.ones(2) + 1
    for loss in ((x * 2).sum(), (x.exp() * 3).mean()):
        g = pb.graph(loss, trace=t)
        assert {made.line for made in g.nodes} == {""}
        assert g.notes == ("the trace did not see this graph being made: trace the code that computes the loss",)


def test_a_graph_older_than_the_trace_has_no_lines_of_it():
    """Only what ran inside the ``with`` block is told."""
    x = torch.ones(3, requires_grad=True)
    h = x.exp()
    for _ in range(30):
        h = h * 1.5
    with pb.tracing() as t:
        loss = h.sum()
    g = pb.graph(loss, trace=t)
    assert node(g, "Sum").traced is not None
    assert node(g, "Exp").traced is None


def test_a_backward_pass_inside_the_trace_is_no_matter(net, cell):
    """Ops that autograd ran are not taken for those that made a node."""
    source = """
import torch
with pb.tracing() as t:
    x = torch.ones(3, requires_grad=True)
    first = (x * 2).sum()
    first.backward()
    second = (x * 3).exp().sum()
g = pb.graph(second, trace=t)
"""
    g = cell(source, pb=pb)["g"]
    assert {made.line.split("  (")[0] for made in g.nodes if not made.leaf} == {"second = (x * 3).exp().sum()"}


def test_the_backward_pass_can_be_traced_too():
    """``g.backward()`` inside a trace: the ops of the pass are the learner's backward, none are ours."""

    def step(run):
        x = torch.ones(300, requires_grad=True)
        with pb.tracing() as t:
            loss = (x * x).exp().sum()
            run(loss)
        return [(op.name, op.phase) for op in t.ops if op.phase == "backward"]

    assert step(lambda loss: pb.graph(loss).backward()) == step(lambda loss: loss.backward())


def test_looking_traces_nothing():
    """Inside a trace, ``pb.graph`` adds no op."""
    x = torch.ones(300, requires_grad=True)
    with pb.tracing() as t:
        loss = (x * x).sum()
        str(pb.graph(loss))
    assert [op.name for op in t.ops if op.phase == "forward"][1:] == [op.name for op in t.ops][1:]
    assert len(t.ops) == 2


def test_modules_of_a_trace_fold_a_long_graph():
    """``only=`` takes the paths as the trace says them."""
    model = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(12)])
    with pb.tracing() as t:
        loss = F.mse_loss(model(torch.ones(2, 4)), torch.zeros(2, 4))
    g = pb.graph(loss, trace=t)
    told = str(g)
    assert "nodes are not shown one by one" in told
    only = g.text(only=node(g, "Relu").module)
    assert "relu" in only
    assert len(only) < len(g.text(whole=True)) / 4

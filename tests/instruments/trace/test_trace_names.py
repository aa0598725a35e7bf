"""Lines, modules and names: where each op was called from, and what the learner calls its tensors."""

import linecache

import torch
from torch import nn

import pytorch_basics as pb


def name(t, use):
    return t.tensors[use.tensor].name


def told(t):
    """Each op as inputs → outputs, by their names."""
    return [([name(t, one) for one in op.inputs], [name(t, one) for one in op.outputs]) for op in t.ops]


def test_inputs_and_results_have_the_names_in_the_source():
    """What is given, assigned, unpacked or an attribute has its name; what nobody named has none."""

    class Box:
        pass

    def f(x, w):
        box = Box()
        h = x @ w
        box.total = h.sum()
        a, b = h.split(1)
        y: torch.Tensor = torch.relu(a) + b
        y += 1
        print(z := y * 2)
        return z.t()

    t = pb.trace(f, torch.ones(2, 3), torch.ones(3, 4))
    assert told(t) == [
        (["x", "w"], ["h"]),
        (["h"], ["box.total"]),
        (["h"], ["a", "b"]),
        (["a"], [""]),
        (["", "b"], ["y"]),
        (["y"], ["y"]),
        (["y"], ["z"]),
        (["z"], [""]),
    ]


def test_a_traced_block_knows_the_variables_around_it():
    """Names come from the source of the block and from the variables that hold tensors when it ends."""
    x = torch.ones(3)
    batches = [torch.ones(3)]
    with pb.tracing() as t:
        y = x * 2
        for batch in batches:
            z = torch.add(
                y,
                batch,
            )
    assert told(t) == [(["x"], ["y"]), (["y", "batch"], ["z"])]
    assert z.sum() == 9


def test_a_rebound_name_stands_for_each_of_its_tensors():
    """``x = x + 1`` names the old and the new one."""

    def f(x):
        x = x + 1
        return x * 2

    t = pb.trace(f, torch.ones(3))
    assert told(t) == [(["x"], ["x"]), (["x"], [""])]
    assert t.ops[0].inputs[0].tensor != t.ops[0].outputs[0].tensor


def test_parameters_have_the_names_of_state_dict():
    """``fc1.weight``, and their gradients ``fc1.weight.grad``; buffers too."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(3, 2)
            self.norm = nn.BatchNorm1d(2)

        def forward(self, x):
            h = self.fc1(x)
            return self.norm(h)

    model = Net()
    t = pb.trace(lambda: model(torch.ones(4, 3)).sum().backward())
    names = {one.name for one in t.tensors}
    assert {"fc1.weight", "fc1.bias", "norm.running_mean", "fc1.weight.grad", "h"} <= names
    assert {one.name for one in t.tensors if one.parameter} == {"fc1.weight", "fc1.bias", "norm.weight", "norm.bias"}


def test_modules_nest_as_they_ran():
    """Each call has its path, its class, its parent and its ops."""
    model = nn.Sequential(nn.Sequential(nn.Linear(3, 3), nn.ReLU()), nn.Identity())
    t = pb.trace(model, torch.ones(2, 3))
    assert [(m.path, m.kind, m.parent, m.first, m.end) for m in t.modules] == [
        ("", "Sequential", None, 0, 2),
        ("0", "Sequential", 0, 0, 2),
        ("0.0", "Linear", 1, 0, 1),
        ("0.1", "ReLU", 1, 1, 2),
        ("1", "Identity", 0, 2, 2),
    ]
    assert [op.module for op in t.ops] == [2, 3]


def test_two_models_in_one_trace_each_begin_at_their_root():
    """A loss module beside a model; the model called twice."""
    model, loss_fn = nn.Linear(3, 1), nn.MSELoss()
    with pb.tracing() as t:
        first = model(torch.ones(2, 3))
        loss = loss_fn(model(torch.ones(2, 3)), first)
    assert [(m.kind, m.path, m.parent) for m in t.modules] == [("Linear", "", None)] * 2 + [("MSELoss", "", None)]
    assert name(t, t.ops[-1].outputs[0]) == "loss"
    assert name(t, t.ops[1].outputs[0]) == "first"
    assert loss == 0


def test_a_part_of_a_model_that_ran_before_keeps_its_path():
    """Called by itself afterwards, or from inside another model, it is where it is in its own model."""
    model = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 3), nn.ReLU()))

    class Borrows(nn.Module):
        def forward(self, x):
            return model[1](x)

    with pb.tracing() as t:
        x = model(torch.ones(2, 3))
        model[1](x)
        assert Borrows()(x).shape == (2, 3)
    assert [(m.path, m.kind, m.parent) for m in t.modules[5:]] == [
        ("1", "Sequential", None),
        ("1.0", "Linear", 5),
        ("1.1", "ReLU", 5),
        ("", "Borrows", None),
        ("1", "Sequential", 8),
        ("1.0", "Linear", 9),
        ("1.1", "ReLU", 9),
    ]


def test_a_module_that_was_entered_before_the_trace_is_no_trouble():
    """A trace that begins inside ``forward`` sees what is below."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)

        def forward(self, x):
            with pb.tracing() as self.t:
                x = self.fc(x)
            return x * 2

    model = Net()
    model(torch.ones(1, 2))
    assert [(m.path, m.kind) for m in model.t.modules] == [("", "Linear")]
    assert model.t.lines[model.t.ops[0].line].text.strip() == "x = self.fc(x)"


def test_lines_are_the_learner_s_not_pytorch_s():
    """The innermost frame outside of PyTorch: the call of a layer, not the layer's own code."""
    model = nn.Sequential(nn.Linear(3, 3), nn.ReLU())

    def f(x):
        y = model(x)
        return nn.functional.mse_loss(y, x)

    t = pb.trace(f, torch.ones(2, 3))
    assert [t.lines[op.line].text.strip() for op in t.ops] == ["y = model(x)"] * 2 + [
        "return nn.functional.mse_loss(y, x)"
    ]
    assert told(t) == [(["x", "0.weight", "0.bias"], [""]), ([""], ["y"]), (["y", "x"], [""])]
    assert {line.function.rpartition(".")[2] for line in t.lines} == {"f"}
    assert all(line.file == __file__ for line in t.lines)


def test_only_lines_that_ran_an_op_are_listed():
    """A module called in a loop of the learner's is no line of its own when its ops stand elsewhere."""

    class Double(nn.Module):
        def forward(self, x):
            return x * 2

    def f(x):
        for layer in [Double(), Double()]:
            x = layer(x)
        return x

    t = pb.trace(f, torch.ones(2))
    assert [line.text.strip() for line in t.lines] == ["return x * 2"]
    assert told(t) == [(["x"], ["x"]), (["x"], ["x"])]


def test_lines_of_a_notebook_cell_are_found(cell):
    """A cell is no file, but its source is known."""
    source = "x = torch.ones(3)\nwith pb.tracing() as t:\n    total = x.sum()\n    y = total * 2\n"
    t = cell(source, torch=torch, pb=pb)["t"]
    assert [(line.number, line.text) for line in t.lines] == [(3, "    total = x.sum()"), (4, "    y = total * 2")]
    assert told(t) == [(["x"], ["total"]), (["total"], ["y"])]


def test_code_without_source_has_line_numbers():
    """What was compiled from a string nobody keeps is traced all the same."""
    space = {"torch": torch}
    exec(compile("def f(x):\n    y = x + 1\n    return y * 2\n", "<nowhere>", "exec"), space)
    t = pb.trace(space["f"], torch.ones(2))
    assert [(line.number, line.text) for line in t.lines] == [(2, ""), (3, "")]


def test_a_folder_called_torch_something_is_not_pytorch(tmp_path):
    """``torchvision``, ``torch_lessons`` and the like are the learner's, as far as lines go."""
    folder = tmp_path / "torch_lessons"
    folder.mkdir()
    path = folder / "mine.py"
    path.write_text("def f(x):\n    return x * 3\n")
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    linecache.checkcache(str(path))
    t = pb.trace(space["f"], torch.ones(2))
    assert [(line.file, line.text) for line in t.lines] == [(str(path), "    return x * 3")]


def test_functions_of_pytorch_itself_are_traced_at_the_line_that_calls():
    """``pb.trace(torch.relu, x)`` and a whole layer called directly."""
    t = pb.trace(torch.relu, torch.ones(2))
    assert [op.name for op in t.ops] == ["torch.relu"]
    assert "pb.trace(torch.relu" in t.lines[0].text
    assert [op.name for op in pb.trace(nn.Linear(2, 2), torch.ones(1, 2)).ops] == ["nn.functional.linear"]


def test_expressions_in_comprehensions_lambdas_and_nested_calls():
    """None of them confuses lines or names."""

    def f(x):
        parts = [part * 2 for part in x]
        square = lambda v: v * v  # noqa: E731  # the test is about a lambda
        return torch.stack(parts), square(x), torch.cat([torch.relu(x), x])

    t = pb.trace(f, torch.ones(2))
    assert [t.lines[op.line].number for op in t.ops] == sorted(t.lines[op.line].number for op in t.ops)[:3] + [
        t.lines[op.line].number for op in t.ops[3:]
    ]
    squared = next(op for op in t.ops if op.name == "Tensor.mul" and len(op.inputs) == 2)
    assert name(t, squared.inputs[0]) == "x"
    assert [name(t, use) for use in t.ops[-1].inputs] == ["", "x"]


def test_the_title_is_the_call_as_it_was_written():
    """With the arguments' source text."""
    x = torch.ones(2)
    assert pb.trace(torch.relu, x).title == "torch.relu(x)"
    assert pb.trace(torch.sum, x, dim=0).title == "torch.sum(x, dim=…)"

"""How a trace folds: modules nest, what repeats becomes one row, and no op is lost."""

import pytest

from pytorch_basics.instruments.trace import fold
from pytorch_basics.instruments.trace.fold import Backward, Call, Op, Repeat
from pytorch_basics.instruments.trace.record import ModuleRecord, OpRecord, TensorRecord, TraceRecord, UseRecord


class Writer:
    """Writes a trace by hand: ``with w.call("fc1", "Linear"): w.op("linear")``."""

    def __init__(self):
        self.ops, self.modules, self.tensors, self.open = [], [], [], []

    def op(self, name, phase="forward", line=0, sequence=None, shape=(2, 3), module="now"):
        module = (self.open[-1] if self.open else None) if module == "now" else module
        self.tensors.append(TensorRecord("", shape, "float32", "cpu", None, False, False, len(self.ops)))
        use = (UseRecord(len(self.tensors) - 1, None, 0),)
        self.ops.append(OpRecord(name, "new", phase, (), use, (), line, module, 0, 0, sequence=sequence))

    def call(self, path, kind, *inside):
        """One module call around what the functions of ``inside`` write."""
        at = len(self.modules)
        parent = self.open[-1] if self.open else None
        self.modules.append(None)
        self.open.append(at)
        first = len(self.ops)
        for step in inside:
            step()
        self.open.pop()
        self.modules[at] = ModuleRecord(path, kind, parent, first, len(self.ops))

    def record(self):
        return TraceRecord("", tuple(self.ops), tuple(self.tensors), modules=tuple(self.modules))


def outline(trace, rows=None, deep=0):
    """The titles of all rows, indented."""
    rows = fold.rows(trace) if rows is None else rows
    lines = []
    for row in rows:
        lines.append("  " * deep + fold.title(trace, row))
        lines += outline(trace, fold.inside(row), deep + 1)
    return lines


@pytest.fixture
def w():
    return Writer()


def block(w, k, shape=(2, 3)):
    w.call(f"h.{k}", "Block", lambda: w.op("linear", shape=shape), lambda: w.op("add"))


def test_modules_nest_and_ops_keep_their_order(w):
    """Ops before, inside and after a module's call; a module that ran one op is one line."""
    w.op("mul")
    fc = lambda: w.call("fc", "Linear", lambda: w.op("linear"))  # noqa: E731  # a step of the program below
    w.call("", "Net", fc, lambda: w.op("relu"))
    w.op("sum")
    assert outline(w.record()) == ["mul", "Net", "  fc (Linear)", "  relu", "sum"]
    assert [fold.only_op(row) for row in fold.rows(w.record())] == [0, None, 3]


def test_calls_of_one_structure_fold_into_one_row(w):
    """Twelve blocks are one row that says so, with the paths of the first and the last."""
    w.op("embedding")
    for k in range(12):
        block(w, k)
    w.op("mean")
    trace = w.record()
    assert outline(trace) == [
        "embedding",
        "12 × Block (h.0 … h.11)",
        *("  h.0 (Block)", "    linear", "    add"),
        "mean",
    ]
    assert list(fold.ops(*fold.rows(trace))) == list(range(26))


def test_another_shape_or_another_line_is_another_structure(w):
    """Only what is alike in kinds, ops, shapes and lines repeats."""
    block(w, 0)
    block(w, 1, shape=(9, 9))
    assert not any(isinstance(row, Repeat) for row in fold.rows(w.record()))
    w.call("a", "Block", lambda: w.op("exp", line=1), lambda: w.op("log", line=2))
    w.call("b", "Block", lambda: w.op("exp", line=1), lambda: w.op("log", line=3))
    assert not any(isinstance(row, Repeat) for row in fold.rows(w.record()))


def test_rounds_of_several_rows_fold_as_well(w):
    """Twenty times Linear and ReLU, in one Sequential."""
    for k in range(0, 40, 2):
        w.call(f"{k}", "Linear", lambda: w.op("linear"))
        w.call(f"{k + 1}", "ReLU", lambda: w.op("relu"))
    (repeat,) = fold.rows(w.record())
    assert fold.title(w.record(), repeat) == "20 × (Linear, ReLU)"
    assert len(repeat.rounds) == 20
    assert len(repeat.rows) == 40


def test_a_short_function_never_folds(w):
    """Seven equal ops are seven lines; a hundred rounds of two ops in a loop are one row."""
    for _ in range(7):
        w.op("relu")
    assert len(fold.rows(w.record())) == 7
    again = Writer()
    for _ in range(100):
        again.op("mul")
        again.op("add")
    assert [fold.title(again.record(), row) for row in fold.rows(again.record())] == ["100 × (mul, add)"]


def test_the_steps_of_a_training_loop_fold(w):
    """A round may hold modules, plain ops and a backward pass."""
    for step in range(5):
        number = 10 * step
        w.call("fc", "Linear", lambda: w.op("view"), lambda n=number: w.op("linear", sequence=n))
        w.op("mse_loss", sequence=number + 1)
        w.op("mse_loss_backward", "backward", sequence=number + 1)
        w.op("mm", "backward", sequence=number)
        w.op("sgd")
    (repeat,) = fold.rows(w.record())
    assert fold.title(w.record(), repeat) == "5 × (Linear, mse_loss, backward, …)"
    assert [type(row) for row in repeat.rounds[0]] == [Call, Op, Backward, Op]


def test_backward_ops_stand_with_the_module_whose_forward_made_their_node(w):
    """The sequence number that autograd gives both is the link; a call that made several nodes has the last one's."""
    fc = [lambda k=k: w.call(f"fc{k}", "Linear", lambda: w.op("linear", sequence=10 * k)) for k in (1, 2)]
    w.call("", "Net", *fc)
    w.op("ones_like", "backward")
    w.op("view", "backward", sequence=19)
    w.op("mm", "backward", sequence=20)
    w.op("detach", "backward")
    w.op("mm", "backward", sequence=9)
    assert outline(w.record())[3:] == [
        "backward",
        "  ones_like",
        "  Net",
        *("    fc2 (Linear)", "      view", "      mm", "      detach"),
        "    fc1 (Linear)",
    ]


def test_a_module_that_ran_no_op_keeps_its_place(w):
    """An Identity between two ops, and one at the end of a block."""
    quiet = lambda: w.call("drop", "Identity")  # noqa: E731  # a step of the program below
    w.call("", "Net", lambda: w.op("exp"), quiet, lambda: w.op("log"), quiet)
    w.op("sum")
    assert outline(w.record()) == ["Net", "  exp", "  drop (Identity)", "  log", "  drop (Identity)", "sum"]
    empty = Writer()
    empty.call("", "Identity")
    assert outline(empty.record()) == ["Identity"]


def test_a_trace_opens_as_deep_as_fits(w):
    """The deepest level at which at most so many lines show."""
    w.call("", "Net", *[lambda k=k: block(w, k, (k, 1)) for k in range(10)])
    rows = fold.rows(w.record())
    assert [fold.depth(rows, most) for most in (1, 10, 11, 30, 31, 100)] == [0, 0, 1, 1, 2, 2]
    assert fold.depth((), 5) == 0


def test_nothing_is_lost_in_a_long_trace(w):
    """Every op is in exactly one row, whatever repeats inside what."""
    for k in range(60):
        stage = [lambda k=k, j=j: block(w, f"{k}.{j}", (k % 7, j // 3)) for j in range(6)]
        w.call(f"stage.{k}", "Stage", *stage)
        w.op("add")
    trace = w.record()
    assert list(fold.ops(*fold.rows(trace))) == list(range(len(trace.ops)))

"""The text twin, line for line (``UPDATE_GOLDENS=1`` rewrites the goldens), and what holds for every text."""

import os
import re
from pathlib import Path

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.trace.text import text

GOLDEN = Path(__file__).with_name("golden")


def through_a_view():
    def f(h):
        v = h[:, 0]
        v.mul_(2)
        same = h.contiguous()
        turned = same.t().reshape(6)
        return turned.sum()

    return pb.trace(f, torch.ones(2, 3))


def training_step():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.rand(5, 2), torch.rand(5)
    with pb.tracing() as t:
        prediction = model(x)
        loss = ((prediction - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return t


def failed():
    def f(x):
        weight = torch.ones(5, 7)
        return torch.relu(x) @ weight

    return pb.trace(f, torch.ones(2, 3))


def blocks():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.up, self.down = nn.LayerNorm(8), nn.Linear(8, 16), nn.Linear(16, 8)

        def forward(self, x):
            return x + self.down(torch.relu(self.up(self.norm(x))))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.h = nn.ModuleList(Block() for _ in range(24))

        def forward(self, x):
            for block in self.h:
                x = block(x)
            return x

    return pb.trace(Net(), torch.ones(2, 8))


def nothing():
    return pb.trace(lambda: None)


PROGRAMS = [through_a_view, training_step, failed, blocks, nothing]


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)
def test_the_text_is_the_golden_one(make):
    """Every line of the text twin is as it was agreed; source lines are counted from the program's first."""
    path = GOLDEN / f"{make.__name__}.txt"
    written = relative(str(make()), make.__code__.co_firstlineno) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")


def relative(written, first):
    """Line numbers as distances from the program's ``def``, so that editing this file moves no golden."""
    shift = lambda match: f"{int(match[0]) - first:>{len(match[0])}}"  # noqa: E731  # used three times below
    table, lines = "", []
    for line in written.splitlines():
        table = line[:4] if line.startswith(("op  ", "line  ")) else table if line else ""
        if table == "op  " and re.match(r" *\d+ \w", line):
            line = re.sub(r"\d+$", shift, line)
        elif table == "line":
            line = re.sub(r"^ *\d+", shift, line)
        lines.append(re.sub(r"(?<=line )\d+", lambda match: shift(match).strip(), line))
    return "\n".join(lines)


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("whole", [False, True])
def test_no_line_is_wider_than_asked_and_none_ends_in_a_space(make, width, whole):
    """Whatever the width."""
    for line in text(make().record, width=width, whole=whole).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


def test_columns_stand_under_their_headings():
    """Kinds, outputs, bytes and lines are aligned."""
    lines = str(training_step()).splitlines()
    head = next(k for k, line in enumerate(lines) if line.startswith("op "))
    at = lines[head].index("kind")
    kinds = {line[at:].split(" ")[0] for line in lines[head + 1 :] if re.match(r" *\d+ \w+\.", line)}
    assert kinds <= {"view", "copy", "new", "none", "in-place", "no-op", "failed"}
    assert len(kinds) >= 4


def test_the_sums_by_line_are_the_totals():
    """Ops, bytes and FLOPs of the lines add up to what stands at the top."""
    t = training_step()
    assert sum(1 for op in t.ops if op.line is not None) == len(t.ops)
    assert sum(t.bytes_per_line.values()) == t.new_bytes
    assert f"{len(t.ops)} ops" in str(t).splitlines()[1]
    assert f"{t.flops} FLOPs · {t.macs} MACs" in str(t).splitlines()[1]


def test_a_long_trace_is_folded_and_can_be_had_whole():
    """24 equal blocks are one row with the first inside; ``whole`` has a row for every op."""
    t = blocks()
    assert "24 × Block (h.0 … h.23)" in str(t)
    assert len(str(t).splitlines()) < 40
    whole = text(t.record, whole=True)
    assert all(re.search(rf"^ *{k} \w", whole, re.MULTILINE) for k in range(len(t.ops)))
    assert "h.23.down (Linear)" in whole


def test_what_looks_unmeant_and_what_failed_cannot_be_missed():
    """A warning at the top, the error at the end."""
    warning = "! op 3, Tensor.sub: broadcasts (5, 1) with (5,) to (5, 5): looks unmeant"
    assert str(training_step()).splitlines()[2] == warning
    last = str(failed()).splitlines()[-3:]
    assert last[0].startswith("✗ failed: op 2, Tensor.matmul, line ")
    assert last[1] == "  inputs: f32[2, 3], weight f32[5, 7]"
    assert last[2] == "  RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 5x7)"

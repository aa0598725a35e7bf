"""Errors inside what is traced, and errors in how tracing is called."""

from contextlib import suppress

import pytest
import torch
from torch import nn

import pytorch_basics as pb


def bad(x):
    w = torch.ones(5, 7)
    h = x * 2
    return h @ w


def test_an_error_ends_the_record_at_the_op_that_failed():
    """The ops before it, then the failed one with its inputs, then nothing; the trace itself does not raise."""
    t = pb.trace(bad, torch.ones(2, 3))
    assert [(op.name, op.kind) for op in t.ops] == [
        ("torch.ones", "new"),
        ("Tensor.mul", "new"),
        ("Tensor.matmul", "failed"),
    ]
    assert [(t.tensors[use.tensor].name, t.tensors[use.tensor].shape) for use in t.ops[-1].inputs] == [
        ("h", (2, 3)),
        ("w", (5, 7)),
    ]
    assert (t.error.kind, t.error.op) == ("RuntimeError", 2)
    assert "mat1 and mat2 shapes cannot be multiplied" in t.error.message
    assert t.lines[t.error.line].text.strip() == "return h @ w"


def test_the_result_of_a_trace_that_failed_says_why_there_is_none():
    """``.result`` names the error and what to write."""
    t = pb.trace(bad, torch.ones(2, 3))
    said = r"bad\(torch.ones\(2, 3\)\) raised RuntimeError: mat1 and mat2 .*Write instead: print"
    with pytest.raises(ValueError, match=said):
        _ = t.result


def test_an_error_in_a_block_goes_on_and_the_record_stays():
    """``with pb.tracing()`` hides nothing."""
    with pytest.raises(RuntimeError, match="mat1 and mat2"), pb.tracing() as t:
        bad(torch.ones(2, 3))
    assert t.ops[-1].kind == "failed"
    assert t.error.op == len(t.ops) - 1


def test_an_error_that_no_op_raised_has_no_op():
    """A learner's own exception between two ops."""

    def f(x):
        x * 2
        raise KeyError("mine")

    t = pb.trace(f, torch.ones(2))
    assert (t.error.kind, t.error.op, t.error.message) == ("KeyError", None, "'mine'")
    assert t.lines[t.error.line].text.strip() == 'raise KeyError("mine")'
    assert [op.kind for op in t.ops] == ["new"]


def test_an_error_that_was_caught_is_no_error_of_the_trace():
    """The failed op is there; the trace is whole."""

    def f(x):
        try:
            x @ torch.ones(5, 7)
        except RuntimeError:
            return x * 2

    t = pb.trace(f, torch.ones(2, 3))
    assert [op.kind for op in t.ops] == ["new", "failed", "new"]
    assert t.error is None
    assert t.result.shape == (2, 3)


def test_an_error_in_a_module_or_in_backward_is_found():
    """Through the layers of PyTorch to the learner's line."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(5, 1))
    t = pb.trace(model, torch.ones(2, 3))
    assert (t.ops[-1].kind, t.modules[t.ops[-1].module].path) == ("failed", "1")
    w = torch.ones(3, requires_grad=True)

    def stale():
        h = w.exp()
        loss = h.sum()
        h.mul_(2)
        loss.backward()

    t = pb.trace(stale)
    assert t.ops[t.error.op].name == "Tensor.backward"
    assert "modified by an inplace operation" in t.error.message
    storage = t.tensors[t.ops[0].outputs[0].tensor].storage
    assert t.lines[t.ops[t.last_write(storage)].line].text.strip() == "h.mul_(2)"


def test_the_modules_around_an_error_are_closed():
    """What is traced after a caught error is not inside the module that failed."""
    model = nn.Sequential(nn.Linear(5, 1))

    def f(x):
        with suppress(RuntimeError):
            model(x)
        return x * 2

    t = pb.trace(f, torch.ones(2, 3))
    assert t.ops[-1].module is None
    assert [m.end for m in t.modules] == [1, 1]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_goes_on(kind):
    """Ctrl-C is not swallowed, and everything is switched off."""

    def f(x):
        raise kind

    with pytest.raises(kind):
        pb.trace(f, 1)
    assert torch._C._len_torch_dispatch_stack() == 0
    assert torch._C._len_torch_function_stack() == 0


def test_what_has_been_called_already_is_not_what_is_traced():
    """The model and its input, apart."""
    model, x = nn.Linear(3, 1), torch.ones(2, 3)
    with pytest.raises(TypeError, match=r"pb.trace: fn is tensor.*wanted a function or a module.*pb.trace\(model, x\)"):
        pb.trace(model(x))
    y = model(x)
    with pytest.raises(TypeError, match=r"pb.trace\(model, x\): what is called first"):
        pb.trace(y)
    with pytest.raises(TypeError, match=r"pb.trace\(print\)"):
        pb.trace(print())


def test_a_generator_function_would_run_nothing():
    """Its body runs when it is iterated: write that."""

    def batches(n):
        yield torch.ones(n)

    with pytest.raises(ValueError, match=r"batches is a generator function.*pb.trace\(lambda: list\(batches\(3\)\)\)"):
        pb.trace(batches, 3)
    with pytest.raises(TypeError, match=r"pb.trace\(lambda: list\(batches\(3\)\)\)"):
        pb.trace(batches(3))
    assert len(pb.trace(lambda: list(batches(3))).ops) == 1


def test_a_coroutine_function_would_run_nothing():
    """Nor does calling an ``async def``."""

    async def later():
        return torch.ones(3)

    with pytest.raises(ValueError, match=r"coroutine function.*pb.trace\(lambda: asyncio.run\(later\(\)\)\)"):
        pb.trace(later)


def test_a_function_that_returns_a_generator_is_noted():
    """What it makes runs after the trace."""

    def f(x):
        return (part * 2 for part in x)

    t = pb.trace(f, torch.ones(2))
    assert len(t.notes) == 1
    assert "returned a generator, whose body runs later" in t.notes[0]
    assert "Write instead: pb.trace(lambda: list(f(torch.ones(2))))" in t.notes[0]


def test_a_function_that_does_nothing_is_noted():
    """Nothing ran and nothing came back; a step that returns nothing is an ordinary thing."""
    t = pb.trace(lambda: None)
    assert t.notes == ("No PyTorch op ran, and nothing came back: is this the function that you meant?",)
    assert t.result is None
    assert "No PyTorch op ran" in str(t)
    assert pb.trace(lambda: 3).result == 3


def test_only_known_values_are_asked_for():
    """``values`` is stats, copy or nothing."""
    with pytest.raises(ValueError, match=r"pb.tracing: values is 'all' \(str\); wanted \"stats\", \"copy\" or None"):
        pb.tracing(values="all")


def test_a_trace_runs_once_and_is_read_afterwards():
    """Not inside its own block, and not twice."""
    with pb.tracing() as t:
        torch.ones(3)
        with pytest.raises(ValueError, match=r"still running.*after the with block"):
            _ = t.record
    assert len(t.ops) == 1
    with pytest.raises(ValueError, match="already run"), t:
        pass


def test_wrong_arguments_are_the_function_s_own_error():
    """As without a trace, in the record."""
    t = pb.trace(torch.relu)
    assert t.error.kind == "TypeError"
    assert t.ops == ()
    t = pb.trace(nn.Linear(2, 2), torch.ones(1, 2), 3)
    assert t.error.kind == "TypeError"


def test_keyword_arguments_all_go_to_the_function():
    """None is ours: not ``values``, not ``fn``."""

    def f(x, values, fn):
        return x * values * fn

    assert pb.trace(f, x=torch.ones(2), values=2, fn=3).result.tolist() == [6, 6]

"""The record as data: JSON, values when asked for, what ``Trace`` passes on, how it shows."""

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.trace.record import TraceRecord


def program():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    x, w = torch.rand(2, 3), torch.rand(2, 4)

    def f():
        h = model(x)
        v = h[:, 0]
        (h * w).sum().backward()
        v.detach().mul_(2)
        return h @ torch.ones(7, 7)

    return f


def test_json_and_back_is_loss_free():
    """Equal records, whatever was in them: errors, writes, modules, values."""
    with pytest.raises(RuntimeError), pb.tracing(values="stats") as t:
        program()()
    record = t.record
    assert TraceRecord.from_json(record.to_json()) == record
    assert TraceRecord.from_json(t.to_json()) == record
    with pytest.raises(ValueError, match="wanted the JSON of a TraceRecord"):
        TraceRecord.from_json('{"is": "Other"}')


def test_a_trace_is_as_its_record():
    """Attributes, text and HTML are the record's; the record is made once."""
    t = pb.trace(torch.relu, torch.ones(3))
    assert t.record is t.record
    assert (t.ops, t.flops, t.peak_bytes) == (t.record.ops, t.record.flops, t.record.peak_bytes)
    assert str(t) == repr(t) == str(t.record)
    shown = t._repr_mimebundle_()
    assert set(shown) == {"text/html", "text/plain"}
    assert shown["text/plain"] == str(t)
    with pytest.raises(AttributeError):
        _ = t.nothing
    with pytest.raises(AttributeError):
        _ = t._nothing


def test_values_are_not_kept_unless_asked():
    """No statistics, no copies."""
    t = pb.trace(torch.relu, torch.ones(3))
    assert all(op.stats == () for op in t.ops)
    with pytest.raises(ValueError, match=r"copy: no values were kept.*pb.tracing\(values=\"copy\"\)"):
        t.copy(0)


def test_statistics_are_of_the_moment():
    """What an op returned then, not what became of it; of up to 4,096 elements."""
    with pb.tracing(values="stats") as t:
        x = torch.tensor([1.0, 2.0, float("nan"), 6.0])
        x.zero_()
        torch.arange(10_000.0)
        torch.tensor([1, 2], dtype=torch.bfloat16)
        torch.zeros(0)
        torch.ones(2, device="meta")
        torch.ones(2, dtype=torch.complex64).conj() * 2j
    first, zeroed, large, half, empty, meta, *_, imaginary = [op.stats[0] for op in t.ops]
    assert (first.smallest, first.largest, first.mean, first.nans, first.exact) == (1, 6, 3, 1, True)
    assert (zeroed.smallest, zeroed.largest, zeroed.nans) == (0, 0, 0)
    assert (large.looked_at <= 4096, large.exact, large.smallest) == (True, False, 0)
    assert (half.smallest, half.largest) == (1, 2)
    assert empty is None
    assert meta is None
    assert (imaginary.of, imaginary.mean) == ("magnitudes", 2)


def test_copies_are_of_the_moment():
    """``values="copy"`` keeps what each op returned, as tensors of their own."""
    with pb.tracing(values="copy") as t:
        x = torch.ones(3)
        x.mul_(2)
        x.split(1)
    assert t.copy(0).tolist() == [1, 1, 1]
    assert t.copy(1).tolist() == [2, 2, 2]
    assert t.copy(2, 1).tolist() == [2]
    assert t.copy(0).data_ptr() != x.data_ptr()
    assert t.ops[0].stats[0].mean == 1


def test_asking_for_values_changes_no_result():
    """Nor any version, gradient or random number."""

    def run(values):
        torch.manual_seed(0)
        w = torch.rand(5, requires_grad=True)
        with pb.tracing(values=values):
            h = nn.functional.dropout(w * 2)
            h.mul_(3)
            h.sum().backward()
        return [w.grad, h.detach(), torch.rand(2), torch.tensor(h._version)]

    plain = run(None)
    for values in ("stats", "copy"):
        assert all(torch.equal(a, b) for a, b in zip(plain, run(values), strict=True))


def test_storages_tell_their_life():
    """Made by an op, freed before one, found again by their key while they live."""

    def f(x):
        y = x * 2
        z = y + 1
        del y
        return z * 3

    x = torch.ones(4)
    t = pb.trace(f, x)
    lives = [(one.nbytes, one.made_by, one.freed_before) for one in t.storages]
    assert lives == [(16, None, None), (16, 0, 2), (16, 1, 3), (16, 2, None)]
    result = t.result.untyped_storage()
    (alive,) = [one for one in t.storages if one.key == result._cdata and one.freed_before is None]
    assert alive.made_by == 2


def test_tensors_that_no_op_used_are_left_out():
    """A frame full of tensors does not fill the record."""
    unused = [torch.ones(3) for _ in range(5)]
    other = torch.ones(3)
    x = torch.ones(3)
    with pb.tracing() as t:
        x.add_(1)
    assert [one.name for one in t.tensors] == ["x"]
    assert len(t.storages) == 1
    assert unused[0] is not other


def test_every_position_points_at_something():
    """Lines, modules, tensors, storages: no index is out of range, sums agree, in forward and backward."""
    t = pb.trace(program())
    for k, op in enumerate(t.ops):
        assert op.line is None or op.line < len(t.lines)
        assert op.module is None or t.modules[op.module].first <= k < t.modules[op.module].end
        for n in (*(use.tensor for use in (*op.inputs, *op.outputs)), *op.written, *op.seen_by):
            one = t.tensors[n]
            assert one.storage is None or one.storage < len(t.storages)
        for aten in op.aten:
            for one in (*aten.inputs, *aten.outputs):
                assert one.storage is None or one.storage < len(t.storages)
    assert t.new_bytes == sum(one.nbytes for one in t.storages if one.made_by is not None)
    assert t.peak_bytes == max(op.live_bytes for op in t.ops) or t.peak_bytes > 0

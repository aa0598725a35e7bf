"""View, copy, new, in-place, no-op or none: told by the memory of what came back, never by the op's name."""

import numpy as np
import pytest
import torch
from torch import nn

import pytorch_basics as pb


def kinds(fn, *args):
    """The name and kind of each op that ``fn`` ran."""
    return [(op.name, op.kind) for op in pb.trace(fn, *args).ops]


def last(fn, *args):
    return pb.trace(fn, *args).ops[-1]


x = torch.arange(6.0).view(2, 3)


@pytest.mark.parametrize(
    ("fn", "kind"),
    [
        (lambda a: a.view(3, 2), "view"),
        (lambda a: a.t(), "view"),
        (lambda a: a.T, "view"),
        (lambda a: a[0], "view"),
        (lambda a: a[:, 1:], "view"),
        (lambda a: a[None], "view"),
        (lambda a: a.expand(4, 2, 3), "view"),
        (lambda a: a.detach(), "view"),
        (lambda a: a.data, "view"),
        (lambda a: a.reshape(6), "view"),
        (lambda a: a.flatten(), "view"),
        (lambda a: a.unbind(0), "view"),
        (lambda a: a.split(1), "view"),
        (lambda a: a.view(torch.int32), "view"),
        (lambda a: torch.as_strided(a, (2, 2), (1, 1)), "view"),
        (lambda a: a.contiguous(), "no-op"),
        (lambda a: a.float(), "no-op"),
        (lambda a: a.to(torch.float32), "no-op"),
        (lambda a: a.cpu(), "no-op"),
        (lambda a: a.requires_grad_(False), "no-op"),
        (lambda a: nn.functional.dropout(a, training=False), "no-op"),
        (lambda a: a.clone(), "copy"),
        (lambda a: a.double(), "copy"),
        (lambda a: a[[0, 1]], "copy"),
        (lambda a: a[a > 2], "copy"),
        (lambda a: torch.cat([a, a]), "copy"),
        (lambda a: torch.stack([a]), "copy"),
        (lambda a: a.repeat(2, 1), "copy"),
        (lambda a: a + 1, "new"),
        (lambda a: a @ a.t(), "new"),
        (lambda a: a.exp(), "new"),
        (lambda a: a.sum(), "new"),
        (lambda a: torch.zeros(3), "new"),
        (lambda a: torch.tensor([1.0]), "new"),
        (lambda a: a.sum().item(), "none"),
        (lambda a: a.numpy(), "none"),
    ],
)
def test_what_came_back_decides_the_kind(fn, kind):
    """Each way to write it, with the kind of its last op."""
    assert last(fn, x.clone()).kind == kind


def test_the_same_name_may_be_a_view_or_a_copy():
    """``reshape`` and ``contiguous`` copy only where they must."""
    assert last(lambda a: a.reshape(6), x).kind == "view"
    assert last(lambda a: a.t().reshape(6), x).kind == "copy"
    assert last(lambda a: a.contiguous(), x).kind == "no-op"
    assert last(lambda a: a.t().contiguous(), x).kind == "copy"


def test_a_view_allocates_nothing_and_a_copy_its_bytes():
    """New bytes are those of new storages; ``reshape`` of a transposed tensor takes 24."""
    t = pb.trace(lambda a: a.t().reshape(6), x)
    assert [(op.new_bytes, op.live_bytes) for op in t.ops] == [(0, 0), (24, 24)]
    assert (t.new_bytes, t.peak_bytes, t.peak_op) == (24, 24, 1)


def test_writing_is_told_by_the_version_counter():
    """An in-place op moves the version of what it writes into, and of no other operand."""
    t = pb.trace(lambda a, b: a.add_(b), torch.ones(3), torch.ones(3))
    (op,) = t.ops
    assert (op.name, op.kind, op.new_bytes) == ("Tensor.add_", "in-place", 0)
    assert [(use.before, use.after, use.changed) for use in op.inputs] == [(0, 1, True), (0, 0, False)]
    assert (op.outputs[0].before, op.outputs[0].after) == (0, 1)
    assert op.written == (op.inputs[0].tensor,)


def test_every_way_to_write_in_place_is_seen():
    """``+=``, ``x[…] = …``, ``copy_``, ``fill_``, ``out=``, ``nn.init`` and ``torch.relu_``."""

    def write(a, b):
        a += b
        a[0] = 1.0
        a[1] = b[1]
        a.copy_(b)
        a.fill_(0)
        torch.add(b, b, out=a)
        nn.init.zeros_(a)
        torch.relu_(a)

    ops = [op for op in pb.trace(write, torch.ones(3), torch.ones(3)).ops if op.kind != "view"]
    names = [op.name.rpartition(".")[2] for op in ops]
    assert names == ["add_", "__setitem__", "__setitem__", "copy_", "fill_", "add", "zero_", "relu_"]
    assert {op.kind for op in ops} == {"in-place"}


def test_eval_mode_dropout_is_a_no_op_and_training_dropout_is_not():
    """The same tensor object came back, or new memory did."""
    model = nn.Dropout(0.5)
    assert last(model.eval(), x).kind == "no-op"
    assert last(model.train(), x).kind == "new"


def test_a_write_through_data_leaves_the_owner_s_version_alone():
    """``.data`` has a version of its own; the owner is named as one who sees the write."""

    def write(a):
        a.data.mul_(2)

    t = pb.trace(write, torch.ones(3))
    op = t.ops[-1]
    assert op.kind == "in-place"
    assert [t.tensors[n].name for n in op.seen_by] == ["a"]
    assert t.ops[0].inputs[0].after == 0


def test_a_new_data_makes_a_new_record_of_the_tensor():
    """After ``x.data = y`` the name stands for other memory."""

    def swap(a, b):
        a.data = b
        return a * 1

    t = pb.trace(swap, torch.ones(3), torch.zeros(4))
    before, after = t.ops[0].inputs[0].tensor, t.ops[1].inputs[0].tensor
    assert (t.tensors[before].shape, t.tensors[after].shape) == ((3,), (4,))
    assert t.tensors[before].name == t.tensors[after].name == "a"
    assert t.tensors[after].storage == t.tensors[t.ops[0].inputs[1].tensor].storage


def test_set_and_resize_renumber_and_count_the_growth():
    """``set_`` moves a tensor to another storage, ``resize_`` makes its own storage larger."""

    def change(a, b):
        a.set_(b)
        b.resize_(8)

    t = pb.trace(change, torch.ones(3), torch.zeros(2))
    assert [op.kind for op in t.ops] == ["in-place", "in-place"]
    assert t.tensors[t.ops[0].outputs[0].tensor].storage == t.tensors[t.ops[1].inputs[0].tensor].storage
    assert t.ops[1].new_bytes == 24


def test_an_empty_out_grows():
    """``out=`` of an empty tensor allocates in it."""
    t = pb.trace(lambda a, b: torch.add(a, a, out=b), torch.ones(5), torch.empty(0))
    assert (t.ops[-1].kind, t.ops[-1].new_bytes) == ("in-place", 20)


def test_inplace_in_inference_mode_is_seen_without_versions():
    """Inference tensors keep no version; the aten op below says that it wrote."""

    def run(a):
        with torch.inference_mode():
            b = a * 2
            b.add_(1)
            return b.view(3, 1)

    t = pb.trace(run, torch.ones(3))
    assert [op.kind for op in t.ops] == ["new", "in-place", "view"]
    assert t.ops[1].inputs[0].before is None


def test_strange_tensors_have_kinds_too():
    """Sparse, complex, meta, zero elements, no dimensions."""
    assert last(lambda a: a.to_sparse(), torch.eye(2)).kind == "new"
    assert last(lambda a: a * 2, torch.eye(2).to_sparse()).kind == "new"
    assert last(lambda a: a.real, torch.zeros(2, dtype=torch.complex64)).kind == "view"
    assert last(lambda a: a.conj(), torch.zeros(2, dtype=torch.complex64)).kind == "view"
    assert last(lambda a: a.t(), torch.empty(2, 3, device="meta")).kind == "view"
    assert last(lambda a: a + a, torch.empty(2, 3, device="meta")).kind == "new"
    assert last(lambda a: a + a, torch.empty(0, 3)).kind == "new"
    assert last(lambda a: a.view(1), torch.tensor(2.0)).kind == "view"
    assert pb.trace(lambda a: a + 1, torch.empty(2, 3, device="meta")).tensors[0].device == "meta"


def test_numpy_memory_is_not_new():
    """``torch.from_numpy`` shares; what is computed from it is new."""
    array = np.ones(3)
    t = pb.trace(lambda: torch.from_numpy(array) * 2)
    assert [(op.name, op.kind, op.new_bytes) for op in t.ops] == [("Tensor.mul", "new", 24)]


def test_questions_are_not_ops():
    """Asking for a shape, a dtype, a pointer or a gradient runs nothing."""

    def ask(a):
        _ = a.shape, a.dtype, a.device, a.grad, a.requires_grad, a.is_leaf, a.grad_fn, a._version, a.ndim, a.nbytes
        _ = len(a), a.size(), a.stride(), a.numel(), a.data_ptr(), a.is_contiguous(), hash(a), repr(a), a.dim()
        with torch.no_grad(), torch.enable_grad(), torch.autograd.set_detect_anomaly(False):
            a.retain_grad() if a.requires_grad else None

    assert [op.name for op in pb.trace(ask, torch.ones(3, requires_grad=True)).ops] == []


def test_names_are_those_of_the_documentation():
    """Operators are the methods they run; functions carry the module they are documented in."""

    def run(a, b, image):
        a * b, a @ b, a + b, 2 - a, -a, a[0], a == b, a.T, a.add(b), torch.matmul(a, b), torch.einsum("ij,jk", a, b)
        nn.functional.linear(a, b), nn.functional.relu(a), torch.relu(a), nn.functional.conv2d(image, image)
        torch.linalg.det(a), torch.fft.fft(a), torch.special.expit(a), nn.functional.max_pool2d(image, 2)
        torch.ops.aten.mm(a, b)

    t = pb.trace(run, torch.eye(3), torch.eye(3), torch.ones(1, 1, 4, 4))
    assert [op.name for op in t.ops] == [
        *("Tensor.mul", "Tensor.matmul", "Tensor.add", "Tensor.__rsub__", "Tensor.neg", "Tensor.__getitem__"),
        *("Tensor.__eq__", "Tensor.T", "Tensor.add", "torch.matmul", "torch.einsum"),
        *("nn.functional.linear", "nn.functional.relu", "torch.relu", "nn.functional.conv2d"),
        *("torch.linalg.det", "torch.fft.fft", "torch.special.expit", "nn.functional.max_pool2d", "aten.mm"),
    ]


def test_find_looks_in_names_of_ops_and_tensors():
    """``t.find("add_")`` gives positions."""

    def run(first):
        second = first + 1
        second.add_(1)

    t = pb.trace(run, torch.ones(3))
    assert t.find("add_") == (1,)
    assert t.find("first") == (0,)
    assert t.find("second") == (0, 1)
    assert t.find("nothing") == ()

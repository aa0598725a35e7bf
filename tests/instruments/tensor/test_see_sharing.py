"""Who shares with whom: views, ``.numpy()`` and ``from_numpy`` are found, copies stand apart."""

import numpy as np
import torch

import pytorch_basics as pb
from pytorch_basics.instruments.tensor.wording import sharing


def test_a_view_shares_and_a_copy_stands_apart():
    """The sentence names who shares whose storage, and that a clone does not."""
    x = torch.arange(6.0).view(2, 3)
    y, z = x.t(), x.clone()
    assert sharing(pb.see(x, y, z)) == [
        "y shares x's storage (a view: same bytes)",
        "z stands apart (its own storage)",
    ]


def test_numpy_and_torch_on_one_memory_are_found_both_ways():
    """``.numpy()`` and ``from_numpy`` share; ``np.array`` and ``torch.tensor`` copy."""
    x = torch.zeros(4)
    a = x.numpy()
    b = np.zeros(4)
    y = torch.from_numpy(b[1:3])
    copy = torch.tensor(b)
    assert sharing(pb.see(x, a, b, y, copy)) == [
        "a shares x's storage (one memory for NumPy and PyTorch: same bytes)",
        "y shares b's storage (one memory for NumPy and PyTorch: some bytes in common)",
        "copy stands apart (its own storage)",
    ]


def test_another_name_for_the_same_object_is_not_called_a_view():
    """``y = x`` makes no tensor at all."""
    x = torch.ones(2)
    y = x
    assert sharing(pb.see(x, y)) == ["y is x: one object under two names"]


def test_views_of_one_storage_without_a_common_byte_are_told_apart():
    """Even and odd columns share a storage, yet writing to one never shows in the other."""
    x = torch.arange(6.0)
    even, odd = x[::2], x[1::2]
    assert sharing(pb.see(even, odd)) == ["odd lies in even's storage, but they have no byte in common"]
    assert "even and odd have no byte in common" in sharing(pb.see(x, even, odd))


def test_a_view_with_another_dtype_is_placed_by_bytes():
    """Two 16-bit entries lie under each 32-bit cell, and the text counts bytes."""
    x = torch.tensor([1.0, 2.0])
    raw = x.view(torch.int16)
    see = pb.see(x, raw)
    assert sharing(see) == ["raw shares x's storage (a view: same bytes)"]
    assert see.storages[0].cells_under(see.tensors[1].byte_of((3,)), 2) == (1,)
    assert "[i] is byte 2·i of the storage" in str(see)


def test_meta_tensors_share_by_storage():
    """Views on meta share although nothing has an address."""
    x = torch.empty(2, 3, device="meta")
    see = pb.see(x, x.t(), torch.empty(2, 3, device="meta"))
    assert [t.storage for t in see.tensors] == [0, 0, 1]


def test_a_chain_of_numpy_views_leads_to_its_owner():
    """``.base`` is followed, through ``as_strided`` too, so the whole storage is drawn."""
    a = np.arange(10)
    window = np.lib.stride_tricks.sliding_window_view(a[2:], 3)
    see = pb.see(window)
    assert see.storages[0].count == 10
    assert see.tensors[0].offset == 16

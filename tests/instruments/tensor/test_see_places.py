"""Where ``pb.see`` says an index lies is where it lies: checked by data_ptr arithmetic for random views."""

import itertools

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import pytorch_basics as pb
from pytorch_basics.instruments.tensor import SeeRecord

DTYPES = [
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int8,
    torch.uint8,
    torch.bool,
]


@st.composite
def strided(draw):
    """A tensor with a random shape, strides and offset over a storage that is just big enough or bigger."""
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    strides = [draw(st.integers(0, 7)) for _ in shape]
    offset = draw(st.integers(0, 5))
    needed = offset + sum((n - 1) * s for n, s in zip(shape, strides, strict=True) if n) + 1
    base = (torch.arange(needed + draw(st.integers(0, 9))) % 100).to(draw(st.sampled_from(DTYPES)))
    return base, base.as_strided(shape, strides, offset)


def check_places(tensor, record, storage, address):
    for index, value in zip(record.indices(), record.values, strict=True):
        byte = record.byte_of(index)
        assert storage.address + byte == address(index)
        assert value == tensor[index].item()
        if record.itemsize == storage.itemsize:
            (cell,) = storage.cells_under(byte, record.itemsize)
            if cell in storage.cells:
                assert storage.values[storage.cells.index(cell)] == value


@settings(max_examples=150, deadline=None)
@given(strided())
def test_every_drawn_index_of_a_view_lies_where_its_address_says(pair):
    """Byte, cell and value of each index agree with data_ptr and with indexing."""
    base, view = pair
    see = pb.see(view, base, names=["view", "base"])
    assert len(see.storages) == 1
    start, size = view.data_ptr(), view.element_size()
    check_places(
        view,
        see.tensors[0],
        see.storages[0],
        lambda index: start + size * sum(i * s for i, s in zip(index, view.stride(), strict=True)),
    )


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_drawn_index_of_an_array_lies_where_its_address_says(data):
    """NumPy views with steps, negative ones too, are followed to their owner's bytes."""
    base = np.arange(60, dtype=np.int32).reshape(3, 4, 5)
    view = base[data.draw(hnp.basic_indices(base.shape))]
    if not isinstance(view, np.ndarray) or not view.size:
        return
    see = pb.see(base, view, names=["base", "view"])
    assert len(see.storages) == 1
    start = view.__array_interface__["data"][0]
    check_places(
        view,
        see.tensors[1],
        see.storages[0],
        lambda index: start + sum(i * s for i, s in zip(index, view.strides, strict=True)),
    )


def reach(tensor):
    return tensor.storage_offset() + sum((n - 1) * s for n, s in zip(tensor.shape, tensor.stride(), strict=True))


@settings(max_examples=100, deadline=None)
@given(strided(), strided())
def test_sharing_is_told_as_the_sets_of_bytes_say(one, another):
    """Two views of one storage have the same, some or no bytes in common exactly as counted."""
    (base, a), (_, like) = one, another
    assume(like.numel() and reach(like) < base.numel())
    b = base.as_strided(like.shape, like.stride(), like.storage_offset())
    see = pb.see(a, b, names=["a", "b"])
    mine, theirs = ({r.byte_of(i) for i in itertools.product(*map(range, r.shape))} for r in see.tensors)
    expected = "same bytes" if mine == theirs else "some bytes" if mine & theirs else "no byte"
    assert see.sharing[0].how == expected


@settings(max_examples=60, deadline=None)
@given(strided())
def test_a_record_survives_json(pair):
    """``from_json(to_json())`` is the same record."""
    see = pb.see(*pair, names=["base", "view"])
    assert repr(type(see).from_json(see.to_json())) == repr(see)
    assert type(see).from_json(see.to_json()) == see


@pytest.mark.parametrize("text", ["{}", "[1]", '{"is": "Unknown"}', "no json"])
def test_other_json_is_refused(text):
    """Only the JSON of a look becomes one."""
    with pytest.raises(ValueError):  # noqa: PT011  (json has words of its own for broken text)
        SeeRecord.from_json(text)

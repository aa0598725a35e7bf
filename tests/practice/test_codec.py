"""Values as plain data: what goes out comes back, and what is forged or too large is refused with an ordinary error."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pytorch_basics.practice import codec
from pytorch_basics.practice.codec import Opaque, TooLarge, decode, encode
from pytorch_basics.practice.compare import overlap

DTYPES = (
    torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.int16, torch.int32, torch.int64,
    torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool, torch.complex64, torch.complex128,
    torch.float8_e4m3fn,
)  # fmt: skip


def through(value: Any) -> Any:
    """The value after it crossed as JSON and bytes."""
    tree, blocks = encode(value)
    return decode(json.loads(json.dumps(tree)), [bytes(block) for block in blocks])


def bits(tensor: torch.Tensor) -> list[int]:
    """The elements' own bytes, so that NaN equals NaN and -0.0 is not 0.0."""
    fresh = torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor.detach())
    return fresh.untyped_storage().tolist()


def same(mine: torch.Tensor, theirs: torch.Tensor) -> bool:
    """Whether two tensors agree in all that the codec promises to keep."""
    facts = [
        (t.dtype, t.shape, t.stride(), t.storage_offset(), t.requires_grad, t.is_conj(), t.device, type(t))
        for t in (mine, theirs)
    ]
    return facts[0] == facts[1] and bits(mine) == bits(theirs)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Tensors of every dtype and of up to four dimensions, whole, sliced, transposed or expanded; random bytes."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    count = int(np.prod(shape, dtype=int)) * dtype.itemsize
    raw = torch.frombuffer(bytearray(draw(st.binary(min_size=count, max_size=count)) or b"\0"), dtype=torch.uint8)
    if dtype is torch.bool:
        raw = raw % 2  # other bytes are no bools
    whole = raw[:count].clone().view(dtype).reshape(shape)
    for _ in range(draw(st.integers(0, 2))):
        if whole.dim() and draw(st.booleans()):
            dim = draw(st.integers(0, whole.dim() - 1))
            start = draw(st.integers(0, whole.size(dim)))
            whole = whole[(slice(None),) * dim + (slice(start, None, draw(st.integers(1, 2))),)]
        elif whole.dim() > 1:
            whole = whole.transpose(0, -1)
        else:
            whole = whole.unsqueeze(0).expand(3, *whole.shape)
    return whole


NUMBERS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers()
NESTED = st.recursive(
    NUMBERS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=15,
)


@settings(deadline=None)
@given(tensors())
def test_a_tensor_comes_back_as_it_was(tensor: torch.Tensor) -> None:
    """Dtype, shape, strides, offset and every bit of its elements, of views too."""
    assert same(through(tensor), tensor)


@settings(deadline=None)
@given(NESTED)
def test_numbers_text_and_containers_come_back_as_they_were(value: Any) -> None:
    """Nested lists, tuples and dicts keep kinds and order; NaN comes back as NaN."""
    assert repr(through(value)) == repr(value)


@settings(deadline=None)
@given(st.lists(tensors(), max_size=3), st.lists(st.integers(0, 2), max_size=3))
def test_what_shared_memory_shares_it_again(whole: list[torch.Tensor], picks: list[int]) -> None:
    """Every pair among the tensors and their flat views overlaps afterwards exactly where it did before."""
    views = [whole[i].detach().t() if whole[i].dim() == 2 else whole[i][...] for i in picks if i < len(whole)]
    before = [*whole, *views]
    after = through(before)
    for i in range(len(before)):
        assert same(after[i], before[i])
        for j in range(i):
            assert overlap(after[i], after[j]) == overlap(before[i], before[j])


@settings(deadline=None)
@given(st.data())
def test_an_array_comes_back_as_it_was(data: st.DataObject) -> None:
    """Arrays of every number kind and byte order, with steps of any sign."""
    kind = data.draw(st.sampled_from(["f2", "f4", "f8", "i1", "i8", "u2", "u8", "?", "c8", "c16", ">f4", ">i2"]))
    shape = data.draw(st.lists(st.integers(0, 4), max_size=3))
    array = np.arange(int(np.prod(shape, dtype=int))).reshape(shape).astype(kind)
    steps = [data.draw(st.sampled_from([1, 2, -1])) for _ in shape]
    array = array[tuple(slice(None, None, step) for step in steps)]
    back = through(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert not array.size or back.strides == array.strides
    assert back.tobytes() == array.tobytes()


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_tree_raises_value_error_and_nothing_else(data: st.DataObject) -> None:
    """Whatever a forged frame holds: a key missing, a number out of range, another kind, a block cut short."""
    x = torch.arange(6.0).reshape(2, 3)
    value = [x, x.t(), x.numpy(), np.float32(2), (1, "a", 2j), {"k": torch.float32}, x.shape, 10**30, torch.ones(0)]
    tree, blocks = encode(value)
    tree = json.loads(json.dumps(tree))
    nodes = [tree]
    for node in nodes:
        nodes += [
            item for item in (node.values() if isinstance(node, dict) else node) if isinstance(item, (dict, list))
        ]
    node = data.draw(st.sampled_from([node for node in nodes if node]))
    key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
    junk = data.draw(
        st.sampled_from([-1, 10**12, 10**30, 0.5, "x", None, [], [10**12], {}, {"k": "storage"}, {"k": 3}])
        | st.integers(-3, 9)
        | st.sampled_from(["tensor", "array", "load", "float32", "_init__", "_class__", "object", "<U9"])
    )
    if data.draw(st.booleans()):
        node[key] = junk
    else:
        del node[key]
    if data.draw(st.booleans()):
        blocks = [block[: data.draw(st.integers(0, len(block)))] for block in blocks[: data.draw(st.integers(0, 2))]]
    with contextlib.suppress(ValueError):  # and no other kind of exception
        decode(tree, blocks)


@pytest.mark.parametrize("shape", [[1000], [10**10], [2, 3, 10**6]])
def test_a_tensor_cannot_reach_beyond_its_memory(shape: list[int]) -> None:
    """Forged sizes read nobody else's bytes, and ask for no more memory."""
    for value in (torch.ones(2), torch.ones(0), np.ones(2), np.ones(0)):
        tree, blocks = encode(value)
        strides = "strides" if isinstance(value, np.ndarray) else "stride"
        tree["value"] |= {"shape": shape, strides: [8] * len(shape)}
        with pytest.raises(ValueError, match="malformed"):
            decode(tree, blocks)


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.tensor(3.5),
        lambda: torch.empty(0),
        lambda: torch.empty(2, 0, 3, dtype=torch.int16),
        lambda: torch.tensor([float("nan"), float("inf"), -0.0]),
        lambda: torch.tensor([1 + 2j, 3 - 1j]).conj(),
        lambda: torch.tensor([1 + 2j, 3 - 1j]).conj().imag,
        lambda: torch.ones(4, 6)[1::2, ::3],
        lambda: torch.tensor(2.0).expand(10**9),
        lambda: torch.ones(3, requires_grad=True),
        lambda: torch.nn.Parameter(torch.ones(3)),
        lambda: torch.nn.Parameter(torch.ones(3), requires_grad=False),
    ],
)
def test_tensors_of_the_less_usual_kinds_come_back(make: Any) -> None:
    """0-d, empty, non-finite, lazily conjugated or negated, strided, expanded, with gradients, and parameters."""
    tensor = make()
    back = through(tensor)
    if tensor.numel() > 10**6:
        back, tensor = back[:3], tensor[:3]
    assert same(back, tensor)


def test_a_gradient_comes_along() -> None:
    """And where ``.grad`` is a view of something else that is sent, it is one again."""
    x = torch.ones(3, requires_grad=True)
    (x * torch.arange(3.0)).sum().backward()
    assert x.grad is not None
    back, grad = through([x, x.grad])
    assert back.grad.tolist() == [0.0, 1.0, 2.0]
    assert overlap(back.grad, grad)
    assert not overlap(back, grad)


def test_a_result_that_is_no_leaf_still_requires_grad() -> None:
    """Its graph does not travel; that it has one does."""
    back = through(torch.ones(2, requires_grad=True) * 2)
    assert back.requires_grad
    assert back.tolist() == [2.0, 2.0]


@pytest.mark.parametrize("parameter", [False, True])
def test_a_meta_tensor_comes_back_without_memory(parameter: bool) -> None:
    """Shape, strides, dtype and whether it is a parameter are all there is of it."""
    tensor = torch.empty(3, 2, device="meta", dtype=torch.float64).t()
    back = through(torch.nn.Parameter(tensor) if parameter else tensor)
    assert (back.device.type, back.shape, back.stride(), back.dtype) == ("meta", (2, 3), (1, 2), torch.float64)
    assert isinstance(back, torch.nn.Parameter) == back.requires_grad == parameter


def test_a_tensor_and_its_array_share_memory_again() -> None:
    """``.numpy()``, ``from_numpy`` and views of either lie in the same bytes; writing shows in all."""
    x = torch.arange(6.0)
    n = x.numpy()
    back, array, part = through([x, n, torch.from_numpy(n[2:4])])
    back[2] = 9
    assert array[2] == part[0] == 9


def test_two_tensors_of_their_own_do_not_share() -> None:
    """A copy stays a copy."""
    x = torch.ones(3)
    first, second = through([x, x.clone()])
    first.zero_()
    assert second.tolist() == [1, 1, 1]


def test_a_tensor_alone_in_its_memory_may_be_resized() -> None:
    """It gets a storage of PyTorch's own."""
    assert through(torch.ones(2)).resize_(4).shape == (4,)


def test_a_view_brings_the_whole_of_what_it_is_a_view_of() -> None:
    """Strides and offset only mean something in the storage they belong to."""
    back = through(torch.arange(10)[4:6])
    assert back.storage_offset() == 4
    assert back.untyped_storage().nbytes() == 80


def test_an_array_that_cannot_be_written_comes_back_so() -> None:
    """As NumPy marks what it broadcasts."""
    assert not through(np.broadcast_to(np.float32(1), (3,))).flags.writeable
    assert through(np.ones(3)).flags.writeable


@pytest.mark.parametrize(
    "value",
    [np.float32(1.5), np.int64(-3), np.bool_(True), np.complex64(1 + 2j), np.str_("a"), torch.float16, torch.Size([2])],
)
def test_numpy_scalars_dtypes_and_sizes_keep_their_kind(value: Any) -> None:
    """``np.float32(1.5)`` is no ``float``, and ``torch.Size`` no plain tuple."""
    back = through(value)
    assert type(back) is type(value)
    assert back == value


def test_a_device_and_numbers_of_any_length_come_back() -> None:
    """JSON refuses integers of more than 4,300 digits; a factorial has them."""
    assert through(torch.device("cpu")) == torch.device("cpu")
    assert through([2**64, -(3**20_000), True]) == [2**64, -(3**20_000), True]


class Fails:
    """A learner's object whose repr does not work."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


def generator() -> Any:
    yield 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({1, 2}, "set"),
        (Fails(), "Fails"),
        (generator(), "generator"),
        (np.array([None]), "ndarray"),
        (np.datetime64("2020-01-01"), "datetime64"),
        (np.bytes_(b"a"), "bytes_"),
        (np.longdouble(1), "longdouble"),
        (torch.eye(2).to_sparse(), "Tensor"),
        (torch.nn.Linear(1, 1), "Linear"),
        (torch.ones, "builtin_function_or_method"),
        (int, "type"),
        (..., "ellipsis"),
    ],
)
def test_a_value_of_another_kind_travels_as_its_name(value: Any, kind: str) -> None:
    """Never pickled; where even its repr fails, that is said."""
    back = through(value)
    assert isinstance(back, Opaque)
    assert back.type == kind
    assert back.text


def test_a_list_that_holds_itself_ends_somewhere() -> None:
    """Containers are followed to a fixed depth."""
    loop: list[Any] = []
    loop.append(loop)
    back = through(loop)
    for _ in range(codec.DEEPEST):
        (back,) = back
    assert isinstance(back[0], Opaque)


def test_too_much_memory_is_refused() -> None:
    """Counted once for each storage: many views of one tensor are not many times as large."""
    just = torch.zeros(codec.MOST_BYTES, dtype=torch.uint8)
    encode([just, just[1:], just.view(2, -1)])
    with pytest.raises(TooLarge, match="bytes of tensors; at most"):
        encode([just, torch.ones(1)])


@pytest.mark.parametrize("value", [list(range(2_000_000)), ["é" * codec.LONGEST_TEXT] * 20])
def test_too_many_numbers_or_too_much_text_are_refused(value: Any) -> None:
    """A list of millions is told so, and not cut silently by the pipe."""
    with pytest.raises(TooLarge, match="more numbers, text or tensors"):
        encode(value)

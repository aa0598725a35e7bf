"""Every kind of tensor can be looked at, and what cannot be shown is said to be so."""

import math
import warnings

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import pytorch_basics as pb
from pytorch_basics.instruments.tensor.capture import _device_reader
from pytorch_basics.instruments.tensor.memory import Place, read_cpu


def quiet(make):
    # PyTorch warns that quantised and CSR tensors are going away or young; learners meet them all the same.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


SHOWN = {
    "0-d": lambda: torch.tensor(3.5),
    "bool": lambda: torch.tensor([True, False]),
    "integer": lambda: torch.arange(6).view(2, 3),
    "half": lambda: torch.tensor([0.5, 2.0], dtype=torch.float16),
    "bfloat16": lambda: torch.tensor([0.5, -2.0], dtype=torch.bfloat16),
    "float8": lambda: torch.tensor([0.5, -2.0]).to(torch.float8_e4m3fn),
    "complex": lambda: torch.tensor([1 + 2j, -1j]),
    "complex half": lambda: quiet(lambda: torch.tensor([1 + 2j], dtype=torch.complex32)),
    "conjugated": lambda: torch.tensor([1 + 2j, -1j]).conj(),
    "negated": lambda: torch.tensor([1 + 2j, -1j]).conj().imag,
    "non-contiguous": lambda: torch.arange(12.0).view(3, 4).t()[1:],
    "expanded": lambda: torch.tensor([[1.0], [2.0]]).expand(2, 3),
    "parameter": lambda: torch.nn.Parameter(torch.ones(2)),
    "computed": lambda: torch.nn.Parameter(torch.ones(2)) * 2,
    "uint16": lambda: torch.tensor([65535], dtype=torch.uint16),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_values_are_those_that_indexing_gives(kind):
    """Whatever the dtype or layout, the drawn values are ``x.tolist()``."""
    x = SHOWN[kind]()
    (record,) = pb.see(x).tensors
    plain = x.detach().to(torch.complex64 if x.is_complex() else torch.float64).reshape(-1).tolist()
    assert list(record.values) == plain
    assert not record.hidden
    assert str(pb.see(x))


HIDDEN = {
    "sparse": (lambda: torch.eye(3).to_sparse(), "sparse tensor keeps only its non-zero values"),
    "sparse rows": (
        lambda: quiet(torch.eye(3).to_sparse_csr),
        "sparse tensor keeps only its non-zero values",
    ),
    "meta": (lambda: torch.empty(2, 3, device="meta"), "no data"),
    "fake": (lambda: FakeTensorMode().from_tensor(torch.ones(2, 3)), "no data"),
    "nested": (
        lambda: quiet(lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])),
        "different lengths",
    ),
    "mkldnn": (lambda: torch.ones(2, 3).to_mkldnn(), "has no strides to draw"),
    "bits": (lambda: torch.ones(2, dtype=torch.uint8).view(torch.bits8), "cannot turn bits8 into numbers"),
    "objects": (lambda: np.array([None, "a"], dtype=object), "Python objects"),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_value_that_cannot_be_shown_is_said_to_be_so(kind):
    """No value, and a reason in the text and in the HTML."""
    make, reason = HIDDEN[kind]
    x = make()
    see = quiet(lambda: pb.see(x))
    assert see.tensors[0].values == ()
    assert reason in str(see)
    assert "no values: " in see._repr_mimebundle_()["text/html"]


def test_a_freed_storage_is_not_read():
    """A storage resized to nothing is reported instead of read."""
    x = torch.ones(4)
    x.untyped_storage().resize_(0)
    assert "no longer holds" in str(pb.see(x))


def test_a_sparse_tensor_shows_the_tensors_it_is_kept_in():
    """The indices and values of a sparse tensor are drawn as tensors of their own."""
    s = torch.eye(2).to_sparse()
    see = pb.see(s)
    assert [t.name for t in see.tensors] == ["s", "s._indices()", "s._values()"]
    assert see.tensors[2].values == (1.0, 1.0)


def test_an_empty_tensor_has_no_cells_of_its_own():
    """Empty tensors are drawn as such; an empty view still shares its storage."""
    x = torch.ones(3)
    see = pb.see(torch.empty(0, 3), x, x[:0])
    assert "empty: no elements" in str(see)
    assert [t.storage for t in see.tensors] == [0, 1, 1]


def test_quantised_values_are_what_the_tensor_means_and_cells_what_is_stored():
    """The grid shows dequantised numbers, the strip the stored integers, per channel too."""
    x = torch.tensor([[0.0, 1.0], [2.0, -1.0]])
    q = quiet(lambda: torch.quantize_per_tensor(x, 0.5, 10, torch.quint8))
    scales, zeros = torch.tensor([0.5, 0.25]), torch.tensor([0, 3])
    c = quiet(lambda: torch.quantize_per_channel(x, scales, zeros, 0, torch.qint8))
    see = pb.see(q, c)
    for record in see.tensors:
        assert record.values == (0.0, 1.0, 2.0, -1.0)
    assert see.storages[0].values == (10, 12, 14, 8)
    assert see.storages[1].values == (0, 2, 11, -1)


def test_tensors_inside_vmap_and_grad_say_where_to_look_instead():
    """Under functorch a tensor is a wrapper: shapes are shown, values are not, and the text says why."""
    said = []

    def look(x):
        said.append(str(pb.see(x)))
        return (x * x).sum()

    torch.vmap(look)(torch.ones(2, 3))
    torch.func.grad(look)(torch.ones(2, 3))
    assert "outside of vmap" in said[0]
    assert "inside torch.func" in said[1]
    assert "f32[3]" in said[0]


@pytest.mark.parametrize("around", [torch.inference_mode, torch.no_grad, FakeTensorMode, lambda: torch.device("meta")])
def test_modes_of_the_learner_do_not_get_in_the_way(around):
    """Inference mode, a default device and fake mode neither see the look nor change what it shows."""
    x = torch.tensor([1.0, 2.0]).bfloat16()
    with around():
        (record,) = pb.see(x).tensors
    assert record.values == (1.0, 2.0)


def test_an_inference_tensor_says_it_has_no_version():
    """No version counter: the fact is left out and the reason given."""
    with torch.inference_mode():
        x = torch.ones(2)
    see = pb.see(x)
    assert see.tensors[0].version is None
    assert "no version is tracked" in str(see)


ARRAYS = {
    "negative step": np.arange(6.0)[::-2],
    "big-endian": np.arange(3, dtype=">f4"),
    "long double": np.array([0.5, 1.5], dtype=np.longdouble),
    "transposed": np.arange(6).reshape(2, 3).T,
    "broadcast": np.broadcast_to(np.float32(2), (2, 3)),
    "0-d": np.array(5),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_show_the_values_that_indexing_gives(kind):
    """NumPy arrays of any step, order or byte order show ``a.tolist()``."""
    a = ARRAYS[kind]
    (record,) = pb.see(a).tensors
    assert list(record.values) == [float(v) for v in a.ravel()]
    assert record.strides == a.strides


def test_arrays_that_are_not_numbers_are_shown_as_text():
    """Dates, strings and structs are written out; there are no statistics of them."""
    dates = np.array(["2020-01-02"], dtype="datetime64[D]")
    pairs = np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f4")])
    see = pb.see(dates, np.array(["ab"]), pairs, pairs["b"])
    assert [t.values for t in see.tensors] == [("2020-01-02",), ("ab",), ("(1, 2.5)",), (2.5,)]
    assert see.tensors[0].stats is None
    assert see.tensors[2].storage == see.tensors[3].storage


def test_seeing_changes_nothing():
    """No version is bumped, no graph grows, and a subclass does not notice."""
    noticed = []

    class Watched(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            noticed.append(func)
            return super().__torch_function__(func, types, args, kwargs or {})

    w = torch.ones(3, requires_grad=True)
    y = w * 2
    made_by = y.grad_fn
    x = torch.ones(3).as_subclass(Watched)
    noticed.clear()
    pb.see(w, y, x)
    assert (w._version, y._version, w.grad, noticed) == (0, 0, None, [])
    assert y.grad_fn is made_by
    assert torch.is_grad_enabled()


def test_seeing_does_not_move_the_random_numbers():
    """The samples of a big tensor come from a generator of their own."""
    x = torch.zeros(100_000)
    torch.manual_seed(0)
    np.random.seed(0)
    wanted = torch.rand(1), np.random.rand()
    torch.manual_seed(0)
    np.random.seed(0)
    pb.see(x)
    assert (torch.rand(1), np.random.rand()) == wanted


def test_memory_outside_the_cpu_is_gathered_by_torch_to_the_same_bytes():
    """The reader for other devices, given CPU memory, reads what the CPU reader reads."""
    x = torch.arange(24.0).view(2, 3, 4).transpose(0, 2)[1:]
    storage = x.untyped_storage()
    steps = tuple(4 * step for step in x.stride())
    place = Place(x.data_ptr(), tuple(x.shape), steps, 4)
    index = (np.array([0, 2, 1]), np.array([1, 0, 2]), np.array([1, 1, 0]))
    read = _device_reader(storage, storage.data_ptr())
    for wanted in (index, (slice(None), slice(None, None, 2), slice(0, 1))):
        assert read(place, wanted).tolist() == read_cpu(place, wanted).tolist()


def test_non_finite_values_are_counted_and_marked():
    """NaN and inf stand out in the numbers, and the statistics are of the rest."""
    see = pb.see(torch.tensor([1.0, math.nan, math.inf, -math.inf, 3.0]))
    stats = see.tensors[0].stats
    assert (stats.nans, stats.infs, stats.smallest, stats.largest, stats.mean) == (1, 2, 1.0, 3.0, 2.0)
    assert "!nan" in str(see)
    assert "not finite: 1 NaN, 2 inf" in str(see)

"""When two outcomes count as the same, and the sentence for each way in which they do not.

In every sentence "it" is the learner's answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from pytorch_basics.practice.codec import Opaque
from pytorch_basics.practice.compare import Failed, Returned, alike, difference, differs, overlap
from pytorch_basics.practice.exercise import Same

T = torch.tensor
NAN = float("nan")


def told(given: Any, expected: Any, **same: Any) -> str | None:
    """What is said of a result, beside the expected one."""
    return difference(Returned(given, (), {}), Returned(expected, (), {}), Same(**same))


@pytest.mark.parametrize(
    ("given", "expected", "sentence"),
    [
        (torch.ones(2), torch.ones(2, 1), "It returned the shape (2,); expected (2, 1)."),
        (torch.ones(()), torch.ones(1), "It returned the shape (); expected (1,)."),
        (T([1.0]), T([1]), "It returned the dtype float32; expected int64."),
        (np.ones(2), np.ones(2, np.float32), "It returned the dtype float64; expected float32."),
        (T([1.0, 2, 3]), T([1.0, 5, 6]),
         "It returned another value in 2 of 3 elements: the first at [1], 2 instead of 5."),
        (np.arange(3), np.zeros(3, int),
         "It returned another value in 2 of 3 elements: the first at [1], 1 instead of 0."),
        (T(True), T(False), "It returned True; expected False."),
        (T(1.5), T(2.5), "It returned 1.5; expected 2.5."),
        (3, T(3), "It returned 3 (int); expected a tensor i64[]."),
        (T(3), 3, "It returned a tensor i64[]; expected 3 (int)."),
        (np.ones(2), torch.ones(2), "It returned a NumPy array f64[2]; expected a tensor f32[2]."),
        (torch.nn.Parameter(T([1.0])), T([1.0]), "It returned a Parameter f32[1]; expected a tensor f32[1]."),
        (None, torch.ones(2), "It returned None; expected a tensor f32[2]."),
        (None, 3, "It returned None; expected 3 (int)."),
        (3, None, "It returned 3 (int); expected None."),
        (2, 3, "It returned 2; expected 3."),
        (1, True, "It returned 1 (int); expected True (bool)."),
        (1, 1.0, "It returned 1 (int); expected 1.0 (float)."),
        (np.float64(1), 1.0, "It returned np.float64(1.0) (float64); expected 1.0 (float)."),
        ("a", "b", "It returned 'a'; expected 'b'."),
        ([1], (1,), "It returned a list; expected a tuple."),
        ((1, 2), [1, 2], "It returned a tuple; expected a list."),
        ([1, 2], [1, 2, 3], "It returned 2 items; expected 3."),
        ([1, 5], [1, 2], "It returned (at position 1) 5; expected 2."),
        ((1, (2, T([3]))), (1, (2, T([4]))),
         "It returned (at position 1) (at position 1) another value in 1 of 1 elements: "
         "the first at [0], 3 instead of 4."),
        ({"a": 1}, {"b": 1}, "It returned the keys ['a']; expected ['b']."),
        ({"a": 1}, {"a": 2}, "It returned (under 'a') 1; expected 2."),
        ({"a": 1}, [1], "It returned a dict; expected a list."),
        (torch.float32, torch.float64, "It returned torch.float32; expected torch.float64."),
        (torch.empty(2, device="meta"), torch.ones(2), "It returned a tensor on meta; expected one on cpu."),
        (Opaque("set", "{1}"), {1: 1}, "It returned {1} (set); expected a dict."),
        (Opaque("set", "{1}"), Opaque("set", "{2}"), "It returned {1} (set); expected {2} (set)."),
    ],
)  # fmt: skip
def test_each_difference_has_its_sentence(given: Any, expected: Any, sentence: str) -> None:
    """Kind, length, keys, shape, dtype, then the values: the first one that differs is told."""
    assert told(given, expected) == sentence


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (T([1.0, NAN]), T([1.0, NAN])),
        (T([complex(NAN, 1)]), T([complex(NAN, 1)])),
        (NAN, NAN),
        (complex(NAN, 0), complex(NAN, 0)),
        (np.float32(NAN), np.float32(NAN)),
        (T([float("inf")]), T([float("inf")])),
        (T([1.0]), T([1.0 + 1e-6])),
        (0.1 + 0.2, 0.3),
        (0.1 + 0.2j, 0.1 + 0.2000000001j),
        (torch.Size([2, 3]), (2, 3)),
        ((2, 3), torch.Size([2, 3])),
        (torch.ones(2, 3).t(), torch.ones(3, 2)),
        (torch.ones(0, 3), torch.ones(0, 3)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.ones(2, ">f4"), np.ones(2, ">f4")),
        (np.ones(2, np.longdouble), np.ones(2, np.longdouble)),
        (T([3], dtype=torch.uint16), T([3], dtype=torch.uint16)),
        (torch.ones(2, dtype=torch.float16), torch.ones(2, dtype=torch.float16)),
        (torch.empty(2, device="meta"), torch.empty(2, device="meta")),
        (Opaque("set", "{1}"), Opaque("set", "{1}")),
        (None, None),
    ],
)  # fmt: skip
def test_these_count_as_the_same(given: Any, expected: Any) -> None:
    """NaN equals NaN, a size is a tuple, rounding is forgiven, strides are nobody's business unless asked."""
    assert told(given, expected) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (T([NAN]), T([1.0])),
        (T([float("inf")]), T([-float("inf")])),
        (T([2**53 + 1]), T([2**53])),
        (T([1.0]), T([1.001])),
        (torch.ones(2, dtype=torch.bool), T([True, False])),
        (1.0, 1.001),
        (float("inf"), 1e308),
    ],
)
def test_these_do_not(given: Any, expected: Any) -> None:
    """Integers are compared exactly, also those that floats cannot tell apart."""
    assert told(given, expected) is not None


def test_the_tolerance_is_the_exercises() -> None:
    """``rtol`` and ``atol`` of its ``Same``."""
    assert told(T([1.0]), T([1.001]), rtol=0.01) is None
    assert told(T([0.0]), T([0.001]), atol=0.01) is None
    assert told(1.0, 1.001, rtol=0.01) is None


def test_the_dtype_counts_unless_the_exercise_says_otherwise() -> None:
    """Then the numbers are still compared, across dtypes and byte orders."""
    assert told(T([1.0]), T([1]), dtype=False) is None
    assert told(T([1.5]), T([1]), dtype=False) is not None
    assert told(np.ones(2, ">f4"), np.ones(2), dtype=False) is None


def test_without_values_everything_else_still_counts() -> None:
    """For uninitialised memory: shape, dtype, kind and device, not the numbers."""
    assert told(torch.ones(2), torch.zeros(2), values=False) is None
    assert told(torch.ones(2), torch.zeros(3), values=False) is not None
    assert told(torch.ones(2), torch.zeros(2, dtype=torch.int64), values=False) is not None
    assert told(torch.empty(2, device="meta"), torch.zeros(2), values=False) is not None
    assert told(1.0, 2.0, values=False) is None


def test_strides_count_where_asked() -> None:
    """Of tensors in elements, of arrays in bytes, each as PyTorch and NumPy say them."""
    assert told(torch.ones(2, 2).t(), torch.ones(2, 2), strides=True) == (
        "It returned the strides (1, 2); expected (2, 1)."
    )
    backwards = np.ones(3)[::-1]
    assert told(backwards, np.ones(3), strides=True) == "It returned the strides (-8,); expected (8,)."
    assert told(backwards, np.ones(3)) is None


def test_requires_grad_counts_where_asked() -> None:
    """And only there."""
    x, y = torch.ones(2, requires_grad=True), torch.ones(2)
    assert told(x, y) is None
    assert told(x, y, grad=True) == "It returned a tensor with requires_grad=True; expected False."


def test_gradients_count_where_asked() -> None:
    """Missing, there without being asked for, or wrong."""

    def leaf(gradient: list[float] | None) -> torch.Tensor:
        x = torch.ones(2, requires_grad=True)
        x.grad = None if gradient is None else T(gradient)
        return x

    assert told(leaf([1.0, 2.0]), leaf([1.0, 2.0]), grad=True) is None
    assert told(leaf(None), leaf([1.0, 2.0]), grad=True) == (
        "It returned a tensor whose .grad is None; expected a tensor f32[2]."
    )
    assert told(leaf([1.0, 2.0]), leaf(None), grad=True) == (
        "It returned a tensor whose .grad is a tensor f32[2]; expected None."
    )
    assert told(leaf([1.0, 2.0]), leaf([1.0, 3.0]), grad=True) == (
        "It returned with .grad another value in 1 of 2 elements: the first at [1], 2 instead of 3."
    )
    assert told(leaf([1.0, 2.0]), leaf([1.0, 3.0])) is None


def test_changed_arguments_are_told() -> None:
    """Arguments must be left as the reference leaves them, unless the exercise says otherwise."""
    result = T([2.0])
    given, expected = Returned(result, (T([2.0]),), {}), Returned(result, (T([1.0]),), {})
    assert difference(given, expected, Same()) == (
        "Its argument is not left as it should be: after the call, argument 0 is "
        "another value in 1 of 1 elements: the first at [0], 2 instead of 1."
    )
    assert difference(given, expected, Same(arguments=False)) is None


def test_changed_keyword_arguments_are_told_by_name() -> None:
    """Also where the container grew."""
    given, expected = Returned(None, (), {"names": ["a", "b"]}), Returned(None, (), {"names": ["a"]})
    assert difference(given, expected, Same()) == (
        "Its argument is not left as it should be: after the call, argument `names` is 2 items; expected 1."
    )


def test_the_result_is_told_before_the_arguments() -> None:
    """One difference at a time, the nearest first."""
    given, expected = Returned(1, ([1],), {}), Returned(2, ([2],), {})
    assert difference(given, expected, Same()) == "It returned 1; expected 2."


def test_memory_that_should_be_shared_is_told() -> None:
    """ "Must be a view of its input"."""
    x = torch.arange(4.0)
    view, copy = Returned(x.view(2, 2), (x,), {}), Returned(x.view(2, 2).clone(), (x,), {})
    assert difference(copy, view, Same(memory=True)) == (
        "The result has its own memory; it should share that of argument 0."
    )
    assert difference(view, copy, Same(memory=True)) == (
        "The result shares memory with argument 0; it should have its own."
    )
    assert difference(view, view, Same(memory=True)) is None
    assert difference(view, copy, Same()) is None


def test_memory_is_followed_into_containers_and_arrays() -> None:
    """Lists, dicts, keyword arguments, and arrays of the same bytes."""
    x = torch.arange(4.0)
    shared = Returned({"first": [x.numpy()]}, (), {"x": x})
    apart = Returned({"first": [x.numpy().copy()]}, (), {"x": x})
    assert difference(apart, shared, Same(memory=True)) == (
        "The result['first'][0] has its own memory; it should share that of argument `x`."
    )


def test_overlap_is_of_storages() -> None:
    """Two halves of one tensor lie in the same memory; meta and empty tensors lie nowhere."""
    x = torch.arange(4.0)
    assert overlap(x[:2], x[2:])
    assert overlap(x[:2], x.numpy()[::-1])
    assert not overlap(x, x.clone())
    meta = torch.empty(2, device="meta")
    assert not overlap(meta, meta)
    assert not overlap(torch.empty(0), torch.empty(0))


ERROR = Failed(("ValueError", "Exception"), "negative size")


def test_an_error_where_a_value_was_expected_is_quoted() -> None:
    """With its kind and its message."""
    assert difference(ERROR, Returned(1, (), {}), Same()) == "It raised ValueError: negative size"


def test_a_value_where_an_error_was_expected_is_told() -> None:
    """With the exception's name."""
    assert difference(Returned(1, (), {}), ERROR, Same()) == (
        "It returned a value; here a ValueError should be raised."
    )


def test_another_error_than_the_expected_one_is_told() -> None:
    """Both are named."""
    given = Failed(("KeyError", "LookupError", "Exception"), "'a'")
    assert difference(given, ERROR, Same()) == "It raised KeyError ('a'); here a ValueError should be raised."


def test_a_subclass_of_the_expected_error_counts() -> None:
    """As it would in an ``except`` clause; the message is the learner's own."""
    assert difference(Failed(("MyError", "ValueError", "Exception"), "mine"), ERROR, Same()) is None
    assert difference(ERROR, Failed(("MyError", "ValueError", "Exception"), "mine"), Same()) is not None


def test_too_many_elements_are_not_compared() -> None:
    """An expanded tensor of ten billion elements is told so at once."""
    huge = T(1.0).expand(10**10)
    assert told(huge, huge) == "It returned 10,000,000,000 elements, too many to compare."


def test_the_elements_that_differ_are_marked_one_by_one() -> None:
    """For the drawing of the smallest failing case."""
    marks = differs(T([[1.0, NAN], [3.0, 4.0]]), T([[1.0, NAN], [3.5, 4.0]]), Same())
    assert marks.tolist() == [[False, False], [True, False]]


def test_a_long_value_is_cut_in_its_sentence() -> None:
    """A sentence stays a sentence."""
    sentence = told("a" * 1000, "b")
    assert sentence is not None
    assert len(sentence) < 150
    assert "…" in sentence


ALIKE = [
    (("RuntimeError", "cannot be multiplied (4x3 and 2x8)"), ("RuntimeError", "cannot be multiplied (1x2 and 3x4)")),
    (("AttributeError", "'Net' object has no attribute 'a'"), ("AttributeError", "'_N' object has no attribute 'b'")),
    (("TypeError", "Net.__init__() got 'n'"), ("TypeError", "_Other.__init__() got 'k'")),
    (("RuntimeError", "the first line\nand more"), ("RuntimeError", "the first line")),
]
UNLIKE = [
    (("RuntimeError", "a leaf Variable is being used in an in-place operation."), ("RuntimeError", "no grad_fn")),
    (("IndexError", "index 3 is out of bounds"), ("KeyError", "index 3 is out of bounds")),
]


@pytest.mark.parametrize(
    ("given", "other", "expected"), [(*pair, True) for pair in ALIKE] + [(*pair, False) for pair in UNLIKE]
)
def test_an_answer_is_like_a_named_wrong_one_when_it_fails_for_the_same_reason(
    given: tuple[str, str], other: tuple[str, str], expected: bool
) -> None:
    """The kind alone names nothing; the words of the error do, whatever names and numbers are in them."""
    one, two = (Failed((kind, "Exception"), message) for kind, message in (given, other))
    assert alike(one, two, Same()) is expected


def test_a_reference_that_raises_asks_for_the_kind_alone() -> None:
    """The words of an error are the learner's to choose."""
    assert difference(Failed(("ValueError",), "no such size"), Failed(("ValueError",), "wanted a size"), Same()) is None


def test_what_returns_is_like_what_returns_the_same() -> None:
    """And an error is like no value."""
    assert alike(Returned(2, (1,), {}), Returned(2, (1,), {}), Same())
    assert not alike(Returned(3, (1,), {}), Returned(2, (1,), {}), Same())
    assert not alike(Failed(("ValueError",), ""), Returned(2, (1,), {}), Same())

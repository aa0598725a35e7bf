"""References and named wrong solutions of the exercises on memory; tests prove that each behaves as named.

The order is that of ``exercises.py``. Functions stand above the table that names them, in the same order; the
file is long because each wrong solution carries its own message.
"""

import math
from typing import Any

import numpy as np
import torch

from pytorch_basics.practice.exercise import Solutions, Wrong

Array = np.ndarray[Any, Any]


def _float_tensor(array: Array) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float32)


def _float_astype(array: Array) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32))


def _float_keeps_dtype(array: Array) -> torch.Tensor:
    return torch.tensor(array)


def _float_shares(array: Array) -> torch.Tensor:
    return torch.from_numpy(array)


def _float_sometimes_shares(array: Array) -> torch.Tensor:
    return torch.from_numpy(array).float()


def _float_reads_bits(array: Array) -> torch.Tensor:
    return torch.tensor(array).view(torch.float32)


def _snapshots_copy(x: torch.Tensor, steps: int) -> list[Array]:
    kept = []
    for _ in range(steps):
        x.mul_(0.5)
        kept.append(x.numpy().copy())
    return kept


def _snapshots_clone(x: torch.Tensor, steps: int) -> list[Array]:
    return [x.mul_(0.5).clone().numpy() for _ in range(steps)]


def _snapshots_share(x: torch.Tensor, steps: int) -> list[Array]:
    kept = []
    for _ in range(steps):
        x.mul_(0.5)
        kept.append(x.numpy())
    return kept


def _snapshots_leave_x(x: torch.Tensor, steps: int) -> list[Array]:
    kept = []
    for _ in range(steps):
        x = x * 0.5
        kept.append(x.numpy())
    return kept


def _snapshots_tensors(x: torch.Tensor, steps: int) -> list[torch.Tensor]:
    return [x.mul_(0.5).clone() for _ in range(steps)]


def _snapshots_before(x: torch.Tensor, steps: int) -> list[Array]:
    kept = []
    for _ in range(steps):
        kept.append(x.numpy().copy())
        x.mul_(0.5)
    return kept


def _same_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


def _same_storage_start(a: torch.Tensor, b: torch.Tensor) -> bool:
    start_of_a = a.data_ptr() - a.storage_offset() * a.element_size()
    start_of_b = b.data_ptr() - b.storage_offset() * b.element_size()
    return start_of_a == start_of_b


def _same_first_element(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.data_ptr() == b.data_ptr()


def _same_numbers(a: torch.Tensor, b: torch.Tensor) -> bool:
    return torch.equal(a, b)


def _same_object(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a is b


def _same_size(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.untyped_storage().nbytes() == b.untyped_storage().nbytes()


def _strides_loop(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def _strides_products(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(math.prod(shape[dim + 1 :]) for dim in range(len(shape)))


def _strides_bytes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(4 * math.prod(shape[dim + 1 :]) for dim in range(len(shape)))


def _strides_columns_first(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(math.prod(shape[:dim]) for dim in range(len(shape)))


def _strides_next_size(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[1:], 1) if shape else ()


def _strides_own_size(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(math.prod(shape[dim:]) for dim in range(len(shape)))


def _strides_reversed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(math.prod(shape[dim + 1 :]) for dim in reversed(range(len(shape))))


def _strides_list(shape: tuple[int, ...]) -> list[int]:
    return [math.prod(shape[dim + 1 :]) for dim in range(len(shape))]


def _transpose_swapped(x: torch.Tensor) -> torch.Tensor:
    rows, columns = x.shape
    down, right = x.stride()
    return torch.as_strided(x, (columns, rows), (right, down))


def _transpose_reversed(x: torch.Tensor) -> torch.Tensor:
    return x.as_strided(x.shape[::-1], x.stride()[::-1], x.storage_offset())


def _transpose_reads_on(x: torch.Tensor) -> torch.Tensor:
    rows, columns = x.shape
    return torch.as_strided(x, (columns, rows), (rows, 1))


def _transpose_if_contiguous(x: torch.Tensor) -> torch.Tensor:
    rows, columns = x.shape
    return torch.as_strided(x, (columns, rows), (1, columns))


def _transpose_keeps_strides(x: torch.Tensor) -> torch.Tensor:
    return torch.as_strided(x, x.shape[::-1], x.stride())


def _transpose_from_start(x: torch.Tensor) -> torch.Tensor:
    return torch.as_strided(x, x.shape[::-1], x.stride()[::-1], 0)


def _transpose_copy(x: torch.Tensor) -> torch.Tensor:
    x = x.clone()
    return torch.as_strided(x, x.shape[::-1], x.stride()[::-1])


def _points_t(coordinates: torch.Tensor) -> torch.Tensor:
    return coordinates.t()


def _points_permute(coordinates: torch.Tensor) -> torch.Tensor:
    return coordinates.permute(1, 0)


def _points_reshape(coordinates: torch.Tensor) -> torch.Tensor:
    features, batch = coordinates.shape
    return coordinates.reshape(batch, features)


def _points_copy(coordinates: torch.Tensor) -> torch.Tensor:
    return coordinates.t().clone()


def _points_unassigned(coordinates: torch.Tensor) -> torch.Tensor:
    coordinates.t()
    return coordinates


def _points_in_place(coordinates: torch.Tensor) -> torch.Tensor:
    return coordinates.t_()


def _pixels_reshape(images: torch.Tensor) -> torch.Tensor:
    return images.permute(0, 2, 3, 1).reshape(-1, images.shape[1])


def _pixels_contiguous(images: torch.Tensor) -> torch.Tensor:
    return images.movedim(1, -1).contiguous().view(-1, images.shape[1])


def _pixels_refused(images: torch.Tensor) -> torch.Tensor:
    return images.permute(0, 2, 3, 1).view(-1, images.shape[1])


def _pixels_reading_order(images: torch.Tensor) -> torch.Tensor:
    return images.reshape(-1, images.shape[1])


def _pixels_columns(images: torch.Tensor) -> torch.Tensor:
    return images.permute(0, 3, 2, 1).reshape(-1, images.shape[1])


def _pixels_mix_images(images: torch.Tensor) -> torch.Tensor:
    return images.permute(2, 3, 0, 1).reshape(-1, images.shape[1])


def _features_contiguous(pictures: torch.Tensor) -> torch.Tensor:
    batch, height, width, channels = pictures.shape
    return pictures.permute(0, 3, 1, 2).contiguous().view(batch, channels * height * width)


def _features_clone(pictures: torch.Tensor) -> torch.Tensor:
    batch = pictures.shape[0]
    channels_first = pictures.permute(0, 3, 1, 2)
    return channels_first.clone(memory_format=torch.contiguous_format).view(batch, -1)


def _features_refused(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.permute(0, 3, 1, 2).clone().view(pictures.shape[0], -1)


def _features_reading_order(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.contiguous().view(pictures.shape[0], -1)


def _features_columns(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.permute(0, 3, 2, 1).contiguous().view(pictures.shape[0], -1)


def _features_one_row(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.permute(0, 3, 1, 2).contiguous().view(-1)


def _flat_clone(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(-1).clone()


def _flat_laid_out_anew(x: torch.Tensor) -> torch.Tensor:
    return x.clone(memory_format=torch.contiguous_format).view(-1)


def _flat_reshape(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(-1)


def _flat_contiguous(x: torch.Tensor) -> torch.Tensor:
    return x.contiguous().view(-1)


def _flat_view(x: torch.Tensor) -> torch.Tensor:
    return x.view(-1)


def _flat_clone_then_view(x: torch.Tensor) -> torch.Tensor:
    return x.clone().view(-1)


def _flat_storage(x: torch.Tensor) -> torch.Tensor:
    return torch.as_strided(x, (x.numel(),), (1,)).clone()


def _double_assign(x: torch.Tensor, rows: list[int]) -> torch.Tensor:
    x[rows] = x[rows] * 2
    return x


def _double_loop(x: torch.Tensor, rows: list[int]) -> torch.Tensor:
    for row in rows:
        x[row].mul_(2)
    return x


def _double_lost(x: torch.Tensor, rows: list[int]) -> torch.Tensor:
    x[rows].mul_(2)
    return x


def _double_copy(x: torch.Tensor, rows: list[int]) -> torch.Tensor:
    x = x.clone()
    x[rows] = x[rows] * 2
    return x


def _double_only_rows(x: torch.Tensor, rows: list[int]) -> torch.Tensor:
    return x[rows] * 2


def _double_all(x: torch.Tensor, rows: list[int]) -> torch.Tensor:
    return x.mul_(2)


SOLUTIONS: dict[str, Solutions] = {
    "memory.predict_numpy": Solutions(
        references=(
            {"first": 7.0, "second": 1.0, "dtype": torch.float64},
            {"first": 7, "second": 1, "dtype": "float64"},
        ),
        wrong=(
            Wrong(
                "from_numpy_copies",
                {"first": 1.0},
                "You guessed that `torch.from_numpy` copies. It makes a tensor on the array's own bytes: "
                "whoever changes the array changes the tensor.",
                mistake="memory.from_numpy_copies",
            ),
            Wrong(
                "tensor_shares",
                {"second": 7.0},
                "You guessed that `torch.tensor` shares the array's memory. It copies, always.",
            ),
            Wrong(
                "float32",
                {"dtype": torch.float32},
                "You guessed `float32`, which is what PyTorch makes of `1.0`. NumPy makes `float64`, and "
                "the tensor keeps what it is given.",
                mistake="memory.numpy_is_float32",
            ),
        ),
    ),
    "memory.float_features": Solutions(
        references=(_float_tensor, _float_astype),
        wrong=(
            Wrong(
                "keeps_dtype",
                _float_keeps_dtype,
                "Your answer has memory of its own, which is right, and the dtype of the array. NumPy's "
                "numbers are `float64` or whole numbers; `float32` was asked for. Say so when you make "
                "the tensor.",
                mistake="memory.numpy_is_float32",
            ),
            Wrong(
                "shares",
                _float_shares,
                "Your answer behaves as if `torch.from_numpy` copied and gave `float32`. It does neither: "
                "the tensor lies in the array's bytes and has the array's dtype.",
                mistake="memory.from_numpy_copies",
            ),
            Wrong(
                "sometimes_shares",
                _float_sometimes_shares,
                "The numbers and the dtype are right. But for an array that is `float32` already there is "
                "nothing to convert, and nothing is copied: `.float()`, `as_tensor` and `torch.Tensor` "
                "then stay in the array's memory. Use a function that copies in any case.",
                mistake="memory.from_numpy_copies",
            ),
            Wrong(
                "reads_bits",
                _float_reads_bits,
                "`view(torch.float32)` does not convert. It reads the same bytes as if they had been "
                "`float32` all along, which gives other numbers. Name the dtype when you make the tensor.",
            ),
        ),
    ),
    "memory.snapshots": Solutions(
        references=(_snapshots_copy, _snapshots_clone),
        wrong=(
            Wrong(
                "share",
                _snapshots_share,
                "All arrays in your list lie in the memory of `x`, so all of them show its last values. "
                "`numpy()` copies nothing. What you keep must be a copy.",
                mistake="memory.from_numpy_copies",
            ),
            Wrong(
                "leave_x",
                _snapshots_leave_x,
                "The diary is right, but `x` itself was not halved. `x = x * 0.5` makes a new tensor and "
                "calls it `x`; the caller's tensor stays as it was. Keep `mul_`.",
            ),
            Wrong(
                "tensors",
                _snapshots_tensors,
                "The values are right and have their own memory, but they are tensors. NumPy arrays were asked for.",
            ),
            Wrong(
                "before",
                _snapshots_before,
                "You keep the values before each halving. First halve, then keep.",
            ),
        ),
    ),
    "memory.same_storage": Solutions(
        references=(_same_storage, _same_storage_start),
        wrong=(
            Wrong(
                "first_element",
                _same_first_element,
                "Your answer compares where the first *elements* lie. `x` and `x[1:]` share a storage, "
                "but begin at different places in it. Compare where the *storages* begin.",
            ),
            Wrong(
                "numbers",
                _same_numbers,
                "Your answer compares numbers. A copy has equal numbers in other memory; two rows of one "
                "tensor have other numbers in the same memory.",
            ),
            Wrong(
                "object",
                _same_object,
                "`is` asks whether both are one Python object. Each view is a new object, even where it "
                "lies in the same storage. Compare the storages.",
            ),
            Wrong(
                "size",
                _same_size,
                "Your answer compares how large the storages are. Two storages of one size can be two. "
                "Compare where they begin.",
            ),
        ),
    ),
    "memory.strides_of": Solutions(
        references=(_strides_loop, _strides_products),
        wrong=(
            Wrong(
                "bytes",
                _strides_bytes,
                "Your strides are four times too large: they count the bytes of `float32` numbers, as "
                "NumPy counts bytes. PyTorch counts elements.",
            ),
            Wrong(
                "columns_first",
                _strides_columns_first,
                "Your answer puts the elements of a *column* next to each other. In PyTorch the last "
                "dimension moves fastest: its stride is 1. Go from right to left.",
            ),
            Wrong(
                "next_size",
                _strides_next_size,
                "In two dimensions that is right, in three it is not. One step must skip *everything* in the "
                "dimensions after it, so all their sizes count, not only the next one.",
            ),
            Wrong(
                "own_size",
                _strides_own_size,
                "Each of your strides counts its own dimension too. One step along a dimension skips only "
                "what lies in the dimensions after it; in the last dimension that is one element.",
            ),
            Wrong(
                "reversed",
                _strides_reversed,
                "You have the right numbers in reverse order. The first stride belongs to the first dimension.",
            ),
            Wrong(
                "list",
                _strides_list,
                "You have the right numbers in a list. A tuple was asked for, as `stride()` gives one.",
            ),
        ),
    ),
    "memory.predict_view": Solutions(
        references=(
            {"view_row": (0, 1), "t_row": (0, 4), "strides": (1, 4)},
            {"view_row": [0, 1], "t_row": [0, 4], "strides": [1, 4]},
        ),
        wrong=(
            Wrong(
                "view_transposes",
                {"view_row": (0, 4)},
                "You guessed that `view(4, 2)` transposes. It reads 0, 1, 2, … 7 in order and breaks "
                "the lines after every second number.",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "t_reads_on",
                {"t_row": (0, 1)},
                "You guessed that `t()` only breaks the lines elsewhere. It makes columns into rows: "
                "column 0 of `y` becomes row 0.",
            ),
            Wrong(
                "t_moves",
                {"strides": (2, 1)},
                "You guessed the strides of a contiguous `(4, 2)` tensor, as if `t()` had moved the "
                "numbers. It moves none: it swaps the strides of `y`.",
            ),
            Wrong(
                "same_strides",
                {"strides": (4, 1)},
                "You guessed that `t()` keeps the strides of `y`. The shape and the strides swap "
                "together: a step down in `t` is a step to the right in `y`.",
            ),
        ),
    ),
    "memory.transpose_by_strides": Solutions(
        references=(_transpose_swapped, _transpose_reversed),
        wrong=(
            Wrong(
                "reads_on",
                _transpose_reads_on,
                "Your strides are those of a contiguous tensor of the new shape. That reads the elements "
                "in storage order, as `view` does, and transposes nothing. Where does one step down in "
                "the result lead in `x`?",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "if_contiguous",
                _transpose_if_contiguous,
                "That is right where `x` is contiguous. A slice has other strides than its shape "
                "suggests: ask `x.stride()`, do not compute them from the shape.",
            ),
            Wrong(
                "keeps_strides",
                _transpose_keeps_strides,
                "You swapped the shape but not the strides. Each size belongs to its stride: they change "
                "places together.",
            ),
            Wrong(
                "from_start",
                _transpose_from_start,
                "Your view begins at the start of the storage. A slice begins later: leave the offset "
                "out, and `as_strided` takes that of `x`.",
            ),
            Wrong(
                "copy",
                _transpose_copy,
                "The numbers are right, but they are a copy. Apply `as_strided` to `x` itself.",
            ),
        ),
    ),
    "memory.point_rows": Solutions(
        references=(_points_t, _points_permute),
        wrong=(
            Wrong(
                "reshape",
                _points_reshape,
                "Your answer behaves as if `view` or `reshape` transposed. The shape is right, but each "
                "row holds two neighbours of one *row* of `coordinates`. Look at the first row of the "
                "example.",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "copy",
                _points_copy,
                "The numbers are right, but they are a copy. A view was asked for: leave out what copies.",
            ),
            Wrong(
                "unassigned",
                _points_unassigned,
                "Your answer gives back what it got. `coordinates.t()` does not change `coordinates`; it "
                "returns the view. Use what it returns.",
            ),
            Wrong(
                "in_place",
                _points_in_place,
                "The result is right, but the caller's tensor was turned too. Methods that end in `_` "
                "change the tensor itself; use the one without.",
            ),
        ),
    ),
    "memory.pixel_rows": Solutions(
        references=(_pixels_reshape, _pixels_contiguous),
        wrong=(
            Wrong(
                "refused",
                _pixels_refused,
                "`view` still refuses: after `permute` no strides give this shape, so somebody has to "
                "copy. `view` never does. Read the last sentence of the error message.",
                mistake="memory.view_after_permute",
            ),
            Wrong(
                "reading_order",
                _pixels_reading_order,
                "Without the `permute`, a row of your answer holds neighbouring pixels of *one* channel. "
                "The channels must come last first; only then may the lines be broken anew.",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "columns",
                _pixels_columns,
                "Your pixels run down the columns of each image. Line by line was asked for: keep height before width.",
            ),
            Wrong(
                "mix_images",
                _pixels_mix_images,
                "Your rows go through all images for each pixel. All pixels of image 0 come first: the "
                "batch stays the first dimension.",
            ),
        ),
    ),
    "memory.channel_features": Solutions(
        references=(_features_contiguous, _features_clone),
        wrong=(
            Wrong(
                "refused",
                _features_refused,
                "`view` still refuses. The elements must be laid out anew between `permute` and `view`. "
                "Before the `permute` that is too early, and a plain `clone()` keeps the strides it "
                "finds.",
                mistake="memory.view_after_permute",
            ),
            Wrong(
                "reading_order",
                _features_reading_order,
                "Your answer keeps the order in which the picture lies in memory: all channels of one "
                "pixel, then the next pixel. The `permute` is needed to bring each channel together.",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "columns",
                _features_columns,
                "Each channel of your answer runs down the columns. Line by line was asked for: keep "
                "height before width.",
            ),
            Wrong(
                "one_row",
                _features_one_row,
                "You flattened the batch too. Each picture is to have a row of its own.",
            ),
        ),
    ),
    "memory.predict_shares": Solutions(
        references=(
            {"row": True, "flat": True, "turned": False, "same": True, "cloned": False},
            {"cloned": False, "same": True, "turned": False, "flat": True, "row": True},
        ),
        wrong=(
            Wrong(
                "reshape_copies",
                {"flat": False},
                "You guessed that `reshape` copies. `x` is contiguous, so a view of shape `(6,)` exists, "
                "and `reshape` gives that.",
                mistake="memory.reshape_copies",
            ),
            Wrong(
                "reshape_shares",
                {"turned": True},
                "You guessed that `reshape` never copies. Read row by row, `x.t()` jumps about in the "
                "storage; no stride does that, so `reshape` has to copy.",
                mistake="memory.reshape_copies",
            ),
            Wrong(
                "clone_shares",
                {"cloned": True},
                "You guessed that `clone` shares. It is the one that always copies.",
            ),
            Wrong(
                "contiguous_copies",
                {"same": False},
                "You guessed that `contiguous` copies. `x` is contiguous already, so you get `x` itself back.",
            ),
            Wrong(
                "row_copies",
                {"row": False},
                "You guessed that `x[1]` is a copy. An index with a number gives a view: same storage, later offset.",
            ),
        ),
    ),
    "memory.flat_copy": Solutions(
        references=(_flat_clone, _flat_laid_out_anew),
        wrong=(
            Wrong(
                "reshape",
                _flat_reshape,
                "Your answer behaves as if `reshape` always copied. It copies only where no view exists: "
                "for a contiguous `x`, whoever writes into your result changes `x`.",
                mistake="memory.reshape_copies",
            ),
            Wrong(
                "contiguous",
                _flat_contiguous,
                "Your answer behaves as if `contiguous` always copied. A tensor that is contiguous "
                "already comes back as it is, in the same memory.",
                mistake="memory.reshape_copies",
            ),
            Wrong(
                "view",
                _flat_view,
                "`view` never copies: where it works it shares memory with `x`, and for a transposed `x` it raises.",
                mistake="memory.view_after_permute",
            ),
            Wrong(
                "clone_then_view",
                _flat_clone_then_view,
                "You do copy, but `clone` keeps the layout: the clone of a transposed tensor is "
                "transposed in memory too, and `view` refuses it. Change the order of the two steps, and "
                "choose a kinder one than `view`.",
                mistake="memory.view_after_permute",
            ),
            Wrong(
                "storage_order",
                _flat_storage,
                "Your answer reads the storage from front to back. For a transposed or sliced `x` that is "
                "not the order in which `x` prints.",
            ),
        ),
    ),
    "memory.predict_index": Solutions(
        references=(
            {"row_0": (0.0, 0.0), "row_1": (1.0, 1.0), "row_2": (0.0, 0.0)},
            {"row_0": [0, 0], "row_1": [1, 1], "row_2": [0, 0]},
        ),
        wrong=(
            Wrong(
                "list_is_view",
                {"row_1": (0, 0)},
                "You guessed that `x[[1]]` is a view. An index that is a list copies the rows it names; "
                "the zeros went into that copy, and nobody kept it.",
                mistake="memory.index_list_is_view",
            ),
            Wrong(
                "number_copies",
                {"row_0": (1, 1)},
                "You guessed that `x[0]` is a copy. An index with a number gives a view, so `zero_` reaches `x`.",
            ),
            Wrong(
                "assignment_lost",
                {"row_2": (1, 1)},
                "You guessed that `x[[2]] = 0` is lost too. With the `=`, nothing is taken out: PyTorch "
                "writes into those rows of `x`.",
            ),
        ),
    ),
    "memory.double_rows": Solutions(
        references=(_double_assign, _double_loop),
        wrong=(
            Wrong(
                "lost",
                _double_lost,
                "Your answer behaves as if `x[rows]` were a view. With a list as index it is a copy: you "
                "doubled the copy, and `x` never heard of it. Write with an `=`.",
                mistake="memory.index_list_is_view",
            ),
            Wrong(
                "copy",
                _double_copy,
                "The numbers are right, but in a new tensor. `x` itself was to change.",
            ),
            Wrong(
                "only_rows",
                _double_only_rows,
                "Your answer returns the doubled rows alone, and `x` stays as it was. Write them back "
                "into `x`, and return `x`.",
            ),
            Wrong(
                "all",
                _double_all,
                "Your answer doubles every row. Only those in `rows` were to change.",
            ),
        ),
    ),
}

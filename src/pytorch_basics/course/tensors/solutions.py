"""References and named wrong solutions of the tensor exercises, in the order of the lesson.

Long, because each exercise carries all its diagnoses here: entries of one table, each read by itself.
"""

from collections.abc import Sequence

import torch

from pytorch_basics.practice.exercise import Same, Solutions, Wrong

Rows = Sequence[tuple[float, float, int]]
Pair = tuple[torch.Tensor, torch.Tensor]


def _number_tensor(n: float) -> torch.Tensor:
    return torch.tensor(n)


def _number_full(n: float) -> torch.Tensor:
    return torch.full((), n)


def _table_cut(rows: Rows) -> Pair:
    data = torch.tensor(rows, dtype=torch.float32)
    return data[:, :2], data[:, 2].long()


def _table_lists(rows: Rows) -> Pair:
    points = [[float(first), float(second)] for first, second, _ in rows]
    return torch.tensor(points), torch.tensor([label for _, _, label in rows])


def _table_from_data(rows: Rows) -> Pair:
    data = torch.tensor(rows)
    return data[:, :2], data[:, 2]


def _table_all_float(rows: Rows) -> Pair:
    data = torch.Tensor(rows)
    return data[:, :2], data[:, 2]


def _table_label_column(rows: Rows) -> Pair:
    data = torch.tensor(rows, dtype=torch.float32)
    return data[:, :2], data[:, 2:].long()


def _table_one_column(rows: Rows) -> Pair:
    data = torch.tensor(rows, dtype=torch.float32)
    return data[:, 0:1], data[:, 2].long()


def _table_first_rows(rows: Rows) -> Pair:
    data = torch.tensor(rows)
    return data[:2], data[2]


def _table_all_whole(rows: Rows) -> Pair:
    data = torch.tensor(rows, dtype=torch.int64)
    return data[:, :2].float(), data[:, 2]


def _largest_item(x: torch.Tensor) -> float:
    return x.max().item()


def _largest_list(x: torch.Tensor) -> float:
    largest: float = max(x.flatten().tolist())
    return largest


def _average_float(x: torch.Tensor) -> torch.Tensor:
    return x.float().mean()


def _average_sum(x: torch.Tensor) -> torch.Tensor:
    return x.sum(dtype=torch.float32) / x.numel()


def _crop_slices(images: torch.Tensor, top: int, left: int, height: int, width: int) -> torch.Tensor:
    return images[:, :, top : top + height, left : left + width]


def _crop_narrow(images: torch.Tensor, top: int, left: int, height: int, width: int) -> torch.Tensor:
    return images.narrow(2, top, height).narrow(3, left, width)


def _board_slices(height: int, width: int) -> torch.Tensor:
    image = torch.zeros(1, 1, height, width)
    image[:, :, 0::2, 1::2] = 1.0
    image[:, :, 1::2, 0::2] = 1.0
    return image


def _board_loop(height: int, width: int) -> torch.Tensor:
    image = torch.zeros(1, 1, height, width)
    for row in range(height):
        for column in range(width):
            image[0, 0, row, column] = (row + column) % 2
    return image


def _board_stripes(height: int, width: int) -> torch.Tensor:
    image = torch.zeros(1, 1, height, width)
    image[:, :, :, 1::2] = 1.0
    return image


def _board_half(height: int, width: int) -> torch.Tensor:
    image = torch.zeros(1, 1, height, width)
    image[:, :, 0::2, 1::2] = 1.0
    return image


def _xor_columns(corners: torch.Tensor, noise: float) -> Pair:
    labels = (corners[:, 0] != corners[:, 1]).float()
    return corners + noise * torch.randn(len(corners), 2), labels


def _xor_sum(corners: torch.Tensor, noise: float) -> Pair:
    points = corners.float()
    points += torch.randn(corners.shape) * noise
    return points, (corners.sum(dim=1) % 2).to(torch.float32)


def _xor_or(corners: torch.Tensor, noise: float) -> Pair:
    points, _ = _xor_columns(corners, noise)
    return points, (corners.sum(dim=1) > 0).float()


def _xor_same(corners: torch.Tensor, noise: float) -> Pair:
    points, _ = _xor_columns(corners, noise)
    return points, (corners[:, 0] == corners[:, 1]).float()


def _xor_uniform(corners: torch.Tensor, noise: float) -> Pair:
    labels = (corners[:, 0] != corners[:, 1]).float()
    return corners + noise * torch.rand(len(corners), 2), labels


def _xor_shared_noise(corners: torch.Tensor, noise: float) -> Pair:
    labels = (corners[:, 0] != corners[:, 1]).float()
    return corners + noise * torch.randn(len(corners), 1), labels


def _xor_from_points(corners: torch.Tensor, noise: float) -> Pair:
    points, _ = _xor_columns(corners, noise)
    return points, ((points[:, 0] > 0.5) != (points[:, 1] > 0.5)).float()


def _xor_whole_labels(corners: torch.Tensor, noise: float) -> Pair:
    points, labels = _xor_columns(corners, noise)
    return points, labels.long()


def _xor_bool_labels(corners: torch.Tensor, noise: float) -> Pair:
    points, labels = _xor_columns(corners, noise)
    return points, labels.bool()


def _xor_label_column(corners: torch.Tensor, noise: float) -> Pair:
    points, labels = _xor_columns(corners, noise)
    return points, labels.reshape(-1, 1)


SOLUTIONS: dict[str, Solutions] = {
    "tensors.literal": Solutions(
        references=(
            {"shape": (2, 3), "dtype": torch.int64, "ndim": 2},
            {"shape": torch.Size([2, 3]), "dtype": "int64", "ndim": 2},
        ),
        wrong=(
            Wrong(
                "floats",
                {"dtype": torch.float32},
                "You guessed floats. `torch.tensor` looks at the data: numbers without a decimal point stay"
                " whole numbers.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "int32",
                {"dtype": torch.int32},
                "They are whole numbers, but wider ones: PyTorch gives Python's `int` 64 bits.",
            ),
            Wrong(
                "columns_first",
                {"shape": (3, 2)},
                "You guessed columns first. A shape counts from the outside in: the outer list holds 2 lists.",
            ),
            Wrong(
                "flat",
                {"shape": (6,)},
                "You guessed one long row. The nesting of the lists is kept: each level of brackets is a dimension.",
            ),
            Wrong(
                "counted_elements",
                {"ndim": 6},
                "`ndim` is the number of dimensions, that is, the length of the shape. The elements are"
                " counted by `numel()`.",
            ),
            Wrong(
                "counted_columns",
                {"ndim": 3},
                "`ndim` is not the number of columns. It is the length of the shape: how many indices one"
                " element needs.",
            ),
        ),
    ),
    "tensors.constructors": Solutions(
        references=(
            {"a_shape": (), "b_shape": (3,), "c_dtype": torch.int64, "d_dtype": torch.float32},
            {"a_shape": torch.Size([]), "b_shape": [3], "c_dtype": "int64", "d_dtype": "torch.float32"},
        ),
        wrong=(
            Wrong(
                "capital_is_a_number",
                {"b_shape": ()},
                "You guessed that `torch.Tensor(3)` is the number 3. It reads the 3 as a size and makes room"
                " for three floats.",
                mistake="tensors.size_is_value",
            ),
            Wrong(
                "capital_is_a_list",
                {"b_shape": (1,)},
                "You guessed that `torch.Tensor(3)` holds the one number 3. The 3 is a size: room for three floats.",
            ),
            Wrong(
                "small_is_a_size",
                {"a_shape": (3,)},
                "You guessed that `torch.tensor(3)` makes three numbers. With the small t, what you give is the data.",
            ),
            Wrong(
                "small_is_a_list",
                {"a_shape": (1,)},
                "`torch.tensor(3)` has no brackets around the 3, so it has no dimension either: a shape of length 0.",
            ),
            Wrong(
                "capital_keeps_whole",
                {"d_dtype": torch.int64},
                "You guessed that `torch.Tensor` looks at the data. It does not: with a list it always gives"
                " `float32`.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "small_is_float",
                {"c_dtype": torch.float32},
                "You guessed that tensors are floats from the start. `torch.tensor` keeps whole numbers whole.",
                mistake="tensors.same_dtype",
            ),
        ),
    ),
    "tensors.number": Solutions(
        references=(_number_tensor, _number_full),
        wrong=(
            Wrong(
                "size",
                lambda n: torch.Tensor(n),
                "Your answer behaves as if `n` were a size. `torch.Tensor(3)` makes room for three floats"
                " that nobody set, and refuses `2.5` as a size. Which function looks at the value instead?",
                mistake="tensors.size_is_value",
                same=Same(values=False),
            ),
            Wrong(
                "listed",
                lambda n: torch.tensor([n]),
                "The number is right, but it lies in a list of one: the brackets around `n` make a dimension,"
                " so the shape is `(1,)`. Without them it is `()`.",
            ),
            Wrong(
                "listed_float",
                lambda n: torch.Tensor([n]),
                "Two things: the brackets make a dimension, so the shape is `(1,)`; and `torch.Tensor` gives"
                " floats even for whole numbers.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "always_float",
                lambda n: torch.tensor(float(n)),
                "The shape is right, but a whole number became a float. Leave the choice of the dtype to"
                " `torch.tensor`.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "always_whole",
                lambda n: torch.tensor(int(n)),
                "The shape is right, but every number became a whole number: 2.5 lost its fraction.",
            ),
            Wrong(
                "python",
                lambda n: n,
                "You gave back the Python number itself. A tensor was asked for, one with no dimensions.",
            ),
        ),
    ),
    "tensors.slices": Solutions(
        references=(
            {"row": (4,), "column": (3,), "kept": (3, 1), "part": [1, 2]},
            {"row": torch.Size([4]), "column": [3], "kept": [3, 1], "part": (1, 2)},
        ),
        wrong=(
            Wrong(
                "rows_and_columns",
                {"row": (3,), "column": (4,)},
                "You took rows for columns. The first place in the brackets picks the row; `:` in the first"
                " place means all rows.",
            ),
            Wrong(
                "end_belongs",
                {"part": [1, 2, 3]},
                "You guessed that the end of a slice belongs to it. It does not: `1:3` takes places 1 and 2,"
                " as in Python's lists.",
            ),
            Wrong(
                "counts_from_one",
                {"part": [0, 1]},
                "You counted from 1. Places are counted from 0: `1:3` begins at the second number.",
            ),
            Wrong(
                "column_stands",
                {"column": (3, 1)},
                "You guessed that a column keeps both dimensions. A single number as index takes its"
                " dimension away: what is left is 3 numbers in a row.",
            ),
            Wrong(
                "row_lies",
                {"row": (1, 4)},
                "You guessed that a row keeps both dimensions. A single number as index takes its dimension away.",
            ),
            Wrong(
                "slice_drops",
                {"kept": (3,)},
                "You guessed that a slice of one column drops the dimension. A slice keeps it, even when it"
                " takes only one place.",
            ),
            Wrong(
                "two_columns",
                {"kept": (3, 2)},
                "You guessed that `1:2` takes two columns. Its end does not belong to it, so it takes column 1 alone.",
            ),
        ),
    ),
    "tensors.table": Solutions(
        references=(_table_cut, _table_lists),
        wrong=(
            Wrong(
                "first_rows",
                _table_first_rows,
                "Your answer cuts rows: `data[:2]` is the first two rows. For columns, put `:` in the first"
                " place. (And with fewer than three rows there is no `data[2]`.)",
            ),
            Wrong(
                "from_data",
                _table_from_data,
                "The cut is right, but the dtype follows the data: a table of whole numbers gives `int64`"
                " features, and one decimal point makes the labels floats. Say which dtype you want.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "all_float",
                _table_all_float,
                "The features are right. The labels are floats, because `torch.Tensor` makes floats of"
                " everything. Make whole numbers of them.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "label_column",
                _table_label_column,
                "The labels have the shape `(batch, 1)`: a slice (`2:`) keeps its dimension. A single number"
                " as index takes it away.",
            ),
            Wrong(
                "one_column",
                _table_one_column,
                "Your features have one column. The end of a slice does not belong to it: `0:1` is column 0 alone.",
            ),
            Wrong(
                "all_whole",
                _table_all_whole,
                "The features lost their fractions. Numbers that became `int64` do not get them back when you"
                " convert to floats later: make floats first.",
            ),
        ),
    ),
    "tensors.largest": Solutions(
        references=(_largest_item, _largest_list),
        wrong=(
            Wrong(
                "tensor",
                lambda x: x.max(),
                "The number is right, but it is still a tensor, of shape `()`. One more method takes it out.",
            ),
            Wrong(
                "int",
                lambda x: int(x.max()),
                "Your answer cuts the fraction off: `int(0.9)` is 0. There is a method that gives an `int` or"
                " a `float`, as the dtype demands.",
            ),
            Wrong(
                "float",
                lambda x: float(x.max()),
                "Your answer makes a `float` of whole numbers too. There is a method that gives an `int` or a"
                " `float`, as the dtype demands.",
            ),
            Wrong(
                "place",
                lambda x: x.argmax().item(),
                "Your answer is the place of the largest number, not the number. `argmax` says where, `max` says what.",
            ),
            Wrong(
                "row",
                lambda x: max(x.tolist()),
                "Your answer goes wrong where `x` does not have exactly one dimension. `tolist()` gives lists"
                " inside a list, and Python's `max` then compares whole rows. Ask the tensor itself.",
            ),
            Wrong(
                "size",
                lambda x: x.abs().max().item(),
                "Your answer takes the number that is farthest from 0. The largest of −3 and −1 is −1.",
            ),
        ),
    ),
    "tensors.whole_mean": Solutions(
        references=({"raises": RuntimeError}, {"raises": "RuntimeError"}),
        wrong=(
            Wrong(
                "runs",
                {"raises": None},
                "You guessed that whole numbers can be averaged. Their average may be a fraction, and PyTorch"
                " does not choose a float dtype for you: it refuses.",
                mistake="tensors.whole_numbers_average",
            ),
            Wrong(
                "type_error",
                {"raises": "TypeError"},
                "It does refuse. But a `TypeError` is about the wrong kind of Python object, and `x` is a"
                " tensor, as it should be. It is the dtype that does not fit, and that is found while the"
                " operation runs.",
            ),
            Wrong(
                "value_error",
                {"raises": "ValueError"},
                "It does refuse, but not because of the values: other whole numbers are refused too. Most"
                " errors that are found while an operation runs have one and the same name.",
            ),
        ),
    ),
    "tensors.average": Solutions(
        references=(_average_float, _average_sum),
        wrong=(
            Wrong(
                "plain",
                lambda x: x.mean(),
                "`mean()` refuses whole numbers: their average may be a fraction, and it does not"
                " convert them for you. (And `float64` stays `float64`.) Convert first.",
                mistake="tensors.whole_numbers_average",
            ),
            Wrong(
                "floor",
                lambda x: x.sum() // x.numel(),
                "Your answer cuts the fraction off: `//` divides and rounds down. The average of 1 and 2 is 1.5.",
                mistake="tensors.whole_numbers_average",
            ),
            Wrong(
                "cut",
                lambda x: x.float().mean().long(),
                "You average first and make a whole number of it afterwards. The fraction is gone, and the"
                " dtype is not `float32`.",
                mistake="tensors.whole_numbers_average",
            ),
            Wrong(
                "divided",
                lambda x: x.sum() / x.numel(),
                "Right for whole numbers: `/` makes floats of them. But a `float64` tensor stays `float64`."
                " Say which dtype you want.",
            ),
            Wrong(
                "double",
                lambda x: x.double().mean(),
                "The number is right, but `.double()` gives `float64`. Plain `float32` was asked for.",
            ),
            Wrong(
                "python",
                lambda x: x.float().mean().item(),
                "The number is right, but it is a Python number. A tensor of shape `()` was asked for: leave"
                " it as it is.",
            ),
            Wrong(
                "rows",
                lambda x: x.float().mean(0),
                "Your answer averages along the first dimension only. Without an argument, `mean()` takes all"
                " elements.",
            ),
        ),
    ),
    "tensors.crop": Solutions(
        references=(_crop_slices, _crop_narrow),
        wrong=(
            Wrong(
                "first_length",
                lambda images, top, left, height, width: images[top:height, left:width],
                "Two things. You cut the first two dimensions, which are the images and their channels. And"
                " the end of a slice is a place, not a length.",
            ),
            Wrong(
                "first",
                lambda images, top, left, height, width: images[top : top + height, left : left + width],
                "You cut the first two dimensions: these are the images and their channels. Rows and columns"
                " are the last two.",
            ),
            Wrong(
                "length",
                lambda images, top, left, height, width: images[:, :, top:height, left:width],
                "You used `height` and `width` as the end of the slice. The end is a place, not a length:"
                " where does a piece end that begins at `top`?",
            ),
            Wrong(
                "inclusive",
                lambda images, top, left, height, width: images[:, :, top : top + height + 1, left : left + width + 1],
                "One row and one column too many. The end of a slice does not belong to it, so no `+ 1` is needed.",
            ),
            Wrong(
                "swapped",
                lambda images, top, left, height, width: images[:, :, left : left + width, top : top + height],
                "You took rows for columns. The order is height before width: the third dimension counts rows"
                " from the top, the fourth counts columns from the left.",
            ),
            Wrong(
                "channels_last",
                lambda images, top, left, height, width: images[:, top : top + height, left : left + width, :],
                "You cut as if the channels came last. That is the order of NumPy and image files; PyTorch's"
                " is `(batch, channels, height, width)`.",
            ),
            Wrong(
                "one_image",
                lambda images, top, left, height, width: images[0, :, top : top + height, left : left + width],
                "You cut the first image only, and its dimension is gone. `:` in the first place keeps all images.",
            ),
        ),
    ),
    "tensors.checkerboard": Solutions(
        references=(_board_slices, _board_loop),
        wrong=(
            Wrong(
                "stripes",
                _board_stripes,
                "Your image has stripes: every row is the same. Each row should be the opposite of the one above it.",
            ),
            Wrong(
                "half",
                _board_half,
                "Half of the ones are missing: the rows 1, 3, 5, … are empty. They begin with a one.",
            ),
            Wrong(
                "reading_order",
                lambda height, width: (torch.arange(height * width) % 2).float().reshape(1, 1, height, width),
                "You count through the rows as if reading a text. With an odd width that is a checkerboard,"
                " with an even width every row begins with 0. A pixel depends on row *and* column.",
            ),
            Wrong(
                "white_first",
                lambda height, width: 1 - _board_slices(height, width),
                "A checkerboard, but its opposite: the pixel at the top left should be 0.",
            ),
            Wrong(
                "bare",
                lambda height, width: _board_slices(height, width)[0, 0],
                "The picture is right, but its shape is `(height, width)`. A batch of one image with one"
                " channel has two more dimensions, in front.",
            ),
            Wrong(
                "one_channel",
                lambda height, width: _board_slices(height, width)[0],
                "The picture is right, but its shape is `(1, height, width)`. The batch is missing: one image"
                " is a batch of 1.",
            ),
            Wrong(
                "whole",
                lambda height, width: _board_slices(height, width).long(),
                "The picture is right, but it is made of whole numbers. Image pixels that go into a network"
                " are floats.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "swapped",
                lambda height, width: _board_slices(width, height),
                "Height and width have changed places. A shape says rows (height) before columns (width).",
            ),
            Wrong(
                "channels_last",
                lambda height, width: _board_slices(height, width).reshape(1, height, width, 1),
                "You put the channels last. PyTorch's order is `(batch, channels, height, width)`.",
            ),
        ),
    ),
    "tensors.xor": Solutions(
        references=(_xor_columns, _xor_sum),
        wrong=(
            Wrong(
                "whole_noise",
                lambda corners, noise: (corners + noise * torch.randn_like(corners), corners[:, 0]),
                "`torch.randn_like(corners)` wants noise of the dtype of `corners`, and that is `int64`."
                " Noise is a fraction. Draw it with `torch.randn`, which gives floats.",
                mistake="tensors.whole_numbers_average",
            ),
            Wrong(
                "or",
                _xor_or,
                "The label of the corner `(1, 1)` is wrong. Yours says “at least one is 1”. *Exclusive* or"
                " says: the two differ.",
            ),
            Wrong(
                "same",
                _xor_same,
                "The labels are turned round: 1 stands for corners whose coordinates differ, 0 for those"
                " where they agree.",
            ),
            Wrong(
                "uniform",
                _xor_uniform,
                "Your noise is never below 0, so the points are pushed to one side. `rand` is even between 0"
                " and 1; the normal distribution has one more letter.",
            ),
            Wrong(
                "shared_noise",
                _xor_shared_noise,
                "Both coordinates of a point get the same noise, so the points lie on diagonals. Draw a"
                " number for each coordinate: shape `(batch, 2)`.",
            ),
            Wrong(
                "from_points",
                _xor_from_points,
                "You take the label from the noisy point. With much noise a point lands nearer to another"
                " corner, but it keeps its own corner's label. Use `corners`.",
            ),
            Wrong(
                "whole_labels",
                _xor_whole_labels,
                "The labels are right, but they are whole numbers. Floats were asked for.",
                mistake="tensors.same_dtype",
            ),
            Wrong(
                "bool_labels",
                _xor_bool_labels,
                "The labels are right, but they are `True` and `False`: a comparison gives the dtype `bool`."
                " Convert it.",
            ),
            Wrong(
                "label_column",
                _xor_label_column,
                "The labels have the shape `(batch, 1)`. One number per point was asked for: `(batch,)`.",
            ),
        ),
    ),
}

"""References and named wrong solutions of the exercises on operations, in the lesson's order.

In go the functions below, each a few lines of PyTorch; out comes ``SOLUTIONS``. The first reference of each
computes what is expected. One file although long: every entry stands alone, and the order is that of
``exercises.py``.
"""

from typing import Any

import torch
from torch import Tensor

from pytorch_basics.practice.exercise import Solutions, Wrong

STAR = "operations.star_is_matmul"
BROADCAST = "operations.silent_broadcast"

# --- move


def move(points: Tensor, shift: float, in_place: bool) -> Tensor:
    return points.add_(shift) if in_place else points + shift


def move_with_operators(points: Tensor, shift: float, in_place: bool) -> Tensor:
    if in_place:
        points += shift
        return points
    return torch.add(points, shift)


def move_never(points: Tensor, shift: float, in_place: bool) -> Tensor:
    moved = points + shift
    if in_place:
        points = moved  # only the local name
    return moved


def move_always(points: Tensor, shift: float, in_place: bool) -> Tensor:
    result = points
    result += shift
    return result


def move_and_return_nothing(points: Tensor, shift: float, in_place: bool) -> Tensor | None:
    if in_place:
        points.add_(shift)
        return None
    return points + shift


def move_and_return_a_copy(points: Tensor, shift: float, in_place: bool) -> Tensor:
    return points.add_(shift).clone() if in_place else points + shift


def move_by_assignment(points: Tensor, shift: float, in_place: bool) -> Tensor:
    if in_place:
        points[:] = points + shift
        return points
    return points + shift


def move_swapped(points: Tensor, shift: float, in_place: bool) -> Tensor:
    return points + shift if in_place else points.add_(shift)


# --- row_shares


def row_shares(counts: Tensor) -> Tensor:
    return counts / counts.sum(dim=1, keepdim=True)


def row_shares_unsqueezed(counts: Tensor) -> Tensor:
    return torch.div(counts, torch.sum(counts, -1).unsqueeze(1))


def row_shares_without_keepdim(counts: Tensor) -> Tensor:
    return counts / counts.sum(dim=1)


def row_shares_of_columns(counts: Tensor) -> Tensor:
    return counts / counts.sum(dim=0)


def row_shares_of_all(counts: Tensor) -> Tensor:
    return counts / counts.sum()


def row_shares_in_place(counts: Tensor) -> Tensor:
    return counts.div_(counts.sum(dim=1, keepdim=True))


# --- normalise_channels


def _normalised(images: Tensor, dim: int | tuple[int, ...], correction: int = 0, eps: float = 1e-5) -> Tensor:
    mean = images.mean(dim=dim, keepdim=True)
    return (images - mean) / (images.std(dim=dim, keepdim=True, correction=correction) + eps)


def normalise_channels(images: Tensor) -> Tensor:
    return _normalised(images, (0, 2, 3))


def normalise_channels_from_squares(images: Tensor) -> Tensor:
    centred = images - images.mean(dim=(0, 2, 3)).view(1, -1, 1, 1)
    spread = centred.square().mean(dim=(0, 2, 3)).sqrt().view(1, -1, 1, 1)
    return centred / (spread + 1e-5)


def normalise_channels_without_keepdim(images: Tensor) -> Tensor:
    mean = images.mean(dim=(0, 2, 3))
    return (images - mean) / (images.std(dim=(0, 2, 3), correction=0) + 1e-5)


def normalise_channels_per_image(images: Tensor) -> Tensor:
    return _normalised(images, (2, 3))


def normalise_channels_all_together(images: Tensor) -> Tensor:
    return _normalised(images, (0, 1, 2, 3))


def normalise_channels_across_channels(images: Tensor) -> Tensor:
    return _normalised(images, 1)


def normalise_channels_with_n_minus_one(images: Tensor) -> Tensor:
    return _normalised(images, (0, 2, 3), correction=1)


def normalise_channels_without_small_number(images: Tensor) -> Tensor:
    return _normalised(images, (0, 2, 3), eps=0.0)


def normalise_channels_only_centred(images: Tensor) -> Tensor:
    return images - images.mean(dim=(0, 2, 3), keepdim=True)


# --- pairwise_distances


def pairwise_distances(a: Tensor, b: Tensor) -> Tensor:
    return (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(dim=2).sqrt()


def pairwise_distances_with_norm(a: Tensor, b: Tensor) -> Tensor:
    distances: Tensor = torch.linalg.vector_norm(a[:, None, :] - b[None, :, :], dim=-1)
    return distances


def pairwise_row_with_row(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).pow(2).sum(dim=1).sqrt()


def pairwise_squared(a: Tensor, b: Tensor) -> Tensor:
    return (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(dim=2)


def pairwise_transposed(a: Tensor, b: Tensor) -> Tensor:
    return pairwise_distances(b, a)


def pairwise_manhattan(a: Tensor, b: Tensor) -> Tensor:
    return (a.unsqueeze(1) - b.unsqueeze(0)).abs().sum(dim=2)


def pairwise_over_points(a: Tensor, b: Tensor) -> Tensor:
    return (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(dim=1).sqrt()


def pairwise_expanded(a: Tensor, b: Tensor) -> Tensor:
    squares = a.pow(2).sum(dim=1, keepdim=True) + b.pow(2).sum(dim=1) - 2 * a @ b.T
    return squares.sqrt()


# --- accuracy


def accuracy(predicted: Tensor, labels: Tensor) -> Tensor:
    return (predicted.squeeze(1) == labels).float().mean()


def accuracy_by_counting(predicted: Tensor, labels: Tensor) -> Tensor:
    return (predicted == labels.unsqueeze(1)).sum() / len(labels)


def accuracy_of_all_pairs(predicted: Tensor, labels: Tensor) -> Tensor:
    return (predicted == labels).float().mean()


def accuracy_of_all_pairs_counted(predicted: Tensor, labels: Tensor) -> Tensor:
    return (predicted == labels).sum() / len(labels)


def accuracy_as_number(predicted: Tensor, labels: Tensor) -> float:
    return accuracy(predicted, labels).item()


def accuracy_as_count(predicted: Tensor, labels: Tensor) -> Tensor:
    return (predicted.squeeze(1) == labels).sum()


def accuracy_of_errors(predicted: Tensor, labels: Tensor) -> Tensor:
    return (predicted.squeeze(1) != labels).float().mean()


# --- strict_loss


def strict_loss(output: Tensor, target: Tensor) -> Tensor:
    if output.shape != target.shape:
        raise ValueError(f"output {tuple(output.shape)} and target {tuple(target.shape)} must have the same shape")
    return (output - target).pow(2).mean()


def strict_loss_by_dimensions(output: Tensor, target: Tensor) -> Tensor:
    if list(output.size()) == list(target.size()):
        return torch.square(output - target).sum() / output.numel()
    raise ValueError("different shapes")


def strict_loss_without_a_look(output: Tensor, target: Tensor) -> Tensor:
    return (output - target).pow(2).mean()


def strict_loss_by_rows(output: Tensor, target: Tensor) -> Tensor:
    if len(output) != len(target):
        raise ValueError("different numbers of rows")
    return (output - target).pow(2).mean()


def strict_loss_by_elements(output: Tensor, target: Tensor) -> Tensor:
    if output.numel() != target.numel():
        raise ValueError("different numbers of elements")
    return (output - target).pow(2).mean()


def strict_loss_by_number_of_dimensions(output: Tensor, target: Tensor) -> Tensor:
    if output.dim() != target.dim():
        raise ValueError("different numbers of dimensions")
    return (output - target).pow(2).mean()


def strict_loss_reshaping(output: Tensor, target: Tensor) -> Tensor:
    return (output - target.reshape(output.shape)).pow(2).mean()


def strict_loss_asserting(output: Tensor, target: Tensor) -> Tensor:
    assert output.shape == target.shape
    return (output - target).pow(2).mean()


# --- with_ones


def with_ones(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones(x.shape[0], 1, dtype=x.dtype)], dim=1)


def with_ones_filled(x: Tensor) -> Tensor:
    result = x.new_ones(len(x), x.shape[1] + 1)
    result[:, :-1] = x
    return result


def with_ones_flat(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones(x.shape[0], dtype=x.dtype)], dim=1)


def with_ones_first(x: Tensor) -> Tensor:
    return torch.cat([torch.ones(x.shape[0], 1, dtype=x.dtype), x], dim=1)


def with_ones_below(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones(1, x.shape[1], dtype=x.dtype)], dim=0)


def with_ones_default_dtype(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones(x.shape[0], 1)], dim=1)


def with_ones_added(x: Tensor) -> Tensor:
    return x + torch.ones(x.shape[0], 1, dtype=x.dtype)


# --- image_batch


def image_batch(images: list[Tensor]) -> Tensor:
    return torch.stack(images).unsqueeze(1)


def image_batch_with_cat(images: list[Tensor]) -> Tensor:
    return torch.cat([image[None, None] for image in images], dim=0)


def image_batch_without_channel(images: list[Tensor]) -> Tensor:
    return torch.stack(images)


def image_batch_channel_first(images: list[Tensor]) -> Tensor:
    return torch.stack(images).unsqueeze(0)


def image_batch_channel_last(images: list[Tensor]) -> Tensor:
    return torch.stack(images).unsqueeze(-1)


def image_batch_one_tall_image(images: list[Tensor]) -> Tensor:
    return torch.cat(images)


# --- linear_by_hand


def linear_by_hand(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x @ weight.T + bias


def linear_by_elements(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return (x.unsqueeze(-2) * weight).sum(dim=-1) + bias


def linear_without_transpose(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x @ weight + bias


def linear_with_star(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x * weight + bias


def linear_weight_first(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return weight @ x + bias


def linear_with_view(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x @ weight.view(weight.shape[1], weight.shape[0]) + bias


def linear_without_bias(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x @ weight.T


def linear_bias_as_column(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return x @ weight.T + bias.unsqueeze(1)


# --- stable_softmax


def stable_softmax(scores: Tensor) -> Tensor:
    powers = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


def softmax_by_logarithm(scores: Tensor) -> Tensor:
    return (scores - torch.logsumexp(scores, dim=-1, keepdim=True)).exp()


def softmax_naive(scores: Tensor) -> Tensor:
    return scores.exp() / scores.exp().sum(dim=-1, keepdim=True)


def softmax_of_all(scores: Tensor) -> Tensor:
    powers = (scores - scores.max()).exp()
    return powers / powers.sum()


def softmax_of_columns(scores: Tensor) -> Tensor:
    powers = (scores - scores.amax(dim=0, keepdim=True)).exp()
    return powers / powers.sum(dim=0, keepdim=True)


def softmax_common_maximum(scores: Tensor) -> Tensor:
    powers = (scores - scores.max()).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


def softmax_max_with_indices(scores: Tensor) -> Tensor:
    largest: Any = scores.max(dim=-1, keepdim=True)
    powers = torch.exp(scores - largest)
    return powers / powers.sum(dim=-1, keepdim=True)


def softmax_without_keepdim(scores: Tensor) -> Tensor:
    powers = (scores - scores.amax(dim=-1)).exp()
    return powers / powers.sum(dim=-1)


def softmax_divided_by_max(scores: Tensor) -> Tensor:
    powers = (scores / scores.amax(dim=-1, keepdim=True)).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


SOLUTIONS: dict[str, Solutions] = {
    "operations.predict_in_place": Solutions(
        references=({"also": 1.0, "points": 11.0}, {"also": 1, "points": 11}),
        wrong=(
            Wrong(
                "assignment_copies",
                {"also": 0, "points": 11},
                "Your guess says that `also = points` made a copy. It gave the same tensor a second name. "
                "Whatever `add_` does to the tensor, both names show it.",
            ),
            Wrong(
                "name_follows",
                {"also": 11, "points": 11},
                "Your guess says that the last line changed the tensor that `also` names. `points + 10` "
                "made a new tensor, and only the name `points` moved to it.",
            ),
            Wrong(
                "add_changes_nothing",
                {"also": 0, "points": 10},
                "Your guess says that `points.add_(1)` is lost because its result is not assigned. That is "
                "true of `points.add(1)`. The trailing underscore means: the tensor itself changes.",
            ),
        ),
    ),
    "operations.move": Solutions(
        references=(move, move_with_operators),
        wrong=(
            Wrong(
                "never_in_place",
                move_never,
                "Your answer never changes `points`. `points = points + shift` makes a new tensor and moves "
                "only the local name to it; the caller's tensor stays as it was. Which way of adding works "
                "on the tensor itself?",
            ),
            Wrong(
                "always_in_place",
                move_always,
                "Your answer changes `points` also when `in_place` is False. `result = points` makes no "
                "copy, it is a second name; and `+=` on a tensor works in place.",
            ),
            Wrong(
                "returns_nothing",
                move_and_return_nothing,
                "Your answer changes `points`, but then returns None. In PyTorch an in-place operation "
                "changes its tensor and also returns it.",
            ),
            Wrong(
                "returns_a_copy",
                move_and_return_a_copy,
                "Your answer changes `points`, but returns another tensor with the same numbers. In place, "
                "the result must be `points` itself.",
            ),
            Wrong(
                "cuts_off_fractions",
                move_by_assignment,
                "Your answer assigns the sum into `points` (`points[:] = …` or `copy_`). Assigning converts "
                "to the dtype of `points`, and silently cuts 1.5 to 1 where it holds whole numbers. An "
                "in-place addition refuses to.",
            ),
            Wrong(
                "swapped",
                move_swapped,
                "Your answer has the two cases the wrong way round: it works in place where it should not, "
                "and makes a new tensor where `in_place` is True.",
            ),
        ),
    ),
    "operations.predict_reduction": Solutions(
        references=({"summed": (5, 3), "kept": (5, 1, 3)}, {"summed": [5, 3], "kept": torch.Size([5, 1, 3])}),
        wrong=(
            Wrong(
                "dim_is_what_stays",
                {"summed": (2,), "kept": (1, 2, 1)},
                "Your guess says that `dim=1` is the dimension that stays. It is the one that is added up "
                "and goes away; all others stay.",
            ),
            Wrong(
                "counts_from_one",
                {"summed": (2, 3), "kept": (1, 2, 3)},
                "Your guess adds up the first dimension. Dimensions are counted from 0, so `dim=1` is the second one.",
            ),
            Wrong(
                "keepdim_keeps_the_size",
                {"summed": (5, 3), "kept": (5, 2, 3)},
                "Your guess says that `keepdim` keeps the size 2. The two entries are added up all the same; "
                "`keepdim=True` keeps only the *place*, with size 1.",
            ),
            Wrong(
                "keepdim_does_nothing",
                {"summed": (5, 3), "kept": (5, 3)},
                "Your guess gives both the same shape. With `keepdim=True` the dimension that was added up "
                "stays in the shape, with size 1.",
            ),
        ),
    ),
    "operations.predict_broadcast": Solutions(
        references=(
            {"one": (5, 4), "two": (6, 2), "three": (3, 3, 4)},
            {"one": [5, 4], "two": torch.Size([6, 2]), "three": [3, 3, 4]},
        ),
        wrong=(
            Wrong(
                "from_the_left",
                {"one": (5, 4), "two": (6, 2), "three": (3, 1, 4)},
                "Your guess for `three` lines the shapes up from the left, 3 over 3. They are lined up from "
                "the *right*: 4 over 1, 1 over 3, 3 over nothing.",
                mistake=BROADCAST,
            ),
            Wrong(
                "first_shape_wins",
                {"one": (5, 4), "two": (6, 1), "three": (3, 1, 4)},
                "Your guess gives each sum the shape of its first part. Both parts may be stretched: a size "
                "1 in either takes the size of the other.",
                mistake=BROADCAST,
            ),
            Wrong(
                "cut_to_the_smaller",
                {"one": (4,), "two": (1,), "three": (1, 1)},
                "Your guess cuts the larger shape down to the smaller one. Broadcasting never drops "
                "elements: sizes of 1 and missing dimensions are repeated instead.",
                mistake=BROADCAST,
            ),
            Wrong(
                "two_is_a_row",
                {"one": (5, 4), "two": (2,), "three": (3, 3, 4)},
                "Your guess for `two` drops the dimension with six entries. `(6, 1)` over `(2,)`: 1 against "
                "2 gives 2, and the 6 stands over an empty place, so it stays.",
                mistake=BROADCAST,
            ),
        ),
    ),
    "operations.row_shares": Solutions(
        references=(row_shares, row_shares_unsqueezed),
        wrong=(
            Wrong(
                "without_keepdim",
                row_shares_without_keepdim,
                "Your sums have the shape `(rows,)`. Shapes are lined up from the right, so the sums are "
                "laid along the *columns*: an error when the sizes differ, silently wrong numbers when the "
                "table is square. Which shape would lay them along the rows?",
                mistake=BROADCAST,
            ),
            Wrong(
                "columns",
                row_shares_of_columns,
                "Your answer makes every *column* sum to 1. `dim` names the dimension that is added up. To "
                "add up a row you walk along its columns.",
            ),
            Wrong(
                "whole_table",
                row_shares_of_all,
                "Your answer divides by the sum of the whole table. A reduction without `dim` adds up everything.",
            ),
            Wrong(
                "in_place",
                row_shares_in_place,
                "Your shares are right, but they are written into `counts` itself, and whole numbers cannot "
                "take them. Return a new tensor: no trailing underscore, no `/=`.",
            ),
        ),
    ),
    "operations.normalise_channels": Solutions(
        references=(normalise_channels, normalise_channels_from_squares),
        wrong=(
            Wrong(
                "without_keepdim",
                normalise_channels_without_keepdim,
                "Your mean has the shape `(channels,)`. Lined up from the right, it is laid along the "
                "*width* of the images: an error if the sizes differ, wrong numbers if they agree by luck. "
                "Where must the channels stand, and how many dimensions must follow?",
                mistake=BROADCAST,
            ),
            Wrong(
                "each_image_alone",
                normalise_channels_per_image,
                "Your answer normalises every image by itself. One mean per channel means: the batch "
                "dimension is averaged over, too.",
            ),
            Wrong(
                "all_channels_together",
                normalise_channels_all_together,
                "Your answer takes one mean and one deviation for everything. Leave the channel dimension "
                "out of what you reduce.",
            ),
            Wrong(
                "across_the_channels",
                normalise_channels_across_channels,
                "Your answer reduces over `dim=1`, the channels, and so mixes them. `dim` names what goes "
                "away; here the channels are the only dimension that stays.",
            ),
            Wrong(
                "n_minus_one",
                normalise_channels_with_n_minus_one,
                "Your deviation divides by one less than the number of pixels; that is what `std` does by "
                "itself. Look for its argument `correction`.",
            ),
            Wrong(
                "without_small_number",
                normalise_channels_without_small_number,
                "A black channel gives you 0 divided by 0, which is `nan`. Add the small number to the "
                "deviation before you divide.",
            ),
            Wrong(
                "only_centred",
                normalise_channels_only_centred,
                "Your answer subtracts the mean but does not divide by the standard deviation.",
            ),
        ),
    ),
    "operations.pairwise_distances": Solutions(
        references=(pairwise_distances, pairwise_distances_with_norm),
        wrong=(
            Wrong(
                "row_with_row",
                pairwise_row_with_row,
                "Your answer computes `a - b` as they are, so row `i` meets only row `i`, or broadcasting "
                "decides. Every point of `a` should meet every point of `b`: each needs a dimension of size "
                "1 where the other has its points.",
                mistake=BROADCAST,
            ),
            Wrong(
                "without_root",
                pairwise_squared,
                "Your answer gives squared distances. From (0, 0) to (3, 4) it is 5, not 25.",
            ),
            Wrong(
                "transposed",
                pairwise_transposed,
                "Your distances are right, but `[i, j]` and `[j, i]` have changed places. The points of `a` "
                "should run along `dim=0`: look at which of the two got its 1 in front.",
            ),
            Wrong(
                "city_blocks",
                pairwise_manhattan,
                "Your answer adds up absolute differences: the way along the streets, 7 from (0, 0) to (3, "
                "4). The straight line is the root of the sum of squares.",
            ),
            Wrong(
                "summed_over_points",
                pairwise_over_points,
                "Your answer adds up over the points of `b` instead of over the features. The differences "
                "have the shape `(n, m, features)`: which dimension should go away?",
            ),
            Wrong(
                "expanded_square",
                pairwise_expanded,
                "Your answer expands the square, |a|² + |b|² − 2ab. On paper that is the same. Far from the "
                "origin it subtracts two huge, nearly equal numbers, and what float32 rounded away is your "
                "distance (or a negative number under the root). Subtract the points first.",
            ),
        ),
    ),
    "operations.predict_silent": Solutions(
        references=({"shape": (3, 3), "perfect": False}, {"shape": torch.Size([3, 3]), "perfect": False}),
        wrong=(
            Wrong(
                "element_with_element",
                {"shape": (3, 1), "perfect": True},
                "Your guess pairs output 1 with target 1, and so on. PyTorch lines `(3, 1)` and `(3,)` up "
                "from the right: the 1 stands over the 3 and is stretched. All 9 pairs are computed.",
                mistake=BROADCAST,
            ),
            Wrong(
                "flattened",
                {"shape": (3,), "perfect": True},
                "Your guess drops the size-1 dimension of `output`. Nothing is dropped in broadcasting: a "
                "size 1 is stretched. All 9 pairs are computed.",
                mistake=BROADCAST,
            ),
            Wrong(
                "still_perfect",
                {"shape": (3, 3), "perfect": True},
                "The shape is right. But of its 9 differences only the 3 on the diagonal compare an output "
                "with its own target. The other 6 are not 0.",
                mistake=BROADCAST,
            ),
        ),
    ),
    "operations.accuracy": Solutions(
        references=(accuracy, accuracy_by_counting),
        wrong=(
            Wrong(
                "all_pairs",
                accuracy_of_all_pairs,
                "Your answer compares every prediction with every label: `(batch, 1) == (batch,)` has the "
                "shape `(batch, batch)`, and you take the mean of all of it. Print the shape of your "
                "comparison.",
                mistake=BROADCAST,
            ),
            Wrong(
                "all_pairs_counted",
                accuracy_of_all_pairs_counted,
                "Your accuracy can exceed 1. `(batch, 1) == (batch,)` has the shape `(batch, batch)`, so "
                "you count the matches of all pairs and divide by the number of rows. Print the shape of "
                "your comparison.",
                mistake=BROADCAST,
            ),
            Wrong(
                "a_python_number",
                accuracy_as_number,
                "The fraction is right, but it is a Python number. The exercise asks for a 0-d tensor: "
                "leave `.item()` (or `float(…)`) to the caller.",
            ),
            Wrong(
                "a_count",
                accuracy_as_count,
                "Your answer counts the matches. An accuracy is a fraction: divide by the number of rows, "
                "or take the mean of the matches as floats.",
            ),
            Wrong(
                "the_errors",
                accuracy_of_errors,
                "Your answer is the fraction of *wrong* rows. A perfect prediction must give 1.",
            ),
        ),
    ),
    "operations.strict_loss": Solutions(
        references=(strict_loss, strict_loss_by_dimensions),
        wrong=(
            Wrong(
                "no_look",
                strict_loss_without_a_look,
                "Your answer leaves the check to PyTorch. PyTorch complains only where broadcasting is "
                "impossible; `(3, 1)` and `(3,)` it subtracts without a word. Compare the shapes yourself, "
                "before you subtract.",
                mistake=BROADCAST,
            ),
            Wrong(
                "only_rows",
                strict_loss_by_rows,
                "Your answer compares only the number of rows. `(3, 1)` and `(3,)` both have 3 rows, and "
                "still broadcast to `(3, 3)`. Compare the whole shapes.",
                mistake=BROADCAST,
            ),
            Wrong(
                "only_elements",
                strict_loss_by_elements,
                "Your answer compares only the number of elements. `(3, 1)` and `(3,)` both have 3, and "
                "still broadcast to `(3, 3)`. Compare the whole shapes.",
                mistake=BROADCAST,
            ),
            Wrong(
                "only_number_of_dimensions",
                strict_loss_by_number_of_dimensions,
                "Your answer compares only how many dimensions there are. `(3, 2)` and `(3, 1)` both have "
                "two, and still broadcast. Compare the whole shapes.",
                mistake=BROADCAST,
            ),
            Wrong(
                "reshapes_silently",
                strict_loss_reshaping,
                "Your answer forces `target` into the shape of `output`. That repairs `(3, 1)` against "
                "`(3,)`, but hides real mistakes. Here different shapes must be refused with a `ValueError`.",
            ),
            Wrong(
                "asserts",
                strict_loss_asserting,
                "Your check is right, but `assert` raises an `AssertionError`, and Python may be told to "
                "skip it. Raise a `ValueError`.",
            ),
        ),
    ),
    "operations.with_ones": Solutions(
        references=(with_ones, with_ones_filled),
        wrong=(
            Wrong(
                "flat_ones",
                with_ones_flat,
                "Your ones have the shape `(batch,)`. `cat` does not broadcast: all pieces need the same "
                "number of dimensions. A column has the shape `(batch, 1)`.",
            ),
            Wrong(
                "ones_first",
                with_ones_first,
                "Your ones stand in the first column. `cat` joins in the order of its list.",
            ),
            Wrong(
                "ones_below",
                with_ones_below,
                "Your answer adds a *row* of ones. `dim=0` makes the tensor longer; which `dim` makes it wider?",
            ),
            Wrong(
                "default_dtype",
                with_ones_default_dtype,
                "Your ones are `float32`, whatever `x` is, so whole numbers become floats. Give the ones "
                "the dtype of `x`.",
            ),
            Wrong(
                "added",
                with_ones_added,
                "Your answer adds 1 to every element: `+` computes, it does not join. Look for the function "
                "that lays tensors side by side.",
            ),
        ),
    ),
    "operations.image_batch": Solutions(
        references=(image_batch, image_batch_with_cat),
        wrong=(
            Wrong(
                "no_channel",
                image_batch_without_channel,
                "Your batch has the shape `(batch, height, width)`. The channel dimension is missing: a 1 "
                "between batch and height.",
            ),
            Wrong(
                "channel_in_front",
                image_batch_channel_first,
                "Your 1 stands in front of the batch, so this is *one* image with many channels. The number "
                "in `unsqueeze` is the place at which the new dimension will stand.",
            ),
            Wrong(
                "channel_at_the_end",
                image_batch_channel_last,
                "Your 1 stands at the end. PyTorch wants `(batch, channels, height, width)`: the channel "
                "comes before height and width.",
            ),
            Wrong(
                "one_tall_image",
                image_batch_one_tall_image,
                "Your answer glues the images below each other into one tall image. `cat` joins along a "
                "dimension that exists; which function makes a *new* one?",
            ),
        ),
    ),
    "operations.predict_star": Solutions(
        references=({"star": (0, 2), "at": (2, 1)}, {"star": [0, 2], "at": [2.0, 1.0]}),
        wrong=(
            Wrong(
                "star_is_at",
                {"star": (2, 1), "at": (2, 1)},
                "Your guess takes `*` for the matrix product. `*` multiplies the elements that stand in the "
                "same place; only `@` is the matrix product.",
                mistake=STAR,
            ),
            Wrong(
                "at_is_star",
                {"star": (0, 2), "at": (0, 2)},
                "Your guess takes `@` for element by element. `@` multiplies a row of `a` with each column "
                "of `b` and sums up.",
                mistake=STAR,
            ),
            Wrong(
                "swapped",
                {"star": (2, 1), "at": (0, 2)},
                "Your guess has the two the wrong way round: `*` works element by element, `@` is the matrix product.",
                mistake=STAR,
            ),
            Wrong(
                "wrong_order",
                {"star": (0, 2), "at": (3, 4)},
                "`star` is right. For `at` your guess swaps the *rows* of `a`: that is `b @ a`. In matrix "
                "products the order matters.",
            ),
        ),
    ),
    "operations.linear_by_hand": Solutions(
        references=(linear_by_hand, linear_by_elements),
        wrong=(
            Wrong(
                "not_transposed",
                linear_without_transpose,
                "Your answer multiplies `(batch, inputs) @ (outputs, inputs)`. The inner sizes do not meet; "
                "where they do by luck (a square weight), the numbers are wrong. Which turn of `weight` "
                "brings `inputs` to the front?",
                mistake=STAR,
            ),
            Wrong(
                "star",
                linear_with_star,
                "Your answer uses `*`, which multiplies element by element. A linear layer sums products of "
                "rows: that is the matrix product `@`.",
                mistake=STAR,
            ),
            Wrong(
                "weight_first",
                linear_weight_first,
                "Your answer computes `weight @ x`, as on paper with `x` as one column. In PyTorch the "
                "batch comes first, one sample a row, so `x` stands on the left.",
                mistake=STAR,
            ),
            Wrong(
                "view_for_transpose",
                linear_with_view,
                "Your answer gives the weight the shape `(inputs, outputs)` with `view` or `reshape`. That "
                "fits, but keeps the reading order, so the elements stand in the wrong places. It needs a "
                "transpose.",
                mistake="memory.view_is_transpose",
            ),
            Wrong(
                "no_bias",
                linear_without_bias,
                "Your product is right; the bias is missing.",
            ),
            Wrong(
                "bias_as_column",
                linear_bias_as_column,
                "Your bias has the shape `(outputs, 1)`, so it is laid along the batch. Lined up from the "
                "right, a bias `(outputs,)` already fits `(batch, outputs)`.",
                mistake=BROADCAST,
            ),
        ),
    ),
    "operations.stable_softmax": Solutions(
        references=(stable_softmax, softmax_by_logarithm),
        wrong=(
            Wrong(
                "overflows",
                softmax_naive,
                "Right for small scores. But `exp(1000)` is `inf`, and `inf / inf` is `nan`; `exp(-1000)` "
                "is 0, and `0 / 0` is `nan` too. Bring the scores of each row near 0 before `exp`.",
            ),
            Wrong(
                "over_everything",
                softmax_of_all,
                "Your shares sum to 1 over the whole tensor. They should do so in every row: the sum needs "
                "`dim` and `keepdim`.",
            ),
            Wrong(
                "along_the_first_dimension",
                softmax_of_columns,
                "Your shares sum to 1 along `dim=0`. The last dimension is asked for, however many there "
                "are: `dim=-1`.",
            ),
            Wrong(
                "one_maximum_for_all",
                softmax_common_maximum,
                "You subtract the largest score of the *whole* tensor. A row whose scores lie far below it "
                "becomes all zeros, and `0 / 0` is `nan`. Each row needs its own largest score.",
            ),
            Wrong(
                "max_gives_two",
                softmax_max_with_indices,
                "`max` with `dim` returns two tensors, the largest values and where they are; the pair "
                "cannot be subtracted. Take `.values` of it, or use `amax`.",
            ),
            Wrong(
                "without_keepdim",
                softmax_without_keepdim,
                "Your reduction drops the last dimension, so what is left is lined up with the wrong one: "
                "an error, or for a square table silently wrong numbers. Keep the reduced dimension with "
                "size 1.",
                mistake=BROADCAST,
            ),
            Wrong(
                "divided_by_the_maximum",
                softmax_divided_by_max,
                "You divide by the largest score. That keeps the numbers small, but changes the shares. "
                "*Subtracting* the same number from all scores of a row leaves the shares as they are.",
            ),
        ),
    ),
}

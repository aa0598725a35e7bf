"""References and named wrong solutions of the first checks."""

import torch

from pytorch_basics.practice.exercise import Solutions, Wrong


def _double_times(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def _double_sum(x: torch.Tensor) -> torch.Tensor:
    return torch.add(x, x)


def _in_place(x: torch.Tensor) -> torch.Tensor:
    x *= 2
    return x


def _total_product(prices: torch.Tensor, amounts: torch.Tensor) -> torch.Tensor:
    return (prices * amounts).sum()


def _total_loop(prices: torch.Tensor, amounts: torch.Tensor) -> torch.Tensor:
    total = torch.zeros((), dtype=prices.dtype)
    for price, amount in zip(prices, amounts, strict=True):
        total = total + price * amount
    return total


SOLUTIONS: dict[str, Solutions] = {
    "start.double": Solutions(
        references=(_double_times, _double_sum),
        wrong=(
            Wrong(
                "plus_two",
                lambda x: x + 2,
                "Your answer behaves as if doubling meant adding 2. For the number 2 that is the same, for no"
                " other number: 5 should become 10, not 7.",
            ),
            Wrong(
                "square",
                lambda x: x**2,
                "Your answer multiplies each number by itself: `**` is “to the power of”. For 2 that looks"
                " right; 5 should become 10, not 25.",
            ),
            Wrong(
                "dtype_double",
                lambda x: x.double(),
                "Your answer keeps every number as it is and changes only its type. In PyTorch `.double()`"
                " means “with double precision” (`float64`), not “times two”.",
            ),
            Wrong(
                "in_place",
                _in_place,
                "The numbers are right, but you changed the tensor you were given. `x *= 2` and `x.mul_(2)`"
                " write into `x` itself. Make a new tensor: arithmetic without `=` does.",
            ),
            Wrong(
                "twice_as_long",
                lambda x: torch.cat([x, x]),
                "Your answer repeats the numbers, as `[1, 2] * 2` does with a Python list. A tensor is not a"
                " list: arithmetic on it is done to each number.",
            ),
            Wrong(
                "times_float",
                lambda x: 2.0 * x,
                "The numbers are right, but whole numbers came back as decimal numbers. `2.0` is a decimal"
                " number, and it makes its partner one too. Multiply by the whole number.",
            ),
        ),
    ),
    "start.guess": Solutions(
        references=(
            {"shape": (2, 3), "y_total": 12.0, "x_total": 6.0},
            {"shape": [2, 3], "y_total": 12, "x_total": 6},
        ),
        wrong=(
            Wrong(
                "x_changed",
                {"x_total": 12},
                "You guessed that `x + 1` changes `x`. It makes a new tensor and leaves `x` alone, as `a + 1`"
                " leaves the number `a` alone.",
            ),
            Wrong(
                "only_one",
                {"y_total": 7},
                "You guessed that the 1 is added once. It is added to each of the six numbers.",
            ),
            Wrong(
                "columns_first",
                {"shape": (3, 2)},
                "You guessed columns first. A shape says rows first, then columns: `torch.ones(2, 3)` has 2 rows.",
            ),
            Wrong(
                "flat",
                {"shape": (6,)},
                "You guessed that the six numbers lie in one row. `+ 1` keeps the shape of `x`: 2 rows, 3 columns.",
            ),
        ),
    ),
    "start.total": Solutions(
        references=(_total_product, _total_loop),
        wrong=(
            Wrong(
                "sums_first",
                lambda prices, amounts: prices.sum() * amounts.sum(),
                "Your answer multiplies the sum of all prices by the sum of all amounts, so each price is"
                " paid for everybody else's amount too. Bring each price together with its own amount first.",
            ),
            Wrong(
                "not_added",
                lambda prices, amounts: prices * amounts,
                "You have the cost of each line, and they are right. What is missing is the sum over the lines.",
            ),
            Wrong(
                "average",
                lambda prices, amounts: (prices * amounts).sum() / len(prices),
                "Your answer is the average cost of a line. The whole purchase is their sum: do not divide.",
            ),
            Wrong(
                "python_number",
                lambda prices, amounts: (prices * amounts).sum().item(),
                "The number is right, but it is a Python number. A tensor was asked for: leave out `.item()`"
                " or `float()`.",
            ),
            Wrong(
                "prices_and_amounts",
                lambda prices, amounts: (prices + amounts).sum(),
                "Your answer adds prices and amounts. Ten pieces at 3 coins cost 3 times 10, not 3 plus 10.",
            ),
        ),
    ),
}

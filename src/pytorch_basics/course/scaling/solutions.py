"""References and named wrong solutions of the exercises on scaling, in the lesson's order.

In go the functions below, each a few lines; out comes ``SOLUTIONS``. The first reference of each computes what is
expected. One file although long: every entry stands alone, and the order is that of ``exercises.py``.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DistributedSampler, TensorDataset

from pytorch_basics.practice.exercise import Solutions, Wrong

SAME_ORDER = "scaling.same_order_every_epoch"
MEAN_OF_MEANS = "data.mean_of_means"
Work = Callable[[], object]
Clock = Callable[[], float]

# --- median_time


def median_time(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    work()
    wait()
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        wait()
        times.append(clock() - begun)
    return statistics.median(times)


def median_time_sorted(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    times = []
    for _ in range(rounds + 1):
        wait()
        begun = clock()
        work()
        wait()
        times.append(clock() - begun)
    return sorted(times[1:])[rounds // 2]


def never_waiting(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    work()
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        times.append(clock() - begun)
    return statistics.median(times)


def not_waiting_for_the_first(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    work()
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        wait()
        times.append(clock() - begun)
    return statistics.median(times)


def measuring_the_first(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        wait()
        times.append(clock() - begun)
    return statistics.median(times)


def mean_time(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    work()
    wait()
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        wait()
        times.append(clock() - begun)
    return sum(times) / rounds


def all_at_once(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    work()
    wait()
    begun = clock()
    for _ in range(rounds):
        work()
    wait()
    return (clock() - begun) / rounds


def smallest_time(work: Work, wait: Work, clock: Clock, rounds: int) -> float:
    work()
    wait()
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        wait()
        times.append(clock() - begun)
    return min(times)


# --- class_means


def class_means(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    member = nn.functional.one_hot(labels, classes).to(x.dtype)
    return member.T @ x / member.sum(dim=0).clamp(min=1)[:, None]


def class_means_index_add(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    sums = torch.zeros(classes, x.shape[1], dtype=x.dtype).index_add_(0, labels, x)
    return sums / torch.bincount(labels, minlength=classes).clamp(min=1).unsqueeze(1)


def loop_over_rows(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    sums, counts = torch.zeros(classes, x.shape[1], dtype=x.dtype), torch.zeros(classes, 1, dtype=x.dtype)
    for row, label in zip(x, labels.tolist(), strict=True):
        sums[label] += row
        counts[label] += 1
    return sums / counts.clamp(min=1)


def loop_over_classes(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    rows = [x[labels == number] for number in range(classes)]
    return torch.stack([found.sum(dim=0) / max(1, len(found)) for found in rows])


def loop_over_classes_with_nan(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    return torch.stack([x[labels == number].mean(dim=0) for number in range(classes)])


def with_nan(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    member = nn.functional.one_hot(labels, classes).to(x.dtype)
    return member.T @ x / member.sum(dim=0)[:, None]


def class_sums(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    return nn.functional.one_hot(labels, classes).to(x.dtype).T @ x


def by_all_rows(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    return class_sums(x, labels, classes) / len(x)


def written_over(x: Tensor, labels: Tensor, classes: int) -> Tensor:
    sums = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    sums[labels] += x
    return sums / torch.bincount(labels, minlength=classes).clamp(min=1)[:, None]


# --- work_per_byte


def work_per_byte(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    moved = rows * inputs + inputs * outputs + rows * outputs
    return 2 * rows * inputs * outputs / (moved * dtype.itemsize)


def work_per_byte_on_meta(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    a = torch.empty(rows, inputs, dtype=dtype, device="meta")
    b = torch.empty(inputs, outputs, dtype=dtype, device="meta")
    return 2 * inputs * rows * outputs / (a.nbytes + b.nbytes + (a @ b).nbytes)


def only_multiplied(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    return work_per_byte(rows, inputs, outputs, dtype) / 2


def per_number(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    return work_per_byte(rows, inputs, outputs, dtype) * dtype.itemsize


def four_bytes(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    return work_per_byte(rows, inputs, outputs, torch.float32)


def without_result(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    return 2 * rows * inputs * outputs / ((rows * inputs + inputs * outputs) * dtype.itemsize)


def bytes_per_work(rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> float:
    return 1 / work_per_byte(rows, inputs, outputs, dtype)


# --- shard


def shard(order: list[int], rank: int, world_size: int) -> list[int]:
    each = math.ceil(len(order) / world_size)
    return [order[(rank + number * world_size) % len(order)] for number in range(each)]


def shard_by_pytorch(order: list[int], rank: int, world_size: int) -> list[int]:
    sampler: Any = DistributedSampler(TensorDataset(torch.tensor(order)), world_size, rank, shuffle=False)
    return [order[place] for place in sampler]


def shard_by_slices(order: list[int], rank: int, world_size: int) -> list[int]:
    total = -(-len(order) // world_size) * world_size
    return list(islice(cycle(order), total))[rank::world_size]


def shard_uneven(order: list[int], rank: int, world_size: int) -> list[int]:
    return order[rank::world_size]


def shard_dropping(order: list[int], rank: int, world_size: int) -> list[int]:
    return order[: len(order) // world_size * world_size][rank::world_size]


def shard_in_blocks(order: list[int], rank: int, world_size: int) -> list[int]:
    each = math.ceil(len(order) / world_size)
    longer = list(islice(cycle(order), each * world_size))
    return longer[rank * each : (rank + 1) * each]


def shard_with_last(order: list[int], rank: int, world_size: int) -> list[int]:
    total = math.ceil(len(order) / world_size) * world_size
    return (order + [order[-1]] * (total - len(order)))[rank::world_size]


def shard_once_round(order: list[int], rank: int, world_size: int) -> list[int]:
    total = math.ceil(len(order) / world_size) * world_size
    return (order + order[: total - len(order)])[rank::world_size]


def shard_one_too_many(order: list[int], rank: int, world_size: int) -> list[int]:
    total = (len(order) // world_size + 1) * world_size
    return list(islice(cycle(order), total))[rank::world_size]


# --- mean_gradient

Gradients = list[list[Tensor]]


def mean_gradient(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    total = sum(rows)
    return [
        torch.stack([gradient * count for gradient, count in zip(of_one, rows, strict=True)]).sum(dim=0) / total
        for of_one in zip(*gradients, strict=True)
    ]


def mean_gradient_by_weights(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    means = [torch.zeros_like(gradient) for gradient in gradients[0]]
    for mine, count in zip(gradients, rows, strict=True):
        for mean, gradient in zip(means, mine, strict=True):
            mean += gradient * (count / sum(rows))
    return means


def plain_mean(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    return [torch.stack(of_one).mean(dim=0) for of_one in zip(*gradients, strict=True)]


def added_up(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    return [torch.stack(of_one).sum(dim=0) for of_one in zip(*gradients, strict=True)]


def weighted_sum(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    return [mean * sum(rows) for mean in mean_gradient(gradients, rows)]


def weighted_by_processes(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    return [mean * sum(rows) / len(rows) for mean in mean_gradient(gradients, rows)]


def in_the_first(gradients: Gradients, rows: list[int]) -> list[Tensor]:
    means = gradients[0]
    for mean in means:
        mean *= rows[0] / sum(rows)
    for mine, count in zip(gradients[1:], rows[1:], strict=True):
        for mean, gradient in zip(means, mine, strict=True):
            mean += gradient * (count / sum(rows))
    return means


def _dtypes(hidden: Any, bent: Any, loss: Any, gradient: Any) -> dict[str, Any]:
    return {"hidden": hidden, "bent": bent, "loss": loss, "gradient": gradient}


SHORT, LONG = torch.bfloat16, torch.float32

SOLUTIONS: dict[str, Solutions] = {
    "scaling.median_time": Solutions(
        references=(median_time, median_time_sorted),
        wrong=(
            Wrong(
                "never_waiting",
                never_waiting,
                "You measure how long it takes to *hand over* the work: the clock is read before the work is done. "
                "Wait first, then read it.",
            ),
            Wrong(
                "first_not_finished",
                not_waiting_for_the_first,
                "The first piece is not measured, but it is still being worked on when the first round begins. Wait "
                "for it.",
            ),
            Wrong(
                "first_measured",
                measuring_the_first,
                "The slow first piece is one of your rounds. Do one piece before them, unmeasured.",
            ),
            Wrong(
                "mean",
                mean_time,
                "Your answer is the mean. One slow round moves it; the median stays where it is.",
            ),
            Wrong(
                "all_at_once",
                all_at_once,
                "Your answer measures all rounds together, and waits once. That is a mean; and a device that works "
                "while the next piece is handed over hides the handing over.",
            ),
            Wrong(
                "smallest",
                smallest_time,
                "Your answer is the fastest round. Asked for is the median.",
            ),
        ),
    ),
    "scaling.class_means": Solutions(
        references=(class_means, class_means_index_add),
        wrong=(
            Wrong(
                "loop_over_rows",
                loop_over_rows,
                "Your means are right, but each row costs calls of its own. A table of ones and zeros, "
                "`(rows, classes)`, and one matrix product do it at once.",
            ),
            Wrong(
                "loop_over_classes",
                loop_over_classes,
                "Your means are right, but each class costs calls of its own. That is far better than a loop over the "
                "rows; one matrix product needs no loop at all.",
            ),
            Wrong(
                "loop_with_nan",
                loop_over_classes_with_nan,
                "Two things: a class without rows gives nan, the mean of nothing; and each class costs calls of its "
                "own.",
            ),
            Wrong(
                "nan_where_empty",
                with_nan,
                "A class without rows gives nan: 0 divided by 0. There the sum is zero anyway, so let the count be at "
                "least 1.",
            ),
            Wrong("sums", class_sums, "Your answer is the sum of each class. Divide by how many rows it has."),
            Wrong(
                "by_all_rows",
                by_all_rows,
                "You divide by the number of *all* rows. Each class has a count of its own.",
            ),
            Wrong(
                "written_over",
                written_over,
                "`sums[labels] += x` does not add up: where a label comes twice, one row is written over the other. "
                "`index_add_` adds.",
            ),
        ),
    ),
    "scaling.predict_graphs": Solutions(
        references=(
            {"same_length": 1, "other_lengths": 2, "with_print": 2},
            {"with_print": 2.0, "other_lengths": 2.0, "same_length": 1.0},
        ),
        wrong=(
            Wrong(
                "one_for_each_call",
                {"same_length": 2},
                "Your guess captures a graph at each call. That would be slow: a graph is kept, and used again for "
                "inputs of the same shape and dtype.",
            ),
            Wrong(
                "one_for_each_length",
                {"same_length": 1, "other_lengths": 4},
                "Your guess captures one graph for each length. After the second length PyTorch captures one for *any* "
                "length.",
            ),
            Wrong(
                "one_for_all",
                {"same_length": 1, "other_lengths": 1},
                "Your guess lets the first graph serve all lengths. At first PyTorch takes the length as fixed; the "
                "first other length makes it capture once more.",
            ),
            Wrong(
                "print_in_the_graph",
                {"same_length": 1, "other_lengths": 2, "with_print": 1},
                "Your lengths are right. But `print` is not PyTorch's and cannot be in a graph. It breaks it in two.",
            ),
            Wrong(
                "print_is_a_graph",
                {"same_length": 1, "other_lengths": 2, "with_print": 3},
                "Your lengths are right. The `print` parts the function, but it is run by Python as ever: no graph.",
            ),
            Wrong(
                "no_graph_with_print",
                {"same_length": 1, "other_lengths": 2, "with_print": 0},
                "Your lengths are right. A `print` does not stop the capture: what is before it and what is after it "
                "are captured by themselves.",
            ),
        ),
    ),
    "scaling.predict_dtypes": Solutions(
        references=(
            _dtypes(SHORT, SHORT, LONG, LONG),
            _dtypes("bfloat16", "torch.bfloat16", "float32", "torch.float32"),
        ),
        wrong=(
            Wrong(
                "all_short",
                _dtypes(SHORT, SHORT, SHORT, SHORT),
                "Your guess makes everything short. Autocast chooses by operation: a loss needs digits and is computed "
                "in float32; and the parameters, with their gradients, are not touched at all.",
            ),
            Wrong(
                "short_gradient",
                {"hidden": SHORT, "bent": SHORT, "loss": LONG, "gradient": SHORT},
                "The gradient has the dtype of its parameter. Autocast works on a short *copy* of the weight.",
            ),
            Wrong(
                "short_loss",
                {"hidden": SHORT, "bent": SHORT, "loss": SHORT, "gradient": LONG},
                "Your guess computes the loss in bfloat16. A loss takes logarithms and adds up many numbers, so "
                "autocast makes its inputs long again.",
            ),
            Wrong(
                "tanh_long",
                {"hidden": SHORT, "bent": LONG},
                "`tanh` is neither made short nor long: it gives the dtype that it gets, and here it gets bfloat16.",
            ),
            Wrong(
                "nothing_changes",
                {"hidden": LONG},
                "Your guess leaves the layer's output long. But a matrix product is what autocast is for.",
            ),
        ),
    ),
    "scaling.work_per_byte": Solutions(
        references=(work_per_byte, work_per_byte_on_meta),
        wrong=(
            Wrong(
                "only_multiplied",
                only_multiplied,
                "You count the multiplications alone. Each term is multiplied *and* added: two operations.",
            ),
            Wrong(
                "per_number",
                per_number,
                "You divide by the numbers that are moved. Each of them has `dtype.itemsize` bytes.",
            ),
            Wrong(
                "four_bytes",
                four_bytes,
                "You take four bytes for every number. That is float32; others have two or eight. Ask the dtype.",
            ),
            Wrong(
                "without_result",
                without_result,
                "You count the two matrices that are read. The result is written, and moves its bytes too.",
            ),
            Wrong("upside_down", bytes_per_work, "Your fraction is upside down: operations for each byte."),
        ),
    ),
    "scaling.shard": Solutions(
        references=(shard, shard_by_slices, shard_by_pytorch),
        wrong=(
            Wrong(
                "uneven",
                shard_uneven,
                "Your shares are not equally long. A process with one batch more would wait for the others for ever: "
                "gradients are averaged by *all* of them, in each step.",
            ),
            Wrong(
                "dropped",
                shard_dropping,
                "You leave out what cannot be shared evenly. Here nothing is left out; some indices come twice. (The "
                "real sampler does as you do when told `drop_last=True`.)",
            ),
            Wrong(
                "in_blocks",
                shard_in_blocks,
                "You cut the list into blocks. Here it is dealt like cards: rank, rank + world_size, and so on.",
            ),
            Wrong(
                "last_repeated",
                shard_with_last,
                "You make the list longer with its last index. Take those from the beginning.",
            ),
            Wrong(
                "once_round",
                shard_once_round,
                "Right, but for very short lists: with one index and five processes, you have to go round several "
                "times.",
            ),
            Wrong(
                "one_too_many",
                shard_one_too_many,
                "Where the list can be shared evenly, nothing is to be added. You add a whole round.",
            ),
        ),
    ),
    "scaling.predict_epochs": Solutions(
        references=(
            {"second_is_the_same": True, "third_is_another": True, "in_both": 0},
            {"in_both": 0.0, "third_is_another": True, "second_is_the_same": True},
        ),
        wrong=(
            Wrong(
                "shuffles_by_itself",
                {"second_is_the_same": False},
                "Your guess lets the sampler shuffle anew by itself. It starts the same generator each time, with seed "
                "plus epoch. Nobody has said that the epoch is another one.",
                mistake=SAME_ORDER,
            ),
            Wrong(
                "set_epoch_is_a_note",
                {"second_is_the_same": True, "third_is_another": False},
                "Your guess takes `set_epoch` for a mere note. It changes the seed of the next shuffle.",
                mistake=SAME_ORDER,
            ),
            Wrong(
                "shares_overlap",
                {"second_is_the_same": True, "third_is_another": True, "in_both": 25},
                "The orders are right. But the two shares are dealt from *one* order, the same in both processes, so "
                "no index is in both.",
            ),
            Wrong(
                "same_share",
                {"second_is_the_same": True, "third_is_another": True, "in_both": 50},
                "The orders are right. The order of all 100 is the same in both processes; but each takes its own half "
                "of it.",
            ),
        ),
    ),
    "scaling.mean_gradient": Solutions(
        references=(mean_gradient, mean_gradient_by_weights),
        wrong=(
            Wrong(
                "plain_mean",
                plain_mean,
                "Right where all shares have the same size. Else a row in a small share counts more than one in a "
                "large share. Weigh each process by its rows.",
                mistake=MEAN_OF_MEANS,
            ),
            Wrong(
                "added_up",
                added_up,
                "You add the gradients up. Together the processes are to count as one: a mean, not a sum.",
            ),
            Wrong(
                "not_divided",
                weighted_sum,
                "Each process counts by its rows, good. Now divide by all rows.",
            ),
            Wrong(
                "by_processes",
                weighted_by_processes,
                "Each process counts by its rows, good. But you divide by the number of processes; divide by the "
                "number of rows.",
            ),
            Wrong(
                "in_the_first",
                in_the_first,
                "The numbers are right, but you have written them into the gradients of the first process. Make new "
                "tensors.",
            ),
        ),
    ),
    "scaling.predict_steps": Solutions(
        references=(
            {"steps": 8, "rows_in_a_step": 128, "rows_in_the_last": 27},
            {"rows_in_the_last": 27.0, "steps": 8.0, "rows_in_a_step": 128.0},
        ),
        wrong=(
            Wrong(
                "not_shared",
                {"steps": 32},
                "Your guess sends all 1002 rows through one process. The sampler gives each process a quarter.",
            ),
            Wrong(
                "batch_is_shared",
                {"rows_in_a_step": 32},
                "Your guess shares the batch of 32. But `batch_size` is what *one* process takes; together they see "
                "four times as much.",
            ),
            Wrong(
                "last_left_out",
                {"steps": 7},
                "Your guess leaves the last, smaller batch out. `DataLoader` does so only when told `drop_last=True`.",
            ),
            Wrong(
                "nothing_added",
                {"steps": 8, "rows_in_a_step": 128, "rows_in_the_last": 26},
                "Your guess gives 250 rows to each process, so two are left out. The sampler makes the list longer "
                "instead: 251.",
            ),
        ),
    ),
}

"""The lesson on data: the loop is judged by what it does, in whatever legal order its lines stand; and the workers of
the check do what PyTorch's own do."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from test_course import check
from torch.utils.data import DataLoader

from pytorch_basics.course.data import probes
from pytorch_basics.course.data.exercises import FIT, SEED_WORKER
from pytorch_basics.course.data.solutions import SOLUTIONS, Stream
from pytorch_basics.practice.sandbox import Sandbox

# The lines of the stub by the first letters of each, and how deep each is indented.
ONE_ORDER = """
1 loss_module =
1 optimizer =
1 val_losses =
1 for epoch
2 model.train
2 for x
3 optimizer.zero_grad
3 loss =
3 loss.backward
3 optimizer.step
2 model.eval
2 with
3 total
2 val_losses.append
1 return
"""
ANOTHER_ORDER = """
1 val_losses =
1 optimizer =
1 loss_module =
1 for epoch
2 for x
3 model.train
3 loss =
3 optimizer.zero_grad
3 loss.backward
3 optimizer.step
2 with
3 model.eval
3 total
3 val_losses.append
1 return
"""
CLEARED_LAST = ONE_ORDER.replace("3 optimizer.zero_grad\n", "").replace(
    "3 optimizer.step\n", "3 optimizer.step\n3 optimizer.zero_grad\n"
)
WRONG = {
    "nothing_moves": ONE_ORDER.replace("3 loss.backward\n3 optimizer.step", "3 optimizer.step\n3 loss.backward"),
    "cleared_each_epoch": ANOTHER_ORDER.replace("3 optimizer.zero_grad\n", "").replace(
        "2 for x", "2 optimizer.zero_grad\n2 for x"
    ),
    "step_each_epoch": ONE_ORDER.replace("3 optimizer.step", "2 optimizer.step"),
    "optimizer_anew": ONE_ORDER.replace("1 optimizer =\n", "").replace("2 model.train", "2 optimizer =\n2 model.train"),
    "train_once": ONE_ORDER.replace("2 model.train\n", "").replace("1 for epoch", "1 model.train\n1 for epoch"),
    "eval_never": ONE_ORDER.replace("2 model.eval\n", "").replace("1 return", "1 model.eval\n1 return"),
    "graphs_kept": ONE_ORDER.replace("3 total", "3 pass\n2 total"),
    "measured_each_batch": ONE_ORDER.replace(
        "2 model.eval\n2 with\n3 total\n2 val_losses.append", "3 model.eval\n3 with\n4 total\n3 val_losses.append"
    ),
    "list_anew": ONE_ORDER.replace("1 val_losses =\n", "").replace("2 model.train", "2 val_losses =\n2 model.train"),
    "returns_early": ONE_ORDER.replace("1 return", "2 return"),
}


def loop(order: str) -> str:
    """``fit`` from the stub's own lines, in this order and so indented."""
    head, *rest = FIT.stub.splitlines()
    lines = [line.strip().removeprefix("# ") for line in rest if line.strip().startswith("#")]
    body = []
    for wanted in order.split("\n"):
        depth, _, begin = wanted.partition(" ")
        if depth:
            found = [line for line in lines if line.startswith(begin)] or [begin]
            body.append("    " * int(depth) + found[0])
    return "\n".join([head, *body])


@pytest.mark.parametrize("order", [ONE_ORDER, ANOTHER_ORDER, CLEARED_LAST])
def test_every_legal_order_of_the_fifteen_lines_passes(order: str, sandbox: Sandbox, cell: Any) -> None:
    """The stub holds all that is needed, and no order that does the same is refused."""
    assert len(order.split("\n")) - 2 == FIT.stub.count("    # ") == 15
    verdict = check(FIT, cell(loop(order))["fit"], sandbox)
    assert verdict.passed, verdict


@pytest.mark.parametrize("name", WRONG)
def test_a_line_in_a_wrong_place_is_told(name: str, sandbox: Sandbox, cell: Any) -> None:
    """Each gets the message of its own mistake."""
    verdict = check(FIT, cell(loop(WRONG[name]))["fit"], sandbox)
    expected = next(wrong for wrong in SOLUTIONS["data.fit"].wrong if wrong.name == name)
    assert verdict.message == expected.message, verdict


def from_workers(init: Any, workers: int, seed: int) -> list[list[float]]:
    """What PyTorch's own workers draw in two epochs."""
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's on forking, which has nothing to do with this
        loader = DataLoader(probes._Noisy(), batch_size=1, num_workers=workers, worker_init_fn=init)
        return [[one.item() for one in loader] for _ in range(2)]


@pytest.mark.parametrize("k", range(6))
def test_the_workers_of_the_check_do_what_real_ones_do(k: int) -> None:
    """For every reference and every wrong solution of ``seed_worker``: the same facts in real processes."""
    found = SOLUTIONS[SEED_WORKER.id]
    init = [*found.references, *(wrong.answer for wrong in found.wrong)][k]
    first, second = from_workers(init, 2, 0)
    again, _ = from_workers(init, 2, 0)
    assert probes.probe_seed_worker(init, 2, 1234) == {
        "the workers of an epoch draw different numbers": first[0] != first[1],
        "the next epoch draws others": first[0] != second[0],
        "the same seed repeats them": first == again,
    }


def test_real_workers_share_a_stream_out() -> None:
    """Each number once, from two processes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        numbers = [int(number) for number in DataLoader(Stream(13), batch_size=None, num_workers=2)]
    assert sorted(numbers) == list(range(13))

"""``pb.steps`` shows what a training step does, and names the orders that do nothing or too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.modules import module as modules
from torch.optim import optimizer as optimizers

from pytorch_basics.instruments.training.steps import StepsRecord, steps

X = torch.rand(16, 2, generator=torch.Generator().manual_seed(0))
Y = (X[:, :1] > 0.5).float()
LOSS = nn.BCEWithLogitsLoss()


class Loop:
    """A model and its optimizer; each method is one training step."""

    def __init__(self, make: Callable[..., torch.optim.Optimizer] = torch.optim.SGD) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
        self.optimizer = make(self.model.parameters(), lr=0.1)

    def loss(self) -> torch.Tensor:
        loss: torch.Tensor = LOSS(self.model(X), Y)
        return loss

    def zero_first(self) -> None:
        self.optimizer.zero_grad()
        self.loss().backward()  # type: ignore[no-untyped-call]  # torch does not type this
        self.optimizer.step()

    def zero_between(self) -> None:
        loss = self.loss()
        self.optimizer.zero_grad(set_to_none=False)
        loss.backward()  # type: ignore[no-untyped-call]  # the same
        self.optimizer.step()

    def zero_last(self) -> None:
        self.loss().backward()  # type: ignore[no-untyped-call]  # the same
        self.optimizer.step()
        self.model.zero_grad()

    def zero_by_hand(self) -> None:
        for p in self.model.parameters():
            p.grad = None
        self.loss().backward()  # type: ignore[no-untyped-call]  # the same
        self.optimizer.step()

    def accumulates(self) -> None:
        self.optimizer.zero_grad()
        for part in (slice(0, 8), slice(8, 16)):
            (LOSS(self.model(X[part]), Y[part]) / 2).backward()
        self.optimizer.step()

    def no_zero(self) -> None:
        self.loss().backward()  # type: ignore[no-untyped-call]  # the same
        self.optimizer.step()

    def no_step(self) -> None:
        self.optimizer.zero_grad()
        self.loss().backward()  # type: ignore[no-untyped-call]  # the same

    def no_backward(self) -> None:
        self.optimizer.zero_grad()
        self.loss()
        self.optimizer.step()

    def step_first(self) -> None:
        self.optimizer.zero_grad()
        loss = self.loss()
        self.optimizer.step()
        loss.backward()  # type: ignore[no-untyped-call]  # the same

    def zero_before_step(self) -> None:
        self.loss().backward()  # type: ignore[no-untyped-call]  # the same
        self.optimizer.zero_grad()
        self.optimizer.step()


def kinds(record: StepsRecord, number: int = 0) -> list[str]:
    return [event.kind for event in record.events if event.round == number]


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam])
@pytest.mark.parametrize("name", ["zero_first", "zero_between", "zero_last", "zero_by_hand", "accumulates"])
def test_a_right_order_is_not_remarked_on(name: str, make: Any) -> None:
    """Every legal place of ``zero_grad``, and accumulation that is meant, are sound."""
    record = steps(getattr(Loop(make), name))
    assert "nothing to remark" in str(record)
    assert all(record.changed)


def test_the_events_stand_in_their_order() -> None:
    """Also a ``zero_grad`` that finds nothing to remove, as in the first call."""
    assert kinds(steps(Loop().zero_first)) == ["zero", "forward", "backward", "step"]
    assert kinds(steps(Loop().zero_between), 1) == ["forward", "zero", "backward", "step"]
    assert kinds(steps(Loop().zero_last)) == ["forward", "backward", "step", "zero"]


WRONG = {
    "no_zero": r"added to gradients that were there already .* zero_grad\(\) is missing before it",
    "no_step": r"no parameter was changed: step\(\) was never called",
    "no_backward": r"no gradient was computed: backward\(\) was never called",
    "step_first": r"SGD.step\(\) moved nothing: none of its parameters had a gradient yet; backward\(\) comes first",
    "zero_before_step": r"moved nothing: zero_grad\(\) had just removed the gradients",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_order_is_named(name: str) -> None:
    """Orders that do nothing, and the one that does too much."""
    import re

    assert re.search(WRONG[name], str(steps(getattr(Loop(), name))))


def test_a_parameter_that_no_optimizer_holds_is_named() -> None:
    """It gets gradients, and nothing ever moves it."""
    loop = Loop()
    loop.optimizer = torch.optim.SGD(loop.model[2].parameters(), lr=0.1)
    said = str(steps(loop.zero_first))
    assert "never changed although they got gradients" in said
    assert "0.weight" in said.split("\n")[0]


def test_descent_by_hand_is_seen_too() -> None:
    """Plain tensors, an update in place, and a gradient set to zero by hand."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)

    def step() -> None:
        ((X @ w - 1) ** 2).mean().backward()  # type: ignore[no-untyped-call]  # torch does not type this
        with torch.no_grad():
            assert w.grad is not None
            w.sub_(0.1 * w.grad)
            w.grad.zero_()

    record = steps(step)
    assert record.parameters == ("w",)
    assert kinds(record) == ["backward", "update", "zero"]
    assert record.events[1].what == "w.sub_(…)"
    assert "nothing to remark" in str(record)


def test_each_parameter_moves_where_it_is_written() -> None:
    """A gradient that was just removed does not take the credit for the next update; parameters stand as written."""
    w, b = torch.ones(2, requires_grad=True), torch.zeros(1, requires_grad=True)

    def step() -> None:
        ((X @ w + b - 1) ** 2).mean().backward()  # type: ignore[no-untyped-call]  # torch does not type this
        with torch.no_grad():
            for p in (w, b):
                assert p.grad is not None
                p -= 0.1 * p.grad
                p.grad = None

    record = steps(step, times=1)
    assert record.parameters == ("w", "b")
    assert [event.what for event in record.events[1:]] == ["w.sub_(…)", "w.grad = None", "b.sub_(…)", "b.grad = None"]
    assert [[state.moved > 0 for state in event.states] for event in record.events[1:]] == [
        [True, False],
        [False, False],
        [False, True],
        [False, False],
    ]


def test_what_is_measured_is_what_happened() -> None:
    """Norms and moves are those of the same step run without us, and the trained parameters are equal bit for bit."""
    watched, plain = Loop(), Loop()
    record = steps(watched.zero_first, times=1)
    before = [p.detach().clone() for p in plain.model.parameters()]
    plain.zero_first()
    for k, (old, p, q) in enumerate(zip(before, plain.model.parameters(), watched.model.parameters(), strict=True)):
        assert torch.equal(p, q)
        assert p.grad is not None
        assert record.events[-1].states[k].grad == pytest.approx(float(p.grad.norm()), rel=1e-5)
        assert record.events[-1].states[k].moved == pytest.approx(float((p - old).detach().norm()), rel=1e-4)


def test_nothing_is_left_behind() -> None:
    """No hook and no mode stays, after an error neither; the error stands in the record."""

    def broken() -> None:
        raise ValueError("no data")

    record = steps(broken)
    assert "it stopped: ValueError: no data" in str(record)
    assert not modules._has_any_global_hook()
    assert not optimizers._global_optimizer_pre_hooks
    assert not optimizers._global_optimizer_post_hooks
    assert torch._C._len_torch_function_stack() == 0


def test_lines_are_the_learners() -> None:
    """Each event names the line that called it."""
    record = steps(Loop().zero_first, times=1)
    assert [event.line for event in record.events][-1] == "self.optimizer.step()"
    assert record.from_json(record.to_json()) == record


@pytest.mark.parametrize("html", [True, False])
def test_both_views_say_the_remarks(html: bool) -> None:
    """Text and HTML cannot disagree; the page fetches nothing."""
    record = steps(Loop().no_zero)
    bundle = record._repr_mimebundle_()
    view = bundle["text/html" if html else "text/plain"]
    assert "zero_grad() is missing before it" in view
    assert "://" not in view.replace("http://www.w3.org/", "")


def test_what_cannot_be_called_is_refused() -> None:
    """The result of a step is not the step."""
    with pytest.raises(TypeError, match=r"pb\.steps\(step\), where step is a function, without \(\)"):
        steps(None)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(ValueError, match="times"):
        steps(Loop().zero_first, times=0)

"""``pb.watch`` shows training while it runs, changes nothing in it, and costs nothing where nobody looks."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import optimizer as optimizers

from pytorch_basics.instruments.training.watch import display, watch
from pytorch_basics.instruments.training.watch.record import SampleRecord, WatchRecord
from pytorch_basics.instruments.training.watch.text import clock, fitted, line, spark

X = torch.rand(32, 2, generator=torch.Generator().manual_seed(0))
Y = (X[:, :1] > 0.5).float()


class Kept:
    """A display that keeps what it is shown."""

    def __init__(self) -> None:
        self.pictures: list[WatchRecord] = []
        self.last: WatchRecord | None = None

    def show(self, record: WatchRecord) -> None:
        self.pictures.append(record)

    def end(self, record: WatchRecord) -> None:
        self.last = record


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr(display, "here", lambda: kept)
    return kept


def training(steps: int, seed: int = 0) -> tuple[nn.Sequential, Any]:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = []

    def run() -> list[float]:
        for _ in range(steps):
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(model(X), Y)
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
        return losses

    return model, run


def test_what_is_shown_is_what_happened(shown: Kept) -> None:
    """Every sampled loss is the loss of that step; the norm is that of all gradients together."""
    model, run = training(200)
    with watch(model, steps=200) as w:
        losses = run()
    record = w.record
    assert record.steps == 200
    assert len(record.samples) > 30
    for sample in record.samples:
        assert sample.loss == pytest.approx(losses[sample.step - 1])
    norm = torch.cat([p.grad.reshape(-1) for p in model.parameters() if p.grad is not None]).norm().item()
    assert record.samples[-1].step == 200, "the last of the planned steps is among them"
    assert record.samples[-1].grad == pytest.approx(norm, rel=1e-5)
    assert shown.last == record
    assert "step 200 of 200" in str(record)


def test_the_first_step_is_among_the_samples(shown: Kept) -> None:
    """The curve begins where training does."""
    model, run = training(3)
    with watch(model) as w:
        run()
    assert [sample.step for sample in w.record.samples] == [1, 2, 3]


def test_training_is_the_same_bit_for_bit(shown: Kept) -> None:
    """Parameters and losses, with the boundary drawn meanwhile."""
    plain, run = training(60)
    expected = run()
    watched, run = training(60)
    with watch(watched, X, Y, every=1e-4):
        assert run() == expected
    assert shown.pictures
    assert all(torch.equal(p, q) for p, q in zip(plain.parameters(), watched.parameters(), strict=True))


def test_nothing_stays_behind(shown: Kept) -> None:
    """No hook and no mode, after an error neither; the error passes through and stands in the record."""
    model, run = training(5)
    seen: list[Any] = []

    def interrupted() -> None:
        with watch(model) as w:
            seen.append(w)
            run()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not optimizers._global_optimizer_post_hooks
    assert torch._C._len_torch_function_stack() == 0
    assert seen[0].record.interrupted == "KeyboardInterrupt"
    assert "ended by KeyboardInterrupt; the model is as the last step left it" in str(seen[0])


def test_a_mode_of_the_learners_is_left_in_peace(shown: Kept) -> None:
    """A ``with torch.device`` opened in the loop closes as it should, whenever we look."""
    model, _ = training(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model):
        for _ in range(10):
            with torch.device("cpu"):
                nn.functional.mse_loss(model(X), Y).backward()
                optimizer.step()
            assert torch._C._len_torch_function_stack() <= 1
    with torch.device("meta"), watch(model):
        nn.functional.mse_loss(model(X), Y).backward()
        optimizer.step()
        assert torch.zeros(1).device.type == "meta"
    assert torch.zeros(1).device.type == "cpu"


def test_other_models_are_not_counted(shown: Kept) -> None:
    """Only steps of an optimizer that holds this model's parameters."""
    model, _ = training(0)
    _, other = training(4, seed=1)
    with watch(model) as w:
        other()
    assert w.record.steps == 0
    assert "no optimizer step of this model was seen" in str(w.record)


def test_where_nobody_looks_nothing_is_watched() -> None:
    """No hook is put on, and no picture drawn; the loop runs."""
    model, run = training(3)
    with watch(model) as w:
        assert not optimizers._global_optimizer_post_hooks
        run()
    assert w.record.samples == ()


def test_a_terminal_shows_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is rewritten in place on stderr, fits the terminal, and ends with a line break."""

    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Tty()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "60")
    model, run = training(30)
    with watch(model, steps=30, every=1e-4):
        run()
    said = screen.getvalue()
    assert said.endswith("\n")
    assert said.count("\n") == 1
    assert all(len(part.rstrip()) <= 59 for part in said.strip("\n").split("\r"))
    assert "step 30 of 30" in said


def test_a_notebook_replaces_its_picture() -> None:
    """One display is made, then updated; the last is the block that stays readable when saved."""
    calls: list[tuple[str, dict[str, str]]] = []

    class Handle:
        def update(self, bundle: dict[str, str], raw: bool) -> None:
            calls.append(("update", bundle))

    def show(bundle: dict[str, str], raw: bool, display_id: bool) -> Handle:
        calls.append(("display", bundle))
        return Handle()

    place = display.Notebook(show)
    record = WatchRecord("Net", (SampleRecord(1, 0.1, 0.5, 1.0), SampleRecord(2, 0.2, 0.4, 0.9)), 2, 0.2, 10)
    place.show(record)
    place.show(record)
    place.end(record)
    assert [kind for kind, _ in calls] == ["display", "update", "update"]
    assert calls[0][1]["image/svg+xml"].startswith("<svg xmlns")
    assert "<iframe" in calls[-1][1]["text/html"]


def test_the_line_tells_the_time_left() -> None:
    """From the speed so far; done when the planned steps are."""
    record = WatchRecord("Net", (SampleRecord(50, 1.0, 0.25, None),), 50, 1.0, 200)
    assert line(record) == "step 50 of 200 · loss 0.25 ▁ · 50 steps/s · 0:03 left"
    assert line(WatchRecord("Net", (), 200, 4.0, 200)).endswith("done in 0:04")
    assert line(WatchRecord("Net", (), 50, 1.0, 200, ended=True)).endswith("done in 0:01"), "the loop broke off"
    stopped = WatchRecord("Net", (), 50, 1.0, 200, interrupted="KeyboardInterrupt", ended=True)
    assert line(stopped).endswith("KeyboardInterrupt after 0:01")
    assert [clock(s) for s in (7, 750, 3725)] == ["0:07", "12:30", "1:02:05"]


@pytest.mark.parametrize("wide", [30, 60, 79, 99, 200])
def test_a_narrow_terminal_still_tells_the_time_left(wide: int) -> None:
    """The course of the loss gives way first; step and time left stay whatever happens."""
    samples = tuple(SampleRecord(k, k / 100, 1 / k, 0.125) for k in range(1, 51))
    said = fitted(WatchRecord("Net", samples, 50, 1.0, 200), wide)
    assert len(said) <= wide
    assert said.startswith("step 50 of 200")
    assert said.endswith("0:03 left")
    assert ("|grad|" in said) == (wide > 30)
    assert ("█" in said) == (wide > 60)


def test_a_course_of_losses_in_signs() -> None:
    """Falling by factors looks straight; what is not finite is marked."""
    assert spark([1.0, 0.1, 0.01]) == "█▅▁"
    assert spark([1.0, float("nan"), 0.1]) == "█!▁"


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ((torch.zeros(1),), TypeError, "an nn.Module"),
        ((nn.Linear(1, 1), X), ValueError, "both x and y"),
        ((nn.Linear(3, 1), torch.rand(4, 3), Y[:4]), ValueError, "pb.watch: x is .*two inputs"),
    ],
)
def test_odd_arguments_are_refused(arguments: Any, kind: type[Exception], said: str) -> None:
    """The error names the argument and what to write."""
    with pytest.raises(kind, match=said), watch(*arguments):
        pass


@pytest.mark.parametrize("options", [{"steps": 0}, {"every": 0}, {"steps": 2.5}])
def test_odd_options_are_refused(options: Any) -> None:
    """Steps are whole and positive, and so is the time between pictures."""
    with pytest.raises(ValueError, match=r"pb\.watch"), watch(nn.Linear(1, 1), **options):
        pass


def test_a_model_without_a_boundary_is_told_before_training(shown: Kept) -> None:
    """Three outputs have no 0.5 line: the error comes at once, and no hook stays."""
    model = nn.Linear(2, 3)
    with pytest.raises(ValueError, match="one logit for each point"), watch(model, X, Y):
        raise AssertionError("the loop must not begin")
    assert not optimizers._global_optimizer_post_hooks


def test_the_record_survives_json(shown: Kept) -> None:
    """With its boundary, and both views say the step."""
    model, run = training(20)
    with watch(model, X, Y) as w:
        run()
    record = w.record
    assert record.boundary is not None
    assert WatchRecord.from_json(record.to_json()) == record
    html = record._repr_mimebundle_()["text/html"]
    assert "://" not in html.replace("http://www.w3.org/", "")

"""``pb.checkup``: around a block or of a function; code runs as without it, and its hooks are gone after."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.modules import module as hooks
from torch.optim import optimizer as steps

import pytorch_basics as pb
from pytorch_basics.doctor.checkup import Checkup


def train(count: int = 6, seed: int = 0) -> list[torch.Tensor]:
    """A healthy loop; the parameters that it ends with."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    x = torch.randn(32, 3)
    for _ in range(count):
        optimizer.zero_grad()
        loss = (model(x).squeeze(1) - x.sum(1)).square().mean()
        loss.backward()
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


def test_a_block_is_watched_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is passed in; after the block the report is printed, and kept."""
    with pb.checkup() as checked:
        train()
    assert checked.report.healthy
    assert "Nothing wrong was seen" in capsys.readouterr().out
    assert "6 optimizer steps" in str(checked)


def test_a_function_is_called_with_its_arguments() -> None:
    """The report is returned, and shows itself in a notebook."""
    report = pb.checkup(train, 4, seed=1)
    assert report.run is not None
    assert report.run.steps == 4
    assert "4 optimizer steps" in report._repr_html_()


def test_results_are_equal_bit_for_bit() -> None:
    """Random numbers, gradients and parameters are as without it."""
    alone = train()
    with pb.checkup():
        watched = train()
    assert all(torch.equal(a, b) for a, b in zip(alone, watched, strict=True))


def hooks_there_are() -> list[int]:
    """How many hooks and modes torch has at the moment."""
    globals_ = [value for name, value in vars(hooks).items() if name.startswith("_global_") and hasattr(value, "keys")]
    globals_ += [steps._global_optimizer_pre_hooks, steps._global_optimizer_post_hooks]
    return [*map(len, globals_), torch._C._len_torch_function_stack(), torch._C._len_torch_dispatch_stack()]


def raises() -> None:
    train(2)
    raise ValueError("mine")


@pytest.mark.parametrize("code", [train, raises], ids=lambda code: code.__name__)
def test_no_hook_and_no_mode_is_left(code: Callable[[], object]) -> None:
    """Whether the block ends by itself or by an exception."""
    before = hooks_there_are()
    pb.checkup(code)
    assert hooks_there_are() == before


def test_models_are_not_kept_alive() -> None:
    """What was watched goes when its owner lets it go."""
    with pb.checkup() as checked:
        train()
    gc.collect()
    assert checked.report.healthy
    assert not [thing for thing in gc.get_objects() if type(thing) is nn.Dropout and thing.p == 0.2]


def test_an_exception_passes_through_the_block_and_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """It is neither hidden nor changed."""
    with pytest.raises(ValueError, match="mine"), pb.checkup() as checked:
        raises()
    assert checked.report.raised == "ValueError: mine"
    assert "ValueError: mine" in capsys.readouterr().out


def test_an_exception_of_a_function_is_printed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Its traceback has no line of ours."""
    report = pb.checkup(raises)
    assert report.raised == "ValueError: mine"
    said = capsys.readouterr().err
    assert "in raises" in said
    assert "doctor/checkup.py" not in said


def test_an_interrupt_goes_on_and_leaves_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """Pressing stop in a notebook stops; what was seen by then is shown."""

    def interrupted() -> None:
        train(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pb.checkup(interrupted)
    said = " ".join(capsys.readouterr().out.split())
    assert "interrupted" in said
    assert "3 optimizer steps" in said


def test_what_cannot_be_called_is_refused() -> None:
    """With what to write."""
    with pytest.raises(TypeError, match=r"pb.checkup: fn is 3 .* with pb.checkup\(\):"):
        pb.checkup(3)  # type: ignore[call-overload]


def test_an_error_of_the_instrument_is_the_doctors_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code runs, and the report says that it was not watched."""
    monkeypatch.setattr("pytorch_basics.instruments.run.watching", lambda steps=None: 1 / 0)
    with pb.checkup() as checked:
        ran = train(1)
    assert ran
    assert "could not watch this run: ZeroDivisionError" in checked.report.notes[0]


def test_the_report_so_far_can_be_had_inside() -> None:
    """For a loop that runs for hours."""
    with pb.checkup() as checked:
        train(2)
        assert isinstance(checked, Checkup)
        assert checked.report.run is not None
        assert checked.report.run.steps == 2


def test_in_a_script_nothing_else_is_needed() -> None:
    """A fresh process, torch imported in the block."""
    program = (
        "import pytorch_basics as pb\n"
        "with pb.checkup():\n"
        "    import torch\n"
        "    w = torch.ones(2, requires_grad=True)\n"
        "    optimizer = torch.optim.SGD([w], lr=0.1)\n"
        "    for _ in range(3):\n"
        "        optimizer.zero_grad()\n"
        "        (w * w).sum().backward()\n"
        "        optimizer.step()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 optimizer steps" in " ".join(done.stdout.split())

"""``examples/ddp_xor.py``: two processes train as one does, survive a death, and refuse what would go wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Timer
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.distributed
from torch import nn

PROGRAM = Path(__file__).parents[2] / "examples" / "ddp_xor.py"
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
EPOCHS = 300  # long enough to be killed half way
TOLERANCE = 1e-4  # sums are added up in another order, 1500 times
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}


@contextmanager
def started(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Two processes under torchrun, which are ended if they take far too long."""
    command = [*TORCHRUN, "--nproc-per-node", "2", *options, str(PROGRAM), "--epochs", str(EPOCHS)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, **pipes) as run:
        timer = Timer(200, run.terminate)
        timer.start()
        try:
            yield run
        finally:
            timer.cancel()


def weights(folder: Path) -> dict[str, torch.Tensor]:
    checkpoint = torch.load(folder / "ddp_xor.pt", weights_only=True)
    assert checkpoint["next_epoch"] == EPOCHS
    found: dict[str, torch.Tensor] = checkpoint["model"]
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """What two processes learn when nobody kills them."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with started(folder) as run:
        said, _ = run.communicate()
    assert run.returncode == 0, said
    assert said.count(f"epoch {EPOCHS - 1}") == 1  # only one of them prints
    return weights(folder)


def test_two_processes_train_as_one_does(undisturbed: dict[str, torch.Tensor]) -> None:
    """The weights are those of a plain loop over the same batches, without any torch.distributed."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    points, labels = program().xor_data().tensors
    for epoch in range(EPOCHS):
        for batch in torch.randperm(len(points), generator=torch.Generator().manual_seed(epoch)).split(40):
            optimizer.zero_grad()
            nn.BCEWithLogitsLoss()(model(points[batch]).squeeze(1), labels[batch]).backward()
            optimizer.step()
        scheduler.step()
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(undisturbed[name], tensor, rtol=0, atol=TOLERANCE)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds the processes in /proc")
def test_a_killed_run_ends_with_the_weights_of_one_that_was_not(
    tmp_path: Path, undisturbed: dict[str, torch.Tensor]
) -> None:
    """One of two is killed half way: torchrun starts both again, they go on, and the result is equal bit for bit."""
    with started(tmp_path, "--max-restarts", "1") as run:
        assert run.stdout is not None
        lines = []
        for line in run.stdout:
            lines.append(line)
            if line.startswith("epoch   9 "):
                break
        else:
            pytest.fail("".join(lines))
        before = dict(children(run.pid))
        os.kill(before["1"], signal.SIGKILL)
        said = run.stdout.read()
    assert run.returncode == 0, said
    found = re.search(r"restart 1: epochs (\d+) to", said)
    assert found is not None, said
    assert 10 <= int(found.group(1)) < EPOCHS  # it went on from its checkpoint, and was not done
    mine = weights(tmp_path)
    assert all(torch.equal(mine[name], tensor) for name, tensor in undisturbed.items())


def children(parent: int) -> Iterator[tuple[str, int]]:
    """The rank and the process id of each of torchrun's processes."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                rank = re.search(r"(?:^|\0)RANK=(\d+)", status.with_name("environ").read_text())
                if rank:
                    yield rank.group(1), int(status.parent.name)
        except OSError:  # it has ended since
            continue


# --- before anything is started


def program() -> Any:
    """The example as a module, so that a test of its words costs no process."""
    spec = spec_from_file_location("ddp_xor", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the program says as it refuses to start, with these options and this environment."""
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)

    def run(*options: str, **environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["ddp_xor.py", *options])
        with pytest.raises(SystemExit) as stopped:
            program().main()
        return str(stopped.value)

    return run


def test_without_torchrun_it_says_the_command(said: Any) -> None:
    """Started as any other program, it names the command to use."""
    assert "torchrun --standalone --nproc-per-node 2 ddp_xor.py" in said()


def test_a_batch_that_cannot_be_shared_is_refused(said: Any) -> None:
    """Shares of different sizes would not be the same training."""
    assert said("--batch", "41", RANK="0", LOCAL_RANK="0", WORLD_SIZE="2") == (
        "--batch 41 cannot be shared evenly by 2 processes; take a multiple of 2."
    )


def test_a_restart_that_would_hang_is_refused(said: Any) -> None:
    """torchrun's shared store keeps the addresses of dead processes (PyTorch 2.13), so it must be switched off."""
    world = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2"}
    message = said(**world, TORCHELASTIC_MAX_RESTARTS="1", TORCHELASTIC_USE_AGENT_STORE="True")
    assert "TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1" in message


def test_the_checkpoint_of_another_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To go on with other settings would be neither run."""
    monkeypatch.setattr(torch.distributed, "broadcast_object_list", lambda found, src: None)
    torch.save({"settings": {"lr": 0.5}}, tmp_path / "a.pt")
    ddp_xor = program()
    assert ddp_xor.load(tmp_path / "a.pt", {"lr": 0.5}, rank=0) is not None
    assert ddp_xor.load(tmp_path / "missing.pt", {"lr": 0.5}, rank=0) is None
    with pytest.raises(SystemExit, match=r"0\.5.*0\.1.*Remove the file"):
        ddp_xor.load(tmp_path / "a.pt", {"lr": 0.1}, rank=0)


def test_a_death_while_saving_leaves_the_checkpoint_from_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is written beside it and renamed when it is whole."""
    path, ddp_xor = tmp_path / "a.pt", program()
    ddp_xor.save(path, {"next_epoch": 1})

    def half(state: Any, part: Path) -> None:
        part.write_bytes(b"half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(KeyboardInterrupt):
        ddp_xor.save(path, {"next_epoch": 2})
    assert torch.load(path, weights_only=True) == {"next_epoch": 1}


def test_it_is_short_enough_to_read() -> None:
    """At most 150 lines."""
    assert len(PROGRAM.read_text(encoding="utf-8").splitlines()) <= 150

"""Peers of the doctor beside it: what torch-audit and TrainCheck's collection make of the same training step.

In goes nothing; out comes a row for each way: the median CPU time of a step of MLP20 over the plain script's. Each way
runs in a process of its own, because both peers wrap PyTorch's functions and leave them so. torch-audit looks at every
step, TrainCheck traces every step, the doctor looks at the first few in full (that is timed) and then at ever fewer.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from timing import Row, command

PACKAGES = ("torch-audit", "traincheck")
STEPS, FIRST = 12, 8
SCRIPT = """
import time
import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(*[part for _ in range(20) for part in (nn.Linear(64, 64), nn.Tanh())], nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
x, y = torch.randn(64, 64), torch.randint(0, 10, (64,))
{before}
times = []
for _ in range({steps}):
    begun = time.process_time()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
    times.append(time.process_time() - begun)
print("median of a step:", sorted(times[1:{first}])[{first} // 2 - 1])
{after}
"""
AUDIT = (
    "from torch_audit import autopatch\nauditor = autopatch(model, optimizer=optimizer, every_n_steps=1, reporters=[])"
)


def beside(run_by: str) -> list[Row]:
    """A row a peer, in multiples of the plain step; ``run_by`` is the command that printed it."""
    plain, audit = _script(), _script(AUDIT, "auditor.finish(report=False)")
    bare = _step(plain, "{python} train.py")
    ours = _step(plain, "{python} -m pytorch_basics doctor train.py")
    found = [
        Row("MLP20 in a script: the first steps under `pytorch-basics doctor`", _times(ours, bare), "", None, run_by)
    ]
    peers = {
        "torch-audit": (audit, "{python} train.py"),
        "traincheck": (
            plain,
            "{python} -m traincheck.collect_trace --pyscript train.py --models-to-track model --output-dir out",
        ),
    }
    for name, (script, line) in peers.items():
        if find_spec(name.replace("-", "_")) is None:
            found.append(Row(f"MLP20 in a script: {name}", "not installed", command=run_by))
        else:
            said = f"MLP20 in a script: a step under {name} {version(name)}"
            found.append(Row(said, _times(_step(script, line), bare), "", None, run_by))
    return found


def _script(before: str = "", after: str = "") -> str:
    return SCRIPT.format(before=before, after=after, steps=STEPS, first=FIRST)


def _step(script: str, line: str) -> float:
    """The median of the medians that three runs print, in seconds of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(script, encoding="utf-8")
        parts: Sequence[str] = line.format(python=sys.executable).split()
        return sorted(_read(command(parts, cwd=Path(folder))) for _ in range(3))[1]


def _read(printed: str) -> float:
    line = next(line for line in printed.splitlines() if "median of a step:" in line)
    return float(line.rpartition(":")[2].replace("\x1b[0m", ""))


def _times(mine: float, bare: float) -> str:
    return f"{mine / bare:.1f} × the plain step"

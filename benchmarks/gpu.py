"""What a GPU gains and what it costs: products by size and dtype, moving data, a training step, here and there.

Run ``python benchmarks/gpu.py`` on a machine with a CUDA GPU: it names the devices and prints two Markdown tables. Each
time is the median of ``torch.utils.benchmark.Timer``, which waits for the GPU. It promises nothing, so it is no row of
the README's table. Without a GPU it says so and measures the processor alone.
"""

from __future__ import annotations

import os
import platform
import sys
from itertools import pairwise

import torch
from torch import nn
from torch.utils.benchmark import Timer

SIZES = (64, 512, 2048, 8192)
DTYPES = (torch.float32, torch.float16, torch.bfloat16)
MOST_SECONDS_HERE = 2.0  # products that would take the processor longer are left out
MODELS = {"XOR, 200 rows": ((2, 8, 1), 200), "4 × 4096 wide, 4096 rows": ((4096, 4096, 4096, 4096, 1), 4096)}


def median(code: str, **names: object) -> float:
    """Seconds."""
    timer = Timer(code, globals={"torch": torch, **names}, num_threads=torch.get_num_threads())
    return float(timer.blocked_autorange(min_run_time=0.5).median)


def shown(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1e6 * seconds:,.0f} µs" if seconds < 0.01 else f"{1e3 * seconds:,.0f} ms"


def products(gpu: bool) -> list[str]:
    """A product of two square matrices, and to move one of them."""
    lines = ["| product | here | move one there | there | operations a second there |", "|---|---|---|---|---|"]
    slow = dict.fromkeys(DTYPES, False)
    for size in SIZES:
        for dtype in DTYPES:
            a = torch.randn(size, size).to(dtype)
            here = None if slow[dtype] else median("a @ a", a=a)
            slow[dtype] = here is None or here * 64 > MOST_SECONDS_HERE  # the next one has about 64 times the work
            move = median("a.to('cuda')", a=a.pin_memory()) if gpu else None
            there = median("a @ a", a=a.cuda()) if gpu else None
            rate = "–" if there is None else f"{2 * size**3 / there / 1e12:.1f} · 10¹²"
            name = f"{size} × {size}, {str(dtype).removeprefix('torch.')}"
            lines.append(f"| {name} | {shown(here)} | {shown(move)} | {shown(there)} | {rate} |")
    return lines


def steps(gpu: bool) -> list[str]:
    """A whole step of training: forward, backward, SGD."""
    lines = ["| step of training | here | there | there, autocast bfloat16 |", "|---|---|---|---|"]
    for name, (sizes, rows) in MODELS.items():
        here = step(sizes, rows, "cpu")
        there, short = (step(sizes, rows, "cuda"), step(sizes, rows, "cuda", autocast=True)) if gpu else (None, None)
        lines.append(f"| {name} | {shown(here)} | {shown(there)} | {shown(short)} |")
    return lines


def step(sizes: tuple[int, ...], rows: int, device: str, autocast: bool = False) -> float:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.Tanh()]
    model = nn.Sequential(*layers[:-1]).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_module = nn.BCEWithLogitsLoss()
    x, y = torch.randn(rows, sizes[0], device=device), torch.rand(rows, device=device).round()

    def train() -> None:
        with torch.autocast(device, dtype=torch.bfloat16, enabled=autocast):
            loss = loss_module(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return median("train()", train=train)


def main() -> int:
    gpu = torch.cuda.is_available()
    print(f"PyTorch {torch.__version__}, Python {platform.python_version()}")
    print(f"here: {platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads")
    print(f"there: {torch.cuda.get_device_name() if gpu else 'no CUDA GPU on this machine'}")
    print()
    print("\n".join([*products(gpu), "", *steps(gpu)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

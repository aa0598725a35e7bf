"""Watched training as text: one line while it runs in a terminal, and the text twin afterwards.

In goes a ``WatchRecord``, out comes text. It never imports torch.
"""

from __future__ import annotations

from math import isfinite, log10

from pytorch_basics.instruments.training.watch.record import WatchRecord

BARS = "▁▂▃▄▅▆▇█"
WIDE, ROWS = 40, 12


def line(record: WatchRecord, spark_wide: int = 20) -> str:
    """Where training stands, in one line: step, loss and its course in so many signs, gradient norm, speed, time
    left."""
    of = f" of {record.planned:,}" if record.planned else ""
    said = [f"step {record.steps:,}{of}"]
    losses = [sample.loss for sample in record.samples if sample.loss is not None]
    if losses:
        said.append(f"loss {losses[-1]:.4g}" + (f" {spark(losses, spark_wide)}" if spark_wide > 1 else ""))
    grads = [sample.grad for sample in record.samples if sample.grad is not None]
    if grads:
        said.append(f"|grad| {grads[-1]:.3g}")
    if record.speed:
        said.append(f"{record.speed:,.0f} steps/s")
    if record.interrupted:
        said.append(f"{record.interrupted} after {clock(record.seconds)}")
    elif record.ended or record.left == 0:
        said.append(f"done in {clock(record.seconds)}")
    elif record.left is not None:
        said.append(f"{clock(record.left)} left")
    return " · ".join(said)


def fitted(record: WatchRecord, most: int) -> str:
    """The same in at most so many characters: the course of the loss gives way first, then what tells least."""
    full = line(record)
    if len(full) > most:
        full = line(
            record, max(len(spark([s.loss for s in record.samples if s.loss is not None])) + most - len(full), 0)
        )
    parts = full.split(" · ")
    while len(" · ".join(parts)) > most and len(parts) > 2:
        del parts[-2]  # speed, then gradient, then loss; step and time left stay
    return " · ".join(parts)[:most]


def spark(values: list[float], wide: int = 20) -> str:
    """The course of positive values on a logarithmic scale, one sign for each; ``!`` where one is not finite."""
    every = [values[round(k * (len(values) - 1) / (wide - 1))] for k in range(wide)] if len(values) > wide else values
    logs = [log10(max(value, 1e-12)) if isfinite(value) else None for value in every]
    known = [value for value in logs if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return "".join("!" if v is None else BARS[round((v - low) / ((high - low) or 1) * (len(BARS) - 1))] for v in logs)


def clock(seconds: float) -> str:
    """``0:07``, ``12:30``, ``1:02:05``."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def text(record: WatchRecord) -> str:
    """The line, a table of samples, and the boundary."""
    blocks = [f"{record.name}: {line(record)}"]
    if record.interrupted:
        blocks[0] += f"\nended by {record.interrupted}; the model is as the last step left it"
    if record.samples:
        count = len(record.samples)
        every = sorted({round(k * (count - 1) / (ROWS - 1)) for k in range(ROWS)})
        rows = [f"{'step':>8}  {'loss':>10}  {'|grad|':>10}"]
        for sample in (record.samples[k] for k in every):
            rows.append(f"{sample.step:>8,}  {_number(sample.loss):>10}  {_number(sample.grad):>10}")
        blocks.append("\n".join(rows))
    else:
        blocks.append("no optimizer step of this model was seen")
    return "\n\n".join([*blocks, *([str(record.boundary)] if record.boundary else [])])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"

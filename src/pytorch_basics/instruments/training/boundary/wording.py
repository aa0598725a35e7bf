"""The words of a boundary: what the picture shows, in sentences that text and HTML share.

In goes a ``BoundaryRecord``, out come sentences.
"""

from __future__ import annotations

from pytorch_basics.instruments.chart.axis import signed
from pytorch_basics.instruments.training.boundary.record import BoundaryRecord

READ = {
    "logit": "the output is read as a logit: probability = sigmoid(output), so the line is where the output is 0",
    "two logits": "the two outputs are read as logits: the line is where they are equal",
    "probability": "the model ends in a Sigmoid: its output is the probability itself",
}


def sentences(record: BoundaryRecord) -> list[str]:
    """Accuracy, how the output was read, and how the plane is shared out."""
    wrong = sum(not point.right for point in record.points)
    total = len(record.points)
    said = [f"{total - wrong} of {total} points on their side of the line (accuracy {record.accuracy:.3f})"]
    if record.left_out:
        said.append(f"{record.left_out:,} more points are neither drawn nor counted")
    ones = [p > 0.5 for row in record.grid for p in row]
    said.append(f"{sum(ones) / len(ones):.0%} of the plane is said to be label 1")
    if all(ones) or not any(ones):
        said.append("there is no line: the model says the same label everywhere")
    said.append(READ[record.output])
    return [*said, *record.notes]


def units(record: BoundaryRecord) -> list[str]:
    """What each hidden unit adds to the logit."""
    said = []
    for unit in record.units:
        low, high = min(map(min, unit.grid)), max(map(max, unit.grid))
        said.append(f"{unit.name}: weight {signed(unit.weight)}, adds {signed(low)} to {signed(high)} to the logit")
    return [*said, f"bias: {signed(record.bias)}"] if said else []

"""Whether a saved notebook still says what its source and PyTorch say.

In go the saved notebook and a fresh one, executed; out come the differences, one line each. Cells must be equal.
The text of outputs must be equal but for: cells tagged ``volatile`` (timings, uninitialised memory), addresses,
and numbers that differ by less than one part in a thousand (other processors round otherwise). Pictures are not
compared; their text twins are.
"""

from __future__ import annotations

import math
import re
from typing import Any

_ADDRESS = re.compile(r"0x[0-9a-f]+")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
_CLOSE = 1e-3


def differences(saved: Any, fresh: Any) -> list[str]:
    """What is stale in ``saved``; an empty list when nothing is."""
    if [cell.id for cell in saved.cells] != [cell.id for cell in fresh.cells]:
        return ["its cells are not those of the source: other ids or another order"]
    found = []
    for old, new in zip(saved.cells, fresh.cells, strict=True):
        if old.source != new.source:
            found.append(f"{old.id}: the source differs")
        elif old.cell_type == "code" and "volatile" not in old.metadata.get("tags", []):
            before, after = _texts(old), _texts(new)
            if not alike(before, after):
                found.append(f"{old.id}: the output differs: {_first(before, after)}")
    return found


def _texts(cell: Any) -> str:
    """All that the outputs say as text; of several representations the plain one."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
        else:
            parts.append(str(output.data.get("text/plain", "")))
    return _ADDRESS.sub("0x…", "".join(parts))


def alike(before: str, after: str) -> bool:
    """Equal, but for decimal numbers that are close."""
    if _NUMBER.sub("#", before) != _NUMBER.sub("#", after):
        return False
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=_CLOSE, abs_tol=_CLOSE) for a, b in pairs)


def _first(before: str, after: str) -> str:
    for old, new in zip(before.splitlines(), after.splitlines(), strict=False):
        if not alike(old, new):
            return f"{old.strip()[:80]!r} became {new.strip()[:80]!r}"
    return "lines were added or are missing"

"""A program asks for a GPU, and this PyTorch or this machine has none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.lines import statement
from pytorch_basics.mistakes.reading.loaders import every_origin

NONE = re.compile(
    r"Torch not compiled with CUDA enabled|Found no NVIDIA driver|No CUDA GPUs are available|CUDA driver version is "
    r"insufficient"
    r"|not linked with support for (mps|cuda|xpu) devices|MPS backend is supported on MacOS|Torch not compiled with "
    r"\w+ enabled"
    r"|invalid device ordinal|Attempting to deserialize object on (a CUDA|CUDA) device|Cannot access accelerator "
    r"device when none is available"
)
UNKNOWN = re.compile(
    r"Expected one of cpu, cuda, .* device type at start of device string: (\w+)|Invalid device string: '(.*?)'"
)
NAMES = re.compile(r"^(cuda|mps|xpu)(:\d+)?$")


def broken() -> object:
    device = "xpu" if torch.cuda.is_available() else "cuda"
    return torch.zeros(3).to(device)


def fixed() -> object:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.zeros(3).to(device)


def signs(record: Record) -> Iterator[Sign]:
    """PyTorch's words; the line that chose the device."""
    if not isinstance(record, FailureRecord) or record.place is None:
        return
    unknown = UNKNOWN.search(record.message)
    if unknown is not None:
        yield _unknown(record, unknown[1] or unknown[2] or "")
        return
    if not NONE.search(record.message) or ("torch.load" in record.message and not _loading(record)):
        return
    if _loading(record):
        yield _load(record)
        return
    chosen = _chosen(record)
    place = chosen or record.place
    node = statement(place)
    line = ast.unparse(node) if node is not None and not hasattr(node, "body") else place.text
    yield Sign(
        place=place,
        seen=f"`{line}` asks for a GPU, and there is none that this PyTorch can use.",
        instead=_instead(line, chosen is not None),
        evidence=("`torch.cuda.is_available()` is False", f"PyTorch: {record.message.splitlines()[0]}"),
        also=(record.place,) if record.place.line != place.line else (),
    )


def _instead(line: str, chosen: bool) -> str:
    new = re.sub(
        r"(?<!if )(torch\.device\()?(['\"])(cuda(?::\d+)?)\2(\))?",
        r'\1"\3" if torch.cuda.is_available() else "cpu"\4',
        line,
        count=1,
    )
    if ".cuda(" in line:
        return (
            re.sub(r"\.cuda\([^()]*\)", ".to(device)", line)
            + ', with device = "cuda" if torch.cuda.is_available() else "cpu"'
        )
    if new != line and re.match(r"[\w.]+\s*=\s", line):
        return new
    return 'device = "cuda" if torch.cuda.is_available() else "cpu", and .to(device) here'


def _chosen(record: FailureRecord) -> Place | None:
    """The line where the name of the device stands, when that is not the failing call itself."""
    step = record.failing
    if step is None or step.bare == "cuda":
        return None
    for one in every_origin(record):
        if one.kind == "literal" and NAMES.match(_plain(one)) and one.place.line != step.place.line:
            return one.place
        if (
            one.kind == "call"
            and one.bare == "device"
            and any(NAMES.match(str(a.value.plain)) for a in one.operands if a.value)
        ):
            return one.place
    return _default(record)


def _plain(step: Step) -> str:
    return str(step.value.plain) if step.value is not None else step.text.strip("'\"")


def _default(record: FailureRecord) -> Place | None:
    """``default="cuda"`` of a command-line option, or a field of a class of settings, where the operand is an
    attribute."""
    step, file = record.failing, record.place.file if record.place else ""
    wanted = next(
        (a.text.rpartition(".")[2] for a in (step.operands if step else ()) if "." in a.text and "(" not in a.text), ""
    )
    source = source_of(file) if file else None
    for node in ast.walk(source.tree) if source is not None and wanted else ():
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.AnnAssign | ast.Assign) else ""
        named = wanted in text and re.search(r"['\"](cuda(:\d+)?|mps)['\"]", text)
        if (
            named
            and source is not None
            and len(text) < 300
            and "is_available" not in text
            and isinstance(node, ast.Call | ast.AnnAssign | ast.Assign)
        ):
            return source.place_of_line(node.lineno, node)
    return None


def _loading(record: FailureRecord) -> bool:
    return "deserialize" in record.message


def _load(record: FailureRecord) -> Sign:
    place, step = record.place, record.failing
    assert place is not None
    text = step.text if step is not None else place.text
    return Sign(
        place=place,
        seen=f"`{text}` reads tensors that were saved on a GPU, and would put them back there.",
        instead=f'{text[:-1]}, map_location="cpu")' if text.endswith(")") else "torch.load(…, map_location=device)",
        evidence=("`torch.cuda.is_available()` is False",),
    )


def _unknown(record: FailureRecord, name: str) -> Sign:
    assert record.place is not None
    literal = next((s for s in every_origin(record) if s.kind == "literal" and name in _plain(s)), None)
    place = literal.place if literal is not None else record.place
    return Sign(
        place=place,
        seen=f"`{name}` is no name of a device.",
        instead='device = "cuda" if torch.cuda.is_available() else "cpu"',
        evidence=("PyTorch's names are cpu, cuda, mps, …; a number after a colon says which: cuda:0",),
        also=(record.place,) if record.place.line != place.line else (),
    )


MISTAKE = Mistake(
    id="device.no_cuda",
    code="",
    title='"cuda" is where PyTorch runs',
    see="“Torch not compiled with CUDA enabled”, “Found no NVIDIA driver on your system”, or, from torch.load, "
    "“Attempting to deserialize "
    "object on a CUDA device”.",
    why="A script names the device it wants, and runs only where there is one. PyTorch does not take the CPU in "
    "place of a GPU that is "
    "not there.",
    instead='`device = "cuda" if torch.cuda.is_available() else "cpu"` once, and `.to(device)` everywhere in place '
    "of `.cuda()`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)

"""The import rule: imports go one way, and what draws records never loads torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytorch_basics

ROOT = Path(pytorch_basics.__file__).parent
# A room may import itself and rooms of a lower rank; single modules at the bottom are everyone's, as is ``__init__``.
RANK = {"errors": -2, "folder": -2, "comments": -2, "language": -1}
RANK |= {"instruments": 0, "mistakes": 1, "practice": 2, "doctor": 2, "course": 3, "lab": 4, "playground": 4, "cli": 5}
INSTRUMENTS = ("tensor", "trace", "graph", "module", "training", "run", "failure")
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.name != "lesson.py")


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0]


def imported(path: Path) -> Iterator[str]:
    """Every ``pytorch_basics.…`` that the file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    """cli, lab → course → practice, doctor → mistakes → instruments, and never back."""
    mine = room(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "pytorch_basics" and len(parts) > 1 and parts[1] in RANK and mine in RANK:
            assert RANK[parts[1]] <= RANK[mine], f"{path.name} imports {name}"
            assert parts[1] == mine or RANK[parts[1]] < RANK[mine], f"{path.name} imports its neighbour {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "instruments").rglob("*.py")), ids=lambda path: str(path.name))
def test_instruments_import_only_leftwards(path: Path) -> None:
    """tensor ← trace ← graph ← module ← training ← run ← failure."""
    parts = path.relative_to(ROOT / "instruments").parts
    if parts[0] not in INSTRUMENTS:
        return
    for name in imported(path):
        found = name.split(".")
        if found[:2] == ["pytorch_basics", "instruments"] and len(found) > 2 and found[2] in INSTRUMENTS:
            assert INSTRUMENTS.index(found[2]) <= INSTRUMENTS.index(parts[0])


@pytest.mark.parametrize("path", sorted((ROOT / "instruments").rglob("*.py")), ids=lambda path: str(path.name))
def test_only_capture_imports_torch(path: Path) -> None:
    """In an instrument one file looks at live tensors (``TYPE_CHECKING`` aside)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {id(child) for node in ast.walk(tree) if _is_typing_block(node) for child in ast.walk(node)}
    nodes = [node for node in ast.walk(tree) if id(node) not in typed]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    uses_torch = any(name.split(".")[0] == "torch" for name in names)
    assert not uses_torch or path.name == "capture.py"


def _is_typing_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def modules_without_torch() -> list[str]:
    names = ["pytorch_basics", "pytorch_basics.cli", "pytorch_basics.errors", "pytorch_basics.practice.verdict"]
    names += ["pytorch_basics.language"]
    names += ["pytorch_basics.practice.progress", "pytorch_basics.practice.sandbox", "pytorch_basics.lab.server"]
    for path in sorted((ROOT / "instruments").rglob("*.py")):
        if path.stem in ("record", "text", "html"):
            names.append(".".join(("pytorch_basics", *path.relative_to(ROOT).with_suffix("").parts)))
    return names


@pytest.mark.parametrize("module", modules_without_torch())
def test_torch_stays_unloaded(module: str) -> None:
    """In a fresh process, importing this module loads no torch."""
    program = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_package_loads_nothing_of_the_course() -> None:
    """The lazy verbs cost nothing until one is used; the public names are listed."""
    program = (
        "import pytorch_basics as pb, sys\n"
        "assert not [m for m in sys.modules if m.startswith('pytorch_basics.')], sys.modules\n"
        "assert {'see', 'trace', 'graph', 'exercise', 'predict', 'hint', 'solution', 'progress'} <= set(dir(pb))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_each_verb_is_found_where_it_is_said_to_be() -> None:
    """Every name in ``__all__`` can be had, and an unknown one names the verbs."""
    for name in pytorch_basics.__all__:
        assert getattr(pytorch_basics, name) is not None
    with pytest.raises(AttributeError, match="its verbs are see, trace"):
        _ = pytorch_basics.sea


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_opens_with_a_paragraph(path: Path) -> None:
    """Why it exists, what goes in, what comes out."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

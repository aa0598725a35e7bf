"""What tests share: one warm sandbox, a workspace of their own, and a way to write answers as a learner does."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch

from pytorch_basics.practice.sandbox import Sandbox

torch.set_num_threads(1)
_CELLS = count(1)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One template process for all tests."""
    box = Sandbox()
    box.start()
    yield box
    box.stop()


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own folder, so none writes into the progress of the person who runs the tests."""
    monkeypatch.setenv("PYTORCH_BASICS_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("PYTORCH_BASICS_LANGUAGE", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def uncompiled() -> Iterator[None]:
    """``torch.compile`` leaves its backends behind, and a watch takes care of them: no test finds another's."""
    yield
    if any(getattr(sys.modules.get("torch._dynamo.eval_frame"), "cached_backends", {}).values()):
        torch._dynamo.reset()


@pytest.fixture
def cell() -> Callable[..., dict[str, Any]]:
    """Run source as a notebook cell does: in one namespace with torch in it, its lines known to ``linecache``."""
    space: dict[str, Any] = {"__name__": "__main__", "torch": torch, "nn": torch.nn}

    def run(source: str, **names: Any) -> dict[str, Any]:
        name = f"<cell {next(_CELLS)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        space.update(names)
        exec(compile(source, name, "exec"), space)
        return space

    return run

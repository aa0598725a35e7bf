"""Something is called once a module has been imported, and the module is as if nobody had waited for it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytorch_basics.doctor.on_import import once_imported


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that can be imported."""
    (tmp_path / "waited_for.py").write_text("value = 3\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "waited_for"
    sys.modules.pop("waited_for", None)


def test_it_is_called_once_after_the_modules_own_code(module: str) -> None:
    """The module is whole by then; a reload does not call again."""
    seen = []
    once_imported(module, lambda: seen.append(sys.modules[module].value))
    loaded = importlib.import_module(module)
    importlib.reload(loaded)
    assert seen == [3]
    assert type(loaded.__loader__).__module__.startswith("_frozen_importlib")
    assert loaded.__spec__ is not None
    assert loaded.__spec__.loader is loaded.__loader__


def test_it_is_called_at_once_for_a_module_that_is_there() -> None:
    """Nothing is left on the import path."""
    seen, before = [], list(sys.meta_path)
    once_imported("sys", lambda: seen.append(1))
    assert (seen, sys.meta_path) == ([1], before)


def test_it_can_be_called_off(module: str) -> None:
    """Then the import is as always."""
    before = list(sys.meta_path)
    forget = once_imported(module, lambda: pytest.fail("called"))
    forget()
    forget()
    importlib.import_module(module)
    assert sys.meta_path == before

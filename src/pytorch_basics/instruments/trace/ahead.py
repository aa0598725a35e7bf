"""Loads what the first traced op would have to wait for, in the background, while the learner still reads or writes.

In goes nothing; a daemon thread imports what watches, what makes the record and what shows it. Nothing waits for it but
an import of the same modules, and what goes wrong in it shows again where they are needed.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from importlib import import_module


def load() -> threading.Thread | None:
    """Start loading; None where torch is not in use yet, so that a bare import stays quick, and while it is still being
    imported, which the thread would wait for while who imports it waits for the thread."""
    torch = sys.modules.get("torch")
    if torch is None or getattr(torch.__spec__, "_initializing", False):
        return None
    thread = threading.Thread(target=_load, name="pytorch-basics-ahead", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    with suppress(Exception):
        for name in ("capture", "assemble", "html"):
            import_module(f"pytorch_basics.instruments.trace.{name}")

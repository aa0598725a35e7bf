"""Build the course's notebooks: make each from its source, execute it, save it with its outputs.

    python tools/build_notebooks.py            build them all
    python tools/build_notebooks.py memory     build one
    python tools/build_notebooks.py start --language de     the same in another language
    python tools/build_notebooks.py --check    build nothing; say which are stale, exit 1 if any is

A notebook is stale when its cells differ from what the source gives, or when the text of the outputs, executed
again, differs beyond ``stale.py``'s tolerances.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

import field_guide
from lesson_to_notebook import notebook
from pytorch_basics.course import COURSE
from pytorch_basics.course.overview import notebook_name
from pytorch_basics.language import ENGLISH, VARIABLE, is_translated, languages, speaking
from stale import differences

ROOT = Path(__file__).parents[1]
FRONT_DOOR = "front_door"
_SECONDS = 120


def target(topic: str, language: str = ENGLISH) -> Path:
    """Where a topic's notebook stands."""
    if topic == FRONT_DOOR:
        return ROOT / "Pytorch_Basics.ipynb"
    if topic == "mistakes":
        return ROOT / "notebooks" / field_guide.NAME
    return ROOT / "notebooks" / ("" if language == ENGLISH else language) / notebook_name(topic)


def translated() -> list[tuple[str, str]]:
    """Every lesson that can be read in another language, with that language."""
    found = []
    for language in languages():
        with speaking(language):
            found += [(topic, language) for topic in COURSE if is_translated(f"pytorch_basics.course.{topic}")]
    return found


def executed(topic: str, language: str = ENGLISH) -> Any:
    """The topic's notebook, run in a fresh kernel, one thread, in an empty folder."""
    if topic == "mistakes":
        return field_guide.notebook()
    with speaking(language):
        made = notebook(topic)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(PYTORCH_BASICS_WORKSPACE=folder, OMP_NUM_THREADS="1", PYTHONHASHSEED="0")
        client = NotebookClient(made, timeout=_SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}})
        client.execute(env=os.environ | {VARIABLE: language})
    for cell in made.cells:
        cell.metadata.pop("execution", None)
    return made


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Build the course's notebooks.")
    parser.add_argument("topics", nargs="*")
    parser.add_argument("--language", default=ENGLISH)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    stale = 0
    everything = [*((topic, ENGLISH) for topic in (FRONT_DOOR, *COURSE, "mistakes")), *translated()]
    for topic, language in [(topic, options.language) for topic in options.topics] or everything:
        begun = time.perf_counter()
        made = executed(topic, language)
        seconds = time.perf_counter() - begun
        path = target(topic, language)
        if options.check:
            found = differences(nbformat.read(path, as_version=4), made) if path.exists() else ["it does not exist"]
            stale += bool(found)
            print(f"{path.name}: {'stale' if found else 'current'} ({seconds:.1f} s)")
            print("".join(f"  {line}\n" for line in found[:10]), end="")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(made, path)
            print(
                f"{path.relative_to(ROOT)}: {len(made.cells)} cells, {path.stat().st_size // 1000} kB, {seconds:.1f} s"
            )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The papers are true: links lead somewhere, commands exist, the verbs listed are the verbs there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import pytorch_basics

ROOT = Path(__file__).parents[1]
PAPERS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/on_your_own_model.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEADINGS = [
    "Tensors",
    "Operations",
    "Dynamic Computation Graph and Backpropagation",
    "The Model",
    "Loss Modules",
    "Optimizers",
]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_relative_link_leads_to_a_file(paper: str) -> None:
    """Links and pictures point to files of the project."""
    text = re.sub(r"```.*?```", "", (ROOT / paper).read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    folder = (ROOT / paper).parent
    assert [link for link in links if "://" not in link and not (folder / link.split("#")[0]).exists()] == []


def test_the_readme_leads_with_the_front_door_and_its_six_headings() -> None:
    """First the one notebook and its headings in order, then everything else."""
    places = [README.index("[Pytorch_Basics.ipynb](Pytorch_Basics.ipynb)")]
    places += [README.index(f"[{heading}](Pytorch_Basics.ipynb)") for heading in HEADINGS]
    places += [README.index("## Two commands"), README.index("## The lessons")]
    assert places == sorted(places)


def test_the_readme_names_the_two_commands_and_every_way_to_install() -> None:
    """Make, pip alone, the CPU build, an installed package, a machine without a screen."""
    for said in ("make lab", "make test", "TORCH_INDEX=https://", "pip install", "pytorch-basics lab", "BROWSER=none"):
        assert said in README


def test_the_readme_lists_every_verb() -> None:
    """Each public name of the package stands in the table of verbs."""
    for verb in set(pytorch_basics.__all__) - {"__version__"}:
        assert f"pb.{verb}(" in README


def test_the_page_on_your_own_model_runs_as_it_stands(cell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Its blocks, one after the other, run and print what the page says they do."""
    text = (ROOT / "docs/on_your_own_model.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 6
    for block in blocks:
        cell(block)
    printed = capsys.readouterr().out
    assert "multiply-accumulates" in printed
    assert "h.mul_(2)" in printed  # the line that made the saved tensor stale
    assert "zero_grad() is missing before it" in printed
    assert "is never below 0.3133" in printed


def test_every_make_task_that_is_named_exists() -> None:
    """``make x`` in a paper is a task of the Makefile, and each task says what it does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    tasks = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    for paper in PAPERS:
        text = (ROOT / paper).read_text(encoding="utf-8")
        assert set(re.findall(r"`make ([a-z]+)", text)) <= tasks


def test_architecture_names_every_room_of_the_package() -> None:
    """Each folder of the package is named in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = Path(pytorch_basics.__file__).parent
    rooms = [path.name for path in package.iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if room not in text] == []


def test_no_registry_is_named_but_pytorchs_own() -> None:
    """Only PyTorch's public CPU index may stand in the papers and the build files."""
    for name in [*PAPERS, "Makefile", "pyproject.toml", "constraints.txt", ".ci/run"]:
        text = (ROOT / name).read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([^/\s)`\"']+)", text))
        assert hosts <= {"download.pytorch.org", "keepachangelog.com"}

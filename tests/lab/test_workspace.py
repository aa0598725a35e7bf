"""The learner's folder: brought in without outputs, never written over once edited, put back when asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytorch_basics.course import COURSE
from pytorch_basics.course.catalogue import of_topic
from pytorch_basics.course.overview import notebook_name
from pytorch_basics.errors import Problem
from pytorch_basics.lab import shipped
from pytorch_basics.lab.workspace import Workspace
from pytorch_basics.practice.progress import FOLDER, Progress

TENSORS = notebook_name("tensors")
WELCOME = "Welcome.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my work"


def start(folder: Path) -> list[str]:
    """What the learner is told when the lab starts on the folder."""
    workspace = Workspace(folder)
    workspace.prepare()
    return workspace.messages


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def said(path: Path) -> str:
    """All that the cells of a notebook say."""
    return "\n".join("".join(cell["source"]) for cell in read(path)["cells"])


def edit(path: Path) -> bytes:
    """Write into the learner's notebook; gives its bytes."""
    notebook = read(path)
    notebook["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": ["my own words"]})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.read_bytes()


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the course ships a newer lesson on tensors, with this heading."""
    original = shipped.places()

    def ship(heading: str) -> None:
        notebook = read(original[TENSORS])
        notebook["cells"][0]["source"] = [f"# {heading}"]
        path = tmp_path / f"{heading}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        monkeypatch.setattr(shipped, "places", lambda: original | {TENSORS: path})

    return ship


def test_the_folder_is_made_with_every_notebook_of_the_course(folder: Path) -> None:
    """The front door, each lesson, the field guide and the start page are there, and nobody is told anything."""
    assert start(folder) == []
    there = {path.name for path in folder.glob("*.ipynb")}
    assert there == {*shipped.places(), WELCOME}
    assert {shipped.FRONT_DOOR, "Mistakes.ipynb", *map(notebook_name, COURSE)} <= there


def test_programs_of_lessons_come_as_they_are(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program is brought, kept once edited, and a newer one goes beside it under a name that says so."""
    start(folder)
    shipped_one = shipped.programs()["ddp_xor.py"]
    mine = folder / "ddp_xor.py"
    assert mine.read_bytes() == shipped_one.read_bytes()
    mine.write_text("# mine")
    newer = tmp_path / "newer.py"
    newer.write_text("# newer")
    monkeypatch.setattr(shipped, "programs", lambda: {"ddp_xor.py": newer})
    assert start(folder) == ["ddp_xor.py has a newer version; yours is kept, the new one is ddp_xor.new.py"]
    assert mine.read_text() == "# mine"


def test_a_lesson_finds_its_program_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied where it is missing, left where it is; an unknown name lists those that there are."""
    monkeypatch.chdir(tmp_path)
    assert shipped.bring("ddp_xor.py").read_bytes() == shipped.programs()["ddp_xor.py"].read_bytes()
    (tmp_path / "ddp_xor.py").write_text("# mine")
    assert shipped.bring("ddp_xor.py").read_text() == "# mine"
    with pytest.raises(Problem, match=r"no program ddp\.py .* there are: ddp_xor\.py"):
        shipped.bring("ddp.py")


def test_the_notebooks_come_without_outputs(folder: Path) -> None:
    """A prediction is worth nothing beside its answer: no outputs, counts or run times."""
    start(folder)
    for path in folder.glob("*.ipynb"):
        for cell in read(path)["cells"]:
            assert "execution" not in cell["metadata"]
            if cell["cell_type"] == "code":
                assert cell["outputs"] == []
                assert cell["execution_count"] is None


def test_the_cells_are_those_that_were_shipped(folder: Path) -> None:
    """Clearing takes outputs and moves links; code, order and ids of the cells stay."""
    start(folder)
    for name, path in shipped.places().items():
        mine, theirs = read(folder / name)["cells"], read(path)["cells"]
        assert [cell["id"] for cell in mine] == [cell["id"] for cell in theirs]
        code = [["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"] for cells in (mine, theirs)]
        assert code[0] == code[1]


def words(path: Path) -> str:
    """What its Markdown cells say, without code, where ``layers[0](x)`` is a call."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return re.sub(r"```.*?```|`[^`\n]*`", "", "\n".join(texts), flags=re.DOTALL)


def test_every_link_between_notebooks_leads_to_a_file_in_the_folder(folder: Path) -> None:
    """In a checkout the lessons lie in a folder of their own; in the learner's they lie side by side."""
    start(folder)
    found = 0
    for path in folder.glob("*.ipynb"):
        for target in re.findall(r"\]\(([^)\s]+)\)|href=[\"']([^\"']+)", words(path)):
            link = next(filter(None, target)).split("#")[0]
            if link and "://" not in link and not link.startswith(("attachment:", "mailto:")):
                assert (folder / link).is_file(), f"{path.name} links to {link}"
                found += 1
    assert found > len(COURSE)


def test_an_edited_notebook_is_never_written_over(folder: Path) -> None:
    """Starting again leaves the learner's own words, and says nothing."""
    start(folder)
    mine = edit(folder / TENSORS)
    assert start(folder) == []
    assert (folder / TENSORS).read_bytes() == mine


def test_a_notebook_that_was_deleted_comes_back(folder: Path) -> None:
    """Deleting a lesson is a way to start it anew."""
    start(folder)
    (folder / TENSORS).unlink()
    start(folder)
    assert (folder / TENSORS).is_file()


def test_a_newer_lesson_replaces_one_that_was_not_edited(folder: Path, newer: Callable[[str], None]) -> None:
    """Who changed nothing gets the new lesson under the old name."""
    start(folder)
    newer("Tensors, better told")
    assert start(folder) == []
    assert "Tensors, better told" in said(folder / TENSORS)


def test_a_newer_lesson_lands_beside_an_edited_one_and_is_told_once(folder: Path, newer: Callable[[str], None]) -> None:
    """The learner keeps theirs, gets the new one beside it, and hears of each newer lesson once."""
    start(folder)
    mine = edit(folder / TENSORS)
    newer("Tensors, better told")
    (message,) = start(folder)
    assert message == f"{TENSORS} has a newer version; yours is kept, the new one is 01_tensors.new.ipynb"
    assert (folder / TENSORS).read_bytes() == mine
    assert "better told" in said(folder / "01_tensors.new.ipynb")
    assert start(folder) == []

    newer("Tensors, told best")
    (message,) = start(folder)
    assert message.endswith("01_tensors.new-2.ipynb")
    assert "better told" in said(folder / "01_tensors.new.ipynb")
    assert (folder / TENSORS).read_bytes() == mine


def test_the_start_page_holds_the_contents_the_counts_and_the_next_step(folder: Path) -> None:
    """A table of all lessons with how many exercises are passed, and where to go on."""
    start(folder)
    page = said(folder / WELCOME)
    assert "Pytorch_Basics.ipynb" in page
    for topic in COURSE:
        assert f"({notebook_name(topic)}) | 0 of {len(of_topic(topic))} |" in page
    assert f"**Next step:** `{of_topic('start')[0].id}`" in page


def test_the_start_page_counts_what_was_passed(folder: Path) -> None:
    """After a pass the next start shows it, ticks finished lessons, and moves the next step on."""
    start(folder)
    for task in of_topic("start"):
        Progress(folder).attempt(task.id, "passed", None, 0.1)
    start(folder)
    page = said(folder / WELCOME)
    count = len(of_topic("start"))
    assert f"| {count} of {count} ✓ |" in page
    assert f"**Next step:** `{of_topic('tensors')[0].id}`" in page


def test_running_the_start_page_is_not_editing_it(folder: Path) -> None:
    """Outputs and counts of a run are thrown away with the old page, without a word."""
    start(folder)
    page = read(folder / WELCOME)
    page["cells"][-1] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["3"]}], "execution_count": 7}
    page["metadata"]["language_info"]["version"] = "3.11"
    (folder / WELCOME).write_text(json.dumps(page), encoding="utf-8")
    assert start(folder) == []
    assert not (folder / "Welcome.yours.ipynb").exists()
    assert read(folder / WELCOME)["cells"][-1]["outputs"] == []


def test_an_edited_start_page_is_kept_under_another_name(folder: Path) -> None:
    """The start page is always ours and current; what the learner wrote on it is moved, not lost."""
    start(folder)
    mine = edit(folder / WELCOME)
    assert start(folder) == ["you edited Welcome.ipynb; yours is kept as Welcome.yours.ipynb"]
    assert (folder / "Welcome.yours.ipynb").read_bytes() == mine
    assert "my own words" not in said(folder / WELCOME)
    edit(folder / WELCOME)
    assert start(folder) == ["you edited Welcome.ipynb; yours is kept as Welcome.yours-2.ipynb"]
    assert (folder / "Welcome.yours.ipynb").read_bytes() == mine


def test_a_file_of_the_same_name_that_was_there_before_is_kept(folder: Path) -> None:
    """A folder that already holds a `Welcome.ipynb` and a lesson of other origin loses neither."""
    folder.mkdir()
    for name in (WELCOME, TENSORS):
        (folder / name).write_text("my notes, no notebook at all")
    messages = start(folder)
    assert len(messages) == 2
    assert (folder / "Welcome.yours.ipynb").read_text() == "my notes, no notebook at all"
    assert (folder / TENSORS).read_text() == "my notes, no notebook at all"
    assert "cells" in read(folder / "01_tensors.new.ipynb")
    assert start(folder) == []


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]", '{"01_tensors.ipynb": "?"}', "null", "\x00\xff"])
def test_a_damaged_manifest_loses_nothing(folder: Path, newer: Callable[[str], None], damage: str) -> None:
    """Without a memory of what we wrote, whatever is not the shipped lesson counts as the learner's."""
    start(folder)
    mine = edit(folder / TENSORS)
    (folder / FOLDER / "manifest.json").write_bytes(damage.encode("latin-1"))
    start(folder)
    assert (folder / TENSORS).read_bytes() == mine
    newer("Tensors, better told")
    start(folder)
    assert (folder / TENSORS).read_bytes() == mine


def test_after_a_lost_manifest_an_unedited_lesson_is_ours_again(folder: Path, newer: Callable[[str], None]) -> None:
    """A copy that equals the shipped lesson is known again, so the next newer one replaces it."""
    start(folder)
    (folder / FOLDER / "manifest.json").unlink()
    start(folder)
    newer("Tensors, better told")
    assert start(folder) == []
    assert "better told" in said(folder / TENSORS)


def test_reset_puts_a_lesson_back_and_keeps_a_backup(folder: Path) -> None:
    """The backup holds what the learner had, byte for byte; two resets in one second make two backups."""
    start(folder)
    fresh = (folder / TENSORS).read_bytes()
    mine = edit(folder / TENSORS)
    first = Workspace(folder).reset("tensors")
    assert (folder / TENSORS).read_bytes() == fresh
    assert first.read_bytes() == mine
    assert first.parent == folder
    second = Workspace(folder).reset("tensors")
    assert second != first
    assert first.read_bytes() == mine
    assert start(folder) == []


def test_after_a_reset_the_lesson_counts_as_unedited(folder: Path, newer: Callable[[str], None]) -> None:
    """Reset brings the newest lesson, and later ones replace it again."""
    start(folder)
    edit(folder / TENSORS)
    newer("Tensors, better told")
    start(folder)
    Workspace(folder).reset("tensors")
    assert "better told" in said(folder / TENSORS)
    newer("Tensors, told best")
    assert start(folder) == []
    assert "told best" in said(folder / TENSORS)


def test_reset_of_an_unknown_topic_names_the_nearest(folder: Path) -> None:
    """A typing error costs nothing."""
    start(folder)
    with pytest.raises(Problem, match=r'there is no topic "tensor"\. Did you mean tensors'):
        Workspace(folder).reset("tensor")
    assert not list(folder.glob("*backup*"))


def test_reset_of_a_lesson_that_is_not_there_says_how_to_get_it(folder: Path) -> None:
    """In a folder that was never prepared nothing is moved or made."""
    with pytest.raises(Problem, match="does not exist; bring it in with: pytorch-basics lab"):
        Workspace(folder).reset("tensors")
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The path goes through a file: the message says which folder and why."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Problem, match="Not a directory") as caught:
        Workspace(tmp_path / "file" / "work").prepare()
    assert str(tmp_path / "file" / "work") in str(caught.value)
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.parametrize("name", [TENSORS, WELCOME])
def test_a_directory_where_a_notebook_belongs_is_named_and_left(folder: Path, name: str) -> None:
    """Nothing of it is written over, and the message says which one is in the way."""
    (folder / name).mkdir(parents=True)
    (folder / name / "kept.txt").write_text("mine")
    with pytest.raises(Problem, match=name):
        Workspace(folder).prepare()
    assert (folder / name / "kept.txt").read_text() == "mine"


def test_a_directory_in_place_of_the_manifest_is_named(folder: Path) -> None:
    """Then a reset moves nothing either."""
    start(folder)
    mine = edit(folder / TENSORS)
    (folder / FOLDER / "manifest.json").unlink()
    (folder / FOLDER / "manifest.json").mkdir()
    with pytest.raises(Problem, match=r"manifest\.json"):
        Workspace(folder).prepare()
    with pytest.raises(Problem, match=r"manifest\.json"):
        Workspace(folder).reset("tensors")
    assert (folder / TENSORS).read_bytes() == mine


def test_the_notebooks_of_the_checkout_are_not_touched(folder: Path) -> None:
    """The learner works on copies."""
    before = {name: path.read_bytes() for name, path in shipped.places().items()}
    start(folder)
    edit(folder / TENSORS)
    Workspace(folder).reset("tensors")
    assert {name: path.read_bytes() for name, path in shipped.places().items()} == before

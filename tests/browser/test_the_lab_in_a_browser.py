"""The main job, done as a learner does it: JupyterLab in a real browser, lesson 1, a wrong answer, a right one."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytorch_basics.practice.progress import Progress

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRONG = '@pb.exercise("tensors.number")\ndef number(n):\n    return torch.tensor([n])\n'
RIGHT = WRONG.replace("[n]", "n")
_MINUTE = 60_000  # milliseconds
# Every code cell of the notebook in front has a number: it has run.
ALL_RUN = r"""() => {
    const prompts = document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputPrompt");
    return prompts.length > 10 && [...prompts].every(prompt => /\[\d+\]/.test(prompt.textContent));
}"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """``pytorch-basics lab`` on a free port and an empty folder, as a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "work"
    environment = {name: value for name, value in os.environ.items() if name != "PYTORCH_BASICS_WORKSPACE"}
    command = [sys.executable, "-m", "pytorch_basics", "lab", str(folder), "--port", str(port), "--browser", "none"]
    log = (tmp_path / "lab.log").open("w")
    process = subprocess.Popen(
        command, env=environment | {"JUPYTER_TOKEN": "t"}, stdout=log, stderr=log, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/lab?token=t")
        yield url, folder
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        log.close()


def _wait_for(url: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the lab served no page within a minute")


def cell_of(page: Any, text: str) -> Any:
    front = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    return front.locator(".jp-CodeCell", has=page.locator(".cm-content", has_text=text)).first


def write_and_run(page: Any, cell: Any, source: str) -> None:
    """Replace what stands in a cell, as by pasting, and run it."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def verdict(cell: Any, text: str) -> None:
    cell.locator(".pb-verdict", has_text=text).wait_for(timeout=_MINUTE)


def test_a_learner_answers_wrongly_then_rightly_and_is_remembered(lab: tuple[str, Path], chromium: Any) -> None:
    """Start page, lesson 1 run to its end, the misconception's message, the pass, and progress after a restart."""
    url, folder = lab
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(f"{url}/?token=t")
    page.get_by_role("heading", name="Welcome to PyTorch Basics").wait_for(timeout=_MINUTE)
    page.goto(f"{url}/lab/tree/01_tensors.ipynb?token=t")
    page.get_by_role("heading", name="Tensors").first.wait_for(timeout=_MINUTE)
    page.locator(".jp-StatusBar-Widget").get_by_text("Idle").wait_for(timeout=_MINUTE)

    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cell = cell_of(page, '"tensors.number"')
    verdict(cell, "Not answered yet")
    page.wait_for_function(ALL_RUN, timeout=2 * _MINUTE)
    assert page.locator("iframe[srcdoc]").count() > 0, "the lesson's pictures are drawn"
    assert page.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0, "no cell of the lesson fails"

    write_and_run(page, cell, WRONG)
    verdict(cell, "it lies in a list of one")
    write_and_run(page, cell, RIGHT)
    verdict(cell, "Passed")

    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(r"^Restart Kernel…")).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    page.goto(f"{url}/lab/tree/Welcome.ipynb?token=t")
    progress = cell_of(page, "pb.progress()")
    progress.locator(".cm-content").click(timeout=_MINUTE)
    page.keyboard.press("Control+Enter")
    progress.locator("td", has_text="1 of").first.wait_for(timeout=_MINUTE)

    row = Progress(folder).rows()["tensors.number"]
    assert row.passed
    assert row.tried == 2
    assert row.misconceptions == ("tensors.number:listed",)
    page.close()

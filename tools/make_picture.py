"""The README's picture, made from the real program: what ``pb.see`` draws, and what a wrong answer is told.

python tools/make_picture.py        writes docs/picture.png (needs Chromium)
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import torch
from playwright.sync_api import sync_playwright

import pytorch_basics as pb
from pytorch_basics.course.catalogue import find
from pytorch_basics.course.verbs import desk
from pytorch_basics.practice.exercise import Exercise
from pytorch_basics.practice.verdict import html

TARGET = Path(__file__).parents[1] / "docs" / "picture.png"
_CODE = "font:14px ui-monospace,monospace;background:#f5f5f5;padding:.6em;margin:.8em 0 .3em;white-space:pre"


def transpose_by_strides(x: torch.Tensor) -> torch.Tensor:
    """A wrong answer, as a learner might hand it in."""
    return x.view(x.shape[1], x.shape[0])


def page() -> str:
    """Two cells of a notebook with their outputs."""
    x = torch.arange(6.0).reshape(2, 3)
    looked = pb.see(x, x.t())._repr_mimebundle_()["text/html"]
    task = find("memory.transpose_by_strides")
    assert isinstance(task, Exercise)
    verdict = html(desk.check(task, transpose_by_strides))
    return (
        "<!doctype html><meta charset=utf-8><style>details{display:none}</style>"
        "<body style='font-family:system-ui,sans-serif;margin:16px;width:800px'>"
        f"<div style='{_CODE}'>x = torch.arange(6.).reshape(2, 3)\npb.see(x, x.t())</div>{looked}"
        f"<div style='{_CODE}'>@pb.exercise(\"memory.transpose_by_strides\")\ndef transpose_by_strides(x):\n"
        f"    return x.view(x.shape[1], x.shape[0])</div>{verdict}"
    )


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(page(), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 840, "height": 400}, device_scale_factor=1.5)
        view.goto(file.as_uri())
        view.wait_for_timeout(500)
        view.screenshot(path=TARGET, full_page=True)
        browser.close()
    print(TARGET)


if __name__ == "__main__":
    main()

"""The page of ``progress --html`` as people meet it: on a screen, light or dark, narrow, and on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pytorch_basics.course.catalogue import ids
from pytorch_basics.course.certificate import certificate
from pytorch_basics.course.certificate_page import write
from pytorch_basics.practice.progress import Event, Row

pytestmark = pytest.mark.browser

# Relative luminance and contrast as WCAG 2 defines them, of every text on the page against what lies behind it.
_CONTRAST = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = parts(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = 99;
  while (walker.nextNode()) {
    if (!walker.currentNode.textContent.trim()) continue;
    const element = walker.currentNode.parentElement;
    const pair = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    least = Math.min(least, (pair[0] + 0.05) / (pair[1] + 0.05));
  }
  return least;
}"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with something of everything on it."""
    now = datetime(2026, 3, 8, 17, 30).timestamp()
    every = ids()
    rows = {
        id: Row(id, k % 3 != 2, 1 + k % 4, (), k % 2, k % 5 == 4) for k, id in enumerate(every[: len(every) * 3 // 4])
    }
    events = [Event(now + 240 * k, id, "passed") for k, id in enumerate(rows)]
    events.insert(0, Event(now - 300, every[0], "misconception", "optim.no_zero_grad"))
    events += [Event(now + 60_000, every[9], "misconception", "autograd.backward_twice")]
    path = tmp_path_factory.mktemp("page") / "progress.html"
    write(path, certificate(rows, events, "Ada Lovelace", datetime(2026, 3, 9)))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(chromium: Any, page_file: Path, scheme: str) -> None:
    """Contrast AA at least, in both schemes; nothing is fetched, nothing complains."""
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 900, "height": 1200})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert page.evaluate(_CONTRAST) >= 4.5
    assert (asked, said) == ([page_file.as_uri()], [])
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    page.close()


def test_it_fits_a_narrow_screen(chromium: Any, page_file: Path) -> None:
    """On a telephone nothing runs off to the right."""
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_it_prints_black_on_white_also_from_a_dark_screen(chromium: Any, page_file: Path) -> None:
    """On paper no row is torn, and no page is black."""
    page = chromium.new_page(color_scheme="dark")
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(_CONTRAST) >= 4.5
    assert page.evaluate("getComputedStyle(document.querySelector('tr')).breakInside") == "avoid"
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()

"""The pictures of training, and of the model that trains, in a real browser: whole without a network, legible in both
themes, nothing cut off or written over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import pytorch_basics as pb
from pytorch_basics.instruments.training.watch.record import SampleRecord, WatchRecord

pytestmark = pytest.mark.browser

X = torch.rand(60, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
Y = (X.prod(dim=1, keepdim=True) < 0).float()
LOSS = nn.BCEWithLogitsLoss()
# Every piece of text: what it says, its box, its colour.
TEXTS = """() => [...document.querySelectorAll("svg text, li, td, th, caption")].map(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const drawn = e instanceof SVGElement;
    // What sticks out of the outermost svg is cut off.
    const end = drawn ? e.closest("figure").firstElementChild.getBoundingClientRect().right : innerWidth;
    return { words: e.textContent, drawn, left: box.left, right: box.right, top: box.top, bottom: box.bottom, end,
             colour: drawn ? style.fill : style.color };
})"""
PAPER = "() => getComputedStyle(document.body).backgroundColor"
WIDE = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth, innerHeight]"


def model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))


def trained(net: nn.Sequential, steps: int) -> list[list[torch.Tensor]]:
    optimizer, path = torch.optim.SGD(net.parameters(), lr=1.0), []
    for _ in range(steps):
        path.append([p.detach().clone() for p in net.parameters()])
        optimizer.zero_grad()
        LOSS(net(X), Y).backward()
        optimizer.step()
    return path


def boundary() -> Any:
    net = model()
    trained(net, 100)
    return pb.boundary(net, X * 1000, Y)  # long numbers on the axes


def landscape() -> Any:
    net = model()
    return pb.landscape(net, LOSS, X, Y, path=trained(net, 30), side=21)


def landscape_random() -> Any:
    return pb.landscape(model(), LOSS, X * 50, Y, directions="random", side=21)


def losses() -> Any:
    return pb.losses()


def steps() -> Any:
    net = model()
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)

    def forgetful() -> None:
        LOSS(net(X), Y).backward()  # a line that is long enough to need a second one below itself in the table
        optimizer.step()

    return pb.steps(forgetful)


def watch() -> WatchRecord:
    samples = tuple(SampleRecord(k, k / 10, 0.7 - k / 200, 3e-5 + k * 1e-7) for k in range(1, 60))
    return WatchRecord("Sequential", samples, 12_345, 6.0, 50_000, boundary())


def watch_falling() -> WatchRecord:
    samples = tuple(SampleRecord(k, k / 10, 0.7**k, float("nan") if k > 30 else 2.0 / k) for k in range(1, 60))
    return WatchRecord("Sequential", samples, 60, 6.0, None, None, "KeyboardInterrupt", True)


def summary() -> Any:
    net = model()
    net.extra = [nn.Linear(2, 2)]  # type: ignore[assignment]  # the mistake it shows
    return pb.summary(net, X)


MAKERS = [boundary, landscape, landscape_random, losses, steps, watch, watch_falling, summary]
Show = Callable[..., tuple[Any, Any]]


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Iterator[Show]:
    """Open a record as a saved page would; errors and requests to anywhere else fail the test."""
    contexts, strange = [], []

    def asked(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "about:")):
            strange.append(request.url)

    def open_page(record: Any, wide: int = 760, scheme: str = "light") -> tuple[Any, Any]:
        context = chromium.new_context(color_scheme=scheme, viewport={"width": wide, "height": 900}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.on("request", asked)
        file = tmp_path / "picture.html"
        html = record._repr_mimebundle_()["text/html"]
        file.write_text(
            f'<!doctype html><meta charset=utf-8><meta name=color-scheme content="light dark"><body>{html}',
            encoding="utf-8",
        )
        page.goto(file.as_uri())
        page.wait_for_function("document.querySelector('iframe').contentDocument.readyState === 'complete'")
        return page, page.frames[1]

    yield open_page
    for context in contexts:
        context.close()
    assert strange == []


def light(colour: str) -> float:
    """Relative luminance, as WCAG has it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two labels cover each other by more than the room above and below their letters."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 1 and down > 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_picture_is_whole_and_legible(show: Show, make: Any, scheme: str) -> None:
    """At 760 pixels nothing sticks out, no label lies on another, and all text contrasts with the paper (AA)."""
    _, frame = show(make(), scheme=scheme)
    scrolled, wide, _ = frame.evaluate(WIDE)
    assert scrolled == wide == 744, "the page does not scroll sideways"
    paper, texts = frame.evaluate(PAPER), frame.evaluate(TEXTS)
    assert len(texts) > 5
    for text in texts:
        assert text["left"] >= 0, text
        assert text["right"] <= min(wide, text["end"]), text
        assert contrast(text["colour"], paper) >= 4.5, (text, paper)
    drawn = [text for text in texts if text["drawn"]]
    clashes = [(a["words"], b["words"]) for k, a in enumerate(drawn) for b in drawn[k + 1 :] if overlap(a, b)]
    assert clashes == []


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_picture_has_its_text_and_its_still(show: Show, make: Any) -> None:
    """The text twin opens below the picture; the still, shown where frames are stripped, is an image that loads."""
    record = make()
    page, frame = show(record)
    page.get_by_text("As text").click()
    assert page.locator("details pre").inner_text().strip() == str(record).strip()
    assert page.locator("iframe").bounding_box()["height"] == frame.evaluate("document.documentElement.offsetHeight")
    image = re.search(r'<img alt="([^"]+)" src="([^"]+)"', record._repr_mimebundle_()["text/html"])
    assert image is not None
    assert image[1].startswith("pb.")
    size = page.evaluate(
        "async source => { const i = new Image(); i.src = source; await i.decode(); return i.naturalWidth }", image[2]
    )
    assert size > 300


def test_steps_keep_their_events_in_sight(show: Show) -> None:
    """On a narrow page the parameters scroll, and the column of events stays where it is."""
    _, frame = show(steps(), wide=420)
    scroll = frame.locator(".scroll")
    assert scroll.evaluate("e => e.scrollWidth > e.clientWidth")
    event = frame.locator("tbody th").first
    before = event.bounding_box()
    scroll.evaluate("e => { e.scrollLeft = 150 }")
    assert event.bounding_box()["x"] == before["x"]
    assert frame.locator("th", has_text="bias").first.bounding_box()["x"] < before["x"] + 200

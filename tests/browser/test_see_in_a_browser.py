"""The live view of ``pb.see`` in a real browser: what lights up, where arrow keys go, what can be read."""

import re

import pytest
import torch

import pytorch_basics as pb

pytestmark = pytest.mark.browser


@pytest.fixture
def show(chromium, tmp_path):
    """Open a look as a saved page would, offline; errors of its script fail the test."""
    contexts, errors = [], []

    def open_page(see, scheme="light", scripts=True):
        context = chromium.new_context(
            color_scheme=scheme,
            viewport={"width": 616, "height": 900},
            java_script_enabled=scripts,
            offline=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        file = tmp_path / "look.html"
        html = see._repr_mimebundle_()["text/html"]
        file.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:8px'>{html}", encoding="utf-8")
        page.goto(file.as_uri())
        return page, page.frame_locator("iframe")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def small():
    x = torch.arange(6.0).view(2, 3)
    return pb.see(x, x.t(), x.clone(), names=["x", "y", "z"])


def lit(frame):
    """What is lit: ``c5`` for cell 5, ``t1:2,1`` for index [2, 1] of the second tensor."""
    return sorted(
        frame.locator("body").evaluate(
            """() => [...document.querySelectorAll(".lit")].map((el) => el.dataset.i === undefined
                 ? "c" + el.dataset.c : "t" + el.closest("[data-t]").dataset.t + ":" + el.dataset.i)"""
        )
    )


def said(frame):
    return frame.locator("#say").inner_text()


def test_pointing_at_an_index_lights_its_cell(show, small):
    """The storage cell of ``y[2, 1]`` lights up, and the line says which it is."""
    _, frame = show(small)
    frame.locator('[data-t="1"] [data-i="2,1"]').hover()
    assert lit(frame) == ["c5"]
    assert said(frame) == "y[2, 1] = 5.0 is element 5 of the storage (byte 20)"


def test_pointing_at_a_cell_lights_every_index_on_it(show, small):
    """The other way: all tensors of that storage, and only those."""
    _, frame = show(small)
    frame.locator('[data-s="0"] [data-c="1"]').hover()
    assert lit(frame) == ["t0:0,1", "t1:1,0"]
    assert said(frame) == "element 1 of the storage (byte 4), 1.0, is x[0, 1], y[1, 0]"


def test_arrow_keys_move_by_index_in_a_tensor(show, small):
    """Right and down change the last and the first index; the edge holds."""
    page, frame = show(small)
    frame.locator('[data-t="1"] [data-i="0,0"]').focus()
    assert lit(frame) == ["c0"]
    for key, cell in (
        ("ArrowRight", "c3"),
        ("ArrowDown", "c4"),
        ("ArrowLeft", "c1"),
        ("ArrowUp", "c0"),
        ("ArrowUp", "c0"),
    ):
        page.keyboard.press(key)
        assert lit(frame) == [cell]
    page.keyboard.press("End")
    assert lit(frame) == ["c5"]


def test_arrow_keys_move_by_cell_in_the_storage(show, small):
    """Right and left go along the strip."""
    page, frame = show(small)
    frame.locator('[data-s="1"] [data-c="0"]').focus()
    page.keyboard.press("ArrowRight")
    assert lit(frame) == ["t2:0,1"]
    page.keyboard.press("ArrowLeft")
    assert lit(frame) == ["t2:0,0"]


def test_each_strip_and_tensor_is_one_stop_for_the_tab_key(show, small):
    """Tab goes strip, x, y, strip, z; the stop stays where the arrows left it."""
    page, frame = show(small)
    assert frame.locator('td[tabindex="0"]').count() == 5
    frame.locator('[data-t="0"] [data-i="0,0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert frame.locator("td:focus").get_attribute("data-i") == "0,1"


def test_leaving_with_the_pointer_returns_to_what_has_the_focus(show, small):
    """A click holds an index; pointing elsewhere is only for as long as it lasts."""
    _, frame = show(small)
    frame.locator('[data-t="0"] [data-i="1,1"]').click()
    frame.locator('[data-s="0"] [data-c="0"]').hover()
    assert lit(frame) == ["t0:0,0", "t1:0,0"]
    frame.locator("h2").first.hover()
    assert lit(frame) == ["c4"]


def test_an_index_whose_cell_is_cut_lights_the_gap(show):
    """The gap stands for the cells that are not drawn, and the line says so."""
    x = torch.zeros(100, 100)
    _, frame = show(pb.see(x, names="x"))
    frame.locator('[data-i="50,0"], [data-i="95,0"]').first.hover()
    assert frame.locator(".gap.lit").count() == 1
    assert "is element 9500 of the storage (byte 38000), not drawn here" in said(frame)


def test_a_wide_element_lights_every_cell_it_covers(show):
    """A float64 over float32 cells lights two; a 0-d tensor has an index too."""
    x = torch.tensor([1.0, 2.0])
    _, frame = show(pb.see(x, x.view(torch.float64), torch.tensor(3), names=["x", "wide", "scalar"]))
    frame.locator('[data-t="1"] [data-i="0"]').hover()
    assert lit(frame) == ["c0", "c1"]
    assert "is elements 0 to 1 of the storage (byte 0)" in said(frame)
    frame.locator('[data-t="2"] [data-i=""]').hover()
    assert said(frame) == "scalar[] = 3 is element 0 of the storage (byte 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_both_themes(show, scheme):
    """Contrast of at least 4.5 between text and what is behind it, lit or not."""
    x = torch.tensor([[1.0, float("nan")], [3.0, 4.0]])
    _, frame = show(pb.see(x, x.t(), names=["x", "y"]), scheme)
    frame.locator('[data-t="0"] [data-i="1,1"]').hover()
    assert frame.locator("body").evaluate(CONTRAST) >= 4.5


CONTRAST = """() => {
  const rgb = (css) => css.match(/[\\d.]+/g).map(Number);
  const light = (css) => rgb(css).slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (el) => {
    const colour = getComputedStyle(el).backgroundColor;
    return rgb(colour)[3] === 0 && el.parentElement ? behind(el.parentElement) : colour;
  };
  const texts = [...document.querySelectorAll("body *:not(script)")]
    .filter((el) => [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
  return Math.min(...texts.map((el) => {
    const [a, b] = [light(getComputedStyle(el).color), light(behind(el))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""


@pytest.mark.parametrize("shape", [(2, 3), (12, 12), (3, 16, 16)])
def test_the_frame_fits_its_content_at_600_pixels(show, shape):
    """Nothing is cut below, and nothing sticks out on the right."""
    page, frame = show(pb.see(torch.randn(shape)))
    page.wait_for_timeout(100)
    inner = frame.locator("html").evaluate("html => [html.offsetHeight, html.scrollWidth, innerHeight, innerWidth]")
    assert inner[2] >= inner[0]
    assert inner[1] <= inner[3]


def test_without_scripts_the_picture_is_whole(show, small):
    """Cells, grids and sentences are there when nothing runs, and the given height is enough."""
    page, frame = show(small, scripts=False)
    assert frame.locator("td[data-c]").count() == 12
    assert frame.get_by_text("y shares x's storage (a view: same bytes)").count() == 1
    assert page.locator("iframe").bounding_box()["height"] >= 700


def test_the_still_picture_is_an_image_a_browser_draws(chromium, small, tmp_path):
    """What an untrusted notebook shows instead has a size, so it was understood."""
    html = small._repr_mimebundle_()["text/html"]
    image = re.search(r'<img alt="pb.see[^>]*>', html).group(0)
    page = chromium.new_page()
    (tmp_path / "still.html").write_text(image, encoding="utf-8")
    page.goto((tmp_path / "still.html").as_uri())
    assert page.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") == 640
    page.close()

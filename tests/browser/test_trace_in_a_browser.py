"""The live view of ``pb.trace`` in a real browser: what lights up, where keys go, what folds, what can be read."""

import re

import pytest
import torch
from torch import nn

import pytorch_basics as pb

pytestmark = pytest.mark.browser


@pytest.fixture
def show(chromium, tmp_path):
    """Open a trace as a saved page would, offline; errors of its script fail the test."""
    contexts, errors = [], []

    def open_page(trace, scheme="light", scripts=True, width=616):
        context = chromium.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            offline=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        file = tmp_path / "trace.html"
        html = trace._repr_mimebundle_()["text/html"]
        file.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:8px'>{html}", encoding="utf-8")
        page.goto(file.as_uri())
        return page, page.frame_locator("iframe")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def five(x, w):
    h = x @ w
    v = h[:, 0]
    v.mul_(2)
    r = h.relu().contiguous()
    return (r - v).mean()


def failing(x, w):
    h = (x * 2).relu()
    return h.t() @ w


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, x):
        return x + self.down(torch.relu(self.up(x)))


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.h = nn.ModuleList(Block() for _ in range(12))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = torch.tanh(x)
        for block in self.h:
            x = block(x)
        return self.head(x)


def step(model, x, y):
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()


@pytest.fixture
def small():
    return pb.trace(five, torch.randn(4, 3), torch.randn(3, 4))


@pytest.fixture
def folded():
    return pb.trace(step, Stack(), torch.randn(4, 8), torch.randn(4, 2))


def op(trace, name):
    """The position of the one op called so."""
    (at,) = [k for k, op in enumerate(trace.ops) if name in op.name]
    return at


def lit(frame):
    """The keys of what is lit, with the word that says how it is linked."""
    found = frame.locator("body").evaluate(
        """() => [...document.querySelectorAll(".lit")].map((el) => {
             const said = el.querySelector("[data-link]");
             return el.dataset.key + (said ? " " + said.dataset.link : "");
           })"""
    )
    return sorted(found)


def row(frame, key):
    return frame.locator(f'[data-key="{key}"]')


def said(frame):
    return frame.locator("#say").inner_text()


def test_pointing_at_an_op_lights_its_line_and_its_storages(show, small):
    """``v.mul_(2)`` writes into the storage that ``h`` made."""
    _, frame = show(small)
    at = op(small, "mul_")
    storage = small.tensors[small.ops[at].outputs[0].tensor].storage
    row(frame, f"o{at}").hover()
    assert lit(frame) == sorted([f"l{small.ops[at].line}", f"o{at}", f"s{storage} writes"])
    assert said(frame).startswith(f"op {at}, {small.ops[at].name} (in-place, line ")


def test_pointing_at_a_storage_lights_every_op_that_met_it(show, small):
    """Made, viewed, written and read: each op says which; the sentence says when it was made and freed."""
    _, frame = show(small)
    storage = small.tensors[small.ops[op(small, "mul_")].outputs[0].tensor].storage
    row(frame, f"s{storage}").hover()
    ops = [key for key in lit(frame) if key.startswith("o")]
    assert ops[:4] == ["o0 makes", "o1 views", f"o{op(small, 'mul_')} writes", f"o{op(small, 'relu')} reads"]
    assert "made by op 0" in said(frame)
    assert f"written by op {op(small, 'mul_')}" in said(frame)


def test_pointing_at_a_line_lights_its_ops(show, small):
    """Two ops of one line, and what they made; the sentence has bytes, FLOPs and MACs by their names."""
    _, frame = show(small)
    relu = op(small, "relu")
    row(frame, f"l{small.ops[relu].line}").hover()
    ops = [key for key in lit(frame) if key.startswith("o")]
    assert ops == [f"o{relu}", f"o{op(small, 'contiguous')}"]
    assert re.search(r"ran 2 ops \(3, 4\): 64 B new, 0 FLOPs, 0 MACs; makes ", said(frame))


def test_the_focus_lights_as_the_pointer_does_and_arrow_keys_move_it(show, small):
    """Up and down in a list, Home and End; the edge holds."""
    page, frame = show(small)
    row(frame, "o0").focus()
    last = f"o{len(small.ops) - 1}"
    for key, now in (("ArrowDown", "o1"), ("ArrowDown", "o2"), ("ArrowUp", "o1"), ("End", last), ("ArrowDown", last)):
        page.keyboard.press(key)
        assert frame.locator(":focus").get_attribute("data-key") == now
        assert any(lit.split()[0] == now for lit in lit(frame))


def test_an_op_unfolds_to_its_inputs_and_its_aten_ops(show, small):
    """Right unfolds, left folds; the button says which it is."""
    page, frame = show(small)
    row(frame, "o0").focus()
    page.keyboard.press("ArrowRight")
    assert row(frame, "o0").get_attribute("aria-expanded") == "true"
    assert "aten" in frame.locator(".detail").inner_text()
    assert "f32[4, 3]" in frame.locator(".detail").inner_text()
    page.keyboard.press("ArrowLeft")
    assert frame.locator(".detail").count() == 0
    row(frame, "o0").get_by_role("button").click()
    assert row(frame, "o0").get_by_role("button").get_attribute("aria-expanded") == "true"


def test_each_list_is_one_stop_for_the_tab_key(show, small):
    """Lines, search, ops, storages; each stop stays where the arrows left it."""
    page, frame = show(small)
    assert frame.locator('[tabindex="0"]').count() == 3
    row(frame, "l0").focus()
    page.keyboard.press("Tab")
    assert frame.locator(":focus").get_attribute("id") == "search"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert frame.locator(":focus").get_attribute("data-key").startswith(("s", "before"))
    page.keyboard.press("Shift+Tab")
    assert frame.locator(":focus").get_attribute("data-key") == "o1"


def test_a_click_pins_until_escape(show, small):
    """What is pinned stays lit whatever the pointer meets, says that it is pinned, and lets go on Escape."""
    page, frame = show(small)
    row(frame, "o1").locator(".kind").click()
    row(frame, "o3").hover()
    assert "o1" in lit(frame)
    assert "o3" not in lit(frame)
    assert said(frame).startswith("Pinned (Escape lets go): op 1,")
    page.keyboard.press("Escape")
    assert not said(frame).startswith("Pinned")


def test_the_search_finds_ops_tensors_and_modules(show, folded):
    """Only what matches shows, unfolded, and how many do is said; Escape brings everything back."""
    page, frame = show(folded)
    before = frame.locator("#ops [data-key]").count()
    row(frame, "l0").focus()
    page.keyboard.press("/")
    page.keyboard.type("tanh")
    matching = [k for k, op in enumerate(folded.ops) if "tanh" in op.name]
    shown = frame.locator('#ops [data-key^="o"]').evaluate_all("all => all.map(el => el.dataset.key)")
    assert shown == [f"o{k}" for k in matching]
    assert frame.locator("#found").inner_text() == f"{len(matching)} of {len(folded.ops)} ops match"
    assert frame.locator("#found").get_attribute("role") == "status"
    for text in ("h.11.up", "head.weight"):
        frame.locator("#search").fill(text)
        assert re.match(r"[1-9]\d* of", frame.locator("#found").inner_text())
    frame.locator("#search").fill("no such thing")
    assert frame.locator("#found").inner_text().startswith("0 of")
    frame.locator("#search").press("Escape")
    assert frame.locator("#ops [data-key]").count() == before


def test_a_large_trace_opens_folded_and_unfolds(show, folded):
    """Twelve like blocks are one row; its button opens the twelve."""
    assert len(folded.ops) > 60
    _, frame = show(folded)
    assert frame.locator("#ops [data-key]").count() <= 60
    twelve = frame.locator("#ops .group").filter(has_text="12 × Block")
    assert "Stack" in frame.locator("#ops .group").first.inner_text()
    button = twelve.first.get_by_role("button")
    if button.get_attribute("aria-expanded") == "true":
        button.click()
    assert button.get_attribute("aria-expanded") == "false"
    closed = frame.locator("#ops [data-key]").count()
    button.click()
    assert frame.locator("#ops [data-key]").count() >= closed + 12


def test_what_is_folded_lights_the_row_it_is_in(show, folded):
    """A storage whose ops do not show lights the rows that hold them."""
    _, frame = show(folded)
    hidden = next(
        k
        for k, one in enumerate(folded.storages)
        if one.made_by is not None and not row(frame, f"o{one.made_by}").count()
    )
    row(frame, f"s{hidden}").scroll_into_view_if_needed()
    row(frame, f"s{hidden}").hover()
    assert frame.locator("#ops .group.lit").count() >= 1


def test_backward_has_a_heading_of_its_own(show, folded):
    """And below it the modules whose forward ops made the nodes."""
    _, frame = show(folded)
    heading = frame.locator("#ops .group").filter(has_text=re.compile("^backward"))
    assert heading.count() == 1
    assert heading.locator(".kind").inner_text() == "pass"


def test_the_failed_op_is_open_and_marked_by_a_word(show):
    """Its inputs stand below it, the error above the lists."""
    trace = pb.trace(failing, torch.randn(4, 3), torch.randn(5, 4))
    _, frame = show(trace)
    last = row(frame, f"o{len(trace.ops) - 1}")
    assert last.locator(".kind").inner_text() == "failed"
    assert "f32[5, 4]" in frame.locator(".detail").inner_text()
    assert "mat1 and mat2 shapes cannot be multiplied" in frame.get_by_role("alert").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_both_themes(show, scheme):
    """Contrast of at least 4.5 between text and what is behind it: lit, pinned, flagged or failed."""
    trace = pb.trace(failing, torch.randn(4, 3), torch.randn(5, 4))
    _, frame = show(trace, scheme)
    row(frame, "o0").locator(".kind").click()
    assert frame.locator("body").evaluate(CONTRAST) >= 4.5
    _, frame = show(pb.trace(lambda a, b: (a - b).sum(), torch.ones(4, 1), torch.ones(4)), scheme)
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
  const texts = [...document.querySelectorAll("body *:not(script):not(noscript)")]
    .filter((el) => [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
  return Math.min(...texts.map((el) => {
    const [a, b] = [light(getComputedStyle(el).color), light(behind(el))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""


@pytest.mark.parametrize("width", [616, 900, 1300])
def test_the_frame_fits_its_content(show, folded, width):
    """Nothing is cut below, and nothing sticks out on the right."""
    page, frame = show(folded, width=width)
    page.wait_for_timeout(100)
    inner = frame.locator("html").evaluate("html => [html.offsetHeight, html.scrollWidth, innerHeight, innerWidth]")
    assert inner[2] >= inner[0]
    assert inner[1] <= inner[3]


def test_without_scripts_lines_ops_and_the_error_can_be_read(show):
    """The still picture stands in for the lists, and the given height is enough for it."""
    trace = pb.trace(failing, torch.randn(4, 3), torch.randn(5, 4))
    _, frame = show(trace, scripts=False)
    assert frame.locator("svg").get_by_text("failed", exact=True).is_visible()
    assert frame.get_by_role("alert").is_visible()
    assert frame.get_by_text("return h.t() @ w", exact=True).is_visible()


def test_the_still_picture_is_an_image_a_browser_draws(chromium, folded, tmp_path):
    """What an untrusted notebook shows instead has a size, so it was understood."""
    html = folded._repr_mimebundle_()["text/html"]
    image = re.search(r'<img alt="pb.trace[^>]*>', html).group(0)
    page = chromium.new_page()
    (tmp_path / "still.html").write_text(image, encoding="utf-8")
    page.goto((tmp_path / "still.html").as_uri())
    assert page.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") == 720
    page.close()

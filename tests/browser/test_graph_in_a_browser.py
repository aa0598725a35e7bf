"""The live view of ``pb.graph`` in a real browser: stepping, choosing, opening boxes, what can be read."""

import re
import time

import pytest
import torch
from torch import nn

import pytorch_basics as pb

pytestmark = pytest.mark.browser


@pytest.fixture
def show(chromium, tmp_path):
    """Open a graph as a saved page would, offline; errors of its scripts fail the test."""
    contexts, errors = [], []

    def open_page(graph, scheme="light", scripts=True, width=616):
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
        file = tmp_path / "graph.html"
        html = graph._repr_mimebundle_()["text/html"]
        file.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:8px'>{html}", encoding="utf-8")
        page.goto(file.as_uri())
        return page, page.frame_locator("iframe")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def small():
    """``((x + 2)² + 3).mean()`` and a second use of x; the backward pass ran."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x + 2) ** 2
    loss = (y + x).mean()
    graph = pb.graph(loss)
    graph.backward()
    return graph


class Blocks(nn.Module):
    """Twelve residual blocks: too many nodes for one picture."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4), nn.Tanh()) for _ in range(12)
        )

    def forward(self, x):
        for block in self.blocks:
            x = x + block(x)
        return x


@pytest.fixture
def folded():
    torch.manual_seed(0)
    model = Blocks()
    graph = pb.graph(model(torch.ones(2, 4)).mean())
    graph.backward()
    return graph


def box(frame, words):
    return frame.locator("g.box", has_text=words).first


def heads(frame, looks):
    """The first words of the boxes with this class, from top to bottom."""
    return frame.locator("body").evaluate(
        """(_, looks) => [...document.querySelectorAll("g.box." + looks)]
             .map((el) => el.querySelector("text").textContent)""",
        looks,
    )


def where(frame):
    return frame.locator("#where").inner_text()


def test_the_buttons_step_through_the_backward_pass(show, small):
    """First the loss, then node by node; what is done stays marked, what is not has no gradient yet."""
    _, frame = show(small)
    assert where(frame) == "step 5 of 5: x"
    frame.locator("#first").click()
    assert where(frame) == "step 1 of 5: loss = mean"
    assert heads(frame, "done") == ["loss = mean"]
    assert frame.locator("#back").is_disabled()
    frame.locator("#next").click()
    frame.locator("#next").click()
    assert where(frame) == "step 3 of 5: y = pow"
    assert heads(frame, "done") == ["loss = mean", "add", "y = pow"]
    assert heads(frame, "turn") == ["y = pow"]
    assert box(frame, "y = pow").get_by_text("grad 0.5 0.5").is_visible()
    assert not box(frame, "leaf f32[2]").get_by_text(".grad").is_visible()
    frame.locator("#last").click()
    assert box(frame, "leaf f32[2]").get_by_text(".grad none → 3.5 4.5").is_visible()
    assert frame.locator("#next").is_disabled()


def test_the_lines_of_the_step_carry_the_gradient(show, small):
    """Those that leave the node whose turn it is; those of earlier steps are done."""
    _, frame = show(small)
    frame.locator("#first").click()
    assert (frame.locator(".edge.turn").count(), frame.locator(".edge.done").count()) == (1, 1)
    frame.locator("#next").click()
    assert (frame.locator(".edge.turn").count(), frame.locator(".edge.done").count()) == (2, 3)
    frame.locator("#back").click()
    assert (frame.locator(".edge.turn").count(), frame.locator(".edge.done").count()) == (1, 1)


def test_the_keyboard_steps_too(show, small):
    """On the slider and on the buttons: arrows, Home and End."""
    page, frame = show(small)
    for place in ("#step", "#play"):
        frame.locator(place).focus()
        page.keyboard.press("Home")
        assert where(frame) == "step 1 of 5: loss = mean"
        page.keyboard.press("ArrowRight")
        assert where(frame) == "step 2 of 5: add"
        page.keyboard.press("ArrowLeft")
        assert where(frame) == "step 1 of 5: loss = mean"
        page.keyboard.press("End")
        assert where(frame) == "step 5 of 5: x"
    assert frame.locator("#step").get_attribute("aria-valuetext") == "step 5 of 5: x"


def test_a_step_is_said_as_a_sentence(show, small):
    """For a screen reader: the position, the gradient, and what goes on from there."""
    _, frame = show(small)
    frame.locator("#first").click()
    assert frame.locator("#say").inner_text() == (
        "step 1 of 5: loss = mean. grad 1.0; [1] gets an equal share of the gradient for each element: 1/n of it"
    )


def test_play_goes_to_the_end_and_stops(show, small):
    """From the beginning when it stands at the end; the button says what it does."""
    _, frame = show(small)
    frame.locator("#play").click()
    assert frame.locator("#play").inner_text() == "Pause"
    assert where(frame).startswith("step 1 of 5")
    frame.locator("#where", has_text="step 3 of 5").wait_for()
    frame.locator("#play").click()
    assert frame.locator("#play").inner_text() == "Play"


def test_the_forward_order_goes_from_the_leaves_up(show, small):
    """By the order in which the ops ran; no gradient is shown there."""
    _, frame = show(small)
    frame.locator("#forward").check()
    assert where(frame) == "forward 1 of 4: add"
    assert not box(frame, "loss = mean").get_by_text("grad").is_visible()
    frame.locator("#last").click()
    assert where(frame) == "forward 4 of 4: loss = mean"
    frame.locator("#forward").uncheck()
    assert where(frame) == "step 5 of 5: x"


def test_arrow_keys_follow_the_lines(show, small):
    """Down to an argument, up to who uses it, sideways in a layer; the panel follows."""
    page, frame = show(small)
    box(frame, "loss = mean").focus()
    for key, wanted in (
        ("ArrowDown", "[1] add"),
        ("ArrowDown", "[2] y = pow"),
        ("ArrowUp", "[1] add"),
        ("ArrowUp", "[0] loss = mean"),
        ("End", "no gradient"),
        ("Home", "[0] loss = mean"),
    ):
        page.keyboard.press(key)
        assert wanted in frame.locator("#panel h3").inner_text()


def test_the_graph_is_one_stop_for_the_tab_key(show, small):
    """And the stop stays where the arrows left it."""
    page, frame = show(small)
    assert frame.locator('g.box[tabindex="0"]').count() == 1
    box(frame, "loss = mean").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert frame.locator("g.box:focus").get_attribute("aria-label").startswith("[1] add")


def test_pointing_at_a_box_lights_what_is_joined_to_it(show, small):
    """Its lines and their other ends; leaving returns to the chosen box."""
    _, frame = show(small)
    box(frame, "loss = mean").click()
    assert heads(frame, "lit") == ["add"]
    box(frame, "y = pow").hover()
    assert sorted(heads(frame, "lit")) == ["add", "add"]
    assert frame.locator(".edge.lit").count() == 2
    frame.locator("h3").first.hover()
    assert heads(frame, "lit") == ["add"]


def test_the_panel_tells_the_sum_where_gradients_meet(show, small):
    """x is used twice: both contributions and what they add up to; a click leads to an argument."""
    _, frame = show(small)
    box(frame, "leaf f32[2]").click()
    panel = frame.locator("#panel").inner_text()
    numbers = re.findall(r"from \[\d\] add\n+([^\n]*)", panel)
    assert sorted(numbers) == ["0.5 0.5", "3.0 4.0"]
    assert "their sum\n" in panel
    assert "3.5 4.5" in panel
    box(frame, "y = pow").click()
    assert "2·a" in frame.locator("#panel").inner_text()
    frame.locator("#panel button").first.click()
    assert "add" in frame.locator("#panel h3").inner_text()


def test_a_folded_module_opens_and_closes(show, folded):
    """With a click or Enter; Escape, and the path above the picture, lead back."""
    page, frame = show(folded)
    count = frame.locator("g.box").count()
    assert count <= 60
    group = frame.locator("g.box.group").first
    title = group.locator("text").first.text_content()
    group.click()
    assert frame.locator("#crumbs b").inner_text().endswith(title.lstrip("…"))
    assert frame.locator("g.box.group").count() == 0
    page.keyboard.press("Escape")
    assert frame.locator("g.box").count() == count
    assert frame.locator("g.box:focus").locator("text").first.text_content() == title
    page.keyboard.press("Enter")
    frame.locator("#crumbs button").click()
    assert frame.locator("g.box").count() == count


def test_steps_pass_a_folded_module_in_one(show, folded):
    """Its steps are told from the first to the last; inside, they are gone through one by one."""
    _, frame = show(folded)
    frame.locator("#first").click()
    while "steps" not in where(frame):
        frame.locator("#next").click()
    first, last, every = map(int, re.match(r"steps (\d+) to (\d+) of (\d+)", where(frame)).groups())
    assert 0 < first < last < every == len(folded.record.nodes)
    frame.locator("#panel #open").click()
    frame.locator("#first").click()
    assert where(frame).startswith(f"step {first} of {every}")


def test_what_lies_outside_of_an_open_module_can_be_reached(show, folded):
    """A way out is a box that shows the node it leads to."""
    _, frame = show(folded)
    frame.locator("g.box.group").first.click()
    way = frame.locator("g.box.to").first
    number = re.search(r"\[(\d+)\]", way.get_attribute("aria-label"))[1]
    way.click()
    frame.locator("#panel #open").click()
    assert frame.locator("#panel h3").inner_text().startswith(f"[{number}]")
    assert frame.locator("g.box.chosen.op, g.box.chosen.leaf").count() == 1


def test_a_graph_of_3000_nodes_answers_at_once(show):
    """It is there in a second, and a click answers in a tenth of one (measured inside the page)."""
    w, h = torch.randn(4, 4, requires_grad=True), torch.zeros(4)
    for _ in range(1000):
        h = torch.tanh(w @ h + 1)
    graph = pb.graph(h.sum())
    graph.backward()
    _, frame = show(graph)
    group = frame.locator("g.box.group").first
    group.wait_for()
    took = group.evaluate(
        """(el) => { const start = performance.now(); el.dispatchEvent(new MouseEvent("click", {bubbles: true}));
             document.body.getBoundingClientRect(); return performance.now() - start; }"""
    )
    assert took < 100
    assert frame.locator("#crumbs b").count() == 1


def test_a_page_of_3000_nodes_opens_in_a_second(show):
    """From asking for the page to the first box."""
    w, h = torch.randn(4, 4, requires_grad=True), torch.zeros(4)
    for _ in range(1000):
        h = torch.tanh(w @ h + 1)
    page, frame = show(pb.graph(h.sum()))
    start = time.perf_counter()
    page.reload()
    frame.locator("g.box.group").first.wait_for()
    assert time.perf_counter() - start < 3  # a second on its own; the tests share two cores


def test_a_backward_pass_that_failed_carries_nothing_past_the_failure(show):
    """The lines up to the failing node are done; the one after it is not, and the box says where it ended."""
    w = torch.ones(3, requires_grad=True)
    y = w.exp()
    loss = (y * 2).sum()
    y.add_(1)
    graph = pb.graph(loss)
    with pytest.raises(RuntimeError, match="inplace"):
        graph.backward()
    _, frame = show(graph)
    assert where(frame) == "step 3 of 3: exp"
    assert box(frame, "exp").get_by_text("! stale, failed here").is_visible()
    assert (frame.locator(".edge.done").count(), frame.locator(".edge.turn").count()) == (2, 0)


def stale():
    w = torch.ones(3, requires_grad=True)
    a = w.exp()
    out = (a * w + a.detach()).sum()
    a.add_(1)
    return pb.graph(out)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_both_themes(show, scheme, small):
    """Contrast of at least 4.5 between text and what is behind it, in boxes of every state and in the panel."""
    _, frame = show(small, scheme)
    frame.locator("#first").click()
    frame.locator("#next").click()
    assert frame.locator("body").evaluate(CONTRAST) >= 4.5
    _, frame = show(stale(), scheme)
    box(frame, "stale").click()
    assert frame.locator("body").evaluate(CONTRAST) >= 4.5


CONTRAST = """() => {
  const rgb = (css) => css.match(/[\\d.]+/g).map(Number);
  const light = (css) => rgb(css).slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (el) => {
    const rect = el.tagName === "text" ? el.parentElement.querySelector("rect:not(.behind)") : null;
    if (rect) return getComputedStyle(rect).fill;
    const colour = getComputedStyle(el).backgroundColor;
    return rgb(colour)[3] === 0 && el.parentElement ? behind(el.parentElement) : colour;
  };
  const texts = [...document.querySelectorAll("body *:not(script):not(style)")]
    .filter((el) => [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
    .filter((el) => !el.closest("button:disabled"));
  return Math.min(...texts.map((el) => {
    const style = getComputedStyle(el);
    const [a, b] = [light(el.tagName === "text" ? style.fill : style.color), light(behind(el))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""


@pytest.mark.parametrize("width", [616, 900])
def test_words_stay_inside_their_boxes_and_the_page_inside_its_frame(show, folded, width):
    """No text is wider than its box, nothing sticks out on the right, nothing is cut below."""
    page, frame = show(folded, width=width)
    page.wait_for_timeout(100)
    over = frame.locator("body").evaluate(
        """() => [...document.querySelectorAll("g.box text")].filter((el) => {
             const box = el.parentElement.querySelector("rect:not(.behind)").getBoundingClientRect();
             const [a, b] = [el.getBoundingClientRect(), box];
             return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom + 1;
           }).map((el) => el.textContent)"""
    )
    assert over == []
    inner = frame.locator("html").evaluate("html => [html.offsetHeight, html.scrollWidth, innerHeight, innerWidth]")
    assert inner[2] >= inner[0]
    assert inner[1] <= inner[3]


def test_without_scripts_the_picture_is_there(show, small):
    """The graph, the sentences and the text, in a frame that is high enough."""
    page, frame = show(small, scripts=False)
    assert frame.locator("#view svg text", has_text="y = pow").count() == 1
    assert page.locator("details pre").text_content() == str(small)
    assert page.locator("iframe").bounding_box()["height"] >= 500


def test_the_still_picture_is_an_image_a_browser_draws(chromium, small, tmp_path):
    """What an untrusted notebook shows instead has a size, so it was understood."""
    html = small._repr_mimebundle_()["text/html"]
    image = re.search(r'<img alt="pb.graph[^>]*>', html).group(0)
    page = chromium.new_page()
    (tmp_path / "still.html").write_text(image, encoding="utf-8")
    page.goto((tmp_path / "still.html").as_uri())
    assert page.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 100
    page.close()

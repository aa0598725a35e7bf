"""The live view of ``pb.summary`` in a real browser: folding by click and by key, and both themes."""

import pytest
import torch
from torch import nn

import pytorch_basics as pb

pytestmark = pytest.mark.browser


@pytest.fixture
def show(chromium, tmp_path):
    """Open a summary as a saved page would, offline; errors of its script fail the test."""
    contexts, errors = [], []

    def open_page(record, scheme="light"):
        context = chromium.new_context(color_scheme=scheme, viewport={"width": 616, "height": 900}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        file = tmp_path / "summary.html"
        html = record._repr_mimebundle_()["text/html"]
        file.write_text(f"<!doctype html><meta charset=utf-8><body>{html}", encoding="utf-8")
        page.goto(file.as_uri())
        return page, page.frame_locator("iframe")

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def nested():
    block = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    return pb.summary(nn.Sequential(block, nn.Sequential(nn.Linear(2, 2)), nn.Linear(2, 1)), torch.rand(4, 2))


def seen(frame):
    return [row.inner_text().split("\t")[0].strip() for row in frame.locator("tbody tr").all() if row.is_visible()]


def test_a_click_folds_and_unfolds(show, nested):
    """What stands below a layer goes, and comes back."""
    _, frame = show(nested)
    whole = seen(frame)
    frame.locator("tbody tr").nth(1).click()
    assert len(seen(frame)) == len(whole) - 2
    frame.locator("tbody tr").nth(1).click()
    assert seen(frame) == whole


def test_arrow_keys_move_and_fold(show, nested):
    """Down and up move, left folds and then goes to the parent, right unfolds; one row is in the tab order."""
    page, frame = show(nested)
    frame.locator("tbody tr").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert frame.locator("tbody tr").nth(1).get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    focused = frame.locator("tr:focus th").inner_text()
    assert focused.strip().startswith("1: Sequential")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert frame.locator("tbody tr").nth(1).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert frame.locator("tr:focus").get_attribute("aria-level") == "1"
    assert frame.locator("tbody tr[tabindex='0']").count() == 1


def test_a_big_model_opens_folded(show):
    """At most about forty rows at first; all of them can be unfolded."""
    layers = [nn.Sequential(nn.Linear(2, k + 2), nn.Linear(k + 2, 2)) for k in range(40)]
    _, frame = show(pb.summary(nn.Sequential(*layers)))
    assert len(seen(frame)) == 41
    frame.locator("tbody tr").nth(1).click()
    assert len(seen(frame)) == 43


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_problems_stand_out_without_colour(show, scheme):
    """What is not registered stands first, marked by a sign."""
    model = nn.Sequential(nn.Linear(2, 2))
    model.extra = [nn.Linear(2, 2)]
    _, frame = show(pb.summary(model), scheme)
    assert frame.locator(".problems li").first.inner_text().startswith("! self.extra[0] is a Linear")

"""A real Chromium for the tests that look at pages. In CI it must be there; elsewhere its absence is said."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
# Without these Chromium looks up addresses of its maker at every start, which offline only costs time.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser: the system's, or the one that ``playwright install chromium`` brought."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        if path is None and not os.path.exists(playwright.chromium.executable_path):
            message = "no Chromium here; bring one with: .venv/bin/playwright install chromium"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()

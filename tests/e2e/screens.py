"""Take the pictures of docs/screens: `python -m tests.e2e.screens`, after `make setup`; Chromium must be installed.

`python -m tests.e2e.screens stories` takes those of the stories only.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e import stories
from tests.e2e.browsing import HEIGHTS, Visit, launch, visit
from tests.e2e.product import ROOT, Product, demonstration, empty

SCREENS = ROOT / "docs" / "screens"
LOOKS = [(width, theme, language) for width in (390, 1440) for theme in ("light", "dark") for language in ("en", "fr")]
SEARCHES = {"en": "/?q=contract", "fr": "/?q=huîtres+OR+oysters"}
LETTERS = {"en": "/?q=kt-2024-117+has:attachment", "fr": "/?q=huîtres"}


TALLEST = 1600  # pixels: a table of a hundred rows says no more than its first twenty
STORIES = (stories.expiry, stories.case, stories.erasure, stories.control, stories.employee)


def main() -> None:
    """Write every picture, or those of the stories."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright)
        if sys.argv[1:] != ["stories"]:
            with demonstration(Path(folder) / "demonstration") as product:
                _each(browser, product, {"search": _search, "message": _message})
            with empty(Path(folder) / "empty") as product:
                _each(browser, product, {"empty": _nothing})
        with demonstration(Path(folder) / "stories", MUNIMENT_ERASURE_COOLING_DAYS="0") as product:
            _tell(browser, product)
        browser.close()


def _tell(browser: Browser, product: Product) -> None:
    """Tell each story in French, with a picture wherever it stops, wide and narrow; and show the tour."""
    with visit(browser, product, language="fr") as at:
        for name, address in (("sign-in", "/sign-in/"), ("tour", "/tour/")):
            at.go(address)
            _both(at, name)
    for story in STORIES:
        story(lambda role: visit(browser, product, role, language="fr"), _both)


def _both(at: Visit, name: str) -> None:
    """Take the page from its top, wide and narrow."""
    wide = at.page.viewport_size
    for width in (390, 1440):
        at.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        height = min(TALLEST, int(at.page.evaluate("document.documentElement.scrollHeight")))
        whole = {"x": 0, "y": 0, "width": width, "height": height}
        at.page.screenshot(path=SCREENS / f"story-{name}-fr-{width}.png", full_page=True, clip=whole)
    at.page.set_viewport_size(wide)


def _each(browser: Browser, product: Product, subjects) -> None:
    for width, theme, language in LOOKS:
        with visit(browser, product, "compliance", width=width, theme=theme, language=language) as at:
            for name, show in subjects.items():
                show(at, language)
                at.page.wait_for_load_state("networkidle")
                at.page.screenshot(path=SCREENS / f"{name}-{language}-{theme}-{width}.png")


def _search(at: Visit, language: str) -> None:
    at.go(SEARCHES[language])


def _message(at: Visit, language: str) -> None:
    at.go(LETTERS[language])
    at.page.click(".result .subject")


def _nothing(at: Visit, _language: str) -> None:
    at.go("/")


if __name__ == "__main__":
    main()

"""Take the pictures of docs/screens: `python -m tests.e2e.screens`, after `make setup`; Chromium must be installed."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browsing import Visit, launch, visit
from tests.e2e.product import ROOT, Product, demonstration, empty

SCREENS = ROOT / "docs" / "screens"
LOOKS = [(width, theme, language) for width in (390, 1440) for theme in ("light", "dark") for language in ("en", "fr")]
SEARCHES = {"en": "/?q=contract", "fr": "/?q=huîtres+OR+oysters"}
LETTERS = {"en": "/?q=kt-2024-117+has:attachment", "fr": "/?q=huîtres"}


def main() -> None:
    """Write every picture."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright)
        with demonstration(Path(folder) / "demonstration") as product:
            _each(browser, product, {"search": _search, "message": _message})
        with empty(Path(folder) / "empty") as product:
            _each(browser, product, {"empty": _nothing})
        browser.close()


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

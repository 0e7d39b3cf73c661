"""One product and one browser for all browser tests."""

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.browsing import launch, visit
from tests.e2e.product import demonstration


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    with demonstration(tmp_path_factory.mktemp("archive")) as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def visiting(product, browser):
    """Return a function that opens a window on the product."""
    return lambda person="", **how: visit(browser, product, person, **how)

"""A browser as one person uses it: width, theme, language; what it complains about is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, Playwright, Request

from tests.e2e.product import Product

CHROMIUM = "/usr/bin/chromium"  # Debian's: a build that Playwright would download is not to be had everywhere
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
HEIGHTS = {390: 844, 1440: 900, 1920: 1080}


@dataclass(slots=True)
class Visit:
    """A page and everything that went wrong on it: errors of the console, of scripts, of the policy."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        self.page.goto(self.base + address)

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def launch(playwright: Playwright) -> Browser:
    """Start the browser."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def _failure(request: Request) -> list[str]:
    """Return what failed; a request that the next page cut short is no failure."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"failed: {request.url} {request.failure}"]


@contextmanager
def visit(
    browser: Browser,
    product: Product,
    person: str = "",
    *,
    width: int = 1440,
    theme: str = "light",
    language: str = "en",
    script: bool = True,
) -> Iterator[Visit]:
    """Open a window, signed in as `person` ("" for nobody)."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=theme,
        locale=language,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = Visit(page, product.base)
    page.on("console", lambda message: found.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("requestfailed", lambda request: found.complaints.extend(_failure(request)))
    if person:
        address, password = product.people[person]
        found.go("/sign-in/")
        page.fill("#id_username", address)
        page.fill("#id_password", password)
        page.click("main button")
        page.wait_for_url(product.base + "/")
    yield found
    context.close()

"""Look at a page as axe and a narrow window do, and know which pages were looked at."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from tests.e2e.browsing import HEIGHTS, Visit

OPTIONS = {"resultTypes": ["violations"], "iframes": False}
WIDTHS = (390, 1440)


def problems(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds on a page: rule and where."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [(rule["id"], node["target"]) for rule in found for node in rule["nodes"]]


@dataclass(slots=True)
class Looked:
    """The routes whose pages were looked at, and what was wrong with them."""

    routes: set[str] = field(default_factory=set)
    wrong: list[tuple[str, int, object]] = field(default_factory=list)

    def __call__(self, at: Visit, name: str) -> None:
        """Look at the page as it is, narrow and wide."""
        for width in WIDTHS:
            at.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            seen = (problems(at.page), at.overflows(), at.page.locator("h1").count())
            if seen != ([], False, 1):
                self.wrong.append((name, width, seen))
        self.routes.add(resolve(urlsplit(at.page.url).path).view_name)


def routes(resolver: URLResolver | None = None) -> set[str]:
    """Return the names of every route but those of the API, which answers no pages."""
    found: set[str] = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            found.add(entry.name)
        elif entry.namespace != "api-v1":
            found |= routes(entry)
    return found

"""Every page can be used by everybody: axe finds nothing, nothing overflows, in both themes and languages."""

import pytest

from tests.e2e.browsing import visit
from tests.e2e.looking import problems
from tests.e2e.product import empty

PAGES = ("/", "/?q=contract&after=2024-01-01", "/?q=%28contract", "/?q=zzzz", "/help/", "/coverage/", "/status/",
         "/audit/", "/personal-data/", "/?personal=nir", "/matters/", "/matters/new", "/exports/",
         "/exports/new?q=contract", "/searches/", "/holds/new", "/approvals/",
         "/nowhere", "MESSAGE", "MESSAGE?show=text", "MESSAGE/headers", "MESSAGE/journey", "MESSAGE/structure",
         "MESSAGE/source", "MESSAGE/proof", "MESSAGE/retention", "/retention/", "/retention/rules/",
         "/retention/rules/new", "/retention/library", "/retention/due/", "/retention/review/", "/retention/events/",
         "/retention/disposals/", "/labels/new", "/api/v1/", "/account/tokens")  # fmt: skip


def a_message(at):
    """Return the address of a message with an attachment and HTML."""
    at.go("/?q=has:attachment")
    return at.page.locator(".result .subject").first.get_attribute("href")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_is_accessible_and_fits(visiting, width, theme, language):
    with visiting("compliance", width=width, theme=theme, language=language) as at:
        message, found = a_message(at), {}
        for address in PAGES:
            at.go(address.replace("MESSAGE", message))
            found[address] = (problems(at.page), at.overflows(), at.page.locator("h1").count())
        assert found == dict.fromkeys(PAGES, ([], False, 1))
        assert [text for text in at.complaints if "404" not in text] == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sign_in_is_accessible_and_fits(visiting, theme, width):
    with visiting(theme=theme, width=width) as at:
        at.go("/sign-in/")
        assert (problems(at.page), at.overflows(), at.complaints) == ([], False, [])


@pytest.mark.parametrize("width", [390, 1440])
def test_an_empty_archive_is_accessible_and_fits(browser, tmp_path, width):
    with empty(tmp_path) as product, visit(browser, product, "compliance", width=width) as at:
        assert (problems(at.page), at.overflows(), at.complaints) == ([], False, [])


def test_the_widest_window_is_filled_without_overflow(visiting):
    with visiting("compliance", width=1920) as at:
        at.go("/")
        assert not at.overflows()

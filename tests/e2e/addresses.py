"""Where each page of the product stands, by its route: who opens it, and its address, with ids of the archive at hand."""

import re

from tests.e2e.browsing import Visit

# What answers no page: forms that are sent, files, redirects, and what machines ask.
NO_PAGE = frozenset(
    """
    approval-decide api-document audit-check audit-file export-act export-bundle health-live health-ready healthz readyz
    matter-custodians lost-hold-act matter-hold-release matter-members message-body message-labels message-part
    message-raw request-act request-certificate-file request-pack retention-certificate-file
    retention-change-act retention-disposal-act retention-evaluate retention-event-withdraw search-change
    search-run search-save set-theme set_language sign-out token-end
    """.split()
)
# Pages that stand only while something is under way: a story stops at them.
IN_STORIES = frozenset({"request-carry-out", "request-approval", "retention-change"})
PAGES = {
    "": {"sign-in": "/sign-in/", "tour": "/tour/", "api": "/api/v1/"},
    "compliance": {
        "search": "/?q=contract",
        "help": "/help/",
        "coverage": "/coverage/",
        "status": "/status/",
        "personal-data": "/personal-data/",
        "tokens": "/account/tokens",
        "approvals": "/approvals/",
        "approval": "{approval}",
        "audit": "/audit/",
        "searches": "/searches/",
        "label-new": "/labels/new?q=contract",
        "matters": "/matters/",
        "matter-new": "/matters/new",
        "hold-new": "/holds/new",
        "lost-holds": "/holds/lost/",
        "exports": "/exports/",
        "export-new": "/exports/new?q=contract",
        "message": "{message}",
        "message-headers": "{message}/headers",
        "message-journey": "{message}/journey",
        "message-structure": "{message}/structure",
        "message-source": "{message}/source",
        "message-proof": "{message}/proof",
        "message-retention": "{message}/retention",
        "retention": "/retention/",
        "retention-rules": "/retention/rules/",
        "retention-rule-new": "/retention/rules/new",
        "retention-rule": "/retention/rules/fr-prospect/",
        "retention-rule-change": "/retention/rules/fr-prospect/change",
        "retention-library": "/retention/library",
        "retention-due": "/retention/due/",
        "retention-disposals": "/retention/disposals/",
        "retention-disposal": "{disposal}",
        "retention-certificate": "{disposal}certificate",
        "retention-events": "/retention/events/",
        "retention-review": "/retention/review/",
    },
    "legal": {
        "matter": "{matter}",
        "matter-change": "{matter}change",
        "matter-close": "{matter}close",
        "matter-hold-new": "{matter}holds/new",
        "matter-hold": "{hold}",
        "export": "{export}",
    },
    "dpo": {
        "requests": "/requests/",
        "request-new": "/requests/new",
        "request-information": "/requests/information",
        "request": "{request}",
        "request-person": "{request}person",
        "request-messages": "{request}messages",
        "request-history": "{request}history",
        "request-letter": "{letter}",
        "request-certificate": "{request}certificate",
    },
}
# name → (a page that links to it, what its address looks like); the ones before it may be used
_FOUND = {
    "compliance": {
        "approval": ("/approvals/", r"/approvals/\d+/"),
        "message": ("/?q=has:attachment", r"/messages/[0-9a-f-]{36}"),
        "disposal": ("/retention/disposals/", r"/retention/disposals/[0-9a-f-]{36}/"),
    },
    "legal": {
        "matter": ("/matters/", r"/matters/[0-9a-f-]{36}/"),
        "hold": ("{matter}", r"/matters/[0-9a-f-]{36}/holds/[0-9a-f-]{36}/"),
        "export": ("/exports/", r"/exports/[0-9a-f-]{36}/"),
    },
    "dpo": {
        "request": ("/requests/?right=erasure", r"/requests/[0-9a-f-]{36}/"),
        "letter": ("{request}history", r"/requests/[0-9a-f-]{36}/letters/\d+"),
    },
}


def known(at: Visit, role: str) -> dict[str, str]:
    """Return addresses of things that are there, as pages link to them."""
    found: dict[str, str] = {}
    for name, (page, pattern) in _FOUND.get(role, {}).items():
        at.go(page.format(**found))
        links = at.page.eval_on_selector_all("main a[href]", "all => all.map(one => one.getAttribute('href'))")
        fitting = [link for link in links if re.fullmatch(pattern, link)]
        assert fitting, f"no {name} is linked from {at.page.url}"
        found[name] = fitting[0]
    return found

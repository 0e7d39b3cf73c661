"""Saved searches: saved from the page, run within what each reader sees, shared in a matter."""

import re

import pytest

from accounts.models import Action, AuditEntry, AuditText
from accounts.services import matters
from discovery.models import SavedSearch
from discovery.services import saved_searches
from discovery.services.saved_searches import SearchRefused
from tests.flow.accounts.conftest import OPERATOR, browser_of, person

__all__ = ["browser_of", "person"]  # fixtures
BOB = ("address", "bob@corp.example")


@pytest.fixture
def lawyer(filled, person):
    return person("legal", "lawyer@corp.example")


@pytest.fixture
def officer(filled, person):
    return person("compliance", "officer@corp.example", BOB)


@pytest.fixture
def matter(lawyer):
    opened = matters.open_matter(actor=lawyer, reference="2026-014", name="Dispute")
    matters.add_custodian_by_command(actor=OPERATOR, matter=opened, address=BOB[1])
    return opened


def text(response):
    return response.content.decode()


def follow(browser, response):
    while response.status_code == 302:
        response = browser.get(response["Location"])
    return text(response)


def test_an_empty_list_says_how_to_save(officer, browser_of):
    assert "choose “Save this search” above the results" in text(browser_of(officer).get("/searches/"))


def test_a_search_is_saved_from_its_page_and_run_again(officer, browser_of):
    browser = browser_of(officer)
    page = text(browser.get("/", {"q": "contract", "sort": "date-asc", "purpose": "Audit 7", "page": "1"}))
    hidden = dict(re.findall(r'<input type="hidden" name="(q|sort|page|purpose)" value="([^"]*)">', page))

    page = follow(browser, browser.post("/searches/save", hidden | {"name": "Contracts"}))

    row = SavedSearch.objects.get()
    assert "Contracts" in page
    assert (row.parameters["q"], "purpose" in row.parameters, "page" in row.parameters) == ("contract", False, False)
    assert "2 messages found" in follow(browser, browser.get(f"/searches/{row.pk}/"))
    row.refresh_from_db()
    assert (row.last_total, row.last_run_at is not None) == (2, True)
    assert "2 messages" in text(browser.get("/searches/"))


def test_another_search_on_the_way_is_not_noted_as_a_run(officer, browser_of):
    row = saved_searches.save(actor=officer, name="x", parameters={"q": "contract"})
    browser_of(officer).get("/", {"q": "signed", "saved": row.pk})
    row.refresh_from_db()
    assert row.last_total is None


def test_a_saved_search_is_renamed_and_deleted(officer, browser_of):
    browser = browser_of(officer)
    row = saved_searches.save(actor=officer, name="Old", parameters={"q": "contract"})
    assert "New name" in follow(
        browser, browser.post(f"/searches/{row.pk}/change", {"act": "rename", "name": "New name"})
    )
    assert "“New name” is deleted." in follow(browser, browser.post(f"/searches/{row.pk}/change", {"act": "delete"}))
    assert not SavedSearch.objects.exists()


def test_a_name_is_given_once(officer, browser_of):
    browser = browser_of(officer)
    for _ in range(2):
        page = follow(browser, browser.post("/searches/save", {"q": "contract", "name": "Same"}))
    assert "There is a search of this name already" in page
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_search_needs_a_name(officer, name):
    with pytest.raises(SearchRefused, match="name"):
        saved_searches.save(actor=officer, name=name, parameters={})


def test_the_searches_of_others_are_not_there(officer, lawyer, browser_of):
    row = saved_searches.save(actor=officer, name="Secret", parameters={"q": "contract"})
    browser = browser_of(lawyer)
    assert "Secret" not in text(browser.get("/searches/"))
    assert browser.get(f"/searches/{row.pk}/").status_code == 404
    assert browser.post(f"/searches/{row.pk}/change", {"act": "delete"}).status_code == 404


def test_members_share_the_searches_of_a_matter_and_run_them_in_it(lawyer, matter, person, browser_of):
    row = saved_searches.save(actor=lawyer, name="Contracts", parameters={"q": "contract"}, matter=matter)
    colleague = person("legal", "colleague@corp.example")
    assert browser_of(colleague).get(f"/searches/{row.pk}/").status_code == 404
    matters.add_member(actor=lawyer, matter=matter, person=colleague)

    browser = browser_of(colleague)
    page = follow(browser, browser.get(f"/searches/{row.pk}/"))

    assert "Within the matter 2026-014" in page
    assert "2 messages found" in page
    assert "Contracts" in text(browser.get("/searches/", {"matter": matter.pk}))
    assert "Contracts" in text(browser.get(f"/matters/{matter.pk}/"))
    assert "Contracts" not in text(browser.get("/searches/"))


def test_a_shared_search_shows_each_member_what_they_see(lawyer, matter, person, browser_of):
    row = saved_searches.save(actor=lawyer, name="All", parameters={"q": "*"})
    other = person("compliance", "other@corp.example", ("everything", ""))
    SavedSearch.objects.filter(pk=row.pk).update(owner=other)
    assert "5 messages found" in follow(browser_of(other), browser_of(other).get(f"/searches/{row.pk}/"))
    SavedSearch.objects.filter(pk=row.pk).update(owner=lawyer)
    assert "3 messages found" in follow(browser_of(lawyer), browser_of(lawyer).get(f"/searches/{row.pk}/"))


def test_a_search_is_not_saved_in_the_matter_of_others(officer, matter, browser_of):
    response = browser_of(officer).post("/searches/save", {"q": "x", "name": "y", "matter": matter.pk})
    assert (response.status_code, SavedSearch.objects.count()) == (404, 0)
    with pytest.raises(SearchRefused, match="members"):
        saved_searches.save(actor=officer, name="y", parameters={}, matter=matter)


def test_what_was_saved_stands_in_the_trail_as_a_text_that_can_be_erased(lawyer, matter):
    row = saved_searches.save(actor=lawyer, name="Ann", parameters={"q": "from:ann", "source": "x"}, matter=matter)
    saved_searches.delete(actor=lawyer, search=row)

    entries = AuditEntry.objects.filter(action=Action.SEARCH_SAVED).order_by("number")
    assert [(entry.details, entry.matter_id) for entry in entries] == [
        ({"what": "saved"}, matter.pk),
        ({"what": "deleted"}, matter.pk),
    ]
    assert AuditText.objects.get(entry=entries[0]).text == "from:ann source=x"


def test_the_page_is_in_french(officer, browser_of):
    saved_searches.save(actor=officer, name="Offres", parameters={"q": "contract"})
    assert "Recherches enregistrées" in text(browser_of(officer, "fr").get("/searches/"))

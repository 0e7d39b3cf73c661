"""The pages of exports: asked for from results or a choice, followed, fetched, and removed."""

import re

import pytest

from accounts.models import Action, AuditEntry, Grant
from accounts.services import matters
from archive.models import Sighting
from archive.services import exports
from discovery.models import ExportJob, ExportState
from discovery.services import export_jobs
from tests.flow.accounts.conftest import OPERATOR, browser_of, person
from tests.unit.bundle.builders import files_of

__all__ = ["browser_of", "person"]  # fixtures
BOB = ("address", "bob@corp.example")


@pytest.fixture
def officer(filled, person):
    return person("compliance", "officer@corp.example", BOB)


@pytest.fixture
def lawyer(filled, person):
    return person("legal", "lawyer@corp.example")


def text(response):
    return response.content.decode()


def made(actor, archive, **fields):
    job = export_jobs.ask(actor=actor, name="Contracts", parameters={"q": "contract"}, **fields)
    return export_jobs.run(job.pk, archive=archive, tick_seconds=0)


def test_an_empty_list_says_how_to_export(officer, browser_of):
    assert "choose “Export these results” above them" in text(browser_of(officer).get("/exports/"))


def test_results_are_exported_after_it_was_said_what_will_happen(filled, officer, browser_of):
    browser = browser_of(officer)
    link = re.search(r'href="(/exports/new[^"]*)"', text(browser.get("/", {"q": "contract", "purpose": "Audit 7"})))
    page = text(browser.get(link.group(1).replace("&amp;", "&")))
    assert "The archive makes a ZIP" in page
    assert "<dd>2</dd>" in page
    assert not ExportJob.objects.exists()

    hidden = dict(re.findall(r'<input type="(?:hidden|text)" name="(\w+)"[^>]*? value="([^"]*)"', page))
    answer = browser.post("/exports/new", hidden | {"name": "Contracts", "copies": "all"})

    job = ExportJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/exports/{job.pk}/")
    assert (job.state, job.purpose, job.parameters, job.all_copies) == (
        ExportState.QUEUED,
        "Audit 7",
        {"q": "contract"},
        True,
    )
    page = text(browser.get(f"/exports/{job.pk}/"))
    assert "It begins as soon as a worker is free." in page
    assert 'value="cancel"' in page
    assert "data-watch" in page


def test_chosen_messages_are_exported(officer, browser_of, message):
    browser = browser_of(officer)
    chosen = {"message": [message("offer").id, message("hostile").id]}
    page = text(browser.post("/exports/new", chosen))
    assert "2 messages that were chosen" in page
    assert "<dd>1</dd>" in page  # the other is not theirs to see
    assert browser.post("/exports/new", chosen | {"confirmed": "1", "name": "Two"}).status_code == 302
    assert len(ExportJob.objects.get().message_ids) == 2


def test_a_choice_of_nothing_is_said(officer, browser_of):
    response = browser_of(officer).post("/exports/new", {})
    assert (response.status_code, "No message was chosen" in text(response)) == (409, True)


def test_a_form_without_a_name_and_a_query_that_is_none_are_said(officer, browser_of):
    browser = browser_of(officer)
    without = browser.post("/exports/new", {"confirmed": "1", "q": "contract"})
    assert (without.status_code, "Give the export a name" in text(without)) == (409, True)
    assert browser.get("/exports/new", {"q": "from:"}).status_code == 409


def test_the_bundle_is_fetched_and_that_is_recorded(filled, officer, browser_of):
    job, browser = made(officer, filled), browser_of(officer)
    page = text(browser.get(f"/exports/{job.pk}/"))
    assert f"python -m muniment.verify BUNDLE --digest {job.digest}" in page
    assert "2 of 2 found" in page

    response = browser.get(f"/exports/{job.pk}/bundle.zip")

    content = b"".join(response.streaming_content)
    entry = AuditEntry.objects.order_by("-number").first()
    assert len([name for name in files_of(content) if name.startswith("messages/")]) == 2
    assert response["Content-Disposition"] == 'attachment; filename="Contracts.zip"'
    assert (entry.action, entry.details["bytes"], entry.objects_named) == (
        Action.DOWNLOAD,
        len(content),
        [f"export:{job.pk}"],
    )


def test_who_lost_the_grant_sees_the_row_and_fetches_nothing(filled, officer, browser_of):
    job, browser = made(officer, filled), browser_of(officer)
    Grant.objects.all().update(valid_until="2021-01-01T00:00:00Z")
    assert "you cannot fetch it" in text(browser.get(f"/exports/{job.pk}/"))
    assert browser.get(f"/exports/{job.pk}/bundle.zip").status_code == 404


def test_the_exports_of_others_are_not_there(filled, officer, lawyer, browser_of):
    job, browser = made(officer, filled), browser_of(lawyer)
    assert "Contracts" not in text(browser.get("/exports/"))
    for address in ("", "bundle.zip"):
        assert browser.get(f"/exports/{job.pk}/{address}").status_code == 404
    assert browser.post(f"/exports/{job.pk}/act", {"act": "again"}).status_code == 404


def test_members_fetch_what_was_exported_in_their_matter(filled, lawyer, person, browser_of):
    matter = matters.open_matter(actor=lawyer, reference="M-1", name="Dispute")
    matters.add_custodian_by_command(actor=OPERATOR, matter=matter, address=BOB[1])
    colleague = person("auditor", "colleague@corp.example")
    matters.add_member(actor=lawyer, matter=matter, person=colleague)
    job = made(lawyer, filled, matter=matter)

    assert "Contracts" in text(browser_of(lawyer).get(f"/matters/{matter.pk}/"))
    assert browser_of(lawyer).get(f"/exports/{job.pk}/bundle.zip").status_code == 200
    # the auditor may not see blind recipients, whom a lawyer's bundle may name
    assert browser_of(colleague).get(f"/exports/{job.pk}/").status_code == 200
    assert browser_of(colleague).get(f"/exports/{job.pk}/bundle.zip").status_code == 404


def test_an_export_in_which_a_message_was_erased_says_so_and_is_asked_for_again(filled, officer, browser_of):
    job, browser = made(officer, filled), browser_of(officer)
    exports.purge(filled.data, list(Sighting.objects.values_list("id", flat=True)))

    page = text(browser.get(f"/exports/{job.pk}/"))
    assert "removed because a message in it was erased" in page
    assert browser.get(f"/exports/{job.pk}/bundle.zip").status_code == 404
    answer = browser.post(f"/exports/{job.pk}/act", {"act": "again"})

    fresh = ExportJob.objects.exclude(pk=job.pk).get()
    assert (answer["Location"], fresh.state) == (f"/exports/{fresh.pk}/", ExportState.QUEUED)


def test_an_export_is_cancelled(filled, officer, browser_of):
    job = export_jobs.ask(actor=officer, name="x", parameters={})
    browser_of(officer).post(f"/exports/{job.pk}/act", {"act": "cancel"})
    assert ExportJob.objects.get().state == ExportState.CANCELLED


def test_a_failure_says_why(filled, officer, browser_of):
    job = export_jobs.ask(actor=officer, name="x", parameters={})
    Grant.objects.all().update(valid_until="2021-01-01T00:00:00Z")
    export_jobs.run(job.pk, archive=filled)
    assert "may not see any mail any more" in text(browser_of(officer).get(f"/exports/{job.pk}/"))


def test_the_search_page_offers_exports_only_to_those_who_export(filled, as_person):
    assert "Export these results" in text(as_person("compliance").get("/"))
    assert "Export these results" not in text(as_person("bob").get("/"))


def test_the_pages_are_in_french(filled, officer, browser_of):
    job, browser = made(officer, filled), browser_of(officer, "fr")
    assert "Le communiquer" in text(browser.get(f"/exports/{job.pk}/"))
    assert "Ce qui se passera" in text(browser.get("/exports/new", {"q": "contract"}))

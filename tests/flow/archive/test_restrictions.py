"""A restricted message is there for the data-protection officer alone, until the restriction is lifted."""

from uuid import UUID

import pytest

from accounts.models import Action, AuditEntry
from archive.exporting import ready
from archive.models import Restriction
from archive.queries.coverage import coverage
from archive.queries.messages import NotFound, get_visible, thread_of, visible
from archive.services import restrictions
from archive.services.stages import index_all
from discovery.criteria import Criteria
from discovery.queries import search
from tests.flow.accounts.conftest import NOW, browser_of, empty_archive, filled, message, person

__all__ = ["browser_of", "empty_archive", "filled", "message", "person"]  # fixtures
REQUEST = UUID(int=7)
OTHER = UUID(int=8)
EVERYTHING = ("everything", "")


def found(actor, archive, query=""):
    result = search(actor, Criteria(q=query), engine=archive.engine, today=NOW.date())
    return result.result.total, {row.message.rfc_message_id.partition("@")[0] for row in result.messages}


def place(archive, one, request=REQUEST):
    return restrictions.place(
        actor=None, request_id=request, sighting_ids=[one.sightings.first().id], archive=archive, now=NOW
    )


def test_only_the_data_protection_officer_still_finds_and_opens_it(filled, message, person):
    offer, officer, dpo = message("offer"), person("compliance", None, EVERYTHING), person("dpo", None, EVERYTHING)
    before = found(officer, filled, "friday")

    place(filled, offer)
    index_all(filled)

    assert before == (1, {"offer"})
    assert found(officer, filled, "friday") == (0, set())
    assert found(dpo, filled, "friday") == (1, {"offer"})
    assert get_visible(dpo, offer.id) == offer
    with pytest.raises(NotFound):
        get_visible(officer, offer.id)
    assert offer not in thread_of(officer, message("answer"))
    assert coverage(officer).total == coverage(dpo).total - 1


def test_its_document_is_gone_before_the_index_is_made_anew(filled, message, person):
    officer = person("compliance", None, EVERYTHING)

    place(filled, message("offer"))

    assert found(officer, filled, "friday") == (0, set())
    assert found(officer, filled)[0] == visible(officer).count()


def test_a_bundle_that_waits_with_it_is_taken_away_and_others_stay(filled, message):
    offer = message("offer")
    bundles = {name: ready.place(filled.data, name) for name in ("with", "without")}
    for name, ids in (("with", [offer.id]), ("without", [message("answer").id])):
        ready.keep_ids(bundles[name], ids)
        bundles[name].write_bytes(b"PK")

    place(filled, offer)

    assert [path.exists() for path in bundles.values()] == [False, True]


def test_it_is_back_when_lifted_and_each_act_is_recorded_once(filled, message, person):
    officer = person("compliance", None, EVERYTHING)
    place(filled, message("offer"))
    index_all(filled)

    lifted = restrictions.lift(actor=officer, request_id=REQUEST, now=NOW)
    index_all(filled)

    assert (lifted, restrictions.lift(actor=officer, request_id=REQUEST, now=NOW)) == (1, 0)
    assert found(officer, filled, "friday") == (1, {"offer"})
    entries = AuditEntry.objects.filter(action__in=[Action.RESTRICTED, Action.RESTRICTION_LIFTED]).order_by("number")
    assert [(one.action, one.objects_named, one.details) for one in entries] == [
        ("restricted", [f"request:{REQUEST}"], {"messages": 1}),
        ("restriction-lifted", [f"request:{REQUEST}"], {"messages": 1}),
    ]


def test_two_requests_must_both_let_go(filled, message, person):
    officer, offer = person("compliance", None, EVERYTHING), message("offer")
    place(filled, offer)
    place(filled, offer, OTHER)

    restrictions.lift(actor=officer, request_id=REQUEST, sighting_ids=[offer.sightings.first().id], now=NOW)
    index_all(filled)

    assert found(officer, filled, "friday") == (0, set())


def test_placing_again_changes_nothing_and_revives_what_was_lifted(filled, message, person):
    offer = message("offer")
    place(filled, offer)
    restrictions.lift(actor=None, request_id=REQUEST, now=NOW)

    place(filled, offer)
    place(filled, offer)

    assert [row.lifted_at for row in Restriction.objects.all()] == [None]


def test_pages_answer_as_if_it_were_not_there(filled, message, person, browser_of):
    offer = message("offer")
    browser = browser_of(person("employee", "bob@corp.example"))
    before = browser.get(f"/messages/{offer.id}").status_code

    place(filled, offer)

    assert (before, browser.get(f"/messages/{offer.id}").status_code) == (200, 404)
    assert "The contract" not in browser.get(f"/messages/{message('answer').id}").content.decode().replace(
        "Re: The contract", ""
    )

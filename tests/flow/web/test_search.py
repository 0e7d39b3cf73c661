"""The search page: who finds what, and what the page says."""

import shutil

import pytest

from archive.models import Message
from archive.wiring import archive


def page(browser, address="/"):
    return browser.get(address).content.decode()


@pytest.mark.parametrize(
    ("person", "count"),
    [("compliance", "5 messages"), ("ann", "5 messages"), ("bob", "3 messages"), ("carol", "1 message")],
)
def test_everybody_sees_their_own_mail_and_no_other(filled, as_person, person, count):
    assert f">{count}<" in page(as_person(person))


@pytest.mark.parametrize("person", ["stranger", "administrator", "auditor"])
def test_who_may_see_nothing_finds_nothing_and_no_figure_leaks(filled, as_person, person):
    text = page(as_person(person), "/?q=contract")
    assert "/messages/" not in text
    assert "bob@corp.example" not in text
    assert "old-server" not in text
    assert "<svg viewBox" not in text


def test_nobody_searches_without_signing_in(filled, as_person):
    response = as_person("anonymous").get("/?q=contract")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/%3Fq%3Dcontract")


def test_words_are_marked_in_subject_and_text(filled, as_person):
    text = page(as_person("compliance"), "/?q=contract")
    assert "The <mark>contract</mark>" in text
    assert "&lt;<mark>contract</mark>&gt;" in text


def test_a_hostile_subject_is_text(filled, as_person):
    text = page(as_person("compliance"))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; invoice" in text


def test_the_page_says_the_query_in_words(filled, as_person):
    assert "contract" in page(as_person("compliance"), "/?q=contract").split('class="explanation">')[1].split("</p>")[0]


def test_an_error_of_the_query_is_said_where_it_is(filled, as_person):
    text = page(as_person("compliance"), "/?q=contract+AND+frm%3Ax")
    assert "There is no field “frm”." in text
    assert "contract AND <mark>frm:</mark>x" in text


def test_an_error_of_the_query_is_said_in_french(filled, as_person):
    text = page(as_person("compliance", "fr"), "/?q=%28contract")
    assert "Cette parenthèse n’est jamais fermée." in text
    assert "au caractère 1" in text


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/?sender=mallory%40evil.example", {"hostile"}),
        ("/?after=2026-02-03&before=2026-02-04", {"answer", "hostile"}),
        ("/?attachment=yes", {"hostile"}),
        ("/?source=smtp", {"blind"}),
        ("/?q=contract&sender=bob%40corp.example", {"answer"}),
        ("/?q=contract+OR+word&source=smtp", {"blind"}),
    ],
)
def test_filters_narrow_the_search(filled, as_person, message, address, found):
    text = page(as_person("compliance"), address)
    shown = {row.rfc_message_id.partition("@")[0] for row in Message.objects.all() if f"/messages/{row.id}" in text}
    assert shown == found


def test_facets_and_bars_count_only_what_the_searcher_may_see(filled, as_person):
    text = page(as_person("carol"))
    assert "mallory" not in text
    assert "old-server" not in text


def test_a_bar_leads_to_its_days(filled, as_person):
    text = page(as_person("compliance"))
    assert 'href="?after=2026-02-02&amp;before=2026-02-02"' in text


def test_coverage_stands_with_every_result(filled, as_person):
    assert "Searched 5 of 5 messages" in page(as_person("compliance"), "/?q=contract")


def test_an_empty_archive_says_what_to_do_first(empty_archive, as_person):
    text = page(as_person("compliance"))
    assert "The archive is empty" in text
    assert "manage.py import_mail" in text
    assert "manage.py serve_smtp" in text


def test_nothing_found_says_what_to_try(filled, as_person):
    text = page(as_person("compliance"), "/?q=zanzibar&attachment=yes")
    assert "Nothing was found" in text
    assert "Search without the filter “With attachments”" in text


def test_an_administrator_is_told_that_the_role_reads_no_mail(filled, as_person):
    assert "Your role reads no mail" in page(as_person("administrator"))


def test_a_page_past_the_end_is_the_last(filled, as_person):
    response = as_person("compliance").get("/?page=999")
    assert response.context["found"].pages.number == 1
    assert len(response.context["rows"]) == 5


def test_a_blind_copy_is_found_by_its_name_only_by_those_who_may_see_it(filled, as_person, message):
    blind = f"/messages/{message('blind').id}"
    assert blind in page(as_person("compliance"), "/?q=carol")
    assert blind not in page(as_person("bob"), "/?q=carol")


def test_every_facet_counts_what_its_link_finds(filled, as_person):
    browser = as_person("compliance")
    choices = [choice for facet in browser.get("/").context["facets"] for choice in facet.choices]
    found = {choice.label: browser.get(f"/{choice.address}").context["found"].result.total for choice in choices}
    assert found == {choice.label: choice.count for choice in choices}


def test_an_index_that_is_lost_is_said_in_plain_words(filled, as_person):
    shutil.rmtree(filled.data / "index")
    archive.cache_clear()
    response = as_person("compliance").get("/?q=contract")
    assert response.status_code == 503
    assert "No mail is lost." in response.content.decode()

"""Pages, file names, quotations and moments: the small values that pages are made of."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import gettext, override
from hypothesis import given
from hypothesis import strategies as st

from accounts import trail
from accounts.templatetags import dates
from archive import shown
from discovery import moments
from discovery.downloads import MAX_NAME_BYTES, attachment, safe_name
from discovery.moments import moment
from discovery.paging import pages
from discovery.quoting import runs_of
from muniment.engines.port import Interval
from muniment.policy import words


def test_a_page_past_the_end_is_the_last_one():
    page = pages(total=51, size=25, wanted=9)
    assert (page.number, page.count, page.first_item, page.last_item) == (3, 3, 51, 51)


def test_no_items_make_one_empty_page():
    page = pages(total=0, size=25, wanted=1)
    assert (page.count, page.first_item, page.last_item, page.previous, page.following) == (1, 0, 0, None, None)


def test_far_pages_are_offered_with_gaps():
    assert pages(total=2500, size=25, wanted=50).offered == (1, None, 48, 49, 50, 51, 52, None, 100)


@given(st.integers(0, 10**7), st.integers(1, 100), st.integers(1, 10**6))
def test_offered_pages_are_all_there(total, size, wanted):
    page = pages(total=total, size=size, wanted=wanted)
    numbers = [number for number in page.offered if number is not None]
    assert numbers == sorted(set(numbers))
    assert page.number in numbers
    assert {numbers[0], numbers[-1]} == {1, page.count}


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\temp\\a.doc", "C temp a.doc"),
        ("a\r\nContent-Type: text/html\r\n\r\n<script>.pdf", "a Content-Type text html script .pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("zero\u200bwidth.txt", "zero width.txt"),
        ("con.txt", "_con.txt"),
        ("COM1", "_COM1"),
        (".htaccess", "htaccess"),
        ("a.txt. . ", "a.txt"),
        ("été à Nîmes.odt", "été à Nîmes.odt"),
        ("", "part-2"),
        ("\x00\x01", "part-2"),
        ("...", "part-2"),
    ],
)
def test_file_names_are_harmless(written, safe):
    assert safe_name(written, fallback="part-2") == safe


def test_a_long_name_keeps_its_extension():
    name = safe_name("é" * 400 + ".xlsx", fallback="x")
    assert name.endswith("é.xlsx")
    assert len(name.encode()) <= MAX_NAME_BYTES


@given(st.text(max_size=300))
def test_any_name_makes_a_header_of_one_line_that_names_a_file(written):
    name = safe_name(written, fallback="part-1")
    header = attachment(b"", name=name, content_type="text/html")["Content-Disposition"]
    assert header.startswith("attachment")
    assert not set("/\\\r\n\0") & set(name)
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES


@pytest.mark.parametrize(
    "active", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript"]
)
def test_active_content_leaves_as_plain_bytes(active):
    response = attachment(b"x", name="x", content_type=active)
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert "sandbox" in response["Content-Security-Policy"]


def test_quotations_are_runs_of_their_own_and_long_ones_fold():
    runs = runs_of("Yes.\n> a\n> b\n> c\n>> d\nBye")
    assert [(run.text, run.quoted, run.folded) for run in runs] == [
        ("Yes.", False, False),
        ("> a\n> b\n> c\n>> d", True, True),
        ("Bye", False, False),
    ]


def test_a_moment_is_written_in_its_own_zone_and_in_utc():
    with override("en"):
        at = moment(datetime(2001, 5, 3, 12, 5, 9, tzinfo=UTC), offset_minutes=-330)
    assert (at.local, at.utc) == ("3 May 2001, 06:35 -0530", "3 May 2001, 12:05:09 UTC")


@given(st.datetimes(timezones=st.just(UTC)), st.one_of(st.none(), st.integers(-32768, 32767)))
def test_any_moment_can_be_written(at, offset):
    assert moment(at, offset_minutes=offset).utc.endswith("UTC")


FIRST, THIRD = (datetime(2026, 3, day, 9, 30, 7, tzinfo=UTC) for day in (1, 3))
WRITERS = {
    "day of a histogram": lambda at: moments.day(at.date()),
    "sent": lambda at: moments.moment(at).local,
    "captured": lambda at: moments.moment(at).utc,
    "day of retention": lambda at: shown.day(at.date()),
    "moment of retention": shown.moment,
    "moment of the trail": trail.moment,
    "day of a template": lambda at: dates.written(at.date(), gettext("j M Y")),
    "day of a letter": lambda at: words.day(at.date(), "fr"),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_french_writes_the_first_of_a_month_in_its_own_way_wherever_a_day_is_written_out(writer):
    write = WRITERS[writer]
    with override("fr"):
        assert write(FIRST).startswith("1er mars 2026")
        assert write(THIRD).startswith("3 mars 2026")


def test_english_and_months_alone_stay_as_they_are():
    with override("en"):
        assert moments.day(FIRST.date()) == "1 Mar 2026"
    with override("fr"):
        assert moments.span(FIRST.date(), Interval.MONTH) == "mars 2026"

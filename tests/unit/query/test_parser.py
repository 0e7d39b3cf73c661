from datetime import date

import pytest

from muniment.query.parser import parse
from muniment.query.tree import And, DateRange, Everything, Field, Near, Not, Or, Phrase, SizeRange, Term
from tests.unit.query.trees import NOWHERE, TODAY, without_places


def term(text, field=Field.ANY, **fields):
    return Term(field=field, text=text, span=NOWHERE, **fields)


def phrase(text, field=Field.ANY):
    return Phrase(field=field, text=text, span=NOWHERE)


def near(left, right, distance, *, ordered=False):
    return Near(left=left, right=right, distance=distance, ordered=ordered, span=NOWHERE)


def both(*clauses):
    return And(clauses=clauses, span=NOWHERE)


def either(*clauses):
    return Or(clauses=clauses, span=NOWHERE)


def no(clause):
    return Not(clause=clause, span=NOWHERE)


def dated(first, last, field="date"):
    return DateRange(field=field, first=first, last=last, span=NOWHERE)


def sized(least, most):
    return SizeRange(at_least_bytes=least, at_most_bytes=most, span=NOWHERE)


READ = {
    "": Everything(span=NOWHERE),
    "  ": Everything(span=NOWHERE),
    "*": Everything(span=NOWHERE),
    "a b": both(term("a"), term("b")),
    "a AND b": both(term("a"), term("b")),
    "a and b": both(term("a"), term("and"), term("b")),
    "a OR b c": either(term("a"), both(term("b"), term("c"))),
    "(a OR b) c": both(either(term("a"), term("b")), term("c")),
    "-a": no(term("a")),
    "NOT a b": both(no(term("a")), term("b")),
    "a - b": both(term("a"), term("b")),
    "e-mail": term("e-mail"),
    '"a  b"': phrase("a b"),
    "«été indien»": phrase("été indien"),
    "“a b” c": both(phrase("a b"), term("c")),
    "„Über uns“": phrase("Über uns"),
    '-"a b"': no(phrase("a b")),
    "=été": term("été", exact=True),
    "contr*": term("contr*", wildcard=True),
    "foo~": term("foo", fuzzy=1),
    "foo~2": term("foo", fuzzy=2),
    "a w/5 b": near(term("a"), term("b"), 5),
    "a PRE/3 b": near(term("a"), term("b"), 3, ordered=True),
    '(a OR "b c") w/2 d': either(near(term("a"), term("d"), 2), near(phrase("b c"), term("d"), 2)),
    "subject:(a w/1 b)": near(term("a", Field.SUBJECT), term("b", Field.SUBJECT), 1),
    "from:a@b.c": term("a@b.c", Field.FROM),
    "FROM:a": term("a", Field.FROM),
    "from: a": term("a", Field.FROM),
    'subject:"a b"': phrase("a b", Field.SUBJECT),
    "subject:(a OR b)": either(term("a", Field.SUBJECT), term("b", Field.SUBJECT)),
    "subject:(a body:b)": both(term("a", Field.SUBJECT), term("b", Field.BODY)),
    "messageid:<a-b@c>": term("<a-b@c>", Field.MESSAGEID),
    "is:reply": term("reply", Field.IS),
    "Re: a": both(term("Re:"), term("a")),
    "http://a.b/c": term("http://a.b/c"),
    r"C:\mail": term(r"C:\mail"),
    "12:30": term("12:30"),
    "date:2024": dated(date(2024, 1, 1), date(2024, 12, 31)),
    "date:2024-02": dated(date(2024, 2, 1), date(2024, 2, 29)),
    "date:2024/02/03": dated(date(2024, 2, 3), date(2024, 2, 3)),
    "date:2024-01..2024-03": dated(date(2024, 1, 1), date(2024, 3, 31)),
    "date:2024..": dated(date(2024, 1, 1), None),
    "date:..2024": dated(None, date(2024, 12, 31)),
    "date:>2024-01": dated(date(2024, 2, 1), None),
    "date:>=2024-01": dated(date(2024, 1, 1), None),
    "date:<2024-01": dated(None, date(2023, 12, 31)),
    "date:<=2024-01": dated(None, date(2024, 1, 31)),
    "received:2024-05-01": dated(date(2024, 5, 1), date(2024, 5, 1), "received"),
    "after:2024-05-01": dated(date(2024, 5, 1), None),
    "before:2024-05-01": dated(None, date(2024, 4, 30)),
    "older_than:1y": dated(None, date(2023, 6, 1)),
    "newer_than:10d": dated(date(2024, 5, 22), None),
    "older_than:9999y": dated(None, date(1, 1, 1)),
    "size:500kb": sized(512_000, None),
    "size:>1kb": sized(1025, None),
    "size:<1kb": sized(None, 1023),
    "size:1kb..1mb": sized(1024, 1 << 20),
    "larger:1.5m": sized(1_572_864, None),
    "smaller:2o": sized(None, 2),
    "-date:2024": no(dated(date(2024, 1, 1), date(2024, 12, 31))),
}


@pytest.mark.parametrize("text", READ)
def test_a_query_is_read_as_this_tree(text):
    assert without_places(parse(text, today=TODAY)) == READ[text]


def test_an_age_is_counted_in_the_calendar_and_clipped_to_the_month():
    assert parse("older_than:1m", today=date(2024, 3, 31)).last == date(2024, 2, 29)

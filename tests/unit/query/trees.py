"""Hypothesis strategies for queries: any text, texts that look like queries, and trees."""

from datetime import date

from hypothesis import strategies as st

from muniment.query.tree import And, DateRange, Everything, Field, Near, Not, Or, Phrase, SizeRange, Span, Term
from muniment.query.vocabulary import CLOSED_VALUES, MAX_DISTANCE, NEAR_FIELDS

TODAY = date(2024, 6, 1)
NOWHERE = Span(start=0, end=0)

_PIECES = st.sampled_from(
    '( ) " “ ” « » AND OR NOT - = ~ ~1 ~3 * ? w/5 pre/2 w/0 w/99 a b été 契 from: to: date: size: has: is: subject: '
    "attachment reply 2024 2024-13 2024-02-30 .. > < >= 1mb 0 acme.com jean@acme.com x: re: http:// after: "
    "older_than: 1y 9z \\ / ' … - _ \x00 \ud800".split(" ")
)
query_like = st.lists(st.tuples(_PIECES, st.sampled_from(["", " "])), max_size=25).map(
    lambda pairs: "".join(piece + space for piece, space in pairs)
)

_words = st.text(st.sampled_from("abcéœß契1@._'"), min_size=1, max_size=8).filter(
    lambda text: any(character.isalnum() for character in text)
)
_open_fields = st.sampled_from([field for field in Field if field not in CLOSED_VALUES])


@st.composite
def terms(draw, fields=_open_fields):
    field = draw(fields)
    word = draw(_words)
    kind = draw(st.sampled_from(["plain", "exact", "wild", "fuzzy"]))
    text = word + draw(st.sampled_from(["*", "?"])) if kind == "wild" else word
    fuzzy = draw(st.sampled_from([1, 2])) if kind == "fuzzy" else 0
    return Term(field=field, text=text, span=NOWHERE, wildcard=kind == "wild", exact=kind == "exact", fuzzy=fuzzy)


@st.composite
def phrases(draw, fields=_open_fields):
    return Phrase(field=draw(fields), text=" ".join(draw(st.lists(_words, min_size=1, max_size=3))), span=NOWHERE)


@st.composite
def nears(draw):
    field = st.just(draw(st.sampled_from(NEAR_FIELDS)))
    side = st.one_of(terms(field).filter(lambda term: not term.fuzzy), phrases(field))
    return Near(
        left=draw(side),
        right=draw(side),
        distance=draw(st.integers(0, MAX_DISTANCE)),
        ordered=draw(st.booleans()),
        span=NOWHERE,
    )


@st.composite
def closed(draw):
    field = draw(st.sampled_from(list(CLOSED_VALUES)))
    return Term(field=field, text=draw(st.sampled_from(CLOSED_VALUES[field])), span=NOWHERE)


@st.composite
def date_ranges(draw):
    ends = sorted(draw(st.lists(st.dates(), min_size=2, max_size=2)))
    first, last = draw(st.sampled_from([(ends[0], ends[1]), (ends[0], None), (None, ends[1])]))
    return DateRange(field=draw(st.sampled_from(["date", "received"])), first=first, last=last, span=NOWHERE)


@st.composite
def size_ranges(draw):
    ends = sorted(draw(st.lists(st.integers(0, 1 << 60), min_size=2, max_size=2)))
    least, most = draw(st.sampled_from([(ends[0], ends[1]), (ends[0], None), (None, ends[1])]))
    return SizeRange(at_least_bytes=least, at_most_bytes=most, span=NOWHERE)


_leaves = st.one_of(terms(), phrases(), nears(), closed(), date_ranges(), size_ranges())


def _joined(children):
    """And in And and Or in Or read back as one row of clauses, so the strategy joins other nodes only."""
    clauses = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        clauses.map(lambda parts: And(clauses=_flat(parts, And), span=NOWHERE)),
        clauses.map(lambda parts: Or(clauses=_flat(parts, Or), span=NOWHERE)),
        children.map(lambda part: Not(clause=part, span=NOWHERE)),
    )


def _flat(parts, kind):
    return tuple(clause for part in parts for clause in (part.clauses if isinstance(part, kind) else (part,)))


trees = st.one_of(st.just(Everything(span=NOWHERE)), st.recursive(_leaves, _joined, max_leaves=8))


def without_places(node):
    """The same tree with every span the same."""
    match node:
        case And() | Or():
            return type(node)(clauses=tuple(map(without_places, node.clauses)), span=NOWHERE)
        case Not():
            return Not(clause=without_places(node.clause), span=NOWHERE)
        case Near():
            sides = {"left": without_places(node.left), "right": without_places(node.right)}
            return Near(**sides, distance=node.distance, ordered=node.ordered, span=NOWHERE)
        case _:
            fields = {name: getattr(node, name) for name in node.__slots__}
            return type(node)(**{**fields, "span": NOWHERE})

"""Leaves of a query tree → what each engine selects by: patterns of words in areas, values in fields.

This is the one place that knows which field of the language looks where, and what a scope may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from muniment.engines.analysis import fold
from muniment.engines.patterns import Pattern, check_breadth, pattern_of
from muniment.engines.port import Scope
from muniment.engines.texts import PROSE, Area, clean
from muniment.engines.wildcards import ANY, NO_AT
from muniment.query.refusals import QueryError
from muniment.query.tree import Field, Near, Phrase, Term
from muniment.query.vocabulary import ATTACHMENT, PII

_ADDRESSES = frozenset({Field.FROM, Field.TO, Field.CC, Field.BCC, Field.PARTICIPANT, Field.CUSTODIAN})
_UNAVAILABLE = frozenset({Field.LANG, Field.LABEL})  # no index carries them
_VALUES_ONLY = frozenset({Field.FILETYPE, Field.THREAD, Field.MESSAGEID, Field.IS, Field.HAS, Field.PII})
_WHOLE = frozenset({Field.SOURCE, Field.CUSTODIAN})  # after = their whole name, and no word of it
_AREAS: dict[Field, tuple[Area, ...]] = {
    Field.ANY: (*PROSE, Area.PEOPLE),
    Field.SUBJECT: (Area.SUBJECT,),
    Field.BODY: (Area.BODY,),
    Field.ATTACHMENT: (Area.ATTACHMENT,),
    Field.FILENAME: (Area.FILENAME,),
    Field.FROM: (Area.FROM,),
    Field.TO: (Area.TO,),
    Field.CC: (Area.CC,),
    Field.PARTICIPANT: (Area.PEOPLE,),
    Field.SOURCE: (Area.SOURCE,),
    Field.CUSTODIAN: (Area.CUSTODIAN,),
    Field.LIST: (Area.LIST,),
    Field.BCC: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Values of one field: any of `terms`, or what any of the wildcards stands for, over `character`."""

    field: Field
    terms: tuple[str, ...] = ()
    wildcards: tuple[str, ...] = ()
    character: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A message is selected by a pattern in any of the areas, or by any of the values."""

    areas: tuple[Area, ...] = ()
    pattern: Pattern = ()
    values: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proximity:
    """A row of `left` and a row of `right` in one passage, at most `distance` words between them."""

    areas: tuple[Area, ...]
    left: Pattern
    right: Pattern
    distance: int
    ordered: bool


def select(leaf: Term | Phrase, *, blind: bool, personal: bool = False) -> Selection:
    """Return what a word or phrase selects. Without `blind`, no blind recipient is looked at.

    Without `personal`, raises `QueryError` for whatever asks which personal data a message holds.
    """
    field = leaf.field
    if field in _UNAVAILABLE:
        raise QueryError("field-unavailable", start=leaf.span.start, end=leaf.span.end, name=field.value)
    if not personal and _asks_for_personal_data(leaf):
        name = "pii" if field is Field.PII else f"{field}:{PII}"
        raise QueryError("personal-data-refused", start=leaf.span.start, end=leaf.span.end, name=name)
    if field is Field.BCC and not blind:
        return Selection()
    areas, fields = _areas(field, blind=blind), _fields(field, blind=blind)
    if not fields:
        return Selection(areas=areas, pattern=pattern_of(leaf))
    terms, wildcards, by_words = _named(leaf)
    character = NO_AT if field in _ADDRESSES else ANY
    by_words = by_words and field not in _VALUES_ONLY
    return Selection(
        areas=areas if by_words else (),
        pattern=pattern_of(leaf) if by_words else (),
        values=tuple(Values(field=each, terms=terms, wildcards=wildcards, character=character) for each in fields),
    )


def proximity(near: Near) -> Proximity:
    """Return what w/n or pre/n selects: in prose only."""
    areas = PROSE if near.left.field is Field.ANY else _AREAS[near.left.field]
    return Proximity(
        areas=areas,
        left=pattern_of(near.left),
        right=pattern_of(near.right),
        distance=near.distance,
        ordered=near.ordered,
    )


def _areas(field: Field, *, blind: bool) -> tuple[Area, ...]:
    areas = _AREAS.get(field, ())
    shows_blind = blind and field in {Field.ANY, Field.PARTICIPANT, Field.BCC}
    return (*areas, Area.BLIND) if shows_blind else areas


def _fields(field: Field, *, blind: bool) -> tuple[Field, ...]:
    if field in {Field.ANY, Field.SUBJECT, Field.BODY, Field.ATTACHMENT}:
        return ()
    return (Field.PARTICIPANT, Field.BCC) if field is Field.PARTICIPANT and blind else (field,)


def _named(leaf: Term | Phrase) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the values that a leaf names, the wildcards, and whether its words are looked for too."""
    text = fold(clean(leaf.text)).strip()
    if leaf.field is Field.MESSAGEID:
        text = text.strip("<>")
    if leaf.field is Field.FILETYPE:
        text = text.lstrip(".")
    if isinstance(leaf, Term) and leaf.wildcard:
        return _wild(leaf, text)
    if isinstance(leaf, Term) and leaf.exact and leaf.field in _WHOLE:
        return (text,), (), False
    if leaf.field not in _ADDRESSES:
        return (text,), (), True
    if "@" in text and " " not in text:
        return (text,), (), False
    whole = (text, f"{text}@")
    return whole, (), "." not in text or " " in text


def _wild(leaf: Term, text: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    check_breadth(text, leaf)
    if leaf.field not in _ADDRESSES:
        return (), (text,), not any(mark in text for mark in "@.-_/+")
    if "@" in text:
        return (), (text,), False
    return (), (text, f"{text}@"), "." not in text


def _asks_for_personal_data(leaf: Term | Phrase) -> bool:
    """Tell whether a leaf is found by what detection noted: `has:` of anything but `attachment`, wildcards included."""
    return leaf.field is Field.PII or (leaf.field is Field.HAS and fold(clean(leaf.text)).strip() != ATTACHMENT)


def facets_of(facets: Sequence[str], scope: Scope) -> tuple[str, ...]:
    """Return those of the facets that the scope may see: a custodian may be somebody who was copied blindly."""
    hidden = {name for name, shown in (("custodian", scope.blind), ("personal", scope.personal)) if not shown}
    return tuple(facet for facet in facets if facet not in hidden)


def scope_terms(scope: Scope) -> frozenset[str]:
    """Return the access terms of which a message needs one; see `texts.access_terms`."""
    addresses = {clean(address).lower() for address in scope.addresses}
    domains = {"@" + clean(domain).lower().lstrip("@") for domain in scope.domains}
    return frozenset(addresses | domains) - {"", "@"}

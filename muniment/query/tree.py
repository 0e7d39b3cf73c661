"""The tree of a query. `docs/query-language.md` is the manual; engines compile these nodes.

Positions are offsets in characters into the query text, `start` inclusive, `end` exclusive.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Field(StrEnum):
    """What a term can be looked for in. ANY is the text of a bare word: subject, body, addresses, attachments."""

    ANY = "any"
    FROM = "from"
    TO = "to"
    CC = "cc"
    BCC = "bcc"
    PARTICIPANT = "participant"
    SUBJECT = "subject"
    BODY = "body"
    ATTACHMENT = "attachment"
    FILENAME = "filename"
    FILETYPE = "filetype"
    HAS = "has"
    IS = "is"
    SOURCE = "source"
    CUSTODIAN = "custodian"
    LIST = "list"
    THREAD = "thread"
    MESSAGEID = "messageid"
    LANG = "lang"
    LABEL = "label"
    PII = "pii"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where in the query text a node stands."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word. `exact` (from a leading =) forbids stemming and accent folding; `*` and `?` make a wildcard."""

    field: Field
    text: str
    span: Span
    wildcard: bool = False
    exact: bool = False
    fuzzy: int = 0  # edit distance 0, 1 or 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words in this order, one after the other."""

    field: Field
    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """left w/5 right (either order) or left pre/5 right (in order): at most `distance` words between."""

    left: "Term | Phrase"
    right: "Term | Phrase"
    distance: int
    ordered: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange:
    """`date:` (the Date field) or `received:` (capture); days in UTC, both ends inclusive, None = open."""

    field: str  # "date" or "received"
    first: date | None
    last: date | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRange:
    """`size:` in bytes of the raw message; both ends inclusive, None = open."""

    at_least_bytes: int | None
    at_most_bytes: int | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Every clause holds."""

    clauses: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one clause holds."""

    clauses: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The clause does not hold."""

    clause: "Node"
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """The empty query: all that the searcher may see."""

    span: Span


Node = Term | Phrase | Near | DateRange | SizeRange | And | Or | Not | Everything

"""What a searcher asked: the query and the filters beside it, as one value that becomes a tree or an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from muniment.engines.port import Sort
from muniment.query.parser import parse
from muniment.query.tree import And, DateRange, Everything, Field, Node, Not, Phrase, Span, Term

PAGE_SIZES = (25, 50, 100)
_PLAIN = re.compile(r"[\w.@+-]+")
_FILTER_SPAN = Span(start=0, end=0)  # filters stand nowhere in the text of the query


class Attachment(StrEnum):
    """The filter by attachment."""

    ANY = ""
    WITH = "yes"
    WITHOUT = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """A search as its address says it: field names are the parameters' names."""

    q: str = ""
    after: date | None = None
    before: date | None = None
    sender: str = ""
    source: str = ""
    filetype: str = ""
    personal: str = ""  # a kind of personal data
    attachment: Attachment = Attachment.ANY
    sort: Sort = Sort.DATE_DESC
    per: int = PAGE_SIZES[0]
    page: int = 1
    matter: UUID | None = None  # within whose custodians' mail; it narrows the scope, not the query
    purpose: str = ""  # for the audit trail

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked: the page shows everything the searcher may see."""
        return not self.q.strip() and not self.is_narrowed

    @property
    def is_narrowed(self) -> bool:
        return bool(
            self.after or self.before or self.sender or self.source or self.filetype or self.personal or self.attachment
        )

    def narrowed(self, **changes: object) -> Self:
        """Return the same search with other filters, on its first page."""
        return replace(self, **{"page": 1, **changes})

    def parameters(self) -> Mapping[str, str]:
        """Return what the address must say: only what differs from an empty search."""
        empty = type(self)()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in values.items() if value and value != getattr(empty, name)}

    def address(self) -> str:
        """Return the query part of this search's address."""
        return f"?{urlencode(self.parameters())}"

    def as_query(self) -> str:
        """Return query and filters as words of the query language alone, as a hold keeps them."""
        parts = [f"({self.q.strip()})" if self.q.strip() and self.is_narrowed else self.q.strip()]
        if self.after or self.before:
            parts.append(f"date:{self.after or ''}..{self.before or ''}")
        if self.source.strip():
            parts.append(f"source:={self.source}" if _PLAIN.fullmatch(self.source) else f'source:"{self.source}"')
        named = (("from", self.sender), ("filetype", self.filetype), ("pii", self.personal))
        parts.extend(f"{name}:{_as_written(value)}" for name, value in named if value.strip())
        if self.attachment is not Attachment.ANY:
            parts.append("has:attachment" if self.attachment is Attachment.WITH else "NOT has:attachment")
        return " ".join(part for part in parts if part)

    def words(self, *, today: date) -> Node:
        """Parse the query alone; raise `QueryError`."""
        return parse(self.q, today=today)

    def tree(self, *, today: date) -> Node:
        """Parse the query and add the filters; raise `QueryError`."""
        words = self.words(today=today)
        clauses = [*([] if isinstance(words, Everything) else [words]), *self._filters()]
        match clauses:
            case []:
                return words
            case [only]:
                return only
            case _:
                return And(clauses=tuple(clauses), span=words.span)

    def _filters(self) -> list[Node]:
        filters: list[Node] = []
        if self.after or self.before:
            filters.append(DateRange(field="date", first=self.after, last=self.before, span=_FILTER_SPAN))
        if self.source:
            filters.append(Term(field=Field.SOURCE, text=self.source, span=_FILTER_SPAN, exact=True))
        named = ((Field.FROM, self.sender), (Field.FILETYPE, self.filetype), (Field.PII, self.personal))
        filters += [_exactly(name, " ".join(value.split())) for name, value in named if value.strip()]
        if self.attachment is not Attachment.ANY:
            has = Term(field=Field.HAS, text="attachment", span=_FILTER_SPAN)
            filters.append(has if self.attachment is Attachment.WITH else Not(clause=has, span=_FILTER_SPAN))
        return filters


def _as_written(value: str) -> str:
    value = " ".join(value.split())
    return value if _PLAIN.fullmatch(value) else f'"{value}"'


def _exactly(name: Field, value: str) -> Node:
    """A name of several words is a phrase; anything else one word as it stands."""
    if " " in value:
        return Phrase(field=name, text=value, span=_FILTER_SPAN)
    return Term(field=name, text=value, span=_FILTER_SPAN)

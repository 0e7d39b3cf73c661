"""Shapes that all of the API shares: strict input, plain output, lists."""

from typing import Final, TypeVar

from django.utils.translation import gettext_noop
from ninja import Field, Schema
from pydantic import ConfigDict, field_validator

MAX_LIST: Final = 500  # rows of one answer
MAX_OFFSET: Final = 10**9
Item = TypeVar("Item")


class In(Schema):
    """What a caller sends: a name that is not known is an error, not silence, and so is what no database takes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def _is_storable(cls, value: object) -> object:
        """Refuse NUL, which PostgreSQL does not take and Django's forms refuse as well."""
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\0" in text for text in texts):
            raise ValueError("NUL characters are not allowed")
        return value


class Slice(In):
    """Which rows of a list are wanted."""

    limit: int = Field(100, ge=1, le=MAX_LIST, description=gettext_noop("How many rows to give, at most 500."))
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description=gettext_noop("How many rows to pass over."))

    def of(self, rows):
        """Return these rows of a query or a list."""
        return rows[self.offset : self.offset + self.limit]


class Problem(Schema):
    """An error as RFC 9457 has it."""

    type: str = Field(description=gettext_noop("Which kind of error, as an address on the page of the API."))
    title: str = Field(description=gettext_noop("The kind of error in words."))
    status: int
    detail: str = Field(description=gettext_noop("What was wrong and what to do, as the page would say it."))
    position: int | None = Field(None, description=gettext_noop("Where in the query, counted from 1."))
    errors: list[str] | None = Field(None, description=gettext_noop("Which fields were wrong, and why."))

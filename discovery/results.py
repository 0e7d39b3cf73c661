"""What the search page shows, as values: rows, facets, chips, bars. The template computes nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from archive.models import Message, ParticipantRole
from discovery import moments
from discovery.blindness import open_participants
from discovery.criteria import Attachment, Criteria
from discovery.histogram import HEIGHT, WIDTH, Histogram, draw
from discovery.kinds import kind_label
from discovery.queries import Found, FoundMessage
from muniment.engines.port import Highlight
from muniment.mail.model import Disposition

Fragments = tuple[tuple[str, bool], ...]
_QUOTE_MARKS = re.compile(r"(?<=\s)>[>\s]*")  # of quoted lines: on one line they only disturb
SHOWN_RECIPIENTS = 3
SHOWN_ATTACHMENTS = 4
SHOWN_FACET_VALUES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One result."""

    message: Message
    subject: Fragments
    snippet: Fragments
    snippet_is_attachment: bool
    recipients: tuple[str, ...]
    more_recipients: int
    sent: moments.Moment | None
    captured: moments.Moment
    attachments: tuple[str, ...]
    more_attachments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet, or one chip: where it leads, and whether it is chosen now."""

    label: str
    address: str
    count: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A list of values with their counts."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarLink:
    """A bar of the histogram as a link to the search narrowed to its days."""

    bar: Any
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The histogram of a search."""

    links: tuple[BarLink, ...]
    first_label: str
    last_label: str
    width: int = WIDTH
    height: int = HEIGHT


def rows(actor: User, messages: Sequence[FoundMessage]) -> tuple[Row, ...]:
    """Return the rows of one page."""
    return tuple(_row(actor, found.message, found.highlights) for found in messages)


def _row(actor: User, message: Message, highlights: tuple[Highlight, ...]) -> Row:
    marked = {highlight.field: highlight.fragments for highlight in highlights}
    snippet = marked.get("body") or marked.get("attachment") or ((message.preview, False),)
    recipients = [
        participant.name or participant.address
        for participant in open_participants(actor, message)
        if participant.role in {ParticipantRole.TO, ParticipantRole.CC}
    ]
    recipients = list(dict.fromkeys(recipients))
    names = [
        part.filename or (_("Attached message") if part.content_type == "message/rfc822" else part.content_type)
        for part in message.parts.all()
        if part.disposition not in {Disposition.INLINE, Disposition.BODY}
    ]
    return Row(
        message=message,
        subject=marked.get("subject") or ((message.subject, False),),
        snippet=tuple((_QUOTE_MARKS.sub("", text), is_marked) for text, is_marked in snippet),
        snippet_is_attachment="body" not in marked and "attachment" in marked,
        recipients=tuple(recipients[:SHOWN_RECIPIENTS]),
        more_recipients=max(0, len(recipients) - SHOWN_RECIPIENTS),
        sent=moments.sent(message),
        captured=moments.moment(message.captured_at),
        attachments=tuple(names[:SHOWN_ATTACHMENTS]),
        more_attachments=max(0, len(names) - SHOWN_ATTACHMENTS),
    )


def facets(criteria: Criteria, found: Found) -> tuple[Facet, ...]:
    """Return the lists of senders, file types and sources beside the results; empty ones are left out."""
    titles = {
        "sender": _("Senders"),
        "filetype": _("File types"),
        "personal": _("Personal data"),
        "source": _("Sources"),
    }
    made = (_facet(criteria, name, title, found.result.facets.get(name, ())) for name, title in titles.items())
    return tuple(facet for facet in made if facet.choices)


def _facet(criteria: Criteria, name: str, title: str, values: Sequence[tuple[str, int]]) -> Facet:
    chosen = getattr(criteria, name)
    choices = [
        Choice(
            label=kind_label(value) if name == "personal" else value,
            count=count,
            chosen=value == chosen,
            address=criteria.narrowed(**{name: "" if value == chosen else value}).address(),
        )
        for value, count in values[:SHOWN_FACET_VALUES]
    ]
    return Facet(name=name, title=title, choices=tuple(choices))


def chips(criteria: Criteria) -> tuple[Choice, ...]:
    """Return the filters in force, each leading to the search without it."""
    labels = {
        "after": _("From %s") % moments.day(criteria.after) if criteria.after else "",
        "before": _("To %s") % moments.day(criteria.before) if criteria.before else "",
        "sender": _("Sender: %s") % criteria.sender if criteria.sender else "",
        "source": _("Source: %s") % criteria.source if criteria.source else "",
        "filetype": _("File type: %s") % criteria.filetype if criteria.filetype else "",
        "personal": _("Personal data: %s") % kind_label(criteria.personal) if criteria.personal else "",
        "attachment": {
            Attachment.ANY: "",
            Attachment.WITH: _("With attachments"),
            Attachment.WITHOUT: _("Without attachments"),
        }[criteria.attachment],
    }
    empty = Criteria()
    return tuple(
        Choice(label=label, address=criteria.narrowed(**{name: getattr(empty, name)}).address(), chosen=True)
        for name, label in labels.items()
        if label
    )


def chart(criteria: Criteria, found: Found) -> Chart | None:
    """Return the histogram, or None when no result has a date."""
    return chart_of(criteria, draw(found.result.histogram, found.result.interval))


def chart_of(criteria: Criteria, drawn: Histogram | None, *, page: str = "") -> Chart | None:
    """Return bars as links to the search of each; `page` is the search page's path, on any other page."""
    if drawn is None:
        return None
    links = tuple(
        BarLink(
            bar=bar,
            label=moments.span(bar.first, drawn.interval),
            address=page + criteria.narrowed(after=bar.first, before=bar.last).address(),
        )
        for bar in drawn.bars
    )
    return Chart(links=links, first_label=links[0].label, last_label=links[-1].label)


def page_links(criteria: Criteria, found: Found) -> dict[str, Any]:
    """Return the addresses of the pages around the present one."""
    pages = found.pages

    def address(number: int | None) -> str:
        return criteria.narrowed(page=number).address() if number else ""

    return {
        "pages": pages,
        "previous": address(pages.previous),
        "following": address(pages.following),
        "offered": [(number, address(number), number == pages.number) for number in pages.offered],
    }

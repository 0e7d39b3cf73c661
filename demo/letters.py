"""A letter: one message of the story before it is written as bytes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message. People are keys of `people.PEOPLE`; `when` is the writer's local time.

    `answers` and `forwards` are keys of earlier letters; `listed` is a mailing list that carries the letter.
    """

    key: str
    by: str
    to: tuple[str, ...]
    when: datetime
    subject: str
    text: str
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    answers: str = ""
    forwards: str = ""
    files: tuple[Attachment, ...] = ()
    html: str = ""
    listed: str = ""
    enclosed: bool = False  # a forward as message/rfc822, not inline
    headers: tuple[tuple[str, str], ...] = ()
    calendar: str = ""  # an iTIP body beside the text


class Theme:
    """One thread of the story: letters are written one after the other and named by their keys."""

    def __init__(self) -> None:
        self.book: dict[str, Letter] = {}

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Return the letters in the order in which they were written."""
        return tuple(self.book.values())

    def new(
        self,
        key: str,
        by: str,
        to: str,
        when: str,
        subject: str,
        text: str,
        cc: str = "",
        bcc: str = "",
        **more: object,
    ) -> None:
        """Write a letter; people are given as words, `when` as 2024-03-04 09:12."""
        self.book[key] = Letter(
            key=key,
            by=by,
            to=tuple(to.split()),
            when=datetime.strptime(when, "%Y-%m-%d %H:%M"),
            subject=subject,
            text=text.strip("\n"),
            cc=tuple(cc.split()),
            bcc=tuple(bcc.split()),
            **more,
        )

    def answer(
        self,
        key: str,
        to_key: str,
        by: str,
        when: str,
        text: str,
        *,
        to: str = "",
        cc: str | None = None,
        **more: object,
    ) -> None:
        """Answer a letter: its writer and everybody on it, unless `to` and `cc` say otherwise."""
        first = self.book[to_key]
        people = to.split() or ([first.by] if first.by != by else list(first.to))
        others = [person for person in (*first.to, *first.cc) if person not in (by, *people)]
        copies = " ".join(others) if cc is None else cc
        subject = first.subject if first.subject.startswith("Re: ") else f"Re: {first.subject}"
        self.new(key, by, " ".join(people), when, subject, text, copies, answers=to_key, **more)

    def forward(
        self, key: str, of_key: str, by: str, to: str, when: str, text: str, *, cc: str = "", **more: object
    ) -> None:
        """Send a letter on."""
        prefix = "Fwd: " if more.get("enclosed") else "TR : "
        self.new(key, by, to, when, prefix + self.book[of_key].subject, text, cc, forwards=of_key, **more)

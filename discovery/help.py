"""The examples of the help page: what to write and what it finds. docs/query-language.md is the whole manual."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Examples of one kind."""

    title: Promise
    examples: tuple[tuple[str, Promise], ...]


SECTIONS = (
    Section(
        title=_("Words"),
        examples=(
            ("contract penalty", _("both words, anywhere in the message, its addresses or its attachments")),
            ("contract OR agreement", _("at least one of the words")),
            ("contract NOT draft", _("the first word, without the second; -draft says the same")),
            ("(contract OR agreement) penalty", _("parentheses group")),
            ('"late delivery"', _("these words in this order, exactly as written")),
            ("=été", _("exactly this word, with its accents: no other form of it")),
            ("contrac*", _("words that begin so; ? stands for one letter")),
            ("ricardo~1", _("words that differ by one letter; ~2 by two")),
            ("price w/5 fix", _("the two at most five words apart, in either order; pre/5 in this order")),
        ),
    ),
    Section(
        title=_("People"),
        examples=(
            ("from:martin@example.com", _("sent by this address; a name or a domain works as well")),
            ("to:example.com", _("sent to anybody of this domain")),
            ("cc:durand", _("in copy")),
            ("participant:durand", _("sender or recipient, in whatever role")),
            ("custodian:martin@example.com", _("found in the mailbox of this person")),
        ),
    ),
    Section(
        title=_("Places in a message"),
        examples=(
            ("subject:invoice", _("in the subject")),
            ('body:"without prejudice"', _("in the text of the message itself")),
            ("attachment:budget", _("in the text of an attachment")),
            ("filename:report", _("in the name of an attachment")),
            ("filetype:pdf", _("with an attachment of this type")),
            ("has:attachment", _("with an attachment")),
            ("is:encrypted", _("by kind: automatic, bounce, defective, encrypted, forward, list, reply, signed")),
            ("pii:iban", _("with an identifier of this kind in it, for those who may know; pii:* for any kind")),
            ("messageid:abc@example.com", _("by the Message-ID field")),
            ("list:announce.example.com", _("sent through this mailing list")),
        ),
    ),
    Section(
        title=_("Dates and sizes"),
        examples=(
            ("date:2024-03", _("dated March 2024; a year or a day works as well")),
            ("date:2024-01-01..2024-03-31", _("dated in this range, both days included")),
            ("date:>2024-03-31", _("dated after this day")),
            ("received:2024", _("captured by the archive in this year")),
            ("older_than:2y", _("dated more than two years ago: d, w, m, y")),
            ("size:>5mb", _("larger than this")),
            ("size:10kb..1mb", _("between these sizes")),
        ),
    ),
)

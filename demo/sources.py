"""Which mailbox holds which letters, and in which form. `sources.toml` tells `make up` how to import them."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from demo.letters import Letter
from demo.people import MEMBERS, PEOPLE
from demo.story import (
    bulletins,
    cargo,
    contract,
    departure,
    dispute,
    erasure,
    everyday,
    fraud,
    odd_form,
    odd_kind,
    odd_text,
    prices,
    staff,
)
from demo.writing import clock, mailboxes, mime

_EPOCH = datetime(1970, 1, 1)
JULIEN_LEFT_AT = datetime(2024, 11, 30)
CLAIRE_FILED_UNTIL = datetime(2024, 7, 1)
THEMES = (contract, dispute, cargo, prices, departure, staff, erasure, fraud, everyday, bulletins)
LETTERS: tuple[Letter, ...] = tuple(
    sorted((item for theme in THEMES for item in theme.LETTERS), key=lambda item: (item.when, item.key))
)
BOOK = {item.key: item for item in LETTERS}
ODD = (*odd_text.MESSAGES, *odd_kind.MESSAGES, *odd_form.MESSAGES)


class Copy(NamedTuple):
    """One letter as it lies in one mailbox."""

    letter: Letter
    sent: bool
    raw: bytes


def copies(owner: str, *, shared: tuple[str, ...] = ()) -> Iterator[Copy]:
    """Yield what a mailbox holds, in order: letters sent, and letters received directly, through a list or blind."""
    mine = {owner, *shared}
    for item in LETTERS:
        if owner == "julien" and item.when >= JULIEN_LEFT_AT:
            continue
        if item.by in mine:
            yield Copy(item, sent=True, raw=mime.message(item, BOOK, own_copy=True))
        if (mine & set(recipients(item))) - {item.by}:
            address = PEOPLE[owner].face(item.when)[1]
            yield Copy(item, sent=False, raw=mime.received(item, address) + mime.message(item, BOOK))


def recipients(item: Letter) -> tuple[str, ...]:
    """Return everybody whom a letter reaches, lists expanded; a list does not send to its writer again."""
    named = (*item.to, *item.cc, *item.bcc)
    return tuple(person for key in named for person in (key, *(m for m in MEMBERS.get(key, ()) if m != item.by)))


def mailbox_files() -> dict[str, bytes]:
    """Return the mailboxes' files by path."""
    claire = mailboxes.maildir([(_claire_folder(copy), _arrival(copy.letter), copy.raw) for copy in copies("claire")])
    julien, hannah, priya = list(copies("julien")), list(copies("hannah")), list(copies("priya", shared=("contact",)))
    nadia = {f"{_folder(copy)}/{copy.letter.key}.eml": copy.raw for copy in copies("nadia")}
    thomas = {f"{_folder(copy)}/{copy.letter.key}.eml": copy.raw for copy in copies("thomas", shared=("accounts",))}
    return {
        **{f"mailbox/claire-maubert/{name}": raw for name, raw in claire.items()},
        "mailbox/julien-kerbrat/inbox.mbox": _mbox(copy for copy in julien if not copy.sent),
        "mailbox/julien-kerbrat/sent.mbox": _mbox(copy for copy in julien if copy.sent),
        "mailbox/hannah-okoro/all-mail.mbox": _mbox(hannah),
        "mailbox/customer-service/contact.mbox": _mbox(priya),
        "mailbox/nadia-benhaddou.zip": mailboxes.zipped(nadia),
        **{f"mailbox/thomas-vasseur/{name}": raw for name, raw in thomas.items()},
        **{f"mailbox/gateway/{number:02d}-{odd.name}.eml": odd.raw for number, odd in enumerate(ODD, 1)},
    }


def _folder(copy: Copy) -> str:
    return "sent" if copy.sent else "inbox"


def _claire_folder(copy: Copy) -> str:
    if copy.sent:
        return ".Sent"
    return ".Archives.2024-1" if copy.letter.when < CLAIRE_FILED_UNTIL else ""


def _arrival(item: Letter) -> int:
    return int((clock.in_utc(item.when, PEOPLE[item.by].zone) - _EPOCH).total_seconds()) + 4


def _mbox(found: Iterator[Copy] | list[Copy]) -> bytes:
    rows = []
    for item, _, raw in found:
        writer = PEOPLE[item.by]
        rows.append((writer.face(item.when)[1], clock.asctime(item.when, writer.zone), raw))
    return mailboxes.mboxrd(rows)

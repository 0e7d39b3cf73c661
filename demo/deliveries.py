"""The messages that `make up` sends over SMTP: one with blind recipients, one as an Exchange journal report.

The envelopes stand in `sources.toml`.
"""

from demo.letters import Letter, Theme
from demo.writing import mime

_theme = Theme()
_theme.new(
    "live-01",
    "hannah",
    "solene",
    "2025-03-28 16:20",
    "The archive: first impressions",
    """
Solène,

The archive is on since this morning. I typed "roof sheet" and there was March of last year, the request that nobody signed. I wish that we had had it then.

Claire and Loïc get a silent copy: they will want to see whether the archive notices them.

Hannah""",
    bcc="claire loic",
)
_theme.new(
    "live-02",
    "solene",
    "everyone",
    "2025-03-31 08:30",
    "Le courrier est désormais archivé / Mail is now archived",
    """
Bonjour à tous,

À partir d'aujourd'hui, chaque message reçu ou envoyé est conservé sous scellés, pour la durée que la loi prévoit, puis effacé. Vos droits, et la façon de les exercer, sont sur l'intranet ; Loïc répond à toutes les questions.

From today every message is kept under seal for as long as the law says, and then erased.

Solène""",
    bcc="thiriet",
)
LIVE = _theme.book
JOURNAL = "journal@archive.meridian-freight.example"


def smtp_files() -> dict[str, bytes]:
    """Return the messages by path."""
    blind, archived = LIVE["live-01"], LIVE["live-02"]
    return {
        "smtp/blind-copy.eml": mime.message(blind, LIVE),
        "smtp/journal-report.eml": _report(archived, mime.message(archived, LIVE)),
    }


def _report(item: Letter, original: bytes) -> bytes:
    """Return the report that Exchange makes of a message (MS-XJRNL 2.1)."""
    members = (
        "claire.maubert",
        "hannah.okoro",
        "thomas.vasseur",
        "nadia.benhaddou",
        "yannick.prigent",
        "priya.raman",
        "loic.danielou",
    )
    house = "meridian-freight.example"
    envelope = [
        f"Sender: solene.leguennec@{house}",
        f"Subject: =?utf-8?B?{mime.base64_lines(item.subject.encode()).decode().replace(chr(13) + chr(10), '')}?=",
        f"Message-Id: {mime.message_id(item)}",
        *(f"To: {member}@{house}, Expanded: tous@{house}" for member in members),
        "Bcc: g.thiriet@thiriet-associes.example",
    ]
    text = "\r\n".join(envelope).encode("ascii") + b"\r\n"
    parts = [
        b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + text,
        b"Content-Type: message/rfc822\r\n\r\n" + original,
    ]
    head = (
        f"From: Microsoft Exchange <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@{house}>\r\nTo: <{JOURNAL}>\r\n"
        f"Subject: Journal Report\r\nDate: Mon, 31 Mar 2025 06:30:09 +0000\r\nMessage-ID: <0c41f7d2.1@journal.report.generator.example>\r\n"
        "X-MS-Journal-Report:\r\nMIME-Version: 1.0\r\n"
    )
    return head.encode("ascii") + mime.multipart("mixed", parts, item.key)

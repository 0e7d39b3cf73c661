"""The forensic view: the hops that a message's Received fields claim, read by mail-parser. Any hop can be forged."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from mailparser.utils import receiveds_parsing

from muniment.mail.charsets import clean
from muniment.mail.dates import parse_date
from muniment.mail.defects import DefectLog
from muniment.mail.fields import split_message
from muniment.mail.words import text_of_bytes, unfold

MAX_HOPS: Final = 100  # RFC 5321 section 6.3: a server takes 100 for a loop
MAX_HOP_CHARS: Final = 2_000  # bounds the time of the clause patterns
MAX_HEADER_SCANNED: Final = 1024 * 1024
MAX_VALUE_CHARS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One Received field, the first hop first. Texts are "" where the field does not say; `raw` always stands."""

    number: int  # from 1, in the order of travel
    from_: str
    by: str
    with_: str
    for_: str
    id: str
    at: datetime | None  # aware UTC
    delay_seconds: float | None  # since the hop before; negative when the clocks disagree
    raw: str


def hops(raw: bytes) -> tuple[Hop, ...]:
    """Return the Received hops of a message in the order of travel, the last `MAX_HOPS` of them. Never raises."""
    block = split_message(raw[:MAX_HEADER_SCANNED], 0, min(len(raw), MAX_HEADER_SCANNED), DefectLog())
    fields = [
        clean(text_of_bytes(unfold(entry.raw[: 4 * MAX_HOP_CHARS])))[:MAX_HOP_CHARS]
        for entry in block.by_key.get("received", ())[:MAX_HOPS]
    ]
    out: list[Hop] = []
    for number, field in enumerate(reversed(fields), 1):
        out.append(_hop(number, field, out[-1].at if out else None))
    return tuple(out)


def _hop(number: int, field: str, before: datetime | None) -> Hop:
    try:
        found = receiveds_parsing([field])[0]
    except Exception:  # noqa: BLE001 - the library promises no closed set of errors, and a hop must never stop a page
        found = {}
    stamp = found.get("date") or field.rpartition(";")[2]
    at = parse_date(stamp)[0] if isinstance(stamp, str) else None
    at = at.astimezone(UTC) if at else None

    def text(key: str) -> str:
        value = found.get(key, "")
        return clean(value.strip())[:MAX_VALUE_CHARS] if isinstance(value, str) else ""

    return Hop(
        number=number,
        from_=text("from"),
        by=text("by"),
        with_=text("with"),
        for_=text("for"),
        id=text("id"),
        at=at,
        delay_seconds=(at - before).total_seconds() if at and before else None,
        raw=field,
    )

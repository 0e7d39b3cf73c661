"""What kind of message it is: the values of `is:`, read from fields and the MIME tree."""

import re
from typing import Final

from muniment.mail.model import DefectKind, Disposition, ParsedMessage, Part

MAX_LISTS: Final = 20
MAX_LIST_CHARS: Final = 255  # RFC 2919 section 3
_LOOKED_AT: Final = 2_000  # characters of a body in which PGP armour starts

# Defects that make a message other than its sender meant it. The rest are slips that change nothing a reader sees.
SERIOUS: Final = frozenset(
    {
        DefectKind.HEADER_TOO_LONG, DefectKind.HEADERS_TOO_MANY, DefectKind.HEADER_DUPLICATE,
        DefectKind.BOUNDARY_MISSING, DefectKind.BOUNDARY_NOT_FOUND, DefectKind.TRANSFER_ENCODING,
        DefectKind.CHARSET_UNKNOWN, DefectKind.CHARSET_LOSSY, DefectKind.NUL_BYTE, DefectKind.TOO_DEEP,
        DefectKind.TOO_MANY_PARTS, DefectKind.EMPTY, DefectKind.DATE_MALFORMED,
        DefectKind.CONTENT_TYPE_MALFORMED, DefectKind.BARE_CR,
    }
)  # fmt: skip

_PREFIX: Final = r"\s*(?:\[[^\]\s]{1,40}\]\s*)?"
# Prefixes of English, French, German, Spanish, Italian, Dutch, Nordic, Portuguese, Polish and Chinese clients.
_REPLY: Final = re.compile(
    _PREFIX + r"(?:re|aw|sv|rép|rep|res|ref|antw|odp|vs|回复|答复)(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)
_FORWARD: Final = re.compile(
    _PREFIX + r"(?:fwd?|tr|wg|rv|enc|i|doorst|vl|pd|vb|转发)(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)
_LIST_ID: Final = re.compile(r"<([^<>]{1,255})>")
_SYSTEM: Final = re.compile(r"(?:mailer-daemon|postmaster)(?:@|\Z)")
_CRYPTO_TYPES: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)


def flags_of(parsed: ParsedMessage) -> tuple[str, ...]:
    """Return the values of `is:` that hold for a message, in alphabetical order."""
    bounce = _is_bounce(parsed)
    known = {
        "automatic": bounce or _is_automatic(parsed),
        "bounce": bounce,
        "defective": any(defect.kind in SERIOUS for defect in parsed.defects),
        "encrypted": _is_encrypted(parsed),
        "forward": _FORWARD.match(parsed.subject) is not None or _forwards_a_message(parsed),
        "list": bool(list_ids(parsed)) or _is_list(parsed),
        "reply": bool(parsed.in_reply_to or parsed.references) or _REPLY.match(parsed.subject) is not None,
        "signed": _is_signed(parsed),
    }
    return tuple(name for name, holds in known.items() if holds)


def list_ids(parsed: ParsedMessage) -> tuple[str, ...]:
    """Return the mailing lists that a message came through: the ids of List-Id (RFC 2919), lower-cased."""
    found: dict[str, None] = {}
    for header in parsed.headers:
        if header.name.lower() not in ("list-id", "x-list-id"):
            continue
        match = _LIST_ID.search(header.value)
        words = header.value.split()
        value = match.group(1).strip() if match else words[-1] if words else ""
        if value and len(found) < MAX_LISTS:
            found[value.lower()[:MAX_LIST_CHARS]] = None
    return tuple(found)


def _value(parsed: ParsedMessage, name: str) -> str:
    return parsed.header(name)[:_LOOKED_AT].strip().lower()


def _is_automatic(parsed: ParsedMessage) -> bool:
    submitted = _value(parsed, "auto-submitted").partition(";")[0].strip()  # RFC 3834 section 5
    if submitted and submitted != "no":
        return True
    if _value(parsed, "precedence") in ("auto_reply", "auto-reply"):
        return True
    return any(
        parsed.header(name) for name in ("x-autoreply", "x-autorespond", "x-auto-reply-from", "x-mail-autoreply")
    )


def _is_bounce(parsed: ParsedMessage) -> bool:
    kind = _value(parsed, "content-type")
    if kind.startswith("multipart/report") and "delivery-status" in kind:
        return True
    own = [part for part in parsed.parts if part.depth <= 2]  # noqa: PLR2004 - the message and its own parts
    if any(part.content_type in ("message/delivery-status", "message/global-delivery-status") for part in own):
        return True
    if parsed.header("x-failed-recipients"):
        return True
    system = any(_SYSTEM.match(who.address) or _SYSTEM.match(who.name.lower()) for who in parsed.from_)
    return system and (_value(parsed, "return-path") in ("<>", "") or _value(parsed, "auto-submitted") != "")


def _is_list(parsed: ParsedMessage) -> bool:
    return _value(parsed, "precedence") == "list" or any(parsed.header(name) for name in ("list-post", "mailing-list"))


def _is_encrypted(parsed: ParsedMessage) -> bool:
    for part in parsed.parts:
        if part.content_type in ("multipart/encrypted", "application/pgp-encrypted"):
            return True
        if part.content_type in _CRYPTO_TYPES and not _is_signed_data(parsed, part):
            return True
    return _armoured(parsed, "-----BEGIN PGP MESSAGE-----")


def _is_signed(parsed: ParsedMessage) -> bool:
    for part in parsed.parts:
        if part.content_type == "multipart/signed" or part.content_type in _SIGNATURES:
            return True
        if part.content_type in _CRYPTO_TYPES and _is_signed_data(parsed, part):
            return True
    return _armoured(parsed, "-----BEGIN PGP SIGNED MESSAGE-----")


def _is_signed_data(parsed: ParsedMessage, part: Part) -> bool:
    if part.depth == 1 and "signed-data" in _value(parsed, "content-type"):
        return True
    # CMS SignedData, 1.2.840.113549.1.7.2, names itself in the first bytes (RFC 5652 section 3).
    return b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in part.content[:40]


def _armoured(parsed: ParsedMessage, mark: str) -> bool:
    return any(
        part.text is not None and part.disposition is Disposition.BODY and mark in part.text[:_LOOKED_AT]
        for part in parsed.parts
    )


def _forwards_a_message(parsed: ParsedMessage) -> bool:
    if parsed.header("resent-from") or parsed.header("x-forwarded-message-id"):
        return True
    kinds = {part.content_type for part in parsed.parts if part.depth == 1}
    return kinds == {"multipart/mixed"} and any(part.nested_message and part.depth == 2 for part in parsed.parts)  # noqa: PLR2004 - the message's own part

"""Message ids: read them from what senders write, and name the keys that tie a message to its thread."""

import re
from typing import Final

from muniment.mail.model import ParsedMessage

MAX_ID_CHARS: Final = 2_000  # RFC 5322 section 2.1.1 allows 998 a line; some are longer
MAX_IDS: Final = 200  # of one field, the first and the last hundred; our choice

_ID: Final = re.compile(r"<([^<>]{1,4000}+)>")
_SPACE: Final = re.compile(r"\s+")
_BARE: Final = re.compile(r"[^\s<>,;()\"]{1,1000}@[^\s<>,;()\"]{1,1000}")


def own_id(value: str) -> str:
    """Return the id of a Message-ID field without its brackets; what has no brackets is taken up to white space."""
    match = _ID.search(value)
    if match:
        return _SPACE.sub("", match.group(1))[:MAX_ID_CHARS]
    words = value.strip(" \t<>").split(None, 1)
    return words[0][:MAX_ID_CHARS] if words else ""


def ids_in(value: str) -> tuple[str, ...]:
    """Return the ids of an In-Reply-To or References field in order, each once; comments and phrases are skipped."""
    found = dict.fromkeys(_SPACE.sub("", match) for match in _ID.findall(value))
    if not found and "<" not in value:
        found = dict.fromkeys(_BARE.findall(value))
    ids = [item for item in found if item and len(item) <= MAX_ID_CHARS]
    if len(ids) > MAX_IDS:
        ids = ids[: MAX_IDS // 2] + ids[-MAX_IDS // 2 :]
    return tuple(ids)


def thread_keys(parsed: ParsedMessage) -> tuple[str, ...]:
    """Return the ids that tie a message to its thread: its own, then In-Reply-To, then References from the root."""
    keys = (parsed.message_id, *parsed.in_reply_to, *parsed.references)
    return tuple(dict.fromkeys(key for key in keys if key))

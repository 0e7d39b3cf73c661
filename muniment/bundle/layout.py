"""What the writer of a bundle and its verifier must agree on, and nothing else: `docs/bundle.md` in constants."""

import re
from enum import StrEnum
from typing import Final

FORMAT: Final = "muniment-bundle"
VERSION: Final = 1

MANIFEST: Final = "manifest.json"
ITEMS: Final = "items.jsonl"
EXCEPTIONS: Final = "exceptions.jsonl"
SUMS: Final = "SHA256SUMS"
README: Final = "README.txt"
INDEX: Final = "index.html"
CHECKPOINT: Final = "log/checkpoint"
LOG_KEY: Final = "log/key"
ALWAYS: Final = frozenset({MANIFEST, ITEMS, EXCEPTIONS, SUMS, README, INDEX})
FIXED_NAMES: Final = ALWAYS | {CHECKPOINT, LOG_KEY}
MESSAGE_NAME: Final = re.compile(r"messages/(?:\d{6}|[1-9]\d{6,8})(?:-[1-9]\d{0,3})?\.eml")
PAGE_NAME: Final = re.compile(r"index/(?:\d{4}|[1-9]\d{4,6})\.html")

# A ZIP entry (APPNOTE.TXT 6.3.10): stored, not encrypted, 1980-01-01 00:00, a plain file of Unix with mode 0644.
DOS_TIME: Final = 0
DOS_DATE: Final = 0x0021
VERSION_PLAIN: Final = 20
VERSION_ZIP64: Final = 45
UNIX: Final = 3
FILE_MODE: Final = 0o100644
IN_ZIP64: Final = 0xFFFFFFFF  # a field of 32 bits whose value stands in the ZIP64 extra field
MANY_IN_ZIP64: Final = 0xFFFF  # a field of 16 bits whose value stands in the ZIP64 end record

# Our measure: an item of a message seen 1,000 times is some 1.5 MB; one envelope of 50,000 recipients some 4 MB.
MAX_LINE_BYTES: Final = 64 * 1024 * 1024
MAX_MANIFEST_BYTES: Final = 16 * 1024 * 1024
MAX_SIGHTINGS: Final = 1_000  # listed for one message; more are counted
MAX_MESSAGES: Final = 1_000_000  # in one bundle; more are exported in several
MAX_FILES: Final = 4_000_000  # that a verifier takes; each costs it 0.9 KiB of memory (our measure, docs/bundle.md)
PAGE_ITEMS: Final = 500  # messages on one index page


class ExceptionCode(StrEnum):
    """Why something that was found is not in the bundle; the first two names are those of other products' manifests."""

    DENIED = "PermissionDenied"
    GONE = "ItemDeletedOrOutsideRetention"
    CORRUPT = "Corrupt"
    TOO_LARGE = "TooLarge"


def message_name(number: int, copy: int = 1) -> str:
    """Return the name of the file of message `number` (from 1); the first copy of its bytes has no suffix."""
    return f"messages/{number:06}{'' if copy == 1 else f'-{copy}'}.eml"


def page_name(number: int) -> str:
    """Return the name of index page `number` (from 1)."""
    return f"index/{number:04}.html"

"""Real types by libmagic, over the first bytes of a content.

libmagic is not thread-safe: each thread has its own handle. pylibmagic must be imported first: it points python-magic
to the library that it ships.
"""

import threading
from typing import Final

import pylibmagic  # noqa: F401 - its import is its effect

import magic  # isort: skip

MAX_SNIFFED_BYTES: Final = 64 * 1024  # ZIP-based formats show themselves within it; our measurement
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_OLE_BYTES: Final = 2 * 1024 * 1024  # the directory of a compound file stands anywhere in it

UNKNOWN: Final = "application/octet-stream"


class _Local(threading.local):
    handle: "magic.Magic | None" = None


_local = _Local()


def real_type(content: bytes) -> str:
    """Return the media type that the content itself shows, "" for no content. Never raises."""
    if not content:
        return ""
    head = content[: MAX_OLE_BYTES if content.startswith(_OLE) else MAX_SNIFFED_BYTES]
    try:
        if _local.handle is None:
            _local.handle = magic.Magic(mime=True)
        found = str(_local.handle.from_buffer(head))
    except (magic.MagicException, UnicodeError):
        return UNKNOWN
    return found if "/" in found and len(found) < 200 else UNKNOWN  # noqa: PLR2004 - a message in place of a type

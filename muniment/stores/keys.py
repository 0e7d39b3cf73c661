"""Object keys that every store takes: `/`-separated segments of `[a-z0-9.-]`, none empty, `.` or `..`."""

import re
from typing import Final

from muniment.errors import Refused

MAX_KEY_CHARS: Final = 512  # S3 allows 1,024 bytes; half leaves room for a bucket's prefix
_KEY: Final = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9.-]+)*", re.ASCII)


class BadKey(Refused):
    """A key that no store takes."""


def check_key(key: str) -> str:
    """Return the key; raise `BadKey` if it is not one."""
    if len(key) > MAX_KEY_CHARS or not _KEY.fullmatch(key) or any(part in {".", ".."} for part in key.split("/")):
        raise BadKey(
            f"{key!r} is no object key: parts of a-z, 0-9, '.' and '-', joined by '/', at most {MAX_KEY_CHARS}"
        )
    return key

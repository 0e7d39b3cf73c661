"""What leaves the archive as a file: a name that is harmless everywhere, a type that no browser runs."""

import re
import unicodedata
from pathlib import PurePosixPath

from django.http import HttpResponse
from django.utils.http import content_disposition_header

MAX_NAME_BYTES = 180  # file systems take 255; the browser may add " (1)" and a suffix
# Types that a browser shows without running anything in them. All else goes as plain bytes.
PASSIVE_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/pdf", "application/zip"}
)
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')
# Names that Windows gives to devices (Microsoft, "Naming Files, Paths, and Namespaces").
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def safe_name(name: str, *, fallback: str) -> str:
    """Return a file name without paths, controls, invisible or direction-changing characters, or `fallback`.

    The extension survives a cut, because it is what a reader judges the file by.
    """
    visible = "".join(" " if _is_hidden(character) else character for character in unicodedata.normalize("NFC", name))
    cleaned = _FORBIDDEN.sub(" ", visible).strip(" .")
    if _DEVICES.match(cleaned):
        cleaned = f"_{cleaned}"
    if not cleaned:
        return fallback
    suffix = PurePosixPath(cleaned).suffix[:20]
    stem = cleaned[: len(cleaned) - len(suffix)] if suffix and cleaned.endswith(suffix) else cleaned
    while len((stem + suffix).encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + suffix


def _is_hidden(character: str) -> bool:
    """Tell control, format (bidi overrides, zero width), surrogate and private-use characters."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def attachment(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """Answer with `content` as a file to keep, never to show: `name` must come from `safe_name`."""
    passive = content_type if content_type in PASSIVE_TYPES else "application/octet-stream"
    response = HttpResponse(content, content_type=passive)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cache-Control"] = "private, no-store"
    return response

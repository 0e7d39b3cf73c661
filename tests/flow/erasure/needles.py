"""What is looked for after an erasure: a text or bytes, and every form in which software writes it down."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from unicodedata import combining, normalize
from urllib.parse import quote

SHORTEST = 6  # bytes: a shorter form is found by chance
_FRONT = 4  # letters that a sorted word list shares with the word before


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """One thing that must be nowhere. `name` tells it apart in what is found."""

    name: str
    forms: dict[str, bytes]


def text_needle(name: str, text: str) -> Needle:
    """A word, an address, a file name or a Message-ID."""
    forms: dict[str, bytes] = {}
    bare = "".join(each for each in normalize("NFKD", text) if not combining(each)).lower()
    cases = {"as it is": text, "lower": text.lower(), "upper": text.upper(), "title": text.title(), "bare": bare}
    for case, written in cases.items():
        plain = written.encode()
        forms[case] = plain
        forms[f"{case}, without its first letters"] = plain[_FRONT:]
        forms[f"{case}, backwards"] = written[::-1].encode()
        forms[f"{case}, UTF-16 LE"] = written.encode("utf-16-le")
        forms[f"{case}, UTF-16 BE"] = written.encode("utf-16-be")
        forms[f"{case}, for addresses of pages"] = quote(written, safe="").encode()
        forms[f"{case}, in JSON"] = written.encode("ascii", "backslashreplace")
        forms |= _coded(case, plain)
    return Needle(name=name, forms=_distinct(forms))


def bytes_needle(name: str, content: bytes) -> Needle:
    """The content of an attachment, or a whole message."""
    return Needle(name=name, forms=_distinct({"as it is": content, **_coded("content", content)}))


def _coded(case: str, plain: bytes) -> dict[str, bytes]:
    digest = sha256(plain)
    forms = {
        f"{case}, hexadecimal": binascii.hexlify(plain),
        f"{case}, SHA-256": digest.digest(),
        f"{case}, SHA-256 in hexadecimal": digest.hexdigest().encode(),
        f"{case}, SHA-256 in capitals": digest.hexdigest().upper().encode(),
        f"{case}, SHA-256 in base64": base64.b64encode(digest.digest()).rstrip(b"="),
    }
    for shift in range(3):  # where in a longer text it begins: each place gives other letters
        forms[f"{case}, base64 at {shift}"] = _inner_base64(plain, shift)
    return forms


def _inner_base64(plain: bytes, shift: int) -> bytes:
    """Return the letters that are the same whatever stands before and after."""
    whole = base64.b64encode(b"\0" * shift + plain)
    begin = (shift * 8 + 5) // 6
    return whole[begin : (shift + len(plain)) * 8 // 6]


def _distinct(forms: dict[str, bytes]) -> dict[str, bytes]:
    seen: dict[bytes, str] = {}
    for form, content in forms.items():
        if len(content) >= SHORTEST:
            seen.setdefault(content, form)
    return {form: content for content, form in seen.items()}

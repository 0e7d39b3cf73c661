"""Address lists (RFC 5322 sections 3.4 and 4.4) as they are really written: lenient, and in linear time.

    list = element *( ("," | ";") element );  element = group-name ":" | [phrase] "<" [route ":"] address ">" | address

One pass of a tokenizer; a quote, parenthesis or bracket that nothing closes is read as a plain character. Encoded
words are decoded after the structure is known, so that a comma in a decoded name separates nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from muniment.mail.charsets import clean
from muniment.mail.model import Address
from muniment.mail.words import decode_words

MAX_ADDRESSES: Final = 100_000  # of one field; our choice: 2 MiB of header hold no more than some 200,000
MAX_ADDRESS_CHARS: Final = 500  # RFC 5321 section 4.5.3.1: 64 + 1 + 255; X.500 names are longer
MAX_NAME_CHARS: Final = 500
_MAX_COMMENT_DEPTH: Final = 50

_TOKEN: Final = re.compile(
    r'(?P<space>\s++)|(?P<quoted>"(?:[^"\\]|\\.)*+")|(?P<comment>\()|(?P<angle><(?:[^<>"]|"[^"<]*+")*+>)'
    r"|(?P<broken><[^<>,;]*+)|(?P<literal>\[[^\[\]\s]{0,100}\])|(?P<pair>\\.)|(?P<mark>[,;:])"
    r'|(?P<word>[^\s"(<\[\\,;:]++)|(?P<other>.)',
    re.DOTALL,
)
_PAREN: Final = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ROUTE: Final = re.compile(r"\s*@[^:<>]*:")
_SCHEME: Final = re.compile(r"(?:mailto|smtp|internet|rfc822|x400|x500|ex)\Z", re.IGNORECASE)
_SPACED_AT: Final = re.compile(r"(?<!\s)\s*+@\s*")
_OBFUSCATED: Final = re.compile(r"([^\s@]{1,64}) +(?:at|\(at\)|\[at\]) +([^\s@]{1,190}\.[a-z]{2,24})\Z", re.IGNORECASE)
_INNER_COMMENT: Final = re.compile(r"\([^()]*\)")
_SIMPLE_NAME: Final = re.compile(r"[^\"<>@,;:()\\\[\]=']{0,200}\Z")
_SIMPLE_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,100}@[A-Za-z0-9.-]{1,255}\Z")
_IN_ANGLE: Final = re.compile(
    r"<\s*([^\s<>@]{1,100}@[^\s<>@]{1,255})\s*>|\b([^\s<>@,;:()\"]{1,100}@[^\s<>@,;:()\"]{1,255})"
)
_WHITE: Final = re.compile(r"\s+")
_PUNYCODE: Final = "xn--"


def parse_addresses(text: str, *, guess: bool = True) -> tuple[tuple[Address, ...], bool]:
    """Read an unfolded address field whose encoded words are not yet decoded.

    Returns the mailboxes in order and whether all of it was well formed. Never raises; linear in the length.
    """
    simple = _parse_simple(text.strip())
    if simple:
        return (simple,), True
    reader = _Reader(guess=guess)
    for kind, value in _tokens(text):
        reader.take(kind, value)
        if len(reader.out) >= MAX_ADDRESSES:
            return tuple(reader.out), False
    reader.flush()
    return tuple(reader.out), reader.whole


def _parse_simple(text: str) -> Address | None:
    """Read the form that nine fields in ten have: one address, with a plain name or none."""
    if not text.endswith(">"):
        return Address(name="", address=normalize(text)) if _SIMPLE_ADDRESS.match(text) else None
    name, _, address = text[:-1].rpartition("<")
    name = name.rstrip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].strip()
    if "  " in name or "\t" in name or not (_SIMPLE_ADDRESS.match(address) and _SIMPLE_NAME.match(name)):
        return None
    return Address(name=clean(name), address=normalize(address))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    comments = True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return
        kind = match.lastgroup or "other"
        if kind == "comment":
            end = _comment_end(text, at) if comments else 0
            if end:
                yield kind, text[at + 1 : end - 1]
                at = end
                continue
            comments = False  # nothing closes it, so nothing closes an outer one either
            kind = "other"
        yield kind, match.group()
        at = match.end()


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for match in _PAREN.finditer(text, start):
        mark = match.group()
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth -= 1
            if depth == 0:
                return match.end()
    return 0


@dataclass(slots=True)
class _Reader:
    """The element that is being read, and what was read before it."""

    guess: bool
    out: list[Address] = field(default_factory=list)
    whole: bool = True
    group: str = ""
    in_group: bool = False
    pieces: list[tuple[str, str]] = field(default_factory=list)  # (kind, text) of the phrase or bare address
    angle: str | None = None
    colon: bool = False  # a colon stands among the pieces
    comments: list[str] = field(default_factory=list)

    def take(self, kind: str, value: str) -> None:
        """Take one token."""
        if kind == "mark":
            self._mark(value)
        elif kind == "comment":
            self.comments.append(_ESCAPE.sub(r"\1", value))
            if self.pieces:
                self.pieces.append(("space", " "))
        elif kind in ("angle", "broken"):
            if self.angle is not None:
                self.flush()
                self.whole = False
            self.angle = value.strip("<>")
            self.whole = self.whole and kind == "angle"
        elif kind == "space":
            if self.pieces:
                self.pieces.append(("space", " "))
        elif not (kind == "other" and value in "<>"):
            self.pieces.append((kind, value))
            self.whole = self.whole and kind != "other"

    def _mark(self, value: str) -> None:
        if value == ":" and self.angle is None:
            # A second colon in one element separates nothing; so the phrase is made once, and the time stays linear.
            if self.colon or (self.in_group and self.group):
                self.pieces.append(("word", ":"))
                return
            phrase = self._phrase()
            if _SCHEME.match(phrase):
                self.pieces.clear()
                self.whole = False
            elif "@" in phrase:
                self.pieces.append(("word", ":"))
                self.colon = True
            else:
                self.group, self.in_group = phrase[:MAX_NAME_CHARS], True
                self.pieces.clear()
                self.comments.clear()
            return
        self.flush()
        if value == ";":
            self.whole = self.whole and self.in_group
            self.group, self.in_group = "", False

    def flush(self) -> None:
        """End the element."""
        if self.angle is not None:
            self._add_angle()
        elif self.pieces:
            self._add_bare()
        elif any("@" in note for note in self.comments):
            note = self._decode(" ".join(self.comments))
            self.comments.clear()
            self._add_from_words(note)
        self.pieces.clear()
        self.comments.clear()
        self.angle = None
        self.colon = False

    def _add_angle(self) -> None:
        inner = (self.angle or "").strip()
        address, good = _address_of(inner)
        name = self._phrase()
        if not address and not inner and name:
            self._add_from_words(name)  # "user@host <>"
            return
        self.whole = self.whole and (good or not inner)
        if address or name:
            self._add(name, address)

    def _add_bare(self) -> None:
        raw = "".join(value for _, value in self.pieces).strip()
        quoted = any(kind == "quoted" for kind, _ in self.pieces)
        if quoted and not re.search(r'"\s*@[^\s@"]+\Z', raw):
            self._add_from_words(self._phrase())
            return
        raw = _SPACED_AT.sub("@", raw)
        if raw.startswith("/") and "=" in raw:
            self._add("", _address_of(raw)[0])
            return
        if quoted or ("@" in raw and not _WHITE.search(raw)):
            address, good = _address_of(raw)
            self.whole = self.whole and good and (quoted or raw.count("@") == 1)
            self._add("", address)
            return
        self._add_from_words(self._phrase())

    def _add_from_words(self, phrase: str) -> None:
        """Read an element without brackets that is more than an address: a name alone, or names beside addresses."""
        obfuscated = _OBFUSCATED.match(phrase)
        if obfuscated:
            self.whole = False
            self._add("", normalize("@".join(obfuscated.groups())))
            return
        found = list(_IN_ANGLE.finditer(phrase)) if "@" in phrase else []
        if not found:
            self.whole = False
            self._add(phrase, "")
            return
        self.whole = False
        last = 0
        for match in found:
            name = phrase[last : match.start()].strip(" \t,;'\"")
            last = match.end()
            self._add(name, normalize(match.group(1) or match.group(2)))

    def _phrase(self) -> str:
        """Return the words before a bracket, decoded."""
        out = [
            _ESCAPE.sub(r"\1", value[1:-1]) if kind == "quoted" else value[-1] if kind == "pair" else value
            for kind, value in self.pieces
        ]
        return self._decode("".join(out))

    def _decode(self, text: str) -> str:
        if "=?" in text:
            text, good = decode_words(text, guess=self.guess)
            self.whole = self.whole and good
        text = _WHITE.sub(" ", text).strip() if not text.isalnum() else text
        if len(text) > 1 and text[0] == text[-1] == "'":
            text = text[1:-1].strip()
        return text

    def _add(self, name: str, address: str) -> None:
        if self.comments:
            note = self._decode(" ".join(self.comments))
            name = f"{name} ({note})" if name else note
            self.comments.clear()
        if not name and not address:
            return
        self.out.append(Address(name=clean(name[:MAX_NAME_CHARS]), address=clean(address), group=self.group))


def _address_of(inner: str) -> tuple[str, bool]:
    """Return the normal form of what stood in brackets or alone, and whether it is well formed."""
    route = _ROUTE.match(inner)
    if route:
        inner = inner[route.end() :]
    if "(" in inner:
        inner = _INNER_COMMENT.sub("", inner)
    good = not _SCHEME.match(inner.partition(":")[0])
    if not good:
        inner = inner.partition(":")[2]
    if "=?" in inner:
        inner, good = decode_words(inner)[0], False
    inner = inner.strip(" \t\r\n'")
    if inner.startswith("/") and "=" in inner:  # an X.500 or X.400 name: the address of its world
        return _WHITE.sub(" ", inner)[:MAX_ADDRESS_CHARS].lower(), True
    if '"' not in inner:
        inner = _WHITE.sub("", inner)
    local, at, domain = inner.rpartition("@")
    return normalize(inner), good and bool(at and local and domain) and len(inner) <= MAX_ADDRESS_CHARS


@lru_cache(maxsize=8192)
def normalize(address: str) -> str:
    """Return the form in which addresses are compared: lower case, IDN domain in Unicode, no needless quotes."""
    address = address.strip()[:MAX_ADDRESS_CHARS]
    local, at, domain = address.rpartition("@")
    if not at:
        return address.lower()
    if local.startswith('"') and local.endswith('"') and len(local) > 2:  # noqa: PLR2004 - two quotes
        bare = _ESCAPE.sub(r"\1", local[1:-1])
        if not re.search(r'[\s"(),:;<>@\[\]\\]', bare):
            local = bare
    domain = domain.strip(". \t").lower()
    if not domain.isascii():
        domain = unicodedata.normalize("NFKC", domain).replace("。", ".").lower()
    if _PUNYCODE in domain:
        domain = ".".join(_label(label) for label in domain.split("."))
    return f"{local.lower()}@{domain}"


def _label(label: str) -> str:
    if not label.startswith(_PUNYCODE) or len(label) > 63:  # noqa: PLR2004 - RFC 1035 section 2.3.4
        return label
    try:
        text = label.removeprefix(_PUNYCODE).encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, IndexError, OverflowError):
        return label
    # A label that does not go back the same way, or hides a delimiter, stays as it was written.
    plain = all(char.isalnum() or char == "-" or unicodedata.category(char).startswith("M") for char in text)
    return text if plain and not text.isascii() else label

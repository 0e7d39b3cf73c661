"""The mail that is sent: each message like no other, with a word that stands in it alone; one in five is real mail.

Real mail is the set `spamassassin` beside the project; where it is missing, or sent, a made one takes its place.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from benchmarks.imports import DATA, messages_of

REAL_ONE_IN = 5
WORDS = "invoice contract cargo port délai été livraison the of and meeting budget review to in is for it with".split()


@dataclass(frozen=True, slots=True)
class Mail:
    """One message. `word` finds it and no other; "" of real mail, which has none."""

    raw: bytes
    word: str

    @property
    def digest(self) -> str:
        return sha256(self.raw).hexdigest()


def mail(seed: int) -> Iterator[Mail]:
    """Yield messages without end, the same for the same seed."""
    chooser, number, real, seen = random.Random(seed), 0, _real(), set()
    while True:
        number += 1
        raw = next(real, None) if number % REAL_ONE_IN == 0 else None
        if raw is not None and raw not in seen:
            seen.add(raw)
            yield Mail(raw, "")
        else:
            yield _made(f"zq{seed:x}x{number:07d}", chooser)


def _real() -> Iterator[bytes]:
    if not (DATA / "spamassassin").exists():
        return
    for raw in messages_of("spamassassin"):
        lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # a bare CR may not go over SMTP
        yield lines.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def _made(word: str, chooser: random.Random) -> Mail:
    """Make a text of some 1 to 6 KB; one in ten carries a table, one in ten a second body in HTML."""
    text = "\r\n".join(" ".join(chooser.choices(WORDS, k=11)) for _ in range(chooser.randint(10, 80)))
    head = (
        f"From: Ann Archer <ann{chooser.randrange(40)}@corp.example>\r\nTo: bob{chooser.randrange(40)}@corp.example\r\n"
        f"Subject: {' '.join(chooser.choices(WORDS[:10], k=4))} {word}\r\nMessage-ID: <{word}@corp.example>\r\n"
        f"Date: Mon, {chooser.randint(2, 27):02d} Jul 2026 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
    ).replace("é", "e")
    plain = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n{word}\r\n"
    kind = chooser.randrange(10)
    if kind == 0:
        rows = "".join(f"{row};{chooser.randrange(10**6)};EUR\r\n" for row in range(60))
        other = f'Content-Type: text/csv\r\nContent-Disposition: attachment; filename="{word}.csv"\r\n\r\n{rows}'
        body = _multipart("mixed", plain, other)
    elif kind == 1:
        body = _multipart("alternative", plain, f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>{word}</p>\r\n")
    else:
        body = plain
    return Mail((head + body).encode(), word)


def _multipart(kind: str, *parts: str) -> str:
    middle = "".join(f"--=part\r\n{part}" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=part"\r\n\r\n{middle}--=part--\r\n'

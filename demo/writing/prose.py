"""The text of a letter: wrapped, signed, with what it answers or forwards below."""

import html
import itertools
import textwrap
from collections.abc import Mapping

from demo.letters import Letter
from demo.people import PEOPLE
from demo.writing.clock import rfc5322, spoken

WIDTH = 74
QUOTED_LINES = 60  # people cut what they quote


def body_text(letter: Letter, book: Mapping[str, Letter]) -> str:
    """Return the whole plain text of a letter, with quoted and forwarded letters, lines ending in LF."""
    writer = PEOPLE[letter.by]
    parts = [wrapped(letter.text)]
    if not letter.answers and writer.title:
        parts.append(f"-- \n{writer.face(letter.when)[0]}\n{writer.title}\n{writer.phone}")
    if letter.answers:
        parts.append(_quoted(book[letter.answers], book, french=writer.french))
    if letter.forwards and not letter.enclosed:
        parts.append(_sent_on(book[letter.forwards], book, french=writer.french))
    return "\n\n".join(parts) + "\n"


def body_html(plain: str) -> str:
    """Return the plain text as the simple HTML that a mail program writes beside it."""
    out, depth = ['<html><head><meta name="Generator" content="Post"></head><body>'], 0
    for wanted, lines in itertools.groupby(plain.strip("\n").split("\n"), key=_depth_of):
        out.append("<blockquote>" * (wanted - depth) + "</blockquote>" * (depth - wanted))
        bare = "\n".join(line[wanted:].strip() for line in lines)
        out.extend(
            f"<p>{_joined(paragraph.split(chr(10)))}</p>" for paragraph in bare.split("\n\n") if paragraph.strip()
        )
        depth = wanted
    out.append("</blockquote>" * depth + "</body></html>")
    return "\n".join(line for line in out if line) + "\n"


def wrapped(text: str) -> str:
    """Wrap each paragraph, but for lines that are laid out by hand (they start with a space, a dash or a bar)."""
    return "\n\n".join(_paragraph(paragraph) for paragraph in text.split("\n\n"))


def goes_on(line: str, following: str) -> bool:
    """Tell whether the line end after a line is only there because the line was full."""
    by_hand = line[:1] in (">", " ", "-", "|") or following[:1] in ("", ">", "-", " ")
    return len(line) > WIDTH * 2 // 3 and not by_hand


def _joined(lines: list[str]) -> str:
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    ends = (" " if goes_on(line, following) else "<br>" if following else "" for line, following in pairs)
    return "".join(html.escape(line, quote=False) + end for line, end in zip(lines, ends, strict=True)).removesuffix(
        "<br>"
    )


def _paragraph(paragraph: str) -> str:
    lines = paragraph.split("\n")
    if any(line[:1] in (" ", "-", "|", "From ") or line.startswith("From ") for line in lines):
        return paragraph
    return "\n".join(textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines)


def _depth_of(line: str) -> int:
    return len(line) - len(line.lstrip(">"))


def _quoted(letter: Letter, book: Mapping[str, Letter], *, french: bool) -> str:
    name = PEOPLE[letter.by].face(letter.when)[0]
    when = spoken(letter.when, french=french)
    opening = f"Le {when}, {name} a écrit :" if french else f"On {when}, {name} wrote:"
    lines = body_text(letter, book).rstrip("\n").split("\n")[:QUOTED_LINES]
    return opening + "\n" + "\n".join(f">{line}" if line[:1] == ">" else f"> {line}".rstrip() for line in lines)


def _sent_on(letter: Letter, book: Mapping[str, Letter], *, french: bool) -> str:
    people = PEOPLE[letter.by]
    name, address = people.face(letter.when)
    to = ", ".join(PEOPLE[person].face(letter.when)[1] for person in letter.to)
    date = rfc5322(letter.when, people.zone)
    if french:
        head = f"---------- Message transféré ----------\nDe : {name} <{address}>\nDate : {date}\nObjet : {letter.subject}\nÀ : {to}"
    else:
        head = f"---------- Forwarded message ----------\nFrom: {name} <{address}>\nDate: {date}\nSubject: {letter.subject}\nTo: {to}"
    return f"{head}\n\n{body_text(letter, book).rstrip()}"

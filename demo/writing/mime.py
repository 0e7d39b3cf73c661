"""A letter as the bytes of a message. Lines end in CRLF.

The standard library's generator folds differently from one Python to the next; these bytes must not.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from demo.letters import Attachment, Letter
from demo.people import HOUSE, PEOPLE, Program
from demo.writing import clock, fields, prose

AGENTS = {
    Program.FLOWED: "User-Agent: Heron Mail 4.2",
    Program.OUTLOOK: "X-Mailer: Deskmail 16.0",
    Program.WEBMAIL: "X-Mailer: Estuary Webmail 2.9",
    Program.LATIN: "X-Mailer: Deskmail 11.4",
    Program.PLAIN: "User-Agent: Sloop/1.8",
}


def message_id(letter: Letter) -> str:
    """Return a letter's Message-ID, with angle brackets."""
    domain = PEOPLE[letter.by].face(letter.when)[1].rpartition("@")[2]
    return f"<{letter.when:%Y%m%d%H%M}.{_digest('id', letter.key)[:12]}@{domain}>"


def message(letter: Letter, book: Mapping[str, Letter], *, own_copy: bool = False) -> bytes:
    """Return the message as it travelled, or the sender's own copy: with Bcc, without what a list adds."""
    listed = bool(letter.listed) and not own_copy
    head = b"".join(
        fields.field(name, value) for name, value in _fields(letter, book, own_copy=own_copy, listed=listed)
    )
    return head + _content(letter, book, listed=listed)


def received(letter: Letter, address: str) -> bytes:
    """Return the trace fields that delivery to one mailbox puts on top."""
    writer = PEOPLE[letter.by]
    sender = writer.face(letter.when)[1]
    bounce = f"quai-bounces@listes.{HOUSE}" if letter.listed else sender
    host = sender.rpartition("@")[2]
    octet = int(_digest("ip", host)[:2], 16)
    lines = [
        f"Return-Path: <{bounce}>",
        f"Delivered-To: {address}",
        f"Received: from mx.{HOUSE} (mx.{HOUSE} [192.0.2.25])",
        f"\tby store.{HOUSE} with LMTP id {_digest('lmtp', letter.key, address)[:10]}",
        f"\tfor <{address}>; {clock.utc(letter.when, writer.zone, seconds=4)}",
        f"Received: from out.{host} (out.{host} [203.0.113.{octet}])",
        f"\tby mx.{HOUSE} with ESMTPS id {_digest('smtp', letter.key)[:10]};",
        f"\t{clock.utc(letter.when, writer.zone, seconds=2)}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _fields(letter: Letter, book: Mapping[str, Letter], *, own_copy: bool, listed: bool) -> list[tuple[str, str]]:
    writer = PEOPLE[letter.by]
    program = writer.program

    def people(keys: tuple[str, ...]) -> str:
        faces = (PEOPLE[key].face(letter.when) for key in keys)
        return ", ".join(fields.mailbox(*face, program) for face in faces)

    subject = f"[Quai] {letter.subject}" if listed else letter.subject
    found = [("From", people((letter.by,))), ("To", people(letter.to)), ("Cc", people(letter.cc))]
    found += [("Bcc", people(letter.bcc))] if own_copy else []
    found += [("Subject", fields.text(subject, program)), ("Date", clock.rfc5322(letter.when, writer.zone))]
    found += [("Message-ID", message_id(letter)), *_ancestors(letter, book)]
    if listed:
        found += [
            ("List-Id", f"Liste Quai <quai.listes.{HOUSE}>"),
            ("List-Post", f"<mailto:quai@listes.{HOUSE}>"),
            ("Precedence", "list"),
        ]
    found += [*letter.headers, tuple(AGENTS[program].split(": ")), ("MIME-Version", "1.0")]
    return [(name, value) for name, value in found if value]


def _ancestors(letter: Letter, book: Mapping[str, Letter]) -> list[tuple[str, str]]:
    chain, key = [], letter.answers
    while key:
        chain.append(message_id(book[key]))
        key = book[key].answers
    return [("In-Reply-To", chain[0]), ("References", " ".join(reversed(chain)))] if chain else []


def _content(letter: Letter, book: Mapping[str, Letter], *, listed: bool) -> bytes:
    entities = [_body(letter, book, listed=listed)]
    entities += [_file(attachment) for attachment in letter.files]
    if letter.forwards and letter.enclosed:
        entities.append(
            b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
            + message(book[letter.forwards], book)
        )
    return entities[0] if len(entities) == 1 else multipart("mixed", entities, letter.key)


def _body(letter: Letter, book: Mapping[str, Letter], *, listed: bool) -> bytes:
    program = PEOPLE[letter.by].program
    plain = prose.body_text(letter, book)
    if listed:
        plain += f"\n_______________________________________________\nListe Quai : quai@listes.{HOUSE}\nSe désabonner : https://listes.{HOUSE}/quai\n"
    shapes = [text_entity(plain, "plain", program)]
    if letter.html or program in (Program.OUTLOOK, Program.WEBMAIL):
        shapes.append(text_entity(letter.html or prose.body_html(plain), "html", program))
    if letter.calendar:
        shapes.append(
            b'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            + base64_lines(letter.calendar.encode())
        )
    return shapes[0] if len(shapes) == 1 else multipart("alternative", shapes, letter.key)


def text_entity(text: str, subtype: str, program: Program) -> bytes:
    """Return one text part with its fields, written as that mail program writes."""
    if text.isascii() and program is not Program.WEBMAIL:
        flowed = "; format=flowed" if program is Program.FLOWED and subtype == "plain" else ""
        head = f"Content-Type: text/{subtype}; charset=us-ascii{flowed}\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        return head.encode() + _crlf(_flow(text) if flowed else text).encode("ascii")
    charset = {Program.OUTLOOK: "windows-1252", Program.LATIN: "iso-8859-15"}.get(program, "utf-8")
    if program is Program.FLOWED:
        head = f"Content-Type: text/{subtype}; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        return head.encode() + _crlf(_flow(text)).encode()
    content = text.encode(charset, "xmlcharrefreplace")
    if program is Program.WEBMAIL:
        head = f'Content-Type: text/{subtype}; charset="UTF-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        return head.encode() + base64_lines(_crlf(text).encode())
    head = f'Content-Type: text/{subtype}; charset="{charset}"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + binascii.b2a_qp(content, istext=True).replace(b"\n", b"\r\n")


def multipart(subtype: str, entities: list[bytes], key: str) -> bytes:
    """Return a multipart entity; the boundary comes from the key."""
    mark = f"=_{_digest(subtype, key)[:24]}"
    head = f'Content-Type: multipart/{subtype}; boundary="{mark}"\r\n\r\n'.encode()
    parts = b"".join(f"--{mark}\r\n".encode() + entity.removesuffix(b"\r\n") + b"\r\n" for entity in entities)
    return head + parts + f"--{mark}--\r\n".encode()


def base64_lines(content: bytes) -> bytes:
    """Return base64 in lines of 76 characters."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _file(attachment: Attachment) -> bytes:
    if attachment.name.isascii():
        name = f'filename="{attachment.name}"'
    else:  # RFC 2231
        escaped = "".join(
            chr(b) if (chr(b).isalnum() and b < 0x80) or b in b".-_" else f"%{b:02X}" for b in attachment.name.encode()
        )
        name = f"filename*=UTF-8''{escaped}"
    head = f"Content-Type: {attachment.content_type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n {name}\r\n\r\n"
    return head.encode("ascii") + base64_lines(attachment.content)


def _flow(text: str) -> str:
    """Mark soft line ends and stuff lines that need it (RFC 3676 sections 4.2 and 4.4)."""
    lines = text.split("\n")
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return "\n".join(_stuffed(line) + (" " if prose.goes_on(line, following) else "") for line, following in pairs)


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith((" ", "From ")) else line


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()

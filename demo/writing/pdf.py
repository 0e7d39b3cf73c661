"""Small PDF files: plain, encrypted (needs a password to open), cut short."""

import hashlib

from demo.letters import Attachment

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")  # ISO 32000-1, 7.6.3.3
_FILE_ID = hashlib.md5(b"muniment demonstration", usedforsecurity=False).digest()
_ALL_FORBIDDEN = -3904


def pdf(name: str, text: str) -> Attachment:
    """Return a one-page document with the lines of the text."""
    return _attachment(name, _document(_page(text)))


def locked_pdf(name: str, text: str, password: str) -> Attachment:
    """Return a document that opens with the password only (standard handler revision 2, RC4 of 40 bits)."""
    padded = (password.encode("ascii") + _PAD)[:32]
    owner = _rc4(_md5(padded)[:5], padded)
    key = _md5(padded + owner + (_ALL_FORBIDDEN & 0xFFFFFFFF).to_bytes(4, "little") + _FILE_ID)[:5]
    content = _rc4(_md5(key + (4).to_bytes(3, "little") + b"\0\0")[:10], _page(text))
    lock = f"<< /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{_rc4(key, _PAD).hex()}> /P {_ALL_FORBIDDEN} >>"
    return _attachment(name, _document(content, lock.encode()))


def torn_pdf(name: str, text: str) -> Attachment:
    """Return a document that a transfer cut in its middle."""
    whole = _document(_page(text))
    return _attachment(name, whole[:150])


def _attachment(name: str, content: bytes) -> Attachment:
    return Attachment(name=name, content_type="application/pdf", content=content)


def _page(text: str) -> bytes:
    shown = [
        line.strip().replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in text.strip().split("\n")
    ]
    lines = "".join(f"({line}) Tj T*\n" for line in shown)
    return f"BT /F1 11 Tf 14 TL 60 780 Td\n{lines}ET".encode("cp1252")


def _document(content: bytes, lock: bytes = b"") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *([lock] if lock else []),
    ]
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    more = b" /Encrypt 6 0 R" if lock else b""
    trailer = b"<< /Size %d /Root 1 0 R /ID [<%s> <%s>]%s >>" % (
        len(objects) + 1,
        _FILE_ID.hex().encode(),
        _FILE_ID.hex().encode(),
        more,
    )
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        trailer,
        len(out),
    )


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)

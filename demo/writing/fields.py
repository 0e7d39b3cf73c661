"""Header fields: encoded words, addresses, folding."""

import base64

from demo.people import Program

WORD_BYTES = 39  # keeps an encoded word under the 75 characters of RFC 2047 section 2
LINE = 76


def field(name: str, value: str) -> bytes:
    """Return a field with its line end; encoded words and addresses are folded at spaces."""
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > LINE and line.strip() != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def text(value: str, program: Program) -> str:
    """Return unstructured text, with encoded words where it is not ASCII."""
    if value.isascii():
        return value
    if program in (Program.OUTLOOK, Program.LATIN) and _fits(value, "iso-8859-1"):
        return _q_words(value, "iso-8859-1")
    if program is Program.PLAIN:
        return _q_words(value, "utf-8")
    return _b_words(value)


def mailbox(name: str, address: str, program: Program) -> str:
    """Return a name and its address."""
    if not name:
        return address
    shown = text(name, program)
    if shown == name and not name.replace(" ", "").replace("-", "").isalnum():
        shown = f'"{name}"'
    return f"{shown} <{address}>"


def _fits(value: str, charset: str) -> bool:
    try:
        value.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _pieces(value: str, charset: str, limit: int) -> list[bytes]:
    pieces = [b""]
    for character in value:
        encoded = character.encode(charset)
        if len(pieces[-1]) + len(encoded) > limit:
            pieces.append(b"")
        pieces[-1] += encoded
    return pieces


def _b_words(value: str) -> str:
    return " ".join(f"=?UTF-8?B?{base64.b64encode(piece).decode()}?=" for piece in _pieces(value, "utf-8", WORD_BYTES))


def _q_words(value: str, charset: str) -> str:
    return " ".join(f"=?{charset}?Q?{_q(piece)}?=" for piece in _pieces(value, charset, WORD_BYTES // 2))


def _q(piece: bytes) -> str:
    return "".join(
        "_" if byte == 0x20 else chr(byte) if chr(byte).isalnum() and byte < 0x80 else f"={byte:02X}" for byte in piece
    )

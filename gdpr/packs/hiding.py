"""The bytes of a message as the person may have them: without the fields that name other blind recipients."""

from discovery.blindness import header_names_blind, named_openly
from muniment.errors import Corrupt
from muniment.mail.embedded import CannotCut, Embedded, Hides, embedded, without_fields
from muniment.mail.parse import parse


class BlindStays(Corrupt):
    """A field that names a blind recipient cannot be taken out of the bytes."""


def without_blind(raw: bytes, known: frozenset[str]) -> tuple[bytes, int]:
    """Return the bytes without the header fields that name somebody not among `known`, and how many were left out.

    Messages inside the message are treated alike, with those whom they name openly. What is left is byte for byte
    what it was, save for the transfer encoding around what was changed. Raises `BlindStays`.
    """
    try:
        kept, left_out = without_fields(raw, lambda one: _names_blind(one, known))
    except CannotCut as error:
        raise BlindStays(f"a blind recipient cannot be taken out of a message: {error}") from error
    if _is_open(kept, known):
        return kept, left_out
    raise BlindStays("a blind recipient is still named once all that can be taken out of a message is taken out")


def _is_open(raw: bytes, known: frozenset[str]) -> bool:
    """Return whether the parser of the archive finds no field that is to be hidden."""
    parsed = parse(raw)
    own = _names_blind(Embedded("", parsed.headers), known)
    if any(own(header) for header in parsed.headers):
        return False
    return not any(_names_blind(one, known)(header) for one in embedded(parsed) for header in one.headers)


def _names_blind(one: Embedded, known: frozenset[str]) -> Hides:
    """Return what tells whether a field of a message names a blind recipient; the outermost one's openness is known."""
    open_to = known | named_openly(one.headers) if one.path else known
    return lambda header: header_names_blind(header, open_to)

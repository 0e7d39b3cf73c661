"""One message opened for one reader: its bytes, their parse, and what of them this reader may see."""

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

from accounts.models import User
from archive.models import Message, Sighting
from archive.queries.content import first_sighting, open_sighting
from archive.queries.messages import NotFound, get_visible
from discovery.blindness import blind_parts, may_see_bytes, open_headers
from discovery.sanitise import PICTURE_TYPES, Sanitised, sanitise
from muniment.mail.model import Disposition, Header, ParsedMessage, Part
from muniment.mail.parse import parse
from muniment.seal.sighting import Sighting as SealedSighting
from muniment.seal.vault import Vault

MAX_PICTURES_BYTES = 10_000_000  # of all pictures set into one body; the rest are among the attachments


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMessage:
    """A message, the sighting it is read from, and what its bytes say."""

    message: Message
    sighting: Sighting
    sealed: SealedSighting
    parsed: ParsedMessage
    headers: tuple[Header, ...]  # those that the reader may see
    bytes_shown: bool  # whether the reader may have the bytes as received
    parts_kept_back: frozenset[str] = frozenset()  # paths of those with a message that names blind recipients

    @property
    def html_parts(self) -> tuple[Part, ...]:
        """The HTML that the message itself shows: no attachment, nothing of a nested message."""
        nested = tuple(f"{part.path}." for part in self.parsed.parts if part.nested_message)
        return tuple(
            part
            for part in self.parsed.parts
            if part.disposition is Disposition.BODY
            and part.content_type == "text/html"
            and part.text is not None
            and not part.path.startswith(nested or ("\0",))
        )

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The parts that are offered as files."""
        return tuple(
            part
            for part in self.parsed.parts
            if part.nested_message or part.disposition in {Disposition.ATTACHMENT, Disposition.INLINE}
        )

    @property
    def has_hidden_headers(self) -> bool:
        return len(self.headers) < len(self.parsed.headers)

    def part(self, path: str) -> Part:
        """Return the part of that path; raise `NotFound`."""
        for part in self.parsed.parts:
            is_file = part.nested_message or part.disposition is not Disposition.CONTAINER
            if part.path == path and is_file and path not in self.parts_kept_back:
                return part
        raise NotFound

    def sanitised(self) -> Sanitised:
        """Return the HTML body made harmless; raise `UnsafeToShow`."""
        html = "<hr>".join(part.text or "" for part in self.html_parts)
        return sanitise(html, picture=_Pictures(self.parsed).address)


def open_message(actor: User, message_id: UUID, *, sighting_id: UUID | None, vault: Vault) -> OpenMessage:
    """Open a message from the sighting asked for, or from its first.

    Raises `NotFound` for what is not there or not the actor's, `Corrupt` when the sealed bytes fail their check.
    """
    message = get_visible(actor, message_id)
    sighting = first_sighting(message) if sighting_id is None else _sighting_of(message, sighting_id)
    sealed = open_sighting(actor, message, sighting, vault=vault)
    parsed = parse(sealed.raw)
    return OpenMessage(
        message=message,
        sighting=sighting,
        sealed=sealed,
        parsed=parsed,
        headers=open_headers(actor, message, parsed.headers),
        bytes_shown=may_see_bytes(actor, message, parsed),
        parts_kept_back=blind_parts(actor, message, parsed),
    )


def _sighting_of(message: Message, sighting_id: UUID) -> Sighting:
    for sighting in message.sightings.all():
        if sighting.id == sighting_id:
            return sighting
    raise NotFound


class _Pictures:
    """Turns Content-IDs into data: addresses of the pictures that the message carries, up to a budget."""

    def __init__(self, parsed: ParsedMessage) -> None:
        self._parts = {part.content_id: part for part in parsed.parts if part.content_id}
        self._budget = MAX_PICTURES_BYTES

    def address(self, content_id: str) -> str | None:
        part = self._parts.get(unquote(content_id)) or self._parts.get(content_id)
        if part is None or part.real_type not in PICTURE_TYPES or part.size_bytes > self._budget:
            return None
        self._budget -= part.size_bytes
        return f"data:{part.real_type};base64,{b64encode(part.content).decode()}"

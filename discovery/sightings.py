"""Every observation of a message as the reader may see it: source, time, client, envelope, hops."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.permissions import may_see_bcc
from archive.models import Message, Sighting
from archive.queries.content import open_sighting
from discovery import moments
from discovery.blindness import known_openly, names_blind, open_recipients
from muniment.errors import MunimentError
from muniment.mail.forensic import Hop, hops
from muniment.seal.sighting import Sighting as SealedSighting
from muniment.seal.vault import Vault

MAX_OPENED = 50  # a message to a list of thousands has as many sightings; each costs a read


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEnvelope:
    """An SMTP envelope as text."""

    mail_from: str
    recipients: tuple[str, ...]
    hidden_recipients: bool
    protocol: str
    helo: str
    client: str
    tls: str
    authenticated_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSighting:
    """One observation. `error` is set when the sealed bytes could not be opened."""

    sighting: Sighting
    captured: moments.Moment
    custodian: str
    item: str
    envelope: ShownEnvelope | None
    verdicts: tuple[tuple[str, str], ...] = ()
    error: str = ""


def shown_sightings(actor: User, message: Message, *, vault: Vault) -> tuple[ShownSighting, ...]:
    """Return the sightings of a message, oldest first, at most `MAX_OPENED`."""
    rows = sorted(message.sightings.all(), key=lambda sighting: sighting.id)
    return tuple(_shown(actor, message, row, vault=vault) for row in rows[:MAX_OPENED])


def _shown(actor: User, message: Message, row: Sighting, *, vault: Vault) -> ShownSighting:
    captured = moments.moment(row.captured_at)
    try:
        sealed = open_sighting(actor, message, row, vault=vault)
    except MunimentError as error:
        return ShownSighting(sighting=row, captured=captured, custodian="", item="", envelope=None, error=str(error))
    open_custodian = may_see_bcc(actor) or row.custodian.lower() in known_openly(actor, message)
    return ShownSighting(
        sighting=row,
        captured=captured,
        custodian=row.custodian if open_custodian else "",
        item=row.item if open_custodian else "",
        envelope=_envelope(actor, message, sealed),
        verdicts=sealed.verdicts,
    )


def _envelope(actor: User, message: Message, sealed: SealedSighting) -> ShownEnvelope | None:
    envelope = sealed.envelope
    if envelope is None:
        return None
    recipients = open_recipients(actor, message, envelope.recipients)
    client = f"{envelope.client_address}:{envelope.client_port}" if envelope.client_port else envelope.client_address
    return ShownEnvelope(
        mail_from=_with_parameters(envelope.mail_from, envelope.mail_parameters),
        recipients=tuple(_with_parameters(one.address, one.parameters) for one in recipients),
        hidden_recipients=len(recipients) < len(envelope.recipients),
        protocol=envelope.protocol,
        helo=envelope.helo.decode("utf-8", "backslashreplace"),
        client=client,
        tls=envelope.tls,
        authenticated_as=envelope.authenticated_as,
    )


def _with_parameters(address: bytes, parameters: Sequence[bytes]) -> str:
    words = [b"<" + address + b">", *parameters]
    return b" ".join(words).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHop:
    """One Received field as the reader may see it."""

    number: int
    from_: str
    by: str
    with_: str
    for_: str
    at: moments.Moment | None
    delay_seconds: float | None


def shown_hops(actor: User, message: Message, raw: bytes) -> tuple[ShownHop, ...]:
    """Return the hops of a message; of one that names a blind recipient only the servers."""
    return tuple(_shown_hop(hop, is_open=not names_blind(actor, message, hop.raw)) for hop in hops(raw))


def _shown_hop(hop: Hop, *, is_open: bool) -> ShownHop:
    return ShownHop(
        number=hop.number,
        from_=hop.from_ if is_open else hop.from_.partition(" ")[0],
        by=hop.by if is_open else hop.by.partition(" ")[0],
        with_=hop.with_ if is_open else "",
        for_=hop.for_ if is_open else "",
        at=moments.moment(hop.at) if hop.at else None,
        delay_seconds=hop.delay_seconds,
    )

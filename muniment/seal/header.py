"""The CBOR of a sighting header: `docs/format.md`, segment version 1."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import cbor2

from muniment.errors import Corrupt
from muniment.ids import SightingId
from muniment.seal.sighting import Envelope, Recipient, Sighting

SALT_BYTES: Final = 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class HeaderCorrupt(Corrupt):
    """A frame opened, but its sighting header is not what the format says."""


def microseconds_of(moment: datetime) -> int:
    """Return microseconds since 1970 of an aware time."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """Return the aware UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def encode(sighting: Sighting, salt: bytes) -> bytes:
    """Return the CBOR of everything in a sighting but its raw bytes."""
    return cbor2.dumps(
        {
            "id": sighting.id.bytes,
            "source": sighting.source,
            "captured_at": microseconds_of(sighting.captured_at),
            "salt": salt,
            "custodian": sighting.custodian,
            "item": sighting.item,
            "import_key": sighting.import_key,
            "verdicts": [list(verdict) for verdict in sighting.verdicts],
            "envelope": None if sighting.envelope is None else _envelope_map(sighting.envelope),
        },
        canonical=True,
    )


def decode(header: Any, raw: bytes) -> tuple[Sighting, bytes]:
    """Return the sighting and its salt from a decoded header map; raise `HeaderCorrupt`."""
    try:
        sighting = Sighting(
            id=SightingId(UUID(bytes=header["id"])),
            source=header["source"],
            captured_at=moment_of(header["captured_at"]),
            raw=raw,
            envelope=None if header["envelope"] is None else _envelope_of(header["envelope"]),
            custodian=header["custodian"],
            item=header["item"],
            import_key=header["import_key"],
            verdicts=tuple((name, text) for name, text in header["verdicts"]),
        )
        salt = header["salt"]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise HeaderCorrupt(f"the sighting header is malformed: {error!r}") from error
    if not isinstance(salt, bytes) or len(salt) != SALT_BYTES:
        raise HeaderCorrupt("the sighting header has no salt of 32 bytes")
    return sighting, salt


def _envelope_map(envelope: Envelope) -> dict[str, Any]:
    return {
        "mail_from": envelope.mail_from,
        "mail_parameters": list(envelope.mail_parameters),
        "recipients": [[recipient.address, list(recipient.parameters)] for recipient in envelope.recipients],
        "protocol": envelope.protocol,
        "helo": envelope.helo,
        "client_address": envelope.client_address,
        "client_port": envelope.client_port,
        "tls": envelope.tls,
        "authenticated_as": envelope.authenticated_as,
    }


def _envelope_of(found: dict[str, Any]) -> Envelope:
    return Envelope(
        mail_from=found["mail_from"],
        mail_parameters=tuple(found["mail_parameters"]),
        recipients=tuple(
            Recipient(address=address, parameters=tuple(parameters)) for address, parameters in found["recipients"]
        ),
        protocol=found["protocol"],
        helo=found["helo"],
        client_address=found["client_address"],
        client_port=found["client_port"],
        tls=found["tls"],
        authenticated_as=found["authenticated_as"],
    )

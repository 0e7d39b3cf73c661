"""From ids to object keys and back: `docs/format.md`, "Objects and their keys"."""

from datetime import UTC, datetime
from uuid import UUID

from muniment.errors import Refused
from muniment.ids import SegmentId, unix_ms_of
from muniment.seal.keys import KekId

SEGMENTS = "segments/"
KEYRINGS = "keyrings/"
KEKS = "keks/"


class NotOurKey(Refused):
    """An object key is none that Muniment writes."""


def segment_key(segment_id: SegmentId) -> str:
    """Return where a segment lies in the vault bucket."""
    return f"{SEGMENTS}{_hour_path(segment_id)}"


def keyring_key(segment_id: SegmentId) -> str:
    """Return where the keyring of a segment lies in the key bucket."""
    return f"{KEYRINGS}{_hour_path(segment_id)}"


def kek_key(kek_id: KekId) -> str:
    """Return where a wrapped key-encryption key lies in the key bucket."""
    return f"{KEKS}{kek_id.hex}"


def hour_folder(moment: datetime) -> str:
    """Return the folder of the objects made in the hour of an aware time."""
    return f"{moment.astimezone(UTC):%Y/%m/%d/%H}/"


def id_of(key: str) -> UUID:
    """Return the id that ends an object key; raise `NotOurKey`."""
    try:
        return UUID(hex=key.rpartition("/")[2])
    except ValueError as error:
        raise NotOurKey(f"{key!r} is not a key that Muniment writes") from error


def _hour_path(identifier: UUID) -> str:
    moment = datetime.fromtimestamp(unix_ms_of(identifier) / 1000, UTC)
    return f"{hour_folder(moment)}{identifier.hex}"

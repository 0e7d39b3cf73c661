"""What a pack is called on the disk of the archive, and for whoever saves it."""

from uuid import UUID

from archive.exporting.ready import OF_REQUEST


def pack_name(request_id: UUID) -> str:
    """Return the name of a pack in the folder of exports that wait."""
    return f"{OF_REQUEST}{request_id}"


def file_name(number: str, language: str) -> str:
    """Return the name under which a pack is saved."""
    return f"{'acces' if language == 'fr' else 'access'}-{number}.zip"

"""What an import is asked to do, checked before anything is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from muniment.errors import Refused
from muniment.mail.mailboxes.model import MailFormat

SOURCE_CHARACTERS: Final = 200  # the column archive.models.Sighting.source
CUSTODIAN_CHARACTERS: Final = 320  # RFC 3696 erratum 1690 allows 254; the column takes what old systems wrote
_ADDRESS: Final = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\Z")


class WrongUsage(Refused):
    """The command was called wrongly; nothing was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A file or folder to import, and the label that begins the names of its items."""

    path: Path
    label: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """One import."""

    roots: tuple[Root, ...]
    source: str
    custodian: str
    mail_format: MailFormat


def make_request(paths: Sequence[str], *, source: str, custodian: str, mail_format: str) -> ImportRequest:
    """Check what was asked for and return it as a request; raise `WrongUsage`."""
    if not source.strip() or len(source) > SOURCE_CHARACTERS or not source.isprintable():
        raise WrongUsage(f"--source must be a name of 1 to {SOURCE_CHARACTERS} printable characters.")
    if custodian and (len(custodian) > CUSTODIAN_CHARACTERS or _ADDRESS.match(custodian) is None):
        raise WrongUsage("--custodian must be one address, such as ann@example.org.")
    return ImportRequest(
        roots=_roots(paths), source=source.strip(), custodian=custodian.lower(), mail_format=MailFormat(mail_format)
    )


def _roots(paths: Sequence[str]) -> tuple[Root, ...]:
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        if not path.exists():
            raise WrongUsage(f"{given}: there is no such file or folder.")
        if not (path.is_file() or path.is_dir()):
            raise WrongUsage(f"{given}: it is neither a file nor a folder. A pipe must be written to a file first.")
        found.append(path.resolve())
    unique = list(dict.fromkeys(found))
    # What lies inside another path that is named is read there.
    outermost = [path for path in unique if not any(other in path.parents for other in unique)]
    return tuple(Root(path=path, label=_label(path, outermost)) for path in outermost)


def _label(path: Path, among: Sequence[Path]) -> bytes:
    """Return the shortest end of the path that no other path shares: its name, unless two have the same."""
    parts = path.parts[1:]
    for length in range(1, len(parts) + 1):
        label = parts[-length:]
        if sum(other.parts[-length:] == label for other in among) == 1:
            return "/".join(label).encode("utf-8", "surrogateescape")
    return "/".join(parts).encode("utf-8", "surrogateescape")

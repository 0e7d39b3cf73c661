"""Walk a folder of mail: plain folders, Maildir and Maildir++, MH. Nothing is left out in silence.

In a Maildir (https://cr.yp.to/proto/maildir.html) a message moves from new/ to cur/ and changes its flags, so its
identity is its folder and its name up to the flags.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from muniment.mail.mailboxes.model import MailFormat, Place, Refusal
from muniment.mail.mailboxes.sniff import HEAD_BYTES, is_numbered, starts_like_mail, without_flags

_MAILDIR_NAME = re.compile(rb"\d{9,11}\.")  # seconds since 1970, then what makes the name unique
_MH_CONTROL = b".mh_sequences"
_COMPANY = 50  # files looked at to tell whether a folder keeps its mail under a suffix
_SUFFIXES = 20  # of one folder; a folder with more kinds of files is no mail folder


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A plain file to read; `expected` says that its folder holds nothing but messages."""

    path: bytes
    place: Place
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    path: bytes
    place: Place
    maildir: str = ""  # "cur", "new" or "tmp" where this is such a part of a Maildir


def walk(root: bytes, place: Place, *, mail_format: MailFormat) -> Iterator[FoundFile | Refusal]:
    """Yield every file below `root` in the order of names, links and unreadable folders as refusals."""
    waiting = [_Folder(path=root, place=place)]
    while waiting:
        folder = waiting.pop()
        try:
            names = sorted(os.listdir(folder.path))  # noqa: PTH208 - names as bytes, which Path cannot give
        except OSError as error:
            yield folder.place.refusal(unreadable(error))
            continue
        is_mh = mail_format is MailFormat.MH or _MH_CONTROL in names
        is_maildir = b"cur" in names and b"new" in names
        folders: list[_Folder] = []
        for name in names:
            here = folder.place.child(name, identity=without_flags(name))
            path = folder.path + b"/" + name
            refused = _refusal(path, here, folder)
            if refused is not None:
                yield refused
            elif stat.S_ISDIR(os.lstat(path).st_mode):
                folders.append(_subfolder(folder, path, here, name, is_maildir=is_maildir))
            else:
                expected = bool(folder.maildir) or (is_mh and is_numbered(name))
                yield FoundFile(path=path, place=here, expected=expected)
        waiting.extend(reversed(folders))


class Company:
    """Tells whether most files beside one, with its suffix, are mail: then so is one that is damaged at its start."""

    def __init__(self) -> None:
        self._folder = b""
        self._is_mail: dict[bytes, bool] = {}  # by suffix, of the last folder asked for

    def is_mail(self, path: bytes, head: bytes) -> bool:
        folder, _, name = path.rpartition(b"/")
        suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - bytes
        if not suffix or b"\0" in head:
            return False
        if self._folder != folder:
            self._folder, self._is_mail = folder, {}
        if suffix not in self._is_mail and len(self._is_mail) < _SUFFIXES:
            self._is_mail[suffix] = _mostly_mail(folder, suffix)
        return self._is_mail.get(suffix, False)


def _mostly_mail(folder: bytes, suffix: bytes) -> bool:
    names = sorted(os.listdir(folder or b"/"))  # noqa: PTH208 - as above
    beside = [name for name in names if name.lower().endswith(suffix)][:_COMPANY]
    looked_at = [_begins_like_mail(folder + b"/" + name) for name in beside]
    return sum(looked_at) * 2 > len(looked_at)


def _begins_like_mail(path: bytes) -> bool:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with open(path, "rb") as file:  # noqa: PTH123 - a bytes path
            return starts_like_mail(file.read(HEAD_BYTES))
    except OSError:
        return False


def is_maildir(path: bytes) -> bool:
    return all(os.path.isdir(os.path.join(path, part)) for part in (b"cur", b"new"))  # noqa: PTH112, PTH118 - bytes


def member_place(archive: Place, name: bytes) -> Place:
    """Return the place of an archive's member; its identity is without what changes in a Maildir."""
    folder, _, base = name.rpartition(b"/")
    parent, _, last = folder.rpartition(b"/")
    flagged = without_flags(base) != base
    if last in {b"cur", b"new"} and (flagged or _MAILDIR_NAME.match(base)):
        known = without_flags(base)
        return archive.child(name, identity=parent + b"/" + known if parent else known)
    return archive.child(name)


def unreadable(error: OSError) -> str:
    return f"It cannot be read: {error.strerror or type(error).__name__}."


def _subfolder(parent: _Folder, path: bytes, place: Place, name: bytes, *, is_maildir: bool) -> _Folder:
    if is_maildir and name in {b"cur", b"new", b"tmp"}:
        # cur and new are one folder to whoever reads the mail, so neither is part of an identity.
        return _Folder(
            path=path,
            place=Place(path=place.path, identity=parent.place.identity),
            maildir=name.decode(),
        )
    return _Folder(path=path, place=place)


def _refusal(path: bytes, place: Place, folder: _Folder) -> Refusal | None:
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return place.refusal(unreadable(error))
    if stat.S_ISLNK(mode):
        return place.refusal("It is a symbolic link; name what it points to if that is to be imported.")
    if stat.S_ISDIR(mode):
        return None
    if not stat.S_ISREG(mode):
        return place.refusal("It is not a plain file.")
    if folder.maildir == "tmp":
        return place.refusal("It lies in a Maildir's tmp folder: its delivery was never finished.")
    return None

"""Mailboxes on disk: mboxrd, Maildir, EML files, a ZIP of EML files. All by name and bytes, nothing written here."""

import io
import re
import zipfile

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
ZIP_EPOCH = (2025, 3, 31, 12, 0, 0)


def mboxrd(items: list[tuple[str, str, bytes]]) -> bytes:
    """Return an mboxrd file of (sender, asctime, message)."""
    return b"".join(f"From {sender} {when}\n".encode("ascii") + _escaped(raw) + b"\n" for sender, when, raw in items)


def maildir(items: list[tuple[str, int, bytes]]) -> dict[str, bytes]:
    """Return a Maildir of (folder, arrival as Unix time, message); the newest three are unread."""
    files = {}
    newest = sorted((arrival for folder, arrival, _ in items if not folder), reverse=True)[:3]
    for number, (folder, arrival, raw) in enumerate(items):
        name = f"{arrival}.M{number:06d}P211.store"
        unread = not folder and arrival in newest
        place = f"{folder}/" if folder else ""
        files[place + (f"new/{name}" if unread else f"cur/{name}:2,S")] = raw.replace(b"\r\n", b"\n")
    return files


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a ZIP, stored and with fixed times: the same bytes on every machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.create_system = 3  # Unix, on Windows as well
            archive.writestr(entry, content)
    return out.getvalue()


def _escaped(raw: bytes) -> bytes:
    text = _FROM.sub(rb">\1", raw.replace(b"\r\n", b"\n"))
    return text if text.endswith(b"\n") else text + b"\n"

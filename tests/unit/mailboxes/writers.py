"""Mailbox files as other programs write them, made of bytes: the oracle of the readers' tests."""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile

import zstandard

FROM_LINE = b"From ann@example.org Fri Jul  8 12:08:34 2011\n"


def mbox(messages, *, quote=None, content_length=False, from_line=FROM_LINE, newline=b"\n"):
    """Write messages one after another; `quote` is "rd", "o" or None."""
    out = []
    for raw in messages:
        body = raw
        if quote == "rd":
            body = re.sub(rb"^(>*From )", rb">\1", body, flags=re.MULTILINE)
        elif quote == "o":
            body = re.sub(rb"^(From )", rb">\1", body, flags=re.MULTILINE)
        if content_length:
            header, blank, rest = body.partition(newline * 2)
            body = header + newline + b"Content-Length: %d" % len(rest) + blank + rest
        out.append(from_line.replace(b"\n", newline) + body + newline)
    return b"".join(out)


def zip_of(files, *, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tar_of(files, *, format=tarfile.GNU_FORMAT):  # noqa: A002
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def message(number, body=b"Hello.\n"):
    return b"From: ann@example.org\nSubject: note %d\nMessage-ID: <%d@example.org>\n\n" % (number, number) + body

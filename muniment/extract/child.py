"""The process that reads hostile bytes: limits itself, then answers one document after the other.

Started by the runner as `python -m muniment.extract.child CAGE LIMITS` (both JSON) with pipes only.
It ends when its input closes, or after a document that used up its memory.
"""

import codecs
import os
import sys
from io import BufferedReader
from typing import BinaryIO, Final

from muniment.extract import wire
from muniment.extract.cage import allow_document, shut
from muniment.extract.documents import extract_here
from muniment.extract.model import Outcome
from muniment.mail.realtype import real_type

# Opened before the limits, so that reading a document opens no file.
_CODECS: Final = ("cp1252", "utf-16", "utf-32", "utf-7", "gb18030", "cp949", "cp932", "big5hkscs", "koi8-r", "euc_jp")


def main(arguments: list[str]) -> int:
    """Serve documents until the input ends; return the exit code."""
    cage, limits = wire.read_arguments(arguments)
    requests, answers = _pipes()
    _warm_up()
    answers.write(wire.greeting(shut(cage)))
    answers.flush()
    while prefix := requests.read(wire.prefix_bytes()):
        request = wire.read_request(requests.read(wire.header_size(prefix)))
        content = requests.read(request.size_bytes)
        allow_document(cage)
        extraction = extract_here(content, content_type=request.content_type, filename=request.filename, limits=limits)
        answers.write(wire.answer(extraction))
        answers.flush()
        if extraction.outcome is Outcome.FAILED:
            return 1
    return 0


def _pipes() -> tuple[BufferedReader, BinaryIO]:
    """Take the pipes for the protocol, so that a library that prints disturbs nothing."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _warm_up() -> None:
    for name in _CODECS:
        codecs.lookup(name)
    real_type(b"warm")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

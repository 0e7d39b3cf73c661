"""An archive on memory ports, and mail to put into it."""

from pathlib import Path

from archive.wiring import Archive
from muniment.engines.memory import MemoryEngine
from muniment.extract.model import Extraction, Outcome
from muniment.log.note import NoteSigner
from tests.unit.seal.builders import memory_vault, sighting

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Date: Mon, 02 Feb 2026 10:00:00 +0100
Message-ID: <{key}@corp.example>
{extra}Content-Type: text/plain; charset=utf-8

{body}
"""
WITH_ATTACHMENT = b"""\
From: ann@corp.example
To: bob@corp.example
Subject: the plan
Date: Mon, 02 Feb 2026 11:00:00 +0100
Message-ID: <plan@corp.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See the file.
--b
Content-Type: text/plain; name=plan.txt
Content-Disposition: attachment; filename=plan.txt

zanzibar
--b--
"""


def mail(key="1", *, sender="ann@corp.example", to="bob@corp.example", subject="hello", body="words", extra=""):
    """Return a small message."""
    return MAIL.format(key=key, sender=sender, to=to, subject=subject, body=body, extra=extra).encode()


def reply(key, *parents, **fields):
    """Return a message that refers to others."""
    references = " ".join(f"<{parent}@corp.example>" for parent in parents)
    return mail(key, extra=f"References: {references}\n", **fields)


def memory_archive(data: Path) -> Archive:
    """Return an archive whose ports are in memory."""
    return Archive(
        vault=memory_vault(),
        engine=MemoryEngine(),
        data=data,
        signer=NoteSigner("muniment.example/log", seed=bytes(32)),
    )


def seal(archive, *raws, **fields):
    """Seal messages into one segment and return its id."""
    sightings = [sighting(id=archive.vault.new_sighting_id(), raw=raw, **fields) for raw in raws]
    return archive.vault.seal(sightings).segment_id


class PlainExtractor:
    """Takes any content for text."""

    def extract(self, content, *, content_type, filename):
        return Extraction(outcome=Outcome.TEXT, text=content.decode("latin-1").replace("\0", "\ufffd"))

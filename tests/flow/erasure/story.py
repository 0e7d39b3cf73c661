"""One archive on disk, from capture to erasure and back from a backup, each step a process of its own.

    python -m tests.flow.erasure.story STEP      with MUNIMENT_DATA set; prints one JSON document

The secret message comes twice, the earlier copy is catalogued last, so it takes another id; it is indexed four times.
"""

import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import django

WORD = "Zyxqwvogon"
ADDRESS = "quetzalina@vhxyzzy.example"
FILE_NAME = "Plan-Kxqwyz.bin"
MESSAGE_ID = "pqxvnmw-77@vhxyzzy.example"
CONTENT = b"Fvxqjhh\x00" + random.Random(5).randbytes(600)
SECRET = f"""\
From: Quetzalina <{ADDRESS}>
To: bob@corp.example
Subject: about {WORD}
Date: Mon, 05 Jan 2015 10:00:00 +0100
Message-ID: <{MESSAGE_ID}>
In-Reply-To: <parent@corp.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Everybody speaks of {WORD}.
--b
Content-Type: application/octet-stream; name={FILE_NAME}
Content-Disposition: attachment; filename={FILE_NAME}
Content-Transfer-Encoding: base64

""".encode()
ROWS = 3_000
SEEN = datetime(2026, 11, 1, tzinfo=UTC)


class PlainExtractor:
    """Takes any content for text."""

    def extract(self, content, *, content_type, filename):
        from muniment.extract.model import Extraction, Outcome

        return Extraction(outcome=Outcome.TEXT, text=content.decode("latin-1"))


def secret():
    import base64

    return SECRET + base64.encodebytes(CONTENT) + b"--b--\n"


def fill():
    """Make an archive with 400 other messages and the secret one."""
    from archive.models import Message
    from archive.services import sweep
    from archive.services.catalogue import catalogue_segment
    from archive.services.setup import prepare
    from archive.services.stages import drain
    from archive.tasks import catalogue_segments
    from archive.wiring import archive
    from tests.flow.archive.builders import mail, reply
    from tests.unit.seal.builders import sighting

    prepare()
    port = archive()
    words = random.Random(9)
    first = port.vault.seal([sighting(secret(), source="journal"), sighting(mail("first"))])
    others = [mail(f"{n}", body=" ".join(words.choices(["alpha", "beta", "gamma"], k=200))) for n in range(400)]
    kept = [mail("parent"), reply("sibling", "parent")]
    second = port.vault.seal([sighting(raw) for raw in [*others[:200], secret(), *kept, *others[200:]]])
    catalogue_segment(second.segment_id, vault=port.vault)
    drain(port, PlainExtractor())
    catalogue_segment(first.segment_id, vault=port.vault)
    sweep.catalogue_missing(vault=port.vault)
    for _ in range(3):
        Message.objects.update(revision=9)
        Message.objects.update(indexed_revision=0)
        drain(port, PlainExtractor())
    catalogue_segments.delay([str(first.segment_id)])  # nobody takes it: it stays in the queue
    return {"messages": Message.objects.count(), "indexed": port.engine.count()}


def rows():
    """Write many rows, change some, delete every tenth message, and leave it at that."""
    from django.db import transaction
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    from archive.models import Message, Part, Participant, PartText
    from archive.services.setup import prepare

    prepare()
    chance = random.Random(4)
    ids = [uuid4() for _ in range(ROWS)]
    for start in range(0, ROWS, 250):
        with transaction.atomic():
            for number in range(start, start + 250):
                _write_rows(ids[number], number, chance)
    Message.objects.filter(size_bytes__lt=ROWS // 3).update(subject=Concat(F("subject"), Value(" changed" * 8)))
    gone = chance.sample(range(ROWS), ROWS // 10)
    with transaction.atomic():
        Message.objects.filter(id__in=[ids[number] for number in gone]).delete()
    left = [model.objects.count() for model in (Message, Participant, Part, PartText)]
    return {"gone": gone, "left": left}


def _write_rows(message_id, number, chance):
    from archive.models import Message, Part, Participant, PartText

    Message.objects.create(
        id=message_id, fingerprint=uuid4().bytes * 2, fingerprint_version=1, thread_id=message_id, size_bytes=number,
        subject=f"needle{number:05d}s", sender=f"needle{number:05d}f", rfc_message_id=f"needle{number:05d}m@x.example",
        captured_at=SEEN,
    )  # fmt: skip
    for place, role in enumerate(("from", "to", "cc")):
        address = f"{chance.randbytes(3).hex()}.needle{number:05d}a@x.example"
        Participant.objects.create(
            message_id=message_id, address=address, domain="x.example", role=role, known="header", position=place
        )
    part = Part.objects.create(
        message_id=message_id, path="1", content_type="text/plain", disposition="attachment", size_bytes=1,
        filename=f"needle{number:05d}n.txt", sha256=f"{number:064d}",
    )  # fmt: skip
    text = f"needle{number:05d}t " * chance.choice([1, 20, 400, 1_500])
    PartText.objects.create(part=part, outcome="text", text=text)


def write_anew():
    """Write the files of the database anew."""
    from archive.services.database_files import purge_database

    purge_database()
    return {}


def people():
    """Make three people, and search, read and mistype as they do."""
    from django.test import Client

    from accounts.models import Grant, GrantKind, Role, User
    from archive.models import Message

    for name, role in (("officer", Role.COMPLIANCE), ("dpo", Role.DPO), ("counsel", Role.LEGAL)):
        user = User.objects.create(email=f"{name}@corp.example", username=name, role=role)
        Grant.objects.create(user=user, kind=GrantKind.EVERYTHING, valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    browser = Client()
    browser.post("/sign-in/", {"username": ADDRESS, "password": "wrong"})
    browser.force_login(User.objects.get(username="officer"))
    found = browser.get("/", {"q": WORD})
    read = browser.get(f"/messages/{Message.objects.get(subject__contains=WORD).id}")
    return {"found": WORD in found.content.decode(), "read": WORD in read.content.decode()}


def export_half():
    """Export everything, and stop in the middle."""
    from accounts.actors import operator
    from archive.exporting.orders import Order, Ports
    from archive.services import exports
    from archive.wiring import archive
    from muniment.engines.port import Scope
    from muniment.query.parser import parse

    class Stopped(Exception):
        pass

    def progress(done, _all):
        if done == 250:
            raise Stopped

    port = archive()
    order = Order(
        typed="date:2000..2030",
        query=parse("date:2000..2030", today=SEEN.date()),
        scope=Scope(everything=True, blind=True, restricted=True),
        asked_by="operator",
        destination=Path(port.data) / "bundle.zip",
    )
    try:
        exports.export(operator(), order, port, ports=Ports(), progress=progress)
    except Stopped:
        return {"stopped": True}
    return {"stopped": False}


def log():
    """Bring the evidence log up to date; return its newest checkpoint."""
    from archive.services.notes import log_pending
    from archive.wiring import archive
    from muniment.log.reader import LogReader

    port = archive()
    log_pending(port, wait=True)
    reader = LogReader.latest(port.vault.segments, [port.signer.verifier])
    return {"size": reader.checkpoint.size, "root": reader.checkpoint.root.hex()}


def erase():
    """Erase the secret message as a request asks, and what people typed to find it."""
    from accounts.models import AuditText, User
    from accounts.services import approvals, audit
    from archive.models import Cause, Message
    from archive.services import proposals
    from archive.services.disposal import execute
    from archive.wiring import archive

    dpo, counsel = User.objects.get(username="dpo"), User.objects.get(username="counsel")
    message = Message.objects.get(subject__contains=WORD)
    disposal = proposals.propose(
        actor=dpo, cause=Cause.ERASURE, message_ids=[message.id], reason="asked for", request_id=uuid4()
    )
    asked = proposals.ask_approval(actor=dpo, disposal=disposal)
    approvals.approve(actor=counsel, approval_id=asked.pk)
    done = execute(actor=dpo, disposal_id=disposal.id, archive=archive())
    typed = [text.entry_id for text in AuditText.objects.all() if WORD in text.text or ADDRESS in text.text]
    audit.erase_texts(actor=dpo, numbers=typed, reason="asked for")
    return {"state": done.state, "messages": Message.objects.count(), "indexed": archive().engine.count()}


def start():
    """Start the archive, as every command and every service does."""
    from archive.models import Message
    from archive.services.setup import prepare
    from archive.wiring import archive

    prepare()
    return {"messages": Message.objects.count(), "indexed": archive().engine.count()}


def erase_typed():
    """Erase again what people typed: those texts are in no ledger."""
    from accounts.models import AuditText, User
    from accounts.services import audit
    from archive.services.database_files import purge_database

    typed = [text.entry_id for text in AuditText.objects.all() if WORD in text.text or ADDRESS in text.text]
    audit.erase_texts(actor=User.objects.get(username="dpo"), numbers=typed, reason="asked for")
    purge_database()
    return {"texts": len(typed)}


def consistent():
    """Check that the log of now goes on from an earlier checkpoint: size and root in hexadecimal."""
    from archive.wiring import archive
    from muniment.log.checkpoint import sign
    from muniment.log.reader import LogReader
    from muniment.log.verify import check_consistency

    port = archive()
    reader = LogReader.latest(port.vault.segments, [port.signer.verifier])
    size, root = int(sys.argv[2]), bytes.fromhex(sys.argv[3])
    check_consistency(sign(port.signer, size=size, root=root), reader.checkpoint, reader.consistency_proof(size))
    return {"size": reader.checkpoint.size}


STEPS = (fill, rows, write_anew, people, export_half, log, erase, start, erase_typed, consistent)


def main():
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    step = {one.__name__: one for one in STEPS}
    sys.stdout.write(json.dumps(step[sys.argv[1]]()) + "\n")


if __name__ == "__main__":
    main()

"""The place of the proof: a real archive on memory ports and a database file, its people, and its mail."""

import shutil
from datetime import UTC, datetime

from django.db import connection

from accounts.models import Grant, GrantKind, Matter, Role, User
from accounts.services import matters
from archive.models import (
    HeldSighting,
    Sighting,
)
from archive.wiring import Archive
from muniment.engines.memory import MemoryEngine
from muniment.ids import SegmentId
from muniment.log.note import NoteSigner
from muniment.seal.layout import segment_key
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.memory import MemoryStore
from tests.flow.archive.builders import MAIL
from tests.flow.proofs.mortal import Fate, Mortal
from tests.flow.proofs.oracle import Oracle

BEGINNING = datetime(2025, 1, 1, 12, tzinfo=UTC)


class Place:
    """One archive, its oracle, and at most one backup of it."""

    DESTROYED = 0
    SPARED = 0
    PACKED = 0
    LET_GO = 0
    _template = None

    @classmethod
    def prepare(cls, data):
        """Make the database that every life begins with: its people, and an open matter."""
        for name, role in (("records", Role.COMPLIANCE), ("counsel", Role.LEGAL), ("dpo", Role.DPO)):
            person = User.objects.create(email=f"{name}@corp.example", username=name, role=role)
            Grant.objects.create(user=person, kind=GrantKind.EVERYTHING, valid_from=BEGINNING)
        matters.open_matter(actor=User.objects.get(username="records"), reference="2026-1", name="x", now=BEGINNING)
        cls._template = data / "template"
        cls._copy(data / "catalogue.sqlite3", cls._template)

    @staticmethod
    def _copy(source, target):
        connection.close()
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, target)

    def __init__(self, data):
        self.now, self.data = BEGINNING, data
        self._copy(self._template, data / "catalogue.sqlite3")
        self.fate, self.oracle = Fate(), Oracle()
        self.segments, self.keyrings = MemoryStore(now=self._now), MemoryStore(now=self._now)
        keyrings = Mortal(self.keyrings, self.fate)
        self.engine = MemoryEngine()
        self.archive = Archive(
            vault=Vault(
                segments=Mortal(self.segments, self.fate),
                keyrings=keyrings,
                keys=FileKeyProvider(bytes(32), self.keyrings, now=self._now),
                now=self._now,
            ),
            engine=Mortal(self.engine, self.fate),
            data=data,
            signer=NoteSigner("muniment.example/log", seed=bytes(32)),
        )
        self.records, self.counsel, self.dpo = (User.objects.get(username=n) for n in ("records", "counsel", "dpo"))
        self.raw, self.pending, self.backup = {}, [], None
        self.version = 0
        self._calm = None

    def _now(self):
        return self.now

    def _kept_by_store(self, sightings):
        """Tell whether a segment of these is under a hold of the store that the database does not explain."""
        segments = set(Sighting.objects.filter(id__in=sightings).values_list("segment_id", flat=True))
        explained = set(
            HeldSighting.objects.filter(hold__released_at__isnull=True).values_list("segment_id", flat=True)
        )
        return any(self.segments.info(segment_key(SegmentId(one))).legal_hold for one in segments - explained)

    @staticmethod
    def _matter():
        return Matter.objects.get()

    @staticmethod
    def _bytes(mail):
        text = MAIL.format(
            key=mail.key, sender=mail.sender, to=mail.to, subject=f"letter {mail.key}", body=mail.word, extra=""
        )
        return text.replace("Mon, 02 Feb 2026", f"15 Jun {mail.year}").encode()

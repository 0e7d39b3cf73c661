"""What is checked after every step, and at the end of every life."""

from django.db import connection

from archive.models import (
    Cause,
    DestroyedSighting,
    Disposal,
    Message,
    Sighting,
)
from archive.services import integrity
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.reconcile import reconcile
from muniment.ids import SegmentId, SightingId
from muniment.seal import keyring
from muniment.seal.layout import id_of
from muniment.seal.opening import Erased
from muniment.stores.port import ObjectMissing
from tests.flow.proofs.place import Place


class Judged(Place):
    """A place whose destructions are judged by what the oracle said before."""

    def _judged(self):
        return _Judged(self)

    def judge(self, before):
        """Judge what was destroyed since: each by what the oracle said before."""
        held, due, known = before
        gone = {SightingId(one) for one in DestroyedSighting.objects.values_list("sighting_id", flat=True)}
        causes = dict(Disposal.objects.values_list("id", "cause"))
        for row in DestroyedSighting.objects.filter(sighting_id__in=gone - known):
            sighting = SightingId(row.sighting_id)
            assert sighting not in held, f"{sighting} was held, and is destroyed"
            if causes.get(row.disposal_id) == Cause.DISPOSAL:
                assert sighting in due, f"{sighting} was not due, and is destroyed"
        type(self).DESTROYED += len(gone - known)
        self.oracle.destroyed |= gone
        for sighting in gone:
            self.oracle.living.pop(sighting, None)

    def snapshot(self):
        held, due = set(), set()
        for mail in self.oracle.mails():
            if self.oracle.held(mail):
                held |= self.oracle.message(mail)
            if self.oracle.due(mail, self.now.date()):
                due |= self.oracle.message(mail)
        return held, due, set(self.oracle.destroyed)

    def check(self):
        """After every step: what is destroyed is nowhere, and rows are of what lives."""
        rows = set(Sighting.objects.values_list("id", flat=True))
        assert not rows & self.oracle.destroyed, "destroyed, and in the catalogue"
        assert rows <= set(self.oracle.living), "in the catalogue, and unknown"
        for key in self.keyrings.keys("keyrings/"):
            ring = keyring.decode(self.keyrings.get(key), SegmentId(id_of(key)))
            there = ring.keys.keys() & self.oracle.destroyed
            assert not there, f"{there} are destroyed, and {key} has their keys"

    def check_all(self):
        """At the end: all that lives opens byte for byte and is found; nothing else is; the log and the store agree."""
        self.settle()
        rows = {row.id: row for row in Sighting.objects.all()}
        assert set(rows) == set(self.oracle.living)
        for sighting, row in rows.items():
            opened = self.archive.vault.read(SegmentId(row.segment_id), SightingId(sighting))
            assert opened.raw == self.raw[sighting]
        assert set(self.engine.message_ids()) == set(Message.objects.values_list("id", flat=True))
        verified = integrity.verify(vault=self.archive.vault)
        assert verified.damaged == [], verified.damaged
        differences = reconcile(self.archive).differences
        assert differences == {}, differences
        log_pending(self.archive)
        found = check_log(self.archive)
        assert found.damaged == [], found.damaged
        for sighting in self.oracle.destroyed:
            self._does_not_open(sighting)

    def _does_not_open(self, sighting):
        row = DestroyedSighting.objects.get(sighting_id=sighting)
        try:
            self.archive.vault.read(SegmentId(row.segment_id), sighting)
        except (Erased, ObjectMissing):
            return
        raise AssertionError(f"{sighting} opens")

    def end(self):
        connection.close()


class _Judged:
    """Judge what is destroyed within, also when it is killed."""

    def __init__(self, world):
        self._world = world

    def __enter__(self):
        self._before = self._world.snapshot()

    def __exit__(self, *_):
        fate = self._world.fate
        left, fate.left = fate.left, None
        self._world.judge(self._before)
        fate.left = left

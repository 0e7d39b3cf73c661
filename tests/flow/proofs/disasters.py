"""What goes wrong: kills at any moment, backups that are put back, catalogues that are made again."""

from django.db import connection

from archive.models import (
    Disposal,
    DisposalState,
    HeldSighting,
    Hold,
)
from archive.services.rebuild import rebuild_catalogue
from archive.services.reconcile import repair
from archive.services.replay import replay
from muniment.ids import SegmentId, SightingId
from muniment.seal.layout import id_of
from muniment.stores.port import ObjectMissing
from tests.flow.proofs.oracle import Held
from tests.flow.proofs.world import World


class Troubled(World):
    """A world in which processes die and old states come back."""

    def kill(self, after, work, what):
        """Do some work that dies at a moment, then start again; say whether it died."""
        self._placing, self._wanted = None, []
        custodian = what
        if work in {"dispose", "erase"}:
            self.settle()
        with self.fate.kills_after(after) as died:
            match work:
                case "dispose":
                    with self._judged():
                        self.dispose_all()
                case "erase":
                    with self._judged():
                        self.erase(what)
                case "hold":
                    self.hold("custodians", what)
                case "release":
                    self.release(after)
                case "settle":
                    self.settle()
                case "capture":
                    self.capture(sorted(self.oracle.mails(), key=lambda mail: mail.key)[:2], custodian)
        if died:
            self._start_again(custodian)
        return bool(died)

    def _start_again(self, custodian):
        connection.close()
        if self._wanted and any(self._sealed(sighting) for sighting, _ in self._wanted):
            self._captured(custodian, None)
        self._wanted = []
        if self._placing is not None:
            known = set(self.oracle.holds)
            for row in Hold.objects.filter(released_at__isnull=True):
                if row.id not in known:
                    self.oracle.holds[row.id] = self._placing
        released = set(Hold.objects.filter(released_at__isnull=False).values_list("id", flat=True))
        for hold_id in released & set(self.oracle.holds):
            del self.oracle.holds[hold_id]
        self._placing = None
        with self._judged():
            replay(self.archive)
        self.settle()
        self._withdraw_pending()
        for row in Disposal.objects.exclude(certificate=""):
            assert row.state == DisposalState.DONE
        assert not Disposal.objects.filter(state=DisposalState.EXECUTING).exists(), "not gone on with"

    def _sealed(self, sighting):
        for key in self.segments.keys("segments/"):
            footer = self.archive.vault.footer(SegmentId(id_of(key)))
            if any(frame.sighting_id == sighting for frame in footer.frames):
                return True
        return False

    def back_up(self):
        self.settle()
        copy = self.data / "backup"
        self._copy(self.data / "catalogue.sqlite3", copy)
        rings = {key: self.keyrings.get(key) for key in self.keyrings.keys("keyrings/")}
        held = {hold_id: Held(one.kind, one.value, set(one.sightings)) for hold_id, one in self.oracle.holds.items()}
        self.backup = (copy, rings, dict(self.engine._documents), held, self.oracle.years, self.version)

    def restore(self, *, index, database, keys):
        if self.backup is None:
            return
        copy, rings, documents, held, years, version = self.backup
        if database:
            self._forget_holds(held)
            self._copy(copy, self.data / "catalogue.sqlite3")
            self.oracle.years, self.version = years, version
            proposed = Disposal.objects.filter(state=DisposalState.PROPOSED)
            self.pending = list(proposed.values_list("id", flat=True))
        if keys:
            for key, data in rings.items():
                try:
                    self.keyrings.replace(key, data, etag=self.keyrings.info(key).etag)
                except ObjectMissing:
                    self.keyrings.create(key, data)
        if index or database:  # an index that knows more than its database is put right by `reconcile`
            self.engine._documents = dict(documents)
        with self._judged():
            replay(self.archive)
        self.settle()
        repair(self.archive)
        self.settle()

    def _forget_holds(self, held):
        """Remember what only the store will know to be held, and take the backup's holds for those that stand."""
        for hold_id in set(self.oracle.holds) - set(held):
            covered = HeldSighting.objects.filter(hold_id=hold_id).values_list("sighting_id", flat=True)
            self.oracle.lost |= {SightingId(one) for one in covered} - self.oracle.destroyed
        self.oracle.holds = {
            hold_id: Held(one.kind, one.value, one.sightings - self.oracle.destroyed) for hold_id, one in held.items()
        }
        for one in self.oracle.holds.values():
            for mail in self.oracle.mails():
                if one.sightings & self.oracle.message(mail):
                    one.sightings |= self.oracle.message(mail)

    def rebuild(self):
        rebuild_catalogue(self.archive)
        self.settle()

"""What goes wrong: kills at any moment, backups that are put back, catalogues that are made again."""

from contextlib import suppress

from django.db import connection

from accounts.services import approvals
from archive.models import (
    Disposal,
    DisposalState,
    Hold,
)
from archive.services import disposal, lost_holds
from archive.services.lost_holds import HoldLost
from archive.services.notes import log_pending
from archive.services.rebuild import rebuild_catalogue
from archive.services.reconcile import repair
from archive.services.replay import replay
from muniment.errors import Refused
from muniment.ids import SegmentId
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
        if work == "pack":
            self.wait(4)  # so that locks are over
            self.settle()
        with self.fate.kills_after(after) as died:
            self._work(work, after, what)
        if died:
            self._start_again(custodian)
        return bool(died)

    def _work(self, work, after, what):
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
            case "pack":
                self.pack()
            case "capture":
                self.capture(sorted(self.oracle.mails(), key=lambda mail: mail.key)[:2], what)

    def _start_again(self, custodian):
        connection.close()
        self._calm = None
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
        self._calm = None
        lost = {}
        if database:
            lost = {hold_id: one for hold_id, one in self.oracle.holds.items() if hold_id not in held}
            self._take_back_holds(held)
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
        self._nothing_goes_while_holds_are_lost(lost)
        self.settle()
        repair(self.archive)
        self.settle()

    def _take_back_holds(self, held):
        """Take the backup's holds for those that stand."""
        self.oracle.holds = {
            hold_id: Held(one.kind, one.value, one.sightings - self.oracle.destroyed) for hold_id, one in held.items()
        }
        for one in self.oracle.holds.values():
            for mail in self.oracle.mails():
                if one.sightings & self.oracle.message(mail):
                    one.sightings |= self.oracle.message(mail)

    def _nothing_goes_while_holds_are_lost(self, lost):
        """Check that the archive knows which holds it lost, and waits; then place them again and let the lost ones go."""
        assert set(lost_holds.standing().values_list("hold_id", flat=True)) >= set(lost), "lost, and not known"
        if not lost_holds.standing().exists():
            return
        before = set(self.oracle.destroyed)
        self.settle()
        for listed in self.pending:
            with suppress(Refused, HoldLost):
                disposal.execute(actor=self.records, disposal_id=listed, archive=self.archive, now=self.now)
        self.settle()
        assert self.oracle.destroyed == before, "destroyed while a hold was lost"
        for one in lost.values():
            for what in [one.value] if one.value else sorted(self._mails_of(one), key=lambda mail: mail.key):
                self.hold(one.kind, what)
        for hold_id in list(lost_holds.standing().values_list("hold_id", flat=True)):
            asked = lost_holds.ask_to_let_go(actor=self.records, hold_id=hold_id, reason="again", now=self.now)
            approvals.approve(actor=self.counsel, approval_id=asked.pk, now=self.now)
            lost_holds.let_go(actor=self.records, hold_id=hold_id, now=self.now)
        log_pending(self.archive)

    def _mails_of(self, held):
        return {mail for mail in self.oracle.mails() if held.sightings & self.oracle.message(mail)}

    def rebuild(self):
        rebuild_catalogue(self.archive)
        self.settle()

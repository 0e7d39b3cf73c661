"""The steps of a life: capture, hold, release, rule change, disposal, erasure, time."""

from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

from django.db import connection

from accounts.models import Approval, ApprovalState
from accounts.services import approvals
from archive.models import (
    Cause,
    Disposal,
    DisposalState,
    Hold,
    ItemOutcome,
    RuleVersion,
    Sighting,
)
from archive.services import disposal, holds, packing, proposals, sweep
from archive.services.notes import log_pending
from archive.services.stages import index_all
from muniment.policy.coding import encode_rule
from muniment.policy.predicates import Everything
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text
from muniment.seal.sighting import Sighting as Sealed
from tests.flow.proofs.judged import Judged
from tests.flow.proofs.oracle import Held


class World(Judged):
    """A place in which people and mail do what they do."""

    def capture(self, found, custodian):
        sealed = [
            Sealed(
                id=self.archive.vault.new_sighting_id(),
                source="proof",
                captured_at=self.now,
                raw=self._bytes(mail),
                custodian=custodian,
                item="inbox",
            )
            for mail in found
        ]
        self._wanted = list(zip((one.id for one in sealed), found, strict=True))
        segment_id = self.archive.vault.seal(sealed).segment_id
        self._captured(custodian, segment_id)

    def _captured(self, custodian, _segment_id):
        for sighting, mail in self._wanted:
            self.raw[sighting] = self._bytes(mail)
            self.oracle.captured(sighting, mail, custodian)
        self._wanted = []

    def settle(self):
        """Do what the workers do. Nothing, where nothing happened since: a proof of many steps has no time for it."""
        if self._calm == self._state():
            return
        sweep.catalogue_missing(vault=self.archive.vault)
        holds.complete(self.archive, abandoned_after=timedelta(0))  # nobody places one meanwhile
        index_all(self.archive)
        self._resume()
        log_pending(self.archive)
        self._calm = self._state()

    def _state(self):
        """Return what differs once a row, an object or the clock changed."""
        connection.ensure_connection()
        return self.now, self.fate.changes, id(connection.connection), connection.connection.total_changes

    def _resume(self):
        """Go on with destructions that were cut short; what they destroy is judged like any."""
        with self._judged():
            disposal.resume(self.archive, now=self.now)

    def hold(self, kind, what):
        fields, held = {}, None
        if kind == "custodians":
            fields, held = {"addresses": [what]}, Held(kind, what)
        elif kind == "query":
            fields, held = {"query": f"body:{what}"}, Held(kind, what)
        else:
            sightings = self.oracle.message(what)
            rows = Sighting.objects.filter(id__in=sightings)
            if not rows.exists():
                return
            listed = set(rows.values_list("message_id", flat=True))
            fields = {"message_ids": listed}
            held = Held(kind, "", set(sightings))
        self._placing = held
        placed = holds.place(
            actor=self.records,
            matter=self._matter(),
            name="h",
            reason="r",
            kind=kind,
            archive=self.archive,
            now=self.now,
            **fields,
        )
        self.oracle.holds[placed.id] = held
        self._placing = None

    def release(self, place):
        standing = sorted(self.oracle.holds)
        if not standing:
            return
        found = Hold.objects.get(id=standing[place % len(standing)])
        self._ask_release(found)
        holds.release(actor=self.records, hold=found, archive=self.archive, now=self.now)
        del self.oracle.holds[found.id]

    def _ask_release(self, found):
        approvals.expire(now=self.now)
        live = Approval.objects.filter(kind=holds.RELEASE, subject=str(found.id))
        asked = live.filter(state__in=(ApprovalState.OPEN, ApprovalState.GIVEN)).first()  # of a release that was killed
        if asked is None:
            asked = holds.ask_release(actor=self.records, hold=found, reason="over", now=self.now)
        if asked.state == ApprovalState.OPEN:
            approvals.approve(actor=self.counsel, approval_id=asked.pk, now=self.now)

    def change_rule(self, years):
        self.version += 1
        found = Rule(
            id="all",
            version=self.version,
            valid_from=date(2020, 1, 1) + timedelta(days=self.version),
            valid_until=None if years else date(2020, 1, 1) + timedelta(days=self.version),
            name=Text(en="all", fr="all"),
            scope=Everything(),
            term=Term(years=years or 1),
            clock=Clock.SENT,
            action=Action.DISPOSE,
            source=Source(citation="ours", force=Force.POLICY, origin=Origin.NONE, checked=Checked.OWN),
        )
        body = encode_rule(found)
        RuleVersion.objects.create(
            id=uuid4(),
            rule_id="all",
            version=self.version,
            body=body.decode(),
            digest=sha256(body).hexdigest(),
            valid_from=found.valid_from,
            valid_until=found.valid_until,
            made_at=self.now,
        )
        self.oracle.years = years

    def dispose_all(self):
        """Dispose of everything due; afterwards nothing that is due and not held is left."""
        self.settle()
        self.execute_pending()
        mails = [mail for mail in self.oracle.mails() if self._seems_due(mail)]
        if mails:
            self._approve(Cause.DISPOSAL, mails)
            self.execute_pending()
        left = [mail for mail in self.oracle.mails() if self._seems_due(mail) and not self._kept(mail)]
        assert left == [], f"due and not held, and still there: {left}"

    def _seems_due(self, mail):
        """Tell whether the database has nothing against a disposal; the store may have."""
        return self.oracle.due(mail, self.now.date()) and not self.oracle.held(mail)

    def _kept(self, mail):
        return self._kept_by_store(self.oracle.message(mail))

    def approve(self, chosen):
        """Have a list approved, to be executed later, when the world has changed."""
        self.settle()
        self.execute_pending()
        mails = [mail for mail in chosen & self.oracle.mails() if self._seems_due(mail)]
        if mails:
            self._approve(Cause.DISPOSAL, mails)

    def erase(self, address):
        self.settle()
        self.execute_pending()
        mails = [
            mail
            for mail in self.oracle.mails()
            if address in self.oracle.addresses(mail) and not self.oracle.held(mail)
        ]
        if mails:
            self._approve(Cause.ERASURE, mails)
            self.execute_pending()
            left = [mail for mail in mails if mail in self.oracle.mails() and not self._kept(mail)]
            assert left == [], f"erased, and still there: {left}"

    def _approve(self, cause, mails):
        sightings = {one for mail in mails for one in self.oracle.message(mail)}
        ids = Sighting.objects.filter(id__in=sightings).values_list("message_id", flat=True)
        actor = self.records if cause == Cause.DISPOSAL else self.dpo
        listed = proposals.propose(
            actor=actor,
            cause=cause,
            message_ids=set(ids),
            reason="due",
            now=self.now,
            request_id=uuid4() if cause == Cause.ERASURE else None,
        )
        asked = proposals.ask_approval(actor=actor, disposal=listed, now=self.now)
        approvals.approve(actor=self.counsel, approval_id=asked.pk, now=self.now)
        self.pending.append(listed.id)

    def execute_pending(self):
        for listed in list(self.pending):
            row = Disposal.objects.filter(id=listed).first()
            self.pending.remove(listed)
            if row is None or row.state != DisposalState.PROPOSED:
                continue
            if row.proposed_at < self.now - timedelta(days=proposals.APPROVAL_DAYS - 1):
                self._withdraw(row)
                continue
            actor = self.records if row.cause == Cause.DISPOSAL else self.dpo
            with self._judged():
                done = disposal.execute(actor=actor, disposal_id=row.id, archive=self.archive, now=self.now)
            assert done.state == DisposalState.DONE, "it ended without its certificate"
            type(self).SPARED += done.items.filter(outcome=ItemOutcome.SPARED).count()

    def _withdraw_pending(self):
        self.pending.clear()
        for row in Disposal.objects.filter(state=DisposalState.PROPOSED):
            self._withdraw(row)

    def _withdraw(self, row):
        actor = self.records if row.cause == Cause.DISPOSAL else self.dpo
        proposals.withdraw(actor=actor, disposal=row, reason="a doubt", now=self.now)

    def wait(self, days):
        self.now += timedelta(days=days)

    def pack(self):
        """Pack what is settled and let go what was packed; mail stays what it is."""
        self.settle()
        done = packing.run(self.archive, after=timedelta(days=1), term=timedelta(days=30), now=self.now)
        assert done.damaged == 0
        type(self).PACKED += done.sources
        type(self).LET_GO += done.let_go

"""The real archive on memory ports and a database file, with the steps of the proof and what is checked after each."""

import shutil
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from django.db import connection

from accounts.actors import Operator
from accounts.models import Approval, ApprovalState, Grant, GrantKind, Matter, Role, User
from accounts.services import approvals, matters
from archive.models import (
    Cause,
    DestroyedSighting,
    Disposal,
    DisposalState,
    HeldSighting,
    Hold,
    ItemOutcome,
    Message,
    RuleVersion,
    Sighting,
)
from archive.services import disposal, holds, integrity, proposals, sweep
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.rebuild import rebuild_catalogue
from archive.services.reconcile import reconcile, repair
from archive.services.replay import replay
from archive.services.stages import index_all
from archive.wiring import Archive
from muniment.engines.memory import MemoryEngine
from muniment.ids import SegmentId, SightingId
from muniment.log.note import NoteSigner
from muniment.policy.coding import encode_rule
from muniment.policy.predicates import Everything
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text
from muniment.seal import keyring
from muniment.seal.layout import id_of, keyring_key, segment_key
from muniment.seal.opening import Erased
from muniment.seal.sighting import Sighting as Sealed
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.memory import MemoryStore
from muniment.stores.port import ObjectMissing
from tests.flow.archive.builders import MAIL
from tests.flow.proofs.mortal import Fate, Mortal
from tests.flow.proofs.oracle import Held, Oracle

BEGINNING = datetime(2025, 1, 1, 12, tzinfo=UTC)
OPERATOR = Operator(name="proof")


class World:
    """One archive, its oracle, and at most one backup of it."""

    DESTROYED = 0
    SPARED = 0
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

    def _now(self):
        return self.now

    # Steps

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
        sweep.catalogue_missing(vault=self.archive.vault)
        holds.complete(self.archive)
        index_all(self.archive)
        self._resume()

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
        mails = [mail for mail in self.oracle.mails() if self._is_due(mail)]
        if mails:
            self._approve(Cause.DISPOSAL, mails)
            self.execute_pending()
        left = [mail for mail in self.oracle.mails() if self._is_due(mail)]
        assert left == [], f"due and not held, and still there: {left}"

    def _is_due(self, mail):
        return (
            self.oracle.due(mail, self.now.date())
            and not self.oracle.held(mail)
            and not self._kept_by_store(self.oracle.message(mail))
        )

    def approve(self, chosen):
        """Have a list approved, to be executed later, when the world has changed."""
        self.settle()
        self.execute_pending()
        mails = [mail for mail in chosen & self.oracle.mails() if self._is_due(mail)]
        if mails:
            self._approve(Cause.DISPOSAL, mails)

    def erase(self, address):
        self.settle()
        self.execute_pending()
        mails = [
            mail
            for mail in self.oracle.mails()
            if address in self.oracle.addresses(mail)
            and not self.oracle.held(mail)
            and not self._kept_by_store(self.oracle.message(mail))
        ]
        if mails:
            self._approve(Cause.ERASURE, mails)
            self.execute_pending()
            assert not set(mails) & self.oracle.mails(), "erased, and still there"

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
            World.SPARED += done.items.filter(outcome=ItemOutcome.SPARED).count()

    def _withdraw_pending(self):
        self.pending.clear()
        for row in Disposal.objects.filter(state=DisposalState.PROPOSED):
            self._withdraw(row)

    def _withdraw(self, row):
        actor = self.records if row.cause == Cause.DISPOSAL else self.dpo
        proposals.withdraw(actor=actor, disposal=row, reason="a doubt", now=self.now)

    def wait(self, days):
        self.now += timedelta(days=days)

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

    # What is checked

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
        World.DESTROYED += len(gone - known)
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
        for sighting in self.oracle.destroyed:
            assert not self._has_key(sighting), f"{sighting} is destroyed, and its key is there"

    def _has_key(self, sighting):
        for row in DestroyedSighting.objects.filter(sighting_id=sighting).values_list("segment_id", flat=True):
            try:
                ring = keyring.decode(self.keyrings.get(keyring_key(SegmentId(row))), SegmentId(row))
            except ObjectMissing:
                return False
            return sighting in ring.keys
        return False

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
        assert reconcile(self.archive).differences == {}
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

    # Small things

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

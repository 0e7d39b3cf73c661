"""Rows of made-up messages, written by COPY: the same for the same seed.

Lengths, flags, people for each message (7; median 5,
mean 8 there) and threads are as in the catalogue of two public sets
of mail (SpamAssassin and Enron, 17,209 messages,
imported). These have next to no attachments: one message in eight has
one here. People and domains take part by Zipf's law; the detector found something in four of ten.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts import chain
from accounts.models import AuditEntry, AuditHead, Grant, GrantKind, Matter, Role, User
from archive.models import (
    Evaluation,
    HeldSighting,
    Hold,
    Message,
    MessageStanding,
    Part,
    Participant,
    PartText,
    PersonalFinding,
    PersonalScan,
    Restriction,
    Segment,
    SegmentStage,
    Sighting,
    Stage,
    ThreadKey,
)
from archive.services.inserting import insert
from muniment.ids import uuid7
from muniment.pii.model import DETECTOR_VERSION
from muniment.policy.decide import Outcome

SEED = 20261125
BEGAN = datetime(2019, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 25)
PER_SEGMENT = 1_000
CHUNK = 10_000
PEOPLE = 50_000
DOMAINS = 2_000
AUDIT_SHARE = 10  # one entry for so many messages
FLAGS = ([], ["reply"], ["list", "reply"], ["list"], ["forward"])
FLAGS_OF = (60, 19, 13, 5, 3)
MAILBOXES = 400
KINDS = ("email", "phone", "ip", "iban", "card", "siren")
TYPES = ("application/pdf", "image/jpeg", "application/msword", "text/plain", "application/vnd.ms-excel")
WORDS = "contract price meeting gas power delivery invoice budget report review schedule payment order draft".split()
Progress = Callable[[str], None]


class People:
    """Addresses of which few are in much mail: the rank is drawn by Zipf's law."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        domains = [f"domain{number}.example" for number in range(DOMAINS)]
        of = list(accumulate(1 / (rank + 3) for rank in range(DOMAINS)))
        chosen = draw.choices(domains, cum_weights=of, k=PEOPLE)
        self.addresses = [f"person{number}@{domain}" for number, domain in enumerate(chosen)]
        self._weights = list(accumulate(1 / (rank + 30) for rank in range(PEOPLE)))

    def some(self, count: int) -> list[str]:
        return self._draw.choices(self.addresses, cum_weights=self._weights, k=count)


class Fill:
    """Writes the rows; `messages` is a multiple of `PER_SEGMENT`."""

    def __init__(self, messages: int) -> None:
        self.messages = messages
        self._draw = random.Random(SEED)
        self.people = People(self._draw)
        self._seconds = (datetime.combine(TODAY, datetime.min.time(), UTC) - BEGAN).total_seconds() / messages
        self._texts = [" ".join(self._draw.choices(WORDS, k=30))[:183] for _ in range(5_000)]
        self._threads: list[UUID] = []
        self._part = 0

    def id_of(self, number: int, kind: int = 0) -> UUID:
        """Return an id of the time of a message: its own, or one of another kind."""
        return uuid7(
            unix_ms=int(self.at(number).timestamp() * 1000), rand_a=number % 4096, rand_b=_mixed(8 * number + kind)
        )

    def at(self, number: int) -> datetime:
        """Return when a message was captured."""
        return BEGAN + timedelta(seconds=self._seconds * number)

    def all(self, say: Progress) -> None:
        """Write everything. Indexes are made at the end, and no trigger looks at rows."""
        with _without_indexes(), connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for start in range(0, self.messages, CHUNK):
                self._chunk(range(start, min(start + CHUNK, self.messages)))
                if not start % (10 * CHUNK):
                    say(f"{start} messages")
            _decided(self)
            cursor.execute("SET session_replication_role = DEFAULT")
            say("indexes")
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('archive_part', 'id'), max(id)) FROM archive_part")
            cursor.execute("VACUUM (ANALYZE)")

    def _chunk(self, numbers: range) -> None:
        rows: dict[str, list[tuple]] = {
            name: []
            for name in (
                "message", "sighting", "people", "part", "text", "key", "segment", "stage", "scan", "found",
                "standing",
            )
        }  # fmt: skip
        for number in numbers:
            if not number % PER_SEGMENT:
                self._segment(number, rows)
            self._message(number, rows)
        for name, (model, columns) in COLUMNS.items():
            insert(model, columns, rows[name])

    def _segment(self, number: int, rows: dict[str, list[tuple]]) -> None:
        at = self.at(number)
        segment = self.segment_of(number)
        rows["segment"].append(
            (segment, "default", at, at + timedelta(days=3), bytes(32), PER_SEGMENT, 2_000_000, number)
        )
        rows["stage"].extend((segment, stage.value, "done", at) for stage in Stage)

    def segment_of(self, number: int) -> UUID:
        return self.id_of(number - number % PER_SEGMENT, kind=2)

    def _message(self, number: int, rows: dict[str, list[tuple]]) -> None:
        draw = self._draw
        at = self.at(number)
        key = self.id_of(number)
        thread = draw.choice(self._threads[-2_000:]) if self._threads and draw.random() < 0.1 else key
        if thread == key:
            self._threads = [*self._threads[-4_000:], key]
        sender, *to = self.people.some(1 + _geometric(draw, 5.0))
        text = self._texts[number % 5_000]
        has_file = draw.random() < 0.12
        rows["message"].append((
            key, sha256(b"%d" % number).digest(), 1,
            f"<{number}.{draw.getrandbits(64):x}@{sender.partition('@')[2]}>",
            thread, text[:33], f"Person <{sender}>", text, at if draw.random() < 0.998 else None, 60, at,
            int(draw.lognormvariate(7.6, 1.0)), int(has_file), draw.choices(FLAGS, FLAGS_OF)[0], [], "yes", 1, 1,
        ))  # fmt: skip
        source = f"source{number % 4}"
        custodian = self.people.addresses[draw.randrange(MAILBOXES)]
        for again in range(1 + (draw.random() < 0.1)):
            digest = sha256(b"%d %d" % (number, again)).hexdigest()
            sighting = key if not again else self.id_of(number, kind=1)
            import_key = digest if draw.random() < 0.5 else ""
            rows["sighting"].append((
                sighting, key, self.segment_of(number), source, at, custodian, f"{number}.", digest, digest,
                3_000, import_key,
            ))  # fmt: skip
        rows["people"].append((key, sender, sender.partition("@")[2], "Person One", "from", "header", 0))
        rows["people"].append((key, custodian, custodian.partition("@")[2], "", "delivered", "custodian", 0))
        for position, address in enumerate(dict.fromkeys(to), 1):
            role, known = draw.choices((("to", "header"), ("cc", "header"), ("bcc", "header")), (70, 16, 14))[0]
            rows["people"].append((key, address, address.partition("@")[2], "Person Two", role, known, position))
        for unique in {sha256(b"%d" % number).hexdigest(), *([thread.hex * 2] if thread == key else [])}:
            rows["key"].append((unique, thread))
        if has_file:
            self._attachment(key, text, rows)
        self._looked(number, key, at, rows)

    def _attachment(self, key: UUID, text: str, rows: dict[str, list[tuple]]) -> None:
        self._part += 1
        kind = self._draw.choice(TYPES)
        digest = sha256(b"part %d" % self._part).hexdigest()
        rows["part"].append((self._part, key, "2", kind, kind, "attachment", f"{text[:12]}.doc", 40_000, digest))
        if self._draw.random() < 0.97:
            outcome = self._draw.choices(("text", "unsupported", "encrypted"), (80, 17, 3))[0]
            rows["text"].append((self._part, outcome, "", text * 5 if outcome == "text" else ""))

    def _looked(self, number: int, key: UUID, at: datetime, rows: dict[str, list[tuple]]) -> None:
        rows["scan"].append((key, DETECTOR_VERSION, 0, False, at))
        if self._draw.random() < 0.4:
            kind = self._draw.choices(KINDS, (60, 25, 8, 3, 2, 2))[0]
            rows["found"].append((key, kind, "body", None, 2, [[10, 5]]))
        old = number < self.messages // 100
        outcome = Outcome.DUE if old else Outcome.KEEP
        due = at.date() + timedelta(days=2_555) if old else None
        rows["standing"].append((key, outcome.value, due, "trade@1", TODAY, 1))


COLUMNS: dict[str, tuple[type, tuple[str, ...]]] = {
    "segment": (Segment, ("id", "retention_class", "created_at", "lock_until", "merkle_root", "frame_count",
    "size_bytes", "log_index")),
    "stage": (SegmentStage, ("segment_id", "stage", "state", "changed_at")),
    "message": (
        Message,
        (
            "id", "fingerprint", "fingerprint_version", "rfc_message_id", "thread_id", "subject", "sender",
            "preview", "date",
            "date_offset_minutes", "captured_at", "size_bytes", "attachment_count", "flags", "defects",
            "searchable", "revision",
            "indexed_revision",
        ),
    ),
    "sighting": (
        Sighting,
        (
            "id", "message_id", "segment_id", "source", "captured_at", "custodian", "item", "sha256",
            "commitment", "size_bytes",
            "import_key",
        ),
    ),
    "people": (Participant, ("message_id", "address", "domain", "name", "role", "known", "position")),
    "part": (
        Part,
        ("id", "message_id", "path", "content_type", "real_type", "disposition", "filename", "size_bytes", "sha256"),
    ),
    "text": (PartText, ("part_id", "outcome", "detail", "text")),
    "key": (ThreadKey, ("key", "thread_id")),
    "scan": (PersonalScan, ("message_id", "detector_version", "texts", "in_part", "scanned_at")),
    "found": (PersonalFinding, ("message_id", "kind", "place", "part_id", "count", "offsets")),
    "standing": (MessageStanding, ("message_id", "outcome", "due_on", "rules", "evaluated_on", "evaluation_id")),
}  # fmt: skip


def _decided(fill: Fill) -> None:
    """Write people, holds, restrictions, a run of the rules and the audit trail."""
    people = _users(fill)
    matter = Matter.objects.create(
        id=fill.id_of(0, kind=4), reference="M-1", name="Benchmark", opened_by=people["legal"], opened_at=BEGAN
    )
    holds = [
        Hold.objects.create(
            id=fill.id_of(number, kind=3), matter=matter, name=f"hold {number}", kind="messages", placed_at=BEGAN,
            covered_at=BEGAN,
        )
        for number in range(5)
    ]  # fmt: skip
    covers = range(0, fill.messages, 50)
    insert(
        HeldSighting,
        ("hold_id", "sighting_id", "segment_id", "since"),
        [(holds[number % 5].id, fill.id_of(number), fill.segment_of(number), BEGAN) for number in covers],
    )
    insert(
        Restriction,
        ("sighting_id", "request_id", "placed_at"),
        [
            (fill.id_of(number), fill.id_of(0, kind=5), BEGAN)
            for number in range(7, fill.messages, max(1, fill.messages // 200))
        ],
    )
    at = datetime.combine(TODAY, datetime.min.time(), UTC)
    Evaluation.objects.create(id=1, today=TODAY, started_at=at, total=fill.messages, done=fill.messages, finished_at=at)
    _audit(fill, people)


def _users(fill: Fill) -> dict[str, User]:
    many, few = fill.people.addresses[0], fill.people.addresses[5_000]
    wanted: Sequence[tuple[str, Role, str, tuple[GrantKind, str] | None]] = (
        ("everything", Role.COMPLIANCE, "officer@bench.example", (GrantKind.EVERYTHING, "")),
        ("dpo", Role.DPO, "dpo@bench.example", (GrantKind.EVERYTHING, "")),
        ("domain", Role.COMPLIANCE, "part@bench.example", (GrantKind.DOMAIN, many.partition("@")[2])),
        ("legal", Role.LEGAL, "legal@bench.example", (GrantKind.ADDRESS, many)),
        ("often", Role.EMPLOYEE, many, None),
        ("seldom", Role.EMPLOYEE, few, None),
    )
    made = {}
    for name, role, email, grant in wanted:
        made[name] = User.objects.create(username=name, email=email, role=role, password=make_password(None))
        if grant:
            Grant.objects.create(user=made[name], kind=grant[0], value=grant[1], valid_from=BEGAN)
    return made


def _audit(fill: Fill, people: dict[str, User]) -> None:
    actors = [*people.values(), *(None for _ in range(4))]
    previous, number = chain.GENESIS, 0
    rows: list[tuple[Any, ...]] = []
    for number in range(1, fill.messages // AUDIT_SHARE + 1):
        actor = actors[number % len(actors)]
        entry = AuditEntry(
            number=number, at=fill.at(AUDIT_SHARE * number), action="view",
            person_id=actor.pk if actor else None, actor=actor.email if actor else "command line: bench",
            outcome="done",
            objects_named=[f"message:{fill.id_of(number)}"], previous=previous,
        )  # fmt: skip
        entry.hash = previous = chain.entry_hash(entry)
        rows.append(tuple(getattr(entry, name) for name in AUDIT_COLUMNS))
    insert(AuditEntry, AUDIT_COLUMNS, rows)
    AuditHead.objects.update_or_create(id=1, defaults={"number": number, "hash": previous})


AUDIT_COLUMNS = (
    "number", "at", "person_id", "actor", "action", "outcome", "scope", "objects_named", "details",
    "text_digests", "previous",
    "hash",
)  # fmt: skip


class _without_indexes:  # noqa: N801 - used as a word
    """Drop every index of the catalogue that no constraint needs, and make them again at the end."""

    _ASKED = """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename LIKE 'archive%' AND NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conindid = format('%I', indexname)::regclass)"""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._ASKED)
            self._found = list(cursor.fetchall())
            for name, _ in self._found:
                cursor.execute(f'DROP INDEX "{name}"')

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            for _, statement in self._found:
                cursor.execute(statement)


def _mixed(number: int) -> int:
    return (number * 0x9E3779B97F4A7C15) & ((1 << 62) - 1)


def _geometric(draw: random.Random, mean: float) -> int:
    return 1 + int(math.log(1 - draw.random()) / math.log(1 - 1 / mean))


def numbers(total: int, count: int) -> Iterator[int]:
    """Yield numbers of messages, spread over all, the same each time."""
    draw = random.Random(total)
    return (draw.randrange(total) for _ in range(count))

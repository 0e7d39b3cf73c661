"""Where READ COMMITTED bites: what two who work at once could break, and must not."""

import random
import threading
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, connections, transaction

from archive.models import DestroyedSighting, HeldSighting, HoldKind, Message, Part, Participant, PartText, Sighting
from archive.services import events, holds, removal, sweep
from archive.services.catalogue import catalogue_segments
from archive.services.governing import alone_cataloguing, beside_governing, governing, tried_again
from archive.services.index import index_batch
from archive.services.personal import scan_segment
from archive.services.rebuild import rebuild_catalogue
from archive.services.stages import turn
from archive.services.text import extract_segment
from muniment.errors import Corrupt
from muniment.policy.facts import Event
from tests.flow.archive.builders import WITH_ATTACHMENT, PlainExtractor, mail, reply, seal
from tests.flow.archive.holding import OPERATOR, matter, place
from tests.live.postgresql.inside.crowd import beside, together
from tests.unit.seal.builders import sighting

WORKERS = 4
PATIENCE_SECONDS = 60
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def conversations(archive, segments=40):
    """Seal replies that join threads late, copies of the same mail, and copies of which the smaller id comes last."""
    chooser = random.Random(5)
    late = [archive.vault.new_sighting_id() for _ in range(segments)]
    sealed = []
    for number in range(segments):
        parents = [str(chooser.randrange(segments)) for _ in range(2)]
        raws = [mail(str(number)), reply(f"r{number}", *parents), mail(f"copy{number % 7}")]
        sealed.append(seal(archive, *raws))
    for number, early in enumerate(late):
        sealed.append(seal_as(archive, early, mail(str(number))))
    return sealed


def seal_as(archive, sighting_id, raw):
    return archive.vault.seal([sighting(id=sighting_id, raw=raw)]).segment_id


def shuffled(values, seed):
    values = list(values)
    random.Random(seed).shuffle(values)
    return values


def picture():
    """Return all that a rebuild must find the same."""
    return (
        sorted(Message.objects.values_list("id", "thread_id", "rfc_message_id")),
        sorted(Sighting.objects.values_list("id", "message_id", "segment_id")),
        sorted(Participant.objects.values_list("message_id", "role", "known", "address", "name")),
    )


def test_mail_that_many_catalogue_at_once_is_what_one_alone_would_have_made(archive):
    sealed = conversations(archive)

    def catalogue(seed):
        for batch in [[one] for one in shuffled(sealed, seed)]:
            list(catalogue_segments(batch, vault=archive.vault))

    def index():
        for _ in range(60):
            index_batch(vault=archive.vault, engine=archive.engine)

    together(*(lambda seed=seed: catalogue(seed) for seed in range(WORKERS)), index)
    found = picture()
    rebuild_catalogue(archive)
    assert found == picture()
    assert Sighting.objects.count() == 4 * len(sealed) // 2


def test_every_message_is_held_or_destroyed_while_mail_arrives_and_is_destroyed(archive):
    """A hold on a custodian against mail that arrives and a destroyer who asks for nothing."""
    sealed = [seal(archive, *(mail(f"{segment}.{number}") for number in range(5))) for segment in range(60)]
    list(catalogue_segments(sealed[:20], vault=archive.vault))
    about = matter()

    def arrive(part):
        for one in sealed[20 + part :: 2]:
            list(catalogue_segments([one], vault=archive.vault))

    def destroy():
        told = set()
        for seed in range(150):
            for chosen in shuffled(Sighting.objects.values_list("id", flat=True), seed)[:3]:
                try:
                    bury(chosen)
                except IntegrityError as error:
                    told |= {chosen} if "legal hold" in str(error) else set()
        return told

    def hold():
        place(archive, HoldKind.CUSTODIANS, about=about, addresses=["ann@corp.example"])
        return set(HeldSighting.objects.values_list("sighting_id", flat=True))

    *_, covered, told = together(lambda: arrive(0), lambda: arrive(1), hold, destroy)
    holds.complete(archive)
    held = set(HeldSighting.objects.values_list("sighting_id", flat=True))
    destroyed = set(DestroyedSighting.objects.values_list("sighting_id", flat=True))
    every = set(Sighting.objects.values_list("id", flat=True))
    assert (held & destroyed, held | destroyed >= every) == (set(), True)
    assert (covered | told <= held, len(every | destroyed)) == (True, 300)


def bury(sighting_id):
    DestroyedSighting.objects.create(
        sighting_id=sighting_id,
        segment_id=sighting_id,
        message_id=sighting_id,
        disposal_id=UUID(int=2),
        destroyed_at=NOW,
    )


def test_what_is_erased_while_it_is_read_leaves_no_row(archive):
    """Texts and findings are written by some while others remove the messages they are of."""
    raws = [WITH_ATTACHMENT.replace(b"plan@corp", b"plan%d@corp" % number) for number in range(40)]
    sealed = [seal(archive, *raws[start : start + 4]) for start in range(0, 40, 4)]
    list(catalogue_segments(sealed, vault=archive.vault))
    ids = sorted(Sighting.objects.values_list("id", flat=True))

    def read(stage):
        for one in shuffled(sealed, 3) * 2:
            try:
                stage(one)
            except Corrupt:
                continue

    def remove():
        for one in shuffled(ids, 9)[:30]:
            row = Sighting.objects.get(id=one)
            with governing():
                tombstone = DestroyedSighting.objects.create(
                    sighting_id=one,
                    segment_id=row.segment_id,
                    message_id=row.message_id,
                    disposal_id=UUID(int=2),
                    destroyed_at=NOW,
                    shredded_at=NOW,
                )
            removal.remove([tombstone], archive)

    together(
        lambda: read(lambda one: extract_segment(one, vault=archive.vault, extractor=PlainExtractor())),
        lambda: read(lambda one: scan_segment(one, vault=archive.vault)),
        remove,
    )
    assert (Message.objects.count(), Part.objects.count(), PartText.objects.count()) == (10, 10, 10)


def test_what_rules_read_does_not_change_while_destruction_decides(archive):
    def note():
        events.note(actor=OPERATOR, address="ann@corp.example", event=Event.DEPARTURE, on=date(2026, 1, 1))

    with governing():
        early, end = beside(note, 1)
    end()
    assert not early


def test_nothing_is_decided_while_mail_is_written(archive):
    def decide():
        with governing():
            return True

    with transaction.atomic():
        beside_governing()
        early, end = beside(decide, 1)
    assert (early, end()) == (False, True)


def test_two_write_mail_one_after_the_other_and_beside_those_who_write_none(archive):
    def write():
        with transaction.atomic():
            beside_governing()
            alone_cataloguing()
            return True

    def label():
        with transaction.atomic():
            beside_governing()
            return True

    with transaction.atomic():
        beside_governing()
        alone_cataloguing()
        early, end = beside(write, 1)
        meanwhile = together(label)
    assert (early, end(), meanwhile) == (False, True, [True])


def test_machines_that_share_the_database_take_turns(archive, tmp_path):
    """Each has a data folder of its own, so a locked file alone would not keep them apart."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()

    def other(work, *, wait):
        with turn(folders[1], work, wait=wait) as mine:
            return mine

    with turn(folders[0], "indexing", wait=True):
        refused, free = together(lambda: other("indexing", wait=False), lambda: other("logging", wait=False))
        early, end = beside(lambda: other("indexing", wait=True), 1)
    assert (refused, free, early, end()) == (False, True, False, True)


def test_two_who_wait_for_each_other_both_come_to_an_end(archive):
    """A deadlock: PostgreSQL ends one of the two, which is tried again."""
    seal(archive, mail("1"), mail("2"))
    sweep.catalogue_missing(vault=archive.vault)
    first, second = Message.objects.order_by("id").values_list("id", flat=True)
    tries, both_have_one = [], threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def change(*order):
        def act():
            is_first_try = order not in tries
            tries.append(order)
            with transaction.atomic():
                Message.objects.filter(id=order[0]).update(attachment_count=len(tries))
                if is_first_try:
                    both_have_one.wait()
                Message.objects.filter(id=order[1]).update(attachment_count=len(tries))

        tried_again(act)

    together(lambda: change(first, second), lambda: change(second, first))
    assert len(tries) == 3


def test_a_server_that_reads_old_states_by_default_does_not_do_so_for_us(archive):
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        cursor.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    connections.close_all()
    connection.close_pool()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)

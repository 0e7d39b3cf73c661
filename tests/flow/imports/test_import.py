"""An import with stores in memory: counts, repetition, stopping, a full disk."""

import json

import pytest

from archive.models import Segment, SegmentStage, Sighting
from journaling.imports.exclusive import ImportRunning, only_import_of
from journaling.imports.request import make_request
from journaling.imports.service import import_mail
from muniment.mail.mailboxes.model import Limits
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.memory import MemoryStore
from muniment.stores.port import StoreUnavailable
from tests.unit.mailboxes.writers import mbox, message, tar_of, zip_of

pytestmark = pytest.mark.django_db(transaction=True)


class FullStore(MemoryStore):
    """Takes so many segments and then says that it is full."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def create(self, key, data, *, lock_until=None):
        if self.room <= 0:
            raise StoreUnavailable("No space left on device")
        self.room -= 1
        return super().create(key, data, lock_until=lock_until)


def make_vault(segments=None):
    keyrings = MemoryStore()
    return Vault(
        segments=segments if segments is not None else MemoryStore(),
        keyrings=keyrings,
        keys=FileKeyProvider(bytes(32), keyrings),
    )


@pytest.fixture
def mail(tmp_path):
    folder = tmp_path / "mail"
    files = {
        "one.eml": message(1),
        "all.mbox": mbox([message(2), message(2), message(3)]),
        "Maildir/cur/1220863042.1.host:2,S": message(4),
        "Maildir/new/1220863043.1.host": message(5),
        "old.zip": zip_of({"in/6.eml": message(6), "in/7.tar": tar_of({"7.eml": message(7)})}),
        "notes.txt": b"shopping list\n",
        "empty.eml": b"",
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def run(mail, vault, **changes):
    request = make_request(
        [str(mail)], source=changes.pop("source", "test"), custodian="ann@example.org", mail_format="auto"
    )
    return import_mail(request, vault=vault, folder=mail.parent / "imports", **changes)


def counts(outcome):
    return (outcome.items, outcome.sightings, outcome.new_messages, outcome.already_there, len(outcome.refused))


def archived(vault):
    opened = [vault.open(segment_id) for segment_id in vault.segment_ids()]
    return [segment.open(entry) for segment in opened for entry in segment.footer.frames]


def test_mail_of_every_kind_is_archived_and_the_rest_listed(mail):
    vault = make_vault()

    outcome = run(mail, vault)

    assert counts(outcome) == (10, 8, 7, 0, 2)
    assert sorted(sighting.raw for sighting in archived(vault)) == sorted(
        message(number) for number in (1, 2, 2, 3, 4, 5, 6, 7)
    )
    assert {refusal.name for refusal in outcome.refused} == {"mail/notes.txt", "mail/empty.eml"}
    assert [json.loads(line)["item"] for line in outcome.report.read_text().splitlines()] == [
        refusal.name for refusal in outcome.refused
    ]


def test_a_sighting_says_where_it_comes_from(mail):
    run(mail, make_vault())

    row = Sighting.objects.get(item="mail/all.mbox#3")

    assert (row.source, row.custodian) == ("test", "ann@example.org")


def test_a_repeated_import_finds_everything_there(mail):
    vault = make_vault()
    run(mail, vault)

    assert counts(run(mail, vault)) == (10, 0, 0, 8, 2)
    assert len(archived(vault)) == 8


def test_what_was_added_is_archived_by_the_next_import(mail):
    vault = make_vault()
    run(mail, vault)
    (mail / "all.mbox").write_bytes(mbox([message(9), message(2), message(2), message(2), message(3)]))
    (mail / "Maildir/new/1220863043.1.host").rename(mail / "Maildir/cur/1220863043.1.host:2,RS")

    assert counts(run(mail, vault)) == (12, 2, 1, 8, 2)


def test_another_source_is_another_sighting_of_the_same_message(mail):
    vault = make_vault()
    run(mail, vault)

    assert counts(run(mail, vault, source="other")) == (10, 8, 0, 0, 2)


def test_an_import_that_is_stopped_goes_on_when_repeated(tmp_path):
    (tmp_path / "all.mbox").write_bytes(mbox([message(number) for number in range(2500)]))
    vault = make_vault()

    first = run(tmp_path / "all.mbox", vault, stopping=lambda: True)
    second = run(tmp_path / "all.mbox", vault)

    assert first.stopped
    assert first.sightings == 1000
    assert counts(second) == (2500, 1500, 1500, 1000, 0)


def test_a_full_store_ends_the_import_and_the_next_one_goes_on(tmp_path):
    (tmp_path / "all.mbox").write_bytes(mbox([message(number) for number in range(2500)]))
    store = FullStore(room=1)
    vault = make_vault(store)

    first = run(tmp_path / "all.mbox", vault)
    store.room = 100
    second = run(tmp_path / "all.mbox", vault)

    assert first.failed == "No space left on device"
    assert second.sightings + second.already_there == 2500
    assert len({sighting.import_key for sighting in archived(vault)}) == len(archived(vault)) == 2500


def test_what_was_sealed_but_not_catalogued_before_a_crash_is_not_archived_again(mail):
    vault = make_vault()
    run(mail, vault)
    Sighting.objects.all().delete()
    SegmentStage.objects.all().delete()
    Segment.objects.all().delete()

    assert counts(run(mail, vault)) == (10, 0, 0, 8, 2)


def test_two_imports_of_one_source_do_not_run_at_once(mail):
    with only_import_of("test", folder=mail.parent / "imports"), pytest.raises(ImportRunning):
        run(mail, make_vault())


def test_a_message_over_the_limit_is_listed_with_its_size(mail):
    outcome = run(mail, make_vault(), limits=Limits(message_bytes=10))

    assert outcome.sightings == 0
    assert "the limit is 10" in outcome.refused[0].reason

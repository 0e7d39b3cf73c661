"""What leaves threads and index with an erased message, and what stays of the messages beside it."""

import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from archive.models import Message, Searchable, StaleDocument, ThreadKey
from archive.services import sweep
from archive.services.purging import leave_threads, purge_index, purge_put_back, purge_threads
from archive.services.rebuild import rebuild_catalogue
from archive.services.stages import index_all, turn
from archive.services.threads import key_hash
from muniment.engines.tantivy import TantivyEngine
from muniment.seal import ledger
from muniment.seal.layout import keyring_key
from tests.flow.archive.builders import mail, memory_archive, reply, seal


@pytest.fixture
def archive(db, tmp_path):
    return memory_archive(tmp_path)


def filled(archive, *raws):
    for raw in raws:
        seal(archive, raw)
    sweep.catalogue_missing(vault=archive.vault)
    index_all(archive)


def of(key):
    return Message.objects.get(rfc_message_id=f"{key}@corp.example")


def keys():
    return set(ThreadKey.objects.values_list("key", flat=True))


def hashes(*names):
    return {key_hash(f"{name}@corp.example") for name in names}


def intent():
    return ledger.Intent(
        disposal_id=uuid4(),
        cause=ledger.Cause.ERASURE,
        at=datetime(2026, 11, 24, tzinfo=UTC),
        sightings={uuid4(): frozenset({uuid4()})},
        messages={},
        marks={},
    )


def erase(archive, *names):
    """Do what a destruction does to threads and rows."""
    gone = [of(name) for name in names]
    ids, thread_ids = [one.id for one in gone], {one.thread_id for one in gone}
    leave_threads(ids, vault=archive.vault)
    Message.objects.filter(id__in=ids).delete()
    purge_threads(thread_ids)


def threads():
    return dict(Message.objects.values_list("rfc_message_id", "thread_id"))


def test_a_key_that_only_the_erased_message_had_goes_though_its_thread_goes_on(archive):
    filled(archive, mail("root"), reply("leaf", "root"), reply("other", "root"))

    erase(archive, "leaf")

    assert keys() == hashes("root", "other")


def test_a_key_that_another_message_refers_to_stays(archive):
    filled(archive, mail("root"), reply("leaf", "root"))

    erase(archive, "root")

    assert keys() == hashes("root", "leaf")
    assert of("leaf").thread_id == of("leaf").id


def test_the_last_message_of_a_thread_takes_all_keys_with_it(archive):
    filled(archive, reply("leaf", "never-seen"), mail("elsewhere"))

    erase(archive, "leaf")

    assert keys() == hashes("elsewhere")


def test_a_thread_that_the_erased_message_held_together_falls_apart_as_a_rebuild_would_have_it(archive):
    filled(archive, mail("a"), mail("b"), reply("bridge", "a", "b"), reply("c", "b"))
    assert len(set(threads().values())) == 1

    leave_threads([of("bridge").id], vault=archive.vault)
    Message.objects.filter(id=of("bridge").id).delete()
    after, known = threads(), keys()

    assert after["a@corp.example"] != after["b@corp.example"] == after["c@corp.example"]
    assert known == hashes("a", "b", "c")
    assert set(Message.objects.filter(revision__gt=1).values_list("rfc_message_id", flat=True)) >= {"b@corp.example"}


def test_the_threads_are_those_of_a_rebuild(archive):
    filled(archive, mail("a"), reply("b", "a"), reply("c", "b", "x"), reply("d", "x"), mail("e"))
    leave_threads([of("c").id], vault=archive.vault)
    made = {name: thread for name, thread in threads().items() if name != "c@corp.example"}

    rebuild_catalogue(archive)
    leave_threads([of("c").id], vault=archive.vault)

    assert {name: thread for name, thread in threads().items() if name != "c@corp.example"} == made


def test_a_message_that_does_not_open_keeps_its_own_key(archive):
    filled(archive, mail("root"), reply("leaf", "root"))
    archive.vault.keyrings.delete(keyring_key(of("root").sightings.get().segment_id))

    erase(archive, "leaf")

    assert keys() == hashes("root")


def test_leaving_threads_twice_or_after_the_rows_went_changes_nothing(archive):
    filled(archive, mail("root"), reply("leaf", "root"))
    gone = of("leaf").id
    erase(archive, "leaf")
    before = (threads(), keys())

    leave_threads([gone], vault=archive.vault)

    assert (threads(), keys()) == before


def test_purging_removes_documents_under_present_and_former_ids(archive):
    filled(archive, mail("a"), mail("b"))
    gone = of("a").id
    StaleDocument.objects.create(document_id=gone)
    Message.objects.filter(id=gone).delete()

    purge_index(archive, [gone])

    assert list(archive.engine.message_ids()) == [of("b").id]
    assert not StaleDocument.objects.exists()


def test_what_the_catalogue_still_has_is_indexed_again(archive):
    filled(archive, mail("a"), mail("b"))

    purge_index(archive, [of("a").id])
    waiting = of("a").searchable
    index_all(archive)

    assert waiting == Searchable.WAITING
    assert sorted(archive.engine.message_ids()) == sorted([of("a").id, of("b").id])


def test_an_index_that_cannot_be_read_is_emptied_and_filled_again(archive):
    archive = replace(archive, engine=TantivyEngine(archive.data / "index"))
    archive.engine.clear()
    filled(archive, mail("a"), mail("b"))
    gone = of("a").id
    Message.objects.filter(id=gone).delete()
    (archive.data / "index" / "current").write_text("of another version")

    purge_index(archive, [gone])
    index_all(archive)

    assert list(archive.engine.message_ids()) == [of("b").id]


def test_an_index_from_before_is_purged_and_one_that_was_purged_is_left_alone(archive):
    archive = replace(archive, engine=TantivyEngine(archive.data / "index"))
    archive.engine.clear()
    filled(archive, mail("a"), mail("b"))
    gone = of("a").id
    Message.objects.filter(id=gone).delete()
    shutil.copytree(archive.data / "index", archive.data / "backup")
    purge_index(archive, [gone])
    left_alone = purge_put_back(archive, [gone])
    shutil.rmtree(archive.data / "index")
    (archive.data / "backup").rename(archive.data / "index")

    assert (left_alone, purge_put_back(archive, [gone])) == (False, True)
    assert list(archive.engine.message_ids()) == [of("b").id]


def test_an_index_is_purged_anew_when_the_ledger_has_grown_without_it(archive):
    archive = replace(archive, engine=TantivyEngine(archive.data / "index"))
    archive.engine.clear()
    purge_index(archive, [])
    ledger.write(archive.vault.segments, intent())

    assert [purge_put_back(archive, []), purge_put_back(archive, [])] == [True, False]


def test_purging_waits_for_whoever_indexes(archive):
    done = threading.Event()

    with turn(archive.data, "indexing", wait=True):
        purging = threading.Thread(target=lambda: (purge_index(archive, []), done.set()))
        purging.start()
        early = done.wait(0.3)
    purging.join(10)

    assert (early, done.is_set()) == (False, True)

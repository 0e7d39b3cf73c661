"""An index in a server: made anew beside the old one, marked, away, and documents that it refuses."""

from dataclasses import replace
from uuid import uuid4

import pytest

from archive.models import Message, Searchable
from archive.queries.coverage import coverage_within
from archive.services import sweep
from archive.services.purging import purge_index, purge_put_back
from archive.services.rebuild import rebuild_index
from archive.services.stages import index_all
from muniment.engines.memory import MemoryEngine
from muniment.engines.port import DocumentsRefused, IndexUnavailable, RemoteIndex, Scope
from tests.flow.archive.builders import mail, memory_archive, seal

pytestmark = pytest.mark.django_db
EVERYTHING = Scope(everything=True, blind=True)


class Remote(MemoryEngine):
    """The memory engine as a server would be: with a second index while one is made anew, a mark, and hours of absence."""

    def __init__(self):
        super().__init__()
        self.beside, self.left, self.is_away, self.refused, self.puts = None, "", False, set(), []

    def _answer(self):
        if self.is_away:
            raise IndexUnavailable("away")

    def put(self, documents):
        self._answer()
        self.puts += documents
        taken = [one for one in documents if one.subject not in self.refused]
        super().put(taken)
        if self.beside is not None:
            self.beside.put(taken)
        if len(taken) < len(documents):
            raise DocumentsRefused({one.message_id: "too large" for one in documents if one not in taken})

    def delete(self, message_ids):
        self._answer()
        super().delete(message_ids)

    def count(self):
        self._answer()
        return super().count()

    def check(self):
        self._answer()

    def make(self):
        self._answer()

    def begin_renewal(self):
        self.beside = MemoryEngine()

    def finish_renewal(self):
        self._documents, self.beside = self.beside._documents, None

    def mark(self):
        self._answer()
        return self.left

    def set_mark(self, text):
        self.left = text


@pytest.fixture
def archive(tmp_path):
    made = replace(memory_archive(tmp_path), engine=Remote())
    seal(made, mail("a"), mail("b"))
    sweep.catalogue_missing(vault=made.vault)
    index_all(made)
    return made


def of(key):
    return Message.objects.get(rfc_message_id=f"{key}@corp.example")


def test_the_engine_of_these_tests_is_what_services_take_for_remote(archive):
    assert isinstance(archive.engine, RemoteIndex)
    assert not isinstance(MemoryEngine(), RemoteIndex)


def test_an_index_is_made_anew_beside_the_one_that_answers(archive):
    strange = replace(archive.engine.puts[0], message_id=uuid4())
    archive.engine.put([strange])
    counts = []

    done = rebuild_index(archive, progress=lambda _: counts.append(archive.engine.count()))

    assert (done, counts, sorted(archive.engine.message_ids())) == (2, [3], sorted([of("a").id, of("b").id]))


def test_while_an_index_is_made_anew_all_mail_counts_as_searchable(archive):
    seen = []
    rebuild_index(archive, progress=lambda _: seen.append(coverage_within(EVERYTHING)))

    assert seen == [coverage_within(EVERYTHING)]


def test_documents_tell_when_their_rows_were_read(archive):
    Message.objects.update(revision=5)
    first = [one.as_of for one in archive.engine.puts]
    index_all(archive)

    assert max(first) < min(one.as_of for one in archive.engine.puts[2:])


def test_a_document_that_is_refused_is_told_as_not_searchable_and_holds_nothing_up(archive):
    archive.engine.refused = {archive.engine.puts[0].subject}
    seal(archive, mail("c", subject="another"))
    sweep.catalogue_missing(vault=archive.vault)
    Message.objects.update(revision=5)

    index_all(archive)

    states = {one.rfc_message_id[0]: (one.searchable, one.not_searchable_reason) for one in Message.objects.all()}
    assert states["c"] == (Searchable.YES, "")
    assert (Searchable.FAILED, "too large") in states.values()


def test_an_index_that_is_put_back_from_before_an_erasure_is_purged(archive):
    gone = of("a").id
    before = archive.engine._documents
    Message.objects.filter(id=gone).delete()
    purge_put_back(archive, [gone])
    left_alone = purge_put_back(archive, [gone])
    archive.engine._documents, archive.engine.left = before, "an older mark"

    assert (left_alone, purge_put_back(archive, [gone])) == (False, True)
    assert list(archive.engine.message_ids()) == [of("b").id]


def test_a_start_does_not_wait_for_an_index_that_is_away_and_the_next_compares_again(archive):
    gone = of("a").id
    Message.objects.filter(id=gone).delete()
    archive.engine.is_away = True
    purge_put_back(archive, [gone])
    archive.engine.is_away = False

    assert gone in set(archive.engine.message_ids())
    assert purge_put_back(archive, [gone]) is True
    assert list(archive.engine.message_ids()) == [of("b").id]


def test_an_index_that_is_away_is_not_emptied(archive):
    archive.engine.is_away = True

    with pytest.raises(IndexUnavailable):
        purge_index(archive, [of("a").id])

    archive.engine.is_away = False
    assert archive.engine.count() == 2

"""Whatever is killed, rebuilt or put back in whatever order, each row has one entry in the log and knows where."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import LogNote, Segment
from archive.services import sweep
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.rebuild import rebuild_catalogue
from archive.wiring import Archive
from muniment.engines.memory import MemoryEngine
from muniment.ids import UuidSequence
from muniment.log.entries import SegmentSealed, decode
from muniment.log.note import NoteSigner
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.memory import MemoryStore
from tests.flow.archive.builders import mail, seal
from tests.flow.archive.logs import logged, on_store, place_hold
from tests.unit.log.builders import FragileStore, Killed
from tests.unit.seal.builders import MASTER_KEY, NOW

pytestmark = pytest.mark.django_db
KILLS = [("kill", changes, after_change) for changes in range(6) for after_change in (False, True)]
STEPS = st.lists(
    st.sampled_from(
        [*KILLS, "seal unseen", "see", "back up", "put back", *["rebuild"] * 2, *["note", "seal"] * 3, *["log"] * 6]
    ),
    min_size=8,
    max_size=40,
)


class Story:
    """An archive whose clock moves on by some minutes with each step."""

    def __init__(self, data):
        self.moment = NOW
        self.count = 0
        self.backup = ({}, [])
        keyrings = MemoryStore()
        now = lambda: self.moment  # noqa: E731
        ids = UuidSequence(now_ms=lambda: int(self.moment.timestamp() * 1000))
        vault = Vault(
            segments=MemoryStore(),
            keyrings=keyrings,
            keys=FileKeyProvider(MASTER_KEY, keyrings, now=now, ids=ids),
            now=now,
            ids=ids,
        )
        self.archive = Archive(
            vault=vault, engine=MemoryEngine(), data=data, signer=NoteSigner("muniment.example/log", seed=bytes(32))
        )

    def do(self, step):
        self.moment += timedelta(minutes=4)
        self.count += 1
        match step:
            case "note":
                place_hold(self.count)
            case "seal":
                seal(self.archive, mail(str(self.count)))
                self.see()
            case "seal unseen":
                seal(self.archive, mail(str(self.count)))
            case "see":
                self.see()
            case "log":
                log_pending(self.archive)
            case "rebuild":
                rebuild_catalogue(self.archive)
            case "back up":
                self.backup = (dict(Segment.objects.values_list("id", "log_index")), list(LogNote.objects.all()))
            case "put back":
                self.put_back()
            case (_, changes, after_change):
                self.log_and_die(changes, after_change=after_change)

    def see(self):
        sweep.catalogue_missing(vault=self.archive.vault)

    def log_and_die(self, changes, *, after_change):
        fragile = FragileStore(self.archive.vault.segments, changes, Killed, after_change)
        try:
            log_pending(on_store(self.archive, fragile))
        except Killed:
            return

    def put_back(self):
        """Put the rows back as they were; segments that were not catalogued then are catalogued anew."""
        indexes, notes = self.backup
        Segment.objects.update(log_index=None)
        for segment_id, index in indexes.items():
            Segment.objects.filter(id=segment_id).update(log_index=index)
        LogNote.objects.all().delete()
        LogNote.objects.bulk_create(notes)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_row_is_logged_once_and_knows_where(tmp_path, steps):
    LogNote.objects.all().delete()
    story = Story(tmp_path)
    rebuild_catalogue(story.archive)
    for step in [*steps, "note", "see", "log"]:
        story.do(step)
    entries = logged(story.archive)
    told = [decode(data).entry for data in entries]
    of_segments = Counter(entry.segment_id for entry in told if isinstance(entry, SegmentSealed))
    assert of_segments == Counter(Segment.objects.values_list("id", flat=True))
    assert max(Counter(entries).values()) == 1
    assert all(bytes(note.entry) == entries[note.log_index] for note in LogNote.objects.all())
    assert check_log(story.archive).damaged == []

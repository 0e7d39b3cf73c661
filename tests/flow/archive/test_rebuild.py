"""A rebuild after database and index were put back apart, or one of them not at all."""

from dataclasses import replace

import pytest

from archive.models import Message
from archive.services import sweep
from archive.services.rebuild import rebuild_catalogue, rebuild_index
from muniment.engines.tantivy import TantivyEngine
from tests.flow.archive.builders import mail, memory_archive, seal


@pytest.fixture
def archive(db, tmp_path):
    """Return an archive with two messages in its catalogue, whose index is lost."""
    found = replace(memory_archive(tmp_path), engine=TantivyEngine(tmp_path / "index"))
    for number in range(2):
        seal(found, mail(f"{number}"))
    sweep.catalogue_missing(vault=found.vault)
    return found


def test_a_lost_index_keeps_nobody_from_rebuilding_catalogue_and_index(archive):
    before = set(Message.objects.values_list("id", flat=True))
    rebuild_catalogue(archive)
    assert rebuild_index(archive) == 2
    assert set(archive.engine.message_ids()) == before

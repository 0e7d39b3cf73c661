"""What was erased leaves the files of the server, which are read here byte by byte; or the caller is told why not."""

from pathlib import Path

import psycopg
import pytest
from django.db import connection

from archive.models import Message, Part, Participant, PartText, PersonalFinding
from archive.services import removal, sweep
from archive.services.database_files import DatabaseBusy, purge_database
from archive.services.postgresql_files import write_anew
from archive.services.stages import drain
from tests.flow.archive.builders import WITH_ATTACHMENT, PlainExtractor, mail, seal
from tests.flow.archive.holding import bury
from tests.live.postgresql.apart import address
from tests.live.postgresql.inside.crowd import beside

WORD = "quetzalcoatlus"
PLANTED = WITH_ATTACHMENT.replace(b"zanzibar", f"a {WORD} in a file".encode()).replace(b"the plan", WORD.encode())


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def value(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def files():
    """Return which files of the database have the word."""
    run("CHECKPOINT")
    oid = value("SELECT oid FROM pg_database WHERE datname = current_database()")
    folder = Path(value("SHOW data_directory")) / "base" / str(oid)
    return {path.name for path in folder.iterdir() if WORD.encode() in path.read_bytes()}


@pytest.fixture
def reader(db):
    """Return a connection of somebody else."""
    with psycopg.connect(address(connection.settings_dict["NAME"])) as other:
        yield other


@pytest.fixture
def erased(archive):
    """Fill an archive, let the server gather statistics, and remove what has the word."""
    planted = [mail(f"{WORD}.{n}", subject=f"{WORD} {n % 3}", sender=f"{WORD}@corp.example") for n in range(40)]
    seal(archive, PLANTED, *planted)
    kept = seal(archive, *(mail(str(number), body="words " * 50) for number in range(40)))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    Message.objects.filter(subject__contains=WORD).update(revision=9)  # older versions of the rows lie about
    run("ANALYZE")
    gone = Message.objects.exclude(sightings__segment_id=kept).values_list("id", flat=True)
    removal.remove([bury(one) for one in list(gone)], archive)
    return archive


def test_the_word_leaves_every_file_of_the_database(erased):
    before = files()
    purge_database()
    assert (len(before) >= 5, files()) == (True, set())
    assert (Message.objects.count(), Part.objects.count(), PartText.objects.count()) == (40, 0, 0)
    assert (Participant.objects.count(), PersonalFinding.objects.count()) == (80, 0)


def test_a_plain_vacuum_would_leave_it(erased):
    """The reason why tables are written anew."""
    run("VACUUM (ANALYZE)")
    assert files()


def test_whoever_still_sees_the_old_rows_is_waited_for(erased, reader):
    reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    reader.execute("SELECT 1")
    early, end = beside(purge_database, 3)
    reader.rollback()
    end()
    assert (early, files()) == (False, set())


def test_a_transaction_that_was_prepared_and_forgotten_is_named(erased, reader):
    """Nobody lets go of it by himself."""
    name = f"forgotten_{connection.settings_dict['NAME']}"
    reader.execute("SELECT pg_current_xact_id()")
    reader.execute(f"PREPARE TRANSACTION '{name}'")
    reader.autocommit = True
    with pytest.raises(DatabaseBusy, match=f"prepared transaction {name}"):
        write_anew(["archive_message"], seconds=1)
    reader.execute(f"ROLLBACK PREPARED '{name}'")


def test_a_table_in_use_is_waited_for(erased, reader):
    reader.execute("SELECT count(*) FROM archive_message")
    early, end = beside(purge_database, 3)
    reader.rollback()
    end()
    assert (early, files()) == (False, set())


def test_a_role_that_does_not_own_the_database_is_told(erased):
    """VACUUM only warns, and leaves the statistics as they are."""
    run(f"CREATE ROLE {connection.settings_dict['NAME']}_clerk IN ROLE pg_read_all_data")
    run(f"SET ROLE {connection.settings_dict['NAME']}_clerk")
    try:
        with pytest.raises(DatabaseBusy, match="the role must own the database"):
            purge_database()
    finally:
        run("RESET ROLE")

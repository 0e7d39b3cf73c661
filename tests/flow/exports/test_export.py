"""Exports of an archive: what stands in them, and that the same order gives the same bytes."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from accounts.actors import Operator
from accounts.models import Action, AuditEntry
from archive.exporting.evidence_log import log_at
from archive.exporting.orders import TOOL, Order, Ports, Shown
from archive.models import Message, Segment
from archive.services import exports, sweep
from archive.services.notes import log_pending
from archive.services.stages import drain
from muniment.bundle.model import Copies
from muniment.engines.port import Scope
from muniment.errors import Refused
from muniment.query.parser import parse
from muniment.verify.check import check
from tests.flow.archive.builders import PlainExtractor, mail, memory_archive, seal
from tests.unit.bundle.builders import MADE, files_of
from tests.unit.seal.builders import envelope

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
ANN = Operator(name="ann")


@pytest.fixture
def filled(tmp_path):
    """Return an archive with five messages, one of them seen twice with other bytes."""
    archive = memory_archive(tmp_path)
    seal(archive, *(mail(str(number), body=f"invoice {number}") for number in range(4)), custodian="bob@corp.example")
    again = b"Received: by mx.corp.example; Mon, 02 Feb 2026 10:00:01 +0100\n" + mail("0", body="invoice 0")
    seal(archive, again, mail("9", body="lunch"), envelope=envelope())
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    return archive


def order(archive, typed="invoice", *, name="out.zip", scope=None, **fields):
    return Order(
        typed=typed,
        query=parse(typed, today=MADE.date()),
        scope=scope or Scope(everything=True, blind=True),
        asked_by=ANN.label,
        destination=archive.data / name,
        **fields,
    )


def export(archive, asked, *, ports=None, **fields):
    return exports.export(ANN, asked, archive, ports=ports or Ports(), **fields)


def verified(path):
    with path.open("rb") as stream:
        return check(stream)


def test_what_is_found_is_exported_and_verifies(filled):
    made = export(filled, order(filled, purpose="Litige 12", matter="M-1"))

    files = files_of(made.path.read_bytes())
    manifest = json.loads(files["manifest.json"])
    items = [json.loads(line) for line in files["items.jsonl"].splitlines()]
    assert verified(made.path).findings == []
    assert (made.found, made.taken, made.counts.sightings, made.counts.files) == (4, 4, 5, 4)
    assert (manifest["purpose"], manifest["matter"], manifest["asked_by"]) == ("Litige 12", "M-1", ANN.label)
    assert manifest["query"]["typed"] == "invoice"
    assert manifest["query"]["explained_fr"] != manifest["query"]["explained_en"] != ""
    assert manifest["coverage"]["searchable"] == 5
    assert {item["message"] for item in items} == {
        str(row.id) for row in Message.objects.exclude(rfc_message_id="9@corp.example")
    }
    assert {item["custodians"][0] for item in items} == {"bob@corp.example"}
    assert all(item["holds"] is None for item in items)
    assert made.sha256 == sha256(made.path.read_bytes()).hexdigest()


def test_all_copies_when_asked_for(filled):
    made = export(filled, order(filled, copies=Copies.ALL))

    assert verified(made.path).findings == []
    assert made.counts.files == 5


def test_the_same_order_again_leaves_the_file_and_says_so(filled):
    first = export(filled, order(filled))
    content = first.path.read_bytes()

    again = export(filled, order(filled))

    assert (again.sha256, again.counts) == (first.sha256, None)
    assert first.path.read_bytes() == content


def test_the_same_order_makes_a_lost_file_again_to_the_same_bytes(filled):
    first = export(filled, order(filled))
    content = first.path.read_bytes()
    first.path.unlink()
    seal(filled, mail("new", body="invoice new"))
    sweep.catalogue_missing(vault=filled.vault)
    drain(filled, PlainExtractor())

    export(filled, order(filled))

    assert first.path.read_bytes() == content


def test_a_new_one_finds_what_came_since(filled):
    first = export(filled, order(filled))
    first.path.unlink()
    seal(filled, mail("new", body="invoice new"))
    sweep.catalogue_missing(vault=filled.vault)
    drain(filled, PlainExtractor())

    assert export(filled, order(filled), new=True).taken == first.taken + 1


def test_a_new_one_never_replaces_what_was_made_before(filled):
    first = export(filled, order(filled))

    with pytest.raises(exports.FileExists):
        export(filled, order(filled), new=True)

    assert export(filled, order(filled)).sha256 == first.sha256


def test_a_limit_takes_the_first(filled):
    made = export(filled, order(filled, limit=2))

    manifest = json.loads(files_of(made.path.read_bytes())["manifest.json"])
    assert (made.found, made.taken) == (4, 2)
    assert (manifest["selection"]["found"], manifest["selection"]["limit"]) == (4, 2)
    assert verified(made.path).findings == []


def test_another_file_is_never_replaced(filled):
    (filled.data / "out.zip").write_bytes(b"mine")

    with pytest.raises(exports.FileExists):
        export(filled, order(filled))

    assert (filled.data / "out.zip").read_bytes() == b"mine"


def test_a_file_that_was_changed_since_is_not_taken_for_the_export(filled):
    made = export(filled, order(filled))
    made.path.write_bytes(made.path.read_bytes()[:-1] + b"x")

    with pytest.raises(exports.FileExists):
        export(filled, order(filled))


def test_a_folder_that_is_not_there_is_refused(filled):
    with pytest.raises(Refused, match="no folder"):
        export(filled, order(filled, name="none/out.zip"))


def test_a_message_erased_between_is_an_exception_that_is_listed(filled):
    asked = order(filled)
    first = export(filled, asked)
    first.path.unlink()
    Message.objects.filter(rfc_message_id="2@corp.example").delete()

    made = export(filled, asked)

    report = verified(made.path)
    assert made.counts.exceptions == {"ItemDeletedOrOutsideRetention": 1}
    assert report.findings == []


def test_who_may_not_see_a_copy_gets_an_exception_for_it(filled):
    scope = Scope(addresses=frozenset({"bob@corp.example"}))
    made = export(filled, order(filled, scope=scope), ports=Ports(sight=lambda _message, _sighting: None))

    assert made.counts.messages == 0
    assert made.counts.exceptions == {"PermissionDenied": 5}
    assert verified(made.path).findings == []


def test_blind_recipients_are_shown_only_as_far_as_may_be(filled):
    def sight(_message, sighting):
        if sighting.envelope is None:
            return Shown(sighting=sighting)
        hidden = replace(sighting, envelope=replace(sighting.envelope, recipients=()))
        return Shown(sighting=hidden, recipients_hidden=True)

    scope = Scope(addresses=frozenset({"bob@corp.example"}))
    made = export(filled, order(filled, "lunch", scope=scope), ports=Ports(sight=sight))

    item = json.loads(files_of(made.path.read_bytes())["items.jsonl"])
    assert item["sightings"][0]["envelope"]["recipients"] == []
    assert item["sightings"][0]["envelope"]["recipients_hidden"]
    assert item["custodians"] == []
    assert verified(made.path).findings == []


def test_without_a_sight_nobody_exports_what_is_blind_to_them(filled):
    with pytest.raises(ValueError, match="sight"):
        export(filled, order(filled, scope=Scope(addresses=frozenset({"bob@corp.example"}))))


def test_holds_and_log_proofs_stand_in_it_where_the_archive_has_them(filled):
    ports = Ports(holds=lambda _message: ("M-1",), log=log_at(filled), log_key=filled.signer.verifier.encode())

    made = export(filled, order(filled), ports=ports)

    report = verified(made.path)
    items = files_of(made.path.read_bytes())["items.jsonl"].splitlines()
    assert report.findings == []
    assert report.proved.in_log == 5
    assert {json.loads(line)["holds"][0] for line in items} == {"M-1"}


def test_the_log_may_grow_while_an_export_is_interrupted(filled):
    ports = Ports(log=log_at(filled), log_key=filled.signer.verifier.encode())
    with pytest.raises(_Stop):
        export(filled, order(filled), ports=ports, progress=_stop_at(2))
    seal(filled, mail("new", body="dinner"))
    sweep.catalogue_missing(vault=filled.vault)
    log_pending(filled)
    Segment.objects.update(log_index=None)  # as behind a rebuild: then the log itself tells

    made = export(filled, order(filled), ports=ports)

    report = verified(made.path)
    manifest = json.loads(files_of(made.path.read_bytes())["manifest.json"])
    assert (report.findings, report.proved.in_log, manifest["log"]["size"]) == ([], 5, 2)


def test_an_export_is_audited_when_it_begins_and_when_it_is_made(filled):
    made = export(filled, order(filled, purpose="Litige 12"))

    entries = AuditEntry.objects.filter(action=Action.EXPORT).order_by("number")
    assert [entry.details["finished"] for entry in entries] == [False, True]
    assert entries[1].details["digest"] == made.digest
    assert "invoice" not in str([entry.details for entry in entries])


def test_an_export_that_broke_off_between_its_end_and_its_result_tells_its_end_once(filled):
    folder = filled.data / "exports" / order(filled).key
    in_the_way = folder / "job.draft"  # where the result is written first

    with pytest.raises(OSError, match="directory"):
        export(filled, order(filled), progress=lambda _done, _all: in_the_way.mkdir(exist_ok=True))
    in_the_way.rmdir()
    made = export(filled, order(filled))
    made.path.unlink()
    export(filled, order(filled))  # made once more, and told once more: mail left the archive again

    entries = AuditEntry.objects.filter(action=Action.EXPORT).order_by("number")
    assert [entry.details["finished"] for entry in entries] == [False, True, True]
    assert {entry.details["digest"] for entry in entries[1:]} == {made.digest}


def test_nothing_of_the_mail_stays_in_the_folder_of_the_job(filled):
    export(filled, order(filled))

    left = {path.name for path in (filled.data / "exports").glob("*/*")}
    assert left == {"job.json", "checkpoint", "selection", "lock"}


def test_a_purge_removes_the_mail_of_unfinished_exports_that_take_a_message(filled):
    asked = order(filled)
    with pytest.raises(_Stop):
        export(filled, asked, progress=_stop_at(2))
    bundle = filled.data / "exports" / asked.key / "bundle"
    lunch = Message.objects.get(rfc_message_id="9@corp.example").id
    taken = Message.objects.get(rfc_message_id="2@corp.example").id

    assert exports.purge(filled.data, [lunch]) == 0
    assert bundle.exists()
    assert exports.purge(filled.data, [taken]) == 1
    assert not bundle.exists()


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_an_export_that_was_interrupted_goes_on_to_the_same_bytes(filled, at):
    whole = export(filled, order(filled))
    content = whole.path.read_bytes()
    folder = filled.data / "exports" / order(filled).key
    job = json.loads((folder / "job.json").read_bytes())
    (folder / "job.json").write_text(json.dumps(job | {"result": None}))
    whole.path.unlink()
    with pytest.raises(_Stop):
        export(filled, order(filled), progress=_stop_at(at))
    (folder / "journal").write_bytes(b'{"done": 1, "pla')  # a line that a crash cut

    export(filled, order(filled))

    assert whole.path.read_bytes() == content


def test_the_version_of_the_tool_is_that_of_the_project():
    assert f'version = "{TOOL.removeprefix("muniment ")}"' in (ROOT / "pyproject.toml").read_text()


class _Stop(Exception):
    pass


def _stop_at(number):
    def progress(done, _all):
        if done == number:
            raise _Stop

    return progress

"""Exports as jobs: made within what the asker sees, killed and gone on with, removed after their time or an erasure."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Action, AuditEntry, Grant, GrantKind, Outcome, User
from accounts.services import matters
from archive.exporting import ready
from archive.exporting.folder import JobFolder
from archive.models import Message, Sighting
from archive.services import exports, holds, sweep
from archive.services.stages import drain
from discovery.kept import NotKept, find_export, may_fetch
from discovery.models import ExportJob, ExportState
from discovery.services import export_jobs
from discovery.services.export_jobs import ExportRefused
from muniment.bundle.layout import ExceptionCode
from muniment.engines.memory import MemoryEngine
from muniment.errors import Transient
from muniment.query.refusals import QueryError
from muniment.seal.sighting import Recipient
from muniment.verify.check import check
from tests.flow.accounts.conftest import LONG_AGO, OPERATOR
from tests.flow.archive.builders import PlainExtractor, mail, memory_archive, seal
from tests.unit.bundle.builders import files_of
from tests.unit.seal.builders import envelope

pytestmark = pytest.mark.django_db
BOB, EVE = "bob@corp.example", "eve@corp.example"
EVE_, BLIND = Recipient(address=EVE.encode()), Recipient(address=b"carol@corp.example")


@pytest.fixture
def filled(tmp_path):
    """Return an archive with four messages to Bob and one to Eve."""
    archive = memory_archive(tmp_path)
    seal(archive, *(mail(str(number), body=f"invoice {number}") for number in range(4)), custodian=BOB)
    seal(archive, mail("9", to=EVE, body="invoice of Eve"), envelope=envelope(recipients=(EVE_, BLIND)))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    return archive


def somebody(role, address, *grants):
    user = User.objects.create(email=address, username=address, role=role)
    for kind, value in grants:
        Grant.objects.create(user=user, kind=kind, value=value, valid_from=LONG_AGO)
    return user


@pytest.fixture
def officer(db):
    return somebody("compliance", "officer@corp.example", (GrantKind.ADDRESS, BOB))


@pytest.fixture
def lawyer(db):
    return somebody("legal", "lawyer@corp.example")


@pytest.fixture
def matter(lawyer):
    """Return a matter about Bob of which the lawyer is a member."""
    opened = matters.open_matter(actor=lawyer, reference="2026-014", name="Dispute")
    matters.add_custodian_by_command(actor=OPERATOR, matter=opened, address=BOB)
    return opened


def asked(actor, typed="invoice", **fields):
    return export_jobs.ask(actor=actor, name="Invoices", parameters={"q": typed}, **fields)


def run(archive, job):
    return export_jobs.run(job.pk, archive=archive, tick_seconds=0)


def bundle(archive, job):
    return ready.place(archive.data, str(job.pk))


def manifest(path):
    return json.loads(files_of(path.read_bytes())["manifest.json"])


def sound(path):
    with path.open("rb") as stream:
        return check(stream).findings == []


def test_a_job_makes_a_bundle_of_what_its_asker_sees(filled, officer):
    job = run(filled, asked(officer, purpose="Audit 7"))

    path = bundle(filled, job)
    told = manifest(path)
    assert (job.state, job.done, job.total) == (ExportState.DONE, 4, 4)
    assert (job.result["found"], job.result["messages"]) == (4, 4)
    assert (told["asked_by"], told["purpose"], told["scope"]["addresses"]) == (officer.email, "Audit 7", [BOB])
    assert job.expires_at - job.finished_at == timedelta(days=export_jobs.KEPT_DAYS)
    assert path.stat().st_size == job.size_bytes
    assert sound(path)
    assert may_fetch(officer, job)


def test_the_digest_handed_over_apart_proves_the_bundle_without_django(filled, officer):
    job = run(filled, asked(officer))

    root = Path(__file__).resolve().parents[3]
    checked = subprocess.run(
        [sys.executable, "-m", "muniment.verify", str(bundle(filled, job)), "--digest", job.digest],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_messages_that_were_chosen_are_taken_as_far_as_the_asker_sees_them(filled, officer):
    chosen = [Message.objects.get(rfc_message_id=f"{key}@corp.example").id for key in ("2", "9")]

    job = run(filled, export_jobs.ask(actor=officer, name="Two", message_ids=chosen))

    told = manifest(bundle(filled, job))
    assert (told["counts"]["messages"], told["selection"]["found"]) == (1, 1)
    assert told["query"]["explained_en"] == "messages that were chosen one by one: 2"
    assert sound(bundle(filled, job))


def test_a_job_in_a_matter_takes_the_mail_of_its_custodians_and_is_its_members(filled, officer, lawyer, matter):
    Grant.objects.create(user=lawyer, kind=GrantKind.EVERYTHING, valid_from=LONG_AGO)
    colleague = somebody("legal", "colleague@corp.example")

    job = run(filled, asked(lawyer, matter=matter))

    assert (job.state, job.result["messages"]) == (ExportState.DONE, 4)
    assert manifest(bundle(filled, job))["matter"] == "2026-014"
    for other in (colleague, officer):
        with pytest.raises(NotKept):
            find_export(other, job.pk)
    matters.add_member(actor=lawyer, matter=matter, person=colleague)
    assert find_export(colleague, job.pk) == job
    assert may_fetch(colleague, job)
    assert AuditEntry.objects.filter(matter_id=matter.pk, action=Action.EXPORT).count() == 3


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_job_killed_at_any_message_goes_on_to_the_same_bytes(filled, officer, at):
    job = asked(officer)
    with pytest.raises(_Killed):
        _run_until(filled, job, at)
    assert ExportJob.objects.get().state == ExportState.RUNNING

    done = run(filled, job)

    again = run(filled, _twin(job))
    assert done.state == again.state == ExportState.DONE
    assert _contents(bundle(filled, done)) == _contents(bundle(filled, again))
    assert sound(bundle(filled, done))


def test_a_job_killed_after_its_bundle_was_there_keeps_it(filled, officer):
    done = run(filled, asked(officer))
    content = bundle(filled, done).read_bytes()
    _reopen(done)
    JobFolder(filled.data, done.folder_key).forget()
    bundle(filled, done).unlink()

    again = run(filled, done)

    assert again.state == ExportState.DONE
    assert _contents(bundle(filled, again)) == _contents_of(content)


def test_the_sweep_finds_a_job_whose_worker_is_gone(filled, officer):
    job = asked(officer)
    with pytest.raises(_Killed):
        _run_until(filled, job, 2)

    later = timezone.now() + export_jobs.LOST_AFTER + timedelta(seconds=1)
    assert export_jobs.sweep(archive=filled) == []
    assert export_jobs.sweep(archive=filled, now=later) == [job.pk]
    assert export_jobs.sweep(archive=filled, now=later) == []


def test_an_asker_who_lost_the_grant_gets_nothing(filled, officer):
    job = asked(officer)
    with pytest.raises(_Killed):
        _run_until(filled, job, 2)
    Grant.objects.update(valid_until=timezone.now())

    failed = run(filled, job)

    assert (failed.state, failed.why) == (ExportState.FAILED, "scope")
    assert not bundle(filled, job).exists()
    assert list((filled.data / "exports").glob("*/bundle")) == []
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.outcome, entry.details) == (Action.EXPORT, Outcome.REFUSED, {"what": "scope"})


def test_an_asker_whose_role_changed_gets_nothing(filled, officer):
    job = asked(officer)
    User.objects.update(role="employee")
    assert run(filled, job).why == "role"


def test_an_asker_who_left_the_matter_or_whose_matter_closed_gets_nothing(filled, lawyer, matter):
    first, second = asked(lawyer, matter=matter), asked(lawyer, matter=matter)
    made = run(filled, first)
    matters.close(actor=lawyer, matter=matter, reason="settled")

    assert run(filled, second).why == "matter"
    assert not may_fetch(lawyer, ExportJob.objects.get(pk=made.pk))


def test_a_job_that_began_within_another_scope_begins_again(filled, officer):
    Grant.objects.create(user=officer, kind=GrantKind.ADDRESS, value=EVE, valid_from=LONG_AGO)
    job = asked(officer)
    with pytest.raises(_Killed):
        _run_until(filled, job, 3)
    key = ExportJob.objects.get().folder_key
    Grant.objects.filter(value=EVE).update(valid_until=timezone.now())

    done = run(filled, job)

    assert (done.state, done.result["messages"]) == (ExportState.DONE, 4)
    assert done.folder_key != key
    assert not (filled.data / "exports" / key).exists()


def test_who_lost_a_grant_does_not_fetch_what_was_made_within_it(filled, officer):
    job = run(filled, asked(officer))
    Grant.objects.update(valid_until=timezone.now())
    assert not may_fetch(officer, ExportJob.objects.get(pk=job.pk))
    assert find_export(officer, job.pk).pk == job.pk


def test_an_erasure_removes_the_bundles_that_take_in_the_message_and_no_others(filled, officer):
    whole, other = run(filled, asked(officer)), run(filled, asked(officer, "body:3"))
    erased = Sighting.objects.get(message__rfc_message_id="1@corp.example")

    purged = exports.purge(filled.data, [erased.id])

    assert purged == 1
    assert (bundle(filled, whole).exists(), bundle(filled, other).exists()) == (False, True)
    assert export_jobs.settle(whole, archive=filled).state == ExportState.ERASED
    assert export_jobs.settle(other, archive=filled).state == ExportState.DONE
    assert [path.name for path in (filled.data / ready.FOLDER).glob(f"{whole.pk}*")] == []


def test_a_bundle_is_found_by_a_sighting_that_gave_the_message_another_id_since(filled, officer):
    job = run(filled, asked(officer))
    sighting = Sighting.objects.filter(message__rfc_message_id="1@corp.example").get()

    assert ready.purge(filled.data, {UUID(int=7), sighting.id}) == 1
    assert export_jobs.settle(job, archive=filled).state == ExportState.ERASED


def test_what_was_erased_between_the_kill_and_the_end_is_an_exception(filled, officer):
    done = run(filled, asked(officer))
    _reopen(done)
    erased = Message.objects.get(rfc_message_id="1@corp.example")
    exports.purge(filled.data, [erased.id])
    erased.delete()

    again = run(filled, done)

    assert (again.state, again.result["exceptions"]) == (ExportState.DONE, {ExceptionCode.GONE.value: 1})
    assert sound(bundle(filled, again))


def test_what_was_removed_can_be_asked_for_again(filled, officer):
    job = run(filled, asked(officer))
    exports.purge(filled.data, list(Sighting.objects.values_list("id", flat=True)))
    export_jobs.settle(job, archive=filled)

    again = run(filled, export_jobs.again(actor=officer, job=job))

    assert again.state == ExportState.DONE
    assert (again.pk, again.parameters) != (job.pk, {})


def test_a_bundle_goes_after_its_time(filled, officer):
    job = run(filled, asked(officer))
    export_jobs.sweep(archive=filled, now=job.expires_at - timedelta(seconds=1))
    assert bundle(filled, job).exists()

    export_jobs.sweep(archive=filled, now=job.expires_at)

    assert ExportJob.objects.get().state == ExportState.EXPIRED
    assert list((filled.data / ready.FOLDER).iterdir()) == []
    assert list((filled.data / "exports").iterdir()) == []


def test_the_sweep_removes_what_no_job_knows(filled, officer):
    stray = ready.place(filled.data, "01890000-0000-7000-8000-000000000000")
    stray.write_bytes(b"mail")
    export_jobs.sweep(archive=filled)
    assert not stray.exists()


def test_a_job_that_is_cancelled_while_it_runs_leaves_nothing(filled, officer):
    job = asked(officer)
    with pytest.raises(_Killed):
        _run_until(filled, job, 2)

    export_jobs.cancel(actor=officer, job=job, archive=filled)

    assert run(filled, job) is None
    assert list((filled.data / "exports").glob("*/bundle")) == []
    assert not bundle(filled, job).exists()


def test_the_sweep_removes_what_a_worker_left_that_was_killed_after_the_end(filled, officer):
    job = asked(officer)
    with pytest.raises(_Killed):
        _run_until(filled, job, 2)
    ExportJob.objects.update(state=ExportState.CANCELLED)

    export_jobs.sweep(archive=filled)

    assert list((filled.data / "exports").iterdir()) == []


def test_only_the_asker_cancels_and_only_what_is_not_done(filled, officer, lawyer):
    job = asked(officer)
    with pytest.raises(ExportRefused, match="Only whoever asked"):
        export_jobs.cancel(actor=lawyer, job=job, archive=filled)
    run(filled, job)
    with pytest.raises(ExportRefused, match="not being made"):
        export_jobs.cancel(actor=officer, job=job, archive=filled)


@pytest.mark.parametrize("role", ["employee", "administrator"])
def test_roles_that_do_not_export_are_refused(role):
    with pytest.raises(ExportRefused, match="role"):
        asked(somebody(role, "x@corp.example"))


def test_a_query_that_is_not_understood_is_refused_at_once(officer):
    with pytest.raises(QueryError):
        asked(officer, "from:")


def test_an_index_that_does_not_answer_leaves_the_job_to_the_sweep(filled, officer):
    broken = memory_archive(filled.data)
    silent = type(broken)(vault=filled.vault, engine=_Silent(), data=filled.data, signer=filled.signer)
    job = asked(officer)

    assert run(silent, job) is None
    assert ExportJob.objects.get().state == ExportState.RUNNING
    assert run(filled, job).state == ExportState.DONE


def test_a_job_that_never_ends_is_given_up(filled, officer):
    job = asked(officer)
    ExportJob.objects.update(runs=export_jobs.MAX_RUNS)
    assert run(filled, job).why == "unavailable"


def test_an_auditor_gets_no_blind_recipients(filled):
    auditor = somebody("auditor", "auditor@corp.example", (GrantKind.ADDRESS, EVE))

    job = run(filled, asked(auditor))

    (line,) = files_of(bundle(filled, job).read_bytes())["items.jsonl"].splitlines()
    item = json.loads(line)
    assert item["custodians"] == []
    assert item["sightings"][0]["envelope"]["recipients_hidden"]


def test_the_manifest_names_the_holds_of_the_matters_that_the_asker_may_know(filled, lawyer, matter):
    other = matters.open_matter(actor=somebody("legal", "o@corp.example"), reference="SECRET", name="x")
    for one in (matter, other):
        holds.place(
            actor=OPERATOR, matter=one, name="all", reason="r", kind="custodians", addresses=[BOB], archive=filled
        )

    job = run(filled, asked(lawyer, matter=matter))

    items = [json.loads(line) for line in files_of(bundle(filled, job).read_bytes())["items.jsonl"].splitlines()]
    assert {tuple(item["holds"]) for item in items} == {("2026-014",)}
    assert manifest(bundle(filled, job))["holds_known"]


def _run_until(archive, job, message):
    """Run a job in a worker that is killed at that message."""
    killing = memory_archive(archive.data)
    vault = _Killing(archive.vault, message)
    export_jobs.run(
        job.pk,
        archive=type(killing)(vault=vault, engine=archive.engine, data=archive.data, signer=archive.signer),
        tick_seconds=0,
    )


def _twin(job):
    """Return another job that asks for the same."""
    twin = export_jobs.again(actor=job.asked_by, job=job)
    ExportJob.objects.filter(pk=twin.pk).update(asked_at=job.asked_at)
    return twin


def _reopen(job):
    """Make the row as it is when the worker was killed before it could say that the bundle is there."""
    ExportJob.objects.filter(pk=job.pk).update(
        state=ExportState.RUNNING, digest="", sha256="", finished_at=None, expires_at=None
    )


def _contents(path):
    return _contents_of(path.read_bytes())


def _contents_of(content):
    """Return the files without what tells one order from another: the time of its making."""
    files = files_of(content)
    return {name: files[name] for name in files if name.startswith("messages/") or name.endswith(".jsonl")}


class _Killed(BaseException):
    pass


class _Killing:
    """A vault whose process is killed at the Nth segment or sighting that is opened."""

    def __init__(self, vault, at):
        self._vault = vault
        self._left = at

    def __getattr__(self, name):
        return getattr(self._vault, name)

    def glance(self, segment_id):
        return _KillingSegment(self._vault.glance(segment_id), self)

    def count(self):
        self._left -= 1
        if self._left == 0:
            raise _Killed


class _KillingSegment:
    def __init__(self, opened, vault):
        self._opened = opened
        self._vault = vault

    def __getattr__(self, name):
        return getattr(self._opened, name)

    def open_salted(self, entry):
        self._vault.count()
        return self._opened.open_salted(entry)


class _Silent(MemoryEngine):
    def search(self, request):
        raise Transient("the index does not answer")

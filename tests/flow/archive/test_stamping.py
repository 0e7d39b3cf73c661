"""Time-stamps of checkpoints by an authority behind HTTP: when they are asked for, kept, checked, and when they fail."""

import shutil
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from archive import wiring
from archive.queries.status import status
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.stamping import RETRY_AFTER, is_due, last_try, stamp_newest
from archive.timestamping import AuthorityUnavailable, HttpPost
from archive.wiring import Stamping
from muniment.log.layout import TIMESTAMPS
from muniment.log.timestamps import MAX_RESPONSE_BYTES, Rfc3161Stamper, StampVerifier
from tests.contract.log.authority import Authority, serving
from tests.flow.archive.builders import memory_archive
from tests.flow.archive.logs import on_store, place_hold
from tests.unit.seal.builders import NOW

pytestmark = pytest.mark.django_db
EVERY = timedelta(hours=24)


@dataclass
class Clock:
    """A clock that the test moves."""

    now: datetime = NOW

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Authority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def address(authority):
    with serving(authority) as url:
        yield url


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def archive(tmp_path, authority, address, clock):
    """Return an archive with one logged note, whose checkpoints the authority stamps."""
    plain = memory_archive(tmp_path)
    verifier = StampVerifier([authority.root])
    stamper = Rfc3161Stamper(HttpPost(address), verifier)
    made = replace(
        on_store(plain, plain.vault.segments, clock),
        stamping=Stamping(verifier=verifier, stamper=stamper, every=EVERY),
    )
    log_more(made, 1)
    return made


def log_more(archive, number):
    place_hold(number)
    log_pending(archive)


def stamps(archive):
    return [int(key.removeprefix(TIMESTAMPS)) for key in archive.vault.segments.keys(TIMESTAMPS)]


def with_post(archive, post):
    stamper = Rfc3161Stamper(post, archive.stamping.verifier)
    return replace(archive, stamping=replace(archive.stamping, stamper=stamper))


def test_a_checkpoint_is_stamped_and_the_stamp_holds(archive):
    done = stamp_newest(archive)
    report = check_log(archive)
    assert (done.failure, stamps(archive), report.stamps, report.damaged) == ("", [1], 1, [])


def test_a_stamp_still_holds_when_the_log_has_grown(archive):
    stamp_newest(archive)
    log_more(archive, 2)
    report = check_log(archive)
    assert (report.entries, report.stamps, report.damaged) == (2, 1, [])


def test_the_next_one_is_asked_for_when_the_interval_has_passed(archive, clock):
    stamp_newest(archive)
    log_more(archive, 2)
    clock.now += EVERY - timedelta(seconds=1)
    early = stamp_newest(archive)
    clock.now += timedelta(seconds=1)
    stamp_newest(archive)
    assert (early, stamps(archive)) == (None, [1, 2])


def test_a_log_that_did_not_grow_is_not_stamped_again(archive, clock):
    stamp_newest(archive)
    clock.now += EVERY
    assert (stamp_newest(archive).failure, stamps(archive)) == ("", [1])


def test_an_archive_without_an_authority_is_never_due(archive):
    plain = replace(archive, stamping=None)
    only_checked = replace(archive, stamping=replace(archive.stamping, stamper=None))
    assert (is_due(plain), stamp_newest(plain), is_due(only_checked)) == (False, None, False)


def test_a_log_that_is_empty_is_not_stamped(archive, tmp_path):
    empty = replace(memory_archive(tmp_path), stamping=archive.stamping)
    assert stamp_newest(empty) is None


def test_an_authority_that_is_away_is_noted_and_asked_again(archive, clock):
    with serving(lambda _request: b"") as gone:
        pass
    away = with_post(archive, HttpPost(gone))
    first = stamp_newest(away)
    clock.now += RETRY_AFTER
    second = stamp_newest(archive)
    assert "does not answer" in first.failure
    assert (last_try(archive), second.failure, stamps(archive)) == (second, "", [1])


def test_an_authority_that_fails_is_not_asked_at_every_sweep(archive, clock):
    stamp_newest(with_post(archive, lambda _request: b"no stamp"))
    clock.now += RETRY_AFTER - timedelta(seconds=1)
    assert (is_due(archive), stamps(archive)) == (False, [])


def test_a_stamp_of_a_stranger_is_not_kept(archive, tmp_path):
    stranger = Authority(tmp_path / "stranger")
    done = stamp_newest(with_post(archive, stranger))
    assert ("does not hold" in done.failure, stamps(archive)) == (True, [])


def test_a_stamp_that_was_exchanged_is_named(archive, clock):
    stamp_newest(archive)
    log_more(archive, 2)
    store = archive.vault.segments
    store.create(f"{TIMESTAMPS}{2:020}", store.get(f"{TIMESTAMPS}{1:020}"))
    (fault,) = check_log(archive).damaged
    assert fault["object"] == f"{TIMESTAMPS}{2:020}"


def test_a_stamp_of_more_than_the_log_has_is_named(archive):
    archive.vault.segments.create(f"{TIMESTAMPS}{9:020}", b"x")
    (fault,) = check_log(archive).damaged
    assert (fault["object"], fault["reason"][:21]) == (f"{TIMESTAMPS}{9:020}", "it is of no checkpoin")


def test_stamps_are_counted_as_not_checked_where_no_authority_is_trusted(archive):
    stamp_newest(archive)
    report = check_log(replace(archive, stamping=None))
    assert (report.stamps, report.stamps_not_checked, report.damaged) == (0, 1, [])


def test_a_state_file_that_is_lost_or_spoilt_costs_one_question(archive):
    stamp_newest(archive)
    (archive.data / "time-stamp.json").write_text("{")
    assert (is_due(archive), stamp_newest(archive).failure, stamps(archive)) == (True, "", [1])


@pytest.mark.parametrize(
    ("status", "kind", "size"),
    [
        (500, "application/timestamp-reply", 10),
        (302, "application/timestamp-reply", 10),
        (200, "text/html", 10),
        (200, "application/timestamp-reply", MAX_RESPONSE_BYTES + 1),
    ],
)
def test_an_answer_that_is_no_stamp_is_unavailable(status, kind, size):
    with serving(lambda _request: bytes(size), status=status, kind=kind) as url, pytest.raises(AuthorityUnavailable):
        HttpPost(url)(b"request")


def test_an_authority_that_hangs_is_given_up():
    with serving(lambda _request: time.sleep(1) or b"") as url, pytest.raises(AuthorityUnavailable, match="timed out"):
        HttpPost(url, time_limit_seconds=0.2)(b"request")


@pytest.mark.parametrize("url", ["ftp://tsa.example/", "tsa.example", "https://", "https://u:p@tsa.example/", ""])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="must be like https"):
        HttpPost(url)


def test_settings_make_the_archive_s_stamper(empty_archive, settings, authority, address):
    settings.MUNIMENT_TSA_URL = address
    settings.MUNIMENT_TSA_CERTIFICATES = str(authority.folder / "root.pem")
    wiring.archive.cache_clear()
    place_hold()
    log_pending(wiring.archive())
    assert (stamp_newest(wiring.archive()).failure, check_log(wiring.archive()).stamps) == ("", 1)


@pytest.mark.parametrize(
    ("url", "certificates", "told"),
    [
        ("https://tsa.example/", "", "needs MUNIMENT_TSA_CERTIFICATES"),
        ("https://tsa.example/", "/nowhere/root.pem", "No such file"),
        ("https://tsa.example/", __file__, "MUNIMENT_TSA_CERTIFICATES is"),
    ],
)
def test_a_wrong_setting_is_a_sentence(empty_archive, settings, url, certificates, told):
    settings.MUNIMENT_TSA_URL, settings.MUNIMENT_TSA_CERTIFICATES = url, certificates
    wiring.archive.cache_clear()
    with pytest.raises(ImproperlyConfigured, match=told):
        wiring.archive()


def test_status_says_why_a_checkpoint_was_not_stamped(archive):
    stamp_newest(with_post(archive, lambda _request: b"no stamp"))
    place_hold(2)
    found = status(archive)
    assert ("no time-stamp response" in found.time_stamp_failure, found.notes_not_logged) == (True, 1)

"""What load balancers ask of the web: answered to anybody, telling nothing, noted nowhere, never waiting for long."""

import shutil
import threading
import time

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test import Client

from accounts.models import AuditEntry
from archive.queries.readiness import Readiness, of_ports
from muniment.engines.memory import MemoryEngine
from muniment.seal.vault import Vault
from muniment.stores.memory import MemoryStore
from muniment.stores.port import StoreUnavailable

READY = ("/readyz", "/health/ready")
ALIVE = ("/healthz", "/health/live")


class AwayStore(MemoryStore):
    """Answers nothing, at once or only when it is let go."""

    def __init__(self, gate=None):
        super().__init__()
        self._gate = gate
        self.asked = 0

    def keys(self, prefix, *, after=""):
        self.asked += 1
        if self._gate is not None:
            self._gate.wait()
        raise StoreUnavailable("away")


def of(store):
    return of_ports(Vault(segments=store, keyrings=MemoryStore(), keys=None), MemoryEngine())


@pytest.mark.parametrize("address", READY + ALIVE)
def test_an_archive_that_works_says_ok_and_nothing_else(filled, address):
    answer = Client().get(address)
    assert (answer.status_code, answer.content, answer.cookies.output()) == (200, b"ok\n", "")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", READY)
def test_an_empty_archive_is_ready_without_an_index(empty_archive, address):
    shutil.rmtree(empty_archive.data / "index")
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("address", READY)
def test_an_index_that_is_lost_is_not_ready_and_the_process_lives_on(filled, address):
    shutil.rmtree(filled.data / "index")
    answers = [Client().get(one) for one in (address, *ALIVE)]
    assert [(one.status_code, one.content) for one in answers] == [
        (503, b"not ready\n"),
        (200, b"ok\n"),
        (200, b"ok\n"),
    ]


@pytest.mark.parametrize("address", READY)
def test_a_database_that_does_not_answer_is_not_ready_and_its_words_stay_here(filled, address):
    def fail(*_arguments):
        raise DatabaseError("password of host db.corp.example")

    with connection.execute_wrapper(fail):
        answers = [Client().get(one) for one in (address, *ALIVE)]
    assert [(one.status_code, one.content) for one in answers] == [
        (503, b"not ready\n"),
        (200, b"ok\n"),
        (200, b"ok\n"),
    ]


def test_being_asked_leaves_no_trace(filled):
    before = (AuditEntry.objects.count(), Session.objects.count())
    for address in READY + ALIVE:
        Client().get(address)
        Client().head(address)
    assert (AuditEntry.objects.count(), Session.objects.count()) == before


@pytest.mark.parametrize("address", READY + ALIVE)
def test_nothing_can_be_sent_there(filled, address):
    assert Client().post(address).status_code == 405


def test_tls_is_not_asked_of_a_balancer(filled, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert [Client().get(address).status_code for address in READY + ALIVE] == [200] * 4


def test_a_store_that_fails_is_named_to_the_log_alone(caplog):
    assert of(AwayStore()).failing() == ("vault",)
    assert "part=vault reason=StoreUnavailable" in caplog.text


def test_a_store_that_hangs_is_waited_for_so_long_and_asked_once_by_however_many():
    gate = threading.Event()
    store = AwayStore(gate)
    ready = Readiness({"store": lambda: next(store.keys("probe/"), None), "other": lambda: None}, seconds=0.2)
    answers = []
    began = time.monotonic()
    askers = [threading.Thread(target=lambda: answers.append(ready.failing())) for _ in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert (answers, store.asked, time.monotonic() - began < 3) == ([("store",)] * 20, 1, True)
    gate.set()


def test_a_thing_that_came_back_is_ready_again():
    broken = [True]

    def check():
        if broken:
            raise StoreUnavailable("away")

    ready = Readiness({"store": check})
    before = ready.failing()
    broken.clear()
    assert (before, ready.failing()) == (("store",), ())

"""Two web processes behind HAProxy: either answers anybody, one that ends is missed by nobody, each client is itself."""

import signal
import smtplib
import threading
import time

import pytest

from tests.live.nodes.browsing import Browser

PASSWORD = "correct horse battery"
PERSON = "officer@corp.example"
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def person(place):
    command = ("manage.py", "add_person", PERSON, "--role", "compliance", "--grant", "everything", "--password-stdin")
    place.run("web", *command, "--reason", "the tests", given=PASSWORD + "\n")
    return PERSON


def asked(port, path, *, until):
    """Ask again and again from a thread of its own until told; return the list of statuses that grows."""
    statuses = []

    def work():
        while not until.is_set():
            try:
                statuses.append(Browser(port).get(path)[0])
            except OSError as error:
                statuses.append(type(error).__name__)

    threading.Thread(target=work, daemon=True).start()
    return statuses


def test_the_balancer_is_healthy_and_pages_come_over_tls(balancer):
    assert balancer.is_healthy()
    assert [Browser(balancer.web_port).get(path)[0] for path in ("/sign-in/", "/healthz", "/readyz")] == [200] * 3


def test_what_is_searched_for_is_in_no_log_of_the_balancer(balancer):
    Browser(balancer.web_port).get("/?q=canary+in+the+query")
    Browser(balancer.web_port).get("/help/?q=canary")
    until = time.monotonic() + 10
    while "GET /help/" not in balancer.log.read_text():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "canary" not in balancer.log.read_text()


def test_who_signed_in_is_known_to_each_process(balancer, webs, person):
    browser = Browser(balancer.web_port)
    assert browser.sign_in(person, PASSWORD) == 302
    answers = []
    for node in webs:
        itself = Browser(node.port, plain=True, cookies=dict(browser.cookies))
        answers.append(itself.get("/", X_Forwarded_Proto="https", X_Forwarded_For="127.0.0.10")[0])
    assert answers == [200, 200]
    assert [browser.get("/")[0] for _ in range(6)] == [200] * 6


def test_guessing_is_counted_by_the_clients_own_address_whatever_it_says_of_itself(balancer, person):
    guesser, other = Browser(balancer.web_port, "127.0.0.11"), Browser(balancer.web_port, "127.0.0.12")
    assert [guesser.sign_in(person, "guess") for _ in range(8)] == [200] * 8
    forged = {"X_Forwarded_For": "127.0.0.12", "Forwarded": "for=127.0.0.12"}
    assert (guesser.sign_in(person, PASSWORD, **forged), other.sign_in(person, PASSWORD)) == (429, 302)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_ends_is_missed_by_nobody_who_asks_after_it(balancer, webs, number):
    until = threading.Event()
    if number is signal.SIGKILL:  # what it was answering dies with it: only then is asked
        webs[0].end(number)
    running = [asked(balancer.web_port, "/sign-in/", until=until) for _ in range(3)]
    time.sleep(0.5)
    webs[0].end(number)
    time.sleep(2)
    until.set()
    assert {status for statuses in running for status in statuses} == {200}
    webs[0].start()
    balancer.wait_for("web1")


def test_without_the_store_no_process_is_ready_and_the_balancer_says_so(balancer, store):
    store.kill()
    try:
        assert balancer.becomes(healthy=False)
        assert Browser(balancer.web_port).get("/readyz")[0] == 503
    finally:
        store.start()
    assert balancer.becomes(healthy=True)
    assert Browser(balancer.web_port).get("/readyz")[0] == 200


def test_without_the_database_no_page_is_served_and_mail_is_taken(balancer, database):
    database.stop(signal.SIGKILL)
    try:
        assert balancer.becomes(healthy=False)
        with smtplib.SMTP("127.0.0.1", balancer.smtp_port, timeout=30, source_address=("127.0.0.10", 0)) as client:
            client.sendmail("a@x.test", ["b@y.test"], "Message-ID: <meanwhile@nodes.test>\r\n\r\nx\r\n")
    finally:
        database.start()
    assert balancer.becomes(healthy=True)

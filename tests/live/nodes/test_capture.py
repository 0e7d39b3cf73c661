"""Two capture nodes behind HAProxy: one is told to stop, one is killed, and what was answered is there, once."""

import json
import signal
import smtplib
import socket
import time

import pytest

from tests.live.nodes.sending import Mill

MESSAGES = 2_000
CLIENTS = [f"127.0.0.{number}" for number in range(10, 22)]
pytestmark = pytest.mark.timeout(600)


def greeting(port, address):
    with socket.create_connection(("127.0.0.1", port), 10, source_address=(address, 0)) as client:
        return client.recv(200)


def test_a_client_that_may_not_send_is_turned_away_by_its_own_address(balancer):
    answers = [greeting(balancer.smtp_port, address)[:3] for address in ("127.0.0.10", "127.0.0.99", "127.0.0.1")]
    assert answers == [b"220", b"554", b"554"]


def test_nobody_reaches_a_node_past_the_balancer_in_somebody_elses_name(captures, balancer):
    header = b"PROXY TCP4 127.0.0.10 127.0.0.1 5 25\r\n"
    with socket.create_connection(("127.0.0.1", captures[0].port), 10, source_address=("127.0.0.11", 0)) as client:
        client.sendall(header + b"EHLO c\r\n")
        assert client.makefile("rb").readlines()[-1][:9] == b"421 4.7.1"


def test_checks_leave_no_line_in_the_logs_of_the_nodes(captures, balancer):
    before = [node.log.read_text() for node in captures]
    time.sleep(5)  # two checks of each node at least
    assert [node.log.read_text() for node in captures] == before


def test_what_was_answered_is_there_once_though_one_node_is_stopped_and_the_other_killed(place, captures, balancer):
    first, second = captures
    mill = Mill(balancer.smtp_port, MESSAGES, CLIENTS)
    mill.start()
    mill.wait_until(300)
    told = time.monotonic()
    code = first.end(signal.SIGTERM)
    gone = time.monotonic()
    cut_by_stopping = [attempt for _, attempt in mill.cut]
    refused_by_stopping = len(mill.refused)
    first.start()
    balancer.wait_for("capture1")
    mill.wait_until(900)
    second.end(signal.SIGKILL)
    time.sleep(1)
    second.start()
    balancer.wait_for("capture2")
    mill.wait_until(MESSAGES)
    mill.join()
    sealed = place.sightings()
    counts = {attempt: sealed.count((attempt, address)) for attempt, address in mill.answered.items()}
    print(  # noqa: T201 - shown by pytest -s, for docs/faults.md
        f"answered {len(mill.answered)}, sealed {len(sealed)}, cut {len(mill.cut)}, without greeting {len(mill.refused)},"
        f" codes {dict(mill.codes)}, SIGTERM to end {gone - told:.1f} s"
    )
    assert (code, gone - told < 15) == (0, True)
    assert (cut_by_stopping, refused_by_stopping, mill.half) == ([], 0, [])
    assert set(counts.values()) == {1}
    assert len(sealed) == len({attempt for attempt, _ in sealed})
    assert {attempt for attempt, _ in sealed} - set(mill.answered) <= {attempt for _, attempt in mill.cut}
    assert {address for _, address in sealed} == set(CLIENTS)
    found = json.loads(place.run("web", "manage.py", "verify", "--json"))
    assert (found["sightings"], found["damaged"]) == (len(sealed), [])


def test_while_the_store_is_away_the_balancer_learns_it_and_then_mail_is_taken_again(balancer, store):
    message = "Message-ID: <away@nodes.test>\r\n\r\nx\r\n"
    store.kill()
    try:
        with smtplib.SMTP("127.0.0.1", balancer.smtp_port, timeout=120, source_address=("127.0.0.10", 0)) as client:
            with pytest.raises(smtplib.SMTPDataError) as answer:
                client.sendmail("a@x.test", ["b@y.test"], message)
            assert answer.value.smtp_code == 451
        until = time.monotonic() + 9  # for so long the node says so
        while {"capture1", "capture2"} <= balancer.up():
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        store.start()
    balancer.wait_for("capture1", "capture2", "web1", "web2")
    with smtplib.SMTP("127.0.0.1", balancer.smtp_port, timeout=60, source_address=("127.0.0.10", 0)) as client:
        assert client.sendmail("a@x.test", ["b@y.test"], message) == {}

"""250 means durable: what the listener answers when the archive is slow, away or full."""

import socket
import time

import pytest

from journaling.smtp.options import Limits
from tests.flow.smtp.rig import MemoryIntake, running, unavailable

MIB = 1024 * 1024


def test_the_answer_waits_until_the_message_is_durable():
    with running(intake=MemoryIntake(held=True)) as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"x\r\n.\r\n")
        assert rig.intake.entered.wait(5)
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(5)
        rig.call(rig.intake.open_gate)
        assert client.socket.recv(100)[:3] == b"250"


@pytest.mark.parametrize("error", [unavailable(), RuntimeError("a fault of ours")])
def test_a_store_that_does_not_take_it_gives_451_and_the_session_goes_on(error):
    with running(intake=MemoryIntake(error=error)) as rig:
        client = rig.client()
        client.begin()
        assert client.data(b"x\r\n.\r\n").startswith(b"451 4.3.0 ")
        assert client.begin() == [b"250"] * 3
        assert (rig.intake.kept, rig.settled()) == ([], True)


def test_a_declared_size_beyond_the_budget_is_refused_before_the_data():
    with running(intake=MemoryIntake(budget=10_000)) as rig:
        client = rig.client()
        client.ask(b"EHLO c")
        assert client.ask(b"MAIL FROM:<a@b> SIZE=20000").startswith(b"452 4.3.1 ")
        assert rig.settled()


def test_a_budget_that_was_spent_since_mail_is_refused_at_data():
    intake = MemoryIntake(budget=30_000)
    with running(intake=intake) as rig:
        client = rig.client()
        client.asks(b"EHLO c", b"MAIL FROM:<a@b> SIZE=20000", b"RCPT TO:<c@d>")
        rig.call(intake.reserve, 20_000)
        assert client.ask(b"DATA").startswith(b"452 4.3.1 ")
        rig.call(intake.release, 20_000)
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        assert rig.settled()


def test_a_budget_spent_in_the_middle_of_data_swallows_the_rest_and_gives_452():
    with running(intake=MemoryIntake(budget=100_000)) as rig:
        client = rig.client()
        client.begin()
        assert client.data(b"x" * 5 * MIB + b"\r\n.\r\n").startswith(b"452 4.3.1 ")
        client.begin()
        assert client.data(b"small\r\n.\r\n")[:3] == b"250"
        assert [captured.raw for captured in rig.intake.kept] == [b"small\r\n"]
        assert rig.settled()


@pytest.mark.parametrize("cut", range(1, 6))
def test_the_end_of_swallowed_data_is_found_across_packets(cut):
    with running(intake=MemoryIntake(budget=1_000)) as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"x" * 2_000)
        time.sleep(0.02)
        end = b"\r\n.\r\nNOOP\r\n"
        client.send(end[:cut])
        time.sleep(0.02)
        client.send(end[cut:])
        assert [client.reply()[:3], client.reply()[:3]] == [b"452", b"250"]


def test_a_budget_spent_in_a_chunk_refuses_the_whole_message_with_the_same_answer():
    with running(intake=MemoryIntake(budget=100_000)) as rig:
        client = rig.client()
        client.begin()
        client.send(b"BDAT 10\r\n0123456789BDAT 200000\r\n" + b"x" * 200_000 + b"BDAT 3\r\nabcBDAT 2 LAST\r\nxy")
        assert [client.reply()[:3] for _ in range(4)] == [b"250", b"452", b"452", b"452"]
        assert client.begin() == [b"250"] * 3
        assert (rig.intake.kept, rig.settled()) == ([], True)


def test_a_message_of_the_announced_size_is_taken_and_one_byte_more_is_not():
    with running(limits=Limits(message_bytes=1_000)) as rig:
        client = rig.client()
        assert b"SIZE 1000" in client.ask(b"EHLO c")
        assert client.ask(b"MAIL FROM:<a@b> SIZE=1001").startswith(b"552 5.3.4 ")
        client.begin()
        assert client.data(b".." + b"x" * 997 + b"\r\n.\r\n")[:3] == b"250"
        client.begin()
        assert client.data(b"x" * 999 + b"\r\n.\r\n").startswith(b"552 5.3.4 ")
        client.begin()
        assert client.data(b"x" * MIB + b"\r\n.\r\n").startswith(b"552 5.3.4 ")
        client.begin()
        assert client.ask(b"BDAT 1001 LAST\r\n" + b"x" * 1_001)[:3] == b"552"
        assert [len(captured.raw) for captured in rig.intake.kept] == [1_000]
        assert rig.settled()


def test_dots_that_the_client_added_do_not_count_for_the_size():
    raw = b".\r\n" * 300
    with running(limits=Limits(message_bytes=900)) as rig:
        client = rig.client()
        client.begin()
        assert client.data(b"..\r\n" * 300 + b".\r\n")[:3] == b"250"
        assert rig.intake.kept[0].raw == raw


def test_a_client_that_leaves_in_the_middle_of_data_leaves_nothing_behind():
    with running() as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"half a mess")
        assert (rig.settled(), rig.intake.kept) == (True, [])


def test_a_client_that_leaves_before_its_answer_may_find_its_message_kept():
    with running(intake=MemoryIntake(held=True)) as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"x\r\n.\r\n")
        rig.intake.entered.wait(5)
        client.close()
        rig.call(rig.intake.open_gate)
        time.sleep(0.1)
        assert [captured.raw for captured in rig.intake.kept] == [b"x\r\n"]
        assert rig.settled()


def test_a_client_that_has_sent_all_and_closed_its_half_gets_its_answer():
    with running(intake=MemoryIntake(held=True)) as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"x\r\n.\r\n")
        rig.intake.entered.wait(5)
        client.socket.shutdown(socket.SHUT_WR)
        time.sleep(0.1)
        rig.call(rig.intake.open_gate)
        assert [client.reply()[:3], client.reply()] == [b"250", b""]


def test_what_is_pipelined_behind_a_waiting_message_stays_with_the_client():
    with running(intake=MemoryIntake(held=True)) as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"x\r\n.\r\n")
        rig.intake.entered.wait(5)
        client.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            client.send(b"NOOP\r\n" * 5_000_000)
        rig.call(rig.intake.open_gate)


def test_rset_and_a_new_greeting_give_everything_back():
    with running() as rig:
        client = rig.client()
        client.begin()
        client.ask(b"BDAT 5\r\nabc")
        assert client.asks(b"RSET", b"DATA") == [b"250", b"503"]
        client.begin()
        client.ask(b"BDAT 5\r\nabc")
        assert client.asks(b"EHLO again", b"MAIL FROM:<a@b>") == [b"250", b"250"]
        assert rig.settled()

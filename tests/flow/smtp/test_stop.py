"""Stopping loses nothing: what is under way is finished, idle clients are told, and the process ends with 0."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flow.smtp.rig import Client, MemoryIntake, running

ROOT = Path(__file__).resolve().parents[3]

SERVE = """
import json, os, sys
sys.path.insert(0, os.getcwd())
from journaling.smtp.options import Listener
from journaling.smtp.service import serve, serve_in_processes
from tests.flow.smtp.rig import MemoryIntake, options

listeners = (Listener(host="127.0.0.1", port=int(sys.argv[2])), Listener(host="127.0.0.1", port=0, lmtp=True))

def announce(addresses):
    line = json.dumps([os.getpid(), *(port for _, _, port in addresses)]) + "\\n"
    os.write(1, line.encode())  # in one call: two processes share this pipe

def work(number, lifeline):
    serve(options=options(), listeners=listeners[:1], make_intake=MemoryIntake, announce=announce,
          share_ports=True, lifeline=lifeline)

count = int(sys.argv[1])
if count > 1:
    serve_in_processes(count, work)
else:
    serve(options=options(), listeners=listeners, make_intake=MemoryIntake, announce=announce)
"""


@pytest.fixture
def serve():
    started = []

    def start(count, port):
        command = [sys.executable, "-c", SERVE, str(count), str(port)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_idle_clients_are_answered_421_and_new_ones_find_nobody():
    with running() as rig:
        greeted, waiting = rig.client(), rig.client()
        waiting.begin()
        stopping = rig.stop(5)
        assert [greeted.reply()[:9], waiting.reply()[:9]] == [b"421 4.3.2"] * 2
        assert stopping.result(5) is True
        with pytest.raises(ConnectionError):
            Client(rig.port)


def test_a_message_under_way_is_finished_first():
    with running() as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"first half ")
        stopping = rig.stop(5)
        time.sleep(0.1)
        client.send(b"second half\r\n.\r\nMAIL FROM:<a@b>\r\n")
        assert [client.reply()[:3], client.reply()[:3], client.reply()] == [b"250", b"421", b""]
        assert stopping.result(5) is True
        assert rig.intake.kept[0].raw == b"first half second half\r\n"


def test_a_message_that_waits_for_the_archive_gets_its_answer():
    with running(intake=MemoryIntake(held=True)) as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"x\r\n.\r\n")
        rig.intake.entered.wait(5)
        stopping = rig.stop(5)
        time.sleep(0.1)
        rig.call(rig.intake.open_gate)
        assert [client.reply()[:3], client.reply()[:3]] == [b"250", b"421"]
        assert stopping.result(5) is True


def test_what_takes_longer_than_allowed_is_cut_off_without_an_answer():
    with running() as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        assert rig.stop(0.2).result(5) is False
        assert client.reply() == b""


def test_a_process_told_to_stop_finishes_and_ends_with_0(serve):
    process = serve(1, 0)
    _, port, lmtp_port = json.loads(process.stdout.readline())
    client = Client(port)
    client.begin()
    client.ask(b"DATA")
    assert Client(lmtp_port).greeting[:3] == b"220"
    process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    client.send(b"x\r\n.\r\n")
    assert [client.reply()[:3], client.reply()[:3]] == [b"250", b"421"]
    assert process.wait(10) == 0


def test_a_port_that_is_taken_is_told_in_a_sentence(serve):
    first = serve(1, 0)
    _, port, _ = json.loads(first.stdout.readline())
    command = [sys.executable, "-c", SERVE, "1", str(port)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert f"Cannot listen on 127.0.0.1 port {port} (EADDRINUSE)" in second.stderr


def free_port():
    with running() as rig:
        return rig.port


def test_several_processes_share_a_port_and_one_that_dies_is_replaced(serve):
    process = serve(2, free_port())
    pids = []
    for _ in range(2):
        pid, port = json.loads(process.stdout.readline())
        pids.append(pid)
    os.kill(pids[0], signal.SIGKILL)
    replacement, port = json.loads(process.stdout.readline())
    assert replacement not in pids
    client = Client(port)
    client.begin()
    assert client.data(b"x\r\n.\r\n")[:3] == b"250"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_processes_whose_parent_is_killed_stop(serve):
    process = serve(2, free_port())
    pids = [json.loads(process.stdout.readline())[0] for _ in range(2)]
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)

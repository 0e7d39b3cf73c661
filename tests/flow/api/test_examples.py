"""The calls of docs/api.md, as they stand there, by curl against a server."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread

from accounts.services import tokens

EXAMPLES = re.findall(r"```sh\n(.*?)```", (Path(__file__).parents[3] / "docs" / "api.md").read_text(), re.DOTALL)


@pytest.fixture
def server(db):
    """Return the address of a server that works in the transaction of the test: the audit trail cannot be emptied."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={connection.alias: connection})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    connection.dec_thread_sharing()


@pytest.fixture
def shell(server, filled, person):
    """Return a function that runs a line of shell with a token of a compliance officer."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    officer = person("compliance", "officer@corp.example", ("everything", ""))
    secret = tokens.give(actor=officer, name="examples", days=1).secret

    def run(line):
        known = os.environ | {"MUNIMENT": server, "MUNIMENT_TOKEN": secret}
        done = subprocess.run(["bash", "-c", line], env=known, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    return run


def test_the_three_calls_do_what_the_page_says(shell):
    me, found, opened, again = [shell(line) for line in (*EXAMPLES, EXAMPLES[2])]
    assert me["address"] == "officer@corp.example"
    assert found["total"] == 1
    assert opened["reference"] == "2026-042"
    assert again["id"] == opened["id"]

"""The archive with OpenSearch, by its commands: catalogue, index, search, rebuild; capture goes on while it is down."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from tests.live.servers.common import free_port

ROOT = Path(__file__).parents[3]
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Invoice %d\r\nMessage-ID: <%d@example.org>\r\n\r\nAmount due.\r\n"


@pytest.fixture
def manage(node, tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MUNIMENT_DATA": str(tmp_path / "data"),
        "MUNIMENT_SEARCH_URL": node.nodes[0].url,
        "MUNIMENT_SEARCH_NAME": f"t{uuid4().hex[:8]}",
        "MUNIMENT_SEARCH_REPLICAS": "0",
    }

    def run(*arguments, **changes):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment | changes, check=False, capture_output=True, text=True, timeout=300
        )

    run.name, run.data = environment["MUNIMENT_SEARCH_NAME"], tmp_path / "data"
    return run


@pytest.fixture
def mail(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.eml").write_bytes(MAIL % (number, number))
    return str(folder)


def total(manage, query):
    done = manage("search_mail", query, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["total"]


def test_mail_is_catalogued_indexed_found_and_its_index_made_anew(manage, mail, node):
    imported = manage("import_mail", mail, "--source", "test")
    assert imported.returncode == 0, imported.stderr
    before = sorted(node.nodes[0].get(f"/{manage.name}-v1/_alias"))
    assert (total(manage, "invoice"), total(manage, "subject:invoice from:a@example.org")) == (3, 3)

    rebuilt = manage("rebuild", "index")
    assert rebuilt.returncode == 0, rebuilt.stderr

    after = sorted(node.nodes[0].get(f"/{manage.name}-v1/_alias"))
    assert (total(manage, "invoice"), len(before), len(after), before != after) == (3, 1, 1, True)
    assert not (manage.data / "index").exists()


def test_mail_is_taken_while_the_cluster_is_down_and_found_once_it_is_back(manage, mail):
    down = {"MUNIMENT_SEARCH_URL": f"http://127.0.0.1:{free_port()}"}
    imported = manage("import_mail", mail, "--source", "test", "--no-wait", **down)
    searched = manage("search_mail", "invoice", **down)

    assert (imported.returncode, searched.returncode != 0) == (0, True), imported.stderr
    assert "does not answer: is it running" in searched.stderr
    assert manage("import_mail", mail, "--source", "test").returncode == 0
    assert total(manage, "invoice") == 3

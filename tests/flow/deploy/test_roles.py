"""The image's roles as processes: an unprivileged user, a read-only tree, no home, and keys that nobody may write."""

import json
import smtplib

import pytest

MESSAGE = "From: ann@corp.example\r\nTo: bob@corp.example\r\nSubject: Crates\r\n\r\nFour of them.\r\n"


@pytest.fixture
def migrated(container):
    assert container.run("make-secrets", str(container.keys)).returncode == 0
    container.keys.chmod(0o555)
    done = container.run("migrate")
    assert done.returncode == 0, done.stderr
    return container


def test_without_a_role_or_with_another_one_it_says_which_there_are(container):
    assert "entry.py web" in container.run().stdout
    assert (found := container.run("serve")).returncode == 2
    assert "'serve' is no role" in found.stderr


def test_secrets_are_made_once(container):
    container.run("make-secrets", str(container.keys))
    before = {path.name: path.read_bytes() for path in container.keys.iterdir()}
    container.run("make-secrets", str(container.keys))
    assert {path.name: path.read_bytes() for path in container.keys.iterdir()} == before


def test_nobody_else_enters_their_folder_and_the_keys_are_their_owners_alone(container):
    container.run("make-secrets", str(container.keys))
    alone = [container.keys, container.keys / "master-key", container.keys / "log-key"]
    assert [path.stat().st_mode & 0o077 for path in alone] == [0, 0, 0]


def test_a_missing_key_in_a_folder_that_takes_none_is_told(container):
    container.keys.chmod(0o555)
    found = container.run("migrate", MUNIMENT_SECRET_KEY="x" * 50)
    assert found.returncode == 2
    assert "master-key is missing and cannot be made" in found.stderr


def test_who_waits_for_the_tables_goes_on_once_they_are_there(container):
    container.run("make-secrets", str(container.keys))
    with container.running("wait") as waiting:
        assert container.run("migrate").returncode == 0
        assert waiting._process.wait(60) == 0, waiting.log()


@pytest.mark.timeout(300)
def test_mail_goes_from_the_listener_to_a_search_through_every_role_and_the_tree_stays_as_it_was(migrated):
    before = migrated.files()
    with (
        migrated.running("capture") as capture,
        migrated.running("worker", "catalogue,index,text,personal,exports") as worker,
        migrated.running("beat") as beat,
        migrated.running("web", MUNIMENT_HOSTS="archive.example,localhost", MUNIMENT_HTTPS="yes") as web,
    ):
        for role in (capture, worker, beat, web):
            role.becomes_healthy()
        with smtplib.SMTP("127.0.0.1", migrated.smtp_port) as client:
            client.sendmail("ann@corp.example", ["bob@corp.example"], MESSAGE)
        found = _searched(migrated)
        ends = [role.stop() for role in (capture, web, beat, worker)]
    assert (found["total"], ends) == (1, [0, 0, 0, 0])
    assert migrated.files() == before


def _searched(container):
    for _ in range(60):
        found = json.loads(container.run("manage", "search_mail", "subject:crates", "--json").stdout)
        if found["total"]:
            break
    return found

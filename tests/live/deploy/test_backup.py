"""The commands of docs/operations.md, "The embedded archive", run as they stand there: what is lost, what comes back."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.servers.common import ServerFailed

ROOT = Path(__file__).parents[3]
SECONDS = 300
MAIL = "From: ann@corp.example\nTo: bob@corp.example\nSubject: {0}\nDate: Mon, 5 Jan 2015 10:00:00 +0100\nMessage-ID: <{0}@corp.example>\n\nAbout {0}.\n"


def blocks():
    """Return the commands of the chapter by the first word of each block."""
    chapter = (ROOT / "docs" / "operations.md").read_text().split("### The embedded archive")[1].split("\n### ")[0]
    found = re.findall(r"```sh\n(# (\w+): .*?)```", chapter, re.DOTALL)
    return {name: commands for commands, name in found}


class Place:
    """An archive at $A, its backup at $B, its keys at $K, and what can be read of a dead disk at $OLD."""

    def __init__(self, folder):
        for program in ("rsync", "sqlite3"):
            if not shutil.which(program):
                raise ServerFailed(f"{program} is not installed: `make live` installs it")
        self.archive, self.old = folder / "archive", folder / "old"
        self.environment = os.environ | {
            "A": str(self.archive),
            "B": str(folder / "backup"),
            "K": str(folder / "safe"),
            "OLD": str(self.old),
            "MUNIMENT_DATA": str(self.archive),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.mail = folder / "mail"
        self.mail.mkdir(exist_ok=True)

    def follow(self, *names):
        for name in names:
            self._run(["bash", "-euc", blocks()[name]], (0,))

    def start(self):
        """Run the last block; return the exit code and the words of each command."""
        commands = [line for line in blocks()["start"].splitlines() if not line.startswith("#")]
        return [self._run(["bash", "-c", command], (0, 1)) for command in commands]

    def manage(self, *arguments):
        done = self._run([sys.executable, "manage.py", *arguments, "--json"], (0,))
        return json.loads(done.stdout)

    def act(self, name):
        self._run([sys.executable, "-m", "tests.live.deploy.acts", name], (0,))

    def archive_mail(self, *subjects):
        for subject in subjects:
            (self.mail / f"{subject}.eml").write_text(MAIL.format(subject))
        self.manage("import_mail", str(self.mail), "--source", "files")

    def subjects(self):
        return sorted(hit["subject"] for hit in self.manage("search_mail", "from:ann")["hits"])

    def die(self):
        self.archive.rename(self.old)

    def _run(self, command, allowed):
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode in allowed, f"{command}: {done.stdout}{done.stderr}"
        return done


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """An archive that was copied once; after that, mail came and mail was destroyed."""
    folder = tmp_path_factory.mktemp("lived")
    made = Place(folder)
    made.archive_mail("Crates", "Secret", "Invoice")
    made.act("people")
    made.manage("verify")  # and the evidence log begins
    made.follow("keys", "database", "store")
    made.archive_mail("Later")
    made.act("destroy")
    made.manage("verify")
    return folder


@pytest.fixture
def place(lived, tmp_path):
    shutil.copytree(lived, tmp_path / "place", symlinks=True)
    return Place(tmp_path / "place")


def test_with_a_fresh_copy_of_the_store_only_the_audit_trail_lacks_what_came_after_the_database_was_copied(place):
    place.follow("store")
    place.die()
    place.follow("restore")
    rebuilt, reconciled, verified = place.start()
    assert (rebuilt.returncode, reconciled.returncode) == (0, 0), f"{rebuilt}{reconciled}"
    assert place.subjects() == ["Crates", "Invoice", "Later"]
    damaged = [line for line in verified.stdout.splitlines() if line.startswith("DAMAGED")]
    assert len(damaged) == 1, verified.stdout
    assert "put back from an older backup" in damaged[0]


def test_with_an_old_copy_and_the_newest_ledger_what_was_destroyed_stays_destroyed(place):
    place.die()
    place.follow("restore", "newest")
    rebuilt, reconciled, verified = place.start()
    assert (rebuilt.returncode, reconciled.returncode) == (0, 0), f"{rebuilt}{reconciled}"
    assert place.subjects() == ["Crates", "Invoice"]
    assert verified.returncode == 1  # the log tells of mail that is lost


def test_without_the_newest_ledger_what_was_destroyed_comes_back(place):
    place.die()
    place.follow("restore")
    place.start()
    assert place.subjects() == ["Crates", "Invoice", "Secret"]


def test_without_its_master_key_nothing_starts(place):
    place.die()
    place.follow("restore")
    (place.archive / "keys" / "master-key").unlink()
    told = [(one.returncode, "put the key back from its backup" in one.stderr) for one in place.start()]
    assert told == [(1, True)] * 3

"""`manage.py export_mail` as a process of its own, killed at any moment; and the verifier without Django."""

import json
import os
import posixpath
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.bundle.builders import files_of
from tests.unit.mailboxes.writers import mbox, message

ROOT = Path(__file__).resolve().parents[3]
COUNT = 1_500
ONE_DATABASE = True  # of the archive that is made once (tests/live/postgresql/apart.py)
# Nothing but the interpreter and the core: neither site-packages nor the other folders of the project.
ALONE = """
import runpy, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "celery", "archive", "accounts", "discovery", "config", *(BLOCKED)}:
            raise ImportError(f"{name} is not here", name=name)
sys.meta_path.insert(0, Blocker())
sys.path.insert(0, ROOT)
sys.argv = ["verify", *ARGUMENTS]
runpy.run_module("muniment.verify", run_name="__main__", alter_sys=True)
"""


def manage(data, *arguments):
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)],
        env={**os.environ, "MUNIMENT_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(data, *arguments):
    process = manage(data, *arguments)
    out, err = process.communicate(timeout=110)
    return process.returncode, out, err


def verify_alone(*arguments, blocked=(), flags=("-I",)):
    program = (
        ALONE.replace("(BLOCKED)", repr(tuple(blocked)))
        .replace("ROOT", repr(str(ROOT)))
        .replace("ARGUMENTS", repr([str(one) for one in arguments]))
    )
    return subprocess.run([sys.executable, *flags, "-c", program], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return the data folder of an archive with `COUNT` messages that can be found."""
    folder = tmp_path_factory.mktemp("archive")
    source = folder / "all.mbox"
    source.write_bytes(mbox([message(number) for number in range(COUNT)]))
    code, _, err = run(folder / "data", "import_mail", source, "--source", "old", "--json")
    assert code == 0, err
    return folder / "data"


@pytest.fixture(scope="module")
def exported(data):
    """Return the document of an export, and its bytes."""
    code, out, err = run(data, "export_mail", "*", "--to", data / "whole.zip", "--purpose", "p", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    return document, (data / "whole.zip").read_bytes()


def test_the_command_says_what_it_made(exported):
    document, content = exported

    assert (document["taken"], document["found"]) == (COUNT, COUNT)
    assert document["size_bytes"] == len(content)


def test_every_link_of_its_pages_leads_to_a_file_in_it(exported):
    files = files_of(exported[1])

    pages = {name: content.decode() for name, content in files.items() if name.endswith(".html")}
    links = {
        posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        for name, content in pages.items()
        for target in re.findall(r'href="([^"]*)"', content)
    }

    assert len(pages) == 4
    assert links == files.keys() - {"log/checkpoint", "log/key"}


def test_the_verifier_runs_on_the_interpreter_alone(exported):
    document, _ = exported
    arguments = (document["path"], "--digest", document["digest"], "--json")

    without_packages = verify_alone(*arguments, flags=("-I", "-S"))
    report = json.loads(without_packages.stdout)

    assert (without_packages.returncode, without_packages.stderr) == (0, "")
    assert report["sound"]
    assert any("cryptography is not installed" in sentence for sentence in report["not_proved"])
    assert report["proved"]["sealed"] == COUNT


def test_the_verifier_proves_the_log_where_cryptography_is_there(exported):
    document, _ = exported

    checked = verify_alone(document["path"], "--json", flags=("-I",))

    assert json.loads(checked.stdout)["proved"]["in_log"] == COUNT


def test_the_verifier_needs_no_cryptography_unless_there_is_a_log(exported):
    checked = verify_alone(exported[0]["path"], blocked=("cryptography", "cbor2", "zstandard"))

    assert checked.returncode == 0
    assert "sound" in checked.stdout


def test_what_is_wrong_is_exit_code_1_and_named(exported, tmp_path):
    _, content = exported
    at = content.index(b"Subject:")
    (tmp_path / "bad.zip").write_bytes(content[:at] + b"s" + content[at + 1 :])

    checked = verify_alone(tmp_path / "bad.zip")

    assert checked.returncode == 1
    assert "NOT SOUND" in checked.stdout
    assert "messages/000001.eml: changed" in checked.stdout


@pytest.mark.parametrize("arguments", [[], ["/none.zip"], ["x", "--digest", "12"], ["/", "--checkpoint", "/none"]])
def test_wrong_usage_of_the_verifier_is_exit_code_2(arguments):
    assert verify_alone(*arguments).returncode == 2


@pytest.mark.parametrize(
    "arguments", [["x"], ["from:", "--to", "/tmp/x.zip"], ["x", "--to", "/tmp/x.zip", "--limit", "0"]]
)
def test_wrong_usage_of_the_export_is_exit_code_2(data, arguments):
    assert run(data, "export_mail", *arguments)[0] == 2


def test_a_file_that_is_there_is_not_replaced(data, tmp_path):
    (tmp_path / "mine.zip").write_bytes(b"mine")

    code, _, err = run(data, "export_mail", "*", "--to", tmp_path / "mine.zip")

    assert code == 1
    assert "is there already" in err


@pytest.mark.timeout(300)
def test_an_export_killed_again_and_again_ends_in_the_same_bytes(data, tmp_path):
    destination = tmp_path / "killed.zip"
    chooser = random.Random(11)
    order = ("export_mail", "*", "--to", destination, "--purpose", "killed", "--json")
    kills = 0
    for _ in range(6):
        process = manage(data, *order)
        _wait_for_mail(data, process, destination)
        time.sleep(0.4 * chooser.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += not destination.exists()
    code, out, err = run(data, *order)
    assert (code, err) == (0, "")
    content = destination.read_bytes()
    destination.unlink()

    again = json.loads(run(data, *order)[1])

    assert kills > 0
    assert destination.read_bytes() == content
    assert again["sha256"] == json.loads(out)["sha256"]
    assert verify_alone(destination).returncode == 0


def _wait_for_mail(data, process, destination):
    """Wait until the bundle of an unfinished job is being written, or the export is done."""
    while process.poll() is None and not destination.exists():
        if any(path.stat().st_size for path in data.glob("exports/*/bundle")):
            return
        time.sleep(0.01)


def test_the_readme_names_the_options_that_there_are():
    text = verify_alone("--help").stdout

    assert set(re.findall(r"--[a-z-]+", text)) >= {"--digest", "--log-key", "--checkpoint", "--consistency", "--json"}

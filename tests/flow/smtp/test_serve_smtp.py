"""`manage.py serve_smtp` and `smtp_password` as an administrator runs them."""

import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def command(data, *arguments, **settings):
    return {
        "args": [sys.executable, "manage.py", *arguments],
        "cwd": ROOT,
        "env": os.environ | {"MUNIMENT_DATA": str(data)} | settings,
        "text": True,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
    }


@contextlib.contextmanager
def serving(data, *arguments, **settings):
    """A running command and the addresses it tells."""
    with subprocess.Popen(**command(data, "serve_smtp", "--json", *arguments, **settings)) as process:
        try:
            yield process, json.loads(process.stdout.readline())["listening"]
        finally:
            process.kill()


def sealed(data):
    return [path for path in (data / "vault").rglob("*") if path.is_file() and "segments" in path.parts]


def queued(data):
    return list((data / "queue" / "messages").iterdir())


def test_smtp_and_lmtp_at_once_are_archived_and_queued_and_the_end_is_0(tmp_path):
    listeners = ["--listen", "smtp://127.0.0.1:0/exchange", "--listen", "lmtp://127.0.0.1:0/zimbra"]
    with serving(tmp_path, *listeners) as (process, (smtp, lmtp)):
        assert (smtp["source"], lmtp["source"], lmtp["protocol"]) == ("exchange", "zimbra", "lmtp")
        with smtplib.SMTP(smtp["host"], smtp["port"], timeout=20) as client:
            client.sendmail("a@x.test", ["b@y.test"], "Subject: one\r\n\r\nx\r\n")
        with smtplib.LMTP(lmtp["host"], lmtp["port"], timeout=20) as client:
            client.sendmail("a@x.test", ["b@y.test"], "Subject: two\r\n\r\nx\r\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert (len(sealed(tmp_path)), bool(queued(tmp_path))) == (2, True)


def test_what_was_answered_is_there_after_kill_9(tmp_path):
    with serving(tmp_path, "--port", "0") as (process, (smtp,)):
        client = smtplib.SMTP(smtp["host"], smtp["port"], timeout=20)
        client.sendmail("a@x.test", ["b@y.test"], "Subject: one\r\n\r\nx\r\n")
        process.kill()
        process.wait(20)
        client.close()
    assert len(sealed(tmp_path)) == 1


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (["--listen", "http://x"], {}, "--listen http://x"),
        (["--port", "0", "--processes", "2"], {}, "Several processes need a port"),
        ([], {"MUNIMENT_SMTP_BARE_LF": "maybe"}, "MUNIMENT_SMTP_BARE_LF"),
        ([], {"MUNIMENT_SMTP_NETWORKS": "everyone"}, "MUNIMENT_SMTP_NETWORKS"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_code_2(tmp_path, arguments, settings, sentence):
    done = subprocess.run(**command(tmp_path, "serve_smtp", *arguments, **settings), timeout=60, check=False)
    assert (done.returncode, sentence in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_smtp_password_makes_a_line_of_the_users_file(tmp_path):
    done = subprocess.run(**command(tmp_path, "smtp_password", "bob"), input="s3cret\n", timeout=60, check=False)
    assert done.stdout.startswith("bob:$scrypt$ln=15,r=8,p=3$")
    assert "s3cret" not in done.stdout

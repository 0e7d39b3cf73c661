"""Peak memory of each process, as one very large message, or a large mailbox, goes through the archive.

    .venv/bin/python benchmarks/memory.py                       a message of 150 MiB, a mailbox of 1 GiB
    .venv/bin/python benchmarks/memory.py --message 40 --mailbox 100        in MiB

Each row is one process: the highest resident set that it ever had (VmHWM), its children (the limited processes that
read attachments, the workers of a large import) in rows of their own.
"""

import argparse
import base64
import json
import os
import random
import smtplib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
POLL_SECONDS = 0.05

WEB_PAGE = """
import sys
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
from django.test import Client
from accounts.models import User
from archive.models import Message
reader, _ = User.objects.get_or_create(username="reader", defaults={"role": "employee", "email": "b@bench.test"})
client = Client(raise_request_exception=True)
client.force_login(reader)
message = Message.objects.get()
answer = client.get(f"/messages/{message.id}{sys.argv[1]}")
if answer.status_code != 200:
    sys.exit(f"the page answers {answer.status_code}")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--message", type=int, default=150, help="MiB of the large message (default: 150)")
    parser.add_argument("--mailbox", type=int, default=1024, help="MiB of the mailbox; 0: none (default: 1024)")
    parser.add_argument("--kind", choices=("attachment", "text"), nargs="*", default=("attachment", "text"))
    parser.add_argument("--folder", type=Path, default=None, help="disk to work on (default: the temporary folder)")
    arguments = parser.parse_args()
    print("| what | process | peak MiB | seconds |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for kind in arguments.kind:
            message = Path(folder) / f"{kind}.eml"
            make_message(message, arguments.message * MIB, kind=kind)
            measure_message(Path(folder) / kind, message, title=f"{arguments.message} MiB, {kind}")
        if arguments.mailbox:
            mailbox = Path(folder) / "mailbox.mbox"
            make_mailbox(mailbox, arguments.mailbox * MIB)
            measure_import(Path(folder) / "mailbox", mailbox, title=f"mailbox of {arguments.mailbox} MiB")


def measure_message(data, message, *, title):
    """Import a message, take it over SMTP, and read it on the web."""
    measure_import(data / "imported", message, title=title)
    for page in ("/raw.eml", ""):
        show(f"{title}: web {page[1:] or 'page'}", *watched([sys.executable, "-c", WEB_PAGE, page], data / "imported"))
    measure_smtp(data / "captured", message, title=title)


def measure_import(data, path, *, title):
    command = [sys.executable, str(ROOT / "manage.py"), "import_mail", str(path), "--source", "memory", "--json"]
    show(f"{title}: import", *watched(command, data))


def measure_smtp(data, message, *, title):
    """Send a message with DATA to a listener and stop it when it has answered."""
    command = [sys.executable, str(ROOT / "manage.py"), "serve_smtp", "--port", "0", "--json"]
    server = start(command, data, stdout=subprocess.PIPE)
    port = json.loads(server.stdout.readline())["listening"][0]["port"]
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, timeout=600) as client:
        client.sendmail("a@bench.test", ["b@bench.test"], message.read_bytes())
    peaks = {}
    note_peaks(server.pid, peaks)
    server.terminate()
    server.wait(60)
    show(f"{title}: SMTP", peaks, time.perf_counter() - began)


def start(command, data, **options):
    data.mkdir(parents=True, exist_ok=True)
    settings = {"MUNIMENT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=os.environ | settings, cwd=ROOT, **options)


def watched(command, data):
    """Run a command to its end; return the peaks of its processes and its time."""
    began = time.perf_counter()
    process = start(command, data, stdout=subprocess.DEVNULL)
    peaks = {}
    while process.poll() is None:
        note_peaks(process.pid, peaks)
        time.sleep(POLL_SECONDS)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return peaks, time.perf_counter() - began


def note_peaks(pid, peaks):
    """Note the highest resident set so far of a process and all below it."""
    for each in family(pid):
        try:
            status = Path(f"/proc/{each}/status").read_text()
            arguments = Path(f"/proc/{each}/cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                # A process that just ended has no command line any more: it keeps the name that it had.
                name = name_of(arguments) or peaks.get(each, ("", 0))[0]
                peaks[each] = (name, max(int(line.split()[1]) / 1024, peaks.get(each, ("", 0))[1]))


def name_of(arguments):
    for argument in arguments[1:]:
        if argument and not argument.startswith("-") and not argument.endswith("manage.py"):
            return argument.split("\n")[0][:40] or "web"
    return ""


def family(pid):
    """Return a process and all below it."""
    found = [pid]
    for each in found:
        try:
            for thread in Path(f"/proc/{each}/task").iterdir():
                found.extend(int(child) for child in (thread / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def show(title, peaks, seconds):
    for name, peak in sorted(peaks.values(), key=lambda found: -found[1]):
        print(f"| {title} | {name or '?'} | {peak:.0f} | {seconds:.1f} |", flush=True)


def make_message(path, size, *, kind):
    """Write one message of `size` bytes: random bytes in base64, or lines of words."""
    source = random.Random(7)
    with path.open("wb") as file:
        file.write(b"From: <a@bench.test>\r\nTo: <b@bench.test>\r\nSubject: large\r\nMessage-ID: <1@bench.test>\r\n")
        if kind == "attachment":
            file.write(
                b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
                b"--x\r\n\r\nSee the attachment.\r\n"
                b'--x\r\nContent-Type: application/octet-stream; name="a.bin"\r\n'
                b"Content-Transfer-Encoding: base64\r\n\r\n"
            )
            while file.tell() < size - 80_000:
                lines = base64.encodebytes(source.randbytes(57 * 1000)).replace(b"\n", b"\r\n")
                file.write(lines)
            file.write(b"--x--\r\n")
            return
        file.write(b"\r\n")
        words = make_words(source)
        while file.tell() < size - 10_000:
            file.write(" ".join(source.choices(words, k=11)).encode() + b"\r\n")


def make_mailbox(path, size):
    """Write an mbox of ordinary messages: three in four of 8 KiB of words, the others with an attachment of 300 KiB."""
    source = random.Random(8)
    words = make_words(source)
    number = 0
    with path.open("wb") as file:
        while file.tell() < size:
            number += 1
            head = (
                f"From a@bench.test Mon Jan  5 10:00:00 2026\nFrom: <a{number % 50}@bench.test>\nTo: <b@bench.test>\n"
            )
            head += f"Subject: {' '.join(source.choices(words, k=5))}\nMessage-ID: <{number}@bench.test>\n"
            text = "\n".join(" ".join(source.choices(words, k=11)) for _ in range(110)) + "\n"
            if number % 4:
                file.write(f"{head}\n{text}\n".encode())
                continue
            blob = base64.encodebytes(source.randbytes(300 * 1024)).decode()
            head += 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n'
            kind = "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n"
            file.write(f"{head}--x\n\n{text}\n--x\n{kind}\n{blob}\n--x--\n\n".encode())


def make_words(source):
    return ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 10))) for _ in range(5_000)]


if __name__ == "__main__":
    main()

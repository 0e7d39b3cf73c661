"""Import each set of test mail into a fresh archive and compare every raw message with its file, bit for bit.

    .venv/bin/python -m benchmarks.corpora [--data ../shared/data] [SET…]

What must come out is found without Muniment's readers: by zstandard, tarfile and a plain split. Prints a table in
Markdown; the exit code is 1 when anything is missing, changed, twice, or not searchable without a reason.
"""

import argparse
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

import zstandard

ROOT = Path(__file__).resolve().parent.parent
SETS = ("spamassassin", "enron-maildir", "list-threads", "list-odd", "takeout-constructed")
WINDOW = 1 << 27
# public-inbox and Google Takeout quote as mboxrd does, and say who they are in the separator.
MBOXRD_WRITERS = re.compile(rb"^From (?:mboxrd@z|\d+@xxx) [^\n]*\n", re.MULTILINE)
MBOX_NAMES = re.compile(r"\.(mbox|mboxrd|mbx)$|_mbox/")
COLUMNS = (
    "set | files | items | archived | new messages | refused | SHA-256 equal | searchable | not searchable | "
    "parse, worst | import"
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("sets", nargs="*")
    arguments = parser.parse_args()
    if arguments.check:
        print(json.dumps(check(arguments.check)))
        return 0
    names = arguments.sets or [*SETS, *sorted(path.name for path in arguments.data.glob("mime-*"))]
    print("|", COLUMNS, "|")
    print("|", " | ".join("---" for _ in COLUMNS.split("|")), "|")
    return max([measure(arguments.data / name) for name in names])


def measure(folder):
    """Import one set and print its row; return 1 when something is wrong."""
    with tempfile.TemporaryDirectory(prefix="muniment-corpora-") as data:
        environment = {**os.environ, "MUNIMENT_DATA": data, "DJANGO_SETTINGS_MODULE": "config.settings"}
        started = time.monotonic()
        found = run([ROOT / "manage.py", "import_mail", folder, "--source", folder.name, "--json"], environment)
        seconds = time.monotonic() - started
        checked = run(["-m", "benchmarks.corpora", "--check", data], environment)
        repeated = run([ROOT / "manage.py", "import_mail", folder, "--source", folder.name, "--json"], environment)
    files, whole, loose = oracle(folder)
    archived = Counter(checked["sha256"])
    equal = sum((archived & whole).values())
    from_mbox = sum((archived - whole).values())
    faults = [
        (found["items"] != found["sightings"] + len(found["refused"]), "items are missing"),
        (sum(archived.values()) != found["sightings"], "sightings are missing"),
        (from_mbox > loose, "bytes are changed"),
        (repeated["sightings"] != 0, "a repeated import archived again"),
        (checked["waiting"] != 0, "some are neither searchable nor listed"),
        (checked["slowest_seconds"] > 5, "a message takes over 5 s"),
    ]
    refused = ", ".join(f"{count} {reason}" for reason, count in reasons(found["refused"]))
    cells = [folder.name, files, found["items"], found["sightings"], found["new_messages"], refused or "0"]
    cells.append(f"{equal}" + (f" and {from_mbox} out of mbox files" if from_mbox else ""))
    cells += [checked["searchable"], checked["not_searchable"], f"{checked['slowest_seconds'] * 1000:.0f} ms"]
    print("|", " | ".join(str(cell) for cell in [*cells, f"{seconds:.1f} s"]), "|", flush=True)
    wrong = [sentence for fault, sentence in faults if fault]
    for sentence in wrong:
        print(f"WRONG: {folder.name}: {sentence}", flush=True)
    return 1 if wrong else 0


def run(command, environment):
    done = subprocess.run(
        [sys.executable, *map(str, command)], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )
    if not done.stdout.strip():
        sys.exit(f"{command[0]} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def reasons(refused):
    short = Counter(one["reason"].split(":")[0].split(" are not read")[0].removesuffix(".") for one in refused)
    return short.most_common()


def oracle(folder):
    """Return the number of files, the SHA-256 of all that are a message, and how many may come out of mboxes."""
    files, whole, loose = 0, Counter(), 0
    for name, data in contents(folder):
        files += 1
        if MBOXRD_WRITERS.match(data) and not name.endswith(".eml") and not name.endswith(":2,S"):
            parts = [part.removesuffix(b"\n").removesuffix(b"\r") for part in MBOXRD_WRITERS.split(data)[1:]]
            raws = [re.sub(rb"^>(>*From )", rb"\1", part, flags=re.MULTILINE) for part in parts]
            whole.update(hashlib.sha256(raw).hexdigest() for raw in raws)
            continue
        if MBOX_NAMES.search(name):
            loose += len(re.findall(rb"^From ", data, flags=re.MULTILINE))
        raw = data.split(b"\n", 1)[-1] if data.startswith(b"From ") and not name.endswith(".eml") else data
        whole[hashlib.sha256(raw).hexdigest()] += 1
    return files, whole, loose


def contents(folder):
    """Yield the name and bytes of every file, packed ones unpacked."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix != ".zst":
            yield name, path.read_bytes()
            continue
        with path.open("rb") as file:
            data = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(file).read()
        if not name.endswith(".tar.zst"):
            yield name.removesuffix(".zst"), data
            continue
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, archive.extractfile(member).read()


def check(_data):
    """Open every sealed message of the archive that the environment names, and say what the catalogue knows of each."""
    import django  # noqa: PLC0415 - after the environment is known

    django.setup()
    from archive.models import Message, Searchable  # noqa: PLC0415
    from archive.wiring import archive  # noqa: PLC0415
    from muniment.mail.parse import parse  # noqa: PLC0415

    vault = archive().vault
    digests, slowest = [], 0.0
    for segment_id in vault.segment_ids():
        opened = vault.open(segment_id)
        for entry in opened.footer.frames:
            raw = opened.open(entry).raw
            digests.append(hashlib.sha256(raw).hexdigest())
            started = time.perf_counter()
            parse(raw)
            slowest = max(slowest, time.perf_counter() - started)
    failed = Message.objects.filter(searchable=Searchable.FAILED)
    without_reason = failed.filter(not_searchable_reason="").count()
    return {
        "sha256": digests,
        "searchable": Message.objects.filter(searchable=Searchable.YES).count(),
        "not_searchable": failed.count(),
        "waiting": Message.objects.filter(searchable=Searchable.WAITING).count() + without_reason,
        "slowest_seconds": slowest,
    }


if __name__ == "__main__":
    sys.exit(main())

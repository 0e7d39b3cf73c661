"""Import to searchable beside `notmuch new`, and searches beside notmuch, on the same Maildir in one run.

    python -m benchmarks.imports [SET…] [--rounds 1] [--json]     sets: spamassassin, enron-maildir, written
    python -m benchmarks.imports --gibibyte                       one import of an mbox of 1 GiB: memory of each process

A set that is not beside the project is left out; `written` is made from a seed and always there. Muniment seals,
catalogues and indexes, and draws the text of attachments; notmuch keeps the files where they are, and indexes. CPU time
and the largest resident size of each process are read from /proc while it runs. Needs Linux, and Debian's package
notmuch for its half of the table.
"""

import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import zstandard

from benchmarks.processes import Watched, watch
from benchmarks.search import Mail

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SETS = ("spamassassin", "enron-maildir", "written")
WRITTEN = 5_000
WINDOW = 1 << 27
MIB = 1 << 20
DATES = ["date:2001-01..2001-06", "date:2002-07..2002-09"]
KINDS = {  # as each program writes it
    "rare word": (["gnupg", "kernel", "houston", "invoice"], ["gnupg", "kernel", "houston", "invoice"]),
    "common word": (["the", "that", "you", "message"], ["the", "that", "you", "message"]),
    "two words": (["free money", "please call"], ["free and money", "please and call"]),
    "either word": (["linux OR gas", "monday OR friday"], ["linux or gas", "monday or friday"]),
    "phrase": (['"let me know"', '"free software"'], ['"let me know"', '"free software"']),
    "prefix*": (["linu*", "meet*"], ["linu*", "meet*"]),
    "from:domain": (["from:yahoo.com", "from:enron.com"], ["from:yahoo.com", "from:enron.com"]),
    "date range": (DATES, DATES),
    "everything": ([""], ["*"]),
}  # fmt: skip


def messages_of(name: str) -> Iterator[bytes]:
    """Yield the messages of a set."""
    if name == "written":
        for number, document in zip(range(WRITTEN), Mail(WRITTEN), strict=False):
            yield _written(number, document)
        return
    for path in sorted((DATA / name).glob("*.tar.zst")):
        with path.open("rb") as file:
            content = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(file).read()
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                if member.isfile():
                    raw = archive.extractfile(member).read()
                    yield raw.split(b"\n", 1)[-1] if raw.startswith(b"From ") else raw


def _written(number: int, document) -> bytes:
    to = ", ".join(document.to)
    head = (
        f"From: {document.from_[0]}\nTo: {to}\nSubject: {document.subject}\nDate: {document.date:%a, %d %b %Y %T %z}\n"
    )
    kind = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return f"{head}Message-ID: <{number}@written.example>\n{kind}\n{document.body}\n".encode()


def make_maildir(folder: Path, name: str) -> tuple[int, int]:
    """Write a set as a Maildir; return how many messages and bytes."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    count = size = 0
    for raw in messages_of(name):
        (folder / "cur" / f"{count:07d}.bench:2,S").write_bytes(raw)
        count, size = count + 1, size + len(raw)
    return count, size


def environment_of(data: Path) -> dict[str, str]:
    return {**os.environ, "MUNIMENT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}


def import_with_muniment(mail: Path, data: Path) -> tuple[Watched, dict]:
    shutil.rmtree(data, ignore_errors=True)
    command = [sys.executable, str(ROOT / "manage.py"), "import_mail", str(mail), "--source", "bench", "--json"]
    watched = watch(command, environment_of(data), folder=ROOT)
    found = json.loads(watched.output)
    if found["items"] != found["sightings"] + len(found["refused"]):
        sys.exit(f"the import lost something: {watched.output[:500]}")
    return watched, found


def notmuch_environment(mail: Path, scratch: Path) -> dict[str, str]:
    settings = scratch / "notmuch-config"
    database = f"[database]\npath={mail}\n[new]\ntags=new\nignore=\n"
    settings.write_text(f"{database}[user]\nname=Bench\nprimary_email=bench@bench.example\n")
    return {**os.environ, "NOTMUCH_CONFIG": str(settings)}


def import_with_notmuch(mail: Path, environment: dict[str, str]) -> Watched:
    shutil.rmtree(mail / ".notmuch", ignore_errors=True)
    return watch(["notmuch", "new", "--quiet"], environment, folder=mail)


def size_of(folder: Path) -> int:
    """Return the bytes that files take on disk."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def measure(name: str, rounds: int) -> dict:
    """Measure one set."""
    with tempfile.TemporaryDirectory(prefix="muniment-imports-") as scratch:
        mail, data = Path(scratch) / "mail", Path(scratch) / "data"
        count, size = make_maildir(mail, name)
        row: dict = {"set": name, "messages": count, "mean_bytes": size // count, "muniment": [], "notmuch": []}
        beside = shutil.which("notmuch")
        environment = notmuch_environment(mail, Path(scratch))
        for _ in range(rounds):  # they take turns, since the machine may be shared
            watched, found = import_with_muniment(mail, data)
            row["muniment"].append(_figures(watched, found["sightings"], size_of(data)))
            if beside:
                watched = import_with_notmuch(mail, environment)
                row["notmuch"].append(_figures(watched, count, size_of(mail / ".notmuch")))
        row["parts_on_disk_mib"] = {
            path.name: round(size_of(path) / MIB, 1) for path in data.iterdir() if path.is_dir()
        }
        row["queries"] = queries(data, environment if beside else None)
        return row


def _figures(watched: Watched, count: int, disk: int) -> dict:
    return {
        "per_second": count / watched.seconds,
        "seconds": watched.seconds,
        "cpu_ms": watched.cpu_seconds / count * 1000,
        "processes": {
            label: {"cpu_ms": one.cpu_seconds / count * 1000, "peak_rss_mib": one.peak_rss_bytes / MIB}
            for label, one in watched.processes.items()
        },
        "disk_mib": disk / MIB,
    }


def queries(data: Path, beside: dict[str, str] | None) -> dict[str, dict]:
    """Ask each kind in turn: Muniment in a process of its own, as its web server does; notmuch by its commands."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.imports_search"],
        env=environment_of(data), cwd=ROOT, input=json.dumps(KINDS), capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = json.loads(done.stdout)
    for kind, (_, asked) in KINDS.items() if beside else ():
        rows[kind]["notmuch"] = {
            "count": _ask(["count"], asked, beside),
            "search": _ask(["search", "--limit=50", "--output=messages"], asked, beside),
        }
    rows["(notmuch's start)"] = {"notmuch": {"count": _ask(["--version"], [""], beside)}} if beside else {}
    return {kind: row for kind, row in rows.items() if row}


def _ask(command: list[str], asked: list[str], environment: dict[str, str]) -> dict[str, float]:
    times = []
    for number in range(20):
        query = [asked[number % len(asked)]] if asked[0] else []
        before = time.perf_counter()
        subprocess.run(["notmuch", *command, *query], env=environment, capture_output=True, check=True)
        times.append((time.perf_counter() - before) * 1000)
    return {"p50_ms": statistics.median(times), "p99_ms": max(times)}


def gibibyte(size: int) -> dict:
    """Import an mbox of this many bytes, made by giving messages new Message-IDs, and return each process's memory."""
    name = next(name for name in SETS if name == "written" or (DATA / name).is_dir())
    with tempfile.TemporaryDirectory(prefix="muniment-imports-") as scratch:
        mbox = Path(scratch) / "large.mbox"
        originals = list(messages_of(name))
        written = count = 0
        with mbox.open("wb") as file:
            while written < size:
                raw = (
                    originals[count % len(originals)]
                    .replace(b"\n>From ", b"\n>>From ")
                    .replace(b"\nFrom ", b"\n>From ")
                )
                own = b"Message-ID: <%d@large.example>\n" % count
                kept = raw.split(b"\n\n", 1)
                head = b"\n".join(line for line in kept[0].split(b"\n") if not line.lower().startswith(b"message-id:"))
                body = b"\n\n".join([head, *kept[1:]])
                written += file.write(b"From bench@large.example Mon Sep  2 00:00:00 2002\n" + own + body + b"\n\n")
                count += 1
        watched, found = import_with_muniment(mbox, Path(scratch) / "data")
        figures = _figures(watched, found["sightings"], size_of(Path(scratch) / "data"))
        return {
            "mbox_mib": written / MIB,
            "written": count,
            **{key: found[key] for key in ("items", "sightings")},
            **figures,
        }


def print_imports(rows: list[dict]) -> None:
    print(
        "| set | messages | mean bytes | program | messages/s | CPU ms/message | by process | peak RSS MiB | disk MiB |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        for program in ("muniment", "notmuch"):
            if row[program]:
                print(
                    f"| {row['set']} | {row['messages']} | {row['mean_bytes']} | {program} | {_cells(row[program])} |"
                )
        if row["notmuch"]:
            ours, theirs = (statistics.median(run["per_second"] for run in row[of]) for of in ("muniment", "notmuch"))
            cpu = [statistics.median(run["cpu_ms"] for run in row[of]) for of in ("muniment", "notmuch")]
            disk = row["muniment"][-1]["disk_mib"] / row["notmuch"][-1]["disk_mib"]
            print(f"| {row['set']} | | | ratio | {ours / theirs:.2f} | {cpu[0] / cpu[1]:.2f} | | | {disk:.2f} |")
    print()
    for row in rows:
        parts = ", ".join(f"{name} {size}" for name, size in sorted(row["parts_on_disk_mib"].items()) if size >= 0.1)
        print(f"{row['set']}, MiB on disk by folder: {parts}")


def _cells(runs: list[dict]) -> str:
    middle = sorted(runs, key=lambda run: run["per_second"])[len(runs) // 2]
    speeds = [run["per_second"] for run in runs]
    spread = f" ({min(speeds):.0f} to {max(speeds):.0f})" if len(runs) > 1 else ""
    processes = middle["processes"].items()
    cpu = ", ".join(f"{label} {one['cpu_ms']:.2f}" for label, one in processes)
    memory = ", ".join(f"{label} {one['peak_rss_mib']:.0f}" for label, one in processes)
    return f"{middle['per_second']:.0f}{spread} | {middle['cpu_ms']:.2f} | {cpu} | {memory} | {middle['disk_mib']:.1f}"


def print_queries(row: dict) -> None:
    print(f"\n{row['set']}, {row['messages']} messages: p50 / p99 in ms")
    print("| query | Muniment, total and first page | notmuch count | notmuch search, 50 | ratio to count, p50 |")
    print("| --- | --- | --- | --- | --- |")
    for kind, found in row["queries"].items():
        ours, theirs = found.get("muniment"), found.get("notmuch", {})
        cells = [_pair(one) for one in (ours, theirs.get("count"), theirs.get("search"))]
        ratio = f"{ours['p50_ms'] / theirs['count']['p50_ms']:.2f}" if ours and theirs else ""
        print(f"| {kind} | {' | '.join(cells)} | {ratio} |")


def _pair(found: dict | None) -> str:
    return f"{found['p50_ms']:.1f} / {found['p99_ms']:.1f}" if found else ""


def main() -> None:
    """Measure what was asked for, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all that are there")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--gibibyte", action="store_true", help="import an mbox of 1 GiB, for the memory it takes")
    parser.add_argument("--mbox-mib", type=int, default=1024, help="size of that mbox")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.gibibyte:
        print(json.dumps(gibibyte(arguments.mbox_mib * MIB), indent=2))
        return
    wanted = arguments.sets or SETS
    rows = [measure(name, arguments.rounds) for name in wanted if name == "written" or (DATA / name).is_dir()]
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    if not shutil.which("notmuch"):
        print("notmuch is not installed: its rows are left out (Debian: apt-get install notmuch)\n")
    print_imports(rows)
    for row in rows:
        print_queries(row)


if __name__ == "__main__":
    main()

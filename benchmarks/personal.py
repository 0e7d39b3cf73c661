"""What the stage of personal data costs a message, from the sealed segment to the findings and the index.

    python -m benchmarks.personal [SET…]     sets: spamassassin, enron-maildir, written

A set is imported without its stages; then each stage runs alone in this process: CPU milliseconds a message, as well
as those of indexing again what the findings changed, as live mail is. `benchmarks.pii` measures the detector alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.imports import DATA, ROOT, SETS, environment_of, make_maildir


def measure(name: str) -> None:
    """Import a set and time its stages; prints a table. Once a process: the settings name one archive."""
    with tempfile.TemporaryDirectory(prefix="muniment-personal-") as scratch:
        mail, data = Path(scratch) / "mail", Path(scratch) / "data"
        _, size = make_maildir(mail, name)
        command = [sys.executable, str(ROOT / "manage.py"), "import_mail", str(mail), "--source", "bench", "--no-wait"]
        subprocess.run(command, env=environment_of(data), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        os.environ |= environment_of(data)
        _stages(name, size)


def _stages(name: str, size: int) -> None:
    import django  # noqa: PLC0415 - after the settings know the archive

    django.setup()
    from archive.models import Message, PersonalFinding, PersonalScan, Stage  # noqa: PLC0415
    from archive.services import stages, sweep  # noqa: PLC0415
    from archive.wiring import archive, extractor  # noqa: PLC0415

    ports = archive()
    messages = Message.objects.count()
    print(f"\n{name}: {messages} messages of {size // messages} bytes on average")
    _time("index, without personal data", messages, lambda: stages.index_all(ports))
    segments = sweep.undone(Stage.TEXT, limit=1_000_000)
    _time("text of attachments (this process only)", messages, lambda: stages.extract_all(ports, segments, extractor()))
    _time("index again for that text", messages, lambda: stages.index_all(ports))
    _time("personal data", messages, lambda: stages.scan_all(ports))
    changed = _time("index again for the findings", messages, lambda: stages.index_all(ports))
    found = PersonalFinding.objects.values("message_id").distinct().count()
    print(f"  {PersonalScan.objects.count()} looked through, {found} with findings, {changed} indexed again")


def _time(what: str, messages: int, act: Callable[[], int]) -> int:
    cpu, wall = time.process_time(), time.perf_counter()
    done = act()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"  {what:42} {cpu / messages * 1000:6.2f} ms CPU a message, {wall:6.1f} s, {done} done")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], default=[])
    asked = parser.parse_args().sets or [name for name in SETS if name == "written" or (DATA / name).is_dir()]
    if len(asked) == 1:
        measure(asked[0])
        return
    for name in asked:
        subprocess.run([sys.executable, "-m", "benchmarks.personal", name], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()

"""Run a command and say what it and every process below it took: seconds, CPU, largest resident size. Linux only."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.05
TICKS = os.sysconf("SC_CLK_TCK")
LABELS = {
    "import_mail": "import",
    "journaling.imports.meanwhile": "beside it",
    "muniment.extract": "attachment text",
    "notmuch": "notmuch",
}


@dataclass(slots=True, kw_only=True)
class Process:
    """One kind of process: CPU of all of them, and the largest resident size of one."""

    cpu_seconds: float = 0.0
    peak_rss_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a command took. `cpu_seconds` is exact; of short processes the split by kind may miss the last moment."""

    seconds: float
    cpu_seconds: float
    processes: dict[str, Process]
    output: str


def watch(command: list[str], environment: dict[str, str], *, folder: Path) -> Watched:
    """Run a command to its end."""
    before = os.times()
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True)
    seen: dict[int, tuple[str, float, int]] = {}
    ended = threading.Event()
    watcher = threading.Thread(target=_look, args=(process.pid, seen, ended))
    watcher.start()
    output = process.communicate()[0]
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command, output)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Watched(seconds=seconds, cpu_seconds=cpu, processes=_by_label(seen), output=output)


def _look(root: int, seen: dict[int, tuple[str, float, int]], ended: threading.Event) -> None:
    family = {root}
    while not ended.wait(EVERY_SECONDS):
        for pid in sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                if pid not in family and int(fields[1]) not in family:
                    continue
                family.add(pid)
                command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                memory = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()
            except OSError:
                continue  # it ended
            if memory:
                seen[pid] = (command, (int(fields[11]) + int(fields[12])) / TICKS, int(memory[0]) * 1024)


def _by_label(seen: dict[int, tuple[str, float, int]]) -> dict[str, Process]:
    found: dict[str, Process] = {}
    for command, cpu, memory in seen.values():
        label = next((label for part, label in LABELS.items() if part in command), "other")
        one = found.setdefault(label, Process())
        one.cpu_seconds += cpu
        one.peak_rss_bytes = max(one.peak_rss_bytes, memory)
    return found

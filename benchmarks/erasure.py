"""Time what an erasure does to the files: the index without its documents, the database without its rows.

    python -m benchmarks.erasure [--messages 15000] [--seed 1] [--folder DIR]

Writes messages from a seed, archives, catalogues and indexes them: with SQLite's secure_delete and without, in turn,
each in a process of its own. On the last archive it then takes 1, 10, 100 and 1,000 messages out of threads, rows,
index and database. Prints one figure a line, on the clock and of the processor.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def step(data: Path, *arguments: str) -> None:
    env = {**os.environ, "MUNIMENT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-m", "benchmarks.erasure_steps", *arguments], cwd=ROOT, env=env, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=15_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
        for turn, secure in enumerate(("off", "on", "off", "on")):
            step(Path(folder) / str(turn), "fill", str(wanted.messages), secure)
        step(Path(folder) / str(turn), "erase", str(wanted.seed))


if __name__ == "__main__":
    main()

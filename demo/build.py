"""Write the demonstration's mail from the story: `python -m demo.build`, or `--check` to compare only.

The same story gives the same bytes on every machine: no clock, no randomness, nothing compressed.
"""

import sys
from pathlib import Path

from demo.deliveries import smtp_files
from demo.sources import mailbox_files

ROOT = Path(__file__).resolve().parent
MADE = ("mailbox", "smtp")


def made_files() -> dict[str, bytes]:
    """Return every generated file by its path under demo/."""
    return {**mailbox_files(), **smtp_files()}


def written_files() -> dict[str, bytes]:
    """Return the generated files as they stand on disk."""
    paths = sorted(path for folder in MADE for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def write(files: dict[str, bytes]) -> None:
    """Write the files and remove those that the story no longer makes."""
    for stale in written_files().keys() - files.keys():
        (ROOT / stale).unlink()
    for name, content in files.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main(arguments: list[str]) -> int:
    """Write or check; 0 done, 1 different, 2 wrong usage."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m demo.build [--check]", file=sys.stderr)
        return 2
    files = made_files()
    if not arguments:
        write(files)
        print(f"{len(files)} files, {sum(map(len, files.values()))} bytes")
        return 0
    different = sorted(name for name, content in (files.items() ^ written_files().items()))
    for name in dict.fromkeys(different):
        print(f"{name}: differs from the story; run python -m demo.build", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

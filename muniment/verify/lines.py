"""Read the files of a bundle that have a line for each thing, never more than a line at a time."""

from collections.abc import Iterator
from typing import Any

from muniment.bundle import layout
from muniment.verify import shapes
from muniment.verify.container import Container
from muniment.verify.report import Report


def lines_of(container: Container, name: str, report: Report) -> Iterator[bytes]:
    """Yield the lines of a file without their ends; note a line that is too long or cut, and stop."""
    entry = container.entries.get(name)
    begun: list[bytes] = []  # pieces of a line whose end was not read yet
    begun_bytes = 0
    for piece in container.read(entry) if entry else ():
        first, *others = piece.split(b"\n")
        begun.append(first)
        begun_bytes += len(first)
        if others:
            yield b"".join(begun)
            yield from others[:-1]
            begun, begun_bytes = [others[-1]], len(others[-1])
        if begun_bytes > layout.MAX_LINE_BYTES:
            report.add(name, f"it has a line of more than {layout.MAX_LINE_BYTES} bytes: not read on")
            return
    if begun_bytes:
        report.add(name, "its last line has no end")


def records_of(container: Container, name: str, shape: shapes.Shape, report: Report) -> Iterator[dict[str, Any]]:
    """Yield the records of a `.jsonl` file whose numbers do not go back; note the lines that are none."""
    last = 0
    for number, line in enumerate(lines_of(container, name, report), start=1):
        try:
            record = shapes.read(line, shape)
        except shapes.NotReadable as error:
            report.add(name, f"line {number}: {error}")
            continue
        if record["n"] < last:
            report.add(name, f"line {number}: message {record['n']} stands after message {last}")
            continue
        last = record["n"]
        yield record

"""Check a whole bundle. No part of the code that writes bundles is used but hashes and constants."""

from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from typing import Any, BinaryIO

from muniment.bundle import layout
from muniment.verify import shapes
from muniment.verify.container import THE_ZIP, Container
from muniment.verify.given import NOTHING, Given
from muniment.verify.lines import lines_of
from muniment.verify.messages import LogFault, MessageCheck, Totals
from muniment.verify.report import Report
from muniment.verify.walking import Listed, walk


def check(stream: BinaryIO, given: Given = NOTHING) -> Report:
    """Verify a bundle; whatever its bytes are, return a report."""
    report = Report()
    container = Container(stream, report)
    sums = _sums(container, report, given.digest)
    manifest = _manifest(container, report)
    log = _log(container, report, manifest, given)
    messages = MessageCheck(container, report, copies=(manifest or {}).get("copies", "first"), log=log)
    listed = walk(container, report, messages)
    _compare_files(container, report, sums, messages.totals)
    if manifest is not None:
        _compare_manifest(report, manifest, messages.totals, listed)
    _tell_not_proved(report, messages.totals, listed, given=given, has_log=log is not None)
    return report


def _sums(container: Container, report: Report, digest: str) -> dict[str, str]:
    """Return what SHA256SUMS says, by name."""
    sums: dict[str, str] = {}
    for number, line in enumerate(lines_of(container, layout.SUMS, report), start=1):
        found, _, name = line.decode("ascii", "backslashreplace").partition("  ")
        if not shapes.digest(found) or not name or name in sums:
            report.add(layout.SUMS, f"line {number} is not a digest and the name of a file that stands once")
        elif len(sums) < layout.MAX_FILES:
            sums[name] = found
    entry = container.entries.get(layout.SUMS)
    if entry is None:
        report.add(layout.SUMS, "missing: nothing tells which files the bundle had")
    report.digest = _digest(container.read(entry)) if entry else ""
    if digest and digest.strip().lower() != report.digest:
        report.add(layout.SUMS, f"its SHA-256 is {report.digest or 'none'}, not the one given by --digest")
    return sums


def _manifest(container: Container, report: Report) -> dict[str, Any] | None:
    entry = container.entries.get(layout.MANIFEST)
    if entry is None or entry.size > layout.MAX_MANIFEST_BYTES:
        report.add(layout.MANIFEST, "missing, or too long to be one")
        return None
    try:
        manifest: dict[str, Any] = shapes.read(b"".join(container.read(entry)), shapes.MANIFEST)
    except shapes.NotReadable as error:
        report.add(layout.MANIFEST, str(error))
        return None
    return manifest


def _log(container: Container, report: Report, manifest: dict[str, Any] | None, given: Given) -> LogFault | None:
    """Return the check of log proofs, or None where there is nothing to check them with."""
    names = {layout.CHECKPOINT, layout.LOG_KEY} & container.entries.keys()
    if manifest is None or (manifest["log"] is None and not names):
        return None
    if manifest["log"] is None or len(names) < len({layout.CHECKPOINT, layout.LOG_KEY}):
        report.add(layout.MANIFEST, "field .log does not agree with the files of the log that are there")
        return None
    try:
        evidence = import_module("muniment.verify.evidence_log")
    except ImportError as error:
        report.not_proved.append(f"anything about the evidence log: {error.name} is not installed here")
        return None
    note, key = (_small(container, name) for name in (layout.CHECKPOINT, layout.LOG_KEY))
    log: LogFault | None = evidence.open_log(note, key.decode("utf-8", "replace"), manifest["log"], given, report)
    return log


def _small(container: Container, name: str) -> bytes:
    """Return a file that is short, or b"" where it is not."""
    entry = container.entries[name]
    return b"".join(container.read(entry)) if entry.size <= layout.MAX_MANIFEST_BYTES else b""


def _compare_files(container: Container, report: Report, sums: dict[str, str], totals: Totals) -> None:
    for name, entry in container.entries.items():
        if name == layout.SUMS:
            continue
        digest = totals.digests.get(name) or _digest(container.read(entry))
        if name not in sums:
            report.add(name, f"added: {layout.SUMS} does not list it")
        elif sums[name] != digest:
            report.add(name, f"changed: its SHA-256 is {digest}; {layout.SUMS} says {sums[name]}")
        else:
            report.proved.files += 1
        if name not in totals.digests and layout.MESSAGE_NAME.fullmatch(name):
            report.add(
                name, f"no line of {layout.ITEMS} that can be read names it: it was added, or its line was changed"
            )
    there = container.entries.keys() | container.damaged
    for name in (sums.keys() | layout.ALWAYS) - there - {layout.SUMS}:
        report.add(name[:200], "missing")
    if not container.entries:
        report.add(THE_ZIP, "there is no file in it that could be read")


def _digest(pieces: Iterator[bytes]) -> str:
    hasher = sha256()
    for piece in pieces:
        hasher.update(piece)
    return hasher.hexdigest()


def _compare_manifest(report: Report, manifest: dict[str, Any], totals: Totals, listed: Listed) -> None:
    said, selection = manifest["counts"], manifest["selection"]
    most = selection["found"] if selection["limit"] is None else min(selection["found"], selection["limit"])
    pairs = (
        ("counts.messages", said["messages"], totals.messages),
        ("counts.files", said["files"], totals.files),
        ("counts.sightings", said["sightings"], totals.sightings),
        ("counts.bytes", said["bytes"], totals.bytes),
        ("counts.exceptions", said["exceptions"], listed.exceptions),
        ("selection.taken", selection["taken"], listed.last),
        ("selection.taken", selection["taken"], min(selection["taken"], most)),
        ("selection.sha256", selection["sha256"], listed.selection),
    )
    for name, there, here in pairs:
        if there != here:
            report.add(layout.MANIFEST, f"field .{name} is {there}; what is here gives {here}")


def _tell_not_proved(report: Report, totals: Totals, listed: Listed, *, given: Given, has_log: bool) -> None:
    tell = report.not_proved.append
    if not given.digest:
        tell(
            f"that {layout.SUMS} (SHA-256 {report.digest}) is the one that was handed over, and so the manifest's "
            "words: give its digest, obtained elsewhere, by --digest"
        )
    if not has_log:
        tell("that the segments stand in the evidence log: there is no log proof that could be checked")
    elif totals.without_log:
        tell(f"that the segments of {totals.without_log} sightings stand in the evidence log: they have no log proof")
    if totals.without_bytes:
        tell(f"what {totals.without_bytes} sightings of other copies held: their bytes are not in the bundle")
    if totals.left_out:
        tell(f"anything of {totals.left_out} further sightings, which are only counted")
    if listed.exceptions:
        tell(f"anything of the {sum(listed.exceptions.values())} things that {layout.EXCEPTIONS} lists as not here")

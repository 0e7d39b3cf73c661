"""`python -m muniment.verify BUNDLE`: exit code 0 sound, 1 something found, 2 wrong usage."""

import argparse
import base64
import binascii
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from muniment.verify.check import check
from muniment.verify.given import Given
from muniment.verify.report import Report

SOUND: Final = 0
FOUND: Final = 1
_DIGEST_DIGITS: Final = 64
_MAX_GIVEN_BYTES: Final = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Verify the bundle that the arguments name, print the report, return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    digest = options.digest.strip().lower()
    if digest and (len(digest) != _DIGEST_DIGITS or set(digest) - set("0123456789abcdef")):
        parser.error("--digest takes 64 hex digits: the SHA-256 of SHA256SUMS")
    try:
        checkpoint = _given(options.checkpoint)
        consistency = tuple(base64.b64decode(line, validate=True) for line in _given(options.consistency).split())
        log_key = _log_key(options.log_key)
        given = Given(digest=digest, log_key=log_key, checkpoint=checkpoint, consistency=consistency)
        with Path(options.bundle).open("rb") as stream:
            report = check(stream, given)
    except OSError as error:
        parser.error(f"{error.filename} cannot be read: {error.strerror}")
    except binascii.Error:
        parser.error("--consistency takes a file with one hash in base64 on each line")
    if options.json:
        sys.stdout.write(json.dumps({"bundle": options.bundle} | report.document()) + "\n")
    else:
        sys.stdout.write(_text(options.bundle, report))
    return SOUND if report.sound else FOUND


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m muniment.verify",
        description="Check an export of messages offline. Exit code 0: sound; 1: something found; 2: wrong usage.",
    )
    parser.add_argument("bundle", metavar="BUNDLE", help="the ZIP file")
    parser.add_argument("--json", action="store_true", help="write one JSON document")
    parser.add_argument("--digest", default="", metavar="HEX", help="SHA-256 of SHA256SUMS, as handed over apart")
    parser.add_argument("--log-key", default="", metavar="KEY", help="key of the evidence log, or a file that holds it")
    parser.add_argument("--checkpoint", default="", metavar="FILE", help="a checkpoint of the log obtained elsewhere")
    parser.add_argument(
        "--consistency", default="", metavar="FILE", help="proof that this checkpoint and the bundle's are of one log"
    )
    return parser


def _given(path: str) -> bytes:
    if not path:
        return b""
    with Path(path).open("rb") as stream:
        return stream.read(_MAX_GIVEN_BYTES)


def _log_key(value: str) -> str:
    is_key = value.count("+") > 1  # name+id+base64
    return value if is_key else _given(value).decode("utf-8", "replace").strip()


def _text(bundle: str, report: Report) -> str:
    proved = report.proved
    lines = [f"{bundle}: {'sound' if report.sound else 'NOT SOUND'}"]
    if report.findings:
        lines += ["", "Wrong:", *(f"  {_printable(one.file)}: {_printable(one.what)}" for one in report.findings)]
    if report.findings_left_out:
        lines.append(f"  and {report.findings_left_out} more")
    lines += [
        "",
        "Proved:",
        f"  {proved.files} files are those that SHA256SUMS lists",
        f"  {proved.sealed} sightings have the bytes that were sealed",
        f"  {proved.in_segment} sightings were sealed in the segment that they name",
        f"  {proved.in_log} sightings are in a segment that stands in the signed evidence log",
    ]
    if report.not_proved:
        lines += ["", "Not proved:", *(f"  {_printable(sentence)}" for sentence in report.not_proved)]
    return "\n".join(lines) + "\n"


def _printable(text: str) -> str:
    """Return a text that cannot steer a terminal: names in a bundle are anybody's."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One bit of a bundle, or of a log, changed at a time, in every kind of place; each must be found and named."""

import io
import random
import zipfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping

from muniment.bundle import layout
from muniment.verify.check import check

HEADER, ENTRY = 30, 46  # bytes of a local header and of a central one before its name
END = 22  # of the end record
KINDS = {
    layout.MANIFEST: "manifest", layout.ITEMS: "proofs and metadata", layout.EXCEPTIONS: "exceptions",
    layout.SUMS: "digests", layout.README: "pages", layout.INDEX: "pages", layout.CHECKPOINT: "checkpoint of the log",
    layout.LOG_KEY: "key of the log",
}  # fmt: skip

Places = Mapping[str, list[range]]  # kind → bytes


def places_of(content: bytes) -> Places:
    """Return the bytes of each kind of place in a bundle."""
    found: dict[str, list[range]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        files, directory = opened.infolist(), opened.start_dir
    end = directory
    for file in files:
        name = file.filename.encode()
        kind = KINDS.get(file.filename, "mail" if file.filename.startswith("messages/") else "pages")
        extra = int.from_bytes(content[file.header_offset + 28 : file.header_offset + HEADER], "little")
        begin = file.header_offset + HEADER + len(name) + extra
        found.setdefault("ZIP: local headers", []).append(range(file.header_offset, file.header_offset + HEADER))
        found.setdefault("ZIP: names", []).append(range(file.header_offset + HEADER, begin))
        found.setdefault(kind, []).append(range(begin, begin + file.file_size))
        lengths = content[end + 28 : end + 34]
        size = ENTRY + sum(int.from_bytes(lengths[at : at + 2], "little") for at in (0, 2, 4))
        found.setdefault("ZIP: central directory", []).append(range(end, end + size))
        end += size
    found["ZIP: end records"] = [range(end, len(content))]
    return {kind: [place for place in places if place] for kind, places in found.items() if any(places)}


def flipped(content: bytes, flips: int, chooser: random.Random) -> dict[str, object]:
    """Flip one bit at a time, each kind of place in turn; count what was found, and named by the right file."""
    places, data = places_of(content), bytearray(content)
    kinds, counts, by_kind = sorted(places), Counter[str](), Counter[str]()
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = [file.filename for file in opened.infolist()]
        starts, directory = [file.header_offset for file in opened.infolist()], opened.start_dir
    for number in range(flips):
        kind = kinds[number % len(kinds)]
        at = chooser.choice(chooser.choice(places[kind]))
        data[at] ^= (bit := 1 << chooser.randrange(8))
        report = check(io.BytesIO(data))
        data[at] ^= bit
        named = {finding.file for finding in report.findings}
        owner = names[bisect_right(starts, at) - 1]
        by_kind[kind] += 1
        counts["found"] += not report.sound
        counts["named"] += owner in named or (at >= directory and bool(named))
        counts["most findings"] = max(counts["most findings"], len(report.findings) + report.findings_left_out)
    return {"flips": flips, **counts, "by kind": dict(sorted(by_kind.items()))}

"""Check one message of a bundle: its bytes against its digests, its commitment, its segment, the log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import Any, Protocol

from muniment.bundle import layout
from muniment.bundle.mih import HEADER_BYTES, mih_in
from muniment.log.merkle import root_from_proof
from muniment.verify.container import Container
from muniment.verify.report import Report


class LogFault(Protocol):
    """Tells what is wrong with a log proof."""

    def fault(self, proof: dict[str, Any]) -> str:
        """Return what is wrong with it, or ""."""
        ...


@dataclass(slots=True, kw_only=True)
class Totals:
    """What was counted on the way, to compare with the manifest."""

    messages: int = 0
    sightings: int = 0
    files: int = 0
    bytes: int = 0
    without_bytes: int = 0
    left_out: int = 0
    without_log: int = 0
    digests: dict[str, str] = field(default_factory=dict)  # by name, of the files read so far


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What was computed of one file."""

    size: int
    sha256: str
    md5: str
    commitments: dict[str, str]  # by salt
    mih: dict[str, str] | None


class MessageCheck:
    """Checks messages in order."""

    def __init__(self, container: Container, report: Report, *, copies: str, log: LogFault | None) -> None:
        self._container = container
        self._report = report
        self._copies = copies
        self._log = log
        self.totals = Totals()

    def check(self, item: dict[str, Any]) -> None:
        """Check one line of `items.jsonl`, which has the shape of one."""
        self.totals.messages += 1
        self.totals.left_out += item["sightings_left_out"]
        where = f"message {item['n']}"
        if not 0 < len(item["sightings"]) <= layout.MAX_SIGHTINGS:
            self._report.add(layout.ITEMS, f"{where} lists {len(item['sightings'])} sightings: not checked")
            return
        for what in self._misnamed(item):
            self._report.add(layout.ITEMS, f"{where}: {what}")
        for name in dict.fromkeys(sighting["file"] for sighting in item["sightings"] if sighting["file"]):
            sharing = [sighting for sighting in item["sightings"] if sighting["file"] == name]
            self._check_file(name, sharing)
        for sighting in item["sightings"]:
            self.totals.sightings += 1
            self.totals.without_bytes += sighting["file"] is None
            self._check_proof(sighting, where)

    def _misnamed(self, item: dict[str, Any]) -> Iterator[str]:
        """Yield the sightings whose file is not named as the rules of the format name it."""
        names: dict[str, str] = {}  # SHA-256 → name
        for sighting in item["sightings"]:
            digest = sighting["sha256"]
            if digest not in names and (not names or self._copies == "all"):
                names[digest] = layout.message_name(item["n"], len(names) + 1)
            if sighting["file"] != names.get(digest):
                yield f"sighting {sighting['id']} names the wrong file"

    def _check_file(self, name: str, sightings: list[dict[str, Any]]) -> None:
        if name in self.totals.digests or layout.MESSAGE_NAME.fullmatch(name) is None:
            self._report.add(layout.ITEMS, f"a file is named that cannot be this message's: {name[:80]!r}")
            return
        found = self._read(name, [sighting["proof"]["salt"] for sighting in sightings])
        if found is None:
            return
        self.totals.files += 1
        self.totals.bytes += found.size
        self.totals.digests[name] = found.sha256
        for sighting in sightings:
            for key, value in (("size", found.size), ("sha256", found.sha256), ("md5", found.md5), ("mih", found.mih)):
                if sighting[key] != value:
                    self._report.add(name, f"changed: its {key} is not the one in {layout.ITEMS}")
            proof = sighting["proof"]
            if found.commitments[proof["salt"]] == proof["commitment"]:
                self._report.proved.sealed += 1
            else:
                self._report.add(name, f"it is not what was sealed as sighting {sighting['id']}: commitment differs")

    def _read(self, name: str, salts: list[str]) -> _File | None:
        entry = self._container.entries.get(name)
        if entry is None:
            if name not in self._container.damaged:
                self._report.add(name, f"missing: {layout.ITEMS} lists it")
            return None
        plain, legacy = sha256(), md5(usedforsecurity=False)
        salted = {salt: sha256(bytes.fromhex(salt)) for salt in salts}
        beginning = b""
        for piece in self._container.read(entry):
            for hasher in (plain, legacy, *salted.values()):
                hasher.update(piece)
            if len(beginning) < HEADER_BYTES:
                beginning += piece[: HEADER_BYTES - len(beginning)]
        mih = mih_in(beginning)
        return _File(
            size=entry.size,
            sha256=plain.hexdigest(),
            md5=legacy.hexdigest(),
            commitments={salt: hasher.hexdigest() for salt, hasher in salted.items()},
            mih=None if mih is None else {"bracketed": mih.bracketed, "bare": mih.bare},
        )

    def _check_proof(self, sighting: dict[str, Any], where: str) -> None:
        proof = sighting["proof"]
        name = sighting["file"] or layout.ITEMS
        try:
            root = root_from_proof(
                bytes.fromhex(proof["commitment"]),
                proof["place"],
                proof["frames"],
                [bytes.fromhex(step) for step in proof["path"]],
            ).hex()
        except ValueError as error:
            root = str(error)
        if root == proof["root"]:
            self._report.proved.in_segment += 1
        else:
            self._report.add(name, f"{where}: the proof of sighting {sighting['id']} does not lead to its segment")
        if proof["log"] is None or self._log is None:
            self.totals.without_log += 1
            return
        fault = self._log.fault(proof)
        if fault:
            self._report.add(name, f"{where}: sighting {sighting['id']}: {fault}")
        else:
            self._report.proved.in_log += 1

"""Bundles for the tests, in memory: mail sealed in a vault, and what a bundle says of it."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from muniment.bundle.log_proofs import LogProver
from muniment.bundle.model import Capture, Copies, Described, Missing, Query, Request, ScopeRecord, Selection
from muniment.bundle.proving import SegmentProver
from muniment.bundle.writer import BundleWriter, Streams
from muniment.log.entries import SegmentSealed
from muniment.log.note import NoteSigner
from muniment.log.reader import LogReader
from muniment.log.writer import LogWriter
from muniment.stores.memory import MemoryStore
from muniment.verify.check import check
from muniment.verify.given import NOTHING
from tests.unit.seal.builders import envelope, memory_vault, sighting

MADE = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
SIGNER = NoteSigner("muniment.example/log", seed=bytes(range(32)))


def raw(number, body="Bonjour"):
    return f"Message-ID: <m{number}@corp.example>\r\nSubject: {number}\r\n\r\n{body} {number}\r\n".encode()


def request(ids=(), **fields):
    names = "".join(f"{one}\n" for one in ids)
    chosen = Selection(
        found=len(ids), limit=None, taken=len(ids), order="date", sha256=sha256(names.encode()).hexdigest()
    )
    return Request(
        **{
            "generated_at": MADE,
            "tool": "muniment 0.1.0",
            "asked_by": "command line: ann",
            "purpose": "Litige n° 12 <é>",
            "matter": "",
            "query": Query(typed="invoice", explained_en="the word invoice", explained_fr="le mot invoice"),
            "scope": ScopeRecord(everything=True, blind=True),
            "selection": chosen,
            "copies": Copies.FIRST,
            "coverage": {"total": 3, "searchable": 3, "complete": True},
            "holds_known": False,
        }
        | fields
    )


def streams():
    return Streams(*(), **{name: io.BytesIO() for name in ("bundle", "directory", "items", "exceptions", "sums")})


def seal(vault, *raws, **fields):
    """Seal each of the raws as a sighting of one segment; return its prover's open function and the ids."""
    made = [sighting(id=vault.new_sighting_id(), raw=one, envelope=envelope(), **fields) for one in raws]
    return vault.seal(made), made


def logged(*segments):
    """Return a prover over a log in which the segments stand among others."""
    store = MemoryStore()
    writer = LogWriter(store, SIGNER)
    for segment in segments:
        entry = SegmentSealed(
            segment_id=segment.segment_id, root=segment.footer.root, frames=len(segment.footer.frames)
        )
        writer.append([entry], MADE)
    return LogProver(LogReader.latest(store, [SIGNER.verifier])), store


def bundle(raws_by_message, *, copies=Copies.FIRST, with_log=False, missing=(), left_out=0):
    """Return the bytes of a bundle of messages, each a list of raws; numbers in `missing` cannot be opened."""
    vault = memory_vault(seed=7)
    sealed = [seal(vault, *raws) for raws in raws_by_message]
    prover = logged(*(segment for segment, _ in sealed))[0] if with_log and sealed else None
    ids = [made[0].id for _, made in sealed]
    log = {"log": prover.state, "checkpoint": prover.checkpoint, "log_key": SIGNER.verifier.encode()} if prover else {}
    out = streams()
    writer = BundleWriter(out, request(ids, copies=copies, **log))
    for number, (segment, made) in enumerate(sealed, start=1):
        opened = SegmentProver(vault.open(segment.segment_id), prover.prove if prover else lambda _id: None)
        described = Described(
            number=number,
            message_id=made[0].id,
            subject=f"Objet <{number}>",
            sender="Ann <ann@corp.example>",
            date=MADE,
            custodians=("ann@corp.example",),
            sightings=len(made) + left_out,
        )
        captures = [captured(opened, one) for one in made]
        writer.add(described, [Missing(detail="gone")] if number in missing else captures)
    finished = writer.finish()
    return out.bundle.getvalue(), finished


def captured(opened, one):
    found, proof = opened.open(one.id)
    return Capture(sighting=replace(found), proof=proof)


def verify(data, given=NOTHING):
    return check(io.BytesIO(data), given)


def files_of(data):
    """Return the files of a ZIP, by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def zipped(files, **attributes):
    """Return a bundle's ZIP of other files, made by the writer itself; of pairs, so that names can stand twice."""
    from muniment.bundle.archive_file import StoredZip

    out = io.BytesIO()
    made = StoredZip(out, io.BytesIO())
    for name, content in files.items() if isinstance(files, dict) else files:
        made.add(name, content)
    made.finish()
    return out.getvalue()


def consistent(files):
    """Return files with a SHA256SUMS that fits them again: what a forger would do."""
    others = {name: content for name, content in files.items() if name != "SHA256SUMS"}
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in others.items())
    return others | {"SHA256SUMS": sums.encode()}


def edited(files, name, change):
    """Return files in which the JSON of one is changed by a function, and SHA256SUMS fits it."""
    lines = files[name].split(b"\n")
    value = json.loads(lines[0])
    change(value)
    lines[0] = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return consistent(files | {name: b"\n".join(lines)})

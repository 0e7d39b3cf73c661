"""Read an archive independently of the product's services: SQL on its database, the core on its objects and index."""

import json
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from muniment.engines.tantivy import TantivyEngine
from muniment.log.entries import Disposal, Erasure, LoggedEntry, decode
from muniment.log.note import NoteSigner
from muniment.log.reader import LogEmpty, LogReader
from muniment.seal import ledger
from muniment.seal.opening import Erased
from muniment.seal.vault import Vault
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.key_file import FileKeyProvider, read_key_file

LOG_NAME = "muniment.invalid/log"  # as config.settings has it where nobody names another


@dataclass(slots=True, kw_only=True)
class Reading:
    """What is there. Ids are hexadecimal."""

    opens: dict[str, str] = field(default_factory=dict)  # sighting → SHA-256 of the bytes that it opens to
    keys: set[str] = field(default_factory=set)  # sightings that have a key
    rows: dict[str, str] = field(default_factory=dict)  # sighting → message
    messages: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    tombstones: dict[str, dict] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)  # by a hold that stands
    holds: dict[str, dict] = field(default_factory=dict)
    items: dict[str, tuple[str, str]] = field(default_factory=dict)  # message → outcome, why
    disposal: dict = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)  # objects of the vault
    logged: int = 0  # entries of the log about the disposal
    audited: dict[str, int] = field(default_factory=dict)  # action → entries about the disposal
    request: str = ""  # state of the request that an erasure answers
    carried_out: dict[str, int] = field(default_factory=dict)  # what became of the messages of the request → how many
    intents: set[str] = field(default_factory=set)  # sightings that the ledger names
    index_purged: bool = False  # of all that the ledger names by now


def read(data: Path, disposal_id: str, *, contents: bool = True) -> Reading:
    """Read an archive; without `contents` neither index nor log is opened."""
    found = Reading()
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:  # whoever opens a database file recovers it
        for path in data.glob("catalogue.sqlite3*"):
            shutil.copyfile(path, Path(folder) / path.name)
        database = sqlite3.connect(Path(folder) / "catalogue.sqlite3")
        database.row_factory = sqlite3.Row
        _read_rows(database, disposal_id.replace("-", ""), disposal_id, found)
        database.close()
    store = FilesystemStore(data / "vault")
    _read_objects(data, store, disposal_id, found)
    if contents:
        found.documents = {one.hex for one in TantivyEngine(data / "index").message_ids()}
        found.logged = _logged(data, store, disposal_id)
    return found


def _read_rows(database: sqlite3.Connection, key: str, subject: str, found: Reading) -> None:
    found.rows = dict(map(tuple, database.execute("select id, message_id from archive_sighting")))
    found.messages = {row[0] for row in database.execute("select id from archive_message")}
    tombstones = database.execute("select * from archive_destroyedsighting")
    found.tombstones = {row["sighting_id"]: dict(row) for row in tombstones}
    standing = "select id from archive_hold where released_at is null"
    covers = database.execute(f"select sighting_id from archive_heldsighting where hold_id in ({standing})")
    found.held = {row[0] for row in covers}
    for row in database.execute("select * from archive_hold"):
        covered = database.execute("select sighting_id from archive_heldsighting where hold_id = ?", (row["id"],))
        told = {one.replace("-", "") for one in json.loads(row["too_late_for"])}
        found.holds[row["id"]] = dict(row) | {"covers": {one[0] for one in covered}, "told": told}
    items = database.execute("select message_id, outcome, why from archive_disposalitem where disposal_id = ?", (key,))
    found.items = {row[0]: (row[1], row[2]) for row in items}
    found.disposal = dict(database.execute("select * from archive_disposal where id = ?", (key,)).fetchone())
    for row in database.execute("select state from gdpr_request"):
        found.request = row[0]
    noted = database.execute("select carried_out, count(*) from gdpr_locateditem group by carried_out")
    found.carried_out = dict(map(tuple, noted))
    audit = database.execute("select action, objects_named from accounts_auditentry where action like 'destruction-%'")
    for row in audit:
        if f"disposal:{subject}" in json.loads(row["objects_named"]):
            found.audited[row["action"]] = found.audited.get(row["action"], 0) + 1


def _read_objects(data: Path, store: FilesystemStore, disposal_id: str, found: Reading) -> None:
    keyrings = FilesystemStore(data / "keyrings")
    keys = FileKeyProvider(read_key_file(data / "keys" / "master-key"), keyrings)
    vault = Vault(segments=store, keyrings=keyrings, keys=keys)
    for segment_id in vault.segment_ids():
        opened = vault.open(segment_id)
        found.keys |= {one.hex for one in opened.keyring.keys}
        for entry in opened.footer.frames:
            try:
                found.opens[entry.sighting_id.hex] = sha256(opened.open(entry).raw).hexdigest()
            except Erased:
                continue
    for one in store.keys("certificates/"):
        if one.endswith(disposal_id.replace("-", "")):
            found.certificates.append(store.get(one).decode())
    state = sha256()
    for one in store.keys(ledger.PREFIX):
        state.update(one.encode())
    mark = data / "index" / "erased"
    found.index_purged = mark.exists() and mark.read_text() == state.hexdigest()
    for _, intent in ledger.read_all(store):
        found.intents |= {one.hex for ids in intent.sightings.values() for one in ids}


def _logged(data: Path, store: FilesystemStore, disposal_id: str) -> int:
    signer = NoteSigner(LOG_NAME, seed=read_key_file(data / "keys" / "log-key"))
    try:
        reader = LogReader.latest(store, [signer.verifier])
    except LogEmpty:
        return 0
    named = 0
    for raw in reader.entries():
        logged = decode(raw)
        entry = logged.entry if isinstance(logged, LoggedEntry) else None
        if isinstance(entry, Disposal | Erasure):
            named += str(entry.disposal_id if isinstance(entry, Disposal) else entry.erasure_id) == disposal_id
    return named

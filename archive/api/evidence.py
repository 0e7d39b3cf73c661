"""The evidence log: its checkpoint, the proof that an entry is in it, the proof that it only ever grew."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from accounts.api.problems import NotUnderstood
from accounts.api.shapes import In
from accounts.views.refusals import only_for
from archive.api.permitted import reads_log
from archive.models import LogNote
from archive.services.notes import NotLogged, consistency, proof_of
from archive.wiring import archive
from muniment.errors import Corrupt, Refused
from muniment.log.checkpoint import open_checkpoint
from muniment.log.reader import LogReader

MAX_INDEX = 2**53  # what a number of JSON holds exactly (RFC 8259 section 6)
MAX_NOTE_CHARS = 10_000

router = Router(tags=["log"])


class NoSuchEntry(Refused):
    """There is no such entry in the evidence log."""


class CheckpointOut(Schema):
    """The newest signed note of the log."""

    origin: str
    size: int
    root: str = Field(description=gettext_noop("Of the tree, in hex."))
    note: str = Field(description=gettext_noop("The checkpoint as it was signed (C2SP tlog-checkpoint)."))
    key: str = Field(description=gettext_noop("The key that checks its signature."))


class Inclusion(Schema):
    """An entry, and the proof that it is in the log."""

    index: int
    entry: str = Field(description=gettext_noop("The bytes of the entry, in hex."))
    path: list[str] = Field(description=gettext_noop("The hashes, nearest first, in hex."))
    checkpoint: str


class Proved(Inclusion):
    """The same of an act, with what its entry commits to."""

    salt: str
    document: str = Field(description=gettext_noop("What the entry commits to, with the salt."))


class OldCheckpoint(In):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)  # the signature covers line ends

    checkpoint: str = Field(max_length=MAX_NOTE_CHARS, description=gettext_noop("A signed note that you kept."))


class Consistency(Schema):
    path: list[str] = Field(description=gettext_noop("The hashes, in hex."))
    checkpoint: str = Field(description=gettext_noop("The newest signed note."))


@router.get(
    "/log/checkpoint",
    response=CheckpointOut,
    summary=gettext_noop("The checkpoint of the evidence log"),
    operation_id="get_checkpoint",
)
@only_for(reads_log)
def get_checkpoint(request: HttpRequest):  # noqa: ARG001 - handed over by place and name
    """Keep it: it proves later that nothing was taken out of the log."""
    found = _newest().checkpoint
    return CheckpointOut(
        origin=found.origin,
        size=found.size,
        root=found.root.hex(),
        note=found.note.decode(),
        key=archive().signer.verifier.encode(),
    )


@router.get(
    "/log/entries/{int:index}",
    response=Inclusion,
    summary=gettext_noop("Prove an entry of the evidence log"),
    operation_id="prove_entry",
)
@only_for(reads_log)
def prove_entry(request: HttpRequest, index: int):  # noqa: ARG001
    """The proof of a message names the entry of its segment as `log_index`."""
    reader = _newest()
    if not 0 <= index < reader.checkpoint.size:
        raise NoSuchEntry
    return Inclusion(
        index=index,
        entry=reader.entry(index).hex(),
        path=[step.hex() for step in reader.inclusion_proof(index)],
        checkpoint=reader.checkpoint.note.decode(),
    )


@router.post(
    "/log/consistency",
    response=Consistency,
    summary=gettext_noop("Prove that the log only grew"),
    operation_id="prove_consistency",
)
@only_for(reads_log)
def prove_consistency(request: HttpRequest, body: OldCheckpoint):  # noqa: ARG001
    """From a checkpoint that you kept to the newest."""
    try:
        open_checkpoint(body.checkpoint.encode(), [archive().signer.verifier])
    except Corrupt as error:
        raise NotUnderstood(_("This is no checkpoint that this archive signed.")) from error
    newest = _newest().checkpoint.note.decode()
    path = consistency(archive(), body.checkpoint, newest)
    return Consistency(path=[step.hex() for step in path], checkpoint=newest)


def proved(note: LogNote | None) -> Proved:
    """Return the proof of an act's note; raise `NoSuchEntry` where there is none, or none yet."""
    if note is None:
        raise NoSuchEntry
    try:
        found = proof_of(archive(), note)
    except NotLogged as error:
        raise NoSuchEntry from error
    return Proved(
        index=found.index,
        entry=found.entry.hex(),
        path=[step.hex() for step in found.path],
        checkpoint=found.checkpoint,
        salt=found.salt.hex(),
        document=found.document,
    )


def notes_of(kind: str, identifier: UUID) -> list[LogNote]:
    """Return the notes of a subject, the oldest first."""
    return list(LogNote.objects.filter(subject=f"{kind}:{identifier}").order_by("id"))


def _newest() -> LogReader:
    return LogReader.latest(archive().vault.segments, [archive().signer.verifier])

"""What the database knows. The catalogue is rebuilt from segments; what people decided is kept by backup and log.

catalogue    segments, sightings, messages and what belongs to them: rebuilt from the store
retention    rules, labels, events, verdicts, restrictions
evaluation   what the rules say of all mail, counted ahead; drafts of changes
holds        legal holds and what they cover
disposals    destruction: lists, outcomes, certificates, tombstones
findings     personal data that was found in messages
notes        what the evidence log has to learn
continuity   which database server was last known to be in order
packing      which segments were packed into which
"""

from archive.models.catalogue import (
    Known,
    Message,
    Part,
    Participant,
    ParticipantRole,
    PartText,
    Searchable,
    Segment,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
    StaleDocument,
    ThreadKey,
)
from archive.models.continuity import ServedDatabase
from archive.models.disposals import Cause, DestroyedSighting, Disposal, DisposalItem, DisposalState, ItemOutcome
from archive.models.evaluation import DraftState, Evaluation, MessageStanding, RuleChangeDraft
from archive.models.findings import PersonalFinding, PersonalScan, Place
from archive.models.holds import HeldSighting, Hold, HoldIntent, HoldKind, LostHold
from archive.models.notes import LogNote
from archive.models.packing import Pack, PackedSegment
from archive.models.retention import CustodianEvent, Restriction, ReviewVerdict, RuleVersion, SightingLabel

__all__ = [
    "Cause",
    "CustodianEvent",
    "DestroyedSighting",
    "Disposal",
    "DisposalItem",
    "DisposalState",
    "DraftState",
    "Evaluation",
    "HeldSighting",
    "Hold",
    "HoldIntent",
    "HoldKind",
    "ItemOutcome",
    "Known",
    "LogNote",
    "LostHold",
    "Message",
    "MessageStanding",
    "Pack",
    "PackedSegment",
    "Part",
    "PartText",
    "Participant",
    "ParticipantRole",
    "PersonalFinding",
    "PersonalScan",
    "Place",
    "Restriction",
    "ReviewVerdict",
    "RuleChangeDraft",
    "RuleVersion",
    "Searchable",
    "Segment",
    "SegmentStage",
    "ServedDatabase",
    "Sighting",
    "SightingLabel",
    "Stage",
    "StageState",
    "StaleDocument",
    "ThreadKey",
]

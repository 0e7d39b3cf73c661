"""What the database knows. The catalogue is rebuilt from segments; what people decided is kept by backup and log.

catalogue    segments, sightings, messages and what belongs to them: rebuilt from the store
retention    rules, labels, events, verdicts, restrictions
holds        legal holds and what they cover
disposals    destruction: lists, outcomes, certificates, tombstones
notes        what the evidence log has to learn
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
from archive.models.disposals import Cause, DestroyedSighting, Disposal, DisposalItem, DisposalState, ItemOutcome
from archive.models.holds import HeldSighting, Hold, HoldKind
from archive.models.notes import LogNote
from archive.models.retention import CustodianEvent, Restriction, ReviewVerdict, RuleVersion, SightingLabel

__all__ = [
    "Cause",
    "CustodianEvent",
    "DestroyedSighting",
    "Disposal",
    "DisposalItem",
    "DisposalState",
    "HeldSighting",
    "Hold",
    "HoldKind",
    "ItemOutcome",
    "Known",
    "LogNote",
    "Message",
    "Part",
    "PartText",
    "Participant",
    "ParticipantRole",
    "Restriction",
    "ReviewVerdict",
    "RuleVersion",
    "Searchable",
    "Segment",
    "SegmentStage",
    "Sighting",
    "SightingLabel",
    "Stage",
    "StageState",
    "StaleDocument",
    "ThreadKey",
]

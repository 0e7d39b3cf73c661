"""What was found of personal data, for those who may know it: of one message, and as figures of a whole scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from accounts.models import User
from accounts.permissions import may_see_personal_data, scope_of
from archive.models import Message, PersonalFinding, PersonalScan, SegmentStage, Stage, StageState
from archive.queries.coverage import Coverage, coverage_within
from archive.queries.messages import belonging, within
from archive.queries.replica import read
from muniment.engines.port import Scope
from muniment.pii.model import DETECTOR_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is known of one message. Without a scan it was not looked through yet."""

    scan: PersonalScan | None
    findings: Sequence[PersonalFinding]

    @property
    def is_outdated(self) -> bool:
        """Whether an older detector looked through it: it will be looked through again."""
        return self.scan is not None and self.scan.detector_version < DETECTOR_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedThrough:
    """How much of a scope was looked through. Counts of messages, but for segments and attachments."""

    messages: int
    looked_through: int  # by this version of the detector
    in_part: int  # of these: longer than what is read of one message
    outdated: int  # by an older version
    segments_failed: int  # that did not open when they were looked through; only for those who see everything
    attachments: Coverage  # what of them was not read, and why

    @property
    def waiting(self) -> int:
        """Messages that nothing is known of."""
        return self.messages - self.looked_through - self.outdated


def looked(actor: User, message: Message) -> Looked | None:
    """Return what was found in a message that the actor sees; None if this is not for them."""
    if not may_see_personal_data(actor):
        return None
    rows = PersonalFinding.objects.filter(message=message).select_related("part").order_by("kind", "id")
    return Looked(scan=PersonalScan.objects.filter(message=message).first(), findings=list(rows))


def looked_through(actor: User) -> LookedThrough:
    """Count how much of the actor's scope was looked through."""
    scope = scope_of(actor)
    return read(lambda alias: _looked_through(scope, alias))


def _looked_through(scope: Scope, alias: str) -> LookedThrough:
    scans = belonging(PersonalScan.objects.using(alias), scope)
    current = scans.filter(detector_version=DETECTOR_VERSION)
    failed = SegmentStage.objects.using(alias).filter(stage=Stage.PERSONAL_DATA, state=StageState.FAILED)
    return LookedThrough(
        messages=within(scope).using(alias).count(),
        looked_through=current.count(),
        in_part=current.filter(in_part=True).count(),
        outdated=scans.filter(detector_version__lt=DETECTOR_VERSION).count(),
        segments_failed=failed.count() if scope.everything else 0,
        attachments=coverage_within(scope),
    )


def identifiers(actor: User) -> dict[str, int]:
    """Return how many identifiers of each kind were found in the actor's scope; none for those who may not know."""
    scope = scope_of(actor)
    if not scope.personal:
        return {}
    counted = belonging(PersonalFinding.objects.all(), scope).order_by().values_list("kind").annotate(Sum("count"))
    return read(lambda alias: dict(counted.using(alias)))


def messages_by_kind(actor: User) -> dict[str, int]:
    """Return in how many messages of the actor's scope each kind was found, as the catalogue has it."""
    scope = scope_of(actor)
    if not scope.personal:
        return {}
    rows = belonging(PersonalFinding.objects.all(), scope).order_by().values_list("kind")
    counted = rows.annotate(Count("message_id", distinct=True))
    return read(lambda alias: dict(counted.using(alias)))

"""The audit trail, for those who may read it; the check of the chain is an entry itself."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from accounts.api.shapes import In
from accounts.models import Action, AuditEntry
from accounts.permissions import may_read_audit, may_read_audit_texts
from accounts.queries import audit as queries
from accounts.services import checks
from accounts.trail import is_sound
from accounts.views.refusals import only_for

MAX_NUMBER = 2**63 - 1  # what a 64-bit column holds

router = Router(tags=["audit"])


class AuditIn(In):
    """Which entries are wanted."""

    actor: str = Field("", max_length=320, description=gettext_noop("The address of a person."))
    action: Action | None = None
    after: date | None = Field(None, description=gettext_noop("The first day."))
    before: date | None = Field(None, description=gettext_noop("The last day."))
    matter: UUID | None = None
    older_than: int | None = Field(
        None, ge=1, le=MAX_NUMBER, description=gettext_noop("Entries before this number: what `older` gave.")
    )
    limit: int = Field(100, ge=1, le=500, description=gettext_noop("How many rows to give, at most 500."))


class Entry(Schema):
    """One act."""

    number: int
    at: datetime
    actor: str
    person_id: int | None
    action: str
    outcome: str
    matter: UUID | None
    scope: dict[str, int | bool]
    objects: list[str]
    details: dict[str, int | bool | str]
    texts: dict[str, str] = Field(
        description=gettext_noop("What was typed; left out where it is erased or not for your role.")
    )
    previous: str
    hash: str
    sound: bool = Field(description=gettext_noop("Whether the entry is what was recorded."))


class Entries(Schema):
    """Entries, the newest first."""

    items: list[Entry]
    older: int | None = Field(description=gettext_noop("What to send as `older_than` for the entries before these."))


class Broken(Schema):
    entry: int | None
    reason: str


class Checked(Schema):
    """What the check of the whole chain found."""

    entries: int
    whole: bool
    broken: list[Broken]


@router.get(
    "/audit/entries", response=Entries, summary=gettext_noop("Read the audit trail"), operation_id="audit_entries"
)
@only_for(may_read_audit)
def entries(request: HttpRequest, wanted: Query[AuditIn]):
    """Entries, the newest first. Texts are left out for administrators."""
    chosen = queries.AuditFilter(
        actor=wanted.actor, action=wanted.action, first=wanted.after, last=wanted.before, matter_id=wanted.matter
    )
    page = queries.page(chosen, before=wanted.older_than, size=wanted.limit)
    with_texts = may_read_audit_texts(request.user)
    return Entries(items=[_entry(row, with_texts=with_texts) for row in page.entries], older=page.older)


@router.post(
    "/audit/check", response=Checked, summary=gettext_noop("Check the whole chain"), operation_id="audit_check"
)
@only_for(may_read_audit)
def check(request: HttpRequest):
    """Compute every hash anew, and record that it was done."""
    report = checks.check_audit(actor=request.user)
    return Checked(entries=report.entries, whole=report.whole, broken=[Broken(**one) for one in report.broken])


def _entry(row: AuditEntry, *, with_texts: bool) -> Entry:
    return Entry(
        number=row.number,
        at=row.at,
        actor=row.actor,
        person_id=row.person_id,
        action=row.action,
        outcome=row.outcome,
        matter=row.matter_id,
        scope=row.scope,
        objects=row.objects_named,
        details=row.details,
        texts={text.kind: text.text for text in row.texts.all()} if with_texts else {},
        previous=row.previous,
        hash=row.hash,
        sound=is_sound(row),
    )

"""Open, change and close matters; say who works on them and whose mail they are about.

A custodian opens a person's mail to every member of the matter, so it is never one person's act: a member asks, a
second person approves, and then the custodian is added. A closed matter opens no mail, and is not opened again.
"""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import (
    Action,
    Approval,
    CustodianProposal,
    Matter,
    MatterCustodian,
    MatterMember,
    MatterState,
    TextKind,
    User,
)
from accounts.permissions import APPROVES_IN_MATTERS, MANAGES_MATTERS, OPENED_BY_MATTERS, may
from accounts.queries.matters import awaited, may_change
from accounts.services import approvals, audit
from muniment.errors import Refused
from muniment.ids import UuidSequence

CUSTODIAN: Final = "matter-custodian"  # the kind of approval
APPROVAL_DAYS: Final = 14  # a request that nobody decided by then is asked again
MAX_REFERENCE_CHARS: Final = 60
MAX_NAME_CHARS: Final = 200
MAX_DESCRIPTION_CHARS: Final = 5_000
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")  # RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2
_IDS: Final = UuidSequence()


class MatterRefused(Refused):
    """The matter stays as it is; the message says why."""


def open_matter(
    *, actor: User | Operator, reference: str, name: str, description: str = "", now: datetime | None = None
) -> Matter:
    """Open a matter; a person who opens one is its first member. Raises `MatterRefused`."""
    at, reference, name = now or timezone.now(), reference.strip(), name.strip()
    if not may(actor, MANAGES_MATTERS):
        raise MatterRefused(_("Matters are opened by legal or a compliance officer."))
    if not reference or len(reference) > MAX_REFERENCE_CHARS:
        raise MatterRefused(
            _("A matter needs a reference of at most %(count)s characters.") % {"count": MAX_REFERENCE_CHARS}
        )
    _check_words(name, description)
    person = actor if isinstance(actor, User) else None
    try:
        with transaction.atomic():
            matter = Matter.objects.create(
                id=_IDS.next(),
                reference=reference,
                name=name,
                description=description.strip(),
                opened_by=person,
                opened_at=at,
            )
            if person is not None:
                MatterMember.objects.create(matter=matter, user=person, added_by=person, added_at=at)
            _record(actor, matter, Action.MATTER_OPENED, at)
    except IntegrityError as error:
        raise MatterRefused(_("Another matter has this reference already.")) from error
    return matter


def change(
    *, actor: User | Operator, matter: Matter, name: str, description: str, now: datetime | None = None
) -> Matter:
    """Change name and description; the reference stays, because others cite it. Raises `MatterRefused`."""
    _check_words(name.strip(), description)
    with transaction.atomic():
        row = _locked(actor, matter)
        row.name, row.description = name.strip(), description.strip()
        row.save(update_fields=["name", "description"])
        _record(actor, row, Action.MATTER_CHANGED, now or timezone.now(), what="words")
    return row


def close(*, actor: User | Operator, matter: Matter, reason: str, now: datetime | None = None) -> Matter:
    """Close a matter: from now on it opens no mail. Its holds stand until they are released. Raises `MatterRefused`."""
    at = now or timezone.now()
    if not reason.strip():
        raise MatterRefused(_("Say why the matter is closed."))
    with transaction.atomic():
        row = _locked(actor, matter)
        row.state, row.closed_at = MatterState.CLOSED, at
        row.closed_by = actor if isinstance(actor, User) else None
        row.save(update_fields=["state", "closed_at", "closed_by"])
        _record(actor, row, Action.MATTER_CLOSED, at, reason=reason)
    return row


def add_member(
    *, actor: User | Operator, matter: Matter, person: User, reason: str = "", now: datetime | None = None
) -> MatterMember:
    """Let `person` work on the matter and see its custodians' mail. Raises `MatterRefused`."""
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(actor, matter)
        if not person.is_active or person.role not in OPENED_BY_MATTERS:
            raise MatterRefused(
                _("%(person)s cannot be a member: only legal, compliance and auditors work on matters.")
                % {"person": person.email}
            )
        if row.members.filter(user=person, removed_at__isnull=True).exists():
            raise MatterRefused(_("%(person)s is a member already.") % {"person": person.email})
        member = MatterMember.objects.create(
            matter=row, user=person, added_by=actor if isinstance(actor, User) else None, added_at=at
        )
        named = f"person:{person.pk}"
        _record(actor, row, Action.MATTER_CHANGED, at, what="member-added", reason=reason, named=named)
    return member


def remove_member(
    *, actor: User | Operator, matter: Matter, person: User, reason: str = "", now: datetime | None = None
) -> MatterMember:
    """End a membership at once. The last member stays while the matter is open. Raises `MatterRefused`."""
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(actor, matter)
        standing = row.members.filter(removed_at__isnull=True)
        member = standing.filter(user=person).first()
        if member is None:
            raise MatterRefused(_("%(person)s is no member of this matter.") % {"person": person.email})
        if (
            isinstance(actor, User)
            and not standing.exclude(pk=member.pk).filter(user__role__in=MANAGES_MATTERS).exists()
        ):
            raise MatterRefused(
                _("Nobody who may act in it would be left: add another member first, or close the matter.")
            )
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        named = f"person:{person.pk}"
        _record(actor, row, Action.MATTER_CHANGED, at, what="member-removed", reason=reason, named=named)
    return member


def end_memberships(*, actor: User | Operator, person: User, reason: str = "", now: datetime | None = None) -> int:
    """End every membership of a person whose role changes or whose account closes; return how many."""
    at = now or timezone.now()
    with transaction.atomic():
        rows = list(MatterMember.objects.select_related("matter").filter(user=person, removed_at__isnull=True))
        for member in rows:
            member.removed_at = at
            member.save(update_fields=["removed_at"])
            named = f"person:{person.pk}"
            _record(actor, member.matter, Action.MATTER_CHANGED, at, what="member-removed", reason=reason, named=named)
    return len(rows)


def ask_custodian(
    *, actor: User, matter: Matter, address: str, name: str = "", reason: str, now: datetime | None = None
) -> CustodianProposal:
    """Ask that a person's mail be opened to the members; somebody else has to approve. Raises `MatterRefused`.

    Raises `ApprovalRefused` without a reason. The approval is bound to the address.
    """
    at, wanted = now or timezone.now(), address.strip().lower()
    _check_address(wanted)
    with transaction.atomic():
        row = _locked(actor, matter)
        _check_new(row, wanted, at)
        proposal = CustodianProposal.objects.create(
            id=_IDS.next(),
            matter=row,
            address=wanted,
            name=name.strip()[:MAX_NAME_CHARS],
            proposed_by=actor,
            proposed_at=at,
        )
        proposal.approval = approvals.ask(
            actor=actor,
            kind=CUSTODIAN,
            subject=_subject(proposal),
            digest=_digest(proposal),
            reason=reason,
            may_approve=APPROVES_IN_MATTERS,
            expires_at=at + timedelta(days=APPROVAL_DAYS),
            now=at,
        )
        proposal.save(update_fields=["approval"])
        named = f"proposal:{proposal.pk}"
        _record(actor, row, Action.MATTER_CHANGED, at, what="custodian-asked", reason=reason, named=named)
    return proposal


def add_custodian(*, actor: User, proposal: CustodianProposal, now: datetime | None = None) -> MatterCustodian:
    """Open the mail that was asked for, once a second person approved. Raises `MatterRefused`, `ApprovalRefused`."""
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(actor, proposal.matter)
        approval = approvals.consume(
            actor=actor, kind=CUSTODIAN, subject=_subject(proposal), digest=_digest(proposal), now=at
        )
        return _add(actor, row, proposal.address, name=proposal.name, approval=approval, at=at)


def add_custodian_by_command(
    *, actor: Operator, matter: Matter, address: str, name: str = "", now: datetime | None = None
) -> MatterCustodian:
    """Add a custodian at the command line, where no second person is known. Raises `MatterRefused`."""
    wanted = address.strip().lower()
    _check_address(wanted)
    with transaction.atomic():
        row = _locked(actor, matter)
        return _add(actor, row, wanted, name=name.strip(), approval=None, at=now or timezone.now())


def remove_custodian(
    *, actor: User | Operator, custodian: MatterCustodian, reason: str = "", now: datetime | None = None
) -> MatterCustodian:
    """Close a person's mail to the members at once; holds stay as they are. Raises `MatterRefused`."""
    at = now or timezone.now()
    with transaction.atomic():
        matter = _locked(actor, custodian.matter)
        row = MatterCustodian.objects.select_for_update().get(pk=custodian.pk)
        if row.removed_at is not None:
            raise MatterRefused(_("This custodian was removed already."))
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        named = f"custodian:{row.pk}"
        _record(actor, matter, Action.MATTER_CHANGED, at, what="custodian-removed", reason=reason, named=named)
    return row


def _add(
    actor: User | Operator, matter: Matter, address: str, *, name: str, approval: Approval | None, at: datetime
) -> MatterCustodian:
    if matter.custodians.filter(address=address, removed_at__isnull=True).exists():
        raise MatterRefused(_("This person is a custodian already."))
    custodian = MatterCustodian.objects.create(
        matter=matter,
        address=address,
        name=name[:MAX_NAME_CHARS],
        added_by=actor if isinstance(actor, User) else None,
        added_at=at,
        approval=approval,
    )
    named = f"custodian:{custodian.pk}"
    _record(actor, matter, Action.MATTER_CHANGED, at, what="custodian-added", named=named)
    return custodian


def _locked(actor: User | Operator, matter: Matter) -> Matter:
    """Return the matter's row, locked, if the actor may act in it."""
    row = Matter.objects.select_for_update().get(pk=matter.pk)
    if row.state != MatterState.OPEN:
        raise MatterRefused(_("This matter is closed: nothing in it can be changed."))
    if not may_change(actor, row):
        raise MatterRefused(_("Only its members of legal and compliance act in a matter."))
    return row


def _check_words(name: str, description: str) -> None:
    if not name or len(name) > MAX_NAME_CHARS:
        raise MatterRefused(_("A matter needs a name of at most %(count)s characters.") % {"count": MAX_NAME_CHARS})
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise MatterRefused(
            _("The description is longer than %(count)s characters.") % {"count": MAX_DESCRIPTION_CHARS}
        )


def _check_address(address: str) -> None:
    if not _ADDRESS.fullmatch(address):
        raise MatterRefused(_("A custodian is named by an address, such as ann@corp.example."))


def _check_new(matter: Matter, address: str, at: datetime) -> None:
    if matter.custodians.filter(address=address, removed_at__isnull=True).exists():
        raise MatterRefused(_("This person is a custodian already."))
    if any(proposal.address == address for proposal in awaited(matter, now=at)):
        raise MatterRefused(
            _("This person's mail has been asked for already, and the answer is awaited or still stands.")
        )


def _subject(proposal: CustodianProposal) -> str:
    return f"{proposal.matter_id}:{proposal.pk}"


def _digest(proposal: CustodianProposal) -> str:
    return sha256(f"{proposal.matter_id}\n{proposal.address}".encode()).hexdigest()


def _record(
    actor: User | Operator,
    matter: Matter,
    action: Action,
    at: datetime,
    *,
    what: str = "",
    reason: str = "",
    named: str = "",
) -> None:
    audit.record(
        actor=actor,
        action=action,
        matter_id=matter.pk,
        objects=[f"matter:{matter.pk}", *([named] if named else [])],
        details={"what": what} if what else {},
        texts={TextKind.REASON: reason},
        now=at,
    )

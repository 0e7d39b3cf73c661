"""By what a person is known: terms added, proposed from the archive, and confirmed or refused one by one."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import TextKind, User
from accounts.permissions import scope_of
from gdpr.models import Request, SubjectTerm, TermKind, TermState
from gdpr.queries.people import suggest
from gdpr.services.acting import Act, acting, move, record
from gdpr.states import NotAllowed, State
from muniment.errors import Refused

MAX_TERM_CHARS: Final = 500
MIN_WORD_CHARS: Final = 2  # shorter words find everything
MIN_PHONE_DIGITS: Final = 6


def clean_term(kind: TermKind, text: str) -> str:
    """Return a term as it is kept and looked for; raise `Refused` for what is none."""
    value = " ".join(text.split())[:MAX_TERM_CHARS]
    if kind == TermKind.ADDRESS:
        value = value.lower().strip("<>")
        if value.count("@") != 1 or value.startswith("@") or value.endswith("@") or " " in value:
            raise Refused(_("An address looks like name@example.org."))
    elif kind == TermKind.PHONE:
        if sum(character.isdigit() for character in value) < MIN_PHONE_DIGITS:
            raise Refused(_("A telephone number has at least %(count)d digits.") % {"count": MIN_PHONE_DIGITS})
    elif sum(character.isalnum() for character in value) < MIN_WORD_CHARS:
        raise Refused(_("A name has at least two letters."))
    return value


def add(*, actor: User, request_id: UUID, kind: TermKind, value: str, now: datetime | None = None) -> SubjectTerm:
    """Add a term that the officer knows of; it is confirmed with that."""
    at = now or timezone.now()
    cleaned = clean_term(kind, value)
    with acting(actor, request_id, State.SCOPING) as request:
        term, _made = SubjectTerm.objects.update_or_create(
            request=request,
            kind=kind,
            value=cleaned,
            defaults={"state": TermState.CONFIRMED, "decided_by": actor, "decided_at": at},
        )
        record(actor, request, Act.TERMS, at=at, details={"confirmed": 1}, texts={TextKind.ADDRESS: cleaned})
    return term


def propose(*, actor: User, request_id: UUID, now: datetime | None = None) -> int:
    """Propose addresses and names that the archive knows for the same person; return how many are new."""
    at = now or timezone.now()
    with acting(actor, request_id, State.SCOPING) as request:
        known = list(request.terms.exclude(state=TermState.REFUSED))
        found = suggest(
            scope_of(actor),
            addresses={term.value for term in known if term.kind == TermKind.ADDRESS},
            names={term.value for term in known if term.kind in {TermKind.NAME, TermKind.ALIAS}},
        )
        before = request.terms.count()
        SubjectTerm.objects.bulk_create(
            [
                SubjectTerm(request=request, kind=one.kind, value=one.value, origin=one.origin, seen=one.seen)
                for one in found
            ],
            ignore_conflicts=True,
        )
        count = request.terms.count() - before
        record(actor, request, Act.TERMS, at=at, details={"proposed": count})
    return count


def decide(
    *,
    actor: User,
    request_id: UUID,
    confirmed: Collection[int] = (),
    refused: Collection[int] = (),
    now: datetime | None = None,
) -> None:
    """Say of terms that they are the person's, or that they are not."""
    at = now or timezone.now()
    with acting(actor, request_id, State.SCOPING) as request:
        said = {"decided_by": actor, "decided_at": at}
        request.terms.filter(pk__in=refused).update(state=TermState.REFUSED, **said)
        request.terms.filter(pk__in=confirmed).update(state=TermState.CONFIRMED, **said)
        record(actor, request, Act.TERMS, at=at, details={"confirmed": len(confirmed), "refused": len(refused)})


def approve(*, actor: User, request_id: UUID, now: datetime | None = None) -> Request:
    """Close the list of terms: each is confirmed or refused, and there is at least one address."""
    at = now or timezone.now()
    with acting(actor, request_id, State.SCOPING) as request:
        waiting = request.terms.filter(state=TermState.PROPOSED).count()
        if waiting:
            text = _("%(count)d terms wait: say of each whether it is this person.")
            raise NotAllowed(text % {"count": waiting})
        if not request.terms.filter(state=TermState.CONFIRMED, kind=TermKind.ADDRESS).exists():
            raise NotAllowed(_("Confirm at least one address of the person: mail is located by addresses first."))
        came_from = move(request, State.SEARCHING)
        record(actor, request, Act.MOVED, at=at, came_from=came_from)
    return request


def reconsider(*, actor: User, request_id: UUID, now: datetime | None = None) -> Request:
    """Go back to the terms of the person."""
    at = now or timezone.now()
    with acting(actor, request_id, State.SEARCHING, State.REVIEW, State.REOPENED) as request:
        came_from = move(request, State.SCOPING)
        record(actor, request, Act.MOVED, at=at, came_from=came_from)
    return request

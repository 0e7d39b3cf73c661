"""Locate the messages of a person: a list that the same archive gives again, message for message."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message
from archive.queries.coverage import coverage_within
from archive.wiring import Archive
from gdpr.models import Concern, LocatedItem, Request, Right, SearchReport, TermState
from gdpr.queries.located import Found, by_addresses, by_words, first_sightings, messages_of
from gdpr.services import proposing
from gdpr.services.acting import Act, acting, move, record
from gdpr.services.storing import save_alike
from gdpr.states import NotAllowed, State
from muniment.engines.port import Scope

_CHUNK = 500


def decide_mentions(
    *, actor: User, request_id: UUID, search: bool, reason: str, now: datetime | None = None
) -> Request:
    """Decide whether mail of others is searched for mentions of the person: is that search itself proportionate?"""
    at = now or timezone.now()
    if not reason.strip():
        raise NotAllowed(_("Say why: how much would be searched, and what that means for the people whose mail it is."))
    with acting(actor, request_id, State.SCOPING, State.SEARCHING, State.REVIEW) as request:
        request.mentions, request.mentions_reason, request.mentions_at = search, reason, at
        request.save(update_fields=["mentions", "mentions_reason", "mentions_at"])
        record(actor, request, Act.MENTIONS, at=at, reason=reason, details={"search": search})
    return request


def locate(*, actor: User, request_id: UUID, archive: Archive, now: datetime | None = None) -> SearchReport:
    """Search by the confirmed terms, freeze the list, and propose what to do with each message.

    Words are looked for only after the proportionality of that was decided. Run again, it keeps what was decided about
    messages that are still found, and lets go those that are not. Raises `IndexUnavailable`, `MailArrived`.
    """
    at = now or timezone.now()
    with acting(actor, request_id, State.SEARCHING, State.REVIEW) as request:
        terms = list(request.terms.filter(state=TermState.CONFIRMED).order_by("pk"))
    scope = scope_of(actor)
    found = by_addresses(scope, terms)
    mentions = bool(request.mentions)
    if mentions:
        for message_id, term_ids in by_words(scope, terms, engine=archive.engine).items():
            found.setdefault(message_id, Found(concern=Concern.MENTIONED)).term_ids.update(term_ids)
    coverage = asdict(coverage_within(scope))
    with acting(actor, request_id, State.SEARCHING, State.REVIEW) as request:
        if request.mentions is not None and bool(request.mentions) != mentions:
            raise NotAllowed(_("It was decided otherwise about mentions meanwhile: locate the messages again."))
        _keep(request, found)
        term_ids = [term.pk for term in terms]
        report = _report(request, actor=actor, scope=scope, coverage=coverage, term_ids=term_ids, at=at)
        if request.right == Right.ERASURE:
            proposing.propose_all(request, today=timezone.localdate(at))
        came_from = move(request, State.REVIEW) if request.state == State.SEARCHING else None
        details = {"messages": sum(report.counts.values()), "mentions": mentions, "digest": report.digest}
        record(actor, request, Act.LOCATED, at=at, came_from=came_from, details=details)
    return report


def _keep(request: Request, found: Mapping[UUID, Found]) -> None:
    """Make the items those of `found`; what an earlier round carried out stays as it is."""
    standing = {item.sighting_id: item for item in request.items.filter(carried_out="")}
    belongs = messages_of(standing)
    of_message = {belongs[sighting_id]: item for sighting_id, item in standing.items() if sighting_id in belongs}
    done = set(messages_of(request.items.exclude(carried_out="").values_list("sighting_id", flat=True)).values())
    gone = [item.pk for item in standing.values() if belongs.get(item.sighting_id) not in found]
    for start in range(0, len(gone), _CHUNK):
        LocatedItem.objects.filter(pk__in=gone[start : start + _CHUNK]).delete()
    wanted = {message_id: one for message_id, one in found.items() if message_id not in done}
    first, sent = first_sightings(wanted), _sent(wanted)
    fresh: list[LocatedItem] = []
    known: list[LocatedItem] = []  # that changed
    for message_id, one in wanted.items():
        item = of_message.get(message_id)
        if item is None:
            item = LocatedItem(request=request, sighting_id=first[message_id])
            fresh.append(item)
        before = (item.message_id, item.concern, item.sent_at, item.term_ids)
        item.message_id, item.concern, item.sent_at = message_id, one.concern.value, sent[message_id]
        item.term_ids = sorted(one.term_ids)
        if item.pk and (item.message_id, item.concern, item.sent_at, item.term_ids) != before:
            known.append(item)
    LocatedItem.objects.bulk_create(fresh, batch_size=_CHUNK)
    save_alike(known, ("message_id", "concern", "sent_at", "term_ids"))


def _sent(message_ids: Mapping[UUID, Found]) -> dict[UUID, datetime | None]:
    wanted = list(message_ids)
    found: dict[UUID, datetime | None] = {}
    for start in range(0, len(wanted), _CHUNK):
        found.update(Message.objects.filter(id__in=wanted[start : start + _CHUNK]).values_list("id", "date"))
    return found


def _report(
    request: Request, *, actor: User, scope: Scope, coverage: Mapping[str, int], term_ids: list[int], at: datetime
) -> SearchReport:
    rows = list(request.items.order_by("sighting_id").values_list("sighting_id", "concern"))
    digest = sha256("".join(f"{sighting_id} {concern}\n" for sighting_id, concern in rows).encode())
    return SearchReport.objects.create(
        request=request,
        at=at,
        by=actor,
        term_ids=term_ids,
        with_mentions=bool(request.mentions),
        everything=scope.everything,
        counts=dict(Counter(concern for _, concern in rows)),
        coverage=dict(coverage),
        digest=digest.hexdigest(),
    )

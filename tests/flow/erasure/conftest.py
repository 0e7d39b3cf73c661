"""An archive in memory, people of each role, and the steps of a destruction."""

from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

import pytest

from accounts.models import Grant, GrantKind, Matter, Role, User
from accounts.services import approvals
from archive.models import Cause, HeldSighting, Hold, Message, RuleVersion, Sighting
from archive.services import proposals, sweep
from archive.services.disposal import execute
from archive.services.stages import index_all
from muniment.policy.coding import encode_rule
from muniment.policy.predicates import Everything
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text
from tests.flow.archive.builders import mail, memory_archive, seal

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def archive(db, tmp_path):
    return memory_archive(tmp_path)


@pytest.fixture
def people(db):
    """Return the people of an archive, all of whom see everything that their role may."""

    def make(name, role):
        user = User.objects.create(email=f"{name}@corp.example", username=name, role=role)
        Grant.objects.create(user=user, kind=GrantKind.EVERYTHING, valid_from=LONG_AGO)
        return user

    return {
        "records": make("records", Role.COMPLIANCE),
        "counsel": make("counsel", Role.LEGAL),
        "dpo": make("dpo", Role.DPO),
        "auditor": make("auditor", Role.AUDITOR),
        "employee": make("employee", Role.EMPLOYEE),
    }


def rule(rule_id="all", *, version=1, months=1, force=Force.POLICY, action=Action.DISPOSE, scope=None):
    """Write a rule that lets go after some months, and return it."""
    found = Rule(
        id=rule_id,
        version=version,
        valid_from=date(2020, 1, version),
        name=Text(en=rule_id, fr=rule_id),
        scope=scope or Everything(),
        term=Term(months=months),
        clock=Clock.SENT,
        action=action,
        source=Source(
            citation="ours",
            force=force,
            origin=Origin.MEMBER_STATE if force is Force.DUTY else Origin.NONE,
            checked=Checked.OWN,
        ),
    )
    body = encode_rule(found)
    RuleVersion.objects.create(
        id=uuid4(),
        rule_id=rule_id,
        version=version,
        body=body.decode(),
        digest=sha256(body).hexdigest(),
        valid_from=found.valid_from,
        made_at=LONG_AGO,
    )
    return found


def filled(archive, count=3, **fields):
    """Archive and index `count` messages, each a segment of its own with one sighting; return their ids."""
    for number in range(count):
        seal(archive, mail(f"{number}", body=f"word{number}"), **fields)
    settle(archive)
    return list(Message.objects.order_by("id").values_list("id", flat=True))


def settle(archive):
    sweep.catalogue_missing(vault=archive.vault)
    index_all(archive)


def hold(sighting_ids=(), *, reference="2026-1", **fields):
    """Place a hold on sightings, as rows."""
    matter, _ = Matter.objects.get_or_create(
        reference=reference, defaults={"id": uuid4(), "name": "x", "opened_at": LONG_AGO}
    )
    placed = Hold.objects.create(
        **{"id": uuid4(), "matter": matter, "name": "h", "kind": "messages", "placed_at": NOW, "covered_at": NOW}
        | fields
    )
    segment_of = dict(Sighting.objects.filter(id__in=sighting_ids).values_list("id", "segment_id"))
    for sighting_id in sighting_ids:
        HeldSighting.objects.create(hold=placed, sighting_id=sighting_id, segment_id=segment_of[sighting_id], since=NOW)
    return placed


def proposed(people, message_ids, *, cause=Cause.DISPOSAL, now=NOW, **fields):
    actor = people["records"] if cause == Cause.DISPOSAL else people["dpo"]
    return proposals.propose(actor=actor, cause=cause, message_ids=message_ids, reason="due", now=now, **fields)


def approved(people, disposal, *, now=NOW):
    asker = people["records"] if disposal.cause == Cause.DISPOSAL else people["dpo"]
    asked = proposals.ask_approval(actor=asker, disposal=disposal, now=now)
    approvals.approve(actor=people["counsel"], approval_id=asked.pk, now=now)
    return disposal


def destroyed(people, archive, message_ids, *, now=NOW, **fields):
    """Propose, approve and execute; return the disposal."""
    disposal = approved(people, proposed(people, message_ids, now=now, **fields), now=now)
    actor = people["records"] if disposal.cause == Cause.DISPOSAL else people["dpo"]
    return execute(actor=actor, disposal_id=disposal.id, archive=archive, now=now)

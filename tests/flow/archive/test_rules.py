"""Rules are versions that never change: counted before they are in force, approved by two where mail may go sooner."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from accounts.models import Action, AuditEntry, Grant, GrantKind, Role, User
from accounts.services import approvals
from archive.models import LogNote, RuleChangeDraft, RuleVersion
from archive.queries.rules import NoSuchRule, current, get_draft, rules, versions_of
from archive.services import rules as changing
from archive.services import simulations, sweep
from archive.services.rules import log_id
from muniment.errors import Refused
from muniment.log.entries import RuleChange, commitment_of, decode
from muniment.policy import france
from muniment.policy.coding import encode_rule
from muniment.policy.predicates import Everything
from muniment.policy.rules import Action as End
from muniment.policy.rules import Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text
from tests.flow.archive.builders import mail, memory_archive, seal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MAIL = Rule(
    id="mail",
    version=1,
    valid_from=TODAY,
    name=Text(en="All mail", fr="Tout le courriel"),
    scope=Everything(),
    term=Term(years=5),
    clock=Clock.SENT,
    action=End.DISPOSE,
    source=Source(citation="Policy 7", force=Force.POLICY, origin=Origin.NONE, checked=Checked.OWN),
)
SHORTER = replace(MAIL, version=2, term=Term(months=3))
LONGER = replace(MAIL, version=2, term=Term(years=6))


@pytest.fixture
def person(db):
    def make(role, name=None):
        email = f"{name or role}@corp.example"
        user = User.objects.create(email=email, username=email, role=Role(role))
        Grant.objects.create(user=user, kind=GrantKind.EVERYTHING, valid_from=datetime(2020, 1, 1, tzinfo=UTC))
        return user

    return make


@pytest.fixture
def officer(person):
    return person("compliance")


@pytest.fixture
def three_messages(tmp_path):
    archive = memory_archive(tmp_path)
    seal(archive, *(mail(str(number)) for number in range(3)))
    sweep.catalogue_missing(vault=archive.vault)
    return archive


def counted(officer, *versions):
    draft = changing.propose(actor=officer, rules=versions, reason="policy of 2026", now=NOW)
    return simulations.count(draft, now=NOW)


def in_force(officer, *versions):
    draft = counted(officer, *versions)
    return changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)


def test_a_version_is_stored_as_canonical_json_with_its_digest(officer):
    row = changing.save(actor=officer, rule=MAIL, reason="policy", now=NOW)
    assert row.body.encode() == encode_rule(MAIL)
    assert row.digest == sha256(encode_rule(MAIL)).hexdigest()
    assert rules() == (MAIL,)
    assert current(TODAY).rules == (MAIL,)


def test_each_version_is_noted_for_the_evidence_log_with_the_rule_as_its_document(officer):
    changing.save(actor=officer, rule=MAIL, reason="policy", now=NOW)
    note = LogNote.objects.get(subject="rule:mail@1")
    commitment = commitment_of(encode_rule(MAIL), bytes(note.salt))
    assert decode(bytes(note.entry)).entry == RuleChange(rule_id=log_id("mail"), rule_version=1, commitment=commitment)


def test_the_change_is_in_the_audit_trail_with_counts_and_without_the_reason(officer, three_messages):
    changing.save(actor=officer, rule=MAIL, reason="because of Ann", now=NOW)
    entry = AuditEntry.objects.get(action=Action.RULE_CHANGED)
    assert "rule:mail@1" in entry.objects_named
    assert entry.details["messages"] == 3
    assert "Ann" not in str(entry.details) + str(entry.objects_named)
    assert entry.texts.get().text == "because of Ann"


def test_what_a_change_would_do_is_counted_over_all_mail_and_changes_nothing(officer, three_messages):
    in_force(officer, MAIL)
    draft = counted(officer, SHORTER)
    assert draft.counts["messages"] == 3
    assert draft.counts["newly_due"] == 3
    assert draft.counts["sooner"] == 3
    assert [(one["before"], one["after"], one["count"]) for one in draft.counts["changes"]] == [("KEEP", "DUE", 3)]
    assert draft.counts["proposed"]["by_rule"] == {"mail@2": 3}
    assert rules() == (MAIL,)


def test_a_change_that_begins_later_is_counted_as_of_the_day_it_begins(officer, three_messages):
    draft = counted(officer, replace(MAIL, valid_from=date(2031, 6, 1)))
    assert draft.counts["as_of"] == "2031-06-01"
    assert draft.counts["newly_due"] == 3


def test_mail_that_may_go_sooner_needs_a_second_person(officer, person, three_messages):
    in_force(officer, MAIL)
    draft = counted(officer, SHORTER)
    assert draft.shortens
    with pytest.raises(approvals.ApprovalRefused):
        changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)
    asked = changing.ask_approval(actor=officer, draft=draft, now=NOW)
    approvals.approve(actor=person("legal"), approval_id=asked.pk, now=NOW)
    (row,) = changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)
    assert (row.version, row.rule_id) == (2, "mail")
    assert AuditEntry.objects.get(action=Action.RULE_CHANGED, details__approved_by__gt=0).details["sooner"] == 3


def test_whoever_asks_cannot_approve_and_the_data_protection_officer_neither(officer, person):
    in_force(officer, MAIL)
    asked = changing.ask_approval(actor=officer, draft=counted(officer, SHORTER), now=NOW)
    for somebody in (officer, person("dpo")):
        with pytest.raises(approvals.ApprovalRefused):
            approvals.approve(actor=somebody, approval_id=asked.pk, now=NOW)


def test_a_longer_term_is_the_officers_own_decision(officer):
    in_force(officer, MAIL)
    assert [row.version for row in in_force(officer, LONGER)] == [2]


def test_counts_that_were_not_looked_at_put_nothing_in_force(officer):
    draft = counted(officer, MAIL)
    with pytest.raises(Refused, match="look at them again"):
        changing.put_in_force(actor=officer, draft=draft, seen="0" * 64, now=NOW)
    assert RuleVersion.objects.count() == 0


def test_counts_that_are_missing_old_or_of_other_rules_must_be_made_again(officer):
    draft = changing.propose(actor=officer, rules=[MAIL], reason="policy", now=NOW)
    with pytest.raises(Refused, match="not been counted"):
        changing.put_in_force(actor=officer, draft=draft, seen="", now=NOW)
    draft = simulations.count(draft, now=NOW)
    with pytest.raises(Refused, match="older than 7 days"):
        changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW + timedelta(days=8))
    in_force(officer, replace(MAIL, id="other"))
    with pytest.raises(Refused, match="Other rules have changed"):
        changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)


def test_an_approval_of_other_counts_does_not_count(officer, person, three_messages):
    in_force(officer, MAIL)
    draft = counted(officer, SHORTER)
    asked = changing.ask_approval(actor=officer, draft=draft, now=NOW)
    approvals.approve(actor=person("legal"), approval_id=asked.pk, now=NOW)
    seal(three_messages, mail("late"))
    sweep.catalogue_missing(vault=three_messages.vault)
    draft = simulations.count(draft, now=NOW)
    with pytest.raises(approvals.ApprovalRefused, match="something else"):
        changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)


def test_a_draft_is_put_in_force_once_or_withdrawn(officer):
    draft = counted(officer, MAIL)
    changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)
    with pytest.raises(Refused, match="in force"):
        changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)
    with pytest.raises(Refused, match="in force"):
        changing.withdraw(actor=officer, draft=draft)
    given_up = changing.withdraw(actor=officer, draft=counted(officer, LONGER))
    with pytest.raises(Refused, match="withdrawn"):
        changing.put_in_force(actor=officer, draft=given_up, seen=given_up.digest, now=NOW)


@pytest.mark.parametrize(
    ("version", "why"),
    [
        (replace(MAIL, version=3), "next version of rule mail is 2"),
        (replace(MAIL, version=2, valid_from=date(2026, 1, 1)), "cannot begin before"),
    ],
)
def test_a_version_follows_the_one_before(officer, version, why):
    in_force(officer, MAIL)
    with pytest.raises(Refused, match=why):
        changing.propose(actor=officer, rules=[version], reason="policy", now=NOW)


def test_a_rule_needs_its_reason(officer):
    with pytest.raises(Refused, match="Say why"):
        changing.propose(actor=officer, rules=[MAIL], reason=" ", now=NOW)


@pytest.mark.parametrize("role", ["legal", "dpo", "auditor", "administrator", "employee"])
def test_only_the_compliance_officer_changes_rules(person, role):
    with pytest.raises(Refused):
        changing.save(actor=person(role), rule=MAIL, reason="policy", now=NOW)
    assert RuleChangeDraft.objects.count() == RuleVersion.objects.count() == 0


def test_a_rule_ends_by_a_version_and_by_two_people(officer, person):
    in_force(officer, MAIL)
    with pytest.raises(approvals.ApprovalRefused):
        changing.end(actor=officer, rule_id="mail", last_day=TODAY, reason="no longer needed", now=NOW)
    draft = counted(officer, changing.ending("mail", last_day=TODAY))
    asked = changing.ask_approval(actor=officer, draft=draft, now=NOW)
    approvals.approve(actor=person("legal"), approval_id=asked.pk, now=NOW)
    changing.put_in_force(actor=officer, draft=draft, seen=draft.digest, now=NOW)
    assert [rule.id for rule in current(TODAY).rules] == ["mail"]
    assert current(TODAY + timedelta(days=1)).rules == ()
    assert [rule.version for _, rule in versions_of("mail")] == [2, 1]


def test_the_starter_library_is_installed_once(officer):
    made = changing.install_library(actor=officer, valid_from=TODAY, now=NOW)
    assert len(made) == len(france.library(valid_from=TODAY))
    assert changing.install_library(actor=officer, valid_from=TODAY, now=NOW) == ()
    assert set(rules()) == set(france.library(valid_from=TODAY))


def test_the_starter_library_leaves_rules_that_are_there(officer):
    own = replace(MAIL, id="fr-tax", term=Term(years=7), priority=10)
    in_force(officer, own)
    changing.install_library(actor=officer, valid_from=TODAY, now=NOW)
    assert [rule for rule in rules() if rule.id == "fr-tax"] == [own]


def test_what_is_not_there_is_said(officer):
    with pytest.raises(NoSuchRule):
        versions_of("nothing")
    with pytest.raises(NoSuchRule):
        get_draft(log_id("nothing"))

"""Rules with their grounds, labels on what they speak of, one departure, and a list that waits for the second person."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.services import approvals
from archive.models import Cause, CustodianEvent, Disposal, RuleVersion, SightingLabel
from archive.queries import due
from archive.services import evaluation, events, labels, proposals, rules, simulations
from archive.wiring import Archive
from demo.cases.mail import found_by
from demo.people import PEOPLE
from demo.sources import JULIEN_LEFT_AT
from muniment.policy.decide import Outcome
from muniment.policy.facts import Event
from muniment.policy.predicates import Fact, Is
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text

NEWSLETTER = "newsletter"
# What the mail is about, said by a person once: a message's headers do not tell it.
LABELLED = (
    (NEWSLETTER, "from:tide-and-tariff.example OR from:gazette-du-fret.example"),
    ("technical-log", f"(is:automatic OR is:bounce) NOT from:{PEOPLE['bank'].address}"),
    ("accounting", "(subject:facture OR subject:invoice) has:attachment"),
    ("applicant", f"participant:{PEOPLE['candidate'].address}"),
)
REASON = "Bulletins de presse de plus de douze mois"


def newsletters(valid_from: date) -> Rule:
    """Return the company's own rule, beside those of the library."""
    return Rule(
        id="mf-newsletter",
        version=1,
        valid_from=valid_from,
        name=Text(en="Press bulletins", fr="Bulletins de presse"),
        scope=Is(fact=Fact.LABEL, value=NEWSLETTER),
        term=Term(months=12),
        clock=Clock.SENT,
        action=Action.DISPOSE,
        source=Source(
            citation="Meridian Freight, plan d’archivage 2024, § 7",
            force=Force.POLICY,
            origin=Origin.NONE,
            checked=Checked.OWN,
        ),
        priority=10,
    )


def make(archive: Archive, *, officer: User, counsel: User) -> None:
    """Install the rules, label mail, and propose the press bulletins that are due; counsel has not approved yet."""
    today = timezone.localdate()
    _rules(today - timedelta(days=1), officer, counsel)
    for label, query in LABELLED:
        if not SightingLabel.objects.filter(label=label).exists():
            labels.put(actor=officer, message_ids=found_by(query, actor=officer, archive=archive), label=label)
    julien = PEOPLE["julien"].address
    if not CustodianEvent.objects.filter(address=julien).exists():
        events.note(actor=officer, address=julien, event=Event.DEPARTURE, on=JULIEN_LEFT_AT.date())
    if not Disposal.objects.filter(cause=Cause.DISPOSAL).exists():
        evaluation.evaluate()
        wanted = due.Wanted(outcome=Outcome.DUE, rule="mf-newsletter")
        ids = due.listed_ids(officer, wanted, most=due.PAGE)
        row = proposals.propose(actor=officer, cause=Cause.DISPOSAL, message_ids=ids, reason=REASON)
        proposals.ask_approval(actor=officer, disposal=row)


def _rules(valid_from: date, officer: User, counsel: User) -> None:
    rules.install_library(actor=officer, valid_from=valid_from)
    own = newsletters(valid_from)
    if RuleVersion.objects.filter(rule_id=own.id).exists():
        return
    draft = rules.propose(actor=officer, rules=[own], reason="La presse se relit en ligne : un an suffit")
    draft = simulations.count(draft)
    if draft.shortens:  # mail could go sooner: a second person agrees
        asked = rules.ask_approval(actor=officer, draft=draft)
        approvals.approve(actor=counsel, approval_id=asked.pk, reason="Aucun intérêt probatoire")
    rules.put_in_force(actor=officer, draft=draft, seen=draft.digest)

"""The form of a retention rule: fields → one version of a rule, and back.

Conditions are up to four, joined by “all of” or “any of”. A rule whose conditions are of another shape, written by a
program, keeps them as they are until somebody chooses anew.
"""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.saying import said
from archive.forms import EVENTS, NEEDED, LibraryForm, ShownForm, day_field, reason_field
from archive.shown import CHECKED, FORCES, ORIGINS
from muniment.errors import Refused
from muniment.policy.calendar import YearEnd
from muniment.policy.facts import Event
from muniment.policy.predicates import AllOf, AnyOf, Everything, Fact, HasAttachment, HasCustodian, Is, Predicate
from muniment.policy.rules import MAX_YEARS, Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text

CONDITIONS: Final = 4
_KEEP: Final = "keep"
_ATTACHMENT, _CUSTODIAN = "has-attachment", "has-custodian"
_FACTS: Final = {
    "": _("no condition"),
    Fact.LABEL.value: _("label"),
    Fact.SOURCE.value: _("source"),
    Fact.CUSTODIAN.value: _("mailbox (address)"),
    Fact.CUSTODIAN_DOMAIN.value: _("mailbox in a domain"),
    Fact.FOLDER.value: _("folder"),
    Fact.SENDER.value: _("sender (address)"),
    Fact.SENDER_DOMAIN.value: _("domain of the sender"),
    Fact.PARTICIPANT.value: _("any participant (address)"),
    Fact.DOMAIN.value: _("domain of any participant"),
    Fact.FLAG.value: _("mark (is:)"),
    _ATTACHMENT: _("has an attachment"),
    _CUSTODIAN: _("is in somebody’s mailbox"),
}
_LOWERED: Final = frozenset(Fact) - {Fact.SOURCE, Fact.FOLDER}
_NUMBERS: Final = range(1, CONDITIONS + 1)
_OF_LAW: Final = frozenset({Force.DUTY, Force.CLAIMS, Force.LIMIT})
_JOINTS: Final = {
    "everything": _("every message"),
    "all": _("messages that meet all conditions"),
    "any": _("messages that meet any condition"),
}
_STARTS: Final = {
    Clock.SENT.value: _("date of the message"),
    Clock.CAPTURED.value: _("day of its capture"),
    **{event.value: name for event, name in EVENTS.items()},
}
_ACTIONS: Final = {
    Action.DISPOSE.value: _("put forward for disposal"),
    Action.REVIEW.value: _("a person decides"),
    Action.KEEP_FOR_EVER.value: _("kept for ever (permanent archiving)"),
}
_YEAR_ENDS: Final = [("", _("no: from the day itself")), *LibraryForm.base_fields["year_end"].choices]


def _whole(label: str, *, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most, **options)


class RuleForm(ShownForm):
    """One version of a rule."""

    id = forms.SlugField(
        label=_("Id"),
        max_length=63,
        help_text=_("Small letters, digits and hyphens. It never changes, and certificates cite it."),
        error_messages={"required": NEEDED, "invalid": _("Use small letters, digits and hyphens.")},
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=200, error_messages={"required": NEEDED})
    name_fr = forms.CharField(label=_("Name in French"), max_length=200, error_messages={"required": NEEDED})
    joint = forms.ChoiceField(label=_("It is about"), choices=list(_JOINTS.items()))
    years = _whole(_("Years"), most=MAX_YEARS, initial=0)
    months = _whole(_("Months"), most=MAX_YEARS * 12, initial=0)
    days = _whole(_("Days"), most=MAX_YEARS * 366, initial=0)
    start = forms.ChoiceField(label=_("Counted from"), choices=list(_STARTS.items()))
    year_end = forms.ChoiceField(label=_("From the close of the year"), required=False, choices=_YEAR_ENDS)
    cap_years = _whole(
        _("If the event stays unknown, a person must look after (years)"), most=MAX_YEARS, help_text=_("Empty: never.")
    )
    active_years = _whole(
        _("In the active store for (years)"),
        most=MAX_YEARS,
        help_text=_("Then it is in intermediate archiving. Empty: active to the end."),
    )
    action = forms.ChoiceField(label=_("Then"), choices=list(_ACTIONS.items()))
    definitive_ground = forms.CharField(
        label=_("Ground of public interest"), required=False, max_length=500, help_text=_("Only to keep for ever.")
    )
    citation = forms.CharField(
        label=_("Ground"),
        max_length=300,
        help_text=_("The text that it rests on, or that it is your own policy."),
        error_messages={"required": NEEDED},
    )
    force = forms.ChoiceField(
        label=_("Kind of ground"), choices=[(one.value, name) for one, name in reversed(FORCES.items())]
    )
    origin = forms.ChoiceField(label=_("Whose law"), choices=[(one.value, name) for one, name in ORIGINS.items()])
    checked = forms.ChoiceField(
        label=_("How far it was checked"), choices=[(one.value, name) for one, name in reversed(CHECKED.items())]
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        required=False,
        min_value=-100,
        max_value=100,
        initial=0,
        help_text=_("A rule of higher priority takes the place of others; a legal duty always counts."),
    )
    valid_from = day_field(label=_("In force from"))
    reason = reason_field()

    def __init__(self, *args: Any, before: Rule | None = None, **options: Any) -> None:
        self.before = before
        super().__init__(*args, **options)
        for number in _NUMBERS:
            self.fields[f"fact{number}"] = forms.ChoiceField(
                label=_("Condition"), required=False, choices=list(_FACTS.items())
            )
            self.fields[f"value{number}"] = forms.CharField(
                label=pgettext_lazy("condition", "is"), required=False, max_length=300
            )
        if before is not None:
            self.fields["id"].required = False
            if _parts(before.scope) is None:
                self.fields["joint"].choices = [(_KEEP, _("as before")), *_JOINTS.items()]

    def conditions(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the pairs of fields of the conditions."""
        return [(self[f"fact{number}"], self[f"value{number}"]) for number in _NUMBERS]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self._check(given)
        if not self.errors:
            try:
                given["rule"] = self._rule(given)
            except Refused as error:
                self.add_error(None, said(error))
        return given

    def _check(self, given: dict[str, Any]) -> None:
        """Say what does not go together, at the field that has to change."""
        rows = [(f"value{n}", given.get(f"fact{n}"), (given.get(f"value{n}") or "").strip()) for n in _NUMBERS]
        for name, fact, value in rows:
            if fact and fact not in {_ATTACHMENT, _CUSTODIAN} and not value:
                self.add_error(name, _("Say what it must be."))
        if given.get("joint") in {"all", "any"} and not any(fact for _name, fact, _value in rows):
            self.add_error("joint", _("Give at least one condition, or choose every message."))
        if given.get("force") in _OF_LAW and given.get("origin") == Origin.NONE:
            self.add_error("origin", _("It is given as law: say whose."))
        if given.get("action") == Action.KEEP_FOR_EVER and not given.get("definitive_ground", "").strip():
            self.add_error("definitive_ground", _("Nothing is kept for ever without a ground of public interest."))

    def _rule(self, given: dict[str, Any]) -> Rule:
        start = given["start"]
        event = Event(start) if start in set(Event) else None
        rule = Rule(
            id=self.before.id if self.before else given["id"],
            version=self.before.version + 1 if self.before else 1,
            valid_from=given["valid_from"],
            name=Text(en=given["name_en"], fr=given["name_fr"]),
            scope=self._scope(given),
            term=Term(
                years=given["years"] or 0,
                months=given["months"] or 0,
                days=given["days"] or 0,
                year_end=YearEnd(month=int(given["year_end"]), day=31) if given["year_end"] else None,
            ),
            clock=Clock.EVENT if event else Clock(start),
            event=event,
            active=_years(given["active_years"]),
            cap=_years(given["cap_years"]) if event else None,
            action=Action(given["action"]),
            source=Source(
                citation=given["citation"],
                force=Force(given["force"]),
                origin=Origin(given["origin"]),
                checked=Checked(given["checked"]),
                note=self.before.source.note if self.before else None,
            ),
            priority=given["priority"] or 0,
            definitive_ground=given["definitive_ground"] if given["action"] == Action.KEEP_FOR_EVER else "",
        )
        return self._as_before(rule)

    def _as_before(self, rule: Rule) -> Rule:
        """Leave what the form cannot show as it was, where nobody changed it: a closing day, terms in months."""
        before = self.before
        if before is None:
            return rule
        if _seen(before.term) == _seen(rule.term):
            rule = replace(rule, term=before.term)
        for part in ("cap", "active"):
            known, chosen = getattr(before, part), getattr(rule, part)
            if known is not None and chosen is not None and known.years == chosen.years:
                rule = replace(rule, **{part: known})
        return rule

    def _scope(self, given: dict[str, Any]) -> Predicate:
        if given["joint"] == _KEEP and self.before is not None:
            return self.before.scope
        if given["joint"] == "everything":
            return Everything()
        clauses = [
            _clause(given[f"fact{number}"], given[f"value{number}"].strip())
            for number in _NUMBERS
            if given[f"fact{number}"]
        ]
        if len(clauses) == 1:
            return clauses[0]
        return (AllOf if given["joint"] == "all" else AnyOf)(clauses=tuple(clauses))


def initial_of(rule: Rule, *, valid_from: date) -> dict[str, Any]:
    """Return what the form shows of a rule to begin its next version with."""
    term, parts = rule.term, _parts(rule.scope)
    initial = {
        "id": rule.id,
        "name_en": rule.name.en,
        "name_fr": rule.name.fr,
        "joint": parts[0] if parts else _KEEP,
        "years": term.years,
        "months": term.months,
        "days": term.days,
        "start": rule.event.value if rule.event else rule.clock.value,
        "year_end": term.year_end.month if term.year_end else "",
        "cap_years": rule.cap.years if rule.cap else None,
        "active_years": rule.active.years if rule.active else None,
        "action": rule.action.value,
        "definitive_ground": rule.definitive_ground,
        "citation": rule.source.citation,
        "force": rule.source.force.value,
        "origin": rule.source.origin.value,
        "checked": rule.source.checked.value,
        "priority": rule.priority,
        "valid_from": max(valid_from, rule.valid_from),
    }
    for number, (fact, value) in enumerate(parts[1] if parts else (), start=1):
        initial |= {f"fact{number}": fact, f"value{number}": value}
    return initial


def _parts(scope: Predicate) -> tuple[str, list[tuple[str, str]]] | None:
    """Return joint and conditions of a scope that the form can show; None for any other."""
    match scope:
        case Everything():
            return "everything", []
        case AllOf(clauses=clauses):
            joint = "all"
        case AnyOf(clauses=clauses):
            joint = "any"
        case _:
            joint, clauses = "all", (scope,)
    leaves = [_leaf(clause) for clause in clauses]
    known = [leaf for leaf in leaves if leaf is not None and leaf[0] in _FACTS]
    return (joint, known) if len(known) == len(leaves) <= CONDITIONS else None


def _leaf(clause: Predicate) -> tuple[str, str] | None:
    match clause:
        case HasAttachment():
            return _ATTACHMENT, ""
        case HasCustodian():
            return _CUSTODIAN, ""
        case Is(fact=fact, value=value):
            return fact.value, value
        case _:
            return None


def _clause(fact: str, value: str) -> Predicate:
    if fact == _ATTACHMENT:
        return HasAttachment()
    if fact == _CUSTODIAN:
        return HasCustodian()
    known = Fact(fact)
    return Is(fact=known, value=value.lower() if known in _LOWERED else value)


def _years(number: int | None) -> Term | None:
    return Term(years=number) if number is not None else None


def _seen(term: Term) -> tuple[int, ...]:
    """Return what the form shows of a term."""
    return (term.years, term.months, term.days, term.year_end.month if term.year_end else 0)

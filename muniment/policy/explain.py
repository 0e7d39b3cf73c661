"""A retention decision in plain English and French: “why is this mail still here, and when will it go?”"""

from datetime import date

from muniment.policy.decide import Decision, Outcome
from muniment.policy.describe import EVENTS, ground
from muniment.policy.reasons import (
    Ended,
    Held,
    Keeps,
    KeepsForEver,
    KeptByPerson,
    NoRule,
    NotInForce,
    NotMatched,
    Overridden,
    Phase,
    Reason,
    ReleasedByPerson,
    Restricted,
    WaitedTooLong,
    Waits,
)
from muniment.policy.rules import Action, Clock, Rule
from muniment.policy.starting import DateProblem, Start
from muniment.policy.words import Language, Text, day, sentence

_HEADLINES: dict[Outcome, tuple[Text, Text]] = {  # with a day, without
    Outcome.DUE: (
        Text(en="Due for disposal since {due_on}.", fr="À éliminer depuis le {due_on}."),
        Text(en="Due for disposal.", fr="À éliminer."),
    ),
    Outcome.REVIEW: (
        Text(en="To be reviewed by a person since {due_on}.", fr="À examiner par une personne depuis le {due_on}."),
        Text(en="To be reviewed by a person.", fr="À examiner par une personne."),
    ),
    Outcome.NO_RULE: (
        Text(en="Kept: no rule speaks of it.", fr="Conservé : aucune règle ne s’y applique."),
        Text(en="Kept: no rule speaks of it.", fr="Conservé : aucune règle ne s’y applique."),
    ),
    Outcome.KEEP: (
        Text(en="Kept. It will come up on {due_on}.", fr="Conservé. L’échéance est le {due_on}."),
        Text(en="Kept, with no end that can be told today.", fr="Conservé, sans échéance connue à ce jour."),
    ),
    Outcome.HELD: (
        Text(
            en="On legal hold: it cannot be destroyed. Without the hold its term ends on {due_on}.",
            fr="Gelé pour litige : sa destruction est impossible. Sans le gel, l’échéance est le {due_on}.",
        ),
        Text(
            en="On legal hold: it cannot be destroyed.",
            fr="Gelé pour litige : sa destruction est impossible.",
        ),
    ),
}
_KEPT_PAST_TERM = Text(
    en="Kept, although its term ended on {due_on}.", fr="Conservé, bien que son échéance soit le {due_on}."
)
_HELD = Text(
    en="The hold of the matter “{matter}”, placed on {day}, covers it.",
    fr="Le gel de l’affaire « {matter} », posé le {day}, le couvre.",
)
_RESTRICTED = Text(
    en="Its processing is restricted by the request {request} (GDPR Article 18): it is only stored.",
    fr="Son traitement est limité par la demande {request} (RGPD, article 18) : il est seulement conservé.",
)
_KEPT_BY_PERSON = Text(
    en="On {decided} a person decided to keep it through {through}.",
    fr="Le {decided}, une personne a décidé de le conserver jusqu’au {through} inclus.",
)
_RELEASED_BY_PERSON = Text(
    en="A person reviewed it on {decided} and let it go.",
    fr="Une personne l’a examiné le {decided} et ne s’oppose pas à son élimination.",
)
_KEEPS: dict[Phase, Text] = {
    Phase.ACTIVE: Text(
        en="{rule} keeps it through {through}, counted from {start}.{problem}",
        fr="{rule} le conserve jusqu’au {through} inclus, à compter du {start}.{problem}",
    ),
    Phase.INTERMEDIATE: Text(
        en="{rule} keeps it through {through}, counted from {start}, now in intermediate archiving.{problem}",
        fr="{rule} le conserve jusqu’au {through} inclus, à compter du {start} ; archivage intermédiaire.{problem}",
    ),
}
_FOR_EVER = Text(
    en="{rule} keeps it for ever: {ground}.{problem}",
    fr="{rule} le conserve sans limite de durée : {ground}.{problem}",
)
_ENDED: dict[Action, Text] = {
    Action.DISPOSE: Text(
        en="{rule} kept it through {through}, counted from {start}; that term has ended.{problem}",
        fr="{rule} le conservait jusqu’au {through} inclus, à compter du {start} ; ce délai est écoulé.{problem}",
    ),
    Action.REVIEW: Text(
        en="{rule} kept it through {through}, counted from {start}; a person must now decide.{problem}",
        fr="{rule} le conservait jusqu’au {through} inclus, à compter du {start} ; une personne doit décider.{problem}",
    ),
}
_WAITS = Text(
    en="{rule} counts from {event}, which is not known yet.",
    fr="{rule} court depuis un fait encore inconnu : {event}.",
)
_WAITS_CAPPED = Text(
    en="{rule} counts from {event}, which is not known yet; if it stays so, a person must look on {day}.",
    fr="{rule} court depuis un fait encore inconnu : {event} ; à défaut, une personne l’examinera le {day}.",
)
_WAITED = Text(
    en="{rule} counts from {event}, which is still not known; since {day} a person must look.",
    fr="{rule} court depuis un fait toujours inconnu : {event} ; depuis le {day}, une personne doit l’examiner.",
)
_OVERRIDDEN = Text(
    en="{rule} would apply, but {by} has priority over it.",
    fr="{rule} s’appliquerait, mais {by} est prioritaire.",
)
_NO_RULE = Text(
    en="No rule of today covers the copy {sighting}: what no rule covers is kept.",
    fr="Aucune règle en vigueur ne couvre l’exemplaire {sighting} : ce qu’aucune règle ne couvre est conservé.",
)
_NOT_MATCHED = Text(
    en="{rule} does not apply: it is about other messages.",
    fr="{rule} ne s’applique pas : elle vise d’autres messages.",
)
_NOT_YET = Text(
    en="{rule} does not apply: it begins on {day}.", fr="{rule} ne s’applique pas : elle entre en vigueur le {day}."
)
_NO_LONGER = Text(
    en="{rule} does not apply: it ended on {day}.", fr="{rule} ne s’applique pas : elle a pris fin le {day}."
)
_RULE = Text(
    en="The rule “{name}” ({label}; {citation}, {force})",
    fr="La règle « {name} » ({label} ; {citation}, {force})",
)
_RULE_SHORT = Text(en="the rule “{name}” ({label})", fr="la règle « {name} » ({label})")
_PROBLEMS: dict[DateProblem, Text] = {
    DateProblem.MISSING: Text(
        en=" The message has no readable date: the day of its capture counts.",
        fr=" Le message n’a pas de date lisible : le jour de sa capture fait foi.",
    ),
    DateProblem.TOO_EARLY: Text(
        en=" The message is dated before there was e-mail: the day of its capture counts.",
        fr=" Le message porte une date antérieure au courriel : le jour de sa capture fait foi.",
    ),
    DateProblem.AFTER_CAPTURE: Text(
        en=" The message is dated later than its capture: the day of its capture counts.",
        fr=" Le message porte une date postérieure à sa capture : le jour de sa capture fait foi.",
    ),
    DateProblem.STALE: Text(
        en=" The message was received live but bears a much older date: the day of its capture counts.",
        fr=" Le message a été reçu en direct mais porte une date bien plus ancienne : le jour de sa capture fait foi.",
    ),
}


def explain(decision: Decision, language: Language) -> tuple[str, ...]:
    """Return the headline, then one sentence for each reason: what applied first, then what did not."""
    dated, undated = _HEADLINES[decision.outcome]
    if decision.outcome is Outcome.KEEP and decision.due_on is not None and decision.due_on <= decision.decided_on:
        dated = _KEPT_PAST_TERM
    if decision.due_on is None:
        headline = sentence(undated, language)
    else:
        headline = sentence(dated, language, due_on=day(decision.due_on, language))
    told = dict.fromkeys(say(reason, language, today=decision.decided_on) for reason in decision.reasons)
    return (headline, *told)


def say(reason: Reason, language: Language, *, today: date) -> str:  # noqa: C901 - one case a reason
    """Say one reason in a sentence."""
    match reason:
        case Held(matter=matter, placed_on=placed_on):
            return sentence(_HELD, language, matter=matter, day=day(placed_on, language))
        case Restricted(request_id=request_id):
            return sentence(_RESTRICTED, language, request=request_id)
        case KeptByPerson(decided_on=decided_on, keep_through=through):
            return sentence(
                _KEPT_BY_PERSON, language, decided=day(decided_on, language), through=day(through, language)
            )
        case ReleasedByPerson(decided_on=decided_on):
            return sentence(_RELEASED_BY_PERSON, language, decided=day(decided_on, language))
        case Keeps() | Ended():
            return _term(reason, language)
        case KeepsForEver(rule=rule, start=start):
            why = rule.definitive_ground
            return sentence(
                _FOR_EVER, language, rule=_rule(rule, language), ground=why, problem=_problem(start, language)
            )
        case Waits() | WaitedTooLong():
            return _wait(reason, language)
        case Overridden(rule=rule, by=by):
            other = sentence(_RULE_SHORT, language, name=by.name.to(language), label=by.label)
            return sentence(_OVERRIDDEN, language, rule=_rule(rule, language), by=other)
        case NoRule(sighting_id=sighting_id):
            return sentence(_NO_RULE, language, sighting=str(sighting_id))
        case NotMatched(rule=rule):
            return sentence(_NOT_MATCHED, language, rule=_rule(rule, language))
        case NotInForce(rule=rule):
            return _dormant(rule, language, today)


def _term(reason: Keeps | Ended, language: Language) -> str:
    pattern = _KEEPS[reason.phase] if isinstance(reason, Keeps) else _ENDED[reason.action]
    return sentence(
        pattern,
        language,
        rule=_rule(reason.rule, language),
        through=day(reason.kept_through, language),
        start=day(reason.start.on, language),
        problem=_problem(reason.start, language),
    )


def _wait(reason: Waits | WaitedTooLong, language: Language) -> str:
    rule, event = _rule(reason.rule, language), EVENTS[reason.event].to(language)
    if reason.review_on is None:
        return sentence(_WAITS, language, rule=rule, event=event)
    pattern = _WAITED if isinstance(reason, WaitedTooLong) else _WAITS_CAPPED
    return sentence(pattern, language, rule=rule, event=event, day=day(reason.review_on, language))


def _dormant(rule: Rule, language: Language, today: date) -> str:
    if rule.valid_until is not None and rule.valid_from <= today:
        return sentence(_NO_LONGER, language, rule=_rule(rule, language), day=day(rule.valid_until, language))
    return sentence(_NOT_YET, language, rule=_rule(rule, language), day=day(rule.valid_from, language))


def _rule(rule: Rule, language: Language) -> str:
    name = rule.name.to(language)
    return sentence(_RULE, language, name=name, label=rule.label, **ground(rule.source, language))


def _problem(start: Start, language: Language) -> str:
    if start.clock is not Clock.SENT or start.problem is None:
        return ""
    return sentence(_PROBLEMS[start.problem], language)

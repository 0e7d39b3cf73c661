"""The decision about a message of an erasure request in plain English and French, for letters and files."""

from datetime import date

from muniment.policy.describe import ground
from muniment.policy.erasure import (
    DutyInForce,
    ErasureDecision,
    ErasureOutcome,
    ErasureReason,
    MayBeArgued,
    NoGroundToRefuse,
    NotConcerned,
    NothingAgainst,
    OtherPeople,
    Weighed,
)
from muniment.policy.erasure_request import ClaimedExemption, Exemption, Others
from muniment.policy.explain import say as say_retention
from muniment.policy.reasons import Held, Restricted
from muniment.policy.rules import Rule
from muniment.policy.words import Language, Text, counted, day, sentence

_HEADLINES: dict[ErasureOutcome, Text] = {
    ErasureOutcome.ERASE: Text(en="To be erased.", fr="À effacer."),
    ErasureOutcome.PARTIAL: Text(
        en="To be redacted for this person; the original stays, restricted.",
        fr="À occulter pour cette personne ; l’original est conservé, son traitement étant limité.",
    ),
    ErasureOutcome.RESTRICT: Text(
        en="Cannot be erased now: its processing is restricted, and the decision will be taken again.",
        fr="Effacement impossible pour l’instant : le traitement est limité et la décision sera réexaminée.",
    ),
    ErasureOutcome.REFUSE: Text(en="Erasure refused.", fr="Effacement refusé."),
    ErasureOutcome.WEIGH: Text(en="A person must decide first.", fr="Une personne doit d’abord se prononcer."),
    ErasureOutcome.NOT_CONCERNED: Text(
        en="Nothing to erase: the message does not concern this person.",
        fr="Rien à effacer : le message ne concerne pas cette personne.",
    ),
}
_NOT_CONCERNED = Text(
    en="The person is neither sender nor recipient, and the review found no mention.",
    fr="La personne n’est ni expéditrice ni destinataire, et l’examen n’a trouvé aucune mention.",
)
_HELD = Text(
    en="{held} It is kept for the establishment, exercise or defence of legal claims (Articles 17(3)(e) and 18(2)).",
    fr="{held} Il est conservé pour la constatation, l’exercice ou la défense de droits en justice "
    "(articles 17, paragraphe 3, point e), et 18, paragraphe 2).",
)
_DUTY = Text(
    en="The law obliges to keep it{until}: {rule} (Article 17(3)(b)).",
    fr="La loi oblige à le conserver{until} : {rule} (article 17, paragraphe 3, point b).",
)
_ARGUED: dict[Exemption, Text] = {
    Exemption.CLAIMS: Text(
        en="Legal claims may still depend on it{until}: {rule}. Article 17(3)(e) may be argued; it is not automatic.",
        fr="Des droits en justice peuvent encore en dépendre{until} : {rule}. L’article 17, paragraphe 3, point e), "
        "peut être invoqué ; il n’est pas automatique.",
    ),
    Exemption.ARCHIVING: Text(
        en="It is kept for ever in the public interest: {rule}. Article 17(3)(d) may be argued; it is not automatic.",
        fr="Il est archivé sans limite dans l’intérêt public : {rule}. L’article 17, paragraphe 3, point d), "
        "peut être invoqué ; il n’est pas automatique.",
    ),
}
_UNTIL = Text(en=" through {day}", fr=" jusqu’au {day} inclus")
_EXEMPTED = Text(
    en="Exemption of Article 17(3)({letter}): {text}",
    fr="Exception de l’article 17, paragraphe 3, point {letter}) : {text}",
)
_WEIGHED = Text(en="This was weighed: {text}", fr="Cela a été mis en balance : {text}")
_NO_GROUND = Text(
    en="{rule} would keep it longer, but that is no ground to refuse an erasure.",
    fr="{rule} le conserverait plus longtemps, mais ce n’est pas un motif de refus.",
)
_RULE = Text(en="“{name}” ({label}; {citation}, {force})", fr="« {name} » ({label} ; {citation}, {force})")
_NOTHING = Text(en="Nothing stands against the erasure.", fr="Rien ne s’oppose à l’effacement.")
_PEOPLE = (
    Text(en="other person takes part", fr="autre personne y prend part"),
    Text(en="other people take part", fr="autres personnes y prennent part"),
)
_OTHERS: dict[Others, Text] = {
    Others.UNDECIDED: Text(
        en="{people}: choose whether to erase, redact or keep.",
        fr="{people} : choisissez d’effacer, d’occulter ou de conserver.",
    ),
    Others.ERASE: Text(
        en="{people}; the interests of others do not stand against the erasure.",
        fr="{people} ; les intérêts d’autrui ne s’opposent pas à l’effacement.",
    ),
    Others.REDACT: Text(
        en="{people}: the message stays, without this person.",
        fr="{people} : le message subsiste, sans cette personne.",
    ),
    Others.KEEP: Text(
        en="{people}, and the interests of others prevail: {text}",
        fr="{people}, et les intérêts d’autrui prévalent : {text}",
    ),
}


def explain_erasure(decision: ErasureDecision, language: Language) -> tuple[str, ...]:
    """Return the headline, then one sentence for each reason."""
    told = dict.fromkeys(_say(reason, language, decision.decided_on) for reason in decision.reasons)
    return (sentence(_HEADLINES[decision.outcome], language), *told)


def _say(reason: ErasureReason, language: Language, today: date) -> str:  # noqa: C901 - one case a reason
    match reason:
        case NotConcerned():
            return sentence(_NOT_CONCERNED, language)
        case Held():
            return sentence(_HELD, language, held=say_retention(reason, language, today=today))
        case Restricted():
            return say_retention(reason, language, today=today)
        case DutyInForce(rule=rule, until=until):
            return sentence(_DUTY, language, rule=_rule(rule, language), until=_until(until, language))
        case MayBeArgued(rule=rule, exemption=exemption, until=until):
            pattern = _ARGUED[exemption]
            return sentence(pattern, language, rule=_rule(rule, language), until=_until(until, language))
        case ClaimedExemption(exemption=exemption, text=text):
            return sentence(_EXEMPTED, language, letter=exemption.value, text=_ended(text))
        case Weighed(text=text):
            return sentence(_WEIGHED, language, text=_ended(text))
        case NoGroundToRefuse(rule=rule):
            return sentence(_NO_GROUND, language, rule=_rule(rule, language))
        case OtherPeople(count=count, choice=choice, text=text):
            people = counted(count, *_PEOPLE, language)
            return sentence(_OTHERS[choice], language, people=people, text=_ended(text))
        case NothingAgainst():
            return sentence(_NOTHING, language)


def _rule(rule: Rule, language: Language) -> str:
    return sentence(_RULE, language, name=rule.name.to(language), label=rule.label, **ground(rule.source, language))


def _until(until: date | None, language: Language) -> str:
    return sentence(_UNTIL, language, day=day(until, language)) if until else ""


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."

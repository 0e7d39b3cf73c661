"""A rule in plain English and French: what it covers, how long, from when, and its ground."""

from muniment.policy.calendar import CIVIL_YEAR
from muniment.policy.facts import Event
from muniment.policy.predicates import AllOf, AnyOf, Everything, Fact, HasAttachment, HasCustodian, Is, Not, Predicate
from muniment.policy.rules import Action, Clock, Force, Rule, Source, Term
from muniment.policy.words import Language, Text, counted, enumerated, sentence, typeset

_AND = Text(en="and", fr="et")

_FACTS: dict[Fact, Text] = {
    Fact.SOURCE: Text(en="come from the source “{value}”", fr="proviennent de la source « {value} »"),
    Fact.CUSTODIAN: Text(en="lie in the mailbox of {value}", fr="se trouvent dans la messagerie de {value}"),
    Fact.CUSTODIAN_DOMAIN: Text(
        en="lie in a mailbox of the domain {value}", fr="se trouvent dans une messagerie du domaine {value}"
    ),
    Fact.FOLDER: Text(en="lie in the folder “{value}”", fr="se trouvent dans le dossier « {value} »"),
    Fact.PARTICIPANT: Text(en="have {value} as sender or recipient", fr="ont {value} pour expéditeur ou destinataire"),
    Fact.SENDER: Text(en="are from {value}", fr="viennent de {value}"),
    Fact.DOMAIN: Text(
        en="have a sender or recipient at {value}", fr="ont un expéditeur ou un destinataire du domaine {value}"
    ),
    Fact.SENDER_DOMAIN: Text(en="are from the domain {value}", fr="viennent du domaine {value}"),
    Fact.LIST: Text(
        en="came through the mailing list “{value}”", fr="sont passés par la liste de diffusion « {value} »"
    ),
    Fact.LABEL: Text(en="carry the label “{value}”", fr="portent l’étiquette « {value} »"),
    Fact.FLAG: Text(en="carry the mark “{value}”", fr="portent la marque « {value} »"),
}
_EVERYTHING = Text(en="are any message", fr="sont n’importe quel message")
_HAS_ATTACHMENT = Text(en="have an attachment", fr="ont une pièce jointe")
_HAS_CUSTODIAN = Text(en="lie in somebody’s mailbox", fr="se trouvent dans la messagerie d’une personne")
_NOT = Text(en="are not among those that {clause}", fr="ne sont pas parmi ceux qui {clause}")
_WHOLE = Text(en="Messages that {clause}.", fr="Les messages qui {clause}.")
_ALL = Text(en=" and that ", fr=" et qui ")
_ANY = Text(en=" or that ", fr=" ou qui ")

_UNITS = (
    (Text(en="year", fr="an"), Text(en="years", fr="ans")),
    (Text(en="month", fr="mois"), Text(en="months", fr="mois")),
    (Text(en="day", fr="jour"), Text(en="days", fr="jours")),
)
_NO_TIME = Text(en="no time", fr="aucun délai")
_CIVIL = Text(en="{length} after the end of the civil year", fr="{length} après la fin de l’année civile")
_FISCAL = Text(
    en="{length} after the end of the fiscal year (closing on {closing})",
    fr="{length} après la clôture de l’exercice ({closing})",
)

EVENTS: dict[Event, Text] = {
    Event.DEPARTURE: Text(en="the departure of the employee", fr="le départ du salarié"),
    Event.LAST_CONTACT: Text(en="the last contact from the person", fr="le dernier contact émanant de la personne"),
    Event.CONTRACT_END: Text(en="the end of the contract", fr="la fin du contrat"),
    Event.DELIVERY: Text(en="the delivery", fr="la livraison ou la prestation"),
}
_CLOCKS: dict[Clock, Text] = {
    Clock.SENT: Text(en="the date of the message", fr="la date du message"),
    Clock.CAPTURED: Text(en="its capture by the archive", fr="sa capture par l’archive"),
}
FORCES: dict[Force, Text] = {
    Force.DUTY: Text(en="legal duty to keep", fr="obligation légale de conserver"),
    Force.CLAIMS: Text(en="limitation period", fr="délai de prescription"),
    Force.LIMIT: Text(en="upper limit set by law", fr="durée maximale fixée par la loi"),
    Force.RECOMMENDATION: Text(en="recommendation", fr="recommandation"),
    Force.POLICY: Text(en="own policy", fr="règle interne"),
}
ACTIONS: dict[Action, Text] = {
    Action.DISPOSE: Text(en="then they are put forward for disposal", fr="puis ils sont proposés à l’élimination"),
    Action.REVIEW: Text(en="then a person decides", fr="puis une personne décide"),
    Action.KEEP_FOR_EVER: Text(
        en="then they are kept for ever (permanent archiving)",
        fr="puis ils sont conservés sans limite (archivage définitif)",
    ),
}
_TERM = Text(
    en="Kept for {term}, counted from {start}; {action}.", fr="Conservés {term}, à compter de : {start} ; {action}."
)
_NO_TERM = Text(en="Kept until {start}; {action}.", fr="Conservés jusqu’à : {start} ; {action}.")
_GROUND = Text(en="Ground: {citation} ({force}).", fr="Fondement : {citation} ({force}).")


def describe_rule(rule: Rule, language: Language) -> tuple[str, ...]:
    """Say what a rule covers, how long it keeps, on which ground, and what that ground leaves open."""
    start = (EVENTS[rule.event] if rule.event else _CLOCKS[rule.clock]).to(language)
    pattern = _NO_TERM if rule.term == Term() else _TERM
    note = (typeset(rule.source.note, language),) if rule.source.note else ()
    return (
        describe_scope(rule.scope, language),
        sentence(
            pattern,
            language,
            term=describe_term(rule.term, language),
            start=start,
            action=ACTIONS[rule.action].to(language),
        ),
        sentence(_GROUND, language, **ground(rule.source, language)),
        *note,
    )


def describe_scope(scope: Predicate, language: Language) -> str:
    """Say in one sentence which messages a rule covers."""
    return sentence(_WHOLE, language, clause=_clause(scope, language))


def describe_term(term: Term, language: Language) -> str:
    """Say how long a term is: “10 years after the end of the civil year”."""
    numbers = (term.years, term.months, term.days)
    parts = [
        counted(number, one, many, language) for number, (one, many) in zip(numbers, _UNITS, strict=True) if number
    ]
    length = enumerated(parts, language, last=_AND) or _NO_TIME.to(language)
    if term.year_end is None:
        return length
    if term.year_end == CIVIL_YEAR:
        return sentence(_CIVIL, language, length=length)
    closing = f"{term.year_end.day:02}/{term.year_end.month:02}"
    return sentence(_FISCAL, language, length=length, closing=closing)


def ground(source: Source, language: Language) -> dict[str, str]:
    """Return the parts of a sentence that cites a source: citation and force."""
    return {"citation": source.citation, "force": FORCES[source.force].to(language)}


def _clause(scope: Predicate, language: Language) -> str:
    match scope:
        case Everything():
            return _EVERYTHING.to(language)
        case HasAttachment():
            return _HAS_ATTACHMENT.to(language)
        case HasCustodian():
            return _HAS_CUSTODIAN.to(language)
        case Is(fact=fact, value=value):
            return sentence(_FACTS[fact], language, value=value)
        case AllOf(clauses=clauses):
            return _joined(clauses, _ALL, language)
        case AnyOf(clauses=clauses):
            return _joined(clauses, _ANY, language)
        case Not(clause=clause):
            return sentence(_NOT, language, clause=_grouped(clause, language))


def _joined(clauses: tuple[Predicate, ...], joint: Text, language: Language) -> str:
    return joint.to(language).join(_grouped(clause, language) for clause in clauses)


def _grouped(clause: Predicate, language: Language) -> str:
    """Put a joined clause in parentheses, so that “and” and “or” cannot be read two ways."""
    text = _clause(clause, language)
    return f"({text})" if isinstance(clause, AllOf | AnyOf) and len(clause.clauses) > 1 else text

"""A starter library of retention rules for France, each with its ground. A lawyer must sign it off before use.

    force            what the ground is
    duty             the text obliges to keep that long
    claims           a limitation period: one may keep that long, to establish or defend claims
    limit            a text sets an upper limit
    recommendation   the CNIL recommends not to keep longer in this phase

A rule applies to the messages that carry its label (`LABELS`), since what a message is about cannot be told from its
headers. The mailbox rule is general (priority 0); the others are special and outrank it (priority 10). Where a term is
counted from an event and the event stays unknown, the cap brings the message before a person; caps are ours, no text
sets them.
`Source.note` says what the text leaves open; `Source.checked` how far the citation was checked.
"""

from datetime import date

from muniment.policy.calendar import CIVIL_YEAR, YearEnd
from muniment.policy.facts import Event
from muniment.policy.predicates import Fact, HasCustodian, Is
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text

GENERAL, SPECIAL = 0, 10  # priorities

LABELS: dict[str, Text] = {
    "accounting": Text(en="Accounting records and invoices", fr="Pièces comptables et factures"),
    "tax": Text(en="Tax papers", fr="Documents fiscaux"),
    "commercial-contract": Text(en="Commercial contracts", fr="Contrats commerciaux"),
    "commercial-correspondence": Text(en="Commercial correspondence", fr="Correspondance commerciale"),
    "consumer-contract": Text(
        en="Electronic contracts with consumers from €120",
        fr="Contrats électroniques avec des consommateurs à partir de 120 €",
    ),
    "pay-slip": Text(en="Pay slips (employer’s copy)", fr="Bulletins de paie (double de l’employeur)"),
    "employment-contract": Text(
        en="Employment contracts, wages, final settlement", fr="Contrat de travail, salaires, solde de tout compte"
    ),
    "staff-register": Text(en="Staff register", fr="Registre du personnel"),
    "working-time": Text(en="Counting of working time", fr="Décompte de la durée du travail"),
    "day-count": Text(en="Counting of days (forfait jours)", fr="Décompte des jours (forfait jours)"),
    "social-charges": Text(en="Social security contributions", fr="Cotisations sociales"),
    "labour-inspection": Text(
        en="Remarks of the labour inspection, safety checks",
        fr="Observations de l’inspection du travail, vérifications de sécurité",
    ),
    "disciplinary": Text(en="Disciplinary files", fr="Dossiers disciplinaires"),
    "applicant": Text(en="Unsuccessful applicants", fr="Candidats non retenus"),
    "prospect": Text(en="Prospects", fr="Prospects"),
    "technical-log": Text(en="Technical logs", fr="Journaux techniques"),
}
_MAILBOX = Text(en="Mailboxes of employees", fr="Messageries des salariés")

# What the texts leave open, and what the rule chose.
_TAX = Text(
    en="From the last entry in the books, or the making of the paper; the date of the message stands for it.",
    fr="À compter de la dernière opération ou de l’établissement de la pièce ; la date du message en tient lieu.",
)
_CORRESPONDENCE = Text(
    en="For correspondence that belongs to no contract. That of a contract carries the label of the contract too.",
    fr="Pour la correspondance sans contrat. Celle d’un contrat porte aussi l’étiquette du contrat.",
)
_PAY_SLIP = Text(
    en="From the payment; the date of the message stands for it. The employee’s own electronic access "
    "(C. trav. D3243-8) lasts much longer and is not kept by this rule.",
    fr="À compter du paiement ; la date du message en tient lieu. L’accès électronique du salarié (C. trav. D3243-8) "
    "dure bien plus longtemps et ne relève pas de cette règle.",
)
_EMPLOYMENT = Text(
    en="Counted from the departure, the latest day in question.",
    fr="À compter du départ, date la plus tardive envisageable.",
)
_SOCIAL_CHARGES = Text(
    en="From the end of the civil year for which they are due. For self-employed people 30 June of the next "
    "year counts: they need a rule of their own.",
    fr="À compter de la fin de l’année civile au titre de laquelle elles sont dues. Pour les "
    "travailleurs indépendants, c’est le 30 juin de l’année suivante : il leur faut une règle propre.",
)
_DISCIPLINARY = Text(
    en="No sanction older than three years can be relied on in support of a new one.",
    fr="Aucune sanction de plus de trois ans ne peut être invoquée à l’appui d’une nouvelle sanction.",
)
_STAFF_MAILBOX = Text(
    en="The mailbox is closed at the departure, after notice; personal messages are given back. No text sets a term "
    "for the rest: a person decides.",
    fr="La messagerie est fermée au départ, après information ; les messages personnels sont restitués. Aucun texte ne "
    "fixe de durée pour le reste : une personne décide.",
)
_APPLICANT = Text(en="Sooner when the applicant asks for it.", fr="Plus tôt si le candidat le demande.")
_TECHNICAL_LOG = Text(
    en="Six to twelve months; up to three years for internal control, if risk and procedure are documented.",
    fr="De six à douze mois ; jusqu’à trois ans pour le contrôle interne, si risque et procédure sont documentés.",
)


def library(*, valid_from: date, year_end: YearEnd = CIVIL_YEAR) -> tuple[Rule, ...]:
    """Return the rules, version 1 from `valid_from`; `year_end` is the close of the organisation's fiscal year."""
    return (
        *_business(valid_from, year_end),
        *_staff(valid_from),
        *_privacy(valid_from),
    )


def _business(valid_from: date, year_end: YearEnd) -> tuple[Rule, ...]:
    return (
        _rule("accounting", valid_from, Term(years=10, year_end=year_end), _duty("C. com. L123-22", Checked.EXCERPT)),
        _rule("tax", valid_from, Term(years=6), _duty("LPF L102 B", Checked.TEXT, _TAX)),
        _rule(
            "commercial-contract",
            valid_from,
            Term(years=5),
            _claims("C. com. L110-4", Checked.EXCERPT),
            event=Event.CONTRACT_END,
            cap=Term(years=10),
        ),
        _rule(
            "commercial-correspondence",
            valid_from,
            Term(years=5),
            _claims("C. com. L110-4", Checked.EXCERPT, _CORRESPONDENCE),
        ),
        _rule(
            "consumer-contract",
            valid_from,
            Term(years=10),
            _duty("C. conso. L213-1", Checked.RECALLED),
            event=Event.DELIVERY,
            cap=Term(years=10),
        ),
    )


def _staff(valid_from: date) -> tuple[Rule, ...]:
    departure, remarks, sanctions = Event.DEPARTURE, "C. trav. D4711-3", "C. trav. L1332-5"
    return (
        _rule("pay-slip", valid_from, Term(years=5), _duty("C. trav. L3243-4", Checked.EXCERPT, _PAY_SLIP)),
        _rule(
            "employment-contract",
            valid_from,
            Term(years=5),
            _claims("C. civ. 2224", Checked.EXCERPT, _EMPLOYMENT),
            event=departure,
        ),
        _rule(
            "staff-register", valid_from, Term(years=5), _duty("C. trav. R1221-26", Checked.EXCERPT), event=departure
        ),
        _rule("working-time", valid_from, Term(years=1), _duty("C. trav. D3171-16", Checked.EXCERPT)),
        _rule("day-count", valid_from, Term(years=3), _duty("C. trav. D3171-16", Checked.EXCERPT)),
        _rule(
            "social-charges",
            valid_from,
            Term(years=3, year_end=CIVIL_YEAR),
            _claims("CSS L244-3", Checked.TEXT, _SOCIAL_CHARGES),
        ),
        _rule("labour-inspection", valid_from, Term(years=5), _duty(remarks, Checked.EXCERPT)),
        _rule(
            "disciplinary",
            valid_from,
            Term(years=3),
            _source(sanctions, Force.LIMIT, Origin.MEMBER_STATE, Checked.EXCERPT, _DISCIPLINARY),
            action=Action.REVIEW,
        ),
    )


def _privacy(valid_from: date) -> tuple[Rule, ...]:
    contact = Event.LAST_CONTACT
    return (
        Rule(
            id="fr-staff-mailbox",
            version=1,
            valid_from=valid_from,
            name=_MAILBOX,
            scope=HasCustodian(),
            term=Term(),
            clock=Clock.EVENT,
            event=Event.DEPARTURE,
            action=Action.REVIEW,
            source=_cnil(
                "CNIL (messagerie d’un salarié qui part) ; Cass. soc. 15 déc. 2010, n° 08-42.486", _STAFF_MAILBOX
            ),
            priority=GENERAL,
        ),
        _rule(
            "applicant",
            valid_from,
            Term(years=2),
            _cnil("CNIL (recrutement)", _APPLICANT),
            event=contact,
            cap=Term(years=2),
        ),
        _rule("prospect", valid_from, Term(years=3), _cnil("CNIL (prospection)"), event=contact, cap=Term(years=3)),
        _rule("technical-log", valid_from, Term(months=12), _cnil("CNIL, délibération 2021-122", _TECHNICAL_LOG)),
    )


def _rule(
    label: str,
    valid_from: date,
    term: Term,
    source: Source,
    *,
    event: Event | None = None,
    cap: Term | None = None,
    action: Action = Action.DISPOSE,
) -> Rule:
    return Rule(
        id=f"fr-{label}",
        version=1,
        valid_from=valid_from,
        name=LABELS[label],
        scope=Is(fact=Fact.LABEL, value=label),
        term=term,
        clock=Clock.EVENT if event else Clock.SENT,
        event=event,
        cap=cap,
        action=action,
        source=source,
        priority=SPECIAL,
    )


def _source(citation: str, force: Force, origin: Origin, checked: Checked, note: Text | None) -> Source:
    return Source(citation=citation, force=force, origin=origin, checked=checked, note=note)


def _duty(citation: str, checked: Checked, note: Text | None = None) -> Source:
    return _source(citation, Force.DUTY, Origin.MEMBER_STATE, checked, note)


def _claims(citation: str, checked: Checked, note: Text | None = None) -> Source:
    return _source(citation, Force.CLAIMS, Origin.MEMBER_STATE, checked, note)


def _cnil(citation: str, note: Text | None = None) -> Source:
    return _source(citation, Force.RECOMMENDATION, Origin.NONE, Checked.EXCERPT, note)

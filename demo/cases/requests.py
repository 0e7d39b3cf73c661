"""Two requests of data subjects: an erasure half-way, and an access whose answer is soon due."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from archive.wiring import Archive
from demo.cases.mail import letters, of_items
from demo.people import HOUSE, NANTES, PEOPLE
from gdpr.models import Channel, Choice, Code, IdentityMethod, Request, Right, TermKind, TermState
from gdpr.services import clocks, deciding, informing, intake, locating, terms
from gdpr.states import State
from muniment.policy.erasure_request import Ground

ERASURE_AGE = timedelta(days=9)
ACCESS_AGE = timedelta(days=25)  # of a month: its last days
INFORMATION = {
    "fr": {
        "controller": f"{NANTES}. Délégué à la protection des données : Loïc Daniélou, privacy@{HOUSE}.",
        "purposes": "Exécution des contrats de transport, comptabilité, gestion du personnel, défense de nos droits.",
        "categories": "Identité et coordonnées, échanges de courriels et leurs pièces jointes, données de facturation.",
        "recipients": "Les services concernés ; notre avocat et nos assureurs en cas de litige. Notre succursale de "
        "Douvres est au Royaume-Uni, qui fait l'objet d'une décision d'adéquation.",
        "retention": "Selon le plan d'archivage : un à dix ans d'après l'objet du message, plus en cas de litige.",
        "rights": "Vous pouvez demander la rectification, l'effacement ou la limitation, et vous opposer au traitement.",
        "complaint": "Vous pouvez introduire une réclamation auprès de la CNIL, 3 place de Fontenoy, 75007 Paris.",
        "source": "Vous-même, et les personnes qui vous ont écrit ou qui ont écrit à votre sujet.",
        "automated": "Aucune décision n'est prise de façon automatisée.",
    },
    "en": {
        "controller": f"{NANTES}. Data-protection officer: Loïc Daniélou, privacy@{HOUSE}.",
        "purposes": "Performance of transport contracts, accounting, staff administration, defence of our rights.",
        "categories": "Identity and contact details, e-mail with its attachments, invoicing data.",
        "recipients": "The departments concerned; our lawyer and insurers in a dispute. Our branch in Dover is in the "
        "United Kingdom, for which there is an adequacy decision.",
        "retention": "By the archiving plan: one to ten years according to what a message is about, longer in a dispute.",
        "rights": "You may ask for rectification, erasure or restriction, and object to the processing.",
        "complaint": "You may lodge a complaint with the CNIL, 3 place de Fontenoy, 75007 Paris.",
        "source": "You, and the people who wrote to you or about you.",
        "automated": "No decision is taken by automated means.",
    },
}


def make(archive: Archive, *, officer: User) -> None:
    """Write the information that goes with a copy, and bring both requests as far as they are."""
    for language, texts in INFORMATION.items():
        if informing.latest(language) is None:
            informing.write(actor=officer, language=language, texts=texts)
    _erasure(archive, officer)
    _access(archive, officer)


def _erasure(archive: Archive, officer: User) -> None:
    """Aurélie Sauvage's request: located; some decided, one held, the rest undecided."""
    grounds = (Ground.NO_LONGER_NECESSARY, Ground.CONSENT_WITHDRAWN)
    request = _registered("aurelie", officer, Right.ERASURE, Channel.EMAIL, ERASURE_AGE, grounds=grounds)
    _located(
        request,
        officer,
        archive,
        method=IdentityMethod.HELD,
        mentions="Une cliente, un nom rare : peu de courriels à lire, et elle craint une fuite de ses données.",
    )
    if request.items.exclude(choice="").exists():
        return
    items = list(request.items.all())
    _decide(
        request,
        officer,
        of_items(items, letters("erasure-03")),
        Choice.ERASE,
        "Copie de passeport, numéro de carte, santé : plus aucune nécessité depuis la livraison.",
    )
    _decide(
        request,
        officer,
        of_items(items, letters("erasure-05")),
        Choice.KEEP,
        "Facture 24-1902 : à conserver dix ans.",
        code=Code.DUTY,
    )
    _decide(
        request,
        officer,
        of_items(items, letters("erasure-06")),
        Choice.RESTRICT,
        "Gelé pour l'enquête de concurrence : à revoir à la levée du gel.",
    )


def _access(archive: Archive, officer: User) -> None:
    """Denis Morvan's request: what there is has been located, and nothing decided."""
    request = _registered("denis", officer, Right.ACCESS, Channel.PAPER, ACCESS_AGE)
    _located(
        request,
        officer,
        archive,
        method=IdentityMethod.HELD,
        mentions="Salarié en arrêt : ce que l'on a écrit de lui est l'objet de sa demande.",
    )


def _registered(
    key: str, officer: User, right: Right, channel: Channel, age: timedelta, *, grounds: Sequence[str] = ()
) -> Request:
    person = PEOPLE[key]
    found = Request.objects.filter(person_name=person.name, right=right).first()
    return found or intake.register(
        actor=officer,
        right=right,
        channel=channel,
        received_on=timezone.localdate() - age,
        person_name=person.name,
        addresses=[person.address],
        grounds=grounds,
    )


def _located(request: Request, officer: User, archive: Archive, *, method: IdentityMethod, mentions: str) -> None:
    """Take a request from receipt to its located messages, from wherever it stands."""
    who = {"actor": officer, "request_id": request.pk}
    if _state(request) is State.RECEIVED:
        clocks.qualify(**who, method=method)
    if _state(request) is State.QUALIFIED:
        clocks.start_scoping(**who)
    if _state(request) is State.SCOPING:
        terms.propose(**who)
        found = request.terms.filter(state=TermState.PROPOSED)
        given = found.filter(kind__in=(TermKind.NAME, TermKind.ADDRESS), value__in=_of_the_person(request))
        confirmed = list(given.values_list("pk", flat=True))
        refused = list(found.exclude(pk__in=confirmed).values_list("pk", flat=True))
        terms.decide(**who, confirmed=confirmed, refused=refused)
        terms.approve(**who)
    if _state(request) is State.SEARCHING:
        locating.decide_mentions(**who, search=True, reason=mentions)
        locating.locate(**who, archive=archive)


def _of_the_person(request: Request) -> list[str]:
    person = next(one for one in PEOPLE.values() if one.name == request.person_name)
    return [person.name, *person.addresses()]


def _state(request: Request) -> State:
    request.refresh_from_db()
    return State(request.state)


def _decide(
    request: Request, officer: User, item_ids: list[int], choice: Choice, reason: str, *, code: Code | None = None
) -> None:
    deciding.decide(actor=officer, request_id=request.pk, choice=choice, reason=reason, code=code, item_ids=item_ids)

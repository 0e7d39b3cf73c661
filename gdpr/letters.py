"""What is written to the person, in the language of the request. A change of any text is a new `VERSION`.

Every refusal, whole or in part, says why, names the authority to complain to, and the judicial remedy (Article 12(4)).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gdpr.models import LetterKind
from muniment.policy.words import Language, Text, counted, day, sentence

VERSION: Final = 1
AUTHORITY: Final = Text(
    en="the CNIL (3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07, France; www.cnil.fr/en/plaintes), or the "
    "supervisory authority of the country where you live or work",
    fr="la CNIL (3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07 ; www.cnil.fr/fr/plaintes)",
)
_SALUTATION: Final = Text(
    en="{name},\n\nYour request no. {number}, received on {received}: {right}.",
    fr="{name},\n\nVotre demande n° {number}, reçue le {received} : {right}.",
)
_RIGHTS: Final = {
    "access": Text(en="access to your personal data (GDPR, Article 15)", fr="droit d’accès (RGPD, article 15)"),
    "erasure": Text(
        en="erasure of your personal data (GDPR, Article 17)", fr="droit à l’effacement (RGPD, article 17)"
    ),
}
_BODIES: Final = {
    LetterKind.ACKNOWLEDGEMENT: Text(
        en="We have received it and will answer by {deadline}. If we need longer, we will tell you before that day, "
        "and why. You have nothing to pay and nothing to send at present.",
        fr="Nous l’avons bien reçue et nous vous répondrons au plus tard le {deadline}. Si un délai plus long est "
        "nécessaire, nous vous le dirons avant cette date, avec nos motifs. Vous n’avez rien à payer, et rien à nous "
        "envoyer pour l’instant.",
    ),
    LetterKind.IDENTITY: Text(
        en="Before we answer we have to be sure that the data is yours. Our doubt: {reason}\nPlease confirm your "
        "identity by a way that we know you by, such as the address in question. A copy of an identity document is "
        "not needed for that. The time to answer pauses until we hear from you (Article 12(6)).",
        fr="Avant de répondre, nous devons nous assurer que les données sont les vôtres. Notre doute : {reason}\n"
        "Merci de confirmer votre identité par un moyen par lequel nous vous connaissons, par exemple l’adresse "
        "concernée. Une copie de pièce d’identité n’est pas nécessaire. Le délai de réponse est suspendu jusqu’à "
        "votre réponse (article 12, paragraphe 6).",
    ),
    LetterKind.CLARIFICATION: Text(
        en="We hold a large quantity of data: {reason}\nPlease tell us which messages, periods or correspondents you "
        "mean. You may also ask for everything. The time to answer pauses until we hear from you (recital 63).",
        fr="Nous détenons une grande quantité de données : {reason}\nMerci de préciser les messages, les périodes ou "
        "les correspondants visés. Vous pouvez aussi maintenir votre demande pour l’ensemble. Le délai de réponse est "
        "suspendu jusqu’à votre réponse (considérant 63).",
    ),
    LetterKind.EXTENSION: Text(
        en="We need more time and will answer by {deadline} (Article 12(3)). The reason: {reason}\nYou may lodge a "
        "complaint with {authority}, and seek a judicial remedy.",
        fr="Un délai supplémentaire est nécessaire : nous répondrons au plus tard le {deadline} (article 12, "
        "paragraphe 3). Le motif : {reason}\nVous pouvez introduire une réclamation auprès de {authority}, et former "
        "un recours juridictionnel.",
    ),
    LetterKind.REFUSAL: Text(
        en="We cannot grant it. Ground: {ground}.\nReasons: {reason}",
        fr="Nous ne pouvons y donner suite. Fondement : {ground}.\nMotifs : {reason}",
    ),
    LetterKind.CLOSING: Text(en="{outcome}", fr="{outcome}"),
}
_REMEDIES: Final = Text(
    en="If you do not agree, you may lodge a complaint with {authority}. You also have the right to an effective "
    "judicial remedy.",
    fr="Si vous contestez cette réponse, vous pouvez introduire une réclamation auprès de {authority}. Vous disposez "
    "également d’un recours juridictionnel effectif.",
)
_SIGNED: Final = Text(en="The data-protection officer", fr="Le délégué à la protection des données")
_MESSAGE: Final = (Text(en="message", fr="message"), Text(en="messages", fr="messages"))
_OUTCOMES: Final = {
    "nothing": Text(
        en="We searched the e-mail archive for your addresses and found nothing that concerns you.",
        fr="Nous avons recherché vos adresses dans l’archive de courriels et n’avons rien trouvé vous concernant.",
    ),
    "withdrawn": Text(
        en="You have taken your request back. We have closed it.",
        fr="Vous avez retiré votre demande. Nous l’avons close.",
    ),
    "released": Text(
        en="With this letter you receive a copy of {count} that concern you, and the information of Article 15(1).",
        fr="Vous recevez avec cette lettre copie de {count} vous concernant, ainsi que les informations de "
        "l’article 15, paragraphe 1.",
    ),
    "erased": Text(
        en="{count} were erased. What can still lie in backups is erased again before a backup is used.",
        fr="Ont été effacés : {count}. Ce qui peut subsister dans des sauvegardes est de nouveau effacé avant toute "
        "utilisation de celles-ci.",
    ),
    "certificate": Text(en="Certificate of erasure: {certificate}.", fr="Attestation d’effacement : {certificate}."),
    "kept": Text(en="{count} were not erased: {why}.", fr="N’ont pas été effacés : {count} ({why})."),
    "withheld": Text(en="{count} are withheld: {why}.", fr="Ne sont pas communiqués : {count} ({why})."),
    "missing": Text(
        en="{count} could not be opened; we are looking into it.",
        fr="N’ont pas pu être ouverts : {count} ; nous en recherchons la cause.",
    ),
    "restricted": Text(
        en="{count} cannot be erased for the present, because they are kept for legal claims or by another request. "
        "Until then their processing is restricted; we will decide again of our own accord and write to you.",
        fr="Ne peuvent être effacés pour l’instant : {count}, conservés pour des droits en justice ou en raison d’une "
        "autre demande. Leur traitement est limité jusque-là ; nous réexaminerons la décision de nous-mêmes et vous "
        "écrirons.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What every letter says of its request."""

    name: str
    number: str
    right: str
    received_on: date
    deadline_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a request ended, in counts; what was refused by its reason in words."""

    released: int = 0
    erased: int = 0
    restricted: int = 0
    missing: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)  # reason → messages kept or withheld
    certificate: str = ""
    withdrawn: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.released or self.erased or self.restricted or self.missing or self.refused)


def compose(
    kind: LetterKind,
    subject: Subject,
    language: Language,
    *,
    reason: str = "",
    ground: str = "",
    result: Result | None = None,
) -> str:
    """Return the text of a letter."""
    outcome = "\n".join(_outcome(result, subject.right, language)) if result else ""
    authority = AUTHORITY.to(language)
    parts = [
        sentence(
            _SALUTATION,
            language,
            name=subject.name,
            number=subject.number,
            received=day(subject.received_on, language),
            right=_RIGHTS[subject.right].to(language),
        ),
        sentence(
            _BODIES[kind],
            language,
            deadline=day(subject.deadline_on, language),
            reason=reason,
            ground=ground,
            outcome=outcome,
            authority=authority,
        ),
    ]
    refused_in_part = result is not None and bool(result.refused or result.restricted or result.missing)
    if kind is LetterKind.REFUSAL or refused_in_part:
        parts.append(sentence(_REMEDIES, language, authority=authority))
    return "\n\n".join([*parts, _SIGNED.to(language)]) + "\n"


def _outcome(result: Result, right: str, language: Language) -> list[str]:
    if result.withdrawn:
        return [sentence(_OUTCOMES["withdrawn"], language)]
    if result.is_empty:
        return [sentence(_OUTCOMES["nothing"], language)]

    def told(name: str, count: int, **more: str) -> str:
        return sentence(_OUTCOMES[name], language, count=counted(count, *_MESSAGE, language), **more)

    counts = {"released": result.released, "erased": result.erased}
    said = [told(name, count) for name, count in counts.items() if count]
    if result.certificate:
        said.append(sentence(_OUTCOMES["certificate"], language, certificate=result.certificate))
    refusal = "withheld" if right == "access" else "kept"
    said.extend(told(refusal, count, why=why) for why, count in sorted(result.refused.items()))
    later = {"restricted": result.restricted, "missing": result.missing}
    return [*said, *(told(name, count) for name, count in later.items() if count)]

"""Write a letter of a request and keep it as it was written."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from django.utils import translation

from gdpr import letters
from gdpr.clock import deadline_of
from gdpr.models import Letter, LetterKind, RefusalGround, Request
from gdpr.services.acting import Actor, person_of
from muniment.policy.words import Language

_ENGLISH: Final[Language] = "en"
_FRENCH: Final[Language] = "fr"


def language_of(request: Request) -> Language:
    """Return the language in which the person is answered."""
    return _FRENCH if request.language == "fr" else _ENGLISH


def write(
    request: Request,
    kind: LetterKind,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    result: letters.Result | None = None,
) -> Letter:
    """Compose a letter and keep it; call it in the transaction of the act that needs it."""
    language = language_of(request)
    subject = letters.Subject(
        name=request.person_name,
        number=request.number,
        right=str(request.right),
        received_on=request.received_on,
        deadline_on=deadline_of(request, list(request.questions.all())).legal_on,
    )
    with translation.override(language):
        ground = str(RefusalGround(request.refusal_ground).label) if request.refusal_ground else ""
    text = letters.compose(kind, subject, language, reason=reason, ground=ground, result=result)
    return Letter.objects.create(
        request=request,
        kind=kind,
        template_version=letters.VERSION,
        language=language,
        text=text,
        digest=sha256(text.encode()).hexdigest(),
        made_by=person_of(actor),
        made_at=at,
    )

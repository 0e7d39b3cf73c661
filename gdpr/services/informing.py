"""Write the information of Article 15(1): each save is a version, and packs say which they carry."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Action, User
from accounts.permissions import HANDLES_REQUESTS, may
from accounts.services import audit
from gdpr.models import Information
from gdpr.services.acting import NoSuchRequest


def latest(language: str) -> Information | None:
    """Return the information that counts in a language; None before it was written."""
    return Information.objects.filter(language=language).order_by("-version").first()


def write(*, actor: User, language: str, texts: Mapping[str, str], now: datetime | None = None) -> Information:
    """Keep a new version of all the texts of a language."""
    at = now or timezone.now()
    if not may(actor, HANDLES_REQUESTS):
        raise NoSuchRequest
    with transaction.atomic():
        last = Information.objects.filter(language=language).aggregate(last=Max("version"))["last"] or 0
        made = Information.objects.create(
            language=language,
            version=last + 1,
            made_by=actor,
            made_at=at,
            **texts,
        )
        audit.record(
            actor=actor,
            action=Action.REQUEST_CHANGED,
            objects=[f"information:{made.pk}"],
            details={"act": "information", "language": language, "version": made.version},
            now=at,
        )
    return made

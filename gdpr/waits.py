"""Why the carrying out of a request waits: a name that the history keeps, and the sentence that its pages show."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gdpr.models import RequestEvent
from gdpr.services.acting import Act
from muniment.errors import MunimentError

_SEPARATOR: Final = ": "
_SENTENCES: Final[dict[str, Promise | str]] = {
    "HoldBeingPlaced": _(
        "A legal hold is being placed: nothing is destroyed before it is known what it covers. It goes on by itself."
    ),
    "HoldLost": _(
        "The evidence log tells of a legal hold that the database does not know. Nothing is destroyed before two people"
        " have dealt with it, on the page Matters; then it goes on by itself."
    ),
    "CatalogueBehind": _(
        "Much mail has arrived that is not catalogued yet, and it may be on hold. It goes on by itself."
    ),
    "DatabaseReturned": _("Another database took the place of the one before and is put in order. Go on in a moment."),
    "DatabaseBusy": _("The files of the database could not be written anew, because they were in use. Go on later."),
    "KeyringBusy": _("Others changed the same keys at the same time. Go on."),
    "StoreUnavailable": _("The store did not answer. Go on when it is back."),
    "IndexUnavailable": _("The index did not answer. Go on when it is back."),
}


def noted(error: MunimentError | OSError) -> str:
    """Return what the history keeps of an error."""
    return f"{type(error).__name__}{_SEPARATOR}{error}"


def shown(event: RequestEvent) -> str:
    """Return the reason of an entry of the history; of a failure our sentence, or the error's own words."""
    reason: str = event.reason
    if event.act != Act.FAILED:
        return reason
    name, found, words = reason.partition(_SEPARATOR)
    if name in _SENTENCES:
        return str(_SENTENCES[name])
    return words if found and name.isidentifier() else reason

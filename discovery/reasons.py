"""Why something is not searched, in plain words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from archive.models import Searchable, StageState
from archive.queries.coverage import NotSearched
from muniment.extract.model import Outcome

KINDS = {
    "message": _("Message"),
    "attachment": _("Attachment"),
    "attachments": _("Attachments of a segment"),
    "segment": _("Segment"),
}
REASONS: dict[str, Promise] = {
    Searchable.WAITING.value: _("Waiting for the index: usually a matter of seconds."),
    Searchable.FAILED.value: _("The index could not take it."),
    StageState.PENDING.value: _("Sealed, and waiting to be read."),
    Outcome.UNSUPPORTED.value: _("A type that holds no text we read, such as a picture."),
    Outcome.ENCRYPTED.value: _("Encrypted: its text cannot be read without the password or key."),
    Outcome.CORRUPT.value: _("Damaged before it came: its text cannot be read."),
    Outcome.TOO_LARGE.value: _("Larger than what is read: only the beginning is searched."),
    Outcome.TOO_DEEP.value: _("Nested deeper than what is read: only the outer part is searched."),
    Outcome.TIMEOUT.value: _("Reading it took too long and was stopped."),
}
_FAILED: dict[str, Promise] = {
    "segment": _("It could not be read; the archive tries again."),
    "attachment": _("Reading it failed."),
    "attachments": _("Their texts could not be read; the archive tries again."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReason:
    """One line of the coverage page."""

    item: NotSearched
    kind: Promise | str
    reason: Promise | str


def shown(item: NotSearched) -> ShownReason:
    """Return the line of one item."""
    failed = _FAILED.get(item.what) if item.reason == Searchable.FAILED.value else None
    return ShownReason(
        item=item, kind=KINDS.get(item.what, item.what), reason=failed or REASONS.get(item.reason, item.reason)
    )

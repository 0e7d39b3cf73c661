"""What every page needs of its reader: which sections to offer."""

from django.http import HttpRequest

from accounts.permissions import may_read_audit


def sections(request: HttpRequest) -> dict[str, bool]:
    """Return which sections are for this reader."""
    return {"shows_audit": hasattr(request, "user") and may_read_audit(request.user)}

"""What every page needs of its reader: which sections to offer."""

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import (
    EXPORTS,
    OPENED_BY_MATTERS,
    READS_REQUESTS,
    READS_RETENTION,
    may,
    may_read_audit,
    may_read_personal_figures,
)
from accounts.queries.approvals import waiting_for


def sections(request: HttpRequest) -> dict[str, bool | int]:
    """Return which sections are for this reader, and how many approvals wait for them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shows_audit": False}
    return {
        "shows_audit": may_read_audit(user),
        "shows_personal_data": may_read_personal_figures(user),
        "shows_retention": may(user, READS_RETENTION),
        "shows_requests": may(user, READS_REQUESTS),
        "shows_approvals": user.role != Role.EMPLOYEE,
        "shows_matters": may(user, OPENED_BY_MATTERS),
        "shows_exports": may(user, EXPORTS),
        "awaiting": len(waiting_for(user, now=timezone.now())),
    }

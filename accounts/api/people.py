"""The person that a program acts for."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from accounts.permissions import scope_of

router = Router(tags=["me"])


class Scope(Schema):
    """What the person may see of the archive, in counts."""

    everything: bool
    addresses: int
    domains: int
    blind: bool = Field(description=gettext_noop("Whether blind copies are shown."))


class Me(Schema):
    address: str
    role: str
    scope: Scope
    token: UUID | None = Field(description=gettext_noop("The id of the access token that was sent."))


@router.get("/me", response=Me, summary=gettext_noop("Who am I?"), operation_id="me")
def me(request: HttpRequest):
    """Tell whom the token is of, and how much of the archive it opens now."""
    scope = scope_of(request.user)
    return Me(
        address=request.user.email,
        role=request.user.role,
        token=request.user.through_token,
        scope=Scope(
            everything=scope.everything,
            addresses=len(scope.addresses),
            domains=len(scope.domains),
            blind=scope.blind,
        ),
    )

"""Refuse a page: an entry of the audit trail, and the answer that a page which is not there would give."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Action, Outcome, User
from accounts.services import audit

View = Callable[..., HttpResponse]


def only_for(allowed: Callable[[User], bool]) -> Callable[[View], View]:
    """Show the view to those whom `allowed` names; everybody else gets 404, and the attempt is recorded."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if allowed(request.user):
                return view(request, *args, **kwargs)
            page = request.resolver_match.view_name if request.resolver_match else ""
            audit.record(
                actor=request.user, action=Action.REFUSAL, outcome=Outcome.REFUSED, details={"page": str(page)}
            )
            raise Http404

        return guarded

    return decorate

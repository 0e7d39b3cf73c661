"""The guided page: what each role does in its first five minutes, where to click, and what that shows.

Where the demonstration is installed each step says what is to be seen in it, and the reader signs in with one click.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.demonstration import accounts_for, is_installed
from config.walks import WALKS


@login_not_required
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the tour; the sign-ins of the demonstration only to a browser on the machine where it is installed."""
    accounts = {account.role: account for account in accounts_for(request)}
    context = {
        "section": "tour",
        "walks": [(walk, accounts.get(walk.role)) for walk in WALKS],
        "installed": is_installed(settings.MUNIMENT_DATA),
        "has_accounts": bool(accounts),
    }
    return render(request, "tour.html", context)

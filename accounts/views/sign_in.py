"""Sign-in, with a brake on guessing, and sign-out. Each is an entry of the audit trail."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.demonstration import accounts_for, shared_password
from accounts.guessing import WAIT_SECONDS, forget, is_blocked, is_first_wait, note_failure
from accounts.models import Action, Outcome, TextKind, User
from accounts.services import audit


class SignInForm(AuthenticationForm):
    """Address and password."""

    error_messages = {
        "invalid_login": _(
            "This address and password do not go together. Both are read as written, capitals included."
        ),
        "inactive": _("This account is closed."),
    }


class SignIn(LoginView):
    """Ask for address and password; a person who is signed in already goes on to the search."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        who = self._who()
        if is_blocked(cache, **who):
            if is_first_wait(cache, **who):
                self._record_refusal("too many wrong passwords")
            form = self.form_class(request)
            minutes = WAIT_SECONDS // 60
            sentence = ngettext(
                "Too many wrong passwords. Wait %(minutes)d minute, or ask an administrator for a new password.",
                "Too many wrong passwords. Wait %(minutes)d minutes, or ask an administrator for a new password.",
                minutes,
            )
            return self.render_to_response(
                self.get_context_data(form=form, blocked=sentence % {"minutes": minutes}), status=429
            )
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        found = accounts_for(self.request)
        return super().get_context_data(demo_accounts=found, demo_password=shared_password(found), **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        forget(cache, **self._who())
        with transaction.atomic():
            response = super().form_valid(form)
            audit.record(actor=form.get_user(), action=Action.SIGN_IN, objects=[f"person:{form.get_user().pk}"])
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        note_failure(cache, **self._who())
        closed = form.has_error("__all__", "inactive")
        self._record_refusal("closed account" if closed else "wrong address or password")
        return super().form_invalid(form)

    def _record_refusal(self, why: str) -> None:
        """Note who was meant, not who tried: nobody is known. What names no account may be a password mistyped."""
        address = self._who()["address"].strip()
        person = User.objects.filter(email__iexact=address).first()
        audit.record(
            actor=None,
            action=Action.SIGN_IN_REFUSED,
            outcome=Outcome.REFUSED,
            objects=[f"person:{person.pk}"] if person else [],
            details={"why": why},
            texts={} if person else {TextKind.ADDRESS: address},
        )

    def _who(self) -> dict[str, str]:
        return {
            "address": self.request.POST.get("username", "")[:500],
            "client": self.request.META.get("REMOTE_ADDR", ""),
        }


class SignOut(LogoutView):
    """End the session."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            audit.record(actor=request.user, action=Action.SIGN_OUT, objects=[f"person:{request.user.pk}"])
        return super().post(request, *args, **kwargs)

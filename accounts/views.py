"""Sign-in, with a brake on guessing."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.guessing import WAIT_SECONDS, forget, is_blocked, note_failure


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

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        forget(cache, **self._who())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        note_failure(cache, **self._who())
        return super().form_invalid(form)

    def _who(self) -> dict[str, str]:
        return {
            "address": self.request.POST.get("username", "")[:500],
            "client": self.request.META.get("REMOTE_ADDR", ""),
        }

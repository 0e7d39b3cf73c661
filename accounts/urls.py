"""Sign-in, sign-out, access tokens, approvals, and the audit trail."""

from django.urls import path

from accounts.views import approvals, audit, tokens
from accounts.views.sign_in import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("approvals/", approvals.approvals_page, name="approvals"),
    path("approvals/<int:approval_id>/", approvals.approval_page, name="approval"),
    path("approvals/<int:approval_id>/decide", approvals.decide, name="approval-decide"),
    path("account/tokens", tokens.tokens_page, name="tokens"),
    path("account/tokens/<uuid:token_id>/end", tokens.end, name="token-end"),
    path("audit/", audit.entries_page, name="audit"),
    path("audit/check", audit.check, name="audit-check"),
    path("audit/entries.csv", audit.entries_file, name="audit-file"),
]

"""Sign-in, sign-out, approvals, and the audit trail."""

from django.urls import path

from accounts.views import approvals, audit
from accounts.views.sign_in import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("approvals/", approvals.approvals_page, name="approvals"),
    path("approvals/<int:approval_id>/", approvals.approval_page, name="approval"),
    path("approvals/<int:approval_id>/decide", approvals.decide, name="approval-decide"),
    path("audit/", audit.entries_page, name="audit"),
    path("audit/check", audit.check, name="audit-check"),
    path("audit/entries.csv", audit.entries_file, name="audit-file"),
]

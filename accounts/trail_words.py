"""The words for the codes of audit entries: what the pages say. Files, API and the trail itself keep the codes.

A code that nobody gave a word is shown as it stands. An app gives its own with `register`, when it is ready.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import GrantKind, Role

Words = Mapping[str, str | Promise]
Value = int | bool | str


_NAMES: Final[Words] = {
    "act": pgettext_lazy("trail", "act"),
    "addresses": pgettext_lazy("trail", "addresses"),
    "already_there": pgettext_lazy("trail", "there already"),
    "approved_by": pgettext_lazy("trail", "approved by"),
    "audit_broken": pgettext_lazy("trail", "audit entries that do not hold"),
    "audit_entries": pgettext_lazy("trail", "audit entries"),
    "bytes": pgettext_lazy("trail", "bytes"),
    "cause": pgettext_lazy("trail", "cause"),
    "certificate": pgettext_lazy("trail", "certificate"),
    "changed": pgettext_lazy("trail", "changed"),
    "channel": pgettext_lazy("trail", "channel"),
    "complete": pgettext_lazy("trail", "complete"),
    "confirmed": pgettext_lazy("trail", "confirmed"),
    "days": pgettext_lazy("trail", "days"),
    "differences": pgettext_lazy("trail", "differences"),
    "digest": pgettext_lazy("trail", "digest"),
    "entries": pgettext_lazy("trail", "entries"),
    "erased": pgettext_lazy("trail", "erased"),
    "event": pgettext_lazy("trail", "event"),
    "exceptions": pgettext_lazy("trail", "exceptions"),
    "filters": pgettext_lazy("trail", "filters"),
    "finished": pgettext_lazy("trail", "finished"),
    "for_good": pgettext_lazy("trail", "without an end"),
    "found": pgettext_lazy("trail", "found"),
    "ground": pgettext_lazy("trail", "ground"),
    "in_scope": pgettext_lazy("trail", "within the scope"),
    "items": pgettext_lazy("trail", "messages of the list"),
    "keep_through": pgettext_lazy("trail", "kept through"),
    "noted": pgettext_lazy("trail", "noted"),
    "there": pgettext_lazy("trail", "there"),
    "seal": pgettext_lazy("trail", "digest of the list"),
    "coverage": pgettext_lazy("trail", "coverage"),
    "address": pgettext_lazy("trail", "address"),
    "kind": pgettext_lazy("trail", "kind"),
    "language": pgettext_lazy("trail", "language"),
    "lines": pgettext_lazy("trail", "lines"),
    "lost": pgettext_lazy("trail", "lost"),
    "messages": pgettext_lazy("trail", "messages"),
    "method": pgettext_lazy("trail", "method"),
    "damaged": pgettext_lazy("trail", "damaged"),
    "missing": pgettext_lazy("trail", "could not be opened"),
    "months": pgettext_lazy("trail", "months"),
    "newly_due": pgettext_lazy("trail", "newly due"),
    "of": pgettext_lazy("trail", "about"),
    "on": pgettext_lazy("trail", "day"),
    "outcome": pgettext_lazy("trail", "result"),
    "own": pgettext_lazy("trail", "one’s own"),
    "page": pgettext_lazy("trail", "page"),
    "proposed": pgettext_lazy("trail", "proposed"),
    "put": pgettext_lazy("trail", "put"),
    "refused": pgettext_lazy("trail", "refusals"),
    "right": pgettext_lazy("trail", "right"),
    "role": pgettext_lazy("trail", "role"),
    "role_before": pgettext_lazy("trail", "role before"),
    "rows": pgettext_lazy("trail", "rows"),
    "search": pgettext_lazy("trail", "saved search"),
    "segments": pgettext_lazy("trail", "segments"),
    "sha256": pgettext_lazy("trail", "SHA-256"),
    "sightings": pgettext_lazy("trail", "captured copies"),
    "sooner": pgettext_lazy("trail", "sooner"),
    "spared": pgettext_lazy("trail", "spared"),
    "state": pgettext_lazy("trail", "step"),
    "stopped": pgettext_lazy("trail", "stopped"),
    "taken": pgettext_lazy("trail", "taken"),
    "texts": pgettext_lazy("trail", "texts"),
    "token": pgettext_lazy("trail", "access token"),
    "too_late_for": pgettext_lazy("trail", "too late for"),
    "total": pgettext_lazy("trail", "found"),
    "version": pgettext_lazy("trail", "version"),
    "versions": pgettext_lazy("trail", "versions"),
    "what": pgettext_lazy("trail", "what"),
    "why": pgettext_lazy("trail", "reason"),
    "withdrawn": pgettext_lazy("trail", "withdrawn"),
}
_PAGES: Final[Words] = {
    "search": pgettext_lazy("trail", "search"),
    "requests": pgettext_lazy("trail", "requests"),
    "request": pgettext_lazy("trail", "request"),
    "personal-data": pgettext_lazy("trail", "personal data"),
    "audit": pgettext_lazy("trail", "audit trail"),
    "audit-file": pgettext_lazy("trail", "file of the audit trail"),
    "certificate": pgettext_lazy("trail", "certificate"),
    "message": pgettext_lazy("trail", "message"),
    "message-body": pgettext_lazy("trail", "text of a message"),
    "message-headers": pgettext_lazy("trail", "header of a message"),
    "message-journey": pgettext_lazy("trail", "journey of a message"),
    "message-structure": pgettext_lazy("trail", "structure of a message"),
    "message-source": pgettext_lazy("trail", "source of a message"),
    "message-proof": pgettext_lazy("trail", "proof of a message"),
    "message-retention": pgettext_lazy("trail", "retention of a message"),
    "retention": pgettext_lazy("trail", "retention"),
    "retention-due": pgettext_lazy("trail", "what is due"),
    "retention-disposals": pgettext_lazy("trail", "destructions"),
    "retention-review": pgettext_lazy("trail", "messages to review"),
    "request-messages": pgettext_lazy("trail", "messages of a request"),
    "matters": pgettext_lazy("trail", "matters"),
    "matter": pgettext_lazy("trail", "matter"),
    "exports": pgettext_lazy("trail", "exports"),
    "approvals": pgettext_lazy("trail", "approvals"),
    "approval": pgettext_lazy("trail", "request for approval"),
    "coverage": pgettext_lazy("trail", "coverage"),
    "status": pgettext_lazy("trail", "status"),
    "thread": pgettext_lazy("trail", "thread"),
    "show_mail": pgettext_lazy("trail", "command show_mail"),
}
_WHAT: Final[Words] = {
    "eml": pgettext_lazy("trail", "message as a file"),
    "export": pgettext_lazy("trail", "export"),
    "certificate": pgettext_lazy("trail", "certificate"),
    "deleted": pgettext_lazy("trail", "deleted"),
    "words": pgettext_lazy("trail", "name or reference"),
    "member-added": pgettext_lazy("trail", "member added"),
    "member-removed": pgettext_lazy("trail", "member removed"),
    "custodian-asked": pgettext_lazy("trail", "custodian asked for"),
    "custodian-added": pgettext_lazy("trail", "custodian added"),
    "custodian-removed": pgettext_lazy("trail", "custodian removed"),
    "saved": pgettext_lazy("trail", "saved"),
    "renamed": pgettext_lazy("trail", "renamed"),
    "shared": pgettext_lazy("trail", "shared"),
    "asked": pgettext_lazy("trail", "asked for"),
    "cancelled": pgettext_lazy("trail", "cancelled"),
    "expired": pgettext_lazy("trail", "expired"),
    "erased": pgettext_lazy("trail", "removed by an erasure"),
    "refused": pgettext_lazy("trail", "refused"),
    "corrupt": pgettext_lazy("trail", "damaged"),
    "unavailable": pgettext_lazy("trail", "not available"),
    "role": pgettext_lazy("trail", "the role does not export any more"),
    "matter": pgettext_lazy("trail", "the matter is closed or no longer theirs"),
    "scope": pgettext_lazy("trail", "nothing is granted any more"),
}
_OF: Final[Words] = {
    "destruction": pgettext_lazy("trail", "destruction"),
    "audit": pgettext_lazy("trail", "audit trail"),
    "approval": pgettext_lazy("trail", "approval"),
    "api": pgettext_lazy("trail", "API"),
}
_WHY: Final[Words] = {
    "closed account": pgettext_lazy("trail", "closed account"),
    "wrong address or password": pgettext_lazy("trail", "wrong address or password"),
    "too many wrong passwords": pgettext_lazy("trail", "too many wrong passwords"),
    "wrong token": pgettext_lazy("trail", "wrong access token"),
    "too many wrong tokens": pgettext_lazy("trail", "too many wrong access tokens"),
    "ApprovalRefused": pgettext_lazy("trail", "no approval"),
    "TooEarly": pgettext_lazy("trail", "before the end of the cooling-off days"),
}
_VALUES: Final[dict[str, list[Words]]] = {
    "page": [_PAGES],
    "what": [_WHAT],
    "of": [_OF],
    "why": [_WHY],
    "role": [dict(Role.choices)],
    "role_before": [dict(Role.choices)],
    "kind": [dict(GrantKind.choices)],
}


def register(name: str, words: Words) -> None:
    """Give words to codes of the detail `name`; those that were given before stay."""
    _VALUES.setdefault(name, []).append(words)


def said(details: Mapping[str, Value]) -> str:
    """Return the details of an entry in the language of the page."""
    return ", ".join(
        _("%(name)s: %(value)s") % {"name": _NAMES.get(name, name), "value": _value(name, value)}
        for name, value in sorted(details.items())
    )


def _value(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(number_format(value, force_grouping=True))
    known = next((words[value] for words in _VALUES.get(name, ()) if value in words), None)
    part = value.removeprefix("part ")
    if known is None and name == "what" and part != value:
        return _("part %(path)s") % {"path": part}
    return str(known or value)

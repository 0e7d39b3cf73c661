"""What the page of an export says of failures and exceptions, in plain words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discovery.models import ExportJob
from muniment.bundle.layout import ExceptionCode

_WHY: dict[str, Promise] = {
    "role": _("Whoever asked for it has a role that does not export any more."),
    "matter": _("The matter is closed, or whoever asked for it is no longer a member."),
    "scope": _("Whoever asked for it may not see any mail any more."),
    "unavailable": _("The store or the index did not answer for long. Ask for it again."),
    "corrupt": _("Something that the archive keeps is damaged. Tell the administrator: manage.py verify names it."),
    "refused": _("It could not be made."),
}
_EXCEPTIONS: dict[str, Promise] = {
    ExceptionCode.GONE.value: _("erased, disposed of, or no longer there"),
    ExceptionCode.CORRUPT.value: _("the sealed bytes do not open"),
    ExceptionCode.DENIED.value: _("names a blind recipient whom the asker may not see"),
    ExceptionCode.TOO_LARGE.value: _("what is known of its capture does not fit a line"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """How much of what was found is not in the bundle, for one reason."""

    reason: Promise | str
    count: int


def reason_of(job: ExportJob) -> str:
    """Return why a job failed."""
    if not job.why:
        return ""
    return f"{_WHY.get(job.why, job.why)} {job.detail}".strip()


def exceptions_of(job: ExportJob) -> list[Exceptions]:
    """Return what is not in the bundle, by reason."""
    counted = job.result.get("exceptions", {})
    return [Exceptions(reason=_EXCEPTIONS.get(code, code), count=count) for code, count in sorted(counted.items())]

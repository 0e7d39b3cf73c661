"""What each kind of approval is in plain words: whoever acts on a kind registers how its requests read.

The page of approvals knows no kinds. An app registers its own when it is ready:
`register("matter-custodian", describe)`, where `describe` reads what the subject names and says it to whoever reads
the page: no count in it may go beyond what that person may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Approval, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A request for approval as people read it, in the language of the page."""

    title: str  # what is asked for
    effect: str  # what happens when it is approved and done; whether it can be undone
    address: str = ""  # of the page that shows it, for those who may open that page


Describe = Callable[[Approval, User], Described]
_KINDS: Final[dict[str, Describe]] = {}


def register(kind: str, describe: Describe) -> None:
    """Say how requests of `kind` read. `describe` must answer for a subject that is no longer there, too."""
    _KINDS[kind] = describe


def describe(approval: Approval, actor: User) -> Described:
    """Return what a request says to `actor`, or its bare kind where nobody registered one."""
    known = _KINDS.get(approval.kind)
    if known is not None:
        return known(approval, actor)
    return Described(
        title=f"{approval.kind}: {approval.subject}",
        effect=_("The act that this names can be done once, by whoever asked."),
    )


def kinds() -> frozenset[str]:
    """Return the kinds that are registered."""
    return frozenset(_KINDS)

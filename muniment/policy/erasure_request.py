"""What an erasure request says (GDPR Article 17), and what a reviewer found about one of its messages."""

from dataclasses import dataclass
from enum import StrEnum

from muniment.errors import Refused
from muniment.policy.rules import Origin

EUROPEAN_LAW = frozenset({Origin.UNION, Origin.MEMBER_STATE})


class Ground(StrEnum):
    """The grounds of Article 17(1), by letter."""

    NO_LONGER_NECESSARY = "a"
    CONSENT_WITHDRAWN = "b"
    OBJECTION = "c"
    UNLAWFUL = "d"
    LEGAL_OBLIGATION = "e"
    CHILD = "f"


class Exemption(StrEnum):
    """The exemptions of Article 17(3), by letter."""

    EXPRESSION = "a"
    LEGAL_OBLIGATION = "b"
    PUBLIC_HEALTH = "c"
    ARCHIVING = "d"
    CLAIMS = "e"


class Others(StrEnum):
    """What to do with a message in which other people take part; a choice per message."""

    UNDECIDED = "undecided"
    ERASE = "erase"  # for everybody
    REDACT = "redact"  # take the person out of what is shown and found; the original stays, restricted
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedExemption:
    """An exemption that a reviewer claims for a message, with the reason in words."""

    exemption: Exemption
    text: str
    origin: Origin = Origin.NONE  # whose law, for LEGAL_OBLIGATION

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise Refused(f"Exemption ({self.exemption.value}) of Article 17(3) needs its reason in words.")
        if self.exemption is Exemption.LEGAL_OBLIGATION and self.origin not in EUROPEAN_LAW:
            raise Refused(
                f"“{self.text}” is not Union or Member State law, so Article 17(3)(b) does not apply. "
                "If claims are at stake, argue Article 17(3)(e)."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person found out about one message."""

    mentioned: bool = False  # the content is about the person, who is neither sender nor recipient
    exemptions: tuple[ClaimedExemption, ...] = ()
    others: Others = Others.UNDECIDED
    others_reason: str = ""
    weighed: str = ""  # why what might be argued against the erasure does not prevail

    def __post_init__(self) -> None:
        if self.others is Others.KEEP and not self.others_reason.strip():
            raise Refused("A message kept for the sake of other people needs the reason in words.")


NOTHING_FOUND = Review()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """A request for erasure with the person's confirmed addresses."""

    id: str
    addresses: frozenset[str]  # lower case, all of the person
    grounds: frozenset[Ground]
    default_others: Others = Others.UNDECIDED  # for messages whose review does not choose

    def __post_init__(self) -> None:
        if not self.addresses or any(not address or address != address.lower() for address in self.addresses):
            raise Refused("An erasure request needs the person's addresses, in lower case.")
        if not self.grounds:
            raise Refused("An erasure request needs at least one ground of Article 17(1).")
        if self.default_others is Others.KEEP:
            raise Refused("Messages are kept for others' sake one by one, each with its reason, never by default.")

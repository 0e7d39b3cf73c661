"""Which messages a rule is about: a small closed tree, evaluated over one message and one of its sightings."""

from dataclasses import dataclass
from enum import StrEnum

from muniment.policy.facts import SENDING_ROLES, MessageFacts, SightingFacts, domain_of
from muniment.policy.words import SaidNo, Text

MAX_DEPTH = 10  # nobody reads deeper; keeps evaluation from recursing on what was stored


class Fact(StrEnum):
    """What a leaf compares. Values are compared as written, except addresses and domains: in lower case."""

    SOURCE = "source"
    CUSTODIAN = "custodian"
    CUSTODIAN_DOMAIN = "custodian-domain"
    FOLDER = "folder"  # the item's path begins with the value, up to a / or #
    PARTICIPANT = "participant"
    SENDER = "sender"
    DOMAIN = "domain"  # of any participant; subdomains count
    SENDER_DOMAIN = "sender-domain"
    LIST = "list"
    LABEL = "label"
    FLAG = "flag"


_LOWER = frozenset(
    {Fact.CUSTODIAN, Fact.CUSTODIAN_DOMAIN, Fact.PARTICIPANT, Fact.SENDER, Fact.DOMAIN, Fact.SENDER_DOMAIN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """Every message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HasAttachment:
    """The message has an attachment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HasCustodian:
    """The sighting comes from somebody's mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Is:
    """The fact has this value."""

    fact: Fact
    value: str

    def __post_init__(self) -> None:
        if not self.value.strip():
            raise SaidNo(
                Text(
                    en="The rule compares “{fact}” with nothing: give the value.",
                    fr="La règle ne compare « {fact} » à rien : indiquez la valeur.",
                ),
                fact=self.fact.value,
            )
        if self.fact in _LOWER and self.value != self.value.lower():
            raise SaidNo(
                Text(
                    en="Write “{value}” in lower case: addresses and domains are compared so.",
                    fr="Écrivez « {value} » en minuscules : adresses et domaines se comparent ainsi.",
                ),
                value=self.value,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every clause holds."""

    clauses: tuple["Predicate", ...]

    def __post_init__(self) -> None:
        _check_clauses(self.clauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one clause holds."""

    clauses: tuple["Predicate", ...]

    def __post_init__(self) -> None:
        _check_clauses(self.clauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The clause does not hold."""

    clause: "Predicate"

    def __post_init__(self) -> None:
        _check_clauses((self.clause,))


Predicate = Everything | HasAttachment | HasCustodian | Is | AllOf | AnyOf | Not


def depth(predicate: Predicate) -> int:
    """Return how deep the tree is: 1 for a leaf."""
    match predicate:
        case AllOf(clauses=clauses) | AnyOf(clauses=clauses):
            return 1 + max(depth(clause) for clause in clauses)
        case Not(clause=clause):
            return 1 + depth(clause)
        case _:
            return 1


def matches(predicate: Predicate, message: MessageFacts, sighting: SightingFacts) -> bool:
    """Say whether the predicate holds for this sighting of this message."""
    match predicate:
        case Everything():
            return True
        case HasAttachment():
            return message.has_attachment
        case HasCustodian():
            return bool(sighting.custodian)
        case Is(fact=fact, value=value):
            return _is(fact, value, message, sighting)
        case AllOf(clauses=clauses):
            return all(matches(clause, message, sighting) for clause in clauses)
        case AnyOf(clauses=clauses):
            return any(matches(clause, message, sighting) for clause in clauses)
        case Not(clause=clause):
            return not matches(clause, message, sighting)


def _is(fact: Fact, value: str, message: MessageFacts, sighting: SightingFacts) -> bool:  # noqa: C901 - one line a fact
    match fact:
        case Fact.SOURCE:
            return sighting.source == value
        case Fact.CUSTODIAN:
            return sighting.custodian == value
        case Fact.CUSTODIAN_DOMAIN:
            return _within(domain_of(sighting.custodian), value)
        case Fact.FOLDER:
            return _below(sighting.item, value)
        case Fact.PARTICIPANT:
            return any(participant.address == value for participant in message.participants)
        case Fact.SENDER:
            return value in _senders(message)
        case Fact.DOMAIN:
            return any(_within(domain_of(participant.address), value) for participant in message.participants)
        case Fact.SENDER_DOMAIN:
            return any(_within(domain_of(address), value) for address in _senders(message))
        case Fact.LIST:
            return value in message.lists
        case Fact.LABEL:
            return value in message.labels
        case Fact.FLAG:
            return value in message.flags


def _senders(message: MessageFacts) -> tuple[str, ...]:
    return tuple(participant.address for participant in message.participants if participant.role in SENDING_ROLES)


def _within(domain: str, value: str) -> bool:
    return domain == value or domain.endswith(f".{value}")


def _below(item: str, folder: str) -> bool:
    """`inbox` holds `inbox/1.eml` and `inbox#7`, not `inbox-old/1.eml`."""
    if not item.startswith(folder):
        return False
    return len(item) == len(folder) or folder[-1] in "/#" or item[len(folder)] in "/#"


def _check_clauses(clauses: tuple[Predicate, ...]) -> None:
    if not clauses:
        raise SaidNo(
            Text(
                en="A rule joins no conditions at all: give at least one, or choose every message.",
                fr="Une règle ne réunit aucune condition : donnez-en au moins une, ou choisissez tous les messages.",
            )
        )
    if max(depth(clause) for clause in clauses) >= MAX_DEPTH:
        raise SaidNo(
            Text(
                en="The conditions of a rule are nested more than {depth} deep: split the rule.",
                fr="Les conditions d’une règle sont imbriquées sur plus de {depth} niveaux : divisez la règle.",
            ),
            depth=MAX_DEPTH,
        )

"""Participants grouped by role, as the message page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from archive.models import Known, Participant, ParticipantRole

_NAMED = frozenset({ParticipantRole.FROM, ParticipantRole.TO, ParticipantRole.CC, ParticipantRole.BCC})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGroup:
    """The participants of one role."""

    label: Promise | str
    people: tuple[Participant, ...]


def by_role(participants: Sequence[Participant]) -> tuple[RoleGroup, ...]:
    """Group participants; a delivery to somebody who is named already says nothing new and is left to the envelope."""
    named = {person.address for person in participants if person.role in _NAMED}
    senders = {person.address for person in participants if person.role == ParticipantRole.FROM}
    shown = [person for person in participants if not _is_repeated(person, named, senders)]
    mailboxes = tuple(person for person in shown if person.known == Known.CUSTODIAN)
    others = [person for person in shown if person.known != Known.CUSTODIAN]
    groups = [
        RoleGroup(label=role.label, people=tuple(person for person in others if person.role == role))
        for role in ParticipantRole
    ]
    groups.append(RoleGroup(label=_("Mailbox of"), people=mailboxes))
    return tuple(group for group in groups if group.people)


def _is_repeated(person: Participant, named: set[str], senders: set[str]) -> bool:
    if person.role == ParticipantRole.DELIVERED:
        return person.address in named
    return person.role in {ParticipantRole.SENDER, ParticipantRole.REPLY_TO} and person.address in senders

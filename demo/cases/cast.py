"""Who signs in to the demonstration, one person for each role, and what each was granted."""

from typing import NamedTuple

from accounts.actors import operator
from accounts.models import Role, User
from accounts.services import grants, people
from demo.people import HANNAH_MARRIED_AT, PEOPLE


class Part(NamedTuple):
    """One person's role, with the grants that go with it and their reason."""

    role: Role
    name: str
    address: str
    grants: tuple[str, ...] = ()
    why: str = ""


def _part(role: Role, key: str, *given: str, why: str = "") -> Part:
    person = PEOPLE[key]
    return Part(role, person.name, person.address, given, why)


# The administrator comes first: she adds the others. Counsel from outside is granted nothing: matters open mail to him.
CAST = (
    _part(Role.ADMINISTRATOR, "solene"),
    _part(Role.COMPLIANCE, "claire", "everything", why="Direction juridique et conformité"),
    _part(Role.LEGAL, "thiriet"),
    _part(Role.DPO, "loic", "everything", why="Délégué à la protection des données"),
    _part(
        Role.AUDITOR,
        "thomas",
        f"address:{PEOPLE['accounts'].address}",
        why="Contrôle interne : la boîte de la comptabilité fournisseurs",
    ),
    _part(
        Role.EMPLOYEE,
        "hannah",
        f"address:{PEOPLE['hannah'].earlier[1]}",
        why=f"Son adresse jusqu'au {HANNAH_MARRIED_AT:%d/%m/%Y}",
    ),
)


def make(passwords: dict[str, str]) -> dict[Role, User]:
    """Add who is missing, with the grants of their part; return everybody by role."""
    found: dict[Role, User] = {}
    for part in CAST:
        actor = found.get(Role.ADMINISTRATOR, operator())
        person = User.objects.filter(email=part.address).first() or people.add(
            actor=actor, address=part.address, role=part.role, password=passwords[part.address]
        )
        for text in part.grants:
            opening = grants.Opening.read(text)
            if not person.grants.filter(kind=opening.kind, value=opening.value).exists():
                grants.give(actor=actor, person=person, opening=opening, reason=part.why)
        found[part.role] = person
    return found

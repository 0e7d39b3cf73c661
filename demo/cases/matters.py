"""Two matters: the dispute about the temperature loggers, and the investigation that its people call “the oysters”."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import CustodianProposal, Matter, MatterCustodian, User
from accounts.queries.matters import awaited
from accounts.services import approvals, matters
from archive.models import Hold, HoldKind
from archive.services import holds
from archive.wiring import Archive
from demo.cases.mail import letters
from demo.people import PEOPLE
from discovery.models import ExportJob, SavedSearch
from discovery.services import export_jobs, saved_searches


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a matter is, whose mail it is about and why, who is asked for and waits, and what is looked for in it."""

    reference: str
    name: str
    description: str
    custodians: tuple[str, ...]  # keys of the story's people; every address that they had
    reason: str
    waits: str = ""
    searches: tuple[tuple[str, str], ...] = ()


DISPUTE = Case(
    reference="KT-2024-117",
    name="Kühlwerk : enregistreurs de température défectueux",
    description="240 enregistreurs achetés en mars 2024. Lot 1 en retard et sans certificats, lot 2 faux de quatre "
    "degrés. Mise en demeure le 2 décembre 2024, protocole le 14 mars 2025.",
    custodians=("claire", "julien", "hannah", "thomas"),
    reason="A négocié le contrat, reçu les lots ou payé les factures",
    waits="yannick",
    searches=(
        ("Certificats d'étalonnage", "certificat* OR certificate* OR calibration"),
        ("Le lot 2, du premier relevé à la mise en demeure", "kt-2024-117 OR loggers"),
    ),
)
OYSTERS = Case(
    reference="CONC-2024-01",
    name="« Les huîtres » : entente présumée avec Northgate",
    description="Prix relevés de dix-neuf pour cent des deux côtés de la Manche, même motif, même semaine. "
    "Demande de clémence à l'étude (article L. 420-1 du code de commerce).",
    custodians=("julien", "hannah", "julien-home"),
    reason="A écrit au directeur commercial de Northgate, ou a reçu ses consignes de prix",
    searches=(
        ("Les huîtres", "huitres OR oysters"),
        ("Qui se partage quoi", "(harlow OR northgate) (territoire OR territory OR 1,340)"),
    ),
)


def make(archive: Archive, *, officer: User, counsel: User) -> None:
    """Open both matters with all that is in them. Counsel leads them, the compliance officer approves."""
    dispute, oysters = (_open(case, counsel, officer) for case in (DISPUTE, OYSTERS))
    _hold(
        oysters,
        counsel,
        archive,
        name="Les boîtes de Julien Kerbrat",
        kind=HoldKind.CUSTODIANS,
        reason="Enquête de concurrence ; l'intéressé n'est pas informé",
        addresses=(*PEOPLE["julien"].addresses(), *PEOPLE["julien-home"].addresses()),
    )
    _hold(
        oysters,
        officer,
        archive,
        name="La plainte de Mme Sauvage",
        kind=HoldKind.MESSAGES,
        reason="Elle dit qu'un tiers connaît ses données : indice de la fuite du fichier clients",
        message_ids=letters("erasure-06", "erasure-07"),
    )
    _hold(
        dispute,
        counsel,
        archive,
        name="Enregistreurs Kühlwerk, tout ce qui en parle",
        kind=HoldKind.QUERY,
        reason="Litige : contrat, livraisons, étalonnage, factures",
        query="kühlwerk OR kt-2024-117 OR loggers OR enregistreur*",
    )
    _export(dispute, counsel, archive)


def _open(case: Case, counsel: User, officer: User) -> Matter:
    matter = Matter.objects.filter(reference=case.reference).first() or matters.open_matter(
        actor=counsel, reference=case.reference, name=case.name, description=case.description
    )
    if not matter.members.filter(user=officer).exists():
        matters.add_member(actor=counsel, matter=matter, person=officer, reason="Conformité")
    for key in case.custodians:
        for address in PEOPLE[key].addresses():
            _add_custodian(matter, address, PEOPLE[key].name, case.reason, counsel, officer)
    if case.waits and not MatterCustodian.objects.filter(matter=matter, address=PEOPLE[case.waits].address).exists():
        _ask(matter, PEOPLE[case.waits].address, PEOPLE[case.waits].name, case.reason, counsel)
    for name, query in case.searches:
        if not SavedSearch.objects.filter(matter=matter, name=name).exists():
            saved_searches.save(actor=counsel, name=name, parameters={"q": query}, matter=matter)
    return matter


def _add_custodian(matter: Matter, address: str, name: str, reason: str, counsel: User, officer: User) -> None:
    """Open a person's mail to the matter: one asks, another approves, then it is opened."""
    if MatterCustodian.objects.filter(matter=matter, address=address).exists():
        return
    proposal = _ask(matter, address, name, reason, counsel)
    if proposal.approval.decided_by_id is None:
        approvals.approve(actor=officer, approval_id=proposal.approval_id, reason="Nécessaire et proportionné")
    matters.add_custodian(actor=counsel, proposal=proposal)


def _ask(matter: Matter, address: str, name: str, reason: str, counsel: User) -> CustodianProposal:
    asked = next((one for one in awaited(matter, now=timezone.now()) if one.address == address), None)
    return asked or matters.ask_custodian(actor=counsel, matter=matter, address=address, name=name, reason=reason)


def _hold(matter: Matter, actor: User, archive: Archive, *, name: str, kind: HoldKind, **terms: object) -> None:
    if not Hold.objects.filter(matter=matter, name=name).exists():
        holds.place(actor=actor, matter=matter, name=name, kind=kind, archive=archive, **terms)


def _export(matter: Matter, counsel: User, archive: Archive) -> None:
    name = "Pièces de la mise en demeure"
    job = ExportJob.objects.filter(matter=matter, name=name).first() or export_jobs.ask(
        actor=counsel,
        name=name,
        parameters={"q": "kt-2024-117"},
        matter=matter,
        purpose="Mise en demeure du 2 décembre 2024",
    )
    export_jobs.run(job.pk, archive=archive)

"""What the people of Meridian Freight have done with their archive when `make up` shows it for the first time.

Every act goes through the services that the pages use, as the person who does it, so audit trail and evidence log say
what happened. Each step looks for what is there already: a run that was cut short is run again.
"""

from accounts.models import Role
from archive.services import evaluation
from archive.services.audit_heads import note_head
from archive.services.notes import log_pending
from archive.services.stages import drain
from archive.wiring import Archive, extractor
from demo.cases import cast, matters, requests, retention


def make(archive: Archive, passwords: dict[str, str]) -> None:
    """Make people, matters, rules and requests, on mail that is there; `passwords` by address."""
    people = cast.make(passwords)
    drain(archive, extractor())  # holds, labels and requests are about mail that can be found
    matters.make(archive, officer=people[Role.COMPLIANCE], counsel=people[Role.LEGAL])
    retention.make(archive, officer=people[Role.COMPLIANCE], counsel=people[Role.LEGAL])
    requests.make(archive, officer=people[Role.DPO])
    evaluation.evaluate()
    note_head(now=archive.vault.now(), at_once=True)
    log_pending(archive)

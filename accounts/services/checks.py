"""Check the audit trail and write down that it was checked."""

from accounts.actors import Operator
from accounts.models import Action, Outcome, User
from accounts.queries.audit import ChainReport, verify_chain
from accounts.services import audit


def check_audit(*, actor: User | Operator, details: dict[str, int | bool | str] | None = None) -> ChainReport:
    """Check the whole chain and record the result, with `details` of what else was checked beside it.

    `details` may carry "damaged", the count of other faults found: the entry then says that the check failed.
    """
    report = verify_chain()
    found = {"audit_entries": report.entries, "audit_broken": len(report.broken), **(details or {})}
    faulty = bool(report.broken or found.get("damaged"))
    audit.record(actor=actor, action=Action.VERIFY, outcome=Outcome.FAILED if faulty else Outcome.DONE, details=found)
    return report

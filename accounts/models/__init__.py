"""People, what they may see, what was done, and who agreed to it.

User 1─* Grant               mail that a person may see, for a time, and who said so
Matter 1─* MatterMember      a legal case, who works on it
       1─* MatterCustodian   and whose mail it opens to them
       1─* CustodianProposal a custodian who was asked for
AuditEntry 1─* AuditText     the audit trail; its free texts apart, so that they can be erased
AuditHead                    number and hash of the last entry: the lock that gives entries their order
Approval                     one act that needs a second person
AccessToken                  what a program signs in with on behalf of a person
OnceKey                      a request of a program that is done once, however often it is sent
"""

from accounts.models.approvals import Approval, ApprovalState
from accounts.models.audit import Action, AuditEntry, AuditHead, AuditText, Outcome, TextKind
from accounts.models.matters import CustodianProposal, Matter, MatterCustodian, MatterMember, MatterState
from accounts.models.people import Grant, GrantKind, Role, User
from accounts.models.tokens import AccessToken, OnceKey

__all__ = [
    "AccessToken",
    "Action",
    "Approval",
    "ApprovalState",
    "AuditEntry",
    "AuditHead",
    "AuditText",
    "CustodianProposal",
    "Grant",
    "GrantKind",
    "Matter",
    "MatterCustodian",
    "MatterMember",
    "MatterState",
    "OnceKey",
    "Outcome",
    "Role",
    "TextKind",
    "User",
]

"""Requests of data subjects, what was found and decided, and what was answered.

Request 1─* RequestEvent    each move and each act, in their order
        1─* Question        what the clock waited for
        1─* SubjectTerm     an address or name of the person, each confirmed or refused
        1─* LocatedItem     a message of the frozen list, with proposal and decision
        1─* SearchReport    what was searched, how, and what was not
        1─* Letter          what was written to the person
        1─1 AccessPack      the copy of an access request
RequestNumber               the last number given in a year
Information                 Article 15(1)(a) to (h), as the controller words it
"""

from gdpr.models.answers import AccessPack, Information, Letter, LetterKind, PackState
from gdpr.models.located import CarriedOut, Choice, Code, Concern, LocatedItem, SearchReport
from gdpr.models.requests import (
    Channel,
    IdentityMethod,
    Outcome,
    Question,
    RefusalGround,
    Request,
    RequestEvent,
    RequestNumber,
    RequestState,
    Right,
)
from gdpr.models.terms import SubjectTerm, TermKind, TermState

__all__ = [
    "AccessPack",
    "CarriedOut",
    "Channel",
    "Choice",
    "Code",
    "Concern",
    "IdentityMethod",
    "Information",
    "Letter",
    "LetterKind",
    "LocatedItem",
    "Outcome",
    "PackState",
    "Question",
    "RefusalGround",
    "Request",
    "RequestEvent",
    "RequestNumber",
    "RequestState",
    "Right",
    "SearchReport",
    "SubjectTerm",
    "TermKind",
    "TermState",
]

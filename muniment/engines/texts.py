"""A document → its areas of text and its values, before any engine.

An area is a list of passages; no phrase and no w/n reaches from one passage into the next. A value is found whole
(`messageid:`, `filetype:`) or by the shapes that people name it by: an address by its domain, say.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from muniment.engines.analysis import fold, joined_numbers
from muniment.engines.port import Document
from muniment.query.tree import Field
from muniment.query.vocabulary import ANY_KIND, ATTACHMENT, PII

MAX_VALUE = 512  # characters of a file name, list id or Message-ID that count (RFC 5322 lines have at most 998)
_REMEMBERED = 4096  # people write more than one message
_PARENTS = 8  # labels of a domain under which it is found

_ANGLED = re.compile(r"<([^<>]*)>\s*$")


class Area(StrEnum):
    """Where words stand. PEOPLE is every address a reader may know, BLIND the blind recipients."""

    SUBJECT = "subject"
    BODY = "body"
    ATTACHMENT = "attachment"
    FILENAME = "filename"
    PEOPLE = "people"
    BLIND = "blind"
    FROM = "from"
    TO = "to"
    CC = "cc"
    SOURCE = "source"
    CUSTODIAN = "custodian"
    LIST = "list"


PROSE = (Area.SUBJECT, Area.BODY, Area.ATTACHMENT)  # stemmed; w/n and pre/n work here


def passages(document: Document) -> dict[Area, list[str]]:
    """Return the passages of each area."""
    known = (*document.from_, *document.to, *document.cc)
    named = {address_of(person) for person in known}
    others = [address for address in document.participants if address not in named]
    prose = {
        Area.SUBJECT: [document.subject],
        Area.BODY: [document.body],
        Area.ATTACHMENT: [*document.attachment_names, document.attachment_text],
    }
    return {
        **{area: [*texts, *_numbers(texts)] for area, texts in prose.items()},
        Area.FILENAME: list(document.attachment_names),
        Area.PEOPLE: [*known, *others],
        Area.BLIND: list(document.bcc),
        Area.FROM: list(document.from_),
        Area.TO: list(document.to),
        Area.CC: list(document.cc),
        Area.SOURCE: list(document.sources),
        Area.CUSTODIAN: list(document.custodians),
        Area.LIST: list(document.lists),
    }


def values(document: Document) -> dict[Field, set[str]]:
    """Return what each field of values is found by."""
    known = (*document.from_, *document.to, *document.cc, *document.participants)
    return {
        Field.FROM: _addresses(document.from_),
        Field.TO: _addresses(document.to),
        Field.CC: _addresses(document.cc),
        Field.BCC: _addresses(document.bcc),
        Field.PARTICIPANT: _addresses(known),
        Field.CUSTODIAN: _addresses(document.custodians) | _whole(document.custodians),
        Field.LIST: {shape for name in document.lists for shape in domain_shapes(_value(name))},
        Field.SOURCE: _whole(document.sources),
        Field.FILENAME: _whole(document.attachment_names),
        Field.FILETYPE: {shape for kind in document.attachment_types for shape in _kinds(_value(kind))},
        Field.THREAD: _whole([document.thread_id]),
        Field.MESSAGEID: _whole([document.rfc_message_id.strip("<> \t")]),
        Field.IS: _whole(document.flags),
        Field.HAS: _has(document),
        Field.PII: {*document.personal, ANY_KIND} if document.personal else set(),
    }


def access_terms(document: Document) -> set[str]:
    """Return what a scope is compared with: each address, and each domain behind an @."""
    addresses = {clean(address).lower() for address in document.access}
    parts = [address.rpartition("@") for address in addresses]
    return addresses | {at + domain for _, at, domain in parts if at and domain}


def address_of(person: str) -> str:
    """Return the address of `name <address>`, or the text itself."""
    angled = _ANGLED.search(person)
    return angled[1] if angled else person


def address_shapes(address: str) -> set[str]:
    """Return what an address is found by: itself, `@domain`, `local@`, and the domain with each of its parents."""
    local, at, domain = address.rpartition("@")
    if not at:
        return {address}
    return {address, f"@{domain}", f"{local}@", *domain_shapes(domain)}


def domain_shapes(domain: str) -> set[str]:
    """Return a domain and its parents of two labels and more."""
    labels = domain.split(".")
    parents = {".".join(labels[start:]) for start in range(max(0, len(labels) - _PARENTS), len(labels) - 1)}
    return parents | {domain}


def sender_of(document: Document) -> str:
    """Return the address that the facet `sender` and the sort by sender go by; empty where there is none."""
    return _value(address_of(document.from_[0])) if document.from_ else ""


def filetypes_of(document: Document) -> list[str]:
    """Return what the facet `filetype` counts: file extensions, or media types where no name has one."""
    kinds = sorted({_value(kind) for kind in document.attachment_types if kind})
    return [kind for kind in kinds if "/" not in kind] or kinds


def clean(text: str) -> str:
    """Replace what UTF-8 cannot hold: lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _has(document: Document) -> set[str]:
    found = ((ATTACHMENT, document.has_attachment), (PII, document.personal))
    return {name for name, is_there in found if is_there}


def _addresses(people: Iterable[str]) -> set[str]:
    return {shape for person in people for shape in _shapes(person)}


@lru_cache(maxsize=_REMEMBERED)
def _shapes(person: str) -> frozenset[str]:
    return frozenset(address_shapes(_value(address_of(person)))) - {""}


def _whole(texts: Iterable[str]) -> set[str]:
    return {_value(text) for text in texts if text}


def _value(text: str) -> str:
    return fold(clean(text)[:MAX_VALUE])


def _kinds(kind: str) -> set[str]:
    main, slash, _ = kind.partition("/")
    return {kind, main} if slash else {kind.lstrip(".")}


def _numbers(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(number for text in texts for number in joined_numbers(text)))

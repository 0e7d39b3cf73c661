"""What detection finds: kind, place, confidence and the evidence, never the value itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

# Goes up whenever the same text may give other findings; stored beside them, so that a sweep knows what to scan again.
DETECTOR_VERSION = 1


class Kind(Enum):
    """A class of personal data; the value is its name in queries (`pii:iban`), in facets and in storage."""

    EMAIL = "email"
    PHONE = "phone"
    IP = "ip"
    IBAN = "iban"
    BIC = "bic"
    CARD = "card"
    NIR = "nir"
    FR_TAX = "fr-tax"
    SIREN = "siren"
    SIRET = "siret"
    FR_VAT = "fr-vat"
    IMEI = "imei"
    BE_NATIONAL = "be-national"
    BR_CPF = "br-cpf"
    CH_AHV = "ch-ahv"
    DE_TAX = "de-tax"
    ES_DNI = "es-dni"
    FI_HETU = "fi-hetu"
    GB_NHS = "gb-nhs"
    GB_NINO = "gb-nino"
    IT_CODICE_FISCALE = "it-codice-fiscale"
    NL_BSN = "nl-bsn"
    NO_FODSELSNUMMER = "no-fodselsnummer"
    PL_PESEL = "pl-pesel"
    PT_NIF = "pt-nif"
    RO_CNP = "ro-cnp"
    SE_PERSONNUMMER = "se-personnummer"
    US_SSN = "us-ssn"


ALL_KINDS = frozenset(Kind)


class Confidence(Enum):
    """How sure a finding is; what is less sure than `MEDIUM` is not a finding."""

    MEDIUM = "medium"
    HIGH = "high"


class Evidence(Enum):
    """Why a text was taken for an identifier."""

    CHECK_DIGITS = "check-digits"  # a sum over all its digits is right
    NATIONAL_KEY = "national-key"  # the country's own key inside an IBAN is right as well
    NUMBERING_PLAN = "numbering-plan"  # its first digits and its length are ones that are given out
    LAYOUT = "layout"  # written in the groups or the form that only this kind has
    CONTEXT_WORD = "context-word"  # a word beside it says what it is


@dataclass(frozen=True, slots=True, kw_only=True, order=False)
class Finding:
    """One identifier: `text[start:end]` in Unicode code points of the text that was given."""

    kind: Kind
    start: int
    end: int
    confidence: Confidence
    why: tuple[Evidence, ...]

    def moved(self, by: int) -> Self:
        """Return the same finding, `by` code points further on."""
        return replace(self, start=self.start + by, end=self.end + by)


def counts(findings: Iterable[Finding]) -> dict[Kind, int]:
    """Count findings by kind, in the order of `Kind`; kinds that were not found are absent."""
    found: dict[Kind, int] = {}
    for finding in findings:
        found[finding.kind] = found.get(finding.kind, 0) + 1
    return {kind: found[kind] for kind in Kind if kind in found}

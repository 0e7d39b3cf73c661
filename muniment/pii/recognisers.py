"""The table of recognisers: for each kind the form of a candidate and the judge of it.

A form is an RE2 pattern over `view.view(text)`: linear in the text, with no more than a bounded repetition, so that a
search that begins again one character later stays linear too. What no sum makes precise alone is looked for only in
texts that hold one of its words.
"""

from collections.abc import Callable
from dataclasses import dataclass

import re2

from muniment.pii import bank, cards, cues, foreign, french, network, phones
from muniment.pii.judged import Judged
from muniment.pii.model import Kind

Judge = Callable[[bytes], Judged | None]

_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 64 << 20  # bytes for the states of an automaton; the default of 8 MiB is emptied often by all forms

_SEP = r"[ .\-/\xad]?"
_BREAK = r"(?:[ .\-/\xad]|[ ]?\r?\n[> ]{0,4})"  # also over a line end, quoted or not
_OR_BREAK = rf"{_BREAK}?"
_ATEXT = r"[A-Za-z0-9_.+'~\-\xc0-\xd6\xd8-\xf6\xf8-\xff]"
_LABEL = r"[A-Za-z0-9\-\xc0-\xd6\xd8-\xf6\xf8-\xff]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recogniser:
    """One way to write one kind; a kind may have several.

    The identifier is group 1 of `form` where there is one. `trigger` is what a text must hold for a search to be
    worth while. `guarded`: neighbours that make it a part of something longer speak against it.
    """

    kind: Kind
    form: "re2._Regexp"
    trigger: bytes
    judge: Judge
    cue: "re2._Regexp"
    guarded: bool
    bounded: bool


def _bytes(pattern: str) -> bytes:
    return pattern.encode("latin-1")


def compiled(pattern: str) -> "re2._Regexp":
    """Compile a pattern for the Latin-1 view."""
    return re2.compile(_bytes(pattern), _OPTIONS)


def _recogniser(
    kind: Kind, form: str, judge: Judge, *, by_word: bool = False, guarded: bool = True, bounded: bool = True
) -> Recogniser:
    cue = cues.FOR[kind]
    against = cues.AGAINST.get(kind)
    return Recogniser(
        kind=kind,
        form=compiled(form),
        trigger=_bytes(f"(?i){cue}" if by_word else form),
        judge=judge,
        cue=compiled(f"(?i)({cue})|({against})" if against else f"(?i)({cue})"),
        guarded=guarded,
        bounded=bounded,
    )


def _digits(*groups: int) -> str:
    return r"\b" + _SEP.join(rf"\d{{{size}}}" for size in groups) + r"\b"


_COMMUNE = rf"(?:(?:\d\d|2[ABab]){_OR_BREAK}\d{{3}}|\d{{3}}{_OR_BREAK}\d\d)"  # 13 055, 2A 004, or overseas 974 11
_CARD_GROUPS = "|".join(
    _BREAK.join(groups)
    for groups in (
        (r"\d{4}", r"\d{4}", r"\d{4}", r"\d{4}"),
        (r"3[47]\d\d", r"\d{6}", r"\d{5}"),
        (r"3\d{3}", r"\d{6}", r"\d{4}"),
    )
)
_FRENCH_PHONE = (
    r"\b(?:0[1-9](?:[ .\-\xad]\d\d){4}|0[1-9](?:/\d\d){4}|0[1-9][ \-]?\d{8}"
    r"|0[1-9]\d\d(?:[ .\-]\d\d){3}|0 ?8\d\d[ .]\d{3}[ .]\d{3})\b"
)
_LABELLED_PHONE = (
    r"(?i)\b(?:t[e\xe9\xc9]l(?:[e\xe9\xc9]phone)?|phone|mobile|portable|fax|gsm|cell"
    r"|call(?: me| us)?(?: at| on)?|reach (?:me|us) at)\b"
    r"[^0-9A-Za-z\n(]{0,12}\n?[ ]{0,3}(\(?\d{2,5}\)?(?:[ .\-]\d{2,5}){1,4}\b|\d{7,11}\b)"
)
_NINE, _ELEVEN = (r"\b\d" + rf"(?:{_SEP}\d){{{more}}}\b" for more in (8, 10))

RECOGNISERS = (
    _recogniser(Kind.EMAIL, rf"{_ATEXT}+@{_LABEL}+(?:\.{_LABEL}+)+", network.email, guarded=False, bounded=False),
    _recogniser(Kind.IBAN, rf"\b[A-Za-z]{{2}}{_SEP}\d\d(?:{_OR_BREAK}[A-Za-z0-9]){{11,31}}", bank.iban),
    _recogniser(
        Kind.NIR,
        rf"\b[123478]{_OR_BREAK}\d\d{_OR_BREAK}\d\d{_OR_BREAK}{_COMMUNE}{_OR_BREAK}\d{{3}}{_OR_BREAK}\d\d\b",
        french.nir,
    ),
    _recogniser(Kind.CARD, rf"\b(?:{_CARD_GROUPS})\b", cards.card),
    _recogniser(Kind.CARD, _BREAK.join((r"\b\d{4}", r"\d{4}", r"\d{4}", r"\d{4}", r"\d{3}\b")), cards.card),
    _recogniser(Kind.CARD, r"\b\d{12,19}\b", cards.card),
    _recogniser(
        Kind.FR_VAT,
        rf"\b[Ff][Rr]{_SEP}[0-9A-HJ-NP-Za-hj-np-z]{{2}}{_SEP}\d{{3}}{_SEP}\d{{3}}{_SEP}\d{{3}}\b",
        french.vat,
    ),
    _recogniser(Kind.SIRET, r"\b\d{3}[ .\xad]\d{3}[ .\xad]\d{3}[ .\xad]\d{5}\b|\b\d{14}\b", french.siret),
    _recogniser(Kind.SIRET, rf"\b\d(?:{_SEP}\d){{13}}\b", french.siret, by_word=True),
    _recogniser(Kind.SIREN, _NINE, french.siren, by_word=True),
    _recogniser(Kind.FR_TAX, rf"\b[0-3](?:{_SEP}\d){{12}}\b", french.spi, by_word=True),
    _recogniser(
        Kind.BIC,
        r"\b(?i:bic|swift)\b[^A-Za-z0-9]{1,6}(?:(?i:code|swift|bic)\b[^A-Za-z0-9]{1,6})?([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b",
        bank.bic,
    ),
    _recogniser(Kind.PHONE, _FRENCH_PHONE, phones.french),
    _recogniser(Kind.PHONE, _LABELLED_PHONE, phones.labelled),
    _recogniser(
        Kind.PHONE, r"(?:\+|\b00)[ ]?[1-9]\d{0,3}(?:[ .\-/\xad]{0,2}\(?\d{1,10}\)?){1,7}\b", phones.international
    ),
    _recogniser(
        Kind.PHONE,
        r"(?:\b1[ .\-]?)?(?:\([2-9]\d\d\)[ .\-]?|\b[2-9]\d\d[ .\-])[2-9]\d\d[ .\-]\d{4}\b|\b[2-9]\d{2}[2-9]\d{6}\b",
        phones.north_american,
    ),
    _recogniser(Kind.PHONE, r"(?:\(0[12378]\d{1,3}\)|\b0[12378]\d{1,3})[ \-]?\d{3,4}[ \-]?\d{3,4}\b", phones.british),
    _recogniser(Kind.IP, r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", network.ipv4),
    _recogniser(Kind.IP, r"\b[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}", network.ipv6),
    _recogniser(Kind.BE_NATIONAL, r"\b\d\d\.\d\d\.\d\d[ \-]\d{3}\.\d\d\b", foreign.be_national),
    _recogniser(Kind.BE_NATIONAL, _ELEVEN, foreign.be_national, by_word=True),
    _recogniser(Kind.BR_CPF, r"\b\d{3}\.\d{3}\.\d{3}-\d\d\b", foreign.br_cpf),
    _recogniser(Kind.CH_AHV, rf"\b756{_SEP}\d{{4}}{_SEP}\d{{4}}{_SEP}\d\d\b", foreign.ch_ahv),
    _recogniser(
        Kind.IT_CODICE_FISCALE,
        r"(?i)\b[a-z]{6}[0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]\b",
        foreign.it_codice_fiscale,
    ),
    _recogniser(
        Kind.ES_DNI, rf"(?i)\b(?:\d{{8}}|[xyz]{_SEP}\d{{7}}){_SEP}[a-hj-np-tv-z]\b", foreign.es_dni, by_word=True
    ),
    _recogniser(Kind.DE_TAX, _ELEVEN, foreign.de_tax, by_word=True),
    _recogniser(Kind.FI_HETU, r"\b\d{6}[\-+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y]\b", foreign.fi_hetu, by_word=True),
    _recogniser(Kind.GB_NHS, _digits(3, 3, 4), foreign.gb_nhs, by_word=True),
    _recogniser(
        Kind.GB_NINO,
        rf"(?i)\b[a-ceghj-prtw-z][a-ceghj-nprtw-z]{_SEP}\d\d{_SEP}\d\d{_SEP}\d\d{_SEP}[a-d]\b",
        foreign.gb_nino,
        by_word=True,
    ),
    _recogniser(Kind.IMEI, rf"\b\d\d{_SEP}\d{{6}}{_SEP}\d{{6}}(?:{_SEP}\d{{1,2}})?\b", foreign.imei, by_word=True),
    _recogniser(Kind.NL_BSN, _NINE, foreign.nl_bsn, by_word=True),
    _recogniser(Kind.NO_FODSELSNUMMER, _ELEVEN, foreign.no_fodselsnummer, by_word=True),
    _recogniser(Kind.PL_PESEL, r"\b\d{11}\b", foreign.pl_pesel, by_word=True),
    _recogniser(Kind.PT_NIF, _NINE, foreign.pt_nif, by_word=True),
    _recogniser(Kind.RO_CNP, r"\b[1-9]\d{12}\b", foreign.ro_cnp, by_word=True),
    _recogniser(Kind.SE_PERSONNUMMER, r"\b(?:\d\d)?\d{6}[\-+]?\d{4}\b", foreign.se_personnummer, by_word=True),
    _recogniser(Kind.US_SSN, r"\b\d{3}[ \-]\d\d[ \-]\d{4}\b", foreign.us_ssn, by_word=True),
)


def _set_of_triggers() -> "re2._Set":
    chosen = re2.Set.SearchSet(_OPTIONS)
    for recogniser in RECOGNISERS:
        chosen.Add(recogniser.trigger)
    chosen.Compile()
    return chosen


TRIGGERS = _set_of_triggers()

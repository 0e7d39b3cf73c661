"""What each kind of personal data is called in plain words, in English and in French: for explanations and pages."""

from typing import Final, Literal

from muniment.pii.model import Kind

NAMES: Final[dict[Kind, tuple[str, str]]] = {
    Kind.EMAIL: ("e-mail address", "adresse électronique"),
    Kind.PHONE: ("phone number", "numéro de téléphone"),
    Kind.IP: ("IP address", "adresse IP"),
    Kind.IBAN: ("bank account number (IBAN)", "numéro de compte bancaire (IBAN)"),
    Kind.BIC: ("bank identifier (BIC)", "identifiant de banque (BIC)"),
    Kind.CARD: ("payment card number", "numéro de carte bancaire"),
    Kind.NIR: ("French social security number (NIR)", "numéro de sécurité sociale (NIR)"),
    Kind.FR_TAX: ("French tax number (SPI)", "numéro fiscal (SPI)"),
    Kind.SIREN: ("French company number (SIREN)", "numéro SIREN"),
    Kind.SIRET: ("French establishment number (SIRET)", "numéro SIRET"),
    Kind.FR_VAT: ("French VAT number", "numéro de TVA français"),
    Kind.IMEI: ("telephone device number (IMEI)", "numéro de téléphone mobile (IMEI)"),
    Kind.BE_NATIONAL: ("Belgian national number", "numéro national belge"),
    Kind.BR_CPF: ("Brazilian tax number (CPF)", "numéro fiscal brésilien (CPF)"),
    Kind.CH_AHV: ("Swiss social security number (AVS)", "numéro AVS suisse"),
    Kind.DE_TAX: ("German tax number", "numéro fiscal allemand"),
    Kind.ES_DNI: ("Spanish identity number (DNI, NIE)", "numéro d’identité espagnol (DNI, NIE)"),
    Kind.FI_HETU: ("Finnish identity code (HETU)", "code d’identité finlandais (HETU)"),
    Kind.GB_NHS: ("British health number (NHS)", "numéro de santé britannique (NHS)"),
    Kind.GB_NINO: ("British insurance number (NINO)", "numéro d’assurance britannique (NINO)"),
    Kind.IT_CODICE_FISCALE: ("Italian tax code", "code fiscal italien"),
    Kind.NL_BSN: ("Dutch citizen number (BSN)", "numéro de citoyen néerlandais (BSN)"),
    Kind.NO_FODSELSNUMMER: ("Norwegian birth number", "numéro de naissance norvégien"),
    Kind.PL_PESEL: ("Polish identity number (PESEL)", "numéro d’identité polonais (PESEL)"),
    Kind.PT_NIF: ("Portuguese tax number (NIF)", "numéro fiscal portugais (NIF)"),
    Kind.RO_CNP: ("Romanian personal number (CNP)", "code numérique personnel roumain (CNP)"),
    Kind.SE_PERSONNUMMER: ("Swedish personal number", "numéro personnel suédois"),
    Kind.US_SSN: ("American social security number (SSN)", "numéro de sécurité sociale américain (SSN)"),
}


def name_of(kind: Kind, *, language: Literal["en", "fr"]) -> str:
    """Return what a kind is called, without an article, in lower case but for names."""
    english, french = NAMES[kind]
    return french if language == "fr" else english

"""Words beside a candidate, French and English and those of its country, that speak for it or against it.

Patterns are read without regard to case over the Latin-1 view, where a line break may stand for a space.
"""

from muniment.pii.model import Kind

_E = "[e\xe9\xe8\xc9\xc8]"

FOR = {
    Kind.EMAIL: "mail",
    Kind.PHONE: (
        rf"\bt{_E}l|phone\b|mobile|portable|\bfax|t{_E}l{_E}copie|\bcall|joindre|joignable|appel|contact|\bgsm\b|\bcell"
        rf"|whatsapp|\bsms\b|standard|\bdesk\b|\boffice\b|\bhome\b|\bwork\b|pager"
        rf"|num{_E}ro vert|dial|voice|\bph\b|ligne directe|\breach (?:me|us)\b"
    ),
    Kind.IP: (
        rf"\bipv?[46]?\b|adresse|address|\bh[o\xf4]te|host|serveur|server|connexion|connection|connect{_E}|login|logged"
        r"|\bfrom\b|\bping|\bdns\b|gateway|passerelle|router|routeur|://|\[$"
    ),
    Kind.IBAN: "iban|rib|compte|account|virement|transfer",
    Kind.BIC: "bic|swift",
    Kind.CARD: (
        rf"\bcarte|\bcb\b|card|\bvisa\b|master ?card|\bamex|american express|cr{_E}dit|d{_E}bit|paiement|payment"
        r"|\bpan\b|\bcv[vcn]\d?\b|expir|maestro|diners|discover|\bjcb\b|union ?pay|\bcc\b"
    ),
    Kind.NIR: rf"s{_E}curit{_E}\s+sociale|\bnir\b|\binsee\b|\bassur{_E}|\bs{_E}cu\b"
    r"|vitale|social security|\bn\W{0,2}ss\b",
    Kind.FR_TAX: rf"num{_E}ro fiscal|r{_E}f{_E}rence fiscale|\bspi\b|\bnif\b|identifiant fiscal|french tax",
    Kind.SIREN: rf"\bsiren\b|\brcs\b|registre du commerce|\binsee\b|immatricul{_E}e",
    Kind.SIRET: rf"\bsiret\b|{_E}tablissement|\brcs\b|\binsee\b",
    Kind.FR_VAT: r"\btva\b|\bvat\b|intracommunautaire",
    Kind.IMEI: r"\bimei\b",
    Kind.BE_NATIONAL: rf"rijksregister|registre national|num{_E}ro national|national number|\bniss\b|\binsz\b|\bnn\b",
    Kind.BR_CPF: r"\bcpf\b",
    Kind.CH_AHV: r"\bavs\b|\bahv\b|\bavs13\b",
    Kind.DE_TAX: r"steuer|\bidnr\b|\btin\b|\bst\W?-?id|german tax|identifikationsnummer",
    Kind.ES_DNI: r"\bdni\b|\bnif\b|\bnie\b|documento nacional|identidad",
    Kind.FI_HETU: r"hetu\b|henkil\xf6tunnus|personbeteckning|finnish",
    Kind.GB_NHS: r"\bnhs\b",
    Kind.GB_NINO: r"national insurance|\bnino\b|\bni (?:no|num)|\bni:",
    Kind.IT_CODICE_FISCALE: r"codice fiscale|\bc\.? ?f\b",
    Kind.NL_BSN: r"\bbsn\b|burgerservicenummer|sofi",
    Kind.NO_FODSELSNUMMER: r"f\xf8dselsn|fodselsn|personnummer|\bfnr\b|norwegian",
    Kind.PL_PESEL: r"\bpesel\b",
    Kind.PT_NIF: r"\bnif\b|contribuinte|portugu",
    Kind.RO_CNP: r"\bcnp\b|cod numeric personal",
    Kind.SE_PERSONNUMMER: r"personn(?:ummer|r)\b|samordningsnummer|\bpnr\b|swedish",
    Kind.US_SSN: r"\bssn\b|social security|\bss ?#",
}

_BUSINESS = (
    rf"command|\border|\bsuivi|track|\bcolis|parcel|shipment|exp{_E}dition|\br{_E}f(?:\b|{_E}rence)|\bdossier|factur|invoice|ticket"
    rf"|matricule|autori[sz]ation|contrat|contract|sinistre|\bserial|s{_E}rie|\bisbn|meeting|webinar|passcode|\bid\b|\bsku\b"
    r"|barcode|\bean\b|\buid\b|message-?id|\bcase\b|\bbug\b|\bdeal\b|\bpo\b|\bfile\b|fichier|participant code|boundary"
)
_VERSIONS = (
    r"version|\bver\b|\brev|release|section|firmware|\bbuild|chap|\xa7|\boid\b|kernel|\brpm\b|logiciel|software|package"
)

AGAINST = {
    Kind.CARD: _BUSINESS,
    Kind.PHONE: _BUSINESS,
    Kind.SIREN: _BUSINESS,
    Kind.SIRET: _BUSINESS,
    Kind.IP: _VERSIONS,
}

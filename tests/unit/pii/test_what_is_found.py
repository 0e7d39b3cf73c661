"""Each kind in the ways people write it, and what only looks like it. Numbers are from documentation, none is a person's."""

import pytest

from muniment.pii.detect import detect
from muniment.pii.model import Confidence, Evidence, Kind, counts

TRUE = [
    (Kind.NIR, "2 55 08 14 168 025 38", "Son NIR est le {}, merci."),
    (Kind.NIR, "255081416802538", "Numéro de sécurité sociale {}"),
    (Kind.NIR, "2.55.08.14.168.025.38", "dossier {} complet"),
    (Kind.NIR, "2550814168025 38", "dossier {} complet"),
    (Kind.NIR, "1 85 05 2A 004 023 59", "né à Ajaccio, {}."),
    (Kind.NIR, "1 85 05 2b 033 023 89", "né à Bastia, {}."),
    (Kind.NIR, "1 85 05 974 11 023 02", "né à Saint-Denis, NIR {}."),
    (Kind.NIR, "2 55 08 14 168\n> 025 38", "> NIR {} merci"),
    (Kind.IBAN, "FR14 2004 1010 0505 0001 3M02 606", "Mon RIB : {}"),
    (Kind.IBAN, "FR1420041010050500013M02606", "Mon RIB : {}, merci"),
    (Kind.IBAN, "fr14 2004 1010 0505 0001 3m02 606", "mon iban {} avant vendredi"),
    (Kind.IBAN, "DE89 3704 0044 0532 0130 00", "pay to {} please"),
    (Kind.IBAN, "GB29-NWBK-6016-1331-9268-19", "pay to {} please"),
    (Kind.IBAN, "BE68 5390 0754 7034", "Compte : {} de la société"),
    (Kind.IBAN, "FR14 2004 1010 0505\r\n> 0001 3M02 606", "> IBAN : {}"),
    (Kind.BIC, "BNPAFRPPXXX", "BIC : {}"),
    (Kind.BIC, "DEUTDEFF", "SWIFT/BIC code {}"),
    (Kind.CARD, "4111 1111 1111 1111", "Carte {} exp. 12/30"),
    (Kind.CARD, "4111-1111-1111-1111", "number {} thanks"),
    (Kind.CARD, "4111111111111111", "débitez {} merci"),
    (Kind.CARD, "3782 822463 10005", "amex {}"),
    (Kind.CARD, "378282246310005", "amex {}"),
    (Kind.CARD, "4222222222222", "ma carte : {}"),
    (Kind.CARD, "38520000023237", "Diners Club {}"),
    (Kind.CARD, "4111 1111 1111 1111", "carte {} 123"),
    (Kind.SIREN, "732 829 320", "RCS Paris {}"),
    (Kind.SIREN, "732829320", "SIREN : {}"),
    (Kind.SIRET, "732 829 320 00074", "fournisseur {} à Paris"),
    (Kind.SIRET, "73282932000074", "SIRET : {}"),
    (Kind.SIRET, "73282932000074", "Dupont SA\t{}\tParis"),
    (Kind.SIRET, "356 000 000 49837", "La Poste, SIRET {}"),
    (Kind.FR_VAT, "FR40303265045", "TVA {}"),
    (Kind.FR_VAT, "FR 83 404 833 048", "n° {} en facture"),
    (Kind.FR_TAX, "30 23 217 600 053", "Numéro fiscal : {}"),
    (Kind.PHONE, "01 99 00 12 34", "mon numéro : {}"),
    (Kind.PHONE, "06.39.98.01.23", "{} le soir"),
    (Kind.PHONE, "0639980123", "joignable au {}"),
    (Kind.PHONE, "+33 6 39 98 01 23", "tél. {}"),
    (Kind.PHONE, "+33 (0)6 39 98 01 23", "tél. {}"),
    (Kind.PHONE, "0033639980123", "téléphone {}"),
    (Kind.PHONE, "+44 20 7946 0958", "London {}"),
    (Kind.PHONE, "020 7946 0958", "Phone: {}"),
    (Kind.PHONE, "(212) 555-0123", "Jane {}"),
    (Kind.PHONE, "212-555-0123", "Jane {} x12"),
    (Kind.PHONE, "+1 212 555 0123", "Jane {}"),
    (Kind.EMAIL, "jane.doe+news@mail.example.com", "Écrivez à {}."),
    (Kind.EMAIL, "o'brien@example.com", "<{}>"),
    (Kind.EMAIL, "élodie@exemple.fr", "à {}, merci"),
    (Kind.EMAIL, "用户@例子.广告", "写给 {} 谢谢"),
    (Kind.EMAIL, "jane@example.com", "https://example.org/u?mail={}&x=1"),
    (Kind.IP, "192.0.2.146", "depuis {}"),
    (Kind.IP, "10.0.0.1", "adresse IP {}:8080"),
    (Kind.IP, "192.0.2.146", "depuis {}/24"),
    (Kind.IP, "2001:db8:85a3::8a2e:370:7334", "host {} up"),
    (Kind.IMEI, "490154203237518", "IMEI {}"),
    (Kind.BE_NATIONAL, "85.07.30-033.28", "numéro {}"),
    (Kind.BR_CPF, "111.444.777-35", "cadastro {}"),
    (Kind.CH_AHV, "756.9217.0769.85", "numéro {}"),
    (Kind.DE_TAX, "36574261809", "Steuer-ID: {}"),
    (Kind.ES_DNI, "12345678Z", "DNI {}"),
    (Kind.ES_DNI, "X1234567L", "NIE {}"),
    (Kind.FI_HETU, "131052-308T", "henkilötunnus {}"),
    (Kind.GB_NHS, "943 476 5919", "NHS number {}"),
    (Kind.GB_NINO, "AB 12 34 56 C", "National Insurance number: {}"),
    (Kind.IT_CODICE_FISCALE, "RSSMRA85T10A562S", "codice {}"),
    (Kind.NL_BSN, "111222333", "BSN: {}"),
    (Kind.NO_FODSELSNUMMER, "15108695088", "Fødselsnummer: {}"),
    (Kind.PL_PESEL, "44051401359", "PESEL {}"),
    (Kind.PT_NIF, "501964843", "NIF {}"),
    (Kind.RO_CNP, "1630615123457", "CNP {}"),
    (Kind.SE_PERSONNUMMER, "811228-9874", "Personnummer {}"),
    (Kind.US_SSN, "536-90-4399", "SSN: {}"),
]

FALSE = [
    (Kind.NIR, "NIR 2 55 08 14 168 025 39"),
    (Kind.NIR, "1 85 05 2C 004 023 28"),
    (Kind.NIR, "2 55 15 14 168 025 31"),
    (Kind.IBAN, "IBAN FR15 2004 1010 0505 0001 3M02 606"),
    (Kind.IBAN, "IBAN FR14 2004 1010 0505 0001 3M02 6067"),
    (Kind.IBAN, "QQ14 2004 1010 0505 0001 3M02 606"),
    (Kind.IBAN, "https://example.com/FR1420041010050500013M02606"),
    (Kind.CARD, "Carte 4111 1111 1111 1112"),
    (Kind.CARD, "Carte 0000 0000 0000 0000"),
    (Kind.CARD, "commande n° 4111111111111111"),
    (Kind.CARD, "id 14111111111111111"),
    (Kind.CARD, "https://example.com/pay/4111111111111111"),
    (Kind.CARD, "1000 4111 1111 1111 1111 2000"),
    (Kind.CARD, "9f4111111111111111ab"),
    (Kind.CARD, "AbC/4111111111111111+de"),
    (Kind.SIREN, "732829320"),
    (Kind.SIREN, "SIREN 732829321"),
    (Kind.SIRET, "20240102200001"),
    (Kind.SIRET, "SIRET 73282932000075"),
    (Kind.FR_VAT, "TVA FR41303265045"),
    (Kind.PHONE, "commande n° 0639980123"),
    (Kind.PHONE, "le 01/02/2003 04:05"),
    (Kind.PHONE, "https://example.com/0639980123"),
    (Kind.PHONE, "01 02 03 04 05 06 07"),
    (Kind.PHONE, "montant 1 234 567,89 €"),
    (Kind.PHONE, "+12 345 €"),
    (Kind.PHONE, "Fax 2001-10-12"),
    (Kind.EMAIL, "<20020822123456.A12345@mail.example.com>"),
    (Kind.EMAIL, "cid:image001@example.com"),
    (Kind.EMAIL, "logo@2x.png"),
    (Kind.EMAIL, "a@b"),
    (Kind.EMAIL, "@example.com"),
    (Kind.EMAIL, "ssh://git@example.com/x"),
    (Kind.IP, "version 10.12.110.3"),
    (Kind.IP, "v3.11.13.4"),
    (Kind.IP, "section 1.2.3.4"),
    (Kind.IP, "1.2.3.4.5.6"),
    (Kind.IP, "masque 255.255.255.0"),
    (Kind.IP, "host 127.0.0.1"),
    (Kind.IP, "300.1.2.3"),
    (Kind.IP, "à 12:30:45"),
    (Kind.IP, "std::vector::a"),
    (Kind.IP, "mac 00:00:5e:00:53:01"),
    (Kind.BIC, "swift: REPORTED"),
    (Kind.GB_NINO, "AB 12 34 56 C"),
    (Kind.US_SSN, "SSN: 000-90-4399"),
    (Kind.ES_DNI, "DNI 12345678A"),
    (Kind.IT_CODICE_FISCALE, "RSSMRA85T10A562T"),
]


@pytest.mark.parametrize(("kind", "value", "frame"), TRUE)
def test_an_identifier_is_found_exactly(kind, value, frame):
    text = frame.format(value)
    start = text.index(value)

    found = [(f.kind, f.start, f.end) for f in detect(text)]

    assert (kind, start, start + len(value)) in found


@pytest.mark.parametrize(("kind", "text"), FALSE)
def test_what_only_looks_like_it_is_not_found(kind, text):
    assert counts(detect(text)).get(kind, 0) == 0


def test_prose_with_numbers_holds_nothing():
    text = (
        "Réunion le 14/05/2024 à 10 h 30, salle 204. Budget : 1 937 453,87 € (+12,5 %). Commande n° 20240514-0098-77,"
        " colis 6A12345678901. Commit 9fceb02d0ae598e95dc970b74767f19372d61af8. Version 10.15.7.1, ISBN 978-2-07-036822-8."
    )

    assert detect(text) == ()


def test_a_word_beside_it_makes_a_number_surer():
    (bare,) = detect("4111111111111111")
    (named,) = detect("carte 4111111111111111")

    assert (bare.confidence, named.confidence) == (Confidence.MEDIUM, Confidence.HIGH)
    assert Evidence.CONTEXT_WORD in named.why


def test_the_nearest_word_counts():
    found = detect("Pour la commande 12, débitez la carte 4111111111111111")

    assert [(f.kind, f.confidence) for f in found] == [(Kind.CARD, Confidence.HIGH)]


def test_a_right_rib_key_is_evidence():
    (right,) = detect("FR14 2004 1010 0505 0001 3M02 606")
    (other,) = detect("FR84 2004 1010 0505 0001 3M02 607")

    assert Evidence.NATIONAL_KEY in right.why
    assert Evidence.NATIONAL_KEY not in other.why


def test_only_the_kinds_asked_for_are_found():
    text = "jane@example.com, carte 4111 1111 1111 1111"

    assert counts(detect(text, kinds=frozenset((Kind.EMAIL,)))) == {Kind.EMAIL: 1}


def test_one_place_is_one_kind():
    text = "0639980123@example.com"

    assert [f.kind for f in detect(text)] == [Kind.EMAIL]


def test_elided_articles_are_no_part_of_an_address():
    text = "l'adresse d'alice@example.com"

    (finding,) = detect(text)

    assert text[finding.start : finding.end] == "alice@example.com"

"""Sums and plans against vectors from the documents that define them."""

import pytest

from muniment.pii import bank, cards, french, network, phones
from muniment.pii.checks import letters_as_numbers, luhn, mod_11_10, plausible_day

# Examples of the SWIFT IBAN registry.
REGISTRY = """
AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678 BH67BMAG00001299123456
BR1800360305000010009795493C1 CH9300762011623852957 CR05015202001026284066 CY17002001280000001200527600
CZ6508000000192000145399 DE89370400440532013000 DK5000400440116243 DO28BAGR00000001212453611324 EE382200221020145685
ES9121000418450200051332 FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606 GB29NWBK60161331926819
GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695
GT82TRAJ01020000001210029690 HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678
IL620108000000099999999 IS140159260076545510730339 IT60X0542811101000000123456 JO94CBJO0010000000000131000302
KW81CBKU0000000000001234560101 KZ86125KZT5004100100 LB62099900000001001901229114 LI21088100002324013AA
LT121000011101001000 LU280019400644750000 LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168
ME25505000012345678951 MK07250120000058984 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S
MU17BOMM0101101030300200000MUR NL91ABNA0417164300 NO9386011117947 PK36SCBL0000001123456702
PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154 QA58DOHB00001234567890ABCDEFG
RO49AAAA1B31007593840000 RS35260005601001611379 SA0380000000608010167519 SE4550000000058398257466 SI56263300012039086
SK3112000000198742637541 SM86U0322509800000000270100 TN5910006035183598478831 TR330006100519786457841326
UA213223130000026007233566001 VA59001123000012345678 VG96VPVG0000012345678901 XK051212012345678906
""".split()


@pytest.mark.parametrize("number", REGISTRY)
def test_the_registry_s_examples_are_ibans(number):
    assert bank.is_iban(number)


@pytest.mark.parametrize("number", REGISTRY)
def test_two_neighbours_changed_places_are_none(number):
    at = next(at for at in range(len(number) - 2, 3, -1) if number[at] != number[at + 1])

    assert not bank.is_iban(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


def test_a_rib_key_is_computed_over_letters_too():
    assert bank.rib_key_is_right("20041010050500013M02606")
    assert not bank.rib_key_is_right("20041010050500013M02607")


@pytest.mark.parametrize(
    "number",
    "378282246310005 5105105105105100 4111111111111111 6011000990139424 3566002020360505 2223003122003222".split(),
)
def test_the_schemes_sandbox_numbers_are_cards(number):
    assert cards.card(number.encode())
    assert not cards.card((number[:-1] + str((int(number[-1]) + 1) % 10)).encode())


def test_an_unissued_range_is_no_card():
    assert luhn("9111111111111111"[:-1] + "4") is luhn("9111111111111114")
    assert cards.card(b"1234567890123452") is None


@pytest.mark.parametrize("number", ["255081416802538", "185052A00402359", "185052B03302389", "185059741102302"])
def test_nir_keys(number):
    assert french.nir(number.encode())
    assert french.nir(number[:-2].encode() + b"%02d" % (int(number[-2:]) % 97 + 1)) is None


def test_la_poste_has_a_sum_of_its_own():
    assert french.is_siret("35600000000048")  # the seat: Luhn's
    assert french.is_siret("35600000049837")  # another: divisible by five
    assert not french.is_siret("35600000049838")
    assert not french.is_siret("73282932000075")


@pytest.mark.parametrize("number", ["FR40303265045", "FR23334175221", "FRK7399859412", "FR4Z123456782"])
def test_french_vat_keys(number):
    assert french.vat(number.encode())


def test_iso_7064():
    assert mod_11_10("36574261809")
    assert not mod_11_10("36574261890")
    assert letters_as_numbers("A1Z") == "10135"


@pytest.mark.parametrize(
    ("day", "month", "right"), [(29, 2, True), (30, 2, False), (31, 4, False), (1, 13, False), (0, 1, False)]
)
def test_days(day, month, right):
    assert plausible_day(day, month) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [
        (b"+33639980123", True),
        (b"+3363998012", False),
        (b"+12125550123", True),
        (b"+11125550123", False),
        (b"+999123456789", False),
    ],
)
def test_international_numbers_have_their_country_s_length(number, right):
    assert bool(phones.international(number)) is right


def test_addresses_keep_to_the_limits_of_smtp():
    assert network.email(b"a" * 64 + b"@example.com")
    assert network.email(b"a" * 65 + b"@example.com") is None
    assert network.email(b"a@" + b"b" * 64 + b".com") is None

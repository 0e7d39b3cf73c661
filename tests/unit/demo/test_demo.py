"""The demonstration mailbox is what its story makes, and nobody real is in it."""

import email
import email.policy
import io
import ipaddress
import json
import mailbox
import re
import subprocess
import sys
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from demo import build, sources
from demo.people import PEOPLE
from muniment.query.parser import parse

ROOT = build.ROOT
MAX_BYTES = 3 * 1024 * 1024 // 2
# RFC 2606 and RFC 6761: nobody can own these.
RESERVED = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|example)$")
# ARCEP decision 2018-0881 and Ofcom's numbers for drama.
FICTITIOUS_PHONE = re.compile(
    r"(?:0|\+33 )(?:1 99 00|2 61 91|3 53 01|4 65 71|5 36 49|6 39 98)(?: \d\d){2}"
    r"|01 99 00(?: \d\d){2}|02 61 91(?: \d\d){2}|06 39 98(?: \d\d){2}|01632 960 \d{3}|07700 900 \d{3}"
)
PHONE = re.compile(r"(?<![\d ])(?:\+33 [1-9](?: \d\d){4}|0[1-9](?: \d\d){4}|0\d{4} \d{3} ?\d{3})(?! ?\d)")
# The specimens of public documentation: ECBS and SWIFT registry for IBAN, the specimen cards for NIR.
SPECIMEN_IBANS = {
    "FR1420041010050500013M02606",
    "FR7630006000011234567890189",
    "DE89370400440532013000",
    "GB82WEST12345698765432",
}
SPECIMEN_NIRS = {"269054958815780", "255081416802538"}
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){4,7}(?: [A-Z0-9]{1,3})?\b")
NIR = re.compile(r"\b[12] \d\d \d\d \d\d \d{3} \d{3} \d\d\b|\b[12]\d{14}\b")
CARD = re.compile(r"(?<!\d\d )\b\d{4} \d{4} \d{4} \d{4}\b")
DOCUMENTATION_NETWORKS = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return build.made_files()


@pytest.fixture(scope="module")
def story_text() -> str:
    paths = [*sorted((ROOT / "story").glob("*.py")), ROOT / "people.py", ROOT / "deliveries.py", ROOT / "sources.toml"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.fixture(scope="module")
def boxes() -> dict[str, list[bytes]]:
    """Every message of every mailbox, read back by the standard library's readers."""
    box = ROOT / "mailbox"
    with zipfile.ZipFile(box / "nadia-benhaddou.zip") as archive:
        nadia = [archive.read(name) for name in archive.namelist()]
    return {
        "claire": [path.read_bytes() for path in (box / "claire-maubert").rglob("*.store*")],
        "julien": _mbox(box / "julien-kerbrat" / "inbox.mbox") + _mbox(box / "julien-kerbrat" / "sent.mbox"),
        "hannah": _mbox(box / "hannah-okoro" / "all-mail.mbox"),
        "contact": _mbox(box / "customer-service" / "contact.mbox"),
        "nadia": nadia,
        "thomas": [path.read_bytes() for path in (box / "thomas-vasseur").rglob("*.eml")],
        "gateway": [path.read_bytes() for path in sorted((box / "gateway").glob("*.eml"))],
    }


def test_the_committed_files_are_what_the_story_makes(files):
    assert build.written_files() == files


def test_another_process_makes_the_same_bytes():
    checked = subprocess.run(
        [sys.executable, "-m", "demo.build", "--check"], cwd=ROOT.parent, capture_output=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, b"")


def test_the_demonstration_stays_small(files):
    assert sum(map(len, files.values())) < MAX_BYTES


def test_the_mailboxes_hold_as_many_messages_as_the_story_tells(boxes):
    counts = {name: len(found) for name, found in boxes.items()}

    assert counts == {"claire": 88, "julien": 80, "hannah": 72, "contact": 59, "nadia": 46, "thomas": 41, "gateway": 29}


def test_every_letter_lies_in_at_least_one_mailbox(boxes):
    held = {_message_id(raw) for name in boxes for raw in boxes[name]}

    assert {sources.mime.message_id(item) for item in sources.LETTERS} <= held


def test_letters_have_keys_and_message_ids_of_their_own():
    ids = {sources.mime.message_id(item) for item in sources.LETTERS}

    assert (len(sources.LETTERS), len(sources.BOOK), len(ids)) == (193, 193, 193)


def test_copies_are_one_message_but_for_what_the_dock_list_adds(boxes):
    raws = [raw for name in boxes if name != "gateway" for raw in boxes[name]]
    own_beside_list = [item for item in sources.LETTERS if item.listed and item.by in ("julien", "hannah", "priya")]

    assert (len(own_beside_list), len({_without_trace(raw) for raw in raws})) == (7, 193 + 7)


def test_letters_parse_without_defects_and_without_replacement_characters(boxes):
    raws = [raw for name in boxes if name != "gateway" for raw in boxes[name]]
    parts = [part for raw in raws for part in email.message_from_bytes(raw, policy=email.policy.default).walk()]

    assert [part.defects for part in parts if part.defects] == []
    assert [part for part in parts if part.get_content_maintype() == "text" and "\ufffd" in part.get_content()] == []


def test_only_the_senders_own_copy_names_blind_recipients(boxes):
    blind = [raw for name in boxes for raw in boxes[name] if b"\nBcc: " in raw.replace(b"\r\n", b"\n")]

    assert {(_message_id(raw), b"\nReceived: " in raw) for raw in blind} == {
        (sources.mime.message_id(item), False) for item in sources.LETTERS if item.bcc
    }


def test_a_blind_recipient_has_a_copy_without_being_named(boxes):
    wanted = sources.mime.message_id(sources.BOOK["prices-08"])
    (copy,) = [raw for raw in boxes["claire"] if _message_id(raw) == wanted]

    assert (b"Delivered-To: claire.maubert@" in copy, b"Bcc:" in copy) == (True, False)


def test_two_messages_share_a_message_id_and_differ(boxes):
    pair = [raw for raw in boxes["gateway"] if _message_id(raw) == "<dues-2024-10@harbour-board.example>"]

    assert (len(pair), pair[0] != pair[1]) == (2, True)


def test_all_domains_are_reserved(boxes, story_text):
    unbroken = [re.sub(rb"=\r?\n", b"", raw) for name in boxes for raw in boxes[name]]
    texts = [story_text, *(raw.decode("latin-1") for raw in unbroken)]
    domains = {
        found
        for text in texts
        for found in re.findall(r"(?:[\w.+-]@|https?://)([A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])", text)
    }
    base64_noise = {found for found in domains if "." not in found}

    assert sorted(found for found in domains - base64_noise if not RESERVED.search(found)) == []


def test_every_person_has_a_reserved_domain():
    assert all(
        RESERVED.search(address.rpartition("@")[2]) for person in PEOPLE.values() for address in person.addresses()
    )


def test_all_phone_numbers_are_fictitious(story_text):
    found = set(PHONE.findall(story_text))

    assert len(found) > 15
    assert sorted(number for number in found if not FICTITIOUS_PHONE.fullmatch(number)) == []


def test_all_ibans_are_documented_specimens_with_a_right_check(story_text):
    found = {number.replace(" ", "") for number in IBAN.findall(story_text)}

    assert found == SPECIMEN_IBANS
    assert {number: _iban_rest(number) for number in found} == dict.fromkeys(found, 1)


def test_all_nirs_are_documented_specimens_with_a_right_key(story_text):
    found = {number.replace(" ", "") for number in NIR.findall(story_text)}

    assert found == SPECIMEN_NIRS
    assert {number: 97 - int(number[:13]) % 97 for number in found} == {number: int(number[13:]) for number in found}


def test_the_only_card_is_the_test_card(story_text):
    assert set(CARD.findall(story_text)) == {"4111 1111 1111 1111"}


def test_all_network_addresses_are_for_documentation(boxes):
    raws = [raw for name in boxes for raw in boxes[name]]
    found = {ipaddress.ip_address(ip.decode()) for raw in raws for ip in re.findall(rb"\[(\d+\.\d+\.\d+\.\d+)\]", raw)}

    assert found
    assert [ip for ip in found if not any(ip in network for network in DOCUMENTATION_NETWORKS)] == []


def test_sources_name_every_mailbox_and_every_delivery(files):
    listed = tomllib.loads((ROOT / "sources.toml").read_text(encoding="utf-8"))
    imported = {row["path"] for row in listed["import"]}

    assert {"/".join(name.split("/")[:2]) for name in files if name.startswith("mailbox/")} == imported
    assert {name for name in files if name.startswith("smtp/")} == {row["path"] for row in listed["smtp"]}


def test_sources_give_custodians_that_the_story_knows():
    listed = tomllib.loads((ROOT / "sources.toml").read_text(encoding="utf-8"))
    known = {address for person in PEOPLE.values() for address in person.addresses()}

    assert {row["custodian"] for row in listed["import"]} - {""} <= known


def test_the_blind_copy_is_named_by_its_envelope_only(files):
    listed = tomllib.loads((ROOT / "sources.toml").read_text(encoding="utf-8"))
    raw = files["smtp/blind-copy.eml"].decode("utf-8")

    assert [to for to in listed["smtp"][0]["recipients"] if to not in raw] == [
        "claire.maubert@meridian-freight.example",
        "loic.danielou@meridian-freight.example",
    ]


def test_the_journal_report_encloses_the_original(files):
    report = email.message_from_bytes(files["smtp/journal-report.eml"], policy=email.policy.default)
    envelope, original = report.iter_parts()

    assert "Bcc: g.thiriet@thiriet-associes.example" in envelope.get_content()
    assert original.get_content()["To"] == "Tous <tous@meridian-freight.example>"


def test_attached_archives_and_documents_open_as_zip(boxes):
    wanted = (".docx", ".xlsx", ".pptx", ".odt", ".zip")
    attached = {
        part.get_filename(): part.get_payload(decode=True)
        for name in boxes
        if name != "gateway"
        for raw in boxes[name]
        for part in email.message_from_bytes(raw, policy=email.policy.default).walk()
        if (part.get_filename() or "").endswith(wanted)
    }
    locked = {name for name, content in attached.items() if _first_entry(content).flag_bits & 1}

    assert (len({Path(name).suffix for name in attached}), locked) == (len(wanted), {"winter.zip"})


def test_the_suggested_searches_are_queries():
    searches = json.loads((ROOT / "searches.json").read_text(encoding="utf-8"))

    assert len(searches) >= 12
    assert all(parse(row["query"], today=date(2025, 4, 1)) and row["note"] for row in searches)


def test_the_manual_lists_the_same_searches():
    manual = (ROOT.parent / "docs" / "demo.md").read_text(encoding="utf-8")
    searches = json.loads((ROOT / "searches.json").read_text(encoding="utf-8"))

    assert [row for row in searches if f"| `{row['query']}` | {row['note']} |" not in manual] == []


def _mbox(path: Path) -> list[bytes]:
    box = mailbox.mbox(path, create=False)
    return [re.sub(rb"^>(>*From )", rb"\1", box.get_bytes(key), flags=re.MULTILINE) for key in box.iterkeys()]


def _message_id(raw: bytes) -> str:
    return (re.search(rb"^Message-ID: (\S+)", raw, re.MULTILINE | re.IGNORECASE) or [b"", b""])[1].decode()


def _without_trace(raw: bytes) -> bytes:
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    trace = rb"^(?:Return-Path|Delivered-To|Received|Bcc):.*\n(?:[ \t].*\n)*"
    return re.sub(trace, b"", head + b"\n", flags=re.MULTILINE) + body


def _iban_rest(number: str) -> int:
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97


def _first_entry(content: bytes) -> zipfile.ZipInfo:
    return zipfile.ZipFile(io.BytesIO(content)).infolist()[0]

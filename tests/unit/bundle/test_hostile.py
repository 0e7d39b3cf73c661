"""Bundles made to hurt: bombs, names that lead out, overlaps, links, huge numbers. Bounded, and named."""

import io
import random
import stat
import struct
import time
import zipfile

import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from muniment.bundle.archive_file import Place, StoredZip
from muniment.verify.container import THE_ZIP
from tests.unit.bundle.builders import bundle, consistent, files_of, raw, verify, zipped

SOUND, _ = bundle([[raw(1)], [raw(2)]])
FILES = files_of(SOUND)


def whats(report, name):
    return " ".join(finding.what for finding in report.findings if finding.file == name)


def foreign(*, compression=zipfile.ZIP_STORED, links=(), extra=()):
    """Return the files as another program zips them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in [*FILES.items(), *extra]:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = compression
            info.external_attr = (stat.S_IFLNK | 0o777 if name in links else stat.S_IFREG | 0o644) << 16
            made.writestr(info, content)
    return out.getvalue()


def test_a_compressed_bomb_is_named_and_not_unpacked():
    bomb = foreign(compression=zipfile.ZIP_DEFLATED, extra=[("messages/000003.eml", bytes(200_000_000))])

    started = time.process_time()
    report = verify(bomb)

    assert "compressed" in whats(report, "messages/000003.eml")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "messages/../x.eml",
        "C:\\x",
        "messages\\000001.eml",
        "messages/000001.eml/",
        "",
    ],
)
def test_a_name_that_leads_out_is_named(name):
    report = verify(zipped(consistent(FILES | {name: b"x"})))

    assert "do not unpack it" in whats(report, name)


def test_a_name_that_is_there_twice_is_named():
    report = verify(zipped([*FILES.items(), ("messages/000001.eml", raw(9))]))

    assert "twice" in whats(report, "messages/000001.eml")


def test_a_symbolic_link_is_named():
    report = verify(foreign(links={"messages/000001.eml"}))

    assert "a link" in whats(report, "messages/000001.eml")


def test_an_entry_that_lies_over_another_is_not_read():
    at = SOUND.rindex(b"PK\1\2", 0, SOUND.rindex(b"PK\1\2"))
    over = SOUND[: at + 42] + struct.pack("<L", 0) + SOUND[at + 46 :]

    report = verify(over)

    assert any("lie over" in finding.what for finding in report.findings)


def test_a_hundred_thousand_entries_over_one_file_cost_little():
    out, directory = io.BytesIO(), io.BytesIO()
    made = StoredZip(out, directory)
    made.add("messages/000001.eml", bytes(50_000_000))
    entry = directory.getvalue()
    count = 100_000
    directory.write(b"".join(entry.replace(b"000001", f"{number:06}".encode()) for number in range(2, count + 2)))
    made.place = Place(files=count + 1, offset=made.place.offset, directory_bytes=len(entry) * (count + 1))
    made.finish()

    started = time.process_time()
    report = verify(out.getvalue())

    assert report.findings_left_out > 0
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", b"[" * 1_000_000),
        ("manifest.json", b'{"n":' + b"9" * 1_000_000 + b"}"),
        ("manifest.json", b"null"),
        ("manifest.json", b"\xff\xfe"),
        ("manifest.json", bytes(17 * 1024 * 1024)),
        ("items.jsonl", b"{" * 3_000_000),
        ("items.jsonl", b"\n" * 100_000),
        ("items.jsonl", b"[" * 1_000_000 + b"\n"),
        ("exceptions.jsonl", b"{}\n"),
        ("SHA256SUMS", b"\n" * 100_000),
        ("SHA256SUMS", b"\xff  \n"),
    ],
)
def test_content_that_is_no_bundles_is_named(name, content):
    files = FILES | {name: content}

    report = verify(zipped(files if name == "SHA256SUMS" else consistent(files)))

    assert name in {finding.file for finding in report.findings}


@pytest.mark.parametrize(
    "patch",
    [
        (10, struct.pack("<H", 0xFFFF)),
        (10, struct.pack("<H", 60_000)),
        (12, struct.pack("<L", 0xFFFFFFFF)),
        (16, struct.pack("<L", 0xFFFFFFF0)),
        (20, struct.pack("<H", 5)),
    ],
)
def test_an_end_record_with_huge_numbers_is_named_and_the_files_are_still_read(patch):
    at, data = patch
    end = len(SOUND) - 22
    changed = SOUND[: end + at] + data + SOUND[end + at + len(data) :]

    report = verify(changed)

    assert {finding.file for finding in report.findings} == {THE_ZIP}
    assert report.proved.sealed == 2


def test_a_line_with_very_many_sightings_is_not_followed():
    first, rest = FILES["items.jsonl"].split(b"\n", 1)
    start = first.index(b'"sightings":[') + len(b'"sightings":[')
    end = first.index(b'],"sightings_left_out"')
    many = first[:start] + b",".join([first[start:end]] * 1_001) + first[end:]

    report = verify(zipped(consistent(FILES | {"items.jsonl": many + b"\n" + rest})))

    assert "1001 sightings: not checked" in whats(report, "items.jsonl")


@settings(max_examples=300, deadline=None)
@each(st.binary(max_size=2_000))
def test_any_bytes_give_a_report(data):
    assert not verify(data).sound


@settings(max_examples=200, deadline=None)
@each(st.randoms(use_true_random=False), st.integers(1, 200))
def test_a_bundle_with_many_bytes_changed_gives_a_report(chooser: random.Random, changes):
    data = bytearray(SOUND)
    for _ in range(changes):
        data[chooser.randrange(len(data))] ^= chooser.randrange(1, 256)

    assert verify(bytes(data)).sound == (data == SOUND)


@settings(max_examples=200, deadline=None)
@each(st.sampled_from(["manifest.json", "items.jsonl", "exceptions.jsonl", "SHA256SUMS"]), st.binary(max_size=500))
def test_any_content_of_a_file_gives_a_report(name, content):
    assert not verify(zipped(FILES | {name: content + b"\n"})).sound

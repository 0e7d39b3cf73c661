import os
import tarfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.mail.mailboxes.model import Item, Limits, MailFormat, Refusal, import_key
from muniment.mail.mailboxes.reader import read_mail
from tests.unit.mailboxes.writers import FROM_LINE, PACKERS, mbox, message, tar_of, zip_of

NOT_MAIL = (
    "It is not a mail message: it does not begin with header fields. "
    "If it is one all the same, import it with --format eml."
)


def put(folder, files):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(path, mail_format=MailFormat.AUTO, **limits):
    found = list(read_mail(path, mail_format=mail_format, limits=Limits(**limits)))
    items = {item.name: item.raw for item in found if isinstance(item, Item)}
    refusals = {refusal.name: refusal.reason for refusal in found if isinstance(refusal, Refusal)}
    assert len(items) + len(refusals) == len(found)
    return items, refusals


def keys(path):
    return {import_key(source="s", custodian="", item=found) for found in read_mail(path) if isinstance(found, Item)}


def test_a_folder_yields_mail_of_every_kind_and_refuses_the_rest(tmp_path):
    put(
        tmp_path,
        {
            "a/1.eml": message(1),
            "a/12.": message(2),
            "all.mbox": mbox([message(3), message(4)]),
            "notes.txt": b"shopping list\n",
            ".hidden": b"x",
            "SOURCE.md": b"# where it comes from\n",
            "empty.eml": b"",
            "old.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
            "big.pst": b"!BDN" + bytes(500),
        },
    )

    items, refusals = read(tmp_path)

    assert items == {
        "a/1.eml": message(1),
        "a/12.": message(2),
        "all.mbox#1": message(3),
        "all.mbox#2": message(4),
    }
    assert refusals == {
        "notes.txt": NOT_MAIL,
        ".hidden": NOT_MAIL,
        "SOURCE.md": NOT_MAIL,
        "empty.eml": "It is empty.",
        "old.msg": "Outlook .msg files and other compound documents are not read by this version of Muniment; "
        "convert it to EML or mbox.",
        "big.pst": "Outlook .pst and .ost files are not read by this version of Muniment; convert it to EML or mbox.",
    }


def test_an_eml_file_of_any_content_is_one_message(tmp_path):
    data = FROM_LINE + b"\x00\xff not mail \r\n"
    put(tmp_path, {"odd.eml": data})

    assert read(tmp_path / "odd.eml") == ({"odd.eml": data}, {})


def test_a_message_saved_with_its_from_line_loses_that_line_only(tmp_path):
    raw = message(1, b">>From him\n>From me\n\n")
    put(tmp_path, {"0001.txt": FROM_LINE + raw})

    assert read(tmp_path) == ({"0001.txt": raw}, {})


def test_a_file_among_mail_of_its_suffix_is_mail(tmp_path):
    put(tmp_path, {"1.raw": message(1), "2.raw": message(2), "3.raw": b"garbage first\n", "x.json": b"{}"})

    assert read(tmp_path) == (
        {"1.raw": message(1), "2.raw": message(2), "3.raw": b"garbage first\n"},
        {"x.json": NOT_MAIL},
    )


def test_format_eml_takes_every_file(tmp_path):
    put(tmp_path, {"notes": b"shopping list\n"})

    assert read(tmp_path, MailFormat.EML) == ({"notes": b"shopping list\n"}, {})


def test_a_maildir_keeps_its_keys_when_flags_change_and_mail_is_read(tmp_path):
    name = "1220863042.12663_1.host"
    put(tmp_path, {f"new/{name}": message(1), f"cur/9{name}:2,": message(2), f".Sent/new/{name}": message(3)})
    put(tmp_path, {".Sent/cur/x": message(4), "tmp/half": b"Fro"})
    before = keys(tmp_path)
    (tmp_path / "new" / name).rename(tmp_path / "cur" / f"{name}:2,FS")
    (tmp_path / f"cur/9{name}:2,").rename(tmp_path / f"cur/9{name}:2,RS")

    after = keys(tmp_path)

    assert len(before) == 4
    assert after == before
    assert read(tmp_path)[1] == {"tmp/half": "It lies in a Maildir's tmp folder: its delivery was never finished."}


def test_an_mh_folder_is_read_by_its_numbers(tmp_path):
    put(tmp_path, {"inbox/1": message(1), "inbox/2": b"odd\n", "inbox/.mh_sequences": b"unseen: 1\n"})

    assert read(tmp_path, MailFormat.MH) == (
        {"inbox/1": message(1), "inbox/2": b"odd\n"},
        {"inbox/.mh_sequences": NOT_MAIL},
    )


def test_links_are_not_followed(tmp_path):
    outside = put(tmp_path / "outside", {"1.eml": message(1)})
    inside = put(tmp_path / "inside", {"2.eml": message(2)})
    (inside / "link").symlink_to(outside)
    (inside / "loop").symlink_to(inside)

    items, refusals = read(inside)

    assert items == {"2.eml": message(2)}
    assert set(refusals) == {"link", "loop"}


def test_what_is_no_plain_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    assert read(tmp_path) == ({}, {"pipe": "It is not a plain file."})


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file_is_refused_and_the_rest_goes_on(tmp_path):
    put(tmp_path, {"1.eml": message(1), "2.eml": message(2)})
    (tmp_path / "1.eml").chmod(0)

    assert read(tmp_path) == ({"2.eml": message(2)}, {"1.eml": "It cannot be read: Permission denied."})


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert read(tmp_path / "none") == ({}, {"none": "It cannot be read: No such file or directory."})


FILES = {"in/1.eml": message(1), "in/all.mbox": mbox([message(2), message(3)]), "in/x.bin": b"\x01\x02"}
EXPECTED = {"in/1.eml": message(1), "in/all.mbox#1": message(2), "in/all.mbox#2": message(3)}


@pytest.mark.parametrize("packing", PACKERS)
def test_a_packed_tar_is_read_as_a_stream(tmp_path, packing):
    (tmp_path / "m").write_bytes(PACKERS[packing](tar_of(FILES)))

    items, refusals = read(tmp_path / "m")

    assert items == {f"m/{name}": raw for name, raw in EXPECTED.items()}
    assert refusals == {"m/in/x.bin": NOT_MAIL}


@pytest.mark.parametrize("tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_every_tar_format_are_kept(tmp_path, tar_format):
    name = "/".join(["folder" * 5] * 6) + "/é.eml" if tar_format != tarfile.USTAR_FORMAT else "a" * 90 + "/1.eml"
    (tmp_path / "m.tar").write_bytes(tar_of({name: message(1)}, format=tar_format))

    assert read(tmp_path / "m.tar") == ({f"m.tar/{name}": message(1)}, {})


@pytest.mark.parametrize("packing", PACKERS)
def test_a_packed_mbox_is_read(tmp_path, packing):
    (tmp_path / f"all.mbox.{packing}").write_bytes(PACKERS[packing](mbox([message(1)])))

    assert read(tmp_path)[0] == {f"all.mbox.{packing}/all.mbox#1": message(1)}


def test_archives_inside_archives_are_read_to_the_limit(tmp_path):
    inner = zip_of({"1.eml": message(1)})
    (tmp_path / "m.zip").write_bytes(zip_of({"a.tar": tar_of({"b.zip": inner}), "c.eml": message(2)}))

    assert read(tmp_path / "m.zip")[0] == {"m.zip/a.tar/b.zip/1.eml": message(1), "m.zip/c.eml": message(2)}
    assert read(tmp_path / "m.zip", nesting=2) == (
        {"m.zip/c.eml": message(2)},
        {"m.zip/a.tar/b.zip": "It is an archive inside 2 others; at most 2 are opened."},
    )


def test_unsafe_names_are_only_names(tmp_path):
    (tmp_path / "m.zip").write_bytes(zip_of({"../../etc/1.eml": message(1), "/root/\n2.eml": message(2)}))

    assert read(tmp_path / "m.zip")[0] == {"m.zip/../../etc/1.eml": message(1), "m.zip//root/\\n2.eml": message(2)}
    assert [path.name for path in tmp_path.iterdir()] == ["m.zip"]


@pytest.mark.parametrize("packing", PACKERS)
def test_a_bomb_is_stopped_and_what_came_before_is_kept(tmp_path, packing):
    bomb = tar_of({"1.eml": message(1), "2.eml": bytes(3_000_000)})
    (tmp_path / "bomb").write_bytes(PACKERS[packing](bomb))

    items, refusals = read(tmp_path / "bomb", unpack_floor_bytes=1_000_000, unpack_ratio=10)

    assert items == {"bomb/1.eml": message(1)}
    assert refusals == {
        "bomb": "It unpacks to more than 1,000,000 bytes, as a decompression bomb does. "
        "What came before is imported, nothing after it."
    }


def test_a_zip_of_too_many_files_is_refused(tmp_path):
    (tmp_path / "m.zip").write_bytes(zip_of({f"{number}.eml": message(number) for number in range(50)}))

    assert "its list of files has" in read(tmp_path / "m.zip", zip_directory_bytes=1000)[1]["m.zip"]
    assert "more than 10 files" in read(tmp_path / "m.zip", members=10)[1]["m.zip"]


def test_a_damaged_member_of_a_zip_is_refused_alone(tmp_path):
    data = bytearray(zip_of({"1.eml": message(1), "2.eml": message(2)}, compression=0))
    data[data.index(b"note 1")] ^= 1
    (tmp_path / "m.zip").write_bytes(data)

    items, refusals = read(tmp_path / "m.zip")

    assert items == {"m.zip/2.eml": message(2)}
    assert set(refusals) == {"m.zip/1.eml"}


def test_a_truncated_archive_is_refused_after_what_it_gave(tmp_path):
    whole = tar_of({"1.eml": message(1), "2.eml": message(2, b"x" * 5000)})
    (tmp_path / "m.tar").write_bytes(whole[:2000])
    (tmp_path / "m.zip").write_bytes(zip_of({"1.eml": message(1)})[:-10])
    (tmp_path / "m.tgz").write_bytes(PACKERS["gz"](os.urandom(1000) + whole)[:200])

    items, refusals = read(tmp_path)

    assert items == {"m.tar/1.eml": message(1)}
    assert set(refusals) == {"m.tar", "m.zip", "m.tgz"}


def test_a_message_over_the_limit_is_refused_with_its_size(tmp_path):
    put(tmp_path, {"1.eml": message(1, b"x" * 2000)})
    (tmp_path / "m.tar").write_bytes(tar_of({"2.eml": message(2, b"x" * 2000)}))

    items, refusals = read(tmp_path, message_bytes=1000)

    assert items == {}
    assert {name: reason.split(";")[1] for name, reason in refusals.items()} == {
        "1.eml": " the limit is 1,000.",
        "m.tar/2.eml": " the limit is 1,000.",
    }


def test_names_that_are_not_utf8_are_shown_and_told_apart(tmp_path):
    for name in (b"\xe9.eml", b"\xe8.eml"):
        (tmp_path / os.fsdecode(name)).write_bytes(message(1))

    assert sorted(read(tmp_path)[0]) == ["\\xe8.eml", "\\xe9.eml"]
    assert len(keys(tmp_path)) == 2


@pytest.mark.parametrize("mail_format", [MailFormat.MAILDIR, MailFormat.ZIP, MailFormat.TAR])
def test_a_folder_that_is_not_of_the_named_format_is_refused(tmp_path, mail_format):
    assert len(read(tmp_path, mail_format)[1]) == 1


starts = st.sampled_from(
    [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", FROM_LINE]
)
ends = st.sampled_from([b"", b"PK\x05\x06" + bytes(18)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(starts, st.binary(max_size=300), ends, st.sampled_from(MailFormat))
def test_random_files_are_read_without_error(tmp_path, start, middle, end, mail_format):
    (tmp_path / "file").write_bytes(start + middle + end)

    assert all(isinstance(found, Item | Refusal) for found in read_mail(tmp_path / "file", mail_format=mail_format))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([zip_of(FILES), tar_of(FILES), *(pack(tar_of(FILES)) for pack in PACKERS.values())]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_damaged_archives_are_read_without_error(tmp_path, archive, flips):
    data = bytearray(archive)
    for position, mask in flips:
        data[int(position * len(data))] ^= mask
    (tmp_path / "file").write_bytes(data)

    assert all(isinstance(found, Item | Refusal) for found in read_mail(tmp_path / "file"))

"""The hunter finds what is planted: a hunt that finds nothing proves something only if this holds."""

import base64
import gzip
import io
import sqlite3
import zipfile
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest
import zstandard

from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import MAIL, document
from tests.flow.erasure.hunting import hunt
from tests.flow.erasure.needles import bytes_needle, text_needle

WORD = "Zyxqwvögon"
LETTER = f"Dear all, the {WORD} is here.\r\n".encode()
NEEDLES = [text_needle("word", WORD)]


def zipped(content, *, finished=True):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("letter.eml", content)
    whole = out.getvalue()
    return whole if finished else whole[: whole.index(b"PK\x01\x02")]


PLANTED = {
    "as it is": LETTER,
    "in small letters": LETTER.lower(),
    "in capitals": f"X {WORD.upper()} X".encode(),
    "UTF-16": f"X {WORD} X".encode("utf-16"),
    "UTF-16 big-endian": f"X {WORD} X".encode("utf-16-be"),
    "backwards": f"X {WORD[::-1]} X".encode(),
    "hexadecimal": WORD.encode().hex().encode(),
    "its digest": b"key=" + sha256(WORD.encode()).hexdigest().encode(),
    "the bytes of its digest": b"\1\2" + sha256(WORD.encode()).digest(),
    "base64, at one place": base64.b64encode(LETTER),
    "base64, at another place": base64.b64encode(b"." + LETTER),
    "base64, at a third place": base64.b64encode(b".." + LETTER),
    "base64 in lines": base64.encodebytes(b"x" * 43 + LETTER),
    "in an address of a page": b"/search?q=Zyxqwv%C3%B6gon",
    "gzip": gzip.compress(LETTER),
    "gzip that was cut": gzip.compress(LETTER + bytes(range(256)) * 40)[:-20],
    "zlib after other bytes": b"\x80\x04pickle" + zlib.compress(LETTER),
    "zstd": zstandard.compress(LETTER),
    "zstd after other bytes": b"frame" + zstandard.compress(LETTER),
    "a ZIP": zipped(LETTER),
    "a ZIP that was never finished": zipped(LETTER, finished=False),
    "a ZIP in a ZIP": zipped(zipped(LETTER)),
}


@pytest.mark.parametrize("how", PLANTED)
def test_a_word_is_found_however_it_was_written(tmp_path, how):
    (tmp_path / "file").write_bytes(PLANTED[how])

    found = hunt(tmp_path, NEEDLES)

    assert {(find.path, find.needle) for find in found} == {("file", "word")}


def test_nothing_is_found_where_nothing_is(tmp_path):
    (tmp_path / "letter.gz").write_bytes(gzip.compress(b"Dear all, nothing is here.\r\n" * 100))
    (tmp_path / "bundle.zip").write_bytes(zipped(b"nothing here either" * 50))

    assert hunt(tmp_path, NEEDLES) == []


def test_the_place_is_told(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "web.log").write_bytes(b"0123456789" + WORD.encode())

    first = hunt(tmp_path, NEEDLES)[0]

    assert (first.path, first.read_as, first.offset, first.form) == ("logs/web.log", "file", 10, "as it is")


def test_the_name_of_a_file_is_looked_at(tmp_path):
    (tmp_path / f"{WORD}.pdf").write_bytes(b"")

    assert [find.read_as for find in hunt(tmp_path, NEEDLES)] == ["name", "name"]


def test_an_attachment_is_found_by_its_bytes_and_its_digest(tmp_path):
    content = bytes(range(256)) * 8
    (tmp_path / "raw").write_bytes(b"x" + content)
    (tmp_path / "mime").write_bytes(base64.encodebytes(content))
    (tmp_path / "digest").write_bytes(sha256(content).hexdigest().encode())

    assert {find.path for find in hunt(tmp_path, [bytes_needle("attachment", content)])} == {"raw", "mime", "digest"}


@pytest.mark.parametrize("state", ["live", "deleted without care"])
def test_a_row_is_found_in_a_database(tmp_path, state):
    with sqlite3.connect(tmp_path / "catalogue.sqlite3") as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("CREATE TABLE part (id INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO part (text) VALUES (?)", [("x" * 300,)] * 50 + [(LETTER.decode(),)])
        if state != "live":
            database.execute("DELETE FROM part WHERE id = 51")

    assert hunt(tmp_path, NEEDLES)


def test_a_value_that_lies_in_several_pages_is_found_where_the_pages_meet(tmp_path):
    path = tmp_path / "catalogue.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE part (id INTEGER PRIMARY KEY, text TEXT)")
        database.executemany(
            "INSERT INTO part (text) VALUES (?)", [("x" * at + WORD + "x" * 5_000,) for at in range(20_000, 20_020)]
        )

    assert "table part" in {find.read_as for find in hunt(tmp_path, NEEDLES)}


def test_a_row_is_found_that_is_only_in_the_write_ahead_log(tmp_path):
    database = sqlite3.connect(tmp_path / "catalogue.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE part (id INTEGER PRIMARY KEY, text TEXT)")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.execute("INSERT INTO part (text) VALUES (?)", (WORD,))

    found = {find.path for find in hunt(tmp_path, NEEDLES)}
    database.close()

    assert "catalogue.sqlite3-wal" in found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", f"the {WORD}"),
        ("body", f"the {WORD} " * 20),
        ("attachment_text", WORD),
        ("attachment_names", (f"{WORD}.pdf",)),
        ("from_", (f"x@{WORD.lower()}.example",)),
        ("access", (f"x@{WORD.lower()}.example",)),
        ("custodians", (f"x@{WORD.lower()}.example",)),
        ("sources", (f"{WORD} mail",)),
        ("rfc_message_id", f"<{WORD}@x.example>"),
    ],
)
@pytest.mark.parametrize("state", ["live", "deleted"])
def test_a_document_is_found_in_each_field_of_the_index_even_after_it_was_deleted(tmp_path, field, value, state):
    engine = TantivyEngine(tmp_path / "index")
    planted = document(99, **{field: value})
    engine.put([*MAIL, planted])
    if state == "deleted":
        engine.delete([planted.message_id])

    assert {find.needle for find in hunt(tmp_path, NEEDLES)} == {"word"}


def test_a_file_that_a_killed_writer_left_in_the_index_is_told_as_unread(tmp_path):
    TantivyEngine(tmp_path / "index").put(MAIL)
    generation = next(path for path in (tmp_path / "index").iterdir() if path.is_dir())
    (generation / f"{'0' * 32}.term").write_bytes(b"words of documents that nobody committed")

    assert [find.needle for find in hunt(tmp_path, NEEDLES)] == ["unread"]


def test_a_long_text_is_found_in_whichever_block_of_the_index_it_is(tmp_path):
    engine = TantivyEngine(tmp_path / "index")
    filling = [replace(MAIL[0], message_id=document(n).message_id, body=f"{n} " * 9_000) for n in range(10, 20)]
    engine.put([*filling, document(99, subject=f"x {WORD} x")])

    assert any("> lz4 at" in find.read_as for find in hunt(tmp_path, NEEDLES))

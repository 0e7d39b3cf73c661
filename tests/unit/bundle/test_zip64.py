"""The ZIP of a bundle as other programs read it, small and large."""

import io
import zipfile

from muniment.bundle.archive_file import Place, StoredZip
from muniment.verify.container import Container
from muniment.verify.report import Report

BEYOND = 5 * 1024**3


def test_another_program_reads_it():
    out = io.BytesIO()
    made = StoredZip(out, io.BytesIO())
    made.add("manifest.json", b"{}")
    made.add_stream("items.jsonl", io.BytesIO(b"x" * 3_000_000))
    size = made.finish()

    with zipfile.ZipFile(out) as opened:
        assert opened.testzip() is None
        assert opened.read("items.jsonl") == b"x" * 3_000_000
        assert [info.date_time for info in opened.infolist()] == [(1980, 1, 1, 0, 0, 0)] * 2
        assert {info.external_attr >> 16 for info in opened.infolist()} == {0o100644}
    assert size == len(out.getvalue())


def test_more_files_than_a_plain_zip_counts():
    out = io.BytesIO()
    made = StoredZip(out, io.BytesIO())
    for number in range(1, 70_001):
        made.add(f"messages/{number:06}.eml", b"")
    made.finish()
    report = Report()

    found = Container(out, report)

    assert len(zipfile.ZipFile(out).infolist()) == 70_000
    assert (len(found.entries), report.findings) == (70_000, [])


def test_files_behind_four_gigabytes(tmp_path):
    with (tmp_path / "large.zip").open("w+b") as out, (tmp_path / "directory").open("w+b") as directory:
        made = StoredZip(out, directory)
        made.add_pieces("messages/000001.eml", _sparse(out, BEYOND), size=BEYOND, crc=0)
        made.add("messages/000002.eml", b"behind")
        made.finish()
        report = Report()

        found = Container(out, report)

        assert report.findings == []
        assert found.entries["messages/000001.eml"].size == BEYOND
        assert b"".join(found.read(found.entries["messages/000002.eml"])) == b"behind"
        with zipfile.ZipFile(out) as opened:
            assert opened.read("messages/000002.eml") == b"behind"
            assert opened.getinfo("messages/000001.eml").file_size == BEYOND


class _Hole(bytes):
    """Claims a length; the file is made that long without being written."""

    def __len__(self):
        return BEYOND


def _sparse(out, size):
    out.seek(size, 1)
    yield _Hole()


def test_a_place_is_where_the_next_file_begins():
    out = io.BytesIO()
    made = StoredZip(out, io.BytesIO())

    made.add("manifest.json", b"{}")

    assert made.place == Place(files=1, offset=30 + 13 + 2, directory_bytes=46 + 13)

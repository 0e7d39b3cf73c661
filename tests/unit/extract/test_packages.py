"""Archives: members are read by the same rules, and no archive costs more than its budgets."""

import gzip
import io
import tarfile
import zipfile

import pytest

from muniment.extract.documents import extract_here
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import MIB, Limits
from tests.unit.extract import made

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"


def extract(content, filename="a.zip", **more):
    return extract_here(content, content_type="application/zip", filename=filename, **more)


def test_members_are_read_with_their_names():
    archive = made.zipped({"été/lettre.txt": "Déjà vu", "b.pdf": made.pdf("page")})

    assert extract(archive).text.split() == ["été/lettre.txt", "Déjà", "vu", "b.pdf", "page"]


def test_archive_inside_an_archive_is_read():
    assert "profond" in extract(made.zipped({"a.zip": made.zipped({"b.txt": "profond"})})).text


def test_members_that_are_not_read_are_counted():
    extraction = extract(made.zipped({"a.txt": "texte", "b.png": PNG, "c.png": PNG}))

    assert extraction.outcome is Outcome.TEXT
    assert extraction.detail == "Files inside that are not searched: 2 unsupported."


def test_archive_with_a_password_is_told_and_its_names_kept():
    extraction = extract(made.as_encrypted(made.zipped({"secret.txt": "x"})))

    assert (extraction.outcome, extraction.text) == (Outcome.ENCRYPTED, "secret.txt\n")


def test_archive_partly_with_a_password_is_searched_and_told():
    open_part = made.zipped({"clair.txt": "lisible"})
    mixed = made.zipped({"a.zip": made.as_encrypted(made.zipped({"s.txt": "x"})), "b.zip": open_part})

    extraction = extract(mixed)

    assert extraction.outcome is Outcome.TEXT
    assert extraction.detail == "Files inside that are not searched: 1 encrypted."


def test_archive_of_pictures_is_unsupported():
    assert extract(made.zipped({"b.png": PNG})).outcome is Outcome.UNSUPPORTED


def test_empty_archive_is_empty():
    assert extract(made.zipped({})) == Extraction(outcome=Outcome.EMPTY)


@pytest.mark.parametrize("cut", [1, 30, 60])
def test_archive_cut_short_is_corrupt(cut):
    assert extract(made.zipped({"a.txt": "texte"})[:-cut]).outcome is Outcome.CORRUPT


def test_bomb_of_zeros_is_stopped_by_its_ratio():
    extraction = extract(made.zipped({"a.txt": "avant", "zeros.bin": b"\0" * (40 * MIB)}))

    assert extraction.outcome is Outcome.TOO_LARGE
    assert "avant" in extraction.text


def test_bomb_of_nested_archives_is_stopped_by_the_total():
    layer = made.zipped({f"{i}.txt": bytes([1 + i]) * MIB for i in range(10)})
    bomb = made.zipped({f"{i}.zip": layer for i in range(50)})

    extraction = extract(bomb, limits=Limits(unpacked_bytes=20 * MIB))

    assert extraction.outcome is Outcome.TOO_LARGE
    assert "20 MiB" in extraction.detail


def test_nesting_past_the_limit_is_told():
    archive = made.zipped({"fond.txt": "profond"})
    for _ in range(50):
        archive = made.zipped({"a.zip": archive})

    assert extract(archive).outcome is Outcome.TOO_DEEP


def test_archive_that_holds_itself_ends(tmp_path):
    assert extract(_quine()).outcome in {Outcome.TOO_DEEP, Outcome.CORRUPT, Outcome.TOO_LARGE}


def _quine():
    """Return an archive whose second directory entry points at its own start, so that each level holds the next."""
    inner = made.zipped({"a.zip": made.zipped({"x": "y"})}, method=zipfile.ZIP_STORED)
    for _ in range(8):
        inner = made.zipped({"a.zip": inner, "b.zip": inner}, method=zipfile.ZIP_STORED)
    return inner


def test_members_past_the_limit_are_told():
    archive = made.zipped({f"{i}.txt": str(i) for i in range(20)})

    extraction = extract(archive, limits=Limits(members=5))

    assert extraction.outcome is Outcome.TOO_LARGE
    assert extraction.text.split()[:4] == ["0.txt", "0", "1.txt", "1"]


def test_directory_of_countless_members_is_not_loaded():
    content = made.zipped({"a": "b"}) + b"PK\x01\x02" * 100_001

    assert extract(content).outcome is Outcome.TOO_LARGE


def test_overlapping_members_are_bounded_by_the_total():
    archive = made.zipped({"a.txt": b"x" * MIB})
    start, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    directory = archive[start:end] * 600
    tail = bytearray(archive[end:])
    tail[8:12] = (600).to_bytes(2, "little") * 2
    tail[12:16] = len(directory).to_bytes(4, "little")

    extraction = extract(archive[:start] + directory + bytes(tail), limits=Limits(unpacked_bytes=8 * MIB))

    assert extraction.outcome in {Outcome.TOO_LARGE, Outcome.CORRUPT}


def test_sheet_of_ten_million_cells_is_bounded():
    rows = "<row>" + '<c t="b"><v>1</v></c>' * 1000 + "</row>"
    book = made.xlsx(rows * 30)

    extraction = extract(book, limits=Limits(cells=10_000))

    assert extraction.outcome is Outcome.TOO_LARGE
    assert extraction.text.startswith("Été\nTRUE\tTRUE")


def tarred(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_tar_is_read_plain_and_compressed(pack):
    extraction = extract(pack(tarred({"a.txt": b"texte", "../../b.txt": b"dehors"})), filename="a.tgz")

    assert extraction.text.split() == ["a.txt", "texte", "../../b.txt", "dehors"]


def test_compressed_file_cut_short_keeps_the_text_before():
    extraction = extract(gzip.compress(b"un mot " * 1000)[:-9], filename="a.txt.gz")

    assert extraction.outcome is Outcome.CORRUPT
    assert extraction.text.startswith("un mot ")


def test_compressed_bomb_is_stopped():
    assert extract(gzip.compress(b"\0" * (40 * MIB)), filename="a.gz").outcome is Outcome.TOO_LARGE

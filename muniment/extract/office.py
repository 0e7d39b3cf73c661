"""Text of Office Open XML and OpenDocument files: ZIP archives of XML parts.

Parts are found by folder and name, elements by local name, so that transitional, strict and odd producers all read.
Text inserted and deleted under change tracking is both kept: what was struck out may matter to a case.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from muniment.extract import packages, sheets
from muniment.extract.model import Outcome
from muniment.extract.reading import Exhausted, Item, Reading, Stop
from muniment.extract.xmltext import Grammar, Words, parse

_CONTENT_TYPES: Final = "[Content_Types].xml"
_PROPERTIES: Final = Grammar(
    text=frozenset({"title", "subject", "creator", "keywords", "description", "category", "lastModifiedBy", "keyword"}),
    after=dict.fromkeys(
        ("title", "subject", "creator", "keywords", "description", "category", "lastModifiedBy", "keyword"), "\n"
    ),
)
# Word (ISO/IEC 29500-1 section 17) and DrawingML (section 21). mc:Fallback repeats what mc:Choice says.
_OFFICE: Final = Grammar(
    text=frozenset({"t", "delText", "text"}),
    after={"p": "\n", "tab": "\t", "br": "\n", "cr": "\n", "tc": "\t", "noBreakHyphen": "-", "text": "\n", "cm": "\n"},
    skipped=frozenset({"Fallback", "rPh"}),
    titles={"docPr": "descr", "cNvPr": "descr"},
)
_CHART: Final = Grammar(text=frozenset({"t", "v"}), after={"p": "\n", "v": "\n"}, skipped=frozenset({"Fallback"}))
# OpenDocument 1.3 part 3, section 6.1; white space of text:s and text:tab is written as elements.
_OPEN: Final = Grammar(
    text=frozenset({"p", "h"}),
    after={"p": "\n", "h": "\n", "tab": "\t", "line-break": "\n", "s": " ", "table-row": "\n"},
    titles={"table": "name", "page": "name"},
)
_MANIFEST: Final = "META-INF/manifest.xml"
_MANIFEST_BYTES: Final = 4 * 1024 * 1024

_WORD_PARTS: Final = re.compile(
    r"word/(?:document|header|footer|footnotes|endnotes|comments)[^/]*\.xml|word/diagrams/data[^/]*\.xml"
)
_SLIDE_PARTS: Final = re.compile(
    r"ppt/(?:slides|notesSlides|comments)/[^/]+\.xml|ppt/diagrams/data[^/]*\.xml|ppt/handoutMasters/[^/]+\.xml"
)
_CHART_PARTS: Final = re.compile(r"(?:word|xl|ppt)/charts/chart[^/]*\.xml")
_EMBEDDED: Final = re.compile(r"(?:word|xl|ppt)/embeddings/[^/]+")
_OPEN_PARTS: Final = re.compile(r"(?:[^/]+/)?content\.xml|styles\.xml")
_DIGITS: Final = re.compile(r"(\d{1,9})")


def read_zip(item: Item, reading: Reading) -> str:
    """Read a ZIP file: an office document when it is one, a container otherwise. Return the detail."""
    with packages.open_zip(item.content) as archive:
        names = {info.filename.removeprefix("/"): info for info in archive.infolist()}
        if _CONTENT_TYPES in names:
            return _read_ooxml(archive, names, reading)
        if _is_opendocument(archive, names, reading):
            return _read_opendocument(archive, names, reading)
        return packages.read_zip_members(archive, reading)


def _is_opendocument(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], reading: Reading) -> bool:
    if "content.xml" in names and _MANIFEST in names:
        return True
    if "mimetype" not in names or names["mimetype"].file_size > len(b"application/vnd.oasis") * 10:
        return False
    try:
        kind = b"".join(packages.member_chunks(archive, names["mimetype"], reading))
    except Exhausted:
        raise
    except Stop:
        return False
    return kind.startswith(b"application/vnd.oasis.opendocument")


def _read_ooxml(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], reading: Reading) -> str:
    if any(name.startswith("xl/") and name.endswith(".bin") and "/worksheets/" in name for name in names):
        raise Stop(Outcome.UNSUPPORTED, "Excel binary workbook (.xlsb).")
    known = [name for name in names if name.startswith(("word/", "xl/", "ppt/"))]
    if not known:
        return packages.read_zip_members(archive, reading)
    plan: list[tuple[re.Pattern[str], Grammar]] = [
        (_WORD_PARTS, _OFFICE),
        (_SLIDE_PARTS, _OFFICE),
        (sheets.TEXT_PARTS, _OFFICE),
        (_CHART_PARTS, _CHART),
        (re.compile(r"docProps/core\.xml"), _PROPERTIES),
    ]
    problems: list[Stop] = []
    before = Counter(reading.members)
    if "xl/workbook.xml" in names:
        with _collected(problems):
            sheets.read_workbook(archive, names, reading)
    for pattern, grammar in plan:
        for name in _matching(names, pattern):
            _read_part(archive, names[name], grammar, reading, problems)
    for name in _matching(names, _EMBEDDED):
        _read_embedded(archive, names[name], reading, problems)
    return _settle(problems, reading.members - before)


def _read_opendocument(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], reading: Reading) -> str:
    if _MANIFEST in names and names[_MANIFEST].file_size <= _MANIFEST_BYTES:
        manifest = b"".join(packages.member_chunks(archive, names[_MANIFEST], reading))
        if b"encryption-data" in manifest or b"encrypted-key" in manifest:
            raise Stop(Outcome.ENCRYPTED, "OpenDocument file with a password.")
    problems: list[Stop] = []
    for name in _matching(names, _OPEN_PARTS):
        _read_part(archive, names[name], _OPEN, reading, problems)
    if "meta.xml" in names:
        _read_part(archive, names["meta.xml"], _PROPERTIES, reading, problems)
    return _settle(problems, Counter())


def _matching(names: dict[str, zipfile.ZipInfo], pattern: re.Pattern[str]) -> list[str]:
    return sorted((name for name in names if pattern.fullmatch(name)), key=_reading_order)


def _reading_order(name: str) -> list[tuple[int, int, str]]:
    """Order parts as people do: slide2 before slide10, the document before its headers, slides before notes."""
    pieces = _DIGITS.split(name)
    order = [(0, int(piece), "") if piece.isascii() and piece.isdigit() else (1, 0, piece) for piece in pieces]
    first = 0 if "/document" in name or "slides/slide" in name or name == "content.xml" else 1
    return [(0, first, ""), *order]


def _read_part(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, grammar: Grammar, reading: Reading, problems: list[Stop]
) -> None:
    with _collected(problems):
        parse(packages.member_chunks(archive, info, reading), Words(grammar, reading))


def _read_embedded(archive: zipfile.ZipFile, info: zipfile.ZipInfo, reading: Reading, problems: list[Stop]) -> None:
    with _collected(problems):
        content = b"".join(packages.member_chunks(archive, info, reading))
        reading.dive(Item(content=content, filename=info.filename))


@contextmanager
def _collected(problems: list[Stop]) -> Iterator[None]:
    """Go on with the next part when one is broken; a spent budget still ends the whole."""
    try:
        yield
    except Exhausted:
        raise
    except Stop as stop:
        problems.append(stop)


def _settle(problems: list[Stop], members: Counter[Outcome]) -> str:
    if problems:
        raise problems[0]
    unread = members.total() - members[Outcome.TEXT] - members[Outcome.EMPTY]
    return f"Embedded files that are not searched: {unread}." if unread else ""

"""Text of Excel workbooks (ISO/IEC 29500-1 section 18): sheet names, shared and inline strings, numbers as shown."""

import re
import zipfile
from collections.abc import Mapping
from typing import Final

from muniment.extract.cells import built_in, shown
from muniment.extract.model import Outcome
from muniment.extract.packages import member_chunks
from muniment.extract.reading import Exhausted, Reading
from muniment.extract.xmltext import attribute, local_name, parse

TEXT_PARTS: Final = re.compile(
    r"xl/(?:comments[^/]*|drawings/drawing[^/]*|threadedComments/[^/]+|comments/[^/]+|diagrams/data[^/]*)\.xml"
)
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_HEADERS: Final = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_MAX_STYLES: Final = 100_000  # Excel's limit is 65,490 cell formats
_MAX_DIGITS: Final = 9
_MAX_SHEETS: Final = 2_000
_CHUNK_CHARS: Final = 16 * 1024


def read_workbook(archive: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo], reading: Reading) -> None:
    """Add the text of every sheet, hidden ones too, in the workbook's order. Raises Stop as readers do."""
    book = _Workbook()
    parse(member_chunks(archive, names["xl/workbook.xml"], reading), book)
    relations = _Relations()
    if _RELATIONS in names:
        parse(member_chunks(archive, names[_RELATIONS], reading), relations)
    styles = _Styles()
    if "xl/styles.xml" in names:
        parse(member_chunks(archive, names["xl/styles.xml"], reading), styles)
    strings = _Strings(reading)
    if "xl/sharedStrings.xml" in names:
        parse(member_chunks(archive, names["xl/sharedStrings.xml"], reading), strings)
    for title, relation in book.sheets[:_MAX_SHEETS]:
        reading.add(title + "\n")
        part = _part_name(relations.targets.get(relation, ""))
        if part in names:
            cells = _Cells(reading, strings.values, styles.codes, from_1904=book.from_1904)
            parse(member_chunks(archive, names[part], reading), cells)


def _part_name(target: str) -> str:
    return target[1:] if target.startswith("/") else "xl/" + target


class _Workbook:
    """Sheets in their order, and the date system."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = local_name(tag)
        if name == "sheet":
            self.sheets.append((attribute(attrib, "name"), attribute(attrib, "id")))
        elif name == "workbookPr":
            self.from_1904 = attrib.get("date1904", "") in {"1", "true"}

    def end(self, tag: str) -> None:
        """Nothing ends that matters."""

    def data(self, data: str) -> None:
        """Everything stands in attributes."""

    def close(self) -> None:
        """Nothing is held back."""


class _Relations(_Workbook):
    """Relation id → part."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        if local_name(tag) == "Relationship":
            self.targets[attrib.get("Id", "")] = attrib.get("Target", "")


class _Styles(_Workbook):
    """Cell style → number format code."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[str] = []
        self._formats: dict[str, str] = {}
        self._in_cells = False

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = local_name(tag)
        if name == "numFmt":
            self._formats[attrib.get("numFmtId", "")] = attrib.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells and len(self.codes) < _MAX_STYLES:
            self.codes.append(self._code(attrib.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        if local_name(tag) == "cellXfs":
            self._in_cells = False

    def _code(self, number: str) -> str:
        return self._formats.get(number) or built_in(_small(number))


class _Strings:
    """The table of shared strings, without phonetic guides."""

    def __init__(self, reading: Reading) -> None:
        self.values: list[str] = []
        self._reading = reading
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, tag: str, _attrib: Mapping[str, str]) -> None:
        name = local_name(tag)
        if name == "t":
            self._in_text = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            if len(self.values) >= self._reading.limits.cells:
                raise _too_many(self._reading)
            self.values.append("".join(self._pieces))
            self._pieces.clear()

    def data(self, data: str) -> None:
        if self._in_text:
            self._pieces.append(data)

    def close(self) -> None:
        """What was read stands."""


class _Cells:
    """One sheet: cells with a tab after each, rows on lines of their own."""

    def __init__(self, reading: Reading, strings: list[str], codes: list[str], *, from_1904: bool) -> None:
        self._reading = reading
        self._strings = strings
        self._codes = codes
        self._from_1904 = from_1904
        self._line: list[str] = []
        self._size = 0
        self._pieces: list[str] = []
        self._keeping = False
        self._kind = ""
        self._style = ""
        self._count = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = local_name(tag)
        if name == "c":
            self._kind = attrib.get("t", "n")
            self._style = attrib.get("s", "")
            self._count += 1
            if self._count > self._reading.limits.cells:
                raise _too_many(self._reading)
        elif name in {"v", "t"} or name in _HEADERS:
            self._keeping = True
        elif name == "rPh":
            self._kind = "phonetic"

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name in {"v", "t"}:
            self._keeping = False
        elif name == "c":
            value = self._value("".join(self._pieces))
            self._pieces.clear()
            if value:
                self._write(value + "\t")
        elif name == "row":
            self._write("\n")
        elif name in _HEADERS:
            self._keeping = False
            self._write("".join(self._pieces) + "\n")
            self._pieces.clear()

    def data(self, data: str) -> None:
        if self._keeping and self._kind != "phonetic":
            self._pieces.append(data)

    def close(self) -> None:
        if self._line:
            self._reading.add("".join(self._line))
            self._line.clear()
            self._size = 0

    def _write(self, text: str) -> None:
        self._line.append(text)
        self._size += len(text)
        if self._size > _CHUNK_CHARS or len(self._line) > _CHUNK_CHARS:
            self.close()

    def _value(self, value: str) -> str:
        match self._kind:
            case "s":
                place = _small(value)
                return self._strings[place] if 0 <= place < len(self._strings) else ""
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "n":
                place = _small(self._style)
                code = self._codes[place] if 0 <= place < len(self._codes) else ""
                return shown(value, code, from_1904=self._from_1904) if value else ""
            case _:
                return value


def _small(digits: str) -> int:
    digits = digits.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else -1


def _too_many(reading: Reading) -> Exhausted:
    return Exhausted(
        Outcome.TOO_LARGE, f"A table holds more than {reading.limits.cells:,} cells; the rest is not searched."
    )

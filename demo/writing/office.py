"""Attachments of word processors and spreadsheets, as small as their readers accept."""

from xml.sax.saxutils import escape

from demo.letters import Attachment
from demo.writing.mailboxes import zipped

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument"


def docx(name: str, text: str) -> Attachment:
    """Return a Word document with one paragraph a line."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    lines = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in _lines(text))
    document = f'{_XML}<w:document xmlns:w="{space}"><w:body>{lines}</w:body></w:document>'
    kind = f"{_MAIN}.wordprocessingml.document"
    return Attachment(
        name=name,
        content_type=kind,
        content=_package("word/document.xml", f"{kind}.main+xml", {"word/document.xml": document}),
    )


def xlsx(name: str, rows: tuple[tuple[str | int | float, ...], ...]) -> Attachment:
    """Return a workbook with one sheet; the first row is the heading."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = "".join(
        f'<row r="{r}">' + "".join(_cell(f"{chr(64 + c)}{r}", value) for c, value in enumerate(row, 1)) + "</row>"
        for r, row in enumerate(rows, 1)
    )
    parts = {
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{space}" xmlns:r="{_OFFICE}"><sheets><sheet name="Feuille1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations([("rId1", "worksheet", "worksheets/sheet1.xml")]),
        "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="{space}"><sheetData>{data}</sheetData></worksheet>',
    }
    kind = f"{_MAIN}.spreadsheetml"
    more = f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
    content = _package("xl/workbook.xml", f"{kind}.sheet.main+xml", parts, more)
    return Attachment(name=name, content_type=f"{kind}.sheet", content=content)


def pptx(name: str, slides: tuple[str, ...]) -> Attachment:
    """Return a presentation; each slide is its lines of text."""
    space = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    kind = f"{_MAIN}.presentationml"
    numbers = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in numbers)
    parts = {
        "ppt/presentation.xml": f'{_XML}<p:presentation {space} xmlns:r="{_OFFICE}"><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": _relations([(f"rId{n}", "slide", f"slides/slide{n}.xml") for n in numbers]),
    }
    for n, slide in zip(numbers, slides, strict=True):
        lines = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in _lines(slide))
        shape = f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="Texte"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>'
        root = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        parts[f"ppt/slides/slide{n}.xml"] = (
            f"{_XML}<p:sld {space}><p:cSld><p:spTree>{root}{shape}</p:spTree></p:cSld></p:sld>"
        )
    more = "".join(f'<Override PartName="/ppt/slides/slide{n}.xml" ContentType="{kind}.slide+xml"/>' for n in numbers)
    content = _package("ppt/presentation.xml", f"{kind}.presentation.main+xml", parts, more)
    return Attachment(name=name, content_type=f"{kind}.presentation", content=content)


def odt(name: str, text: str) -> Attachment:
    """Return an OpenDocument text."""
    kind = "application/vnd.oasis.opendocument.text"
    space = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _lines(text))
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    parts = {
        "mimetype": kind,
        "content.xml": f'{_XML}<office:document-content {space} office:version="1.2"><office:body><office:text>{lines}</office:text></office:body></office:document-content>',
        "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="{manifest}" manifest:version="1.2">{entries}</manifest:manifest>',
    }
    return Attachment(
        name=name, content_type=kind, content=zipped({path: part.encode() for path, part in parts.items()})
    )


def rtf(name: str, text: str) -> Attachment:
    """Return a rich text file in windows-1252."""
    shown = "".join(
        c if c.isascii() else "".join(f"\\'{byte:02x}" for byte in c.encode("cp1252")) for c in text.strip()
    )
    lines = shown.replace("\n", "\\par\n")
    content = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Times;}}\\f0\\fs24 " + lines + "}"
    return Attachment(name=name, content_type="application/rtf", content=content.encode("ascii"))


def plain(name: str, text: str, content_type: str = "text/plain; charset=utf-8") -> Attachment:
    """Return a text file: TXT, CSV, ICS."""
    return Attachment(name=name, content_type=content_type, content=text.strip("\n").encode() + b"\n")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _cell(place: str, value: str | float) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _relations(found: list[tuple[str, str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in found
    )
    return f'{_XML}<Relationships xmlns="{_RELS}">{rows}</Relationships>'


def _package(root: str, kind: str, parts: dict[str, str], more: str = "") -> bytes:
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    types = f'{_XML}<Types xmlns="{_TYPES}">{defaults}<Override PartName="/{root}" ContentType="{kind}"/>{more}</Types>'
    everything = {"[Content_Types].xml": types, "_rels/.rels": _relations([("rId1", "officeDocument", root)]), **parts}
    return zipped({path: part.encode() for path, part in everything.items()})

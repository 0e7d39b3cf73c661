"""Documents made by hand, as small as their format allows."""

import zipfile
from io import BytesIO

WORD_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION_NS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OPEN_NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
)

_TYPES_NS = 'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"'
_PACKAGE_NS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OOXML = "application/vnd.openxmlformats-officedocument"


def package(main, kind):
    """Return the parts that an Office Open XML package with this main part begins with."""
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    return {
        "[Content_Types].xml": f'<Types {_TYPES_NS}>{defaults}<Override PartName="/{main}" ContentType="{_OOXML}.{kind}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships {_PACKAGE_NS}><Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="{main}"/></Relationships>',
    }


def zipped(members, *, method=zipfile.ZIP_DEFLATED):
    """Return a ZIP archive of name → content (str or bytes)."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_encrypted(archive):
    """Set the flag of encryption on every member of a ZIP archive (APPNOTE.TXT 4.4.4)."""
    changed = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = archive.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = archive.find(signature, at + 4)
    return bytes(changed)


def docx(body, **parts):
    """Return a Word document: `body` is the XML inside w:body, parts are name → XML of further word/ parts."""
    members = {
        **package("word/document.xml", "wordprocessingml.document"),
        "word/document.xml": f"<w:document {WORD_NS}><w:body>{body}</w:body></w:document>",
    }
    for name, xml in parts.items():
        members[f"word/{name}.xml"] = f"<w:{name} {WORD_NS}>{xml}</w:{name}>"
    return zipped(members)


def paragraph(text):
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def xlsx(rows, *, strings=(), formats=(), more=None):
    """Return a workbook of one sheet « Été » ; rows is the XML inside sheetData, formats are number format codes."""
    codes = "".join(f'<numFmt numFmtId="{200 + i}" formatCode="{code}"/>' for i, code in enumerate(formats))
    cell_formats = "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(len(formats)))
    return zipped(
        {
            **package("xl/workbook.xml", "spreadsheetml.sheet"),
            "xl/workbook.xml": f'<workbook {SHEET_NS} {RELATION_NS}><sheets><sheet name="Été" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships {_PACKAGE_NS}><Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/sharedStrings.xml": f"<sst {SHEET_NS}>{''.join(f'<si>{string}</si>' for string in strings)}</sst>",
            "xl/styles.xml": f'<styleSheet {SHEET_NS}><numFmts>{codes}</numFmts><cellXfs><xf numFmtId="0"/>{cell_formats}</cellXfs></styleSheet>',
            "xl/worksheets/sheet1.xml": f"<worksheet {SHEET_NS}><sheetData>{rows}</sheetData></worksheet>",
            **(more or {}),
        }
    )


def pptx(**parts):
    """Return a presentation: name (with __ for /) → text of its one paragraph."""
    slide = '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sld>'
    members = {f"ppt/{name.replace('__', '/')}.xml": slide.format(text) for name, text in parts.items()}
    return zipped({"[Content_Types].xml": "<Types/>", **members})


def opendocument(kind, body, *, manifest="", **more):
    """Return an OpenDocument file of a kind such as "text"."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {OPEN_NS}><office:body>{body}</office:body></office:document-content>",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
            **{f"{name}.xml": xml for name, xml in more.items()},
        }
    )


def pdf(*pages, encrypt=b"", count=None, kids=None):
    """Return a PDF with one line of text a page (WinAnsi, Helvetica)."""
    texts = [page.encode("cp1252").replace(b"(", rb"\(").replace(b")", rb"\)") for page in pages]
    numbers = [4 + 2 * index for index in range(len(texts))]
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>"
        % (kids or b" ".join(b"%d 0 R" % number for number in numbers), count or len(texts)),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    }
    for number, text in zip(numbers, texts, strict=True):
        stream = b"BT /F1 12 Tf 72 720 Td (%b) Tj ET" % text if text else b""
        objects[number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (number + 1)
        )
        objects[number + 1] = b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream)
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number in sorted(objects):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, encrypt, start)
    return bytes(out)


ENCRYPTED_PDF = pdf(
    "secret",
    encrypt=b"/Encrypt<</Filter/Standard/V 1/R 2/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")/P -4>>/ID[(i)(i)]",
)
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def compound(stream):
    """Return the start of a compound file that names a stream (MS-CFB)."""
    return COMPOUND + stream.encode("utf-16-le") + b"\0\0" + b"\0" * 100

"""Text of PDF files by PDFium: pages, comments and form fields, document properties, files inside.

PDFium runs no script (the build has no JavaScript engine) and opens no address.
"""

import ctypes
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from muniment.extract.model import Outcome
from muniment.extract.reading import Exhausted, Item, Reading, Stop

MAX_ANNOTATIONS: Final = 10_000  # of one page
_EMPTY_NOTE_BYTES: Final = 2  # the closing NUL in UTF-16
MAX_NOTE_BYTES: Final = 1024 * 1024
MAX_FILES: Final = 1_000
_PICTURE_SEARCH_DEPTH: Final = 3  # forms inside forms, when looking for a scan
# Drawings count: letters may be drawn as outlines.
_PICTURES: Final = [pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_SHADING]
_PASSWORD_ERROR: Final = 4  # FPDF_ERR_PASSWORD
_SECURITY_ERROR: Final = 5  # FPDF_ERR_SECURITY: a security handler it does not know
_PROPERTIES: Final = ("Title", "Author", "Subject", "Keywords")
_NOTES: Final = (b"Contents", b"V")  # a comment's words, a form field's value


def read_pdf(item: Item, reading: Reading) -> str:
    """Add the text of a PDF; return the detail. Raises Stop (ENCRYPTED, CORRUPT, UNSUPPORTED for scans, limits)."""
    try:
        document = pdfium.PdfDocument(item.content)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", 0) in {_PASSWORD_ERROR, _SECURITY_ERROR}:
            raise Stop(Outcome.ENCRYPTED, "PDF with a password.") from error
        raise Stop(Outcome.CORRUPT, "PDF that cannot be opened: broken or cut short.") from error
    with closing(document):
        return _read_document(document, reading)


def _read_document(document: pdfium.PdfDocument, reading: Reading) -> str:
    pages = len(document)
    broken = scans = 0
    for index in range(min(pages, reading.limits.pages)):
        reading.check_time()
        try:
            page = document[index]
        except pdfium.PdfiumError:
            broken += 1
            continue
        with closing(page):
            scans += not _read_page(page, reading)
    _add_properties(document, reading)
    _read_files(document, reading)
    if pages > reading.limits.pages:
        raise Exhausted(
            Outcome.TOO_LARGE, f"It has more than {reading.limits.pages:,} pages; the rest is not searched."
        )
    return _detail(pages, broken, scans)


def _detail(pages: int, broken: int, scans: int) -> str:
    if pages == 0 or broken:
        raise Stop(Outcome.CORRUPT, f"{broken} of {pages} pages cannot be read.")
    if scans == pages:
        raise Stop(Outcome.UNSUPPORTED, "PDF of pictures or drawings without text, such as a scan.")
    return f"{scans} of {pages} pages are pictures or drawings without text." if scans else ""


def _read_page(page: pdfium.PdfPage, reading: Reading) -> bool:
    """Add a page's text; return False when it is a picture or drawing without text."""
    with closing(page.get_textpage()) as text_page:
        text = text_page.get_text_range(errors="replace").replace("\r\n", "\n")
    reading.add(text + "\n")
    for note in _notes(page):
        reading.add(note + "\n")
    return bool(text.strip()) or not _has_picture(page)


def _has_picture(page: pdfium.PdfPage) -> bool:
    pictures = page.get_objects(filter=_PICTURES, max_depth=_PICTURE_SEARCH_DEPTH)
    return next(iter(pictures), None) is not None


def _notes(page: pdfium.PdfPage) -> Iterator[str]:
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        for key in _NOTES:
            text = _annotation_text(annotation, key)
            if text:
                yield text
        pdfium_c.FPDFPage_CloseAnnot(annotation)


def _annotation_text(annotation: object, key: bytes) -> str:
    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not _EMPTY_NOTE_BYTES < size <= MAX_NOTE_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _add_properties(document: pdfium.PdfDocument, reading: Reading) -> None:
    for name in _PROPERTIES:
        value = document.get_metadata_value(name)
        if value:
            reading.add(value + "\n")


def _read_files(document: pdfium.PdfDocument, reading: Reading) -> None:
    for index in range(min(document.count_attachments(), MAX_FILES)):
        reading.open_member()
        try:
            inner = document.get_attachment(index)
            name = inner.get_name()
            content = bytes(inner.get_data())
        except pdfium.PdfiumError:
            reading.members[Outcome.CORRUPT] += 1
            continue
        reading.unpack(len(content))
        reading.add(name + "\n")
        reading.dive(Item(content=content, filename=name))

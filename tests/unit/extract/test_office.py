"""Office documents: every place where people write is read."""

import pytest

from muniment.extract.documents import extract_here
from muniment.extract.model import Extraction, Outcome
from tests.unit.extract import made


def extract(content, filename=""):
    return extract_here(content, content_type="application/octet-stream", filename=filename)


def test_word_body_keeps_accents_and_lines():
    document = made.docx(made.paragraph("Déjà vu à Noël") + made.paragraph("deuxième ligne"))

    assert extract(document) == Extraction(outcome=Outcome.TEXT, text="Déjà vu à Noël\ndeuxième ligne\n")


@pytest.mark.parametrize("part", ["header1", "footer2", "footnotes", "endnotes", "comments"])
def test_word_parts_beside_the_body_are_read(part):
    document = made.docx(made.paragraph("corps"), **{part: made.paragraph("à côté")})

    assert extract(document).text == "corps\nà côté\n"


def test_word_tabs_breaks_and_cells_separate_words():
    document = made.docx("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>")

    assert extract(document).text == "a\tb\nc\n"


def test_word_text_box_is_read_once():
    box = made.paragraph("encadré")
    document = made.docx(
        '<w:p><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice>'
        + box
        + "</mc:Choice><mc:Fallback>"
        + box
        + "</mc:Fallback></mc:AlternateContent></w:p>"
    )

    assert extract(document).text.split() == ["encadré"]


def test_word_text_struck_out_under_change_tracking_is_kept():
    document = made.docx(
        "<w:p><w:del><w:r><w:delText>retiré</w:delText></w:r></w:del><w:r><w:t> gardé</w:t></w:r></w:p>"
    )

    assert extract(document).text == "retiré gardé\n"


def test_document_without_words_is_empty():
    assert extract(made.docx("<w:p/>")) == Extraction(outcome=Outcome.EMPTY)


def test_document_cut_inside_a_part_keeps_the_text_before():
    document = made.docx(made.paragraph("avant") + "<w:p><broken")

    assert extract(document) == Extraction(
        outcome=Outcome.CORRUPT, text="avant\n", detail="The XML is not well formed."
    )


def test_workbook_embedded_in_a_document_is_read():
    sheet = made.xlsx('<row><c t="inlineStr"><is><t>dedans</t></is></c></row>')
    document = made.zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {made.WORD_NS}>{made.paragraph('dehors')}</w:document>",
            "word/embeddings/a.xlsx": sheet,
        }
    )

    assert extract(document).text.split() == ["dehors", "Été", "dedans"]


def test_sheet_reads_shared_inline_numbers_booleans_and_its_name():
    book = made.xlsx(
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>en ligne</t></is></c><c><v>1234.5</v></c>'
        '<c t="b"><v>1</v></c><c t="str"><v>formule</v></c><c t="s"><v>99</v></c></row>',
        strings=["<r><t>parta</t></r><r><t>gée</t></r><rPh><t>phonetic</t></rPh>"],
    )

    assert extract(book).text == "Été\npartagée\ten ligne\t1234.5\tTRUE\tformule\t\n"


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("dd/mm/yyyy", "45382", "2024-03-31"),
        ("[$-40C]d mmmm yyyy;@", "45382", "2024-03-31"),
        ("dd/mm/yyyy hh:mm", "45382.5", "2024-03-31 12:00:00"),
        ("0%", "0.15", "15%"),
        ("0.00", "3.14159", "3.14"),
        ("#,##0.00 [$€-1]", "1234.5", "1234.50"),
        ("General", "0.30000000000000004", "0.3"),
        ("0", "9007199254740991", "9007199254740991"),
        ("yyyy", "-5", "-5"),
        ("0", "no number", "no number"),
        ("0", "1e999", "inf"),
    ],
)
def test_numbers_are_read_as_shown(code, value, expected):
    book = made.xlsx(f'<row><c s="1"><v>{value}</v></c></row>', formats=[code])

    assert extract(book).text == f"Été\n{expected}\t\n"


def test_sheet_comments_are_read():
    comments = f"<comments {made.SHEET_NS}><comment><text><r><t>remarque</t></r></text></comment></comments>"
    book = made.xlsx("<row><c><v>1</v></c></row>", more={"xl/comments1.xml": comments})

    assert "remarque" in extract(book).text


def test_slides_come_in_order_before_notes():
    show = made.pptx(slides__slide10="dix", slides__slide2="deux", notesSlides__notesSlide1="note à lire")

    assert extract(show).text == "deux\ndix\nnote à lire\n"


def test_opendocument_text_reads_paragraphs_spaces_and_annotations():
    document = made.opendocument(
        "text",
        "<text:h>Titre</text:h><text:p>un<text:s/>deux<text:tab/>trois"
        "<office:annotation><text:p>annoté</text:p></office:annotation></text:p>",
    )

    assert extract(document).text == "Titre\nun deux\ttroisannoté\n\n"


def test_opendocument_sheet_reads_cells_and_its_name():
    sheet = made.opendocument(
        "spreadsheet",
        '<table:table table:name="Été"><table:table-row><table:table-cell table:number-columns-repeated="1000000">'
        "<text:p>12,50 €</text:p></table:table-cell></table:table-row></table:table>",
    )

    assert extract(sheet).text == "Été\n12,50 €\n\n"


def test_opendocument_with_a_password_is_told():
    document = made.opendocument("text", "", manifest="<manifest:encryption-data/>")

    assert extract(document).outcome is Outcome.ENCRYPTED


def test_office_document_with_a_password_is_told():
    assert extract(made.compound("EncryptedPackage")) == Extraction(
        outcome=Outcome.ENCRYPTED, detail="Office document with a password."
    )


@pytest.mark.parametrize(
    ("stream", "named"), [("WordDocument", ".doc"), ("Workbook", ".xls"), ("PowerPoint Document", ".ppt")]
)
def test_old_office_formats_are_named(stream, named):
    extraction = extract(made.compound(stream))

    assert extraction.outcome is Outcome.UNSUPPORTED
    assert named in extraction.detail


def test_entities_are_neither_fetched_nor_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    part = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY % y SYSTEM "file://{secret}"> %y;]>'
        f"<w:document {made.WORD_NS}><w:t>avant</w:t>&x;<w:t>&x;</w:t><w:p/></w:document>"
    )

    extraction = extract(made.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": part}))

    assert "SECRET" not in extraction.text


def test_entities_that_multiply_are_bounded():
    entities = '<!ENTITY e0 "lol">' + "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    part = f"<!DOCTYPE d [{entities}]><w:document {made.WORD_NS}><w:t>&e9;</w:t></w:document>"

    extraction = extract(made.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": part}))

    assert len(extraction.text) < 1_000_000

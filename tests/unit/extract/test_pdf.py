"""PDF: text, comments, files inside; scans and passwords are told; hostile page trees are bounded."""

import pytest

from muniment.extract.documents import extract_here
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import Limits
from tests.unit.extract import made


def extract(content, **more):
    return extract_here(content, content_type="application/pdf", filename="a.pdf", **more)


def test_pages_keep_accents_and_order():
    assert extract(made.pdf("Déjà vu", "à Noël")) == Extraction(outcome=Outcome.TEXT, text="Déjà vu\nà Noël\n")


def test_pdf_is_known_by_content_under_any_name():
    extraction = extract_here(made.pdf("caché"), content_type="image/png", filename="photo.png")

    assert extraction.text == "caché\n"


def test_pdf_of_blank_pages_is_empty():
    assert extract(made.pdf("")) == Extraction(outcome=Outcome.EMPTY)


def test_pdf_of_pictures_is_told_apart_from_a_blank_one():
    scan = made.pdf("").replace(
        b"<</Length 0>>stream\n\nendstream",
        b"<</Length 67>>stream\nq 9 0 0 9 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q\nendstream",
    )

    assert extract(scan) == Extraction(
        outcome=Outcome.UNSUPPORTED, detail="PDF of pictures or drawings without text, such as a scan."
    )


def test_pdf_of_drawings_is_told_apart_from_a_blank_one():
    outlines = made.pdf("").replace(b"<</Length 0>>stream\n\n", b"<</Length 20>>stream\n0 0 m 9 9 l 9 0 l f\n")

    assert extract(outlines).outcome is Outcome.UNSUPPORTED


def test_pages_without_text_among_others_are_counted():
    extraction = extract(
        made.pdf("un", "", "").replace(b"<</Length 0>>stream\n\n", b"<</Length 20>>stream\n0 0 m 9 9 l 9 0 l f\n")
    )

    assert extraction == Extraction(
        outcome=Outcome.TEXT, text="un\n\n\n", detail="2 of 3 pages are pictures or drawings without text."
    )


def test_pdf_with_a_password_is_told():
    assert extract(made.ENCRYPTED_PDF).outcome is Outcome.ENCRYPTED


@pytest.mark.parametrize("cut", [20, 300])
def test_pdf_cut_short_never_raises(cut):
    assert extract(made.pdf("texte")[:cut]).outcome in {Outcome.CORRUPT, Outcome.TEXT, Outcome.EMPTY}


def test_pdf_that_claims_countless_pages_is_bounded():
    extraction = extract(made.pdf("vraie", count=2_000_000_000), limits=Limits(pages=50))

    assert extraction.outcome in {Outcome.TOO_LARGE, Outcome.CORRUPT, Outcome.TEXT}
    assert "vraie" in extraction.text or extraction.outcome is not Outcome.TEXT


def test_pdf_whose_page_tree_is_a_loop_is_bounded():
    assert extract(made.pdf("x", kids=b"2 0 R 2 0 R", count=100_000)).outcome in {Outcome.CORRUPT, Outcome.TOO_LARGE}


def test_pages_past_the_limit_are_told():
    extraction = extract(made.pdf("un", "deux", "trois"), limits=Limits(pages=2))

    assert extraction == Extraction(
        outcome=Outcome.TOO_LARGE, text="un\ndeux\n", detail="It has more than 2 pages; the rest is not searched."
    )

import pytest

from muniment.engines.port import Highlight
from tests.contract.search.mailset import document, request


def highlights(engine, query):
    (hit,) = engine.search(request(query, highlight=True)).hits
    return hit.highlights


def marked(engine, query):
    """Each marked text with its field."""
    return [(one.field, text) for one in highlights(engine, query) for text, is_marked in one.fragments if is_marked]


@pytest.fixture
def one(engine):
    engine.put(
        [
            document(
                1,
                subject="L’été des contrats",
                body="Les salariés ont signé l’avenant. IBAN FR76 3000 6000 0112 3456 7890 189.\n東京の契約書です。",
                attachment_names=("Contrat_2024.pdf",),
                attachment_text="Le contrat est conclu.",
                bcc=("avenant@hidden.example",),
            )
        ]
    )
    return engine


MARKED = {
    "contrat": [("subject", "contrats"), ("attachment", "Contrat"), ("attachment", "contrat")],
    "ete": [("subject", "été")],
    "subject:contrat": [("subject", "contrats")],
    "filename:contrat": [("attachment", "Contrat"), ("attachment", "contrat")],
    "signer salarie": [("body", "salariés"), ("body", "signé")],
    '"signé l\'avenant"': [("body", "signé l’avenant")],
    "sal*": [("body", "salariés")],
    "salaires~2": [("body", "salariés")],
    "salaries w/3 signé": [("body", "salariés"), ("body", "signé")],
    "FR7630006000011234567890189": [("body", "FR76 3000 6000 0112 3456 7890 189")],
    "契約": [("body", "契約")],
    "ete NOT absent": [("subject", "été")],
    "ete -bcc:avenant": [("subject", "été")],
}


@pytest.mark.parametrize("query", MARKED)
def test_what_was_looked_for_is_marked_where_it_stands(one, query):
    assert marked(one, query) == MARKED[query]


def test_fragments_are_the_text_itself_plain_and_marked(one):
    subject = highlights(one, "contrats")[0]

    assert subject == Highlight(field="subject", fragments=(("L’été des ", False), ("contrats", True)))


def test_a_hit_without_marks_shows_how_its_body_begins(one):
    assert [(each.field, each.fragments[0][0][:12]) for each in highlights(one, "has:attachment OR *")] == [
        ("body", "Les salariés")
    ]


def test_a_long_body_shows_the_parts_with_most_marks(engine):
    filler = "word " * 400
    engine.put([document(1, body=f"{filler} merger {filler} merger and merger {filler} merger merger merger {filler}")])

    shown = highlights(engine, "merger")

    assert [sum(is_marked for _, is_marked in each.fragments) for each in shown] == [2, 3]
    assert all(len("".join(text for text, _ in each.fragments)) <= 320 for each in shown)


def test_highlights_come_only_when_they_are_asked_for(one):
    (hit,) = one.search(request("contrat")).hits

    assert hit.highlights == ()

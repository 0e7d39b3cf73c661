"""The page of the audit trail says in words what the trail keeps in codes, in French and in English."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from accounts import trail_words
from accounts.models import Action
from accounts.services import audit
from accounts.trail_words import said

ROOT = Path(__file__).parents[3]
APPS = ("accounts", "archive", "discovery", "gdpr")


def names_of_details():
    """Yield (file, name) of every detail that the code writes as a literal."""
    for path in (path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call)
            given = [word.value for word in node.keywords if word.arg == "details"] if is_call else []
            for details in (one for one in given if isinstance(one, ast.Dict)):
                yield from ((path.name, key.value) for key in details.keys if isinstance(key, ast.Constant))


def test_every_name_of_a_detail_has_a_word():
    assert [found for found in names_of_details() if found[1] not in trail_words._NAMES] == []


@pytest.mark.parametrize(
    ("details", "french", "english"),
    [
        ({"page": "message-source"}, "page : source d’un message", "page: source of a message"),
        ({"total": 12345}, "trouvés : 12 345", "found: 12,345"),
        ({"finished": True}, "terminé : oui", "finished: yes"),
        ({"act": "begun", "state": "executing"}, "acte : Exécution commencée, étape : en cours d’exécution", None),
        ({"kind": "custodians"}, "type : dépositaires", "kind: custodians"),
        ({"what": "part 1.2"}, "quoi : partie 1.2", "what: part 1.2"),
        ({"cause": "erasure"}, "cause : effacement", "cause: erasure"),
        ({"unheard": "of-it"}, "unheard : of-it", "unheard: of-it"),
        ({}, "", ""),
    ],
)
def test_details_are_said_in_the_language_of_the_page(details, french, english):
    with override("fr"):
        assert said(details).replace("\u202f", " ").replace("\u00a0", " ") == french
    with override("en"):
        assert english is None or said(details) == english


def test_the_page_says_words_and_the_file_keeps_codes(person, browser_of):
    auditor = person("auditor", None, ("everything", ""))
    audit.record(actor=auditor, action=Action.VIEW, details={"page": "message-journey"})

    page = browser_of(auditor, "fr").get("/audit/").content.decode()
    file = browser_of(auditor, "fr").get("/audit/entries.csv").getvalue().decode()

    assert "parcours d’un message" in page
    assert "message-journey" not in page
    assert "page=message-journey" in file

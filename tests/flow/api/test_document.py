"""The OpenAPI document and its page: valid, whole, in both languages, under the strict policy."""

import re

import pytest
from django.utils.translation import gettext, override
from openapi_spec_validator import validate

from config.api import document
from config.api_page import groups

INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle\s*=|\son[a-z]+\s*=", re.IGNORECASE)
SAME_IN_BOTH = {"API", "Type", "Exports"}


@pytest.fixture(autouse=True)
def an_archive(empty_archive):
    return empty_archive


def operations():
    return [(method, one) for methods in document()["paths"].values() for method, one in methods.items()]


def test_the_document_is_valid_openapi():
    validate(document())
    assert document()["openapi"] == "3.1.0"


def test_every_operation_says_how_it_fails():
    for method, one in operations():
        wanted = {"401", "429", "500", "503"} | ({"409", "422"} if method in {"post", "delete"} else set())
        assert wanted <= set(one["responses"]), one["operationId"]


def test_every_operation_that_makes_something_can_be_sent_again():
    forgot = [
        one["operationId"]
        for _method, one in operations()
        if "201" in one["responses"] and "Idempotency-Key" not in {named["name"] for named in one["parameters"]}
    ]
    assert forgot == []


def test_every_text_of_the_document_has_its_french():
    texts = {text for _method, one in operations() for text in (one["summary"], one.get("description", "")) if text}
    texts |= {
        field["description"] for _method, one in operations() for field in one["parameters"] if "description" in field
    }
    with override("fr"):
        assert sorted(text for text in texts if gettext(text) == text) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_shows_every_operation_without_script_or_style_in_it(client, language):
    page = client.get("/api/v1/", headers={"accept-language": language})
    text = page.content.decode()
    missing = [one["operationId"] for _method, one in operations() if f'id="{one["operationId"]}"' not in text]
    assert page.status_code == 200
    assert missing == []
    assert INLINE.search(text) is None
    assert "default-src 'none'" in page["Content-Security-Policy"]


def test_the_page_is_in_the_language_of_its_reader():
    with override("fr"):
        shown = groups("https://archive.example")
    assert {group.tag: group.title for group in shown}["holds"] == "Gels pour litige"


def test_examples_have_what_is_required():
    example = next(
        one.example
        for group in groups("https://archive.example")
        for one in group.operations
        if one.identifier == "open_matter"
    )
    assert '"reference": ' in example
    assert "https://archive.example/api/v1/matters" in example


def test_an_address_that_is_not_there_answers_as_a_problem(client):
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_document_is_for_everybody(client):
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Muniment"

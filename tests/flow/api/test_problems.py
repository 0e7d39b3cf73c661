"""Whatever is sent, the answer is what was asked for or a problem detail; never an error of the program."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.api import document
from tests.flow.accounts.test_matrix import MISSING

BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
FIELDS = sorted(
    {name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", {})}
)
# Objects with names that the API knows and values that it may not expect.
NAMED = st.dictionaries(st.sampled_from(FIELDS), BODIES, max_size=6)
ACTS = [
    path.removeprefix("/api/v1")
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if method == "post" and "requestBody" in operation
]
VALUES = {"approval_id": "999999", "custodian_id": "999999", "address": "nobody"}


@pytest.fixture
def programs(filled, person, program_of):
    return [program_of(person(role, None, ("everything", ""))) for role in ("compliance", "legal", "dpo")]


def address_of(path):
    for name in ("approval_id", "custodian_id", "address"):
        path = path.replace(f"{{{name}}}", VALUES[name])
    while "{" in path:
        path = path[: path.index("{")] + MISSING + path[path.index("}") + 1 :]
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(ACTS), body=NAMED | BODIES, number=st.integers(0, 2))
def test_no_body_makes_the_program_fail(programs, path, body, number):
    answer = programs[number].post(address_of(path), body)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert set(json.loads(answer.content)) >= {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1,",
        b"\xff\xfe",
        b'{"reference": "\\u0000", "name": "x"}',
        b'{"reference": "\\ud800", "name": "x"}',
    ],
)
def test_what_is_no_json_or_no_text_is_said(programs, content):
    address = "/api/v1/matters"
    headers = programs[0]._headers
    answer = programs[0]._client.post(address, data=content, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_a_method_that_is_not_there_names_those_that_are(programs):
    answer = programs[0].call("put", "/matters", {})
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_parameter_of_the_address_that_is_not_known_is_said(programs):
    answer = programs[0].get("/search", {"query": "x"})
    assert answer.status_code == 422
    assert "query" in answer.json()["errors"][0]


def test_sentences_are_in_the_language_of_the_caller(person, program_of, filled):
    lawyer = program_of(person("legal"), language="fr")
    body = {"reference": "M-1", "name": "Un dossier"}
    lawyer.post("/matters", body)
    assert lawyer.post("/matters", body).json()["detail"] == "Un autre dossier porte déjà cette référence."

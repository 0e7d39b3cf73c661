"""The page of the API: its OpenAPI document as a person reads it, in the language of the page. No script, no style."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.api.problems import KINDS
from config import api

_TITLES: Final = {
    "me": gettext_lazy("The caller"),
    "search": gettext_lazy("Search"),
    "messages": gettext_lazy("Messages"),
    "searches": gettext_lazy("Saved searches"),
    "matters": gettext_lazy("Matters"),
    "holds": gettext_lazy("Legal holds"),
    "exports": gettext_lazy("Exports"),
    "retention": gettext_lazy("Retention"),
    "disposals": gettext_lazy("Destruction"),
    "requests": gettext_lazy("Requests of data subjects"),
    "approvals": gettext_lazy("Approvals"),
    "audit": gettext_lazy("Audit trail"),
    "log": gettext_lazy("Evidence log"),
    "state": gettext_lazy("State of the archive"),
}
_SAMPLES: Final = {
    "integer": 1,
    "boolean": True,
    "number": 1,
    "array": [],
    "object": {},
    "date": "2026-03-31",
    "date-time": "2026-03-31T12:00:00Z",
    "uuid": "01890000-0000-7000-8000-000000000000",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """A parameter, or a field of a body."""

    name: str
    place: str  # "path", "query", "header" or "body"
    kind: str
    required: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOperation:
    """One address and method."""

    identifier: str
    method: str
    path: str
    title: str
    said: str
    fields: tuple[ShownField, ...]
    answers: tuple[str, ...]  # statuses, those of success first
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """The operations of one subject."""

    tag: str
    title: str
    operations: tuple[ShownOperation, ...]


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show every operation with its parameters, an example and its errors."""
    server = request.build_absolute_uri("/").rstrip("/")
    context = {"section": "api", "groups": groups(server), "kinds": KINDS, "server": server}
    return render(request, "api.html", context)


def groups(server: str) -> tuple[ShownGroup, ...]:
    """Return the operations of the document by subject, in the order in which the document has them."""
    document = api.document()
    found: dict[str, list[ShownOperation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _operation(server, path, method, operation, document["components"]["schemas"])
            found.setdefault(operation["tags"][0], []).append(shown)
    return tuple(
        ShownGroup(tag=tag, title=str(_TITLES.get(tag, tag)), operations=tuple(shown)) for tag, shown in found.items()
    )


def _operation(
    server: str, path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> ShownOperation:
    parameters = operation.get("parameters", [])
    body = _body(operation, schemas)
    return ShownOperation(
        identifier=operation["operationId"],
        method=method.upper(),
        path=path,
        title=_(operation["summary"]),
        said=_translated(operation.get("description", "")),
        fields=(
            *(
                _field(one["name"], one["in"], one["schema"], one["required"], one.get("description"))
                for one in parameters
            ),
            *(
                _field(name, "body", schema, name in body.get("required", ()), schema.get("description"))
                for name, schema in body.get("properties", {}).items()
            ),
        ),
        answers=tuple(sorted(operation["responses"])),
        example=_example(server, path, method, parameters, body if "requestBody" in operation else None),
    )


def _field(name: str, place: str, schema: dict[str, Any], required: object, said: str | None) -> ShownField:
    return ShownField(name=name, place=place, kind=_kind(schema), required=bool(required), said=_translated(said or ""))


def _body(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return _resolved(schema, schemas)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    return schemas[reference.rpartition("/")[2]] if reference else schema


def _kind(schema: dict[str, Any]) -> str:
    """Write the type of a value: "integer", "date", "string[]", a choice of words."""
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    return str(schema.get("format") or schema.get("type", ""))


def _example(server: str, path: str, method: str, parameters: list[dict[str, Any]], body: dict[str, Any] | None) -> str:
    """Write a call of curl with the parameters and fields that are required."""
    address = path
    asked = {}
    for one in parameters:
        sample = _sample(one["schema"], one["name"])
        if one["in"] == "path":
            address = address.replace(f"{{{one['name']}}}", str(sample))
        elif one["in"] == "query" and one["required"]:
            asked[one["name"]] = sample
    words = ["curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    words.append('-H "Authorization: Bearer $MUNIMENT_TOKEN"')
    if body is not None:
        required = body.get("required", [])
        fields = ", ".join(f'"{name}": {_json(body["properties"][name], name)}' for name in required)
        words.append(f"-H 'Content-Type: application/json' -d '{{{fields}}}'")
    query = f"?{urlencode(asked)}" if asked else ""
    words.append(f"'{server}{address}{query}'")
    return " \\\n  ".join(words)


def _sample(schema: dict[str, Any], name: str) -> object:
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], name)
    if "enum" in schema:
        return schema["enum"][0]
    return _SAMPLES.get(schema.get("format") or schema.get("type", ""), name.upper())


def _json(schema: dict[str, Any], name: str) -> str:
    sample = _sample(schema, name)
    match sample:
        case bool():
            return "true" if sample else "false"
        case int():
            return str(sample)
        case list():
            return "[]"
        case dict():
            return "{}"
        case _:
            return f'"{sample}"'


def _translated(text: str) -> str:
    """Translate a text of the document; gettext takes the empty one for the head of its catalogue."""
    return _(text) if text else ""

"""A rule as canonical JSON and back: what a database stores, and what a log entry or certificate takes the digest of.

    {"format": 1, "id": …, "version": …, "scope": {"is": "label", "value": "tax"}, …}

Keys are sorted, no white space, UTF-8; days are ISO 8601. Equal rules have equal bytes. Readers keep every format.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from muniment.errors import Corrupt, MunimentError
from muniment.policy.calendar import YearEnd
from muniment.policy.facts import Event
from muniment.policy.predicates import (
    MAX_DEPTH,
    AllOf,
    AnyOf,
    Everything,
    Fact,
    HasAttachment,
    HasCustodian,
    Is,
    Not,
    Predicate,
)
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text

FORMAT = 1
MAX_BYTES = 65_536  # a rule of more is a program

_Read = TypeVar("_Read")


def encode_rule(rule: Rule) -> bytes:
    """Write a rule; the same rule always gives the same bytes."""
    fields: dict[str, Any] = {
        "format": FORMAT,
        "id": rule.id,
        "version": rule.version,
        "valid_from": rule.valid_from.isoformat(),
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None,
        "name": {"en": rule.name.en, "fr": rule.name.fr},
        "scope": _scope_out(rule.scope),
        "term": _term_out(rule.term),
        "clock": rule.clock.value,
        "event": rule.event.value if rule.event else None,
        "active": _term_out(rule.active) if rule.active else None,
        "cap": _term_out(rule.cap) if rule.cap else None,
        "action": rule.action.value,
        "source": {
            "citation": rule.source.citation,
            "force": rule.source.force.value,
            "origin": rule.source.origin.value,
            "checked": rule.source.checked.value,
            "note": {"en": rule.source.note.en, "fr": rule.source.note.fr} if rule.source.note else None,
        },
        "priority": rule.priority,
        "definitive_ground": rule.definitive_ground,
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decode_rule(data: bytes) -> Rule:
    """Read a rule. Corrupt when the bytes are not a rule that could have been made."""
    if len(data) > MAX_BYTES:
        raise Corrupt(f"A stored rule has {len(data)} bytes; {MAX_BYTES} is the most.")
    try:
        return _rule_in(json.loads(data))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, MunimentError) as error:
        raise Corrupt(f"A stored rule cannot be read: {error!r}.") from error


def _rule_in(fields: Mapping[str, Any]) -> Rule:
    if fields["format"] != FORMAT:
        raise ValueError(f"format {fields['format']!r} is unknown")
    return Rule(
        id=fields["id"],
        version=_whole(fields["version"]),
        valid_from=date.fromisoformat(fields["valid_from"]),
        valid_until=_optional(fields["valid_until"], date.fromisoformat),
        name=_text_in(fields["name"]),
        scope=_scope_in(fields["scope"], MAX_DEPTH),
        term=_term_in(fields["term"]),
        clock=Clock(fields["clock"]),
        event=_optional(fields["event"], Event),
        active=_optional(fields["active"], _term_in),
        cap=_optional(fields["cap"], _term_in),
        action=Action(fields["action"]),
        source=_source_in(fields["source"]),
        priority=_whole(fields["priority"]),
        definitive_ground=fields["definitive_ground"],
    )


def _source_in(fields: Mapping[str, Any]) -> Source:
    return Source(
        citation=fields["citation"],
        force=Force(fields["force"]),
        origin=Origin(fields["origin"]),
        checked=Checked(fields["checked"]),
        note=_optional(fields["note"], _text_in),
    )


def _text_in(fields: Mapping[str, Any]) -> Text:
    return Text(en=fields["en"], fr=fields["fr"])


def _term_out(term: Term) -> dict[str, Any]:
    year_end = {"month": term.year_end.month, "day": term.year_end.day} if term.year_end else None
    return {"years": term.years, "months": term.months, "days": term.days, "year_end": year_end}


def _term_in(fields: Mapping[str, Any]) -> Term:
    return Term(
        years=_whole(fields["years"]),
        months=_whole(fields["months"]),
        days=_whole(fields["days"]),
        year_end=_optional(fields["year_end"], lambda end: YearEnd(month=_whole(end["month"]), day=_whole(end["day"]))),
    )


def _scope_out(scope: Predicate) -> dict[str, Any]:
    match scope:
        case Everything():
            return {"everything": True}
        case HasAttachment():
            return {"has": "attachment"}
        case HasCustodian():
            return {"has": "custodian"}
        case Is(fact=fact, value=value):
            return {"is": fact.value, "value": value}
        case AllOf(clauses=clauses):
            return {"all": [_scope_out(clause) for clause in clauses]}
        case AnyOf(clauses=clauses):
            return {"any": [_scope_out(clause) for clause in clauses]}
        case Not(clause=clause):
            return {"not": _scope_out(clause)}


def _scope_in(fields: Mapping[str, Any], depth: int) -> Predicate:
    if depth == 0:
        raise ValueError(f"conditions nested more than {MAX_DEPTH} deep")
    match fields:
        case {"everything": True}:
            return Everything()
        case {"has": "attachment"}:
            return HasAttachment()
        case {"has": "custodian"}:
            return HasCustodian()
        case {"is": fact, "value": str(value)}:
            return Is(fact=Fact(fact), value=value)
        case {"all": [*clauses]}:
            return AllOf(clauses=tuple(_scope_in(clause, depth - 1) for clause in clauses))
        case {"any": [*clauses]}:
            return AnyOf(clauses=tuple(_scope_in(clause, depth - 1) for clause in clauses))
        case {"not": clause}:
            return Not(clause=_scope_in(clause, depth - 1))
        case _:
            raise ValueError("unknown kind of condition")


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _optional(value: Any, read: Callable[[Any], _Read]) -> _Read | None:
    return None if value is None else read(value)

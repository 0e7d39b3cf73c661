"""Text of a query → tree. `docs/query-language.md` is the manual.

or      = and { "OR" and }
and     = unary { [ "AND" ] unary }
unary   = ( "NOT" | "-" ) unary | near
near    = primary [ ( "w/n" | "pre/n" ) primary ]
primary = "(" or ")" | field ":" ( value | "(" or ")" ) | phrase | word | "*"
"""

import re
from datetime import date

from muniment.query.lexer import Kind, Token, tokens_of
from muniment.query.proximity import near_node
from muniment.query.ranges import age_range, date_range, gmail_date, size_range
from muniment.query.refusals import QueryError
from muniment.query.tree import And, Everything, Field, Node, Not, Or, Phrase, Span, Term
from muniment.query.vocabulary import (
    CLOSED_VALUES,
    DATE_FIELDS,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_OPEN_WORDS,
    RANGE_FIELDS,
    TERM_FIELDS,
)

_FUZZY = re.compile(r"(.*)~([0-9]*)", re.DOTALL | re.ASCII)
_OPERATORS = (Kind.AND, Kind.OR, Kind.NEAR)


def parse(text: str, *, today: date) -> Node:
    """Parse a query; `today` is what `older_than:` and `newer_than:` count from.

    Raises `QueryError`, and nothing else, with the place of what is wrong.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError("too-long", start=MAX_LENGTH, end=len(text), length=len(text), limit=MAX_LENGTH)
    return _Parser(tokens_of(text), today=today).whole(len(text))


class _Parser:
    def __init__(self, tokens: list[Token], *, today: date) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._open_words = 0
        self._today = today

    def whole(self, length: int) -> Node:
        if self._peek().kind is Kind.END:
            return Everything(span=Span(start=0, end=length))
        node = self._or(Field.ANY)
        if self._peek().kind is Kind.CLOSE:
            raise _refusal("parenthesis-close", self._peek())
        return node

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        self._open_words += _open_words(token)
        if self._open_words > MAX_OPEN_WORDS:
            raise _refusal("too-many-open-words", token, limit=MAX_OPEN_WORDS)
        return token

    def _or(self, field: Field) -> Node:
        clauses = [self._and(field)]
        while self._peek().kind is Kind.OR:
            operator = self._take()
            self._require_operand(operator)
            clauses.append(self._and(field))
        return clauses[0] if len(clauses) == 1 else Or(clauses=tuple(clauses), span=_around(clauses))

    def _and(self, field: Field) -> Node:
        clauses = [self._unary(field)]
        while self._peek().kind not in {Kind.OR, Kind.CLOSE, Kind.END}:
            if self._peek().kind is Kind.AND:
                self._require_operand(self._take())
            clauses.append(self._unary(field))
        return clauses[0] if len(clauses) == 1 else And(clauses=tuple(clauses), span=_around(clauses))

    def _unary(self, field: Field) -> Node:
        if self._peek().kind is not Kind.NOT:
            return self._near(field)
        operator = self._take()
        self._require_operand(operator)
        self._descend(operator)
        clause = self._unary(field)
        self._depth -= 1
        return Not(clause=clause, span=Span(start=operator.start, end=clause.span.end))

    def _near(self, field: Field) -> Node:
        left = self._primary(field)
        if self._peek().kind is not Kind.NEAR:
            return left
        operator = self._take()
        self._require_operand(operator)
        right = self._primary(field)
        if self._peek().kind is Kind.NEAR:
            raise _refusal("near-chain", self._peek(), operator=self._peek().text)
        return near_node(left, right, operator)

    def _primary(self, field: Field) -> Node:
        token = self._take()
        if token.kind is Kind.OPEN:
            return self._group(field, token)
        if token.kind is Kind.FIELD:
            return self._fielded(token)
        if token.kind is Kind.PHRASE:
            return _phrase(field, token, start=token.start)
        if token.kind is Kind.EVERYTHING and token.text in CLOSED_VALUES.get(field, ()):
            return _word(field, token, start=token.start)
        if token.kind is Kind.EVERYTHING:
            return Everything(span=Span(start=token.start, end=token.end))
        if token.kind is Kind.WORD:
            return _word(field, token, start=token.start)
        if token.kind is Kind.CLOSE:
            raise _refusal("parenthesis-close", token)
        raise _refusal("operand-missing-before", token, operator=token.text)

    def _group(self, field: Field, opening: Token) -> Node:
        self._descend(opening)
        if self._peek().kind is Kind.CLOSE:
            raise QueryError("parenthesis-empty", start=opening.start, end=self._peek().end)
        if self._peek().kind is Kind.END:
            raise _refusal("parenthesis-open", opening)
        node = self._or(field)
        if self._peek().kind is not Kind.CLOSE:
            raise _refusal("parenthesis-open", opening)
        self._take()
        self._depth -= 1
        return node

    def _fielded(self, name: Token) -> Node:
        value = self._take()
        if value.kind not in {Kind.OPEN, Kind.PHRASE, Kind.WORD}:
            raise _refusal("field-empty", name, name=name.text)
        if name.text in RANGE_FIELDS:
            return self._range(name, value)
        field = TERM_FIELDS[name.text]
        if value.kind is Kind.OPEN:
            return self._group(field, value)
        if value.kind is Kind.PHRASE:
            return _phrase(field, value, start=name.start)
        return _word(field, value, start=name.start)

    def _range(self, name: Token, value: Token) -> Node:
        span = Span(start=name.start, end=value.end)
        if value.kind is Kind.OPEN:
            raise QueryError("field-group", start=name.start, end=value.end, name=name.text)
        if name.text in DATE_FIELDS:
            return date_range(name.text, value.text, span)
        if name.text in {"after", "before"}:
            return gmail_date(name.text, value.text, span)
        if name.text in {"older_than", "newer_than"}:
            return age_range(name.text, value.text, span, today=self._today)
        sign = {"size": "", "larger": ">=", "smaller": "<="}[name.text]
        return size_range(sign + value.text, span)

    def _require_operand(self, operator: Token) -> None:
        if self._peek().kind in {Kind.END, Kind.CLOSE, *_OPERATORS}:
            raise _refusal("operand-missing", operator, operator=operator.text)

    def _descend(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refusal("too-deep", token, limit=MAX_DEPTH)


def _open_words(token: Token) -> int:
    if token.kind is Kind.PHRASE:
        return token.text.count("*")
    return int(token.kind is Kind.WORD and any(mark in token.text for mark in "*?~"))


def _phrase(field: Field, token: Token, *, start: int) -> Phrase:
    phrase = Phrase(field=field, text=token.text, span=Span(start=start, end=token.end))
    _check_value(field, token.text, phrase.span)
    return phrase


def _word(field: Field, token: Token, *, start: int) -> Node:
    span = Span(start=start, end=token.end)
    if token.text in CLOSED_VALUES.get(field, ()):
        return Term(field=field, text=token.text, span=span)
    exact = token.text.startswith("=")
    text = token.text.lstrip("=")
    match = _FUZZY.fullmatch(text)
    fuzzy = 0
    if match is not None:
        if match[2] not in {"", "1", "2"}:
            raise QueryError("fuzzy-distance", start=span.start, end=span.end)
        text, fuzzy = match[1], int(match[2] or "1")
    wildcard = "*" in text or "?" in text
    if not any(character.isalnum() for character in text):
        raise QueryError("nothing", start=span.start, end=span.end)
    if fuzzy and (exact or wildcard):
        raise QueryError("fuzzy-alone", start=span.start, end=span.end)
    _check_value(field, text, span)
    return Term(field=field, text=text, span=span, wildcard=wildcard, exact=exact, fuzzy=fuzzy)


def _check_value(field: Field, text: str, span: Span) -> None:
    values = CLOSED_VALUES.get(field)
    if values is not None and text.lower() not in values:
        listed = ", ".join(values)
        raise QueryError("value-unknown", start=span.start, end=span.end, name=field.value, value=text, values=listed)


def _around(clauses: list[Node]) -> Span:
    return Span(start=clauses[0].span.start, end=clauses[-1].span.end)


def _refusal(key: str, token: Token, **arguments: str | int) -> QueryError:
    return QueryError(key, start=token.start, end=token.end, **arguments)

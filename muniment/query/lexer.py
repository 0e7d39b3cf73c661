"""Cut a query into tokens, each with its place."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from muniment.query.refusals import QueryError
from muniment.query.vocabulary import ALL_FIELDS, MAX_DISTANCE, MAX_WORDS, PLAIN_PREFIXES

_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“”"}
_ENDS_WORD = re.compile(r'[\s()"“”«»„]')
_FIELD = re.compile(r"([A-Za-z_]+):", re.ASCII)
_NEAR = re.compile(r"(w|pre)/([0-9]+)", re.ASCII | re.IGNORECASE)
_STARS = re.compile(r"\*+")


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    EVERYTHING = auto()
    END = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token: `text` is the word, the phrase's inside, the field's name or the operator as written."""

    kind: Kind
    text: str
    start: int
    end: int
    distance: int = 0
    ordered: bool = False


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a query, ending in one END; words of punctuation alone are left out."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value_follows = bool(tokens) and tokens[-1].kind is Kind.FIELD
        token = _token_at(text, at, is_value=value_follows and tokens[-1].end == at)
        at = token.end
        if token.kind is not Kind.WORD or _says_something(token.text):
            tokens.append(token)
        elif value_follows:
            raise QueryError("nothing", start=token.start, end=token.end)
        if len(tokens) > MAX_WORDS * 2:
            raise QueryError("too-many-words", start=token.start, end=token.end, limit=MAX_WORDS)
    if not tokens and text.strip():
        raise QueryError("nothing", start=0, end=len(text))
    tokens.append(Token(kind=Kind.END, text="", start=len(text), end=len(text)))
    return tokens


def _token_at(text: str, at: int, *, is_value: bool) -> Token:
    character = text[at]
    if character == "(":
        return Token(kind=Kind.OPEN, text="(", start=at, end=at + 1)
    if character == ")":
        return Token(kind=Kind.CLOSE, text=")", start=at, end=at + 1)
    if character in _QUOTES:
        return _phrase_at(text, at)
    if character == "=" and text[at + 1 : at + 2] in _QUOTES:
        raise QueryError("exact-phrase", start=at, end=at + 1)
    if is_value:
        return _word_at(text, at)
    if character == "-" and at + 1 < len(text) and not _ENDS_WORD.match(text[at + 1]):
        if _says_something(_word_at(text, at).text):
            return Token(kind=Kind.NOT, text="-", start=at, end=at + 1)
        return _word_at(text, at)
    if character == "-" and text[at + 1 : at + 2] in {"(", *_QUOTES}:
        return Token(kind=Kind.NOT, text="-", start=at, end=at + 1)
    return _field_at(text, at) or _operator_at(text, at)


def _phrase_at(text: str, at: int) -> Token:
    closing = _QUOTES[text[at]]
    ends = [found for mark in closing if (found := text.find(mark, at + 1)) >= 0]
    if not ends:
        raise QueryError("quote-open", start=at, end=at + 1)
    end = min(ends)
    inside = " ".join(text[at + 1 : end].replace('"', " ").split())
    if not _says_something(inside):
        raise QueryError("nothing", start=at, end=end + 1)
    return Token(kind=Kind.PHRASE, text=inside, start=at, end=end + 1)


def _word_at(text: str, at: int) -> Token:
    ending = _ENDS_WORD.search(text, at + 1)
    end = ending.start() if ending else len(text)
    return Token(kind=Kind.WORD, text=text[at:end], start=at, end=end)


def _field_at(text: str, at: int) -> Token | None:
    """Read `name:`. What is written like a field and is none is refused, except URLs, `Re:` and drive letters."""
    match = _FIELD.match(text, at)
    if match is None:
        return None
    name = match[1].lower()
    if name in ALL_FIELDS:
        return Token(kind=Kind.FIELD, text=name, start=at, end=match.end())
    if name in PLAIN_PREFIXES or len(name) == 1 or text[match.end() : match.end() + 1] in {"/", "\\", ":"}:
        return None
    raise QueryError("field-unknown", start=at, end=match.end(), name=match[1], fields=", ".join(ALL_FIELDS))


def _operator_at(text: str, at: int) -> Token:
    word = _word_at(text, at)
    if word.text in _OPERATORS:
        return Token(kind=_OPERATORS[word.text], text=word.text, start=at, end=word.end)
    if _STARS.fullmatch(word.text):
        return Token(kind=Kind.EVERYTHING, text="*", start=at, end=word.end)
    match = _NEAR.fullmatch(word.text)
    if match is None:
        return word
    if len(match[2]) > len(str(MAX_DISTANCE)) or int(match[2]) > MAX_DISTANCE:
        raise QueryError("near-distance", start=at, end=word.end, operator=word.text, limit=MAX_DISTANCE)
    ordered = match[1].lower() == "pre"
    return Token(kind=Kind.NEAR, text=word.text, start=at, end=word.end, distance=int(match[2]), ordered=ordered)


def _says_something(text: str) -> bool:
    """Tell whether a text has a letter or a digit; `*` alone stands for everything."""
    return any(character.isalnum() for character in text) or bool(_STARS.fullmatch(text))

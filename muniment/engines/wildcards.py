"""A folded text with `*` and `?` → regular expressions: Tantivy's automata, and Python's in linear time.

Python's regular expressions try again what failed, so `*a*b*c*` would take time to the third power of the word. Each
part between stars is therefore matched at its first place, once and for all (an atomic group): if any places match, the
first ones do.
"""

import re
from functools import lru_cache

ANY = "."
NO_AT = "[^@]"  # a wildcard in an address stays on its side of the @

_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")
_STARS = re.compile(r"\*+")


def escape(text: str) -> str:
    """Escape a text for a regular expression of both Python and Tantivy."""
    return _SPECIAL.sub(r"\\\1", text)


def tantivy_regex(wildcard: str, character: str = ANY) -> str:
    """Return the expression for an automaton, which takes linear time by itself."""
    return f"{character}*".join(_part(part, character) for part in _STARS.split(wildcard))


@lru_cache(maxsize=1024)
def python_regex(wildcard: str, character: str = ANY) -> re.Pattern[str]:
    """Return the expression for `fullmatch`."""
    first, *others = [_part(part, character) for part in _STARS.split(wildcard)]
    middle = "".join(f"(?>{character}*?{part})" for part in others[:-1])
    last = f"{character}*{others[-1]}" if others else ""
    return re.compile(first + middle + last, re.DOTALL)


def _part(part: str, character: str) -> str:
    return character.join(escape(literal) for literal in part.split("?"))

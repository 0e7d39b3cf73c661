"""French spaces that must not break: inside guillemets and before high punctuation."""

import re

_AFTER = re.compile(r"« ")
_BEFORE = re.compile(r" (?=[»;:!?])")
NO_BREAK_SPACE = "\u00a0"


def set_sentence(text: str, *, language: str) -> str:
    """Return a sentence of ours as it is set in a language; only spaces are changed."""
    if language != "fr":
        return text
    return _BEFORE.sub(NO_BREAK_SPACE, _AFTER.sub(f"«{NO_BREAK_SPACE}", text))

"""Typed readers of the environment: a wrong setting is a sentence that says which, why, and what to write.

Each setting can also stand in a file that NAME_FILE names, as secrets of containers do.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


class Environment:
    """Reads settings by name; an unset one has its default, an empty text counts as unset for numbers."""

    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self._values = values

    def text(self, name: str, default: str = "") -> str:
        """Return a text as it stands."""
        return self._value(name, default)

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`."""
        text = self._value(name, "").strip()
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ImproperlyConfigured(f"{name} is {text!r}: it must be a whole number from {least} to {most}.")
        return int(text)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        text = self._value(name, None)
        if text is None:
            return default
        if text.strip().lower() not in _TRUE | _FALSE:
            raise ImproperlyConfigured(f"{name} is {text!r}: write yes or no.")
        return text.strip().lower() in _TRUE

    def items(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """Return a list written with commas."""
        text = self._value(name, None)
        return list(default) if text is None else [item.strip() for item in text.split(",") if item.strip()]

    def _value(self, name: str, default: str | None) -> str | None:
        path = self._values.get(f"{name}_FILE", "")
        if not path:
            return self._values.get(name, default)
        if self._values.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: set one of them.")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path!r}, which cannot be read: {error}") from error

"""The shapes of a bundle's JSON, and how what was read differs from them. Input never decides how deep we look."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from muniment.bundle import layout

Shape = Any  # a predicate, or one of the classes below
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DIGEST_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class Nullable:
    """null, or the shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array, each value of the shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Keys:
    """An object with exactly these keys."""

    shapes: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any keys, each value of the shape."""

    shape: Shape


class NotReadable(Exception):
    """A JSON document is not what a bundle holds."""


def text(value: Any) -> bool:
    """A string."""
    return isinstance(value, str)


def flag(value: Any) -> bool:
    """A truth value."""
    return isinstance(value, bool)


def whole(value: Any) -> bool:
    """A whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def figure(value: Any) -> bool:
    """A whole number or a truth value."""
    return flag(value) or whole(value)


def hexes(value: Any) -> bool:
    """Bytes in hex."""
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def digest(value: Any) -> bool:
    """32 bytes in hex."""
    return hexes(value) and len(value) == _DIGEST_DIGITS


def identifier(value: Any) -> bool:
    """A UUID."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def moment(value: Any) -> bool:
    """A time in UTC."""
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def equal_to(*values: Any) -> Callable[[Any], bool]:
    """Return a predicate: one of these values."""
    return lambda value: any(value == one and type(value) is type(one) for one in values)


_LOG_PROOF: Final = Keys({"index": whole, "entry": hexes, "path": ListOf(digest)})
_PROOF: Final = Keys(
    {
        "salt": digest,
        "commitment": digest,
        "segment": identifier,
        "place": whole,
        "frames": whole,
        "path": ListOf(digest),
        "root": digest,
        "log": Nullable(_LOG_PROOF),
    }
)
_ENVELOPE: Final = Keys(
    {
        "mail_from": text,
        "mail_parameters": ListOf(text),
        "recipients": ListOf(Keys({"address": text, "parameters": ListOf(text)})),
        "recipients_hidden": flag,
        "protocol": text,
        "helo": text,
        "client_address": text,
        "client_port": whole,
        "tls": text,
        "authenticated_as": text,
    }
)
_SIGHTING: Final = Keys(
    {
        "id": identifier,
        "source": text,
        "captured_at": moment,
        "custodian": text,
        "item": text,
        "verdicts": ListOf(ListOf(text)),
        "envelope": Nullable(_ENVELOPE),
        "sha256": digest,
        "md5": hexes,
        "size": whole,
        "mih": Nullable(Keys({"bracketed": text, "bare": text})),
        "proof": _PROOF,
        "file": Nullable(text),
    }
)
ITEM: Final = Keys(
    {
        "n": whole,
        "message": identifier,
        "subject": text,
        "from": text,
        "date": Nullable(moment),
        "custodians": ListOf(text),
        "holds": Nullable(ListOf(text)),
        "sightings": ListOf(_SIGHTING),
        "sightings_left_out": whole,
    }
)
EXCEPTION: Final = Keys(
    {
        "n": whole,
        "message": identifier,
        "sighting": Nullable(identifier),
        "code": equal_to(*(code.value for code in layout.ExceptionCode)),
        "detail": text,
    }
)
MANIFEST: Final = Keys(
    {
        "format": equal_to(layout.FORMAT),
        "version": equal_to(layout.VERSION),
        "generated_at": moment,
        "tool": text,
        "asked_by": text,
        "purpose": text,
        "matter": text,
        "query": Keys({"typed": text, "explained_en": text, "explained_fr": text}),
        "scope": Keys({"everything": flag, "blind": flag, "addresses": ListOf(text), "domains": ListOf(text)}),
        "selection": Keys({"found": whole, "limit": Nullable(whole), "taken": whole, "order": text, "sha256": digest}),
        "copies": equal_to("first", "all"),
        "coverage": MapOf(figure),
        "counts": Keys(
            {"messages": whole, "files": whole, "sightings": whole, "bytes": whole, "exceptions": MapOf(whole)}
        ),
        "hashes": equal_to(["SHA-256", "MD5", "EDRM MIH 1.0"]),
        "holds_known": flag,
        "log": Nullable(Keys({"origin": text, "size": whole, "root": digest})),
    }
)


def read(data: bytes, shape: Shape) -> Any:
    """Return the value of a JSON document of this shape; raise `NotReadable` with what is wrong, by field."""
    try:
        value = json.loads(data)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"it is no JSON: {type(error).__name__}") from error
    fault = next(_faults(value, shape, ""), None)
    if fault is not None:
        raise NotReadable(fault)
    if again.encode("utf-8", "backslashreplace") != data:
        raise NotReadable("it is not in canonical JSON: it was changed after it was written")
    return value


def _faults(value: Any, shape: Shape, where: str) -> Iterator[str]:
    match shape:
        case Nullable():
            if value is not None:
                yield from _faults(value, shape.shape, where)
        case ListOf() | MapOf() | Keys():
            yield from _inner_faults(value, shape, where)
        case _:
            if not shape(value):
                yield f"field {where} has a value that no bundle has there"


def _inner_faults(value: Any, shape: ListOf | MapOf | Keys, where: str) -> Iterator[str]:
    match shape, value:
        case ListOf(), list():
            for at, one in enumerate(value):
                yield from _faults(one, shape.shape, f"{where}[{at}]")
        case MapOf(), dict():
            for name, one in value.items():
                yield from _faults(one, shape.shape, f"{where}.{name}")
        case Keys(), dict():
            for name in sorted(shape.shapes.keys() ^ value.keys()):
                yield f"field {where}.{name} {'is missing' if name in shape.shapes else 'was added'}"
            for name in sorted(shape.shapes.keys() & value.keys()):
                yield from _faults(value[name], shape.shapes[name], f"{where}.{name}")
        case _:
            yield f"field {where or '(all)'} has another form than a bundle's"

r"""Reading the PROXY protocol's header, versions 1 and 2: who the client is that a load balancer connects for.

    v1   PROXY SP (TCP4 | TCP6) SP source SP destination SP source port SP destination port CRLF     at most 107 bytes
         PROXY SP UNKNOWN [anything] CRLF
    v2   \r\n\r\n\0\r\nQUIT\n, version 2 | command, family | transport, length (16 bits), addresses, TLVs

Source: HAProxy's "The PROXY protocol", sections 2.1 and 2.2. What that lets a receiver refuse is refused here. What
follows the header, in the same packet or not, is the client's (docs/decisions/0025-many-nodes.md).
"""

from dataclasses import dataclass
from enum import Enum
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from muniment.errors import Refused

SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_LEAD: Final = b"PROXY "
_V1_BYTES: Final = 107  # section 2.1: the longest line, CRLF included
_V2_HEAD: Final = len(SIGNATURE) + 4
V2_BYTES: Final = 4096  # addresses and TLVs: at most 216 of UNIX sockets, some hundred of TLS details
_STREAM: Final = 1
_MAX_PORT: Final = 65_535


class BadHeader(Refused):
    """What came is no PROXY header; the reason is a word for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The far end of a connection that a proxy passes on."""

    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A whole header: how many bytes it took, and the client; None where the proxy speaks for itself or knows none."""

    size_bytes: int
    client: Client | None


class _Family(Enum):
    UNSPECIFIED = 0
    INET = 1
    INET6 = 2
    UNIX = 3


# Bytes of the addresses and ports of both ends (section 2.2).
_ADDRESS_BYTES: Final = {_Family.UNSPECIFIED: 0, _Family.INET: 12, _Family.INET6: 36, _Family.UNIX: 216}


def looks_proxied(data: bytes) -> bool:
    """Say whether a connection begins as a proxy begins one: no client of SMTP or LMTP does."""
    return data.startswith((_LEAD, SIGNATURE))


def read_header(data: bytes) -> Header | None:
    """Read the header that `data` begins with; None while it is not whole. Raises `BadHeader` as soon as it is none."""
    if data[: len(SIGNATURE)] == SIGNATURE[: len(data)]:
        return _read_v2(data)
    if data[: len(_LEAD)] == _LEAD[: len(data)]:
        return _read_v1(data)
    raise BadHeader("no-header")


def _read_v1(data: bytes) -> Header | None:
    end = data.find(b"\r\n", 0, _V1_BYTES)
    if end < 0:
        if len(data) >= _V1_BYTES:
            raise BadHeader("v1-too-long")
        return None
    words = data[:end].split(b" ")
    if words[1] == b"UNKNOWN":
        return Header(size_bytes=end + 2, client=None)
    if len(words) != 6:  # noqa: PLR2004 - the form above
        raise BadHeader("v1-form")
    _, family, source, destination, source_port, destination_port = words
    address = _text_address(family, source)
    _text_address(family, destination)
    _text_port(destination_port)
    return Header(size_bytes=end + 2, client=Client(address=address, port=_text_port(source_port)))


def _text_address(family: bytes, text: bytes) -> str:
    try:
        match family:
            case b"TCP4":
                return str(IPv4Address(text.decode("ascii")))
            case b"TCP6":
                address = IPv6Address(text.decode("ascii"))
            case _:
                raise BadHeader("v1-family")
    except (AddressValueError, UnicodeDecodeError) as error:
        raise BadHeader("v1-address") from error
    if address.scope_id is not None:
        raise BadHeader("v1-address")
    return _plain(address)


def _text_port(text: bytes) -> int:
    """Read digits alone: no sign, no space, no zero in front."""
    if not (text.isdigit() and len(text) <= len(str(_MAX_PORT)) and text == b"%d" % int(text)):
        raise BadHeader("v1-port")
    port = int(text)
    if port > _MAX_PORT:
        raise BadHeader("v1-port")
    return port


def _read_v2(data: bytes) -> Header | None:
    if len(data) < _V2_HEAD:
        return None
    kind, protocol = data[12], data[13]
    length = int.from_bytes(data[14:16], "big")
    if kind not in (0x20, 0x21):
        raise BadHeader("v2-command")
    if length > V2_BYTES:
        raise BadHeader("v2-too-long")
    size_bytes = _V2_HEAD + length
    if len(data) < size_bytes:
        return None
    body = data[_V2_HEAD:size_bytes]
    if kind == 0x20:  # noqa: PLR2004 - LOCAL: the rest says nothing (section 2.2)
        return Header(size_bytes=size_bytes, client=None)
    return Header(size_bytes=size_bytes, client=_v2_client(protocol, body))


def _v2_client(protocol: int, body: bytes) -> Client | None:
    try:
        family = _Family(protocol >> 4)
    except ValueError as error:
        raise BadHeader("v2-family") from error
    transport = protocol & 0x0F
    if family is _Family.UNSPECIFIED and not transport:
        return None  # what follows is skipped, whatever it is
    if transport != _STREAM or family is _Family.UNSPECIFIED:
        raise BadHeader("v2-transport")
    size = _ADDRESS_BYTES[family]
    if len(body) < size:
        raise BadHeader("v2-address")
    _check_tlvs(body, size)
    match family:
        case _Family.INET:
            address = str(IPv4Address(body[:4]))
        case _Family.INET6:
            address = _plain(IPv6Address(body[:16]))
        case _Family.UNIX:
            return None
    ports = size - 4
    return Client(address=address, port=int.from_bytes(body[ports : ports + 2], "big"))


def _check_tlvs(body: bytes, position: int) -> None:
    """Skip type, length, value after type, length, value: they must fill the header."""
    while position < len(body):
        position += 3 + int.from_bytes(body[position + 1 : position + 3], "big")
    if position != len(body):
        raise BadHeader("v2-tlv")


def _plain(address: IPv6Address) -> str:
    """Return an IPv4 address that came mapped into IPv6 as IPv4, as `access.plain_address` does."""
    return str(address.ipv4_mapped or address)

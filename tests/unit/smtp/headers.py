"""Builds PROXY headers as a load balancer sends them, from the specification and not from the code under test."""

from ipaddress import ip_address

SIGNATURE = bytes.fromhex("0d0a0d0a000d0a515549540a")
LOCAL = SIGNATURE + b"\x20\x00\x00\x00"
UNKNOWN = b"PROXY UNKNOWN\r\n"


def v1(source, port, *, destination=None, destination_port=25):
    """Return version 1's line."""
    version = ip_address(source).version
    to = destination or ("192.0.2.1" if version == 4 else "2001:db8::1")
    return f"PROXY TCP{version} {source} {to} {port} {destination_port}\r\n".encode()


def v2(source, port, *, destination_port=25, tlvs=()):
    """Return version 2's header; `tlvs` are pairs of type and value."""
    address = ip_address(source)
    addresses = address.packed + bytes(len(address.packed))
    body = addresses + port.to_bytes(2, "big") + destination_port.to_bytes(2, "big")
    body += b"".join(bytes([kind]) + len(value).to_bytes(2, "big") + value for kind, value in tlvs)
    return framed(body, family=0x11 if address.version == 4 else 0x21)


def framed(body, *, family, command=0x21):
    """Return version 2's header around a body, whatever it is."""
    return SIGNATURE + bytes([command, family]) + len(body).to_bytes(2, "big") + body

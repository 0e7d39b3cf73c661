"""Who may connect: networks, and how many connections at once."""

from collections import Counter
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from journaling.smtp.options import Limits
from muniment.errors import Refused

Networks = tuple[IPv4Network | IPv6Network, ...]


def read_networks(texts: list[str], *, setting: str = "MUNIMENT_SMTP_NETWORKS") -> Networks:
    """Read networks such as 10.0.0.0/8 or 2001:db8::/32; raise `Refused` naming the one that is wrong."""
    networks = []
    for text in texts:
        try:
            networks.append(ip_network(text.strip()))
        except ValueError as error:
            raise Refused(f"{setting}: {text!r} is not a network ({error}).") from error
    return tuple(networks)


def plain_address(text: str) -> str:
    """Return an address without its scope; an IPv4 address that came mapped into IPv6 as IPv4."""
    if ":" not in text:
        return text
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def is_within(address: str, networks: Networks) -> bool:
    """Say whether `address` belongs to one of the networks."""
    parsed = ip_address(address)
    return any(parsed in network for network in networks)


class Connections:
    """Counts open connections, in all and for each client address.

    The address "" stands for clients that a proxy has not named yet, and for its own checks: many may come from it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_address: Counter[str] = Counter()
        self.total = 0

    def enter(self, address: str) -> bool:
        """Count a new connection; False when there are too many, and then nothing is counted."""
        crowded = bool(address) and self._by_address[address] >= self._limits.connections_per_client
        if self.total >= self._limits.connections or crowded:
            return False
        self.total += 1
        self._by_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Take a connection off the count."""
        self.total -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

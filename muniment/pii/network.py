"""E-mail and IP addresses."""

import ipaddress

from muniment.pii.judged import Judged, whole
from muniment.pii.model import Confidence, Evidence

_LOCAL_MAX = 64  # RFC 5321 4.5.3.1.1, octets
_DOMAIN_MAX = 255  # RFC 5321 4.5.3.1.2
_LABEL_MAX = 63  # RFC 1035 2.3.4
_TLD_MAX = 18  # the longest name among the top-level domains in plain letters
# Names of files and parts that mail calls `name@…`: content ids of pictures, and the like.
_NOT_DOMAINS = frozenset(
    "jpg jpeg gif png bmp tif htm html txt doc docx xls xlsx ppt pdf exe js css php asp jsp".split()
)
_ELISIONS = ("l'", "d'", "j'", "m'", "t'", "s'", "n'", "c'", "qu'")
_MACHINE_LENGTH = 18  # a local part this long with this many digits is a message id, not a mailbox
_MACHINE_DIGITS = 9
_TELLING_DIGITS = 7  # 1.2.3.4 is a version or a section unless a word says otherwise
_V6_GROUPS = 3
_V6_GROUP = 4  # hexadecimal digits
_V6_FULL = 6  # so many full groups are an address whatever they start with
_V6_HOSTS = tuple(map(ipaddress.IPv6Network, ("2000::/3", "fc00::/7", "fe80::/10")))


def email(candidate: bytes) -> Judged | None:
    """An address as RFC 5321 allows it, without quoted local parts; message ids and content ids are none."""
    local, _, domain = candidate.decode("latin-1").partition("@")
    name = local.lstrip(".-'+~")
    if len(domain) > _DOMAIN_MAX or len(name) > _LOCAL_MAX:
        return None
    if name.lower().startswith(_ELISIONS):
        name = name.partition("'")[2]
    labels = domain.split(".")
    while labels and not _is_tld(labels[-1]):
        labels.pop()
    kept = ".".join(labels)
    if len(labels) < 2 or not all(map(_is_label, labels)):
        return None
    if not name or name.endswith(".") or ".." in name or _by_machine(name):
        return None
    end = len(local) + 1 + len(kept)
    return Judged(start=len(local) - len(name), end=end, alone=Confidence.HIGH, why=(Evidence.LAYOUT,))


def _is_label(label: str) -> bool:
    return 0 < len(label) <= _LABEL_MAX and label[0] != "-" and label[-1] != "-"


def _is_tld(label: str) -> bool:
    if label.lower().startswith("xn--"):
        return len(label) <= _LABEL_MAX
    return 2 <= len(label) <= _TLD_MAX and label.isalpha() and label.lower() not in _NOT_DOMAINS


def _by_machine(name: str) -> bool:
    return len(name) >= _MACHINE_LENGTH and sum(map(str.isdigit, name)) >= _MACHINE_DIGITS


def ipv4(candidate: bytes) -> Judged | None:
    """Four octets of a single host: no netmask, loopback, multicast or unspecified address (RFC 6890)."""
    octets = candidate.decode("ascii").split(".")
    if any(int(octet) > 255 or (octet[0] == "0" and octet != "0") for octet in octets):
        return None
    if int(octets[0]) in {0, 127} or int(octets[0]) > 223:
        return None
    telling = len(candidate) - 3 >= _TELLING_DIGITS
    return whole(candidate, Confidence.MEDIUM if telling else None, Evidence.LAYOUT)


def ipv6(candidate: bytes) -> Judged | None:
    """An address of RFC 4291 that a host can have: global, unique local or link local."""
    text = candidate.decode("ascii")
    try:
        address = ipaddress.IPv6Address(text)
    except ipaddress.AddressValueError:
        return None
    groups = [group for group in text.split(":") if group]
    if sum(len(group) == _V6_GROUP for group in groups) >= _V6_FULL:
        return whole(candidate, Confidence.HIGH, Evidence.LAYOUT)
    host = any(address in network for network in _V6_HOSTS)
    if not host or len(groups) < _V6_GROUPS:
        return None
    return whole(candidate, Confidence.HIGH, Evidence.LAYOUT)

"""Who asks, behind proxies: what they say of the client is believed of those alone that MUNIMENT_WEB_PROXIES names."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BehindProxies:
    """Takes the client's address from X-Forwarded-For, and https from X-Forwarded-Proto, where a known proxy asks.

    The client is the last address that is no proxy of ours: what stands before it, the client may have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._networks = [_network(text) for text in settings.MUNIMENT_WEB_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._networks and self._is_ours(request.META.get("REMOTE_ADDR", "")):
            hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            client = next((hop for hop in reversed(hops) if not self._is_ours(hop)), "")
            if _is_address(client):
                request.META["REMOTE_ADDR"] = client
            if request.META.get("HTTP_X_FORWARDED_PROTO") == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self._get_response(request)

    def _is_ours(self, text: str) -> bool:
        return _is_address(text) and any(ipaddress.ip_address(text) in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"MUNIMENT_WEB_PROXIES: {error}. Write networks such as 10.0.0.5/32.") from error

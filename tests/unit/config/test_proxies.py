"""Who asks, behind proxies: nobody is believed but those that the setting names."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from config.proxies import BehindProxies

OURS = ["10.0.0.0/24", "fd00::5/128"]


@pytest.fixture
def seen(settings):
    def ask(peer, proxies=OURS, **headers):
        settings.MUNIMENT_WEB_PROXIES = proxies
        request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
        BehindProxies(lambda _request: HttpResponse())(request)
        return request.META["REMOTE_ADDR"], request.is_secure()

    return ask


def test_a_proxy_of_ours_tells_the_client_and_that_it_came_by_https(seen):
    found = seen("10.0.0.5", HTTP_X_FORWARDED_FOR="198.51.100.7", HTTP_X_FORWARDED_PROTO="https")
    assert found == ("198.51.100.7", True)


def test_anybody_else_tells_nothing(seen):
    found = seen("198.51.100.9", HTTP_X_FORWARDED_FOR="192.0.2.1", HTTP_X_FORWARDED_PROTO="https")
    assert found == ("198.51.100.9", False)


def test_without_the_setting_nobody_is_believed(seen):
    found = seen("10.0.0.5", [], HTTP_X_FORWARDED_FOR="198.51.100.7", HTTP_X_FORWARDED_PROTO="https")
    assert found == ("10.0.0.5", False)


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("192.0.2.1, 198.51.100.7", "198.51.100.7"),  # the first was written by the client
        ("198.51.100.7, 10.0.0.9", "198.51.100.7"),  # two proxies of ours
        ("2001:db8::1", "2001:db8::1"),
        ("198.51.100.7, unknown", "10.0.0.5"),
        ("", "10.0.0.5"),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy_of_ours(seen, header, client):
    assert seen("10.0.0.5", HTTP_X_FORWARDED_FOR=header)[0] == client


def test_what_is_no_network_is_told(seen):
    with pytest.raises(ImproperlyConfigured, match=r"MUNIMENT_WEB_PROXIES: .*such as"):
        seen("10.0.0.5", ["haproxy"])

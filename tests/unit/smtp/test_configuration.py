"""Options from settings: a wrong setting is a sentence that names it."""

from types import SimpleNamespace

import pytest

from journaling.smtp.access import Connections, is_within, plain_address, read_networks
from journaling.smtp.configuration import read_listener, read_options
from journaling.smtp.options import BareLineEnds, Limits, Listener
from muniment.errors import Refused

GOOD = {
    "MUNIMENT_SMTP_HOSTNAME": "archive.test",
    "MUNIMENT_SMTP_NETWORKS": ["127.0.0.0/8", " ::1/128"],
    "MUNIMENT_SMTP_BARE_LF": "Strict",
    "MUNIMENT_SMTP_MAX_BYTES": 1_000,
    "MUNIMENT_SMTP_RECIPIENTS": 5,
    "MUNIMENT_SMTP_CONNECTIONS": 6,
    "MUNIMENT_SMTP_CONNECTIONS_PER_CLIENT": 7,
    "MUNIMENT_SMTP_ERRORS": 8,
    "MUNIMENT_SMTP_IDLE_SECONDS": 9,
    "MUNIMENT_SMTP_DATA_SECONDS": 10,
    "MUNIMENT_SMTP_USERS": "",
    "MUNIMENT_SMTP_TLS_CERTIFICATE": "",
    "MUNIMENT_SMTP_TLS_KEY": "",
    "MUNIMENT_SMTP_PROXIES": ["10.0.0.5"],
}


def test_settings_become_options():
    options = read_options(SimpleNamespace(**GOOD))
    assert (options.hostname, options.bare_line_ends) == ("archive.test", BareLineEnds.STRICT)
    assert options.limits == Limits(
        message_bytes=1_000,
        recipients=5,
        connections=6,
        connections_per_client=7,
        errors=8,
        idle_seconds=9,
        data_seconds=10,
    )
    assert (is_within("127.0.0.9", options.networks), is_within("10.0.0.5", options.proxies)) == (True, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MUNIMENT_SMTP_HOSTNAME", "two words"),
        ("MUNIMENT_SMTP_NETWORKS", ["10.0.0.1/8"]),
        ("MUNIMENT_SMTP_PROXIES", ["balancer.corp.example"]),
        ("MUNIMENT_SMTP_BARE_LF", "maybe"),
        ("MUNIMENT_SMTP_MAX_BYTES", 0),
        ("MUNIMENT_SMTP_CONNECTIONS", -1),
        ("MUNIMENT_SMTP_USERS", "/etc/users"),
        ("MUNIMENT_SMTP_TLS_KEY", "/nowhere/key.pem"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(Refused, match=name):
        read_options(SimpleNamespace(**{**GOOD, name: value}))


def test_a_certificate_that_cannot_be_read_is_named():
    settings = {**GOOD, "MUNIMENT_SMTP_TLS_CERTIFICATE": "/nowhere/a", "MUNIMENT_SMTP_TLS_KEY": "/nowhere/b"}
    with pytest.raises(Refused, match="MUNIMENT_SMTP_TLS_CERTIFICATE"):
        read_options(SimpleNamespace(**settings))


@pytest.mark.parametrize(
    ("text", "listener"),
    [
        ("smtp://127.0.0.1:2525", Listener(host="127.0.0.1", port=2525, source="smtp")),
        ("lmtp://[::1]:24/zimbra", Listener(host="::1", port=24, lmtp=True, source="zimbra")),
    ],
)
def test_a_listener_is_an_address(text, listener):
    assert read_listener(text) == listener


@pytest.mark.parametrize("text", ["", "smtp://", "http://a:1", "smtp://a", "smtp://a:x", "smtp://a:99999"])
def test_what_is_no_listener_is_refused(text):
    with pytest.raises(Refused, match="--listen"):
        read_listener(text)


def test_an_ipv4_client_of_an_ipv6_socket_is_an_ipv4_client():
    networks = read_networks(["192.0.2.0/24"])
    assert plain_address("::ffff:192.0.2.7") == "192.0.2.7"
    assert is_within(plain_address("::ffff:192.0.2.7"), networks)
    assert plain_address("fe80::1%eth0") == "fe80::1"


def test_a_connection_that_was_refused_is_not_counted():
    count = Connections(Limits(connections=2, connections_per_client=1))
    assert [count.enter("a"), count.enter("a"), count.enter("b"), count.enter("c")] == [True, False, True, False]
    count.leave("a")
    assert count.enter("c") is True

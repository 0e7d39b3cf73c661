"""STARTTLS and AUTH: nothing said in clear counts afterwards, and no password is taken in clear."""

import base64
import datetime as dt
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from journaling.smtp.accounts import account_line, read_accounts
from journaling.smtp.options import Limits
from tests.flow.smtp.rig import running

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "archive.test")])


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    """The server's and the client's side of one certificate made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("archive.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=path)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    path = tmp_path_factory.mktemp("users") / "users"
    path.write_text("# who may send\n\n" + account_line("exchange", b"s3cret \xc3\xa9", salt=bytes(16)) + "\n")
    return read_accounts(path)


def secured(rig, context):
    client = rig.client()
    assert client.asks(b"EHLO c", b"STARTTLS") == [b"250", b"220"]
    client.secure(context)
    return client


def encoded(text):
    return base64.b64encode(text)


def test_after_starttls_the_session_begins_again_and_its_envelope_names_the_cipher(contexts):
    with running(tls=contexts[0]) as rig:
        client = rig.client()
        assert b"STARTTLS" in client.ask(b"EHLO clear")
        client.ask(b"MAIL FROM:<a@b>")
        assert client.ask(b"STARTTLS")[:3] == b"220"
        client.secure(contexts[1])
        assert client.ask(b"MAIL FROM:<a@b>")[:3] == b"503"
        assert b"STARTTLS" not in client.ask(b"EHLO tls")
        assert client.ask(b"STARTTLS")[:3] == b"503"
        client.begin()
        raw = b"x" * 300_000 + b"\r\n"
        assert client.data(raw + b".\r\n")[:3] == b"250"
        kept = rig.intake.kept[0]
        assert kept.raw == raw
        assert (kept.envelope.protocol, kept.envelope.tls) == ("ESMTPS", "TLSv1.3 TLS_AES_256_GCM_SHA384")


def test_commands_injected_behind_starttls_are_thrown_away(contexts):
    with running(tls=contexts[0]) as rig:
        client = rig.client()
        client.ask(b"EHLO c")
        client.send(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@x>\r\nRCPT TO:<y@z>\r\n")
        assert client.reply()[:3] == b"220"
        client.secure(contexts[1])
        assert client.asks(b"RCPT TO:<y@z>", b"EHLO c", b"DATA") == [b"503", b"250", b"503"]


def test_a_handshake_that_is_none_ends_the_connection(contexts):
    with running(tls=contexts[0]) as rig:
        client = rig.client()
        client.asks(b"EHLO c", b"STARTTLS")
        client.send(b"MAIL FROM:<a@b>\r\n" * 10)
        assert b"250" not in client.reply()[:3]
        assert rig.stop(2).result(5) is True


def test_a_client_that_never_shakes_hands_is_hung_up_on(contexts):
    with running(tls=contexts[0], limits=Limits(handshake_seconds=0.3, connections=1)) as rig:
        client = rig.client()
        client.asks(b"EHLO c", b"STARTTLS")
        assert client.reply() == b""
        assert rig.client().greeting[:3] == b"220"
        assert rig.settled()


def test_the_first_command_may_come_with_the_end_of_the_handshake(contexts):
    with running(tls=contexts[0]) as rig:
        for _ in range(20):
            client = secured(rig, contexts[1])
            client.send(b"EHLO c\r\nNOOP\r\n")
            assert [client.reply()[:3], client.reply()[:3]] == [b"250", b"250"]


def test_auth_is_offered_after_tls_only(contexts, accounts):
    with running(tls=contexts[0], accounts=accounts) as rig:
        client = rig.client()
        assert b"AUTH" not in client.ask(b"EHLO c")
        assert client.ask(b"AUTH PLAIN AGEAYg==").startswith(b"538 5.7.11 ")
        client.ask(b"STARTTLS")
        client.secure(contexts[1])
        assert b"250 AUTH PLAIN LOGIN" in client.ask(b"EHLO c")


@pytest.mark.parametrize(
    "lines",
    [
        [b"AUTH PLAIN " + encoded(b"\0exchange\0s3cret \xc3\xa9")],
        [b"auth plain", encoded(b"exchange\0exchange\0s3cret \xc3\xa9")],
        [b"AUTH LOGIN", encoded(b"exchange"), encoded(b"s3cret \xc3\xa9")],
        [b"AUTH LOGIN " + encoded(b"exchange"), encoded(b"s3cret \xc3\xa9")],
    ],
)
def test_a_stranger_may_send_once_authenticated(contexts, accounts, lines):
    with running(tls=contexts[0], accounts=accounts, networks=()) as rig:
        client = secured(rig, contexts[1])
        assert client.asks(b"EHLO c", b"MAIL FROM:<a@b>") == [b"250", b"530"]
        assert client.asks(*lines)[-1] == b"235"
        assert client.ask(lines[0])[:3] == b"503"
        client.begin()
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        envelope = rig.intake.kept[0].envelope
        assert (envelope.protocol, envelope.authenticated_as) == ("ESMTPSA", "exchange")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([b"AUTH PLAIN " + encoded(b"\0exchange\0wrong")], b"535"),
        ([b"AUTH PLAIN " + encoded(b"\0nobody\0s3cret \xc3\xa9")], b"535"),
        ([b"AUTH PLAIN " + encoded(b"admin\0exchange\0s3cret \xc3\xa9")], b"501"),
        ([b"AUTH PLAIN", b"*"], b"501"),
        ([b"AUTH PLAIN", b"not base64!"], b"501"),
        ([b"AUTH PLAIN ="], b"501"),
        ([b"AUTH LOGIN", b"*"], b"501"),
        ([b"AUTH CRAM-MD5"], b"504"),
        ([b"AUTH"], b"504"),
        ([b"AUTH PLAIN", b"x" * 13_000], b"500"),
    ],
)
def test_a_failed_auth_opens_nothing(contexts, accounts, lines, code):
    with running(tls=contexts[0], accounts=accounts, networks=()) as rig:
        client = secured(rig, contexts[1])
        client.ask(b"EHLO c")
        assert client.asks(*lines)[-1] == code
        assert client.ask(b"MAIL FROM:<a@b>").startswith(b"530 5.7.0 ")


def test_guessing_passwords_ends_the_session(contexts, accounts):
    with running(tls=contexts[0], accounts=accounts, limits=Limits(failed_logins=2)) as rig:
        client = secured(rig, contexts[1])
        client.ask(b"EHLO c")
        guess = b"AUTH PLAIN " + encoded(b"\0exchange\0guess")
        assert client.ask(guess)[:3] == b"535"
        client.send(guess + b"\r\nNOOP\r\n")
        assert [client.reply()[:3] for _ in range(3)] == [b"535", b"421", b""]

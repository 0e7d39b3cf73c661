"""Signed S/MIME messages are read; a signature alone is told."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from muniment.extract.documents import extract_here
from muniment.extract.model import Outcome

ENTITY = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nD\xc3\xa9j\xc3\xa0 sign\xc3\xa9\r\n'
SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"


@pytest.fixture(scope="module")
def signer():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "essai")])
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return pkcs7.PKCS7SignatureBuilder().set_data(ENTITY).add_signer(certificate, key, hashes.SHA256())


def extract(content):
    return extract_here(content, content_type="application/pkcs7-mime; smime-type=signed-data", filename="smime.p7m")


def test_message_inside_a_signature_is_read(signer):
    signed = signer.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])

    extraction = extract(signed)

    assert (extraction.outcome, extraction.text.strip()) == (Outcome.TEXT, "Déjà signé")


def test_signature_that_stands_alone_is_told(signer):
    detached = signer.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])

    extraction = extract(detached)

    assert (extraction.outcome, extraction.detail) == (Outcome.UNSUPPORTED, "S/MIME signature.")


def test_message_in_pieces_of_unknown_length_is_read():
    pieces = b"".join(
        b"\x04" + bytes([len(ENTITY[i : i + 20])]) + ENTITY[i : i + 20] for i in range(0, len(ENTITY), 20)
    )
    streamed = (
        b"\x30\x80"
        + SIGNED_DATA
        + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80"
        + DATA
        + b"\xa0\x80\x24\x80"
        + pieces
        + b"\0" * 14
    )

    assert extract(streamed).text.strip() == "Déjà signé"


@given(st.binary(max_size=80))
def test_broken_structures_have_an_answer(tail):
    assert extract(b"\x30\x80" + SIGNED_DATA + tail).outcome in set(Outcome)

"""Mail for the tests of the pages: a thread, hostile HTML, a blind copy, defects."""

from datetime import UTC, datetime

from muniment.seal.sighting import Envelope, Recipient, Sighting

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HEADERS = """\
From: {sender}
To: {to}
Subject: {subject}
Date: {date}
Message-ID: <{key}@corp.example>
MIME-Version: 1.0
{extra}"""

OFFER = (
    HEADERS.format(
        sender="Ann Lee <ann@corp.example>",
        to="Bob Roy <bob@corp.example>",
        subject="The contract",
        date="Mon, 02 Feb 2026 10:00:00 +0100",
        key="offer",
        extra="",
    )
    + "Content-Type: text/plain; charset=utf-8\n\nPlease sign the <contract> before Friday.\n"
).encode()
ANSWER = (
    HEADERS.format(
        sender="Bob Roy <bob@corp.example>",
        to="Ann Lee <ann@corp.example>",
        subject="Re: The contract",
        date="Tue, 03 Feb 2026 09:30:00 +0100",
        key="answer",
        extra="In-Reply-To: <offer@corp.example>\nReferences: <offer@corp.example>\n",
    )
    + "Content-Type: text/plain; charset=utf-8\n\nSigned.\n\n> one\n> two\n> three\n> four\n"
).encode()
HOSTILE = (
    HEADERS.format(
        sender="Mallory <mallory@evil.example>",
        to="Ann Lee <ann@corp.example>",
        subject="<script>alert(1)</script> invoice",
        date="Wed, 04 Feb 2026 09:30:00 +0000",
        key="hostile",
        extra="",
    )
    + f"""\
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

<html><head><style>body{{background:url(//evil.example/a)}}</style><meta http-equiv=refresh content="0;url=//evil.example">
<base href="//evil.example/"></head><body onload="alert(1)"><script>alert(1)</script><p style="color:red;position:fixed">Pay now</p>
<img src="cid:logo"><img src="https://evil.example/pixel.gif" alt="tracker"><a href="https://evil.example/pay">pay</a>
<form action="//evil.example"><input name=p></form><svg onload="alert(1)"></svg></body></html>
--inner
Content-Type: image/png
Content-ID: <logo>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

{PIXEL}
--inner--
--outer
Content-Type: text/html; name="=?utf-8?q?a=0D=0AX-Evil:_1=E2=80=AEfdp=2Ehtml?="
Content-Disposition: attachment

<script>alert(1)</script>
--outer--
"""
).encode()
BLIND = (
    HEADERS.format(
        sender="Ann Lee <ann@corp.example>",
        to="Bob Roy <bob@corp.example>",
        subject="The quiet word",
        date="Thu, 05 Feb 2026 09:30:00 +0000",
        key="blind",
        extra="Bcc: Carol Hidden <carol@corp.example>\n",
    )
    + "Content-Type: text/plain\n\nBetween us.\n"
).encode()
BROKEN = (
    b"From: ann@corp.example\nno header at all\nSubject: =?utf-8?q?caf=C3=A9?=\nDate: yesterday\n\nbroken \xff words\n"
)


def sighting(vault, raw, **fields):
    """Return a sighting of `raw`, captured at a fixed time."""
    values = {"source": "old-server", "captured_at": datetime(2026, 2, 6, 8, 0, tzinfo=UTC), **fields}
    return Sighting(id=vault.new_sighting_id(), raw=raw, **values)


def envelope(sender, *recipients):
    """Return the envelope of an SMTP delivery."""
    return Envelope(
        mail_from=sender.encode(),
        recipients=tuple(Recipient(address=one.encode()) for one in recipients),
        protocol="ESMTP",
        helo=b"mx.corp.example",
        client_address="192.0.2.7",
        client_port=40000,
    )

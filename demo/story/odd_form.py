"""Messages with odd forms: hostile HTML, bounces, digests, signatures, broken multiparts, line ends."""

from demo.writing.mime import base64_lines
from demo.writing.raw import Odd, crlf

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
        "boundary-does-not-match",
        crlf(
            """From: orders@cold-parts.example
To: accounts@meridian-freight.example
Subject: Order confirmation 5512, compressor seals
Date: Tue, 11 Jun 2024 13:00:00 +0200
Message-ID: <order5512@cold-parts.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part-A"

--part-B
Content-Type: text/plain

Twelve compressor seals, 14.20 each, leave our warehouse tomorrow.
--part-B--
""",
            "ascii",
        ),
    ),
    Odd(
        "multipart-never-closed",
        crlf(
            """From: orders@cold-parts.example
To: accounts@meridian-freight.example
Subject: Shipping notice 5512
Date: Wed, 12 Jun 2024 09:30:00 +0200
Message-ID: <ship5512@cold-parts.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="open"

--open
Content-Type: text/plain

Your seals are on their way.
--open
Content-Type: text/csv; name="parcel.csv"
Content-Disposition: attachment; filename="parcel.csv"
Content-Transfer-Encoding: base64

cGFyY2VsLHdlaWdodAo1NTEyLTEsMC44Cj
""",
            "ascii",
        ),
    ),
    Odd(
        "mixed-line-ends",
        b"From: telex@harbour-board.example\r\nTo: contact@meridian-freight.example\nSubject: Berth plan\r\nDate: Mon, 3 Jun 2024 05:00:00 +0000\nMessage-ID: <berth-0603@harbour-board.example>\r\n\r\nBerth 4: Seamew, 06:10\nBerth 5: Kittiwake, 07:40\r\nBerth 7: closed for dredging\rBerth 9: free\r\n",
    ),
    Odd(
        "same-message-id-first",
        crlf(
            """From: Harbour Board <tariffs@harbour-board.example>
To: accounts@meridian-freight.example
Subject: Quay dues from October
Date: Mon, 16 Sep 2024 10:00:00 +0000
Message-ID: <dues-2024-10@harbour-board.example>

Quay dues from 1 October: 35.00 per trailer, 12.50 per hour of waiting.
""",
            "ascii",
        ),
    ),
    Odd(
        "same-message-id-second",
        crlf(
            """From: Harbour Board <tariffs@harbour-board.example>
To: accounts@meridian-freight.example
Subject: Quay dues from October
Date: Mon, 16 Sep 2024 10:00:00 +0000
Message-ID: <dues-2024-10@harbour-board.example>

Quay dues from 1 October: 53.00 per trailer, 12.50 per hour of waiting.
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
        "undisclosed-recipients",
        crlf(
            """From: Jenny Marsh <jenny@harlow-flowers.example>
To: undisclosed-recipients:;
Cc: Carriers: contact@meridian-freight.example, desk@kent-vans.example;
Subject: Tender for the tulip season
Date: Thu, 9 Jan 2025 11:45:00 +0000
Message-ID: <tulips-2025@harlow-flowers.example>

All: forty trailers between 3 March and 20 April, chilled to +3. Offers by the
24th please, and this year I will compare the dates on your tariff cards.
""",
            "ascii",
        ),
    ),
    Odd(
        "forwarded-three-times",
        crlf(
            """From: Priya Raman <priya.raman@meridian-freight.example>
To: contact@meridian-freight.example
Subject: Fwd: Fwd: Fwd: Lost pallet
Date: Fri, 21 Feb 2025 10:10:00 +0000
Message-ID: <pallet-4@meridian-freight.example>
MIME-Version: 1.0
Content-Type: message/rfc822

From: dispatch@kent-vans.example
To: priya.raman@meridian-freight.example
Subject: Fwd: Fwd: Lost pallet
Date: Fri, 21 Feb 2025 09:50:00 +0000
Message-ID: <pallet-3@kent-vans.example>
MIME-Version: 1.0
Content-Type: message/rfc822

From: shed@kent-vans.example
To: dispatch@kent-vans.example
Subject: Fwd: Lost pallet
Date: Fri, 21 Feb 2025 09:31:00 +0000
Message-ID: <pallet-2@kent-vans.example>
MIME-Version: 1.0
Content-Type: message/rfc822

From: driver7@kent-vans.example
To: shed@kent-vans.example
Subject: Lost pallet
Date: Fri, 21 Feb 2025 08:58:00 +0000
Message-ID: <pallet-1@kent-vans.example>

There is a pallet of French chairs in my van and nobody's name on it.
""",
            "ascii",
        ),
    ),
    Odd(
        "uuencoded-in-the-text",
        crlf(
            """From: weighbridge@harbour-board.example
To: contact@meridian-freight.example
Subject: Weights, week 8
Date: Fri, 23 Feb 2024 18:00:00 +0000
Message-ID: <weights-08@harbour-board.example>

Weights of the week, the old way:

begin 644 weights.txt
;348M,C`T(#(T,3@P"DU&+3(Q,2`Q.3DR,`H`
`
end
""",
            "ascii",
        ),
    ),
    Odd(
        "no-body",
        crlf(
            """From: yannick.prigent@meridian-freight.example
To: contact@meridian-freight.example
Subject: rappelez-moi
Date: Sat, 30 Nov 2024 23:58:00 +0100
Message-ID: <rappel@meridian-freight.example>
""",
            "ascii",
        ),
    ),
)

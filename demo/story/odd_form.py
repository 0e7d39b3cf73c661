"""Messages with odd forms: broken multiparts, mixed line ends, doubled Message-IDs, messages inside messages."""

from demo.writing.raw import Odd, crlf

MESSAGES = (
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
:348M,C`T(#(T,3@P"DU&+3(Q,2`Q.3DR,`H`
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
